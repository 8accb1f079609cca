"""Answers, as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.core.wire import Response

from .refusals import Refusal

__all__ = ("json_response", "phrase", "refusal_response")

_PHRASES: Final = {each.value: each.phrase for each in HTTPStatus}


def phrase(status: int) -> str:
    """What stands after a status in its line."""
    return _PHRASES.get(status, "Unknown")


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body; `msgspec.Raw` values in it are written as they are."""
    return Response(
        status, {"content-type": JSON_TYPE, **(headers or {})}, msgspec.json.encode(body)
    )


def refusal_response(refusal: Refusal) -> Response:
    """The answer that a refusal stands for."""
    if refusal.body is None:
        return Response(refusal.status, refusal.headers)
    return json_response(refusal.status, refusal.body, refusal.headers)
