"""What both HTTP libraries are held to: the same requests refused, the same answers read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Headers, Request

from ._failures import BadAnswerError

__all__ = ("ACCEPT_ENCODING", "MAX_FIELDS", "MAX_HEAD", "check_request", "read_head")

ACCEPT_ENCODING: Final = "gzip, deflate"

MAX_HEAD: Final = 64 * 1024
"""Bytes of an answer's header names and values together."""
MAX_FIELDS: Final = 256
"""Header fields of an answer."""

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# No control character but the tab, and no blank at either end, where HTTP drops it.
_VALUE: Final = re.compile(r"(?![ \t])[^\x00-\x08\x0a-\x1f\x7f]*(?<![ \t])")
_URL: Final = re.compile(r"[!-~]+")


def check_request(request: Request) -> None:
    """
    Refuse a request that could say on the wire something else than it says here.

    Raises:
        InvalidArgumentError: The method, the URL or a header is malformed.
    """
    if not (request.method.isascii() and request.method.isalpha() and request.method.isupper()):
        raise InvalidArgumentError("method", "is not an HTTP method", "write it in capitals")
    for name, value in request.headers:
        if not _TOKEN.fullmatch(name):
            raise InvalidArgumentError("headers", "a name is malformed", "use letters and hyphens")
        if not _VALUE.fullmatch(value):
            raise InvalidArgumentError(
                "headers",
                f"the value of {name!r} holds a control character, or a blank at an end",
                "remove it",
            )
    remedy = "give an absolute http or https URL, percent-encoded"
    if not _URL.fullmatch(request.url):
        raise InvalidArgumentError("url", "holds a character that is not encoded", remedy)
    parts = urlsplit(request.url)
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        raise InvalidArgumentError("url", "has no plain origin", remedy)


def read_head(status: int, raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """
    Read an answer's status and headers, alike for every library.

    Raises:
        BadAnswerError: The headers are too large, or this is no final answer.
    """
    if status < 200:
        raise BadAnswerError("switches to another protocol")
    fields = list(raw)
    if len(fields) > MAX_FIELDS or sum(len(name) + len(value) for name, value in fields) > MAX_HEAD:
        raise BadAnswerError("has more headers than are read")
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in fields
    )
