"""Reading page after page, asynchronously."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Generic, TypeVar

from ..core.hosts import Hosts
from ..core.paging import Page, PagedOperation, Trail
from ..core.wire import Request

__all__ = ("AsyncPager",)

T = TypeVar("T")

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
