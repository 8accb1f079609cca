"""One walk along a chain of pages, decoded, and back to its beginning when the way is gone."""

from __future__ import annotations

from collections.abc import Callable
from traceback import clear_frames
from typing import Any, Final, Generic, Protocol, TypeVar

import attrs

from ..core.cursors import Cursor
from ..core.errors import (
    APIError,
    CronofyError,
    DecodeError,
    InvalidArgumentError,
    PageExpiredError,
)
from ..core.hosts import Hosts
from ..core.paging import Page, PagedOperation, Trail
from .chains import Arrival, Chain, Fetch
from .flights import Flight

__all__ = ("Memory", "Plan", "Walk")

T = TypeVar("T")

_EXPIRED: Final = frozenset({404, 410})
_DEEPEST: Final = 16


class Memory(Protocol):
    """What knows which entries were handed out."""

    @property
    def is_whole(self) -> bool:
        """Whether each of them would be recognised."""
        ...


def _depth(_: Any, __: Any, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _DEEPEST:
        raise InvalidArgumentError(
            "depth", "is no number of pages", f"give 0 to switch it off, or up to {_DEEPEST}"
        )


@attrs.frozen(kw_only=True)
class Plan(Generic[T]):
    """What to read, and how."""

    operation: PagedOperation[Any]
    hosts: Hosts
    fetch: Fetch
    under_way: set[Flight[Any]]
    read: Callable[[bytes], Page[T]]
    depth: int = attrs.field(default=1, validator=_depth)
    start: Cursor | None = None

    def chain(self) -> Chain:
        """The chain of bodies, nothing of it asked for yet."""
        start = self.start
        first = None if start is None else start.request(self.operation, self.hosts)
        trail = Trail(self.hosts, self.operation.to_request())
        if first is not None:
            trail.note(first)
        return Chain(self.fetch, trail, first, depth=self.depth, under_way=self.under_way)


class Walk(Generic[T]):
    """One walk along the pages: where it stands, and what to do when the way is gone."""

    def __init__(self, plan: Plan[Any], read: Callable[[bytes], Page[T]], memory: Memory) -> None:
        self._plan = plan
        self._read = read
        self._memory = memory
        self._chain = plan.chain()
        start = plan.start
        self._pages = 0 if start is None else start.pages
        self._entries = 0 if start is None else start.entries
        self._next_page = None if start is None else start.next_page
        self._is_over = start is not None and start.at_end
        self._is_first_pass = start is None or start.pages == 0
        # Whether it began anew, and has given nothing new since.
        self._is_behind = False

    @property
    def cursor(self) -> Cursor:
        """Where the read goes on after the last page that was counted."""
        return Cursor.of(self._plan.operation, *self.standing)

    @property
    def standing(self) -> tuple[str | None, int, int]:
        """What a cursor is made of: the next page, and the numbers of pages and entries."""
        return self._next_page, self._pages, self._entries

    async def step(self) -> tuple[Page[T], bytes]:
        """The next page, decoded and as it came, not yet counted."""
        try:
            while not self._is_over:
                try:
                    arrival = await self._chain.take()
                except APIError as error:
                    self._restart(error)
                    continue
                if arrival is None:
                    break
                return self._decode(arrival), arrival.body
        except CronofyError as error:
            error.cursor = self.cursor
            raise
        self._is_over = True
        raise StopAsyncIteration

    def count(self, page: Page[Any], entries: int) -> None:
        """Note that a page was handed out, with so many entries."""
        self._pages += 1
        self._entries += entries
        self._is_behind = self._is_behind and not entries
        if not self._is_behind or page.is_last:
            self._next_page = None if page.is_last else page.next_page
        self._is_over = page.is_last

    def _decode(self, arrival: Arrival) -> Page[T]:
        try:
            page = self._read(arrival.body)
        except BaseException as error:
            self._chain.again(arrival.request)
            # Tools that print local variables would print people's events.
            clear_frames(error.__traceback__)
            if isinstance(error, DecodeError):
                error.status = arrival.status
            raise
        self._chain.confirm(arrival, page.place)
        return page

    def _restart(self, error: APIError) -> None:
        """Begin anew when the service does not keep the next page any longer."""
        if self._next_page is None or error.status not in _EXPIRED:
            raise error
        if not (self._is_first_pass and self._memory.is_whole):
            raise PageExpiredError(
                "the service does not keep the next page any longer: read from the start"
            ) from error
        self._is_first_pass = False
        # Where it stands is still before the page that is gone, whatever befalls it now: what
        # comes before that was handed out, and the rest was not.
        self._is_behind = True
        self._chain = attrs.evolve(self._plan, start=None).chain()

    def ahead(self, depth: int) -> None:
        """From the next page on, have so many on their way."""
        self._plan = attrs.evolve(self._plan, depth=depth)
        self._chain.depth = depth

    def cancel(self) -> None:
        """End what is under way, soon and from any thread."""
        self._chain.cancel()

    async def aclose(self) -> None:
        """End what is under way, and wait until it is over."""
        self._is_over = True
        await self._chain.aclose()
