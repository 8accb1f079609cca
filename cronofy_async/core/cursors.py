"""Where a paged read stands, as text that can be stored."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final, Self

import attrs
import msgspec

from .errors import InvalidArgumentError
from .hosts import Hosts
from .paging import PagedOperation
from .wire import Request

__all__ = ("Cursor", "fingerprint")

_REMEDY: Final = "give one that an error or the pages of the same read gave"


@attrs.frozen
class _State:
    operation: str
    next: str | None
    pages: int
    entries: int


class Cursor(str):
    """
    Where a paged read stands: text, to be stored anywhere, and given to ``resume``.

    It is bound to its operation and that operation's parameters. It holds the address of
    the next page and no token; it says nothing of the account, so keep it with that. The
    service keeps pages for a limited time.

    Attributes:
        pages: How many pages were handed out before.
        entries: How many entries were handed out before.
        at_end: Whether no page is left.

    Raises:
        InvalidArgumentError: It is no cursor.
    """

    _state: _State

    def __new__(cls, text: str) -> Self:
        """Read a cursor that was stored."""
        self = super().__new__(cls, text)
        self._state = _read(text)
        return self

    @classmethod
    def of(
        cls, operation: PagedOperation[Any], next_page: str | None, pages: int, entries: int
    ) -> Self:
        """Write down where the read of *operation* stands."""
        state = [fingerprint(operation), next_page, pages, entries]
        text = json.dumps(state, separators=(",", ":")).encode()
        return cls(urlsafe_b64encode(text).rstrip(b"=").decode())

    @property
    def pages(self) -> int:
        """How many pages were handed out before."""
        return self._state.pages

    @property
    def entries(self) -> int:
        """How many entries were handed out before."""
        return self._state.entries

    @property
    def next_page(self) -> str | None:
        """Where the next page is, as the service gave it."""
        return self._state.next

    @property
    def at_end(self) -> bool:
        """Whether no page is left."""
        return self._state.next is None and self._state.pages > 0

    def is_of(self, operation: PagedOperation[Any]) -> bool:
        """Whether the read of *operation* gave it."""
        return self._state.operation == fingerprint(operation)

    def request(self, operation: PagedOperation[Any], hosts: Hosts) -> Request | None:
        """
        What to send to go on; `None` for the first page.

        Raises:
            InvalidArgumentError: The cursor is of another operation.
            UnsafeURLError: It leads to another origin than *hosts*.
        """
        if not self.is_of(operation):
            raise InvalidArgumentError(
                "cursor", "is of another operation or other parameters", _REMEDY
            )
        if self._state.next is None:
            return None
        return Request("GET", hosts.relative(self._state.next))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self),)


def fingerprint(operation: PagedOperation[Any]) -> str:
    """A digest of the operation: its parameters may be private."""
    request = operation.to_request()
    told = json.dumps([type(operation).__name__, request.url, request.headers]).encode()
    return sha256(told).hexdigest()[:16]


def _read(text: Any) -> _State:
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        operation, next_page, pages, entries = json.loads(raw)
        known = {"operation": operation, "next": next_page, "pages": pages, "entries": entries}
        state: _State = msgspec.convert(known, _State)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise InvalidArgumentError("cursor", "is malformed", _REMEDY) from None
    if state.pages < 0 or state.entries < 0:
        raise InvalidArgumentError("cursor", "is malformed", _REMEDY)
    return state
