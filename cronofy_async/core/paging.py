"""
Answers that come in pages.

The pages of one read form a chain: only page n says where page n+1 is. Its
``next_page`` is opaque and is followed only on the API's own origin.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import attrs
import msgspec

from . import codec
from .errors import DecodeError, PaginationError
from .hosts import Hosts
from .operation import Operation
from .wire import Request

__all__ = ("Page", "PagedOperation", "Trail")

T = TypeVar("T")


@attrs.frozen
class Page(Generic[T]):
    """
    One page of an answer.

    Attributes:
        items: The entries, in the service's order.
        current: This page's number, from 1.
        total: How many pages the service counts now; it may change while you read.
        next_page: Where the next page is; `None` on the last one.
    """

    items: list[T]
    current: int | None = None
    total: int | None = None
    next_page: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether no page follows. Source: /developers/api/events/read-events/"""
        # The quick start shows a next_page beside current == total: both must say "more".
        if self.next_page is None:
            return True
        return None not in (self.current, self.total) and self.current == self.total


@attrs.frozen
class _Pages:
    current: int | None = None
    total: int | None = None
    next_page: str | None = None


@attrs.frozen(kw_only=True)
class PagedOperation(Operation[Page[T]]):
    """The base of a call whose answer comes in pages; *T* is the type of one entry."""

    @classmethod
    def item_type(cls) -> Any:
        """The type argument: what one entry is."""
        return super().answer_type()

    @classmethod
    def answer_type(cls) -> Any:
        """What `from_response` gives back."""
        return Page[cls.item_type()]  # type: ignore[misc]  # known at run time alone

    def read_body(self, body: bytes) -> Page[T]:
        """Read one page; an odd entry goes through the tolerant reader, the rest do not."""
        fast, loose_reader = _readers(self.item_type(), self.items)
        try:
            whole = fast.decode(body)
            return _page(whole.pages, whole.items)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            pass
        try:
            loose = loose_reader.decode(body)
            pages, entries = loose.pages, loose.items
        except (msgspec.DecodeError, RecursionError):
            # Half a character in one entry, or a byte-order mark, is enough to get here.
            pages, entries = self._plain(codec.load(body))
        return _page(pages, [self._item(index, raw) for index, raw in enumerate(entries)])

    def _plain(self, raw: Any) -> tuple[_Pages, list[Any]]:
        entries = raw.get(self.items) if isinstance(raw, dict) else None
        try:
            # Read strictly: a next_page that cannot be read must not look like none.
            pages = msgspec.convert(raw.get("pages", {}), _Pages) if entries is not None else None
        except msgspec.ValidationError:
            pages = None
        if pages is None or not isinstance(entries, list):
            raise DecodeError("the answer is not a page", (self.items,))
        return pages, entries

    def _item(self, index: int, raw: Any) -> T:
        at = f"{self.items}[{index}]"
        try:
            if isinstance(raw, msgspec.Raw):
                item: T = codec.decode(bytes(raw), self.item_type())
            else:
                item = codec.structure(raw, self.item_type())
        except DecodeError as error:
            paths = [".".join(filter(None, (at, path))) for path in error.paths or ("",)]
            raise DecodeError(f"the page cannot be read at {', '.join(paths)}", paths) from None
        return item


def _page(pages: _Pages, items: list[T]) -> Page[T]:
    return Page(items, pages.current, pages.total, pages.next_page)


@cache
def _readers(item: Any, key: str) -> tuple[Any, Any]:
    """Two decoders of a page: one fills the entries, one leaves them as slices of the body."""

    def reader(entry: Any) -> Any:
        wrapper = msgspec.defstruct(
            "Wrapper",
            [("items", list[entry]), ("pages", _Pages, msgspec.field(default_factory=_Pages))],
            rename={"items": key},
        )
        return codec.decoder(wrapper)

    return reader(item), reader(msgspec.Raw)


class Trail:
    """
    The way through a chain of pages: where to go next, and never in a circle.

    Args:
        hosts: The origins whose URLs are followed.
        first: The request for the first page, to which no page may lead back.
    """

    def __init__(self, hosts: Hosts, first: Request | None = None) -> None:
        self._hosts = hosts
        self._seen = set() if first is None else {_place(first.url)}

    def after(self, page: Page[Any]) -> Request | None:
        """
        The request for the page after *page*, or `None` at the end.

        Raises:
            UnsafeURLError: ``next_page`` leads to another origin.
            PaginationError: It leads to a page that was already read.
        """
        if page.is_last:
            return None
        assert page.next_page is not None
        url = self._hosts.relative(page.next_page)
        place = _place(url)
        if place in self._seen:
            raise PaginationError(f"page {page.current} leads back to a page already read")
        self._seen.add(place)
        return Request("GET", url)


def _place(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where a URL leads: we and the service quote and order one query differently."""
    parts = urlsplit(url)
    return parts.path, tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
