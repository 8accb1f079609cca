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


class AsyncPager(Generic[T]):
    """
    The entries of an answer that comes in pages, oldest request first.

    ``async for entry in pager`` gives entry after entry, `pages` page after page, and
    `collect` all of it. Nothing is sent before the first of these; each begins
    anew at the first page, so a pager can be read twice. Errors are raised where the
    page that they befell would have come.
    """

    def __init__(self, operation: PagedOperation[T], hosts: Hosts, fetch: Fetch[T]) -> None:
        self.operation = operation
        self._hosts = hosts
        self._fetch = fetch

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Page after page; the next is asked for when you ask for it."""
        trail = Trail(self._hosts)
        request: Request | None = None
        while True:
            page = await self._fetch(self.operation, request)
            yield page
            request = trail.after(page)
            if request is None:
                return

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

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
        pages: Any = self._pager.pages()

        async def ask() -> Page[T] | None:
            page: Page[T] | None = await anext(pages, None)
            return page

        try:
            while (page := self._call(ask)) is not None:
                yield page
        finally:
            self._call(pages.aclose)

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def collect(self) -> list[T]:
        """All entries of all pages."""
        return self._call(self._pager.collect)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"
