"""Fetching a chain of pages, some of them before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import attrs

from ..core.errors import PaginationError, UnsafeURLError
from ..core.head import read_head
from ..core.paging import Place, Trail
from ..core.wire import Request, Response
from .flights import Flight, launch
from .runtime import checkpoint

__all__ = ("Arrival", "Chain", "Fetch")

Fetch = Callable[[Request | None], Coroutine[Any, Any, Response]]
"""Sends the request for a page; `None` stands for the first page."""


@attrs.frozen
class Arrival:
    """
    The body of a page that was taken.

    Attributes:
        request: What it answers.
        status: The HTTP status of the answer.
        body: The page.
        guess: Where its head says that it stands; `None` if that does not tell.
    """

    request: Request | None
    status: int
    body: bytes = attrs.field(repr=False)
    guess: Place | None


class Chain:
    """
    The bodies of a chain's pages, in their order.

    A body's head tells where the next page is, so that one is asked for before this one
    is decoded. Tasks know the chain and never who reads it: a reader that is forgotten is
    freed at once, and calls `cancel`.

    Args:
        fetch: Sends the request for a page.
        trail: Which pages may follow.
        first: The request for the page to begin with; `None` for the first of all.
        depth: How many pages may be on their way, or there and not yet taken.
        under_way: Where their tasks stand, so that a client can end them.
    """

    def __init__(
        self,
        fetch: Fetch,
        trail: Trail,
        first: Request | None,
        *,
        depth: int,
        under_way: set[Flight[Any]],
    ) -> None:
        self._fetch = fetch
        self._trail = trail
        self.depth: int = depth
        self._under_way = under_way
        # What take sends itself: the first page, and a page that failed.
        self._due: tuple[Request | None] | None = (first,)
        self._ahead: deque[tuple[Request, Flight[Arrival]]] = deque()
        # Where the last page stands that came, until the page after it is asked for.
        self._tip: Place | None = None

    async def take(self) -> Arrival | None:
        """
        The next page, or `None` at the end. After an error the same page can be taken again.

        Raises:
            CronofyError: What befell its request, or that it cannot be asked for.
        """
        request: Request | None
        if self._ahead:
            request, flight = self._ahead.popleft()
            waiting = flight.join()
        else:
            if self._due is None:
                follower = self._follower()
                if follower is None:
                    return None
                self._due, self._tip = (follower,), None
            (request,) = self._due
            waiting = self._fly(request)
        try:
            arrival = await waiting
            self._advance()
            # The request for the page after it goes out before this page is decoded.
            await checkpoint()
        except BaseException:
            self.again(request)
            raise
        self._due = None
        return arrival

    def confirm(self, arrival: Arrival, place: Place) -> None:
        """Say where a page really stands, once it is decoded: its head may have misled."""
        if arrival.guess != place:
            self.cancel()
            self._tip = place
            self._advance()

    def again(self, request: Request | None) -> None:
        """Have the same page come again: it could not be fetched, or not be read."""
        self.cancel()
        self._due = (request,)

    def cancel(self) -> None:
        """End what is under way, soon and from any thread."""
        while self._ahead:
            request, flight = self._ahead.popleft()
            flight.cancel()
            self._trail.forget(request)
        self._tip = None

    async def aclose(self) -> None:
        """End what is under way, and wait until it is over."""
        flights = [flight for _, flight in self._ahead]
        self.cancel()
        for flight in flights:
            await flight.end()

    def _advance(self) -> None:
        """Ask for the next page if its place is known and there is room for it."""
        if self._tip is None or len(self._ahead) >= self.depth:
            return
        try:
            request = self._follower()
        except (UnsafeURLError, PaginationError):
            # The tip stays: the error is raised where that page would have come.
            return
        self._tip = None
        if request is not None:
            flight = launch(lambda: self._fly(request), self._under_way)
            self._ahead.append((request, flight))

    def _follower(self) -> Request | None:
        return None if self._tip is None else self._trail.after(self._tip)

    async def _fly(self, request: Request | None) -> Arrival:
        response = await self._fetch(request)
        arrival = Arrival(request, response.status, response.body, read_head(response.body))
        self._tip = arrival.guess
        self._advance()
        return arrival
