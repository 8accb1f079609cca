"""
Answers that come in pages.

The pages of one read form a chain: only page n says where page n+1 is. Its
``next_page`` is opaque and is followed only on the API's own origin.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import attrs
import msgspec

from . import codec
from .collector import paused
from .errors import DecodeError, PaginationError
from .hosts import Hosts
from .memo import memo
from .operation import Operation
from .twins import twin
from .unset import UNSET, Unset
from .wire import Request

__all__ = ("Page", "PagedOperation", "Place", "Trail")

T = TypeVar("T")


@attrs.frozen
class Place:
    """
    Where a page stands in its chain; see `Page`.

    Attributes:
        current: Its number, from 1.
        total: How many pages the service counts now.
        next_page: Where the next page is.
    """

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
    def place(self) -> Place:
        """Where the page stands in its chain."""
        return Place(self.current, self.total, self.next_page)

    @property
    def is_last(self) -> bool:
        """Whether no page follows. Source: /developers/api/events/read-events/"""
        return self.place.is_last


@attrs.frozen(kw_only=True)
class PagedOperation(Operation[Page[T]]):
    """The base of a call whose answer comes in pages; *T* is the type of one entry."""

    identity: ClassVar[tuple[str, ...]] = ()
    """The fields of an entry that tell it from others; none if nothing does."""
    version: ClassVar[str | None] = None
    """The field of an entry that says when it was last changed, if one does."""

    def __init_subclass__(
        cls,
        *,
        identity: tuple[str, ...] | Unset = UNSET,
        version: str | Unset = UNSET,
        **endpoint: Any,
    ) -> None:
        """Declare the endpoint and how its entries are told apart."""
        super().__init_subclass__(**endpoint)
        if not isinstance(identity, Unset):
            cls.identity = identity
        if not isinstance(version, Unset):
            cls.version = version

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
            # Thousands of new objects set the collector off, though none can be freed yet.
            with paused:
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

    def read_sketch(self, body: bytes) -> Page[Any]:
        """
        Read a page with as little of its entries as shows that they can be read.

        Answer: entries with their identity and whatever they cannot do without; what is
        left out falls back to its default if it is odd, so `read_body` succeeds as well.

        Raises:
            DecodeError: What `read_body` would raise.
        """
        try:
            # What is passed over is not looked at, and may be no text at all.
            if not body.isascii():
                body.decode()
            with paused:
                whole = _sketch_reader(type(self)).decode(body)
            return _page(whole.pages, whole.items)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            return self.read_body(body)

    def _plain(self, raw: Any) -> tuple[Place, list[Any]]:
        entries = raw.get(self.items) if isinstance(raw, dict) else None
        try:
            # Read strictly: a next_page that cannot be read must not look like none.
            pages = msgspec.convert(raw.get("pages", {}), Place) if entries is not None else None
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


def _page(pages: Place, items: list[T]) -> Page[T]:
    return Page(items, pages.current, pages.total, pages.next_page)


@cache
def _readers(item: Any, key: str) -> tuple[Any, Any]:
    """Two decoders of a page: one fills the entries, one leaves them as slices of the body."""
    return page_reader(twin(item), key), page_reader(msgspec.Raw, key)


def page_reader(entry: Any, key: str) -> Any:
    """A decoder of pages with such entries under that key."""
    wrapper = msgspec.defstruct(
        "Wrapper",
        [("items", list[entry]), ("pages", Place, msgspec.field(default_factory=Place))],
        rename={"items": key},
    )
    return codec.decoder(wrapper)


def needed_fields(
    operation: type[PagedOperation[Any]], wanted: Collection[str] = ()
) -> list[attrs.Attribute[Any]]:
    """The fields of an operation's entries that are wanted, or that no entry can do without."""
    item = operation.item_type()
    attrs.resolve_types(item)
    return [
        field
        for field in attrs.fields(item)
        if field.default is attrs.NOTHING
        or field.name in operation.identity
        or field.name in wanted
    ]


@memo
def _sketch_reader(cls: Any) -> Any:
    needed = needed_fields(cls)
    sketch = msgspec.defstruct(
        "Sketch",
        [
            (field.name, field.type)
            if field.default is attrs.NOTHING
            else (field.name, field.type, field.default)
            for field in needed
        ],
        rename={field.name: codec.wire_name(field) for field in needed},
        kw_only=True,
        gc=False,
    )
    return page_reader(sketch, cls.items)


class Trail:
    """
    The way through a chain of pages: where to go next, and never in a circle.

    Args:
        hosts: The origins whose URLs are followed.
        first: The request for the first page, to which no page may lead back.
    """

    def __init__(self, hosts: Hosts, first: Request | None = None) -> None:
        self._hosts = hosts
        # Digests: a read may have many thousand pages, and addresses are long.
        self._seen = set() if first is None else {hash(_place(first.url))}

    def after(self, page: Page[Any] | Place) -> Request | None:
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
        place = hash(_place(url))
        if place in self._seen:
            raise PaginationError(f"page {page.current} leads back to a page already read")
        self._seen.add(place)
        return Request("GET", url)

    def note(self, request: Request) -> None:
        """Count a page as read."""
        self._seen.add(hash(_place(request.url)))

    def forget(self, request: Request) -> None:
        """Take back that a page was read."""
        self._seen.discard(hash(_place(request.url)))


def _place(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where a URL leads: we and the service quote and order one query differently."""
    if "?" not in url and "#" not in url:
        return url, ()
    parts = urlsplit(url)
    return parts.path, tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
