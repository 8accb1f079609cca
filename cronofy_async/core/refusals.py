"""What the service says when it refuses, and what befell each attempt of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .wire import Response

__all__ = ("Failure", "FieldError")

REQUIRED: Final = "errors.required"
INVALID: Final = "errors.invalid"
UNKNOWN: Final = "errors.not_recognized"


@attrs.frozen
class FieldError:
    """
    One complaint about one field, as the service words it.

    Attributes:
        key: For programs, for example ``errors.required``.
        description: For people; its wording may change.
    """

    key: str
    description: str


@attrs.frozen(kw_only=True)
class Failure:
    """
    What befell one attempt of a call; nothing in it is secret.

    Attributes:
        error: The name of the error's class, for example ``ServerError``.
        message: The error in words.
        status: The HTTP status; `None` if no complete answer arrived.
        request_id: The service's id of the request, if it gave one.
        was_sent: Whether the request may have reached the service.
    """

    error: str
    message: str
    status: int | None = None
    request_id: str | None = None
    was_sent: bool = True


def json_object(response: Response) -> Mapping[str, Any]:
    # Error bodies may be missing or be a gateway's HTML page: that never hides the status.
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def field_errors(body: Mapping[str, Any]) -> Mapping[str, tuple[FieldError, ...]]:
    fields = body.get("errors")
    if not isinstance(fields, dict):
        return {}
    return {
        str(name): tuple(
            FieldError(str(item.get("key", "")), str(item.get("description", "")))
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, dict)
        )
        for name, items in fields.items()
    }
