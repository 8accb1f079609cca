"""What a receiver takes and what it refuses. Nothing here reads, waits or answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from ..callbacks import SIGNATURE_HEADER, Callback, Secrets, as_secrets, read_callback
from ..core.errors import DecodeError, SignatureError
from ..core.wire import Request
from .limits import WebhookLimits

__all__ = (
    "ANSWER_HEADERS",
    "CHUNK",
    "HEADERS",
    "METHOD",
    "Headers",
    "Intake",
    "RefusedError",
    "Unfinished",
)

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""A request's headers; their names in any case."""

Unfinished: TypeAlias = Callable[[Callback, Exception | None], Any]
"""Is given a callback that was not handled, and what the handler raised, if it did."""

METHOD: Final = "POST"

_LENGTH: Final = "Content-Length"
_ENCODING: Final = "Content-Encoding"

HEADERS: Final = (SIGNATURE_HEADER, _LENGTH, _ENCODING)
"""The headers of a request that matter."""

CHUNK: Final = 64 * 1024
"""The most bytes of a body that are asked for at once."""

ANSWER_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    HTTPStatus.METHOD_NOT_ALLOWED: {"Allow": METHOD},
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: {"Accept-Encoding": "identity"},
}
"""By the status of an answer, the headers that belong to it."""

log: Final = logging.getLogger("cronofy_async")


class RefusedError(Exception):
    """
    A request is refused.

    Attributes:
        status: What it is answered with.
    """

    def __init__(self, status: HTTPStatus, problem: str) -> None:
        super().__init__(problem)
        self.status: HTTPStatus = status


class Intake:
    """
    Takes the parts of a request, in their order: the head, the body in chunks, the end.

    Args:
        secrets: The client secret, or several while one replaces the other.
        limits: How much it takes.
    """

    def __init__(self, secrets: Secrets, limits: WebhookLimits) -> None:
        self.limits: WebhookLimits = limits
        self._secrets = as_secrets(secrets)

    def head(self, method: str, headers: Headers) -> Request:
        """
        Take the head. Cronofy never packs a body: one that is packed is refused unread.

        Raises:
            RefusedError: Nothing of the body needs to be read.
        """
        head = Request(method, "", headers)
        if method != METHOD:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "it is no POST")
        if (head.header(_ENCODING) or "identity").lower() != "identity":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "its body is packed")
        if _length(head) > self.limits.body:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "its body is too long")
        if head.header(SIGNATURE_HEADER) is None:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "it is not signed")
        return head

    def add(self, body: bytearray, chunk: bytes) -> None:
        """
        Put a chunk to those before it.

        Raises:
            RefusedError: They are too long now; stop reading.
        """
        if len(body) + len(chunk) > self.limits.body:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "its body is too long")
        body += chunk

    def end(self, head: Request, body: bytes) -> Callback:
        """
        Verify the whole body, and only then read it.

        Raises:
            RefusedError: It is not signed with our secret, or is no JSON.
        """
        try:
            return read_callback(body, head.header(SIGNATURE_HEADER), self._secrets)
        except SignatureError as error:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, str(error)) from None
        except DecodeError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from None

    @staticmethod
    def late() -> RefusedError:
        """The refusal of a body that was not there in time."""
        return RefusedError(HTTPStatus.REQUEST_TIMEOUT, "its body did not come in time")

    @staticmethod
    def broken() -> RefusedError:
        """The refusal of a body that did not come to its end; perhaps nobody hears it."""
        return RefusedError(HTTPStatus.BAD_REQUEST, "its body broke off")

    @staticmethod
    def full() -> RefusedError:
        """The refusal of a callback for which there is no room, or which came too late."""
        return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "the receiver is full, or closed")

    @staticmethod
    def refused(refusal: RefusedError) -> HTTPStatus:
        """Tell the log of a refusal; gives the status of the answer."""
        log.info("a callback was refused with status %d: %s", refusal.status, refusal)
        return refusal.status


def _length(head: Request) -> int:
    """The length that a head states; 0 if it states none that makes sense."""
    try:
        return int(head.header(_LENGTH) or 0)
    except ValueError:
        return 0
