"""Reading page after page, awaited or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Generic, Protocol, TypeVar

from ..core.hosts import Hosts
from ..core.paging import Page, PagedOperation, Trail
from ..core.wire import Request

__all__ = ("AsyncPager", "Pager")

T = TypeVar("T")
R = TypeVar("R")

Fetch = Callable[[PagedOperation[T], Request | None], Coroutine[Any, Any, Page[T]]]


class _Pages(Generic[T]):
    """
    Page after page.

    An object and no async generator: one that is left half-way has nothing to clean up,
    and after an error the same page can be asked for again.
    """

    def __init__(self, operation: PagedOperation[T], hosts: Hosts, fetch: Fetch[T]) -> None:
        self._operation = operation
        self._trail = Trail(hosts, operation.to_request())
        self._fetch = fetch
        self._request: Request | None = None
        self._last: Page[T] | None = None

    def __aiter__(self) -> _Pages[T]:
        return self

    async def __anext__(self) -> Page[T]:
        if self._last is not None:
            self._request = self._trail.after(self._last)
            if self._request is None:
                raise StopAsyncIteration
            self._last = None
        self._last = await self._fetch(self._operation, self._request)
        return self._last

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close. For `contextlib.aclosing`."""


class _Entries(Generic[T]):
    """Entry after entry, out of pages."""

    def __init__(self, pages: AsyncIterator[Page[T]]) -> None:
        self._pages = pages
        self._entries: Iterator[T] = iter(())

    def __aiter__(self) -> _Entries[T]:
        return self

    async def __anext__(self) -> T:
        while True:
            for entry in self._entries:
                return entry
            self._entries = iter((await anext(self._pages)).items)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close. For `contextlib.aclosing`."""


class AsyncPager(Generic[T]):
    """
    The entries of an answer that comes in pages, in the service's order.

    ``async for entry in pager`` gives entry after entry, `pages` page after page, and
    `collect` all of it. Nothing is sent before the first of these; each begins
    anew at the first page, so a pager can be read twice. Errors are raised where the
    page that they befell would have come.
    """

    def __init__(self, operation: PagedOperation[T], hosts: Hosts, fetch: Fetch[T]) -> None:
        self.operation = operation
        self._hosts = hosts
        self._fetch = fetch

    def pages(self) -> AsyncIterator[Page[T]]:
        """Page after page; the next is asked for when you ask for it."""
        return _Pages(self.operation, self._hosts, self._fetch)

    def __aiter__(self) -> AsyncIterator[T]:
        return _Entries(self.pages())

    async def collect(self) -> list[T]:
        """All entries of all pages."""
        found: list[T] = []
        async for page in self.pages():
            found += page.items
        return found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"


class _Call(Protocol):
    """Runs a coroutine elsewhere and waits for its result."""

    def __call__(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R: ...


class Pager(Generic[T]):
    """
    The entries of an answer that comes in pages.

    ``for entry in pager`` gives entry after entry, `pages` page after page, and `collect`
    all of it. Nothing is sent before the first of these; each begins anew at the first
    page, so a pager can be read twice.
    """

    def __init__(self, pager: AsyncPager[T], call: _Call) -> None:
        self.operation: PagedOperation[T] = pager.operation
        self._pager = pager
        self._call = call

    def pages(self) -> Iterator[Page[T]]:
        """Page after page; the next is asked for when you ask for it."""
        pages = self._pager.pages()

        async def ask() -> Page[T] | None:
            return await anext(pages, None)

        while (page := self._call(ask)) is not None:
            yield page

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def collect(self) -> list[T]:
        """All entries of all pages."""
        return self._call(self._pager.collect)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"
