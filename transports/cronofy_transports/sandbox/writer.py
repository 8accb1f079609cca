"""Answers, as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.core.wire import Response

from .refusals import Refusal

__all__ = ("json_response", "refusal_response")


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body; `msgspec.Raw` values in it are written as they are."""
    return Response(
        status, {"content-type": JSON_TYPE, **(headers or {})}, msgspec.json.encode(body)
    )


def refusal_response(refusal: Refusal) -> Response:
    """The answer that a refusal stands for."""
    if refusal.body is None:
        return Response(refusal.status)
    return json_response(refusal.status, refusal.body)
