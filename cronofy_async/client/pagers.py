"""Reading page after page, awaited or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs

from ..core.collected import Collected
from ..core.cursors import Cursor
from ..core.errors import CronofyError
from ..core.hosts import Hosts
from ..core.paging import Page, PagedOperation
from ..core.recall import Recall
from ..core.rows import Rows
from .chains import Fetch
from .flights import Flight
from .walks import Memory, Plan, Walk

if TYPE_CHECKING:
    from .bridge import Call

__all__ = ("AsyncPager", "AsyncPages", "Pager", "Pages")

T = TypeVar("T")
R = TypeVar("R")


class AsyncPages(Generic[T]):
    """
    Page after page.

    An object and no async generator: after an error the same page can be asked for again.
    One that is left half-way ends the request that is under way for it; `aclose` waits
    for that end, for `contextlib.aclosing`.
    """

    def __init__(self, plan: Plan[T]) -> None:
        self._recall = Recall(plan.operation)
        self._walk = Walk(plan, plan.read, self._recall)

    @property
    def cursor(self) -> Cursor:
        """Where the read goes on after the last page that was handed out."""
        return self._walk.cursor

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        page, _ = await self._walk.step()
        fresh = self._recall.fresh(page.items)
        self._walk.count(page, len(fresh))
        return page if fresh is page.items else attrs.evolve(page, items=fresh)

    async def aclose(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        await self._walk.aclose()

    def __del__(self) -> None:
        # A constructor that failed leaves no walk.
        if hasattr(self, "_walk"):
            self._walk.cancel()


class _Entries(Generic[T]):
    """Entry after entry, out of pages."""

    def __init__(self, pages: AsyncPages[T]) -> None:
        self._pages = pages
        self._entries: Iterator[T] = iter(())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            for entry in self._entries:
                return entry
            self._entries = iter((await anext(self._pages)).items)

    async def aclose(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        await self._pages.aclose()


class AsyncPager(Generic[T]):
    """
    The entries of an answer that comes in pages, in the service's order.

    ``async for entry in pager`` gives entry after entry, `pages` page after page, and
    `collect` all of it. Nothing is sent before the first of these; each begins
    anew at the first page, so a pager can be read twice.

    While you work on a page, the next one is on its way: see `with_prefetch`. Errors are
    raised where the page that they befell would have come, and have a ``cursor`` from
    which `resume` goes on. When the service does not keep a page any longer, the read
    begins anew once by itself.

    What changes during the read may come twice, on two pages. An entry that was handed out
    among the last 10,000 comes again only if it is newer; that of which the service
    does not say when it changed, never. A read that begins anew needs to know everything it
    handed out: beyond that number it raises `PageExpiredError`.
    """

    def __init__(self, plan: Plan[T]) -> None:
        self._plan = plan

    @classmethod
    def of(
        cls,
        operation: PagedOperation[T],
        hosts: Hosts,
        fetch: Fetch,
        under_way: set[Flight[Any]],
    ) -> AsyncPager[T]:
        """
        Make a pager.

        Args:
            operation: What to read.
            hosts: The origins whose URLs are followed.
            fetch: Sends the request for a page.
            under_way: Where requests stand that are sent ahead.
        """
        plan = Plan(
            operation=operation,
            hosts=hosts,
            fetch=fetch,
            under_way=under_way,
            read=operation.read_body,
        )
        return AsyncPager(plan)

    @property
    def operation(self) -> PagedOperation[T]:
        """What is read."""
        return self._plan.operation

    def with_prefetch(self, depth: int) -> AsyncPager[T]:
        """
        The same pager with another number of pages ahead.

        Args:
            depth: How many pages may be on their way or waiting while you work on one;
                1 by default. 0 asks for a page only when you do.

        Raises:
            InvalidArgumentError: *depth* is not 0 to 16.
        """
        return AsyncPager(attrs.evolve(self._plan, depth=depth))

    def resume(self, cursor: str) -> AsyncPager[T]:
        """
        The same pager, beginning where another read stopped.

        Args:
            cursor: The ``cursor`` of an error, or that of `pages` between two pages.

        Raises:
            InvalidArgumentError: It is malformed, or of another read.
            UnsafeURLError: It leads to another origin.
        """
        start = Cursor(cursor)
        start.request(self._plan.operation, self._plan.hosts)
        return AsyncPager(attrs.evolve(self._plan, start=start))

    def only(self, *fields: str) -> AsyncPager[T]:
        """
        The same pager, reading no more than some fields of each entry, in a third of the time.

        It gives rows in place of entries: they have the attributes that you name, of the
        same values, and those that tell entries apart. Another attribute is an
        `AttributeError`. What you do not name is not looked at.

        Args:
            fields: The names of the fields, for example ``"start", "end", "summary"``.

        Raises:
            InvalidArgumentError: Entries have no such field.
        """
        rows = Rows(self._plan.operation, fields)
        return AsyncPager(attrs.evolve(self._plan, read=rows.read_body))

    def pages(self) -> AsyncPages[T]:
        """Page after page; their ``cursor`` says where to `resume`."""
        return AsyncPages(self._plan)

    def walk(self, read: Callable[[bytes], Page[R]], memory: Memory) -> Walk[R]:
        """
        One walk along the pages, for whoever keeps what it finds.

        Args:
            read: Reads a page.
            memory: Knows what was kept.
        """
        return Walk(self._plan, read, memory)

    def __aiter__(self) -> AsyncIterator[T]:
        return _Entries(self.pages())

    async def collect(self) -> Collected[T]:
        """
        All entries of all pages, each once and in its latest version.

        Answer: a read-only list that decodes entries when they are touched.

        Raises:
            CronofyError: What befell a page; ``error.collected`` has the entries before it.
        """
        plan = self._plan
        collected = Collected(plan.operation, plan.read)
        walk = self.walk(plan.operation.read_sketch, collected)
        try:
            while True:
                page, body = await walk.step()
                collected.add(body, page.items)
                walk.count(page, len(page.items))
        except StopAsyncIteration:
            collected.seal()
            return collected
        except CronofyError as error:
            collected.seal()
            error.collected = collected
            raise
        finally:
            walk.cancel()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"


class Pages(Generic[T]):
    """Page after page, without awaiting; see `AsyncPages`."""

    def __init__(self, pages: AsyncPages[T], call: Call) -> None:
        self._pages = pages
        self._call = call

    @property
    def cursor(self) -> Cursor:
        """Where the read goes on after the last page that was handed out."""
        return self._pages.cursor

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[T]:
        page = self._call(self._ask)
        if page is None:
            raise StopIteration
        return page

    async def _ask(self) -> Page[T] | None:
        return await anext(self._pages, None)

    def close(self) -> None:
        """End the read, and wait until nothing of it is under way. For `contextlib.closing`."""
        self._call(self._pages.aclose)


class Pager(Generic[T]):
    """
    The entries of an answer that comes in pages; `AsyncPager` says how they come.

    ``for entry in pager`` gives entry after entry, `pages` page after page, and `collect`
    all of it. Nothing is sent before the first of these; each begins anew at the first
    page, so a pager can be read twice.
    """

    def __init__(self, pager: AsyncPager[T], call: Call) -> None:
        self.operation: PagedOperation[T] = pager.operation
        self._pager = pager
        self._call = call

    def with_prefetch(self, depth: int) -> Pager[T]:
        """The same pager with another number of pages ahead; see `AsyncPager.with_prefetch`."""
        return Pager(self._pager.with_prefetch(depth), self._call)

    def resume(self, cursor: str) -> Pager[T]:
        """The same pager, beginning where another stopped; see `AsyncPager.resume`."""
        return Pager(self._pager.resume(cursor), self._call)

    def only(self, *fields: str) -> Pager[T]:
        """The same pager, reading no more than some fields; see `AsyncPager.only`."""
        return Pager(self._pager.only(*fields), self._call)

    def pages(self) -> Pages[T]:
        """Page after page; their ``cursor`` says where to `resume`."""
        return Pages(self._pager.pages(), self._call)

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def collect(self) -> Collected[T]:
        """All entries of all pages, each once; see `AsyncPager.collect`."""
        return self._call(self._pager.collect)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"
