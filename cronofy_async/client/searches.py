"""Searches for free time that may take many calls, awaited or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from ..core.errors import PaginationError
from ..core.numbers import whole
from ..models.availability import MOST_RESULTS, Availability, AvailableTime, MemberStatus
from ..models.availability_search import SearchAvailability
from ..models.participants import Member
from ..operations.availability import QueryAvailability
from .search_merge import Found, put_together, worst
from .search_plan import Part, further, parts, question, windows
from .together import together

if TYPE_CHECKING:
    from .bridge import Call

__all__ = ("AsyncAvailabilitySearch", "AvailabilitySearch")

R = TypeVar("R")

Send = Callable[[QueryAvailability], Awaitable[Availability]]

_MOST_AHEAD: Final = 16
"""Parts that are asked at the same time, when all before were not enough."""


class _ChoiceCutError(Exception):
    """An answer with changing participants is as long as answers get."""


class _Asking:
    """
    One way through a search, from its first part on.

    Parts are asked in waves: one at first, then twice as many each time, so that who
    wants only the first times does not pay for the rest, and nothing runs in between.
    """

    def __init__(self, search: SearchAvailability, send: Send, now: Callable[[], float]) -> None:
        self._search, self._send, self._now = search, send, now
        self._given = windows(search, now()) if search.query_periods is not None else []
        self._parts = parts(search, now())
        self._alone = search.people() > search.people_per_call or (
            len(self._parts) > 1 and self._has_changing_periods()
        )
        self._ahead = 1
        self._founds: list[Found] = []
        self.statuses: list[MemberStatus] = []

    def _has_changing_periods(self) -> bool:
        search = self._search
        shown = search.response_format or "periods"
        return search.query_slots is None and shown == "periods" and search.has_choice()

    @property
    def complete(self) -> bool:
        """Whether every part was asked."""
        return len(self._founds) == len(self._parts)

    def times(self) -> list[AvailableTime]:
        """What is certain so far, the earliest first."""
        return put_together(self._search, self._given, self._founds, complete=self.complete)

    async def go_on(self, *, all_at_once: bool = False) -> None:
        """Ask the next parts."""
        done = len(self._founds)
        ahead = len(self._parts) if all_at_once else self._ahead
        wave = self._parts[done : done + ahead]
        try:
            found = await together([self._work(part) for part in wave])
        except _ChoiceCutError:
            # Where it was cut cannot be told from where people change: ask one by one.
            self._alone, self._founds = True, []
            return
        self._founds += found
        self._ahead = min(self._ahead * 2, _MOST_AHEAD)

    def _work(self, part: Part) -> Callable[[], Awaitable[Found]]:
        async def work() -> Found:
            members: list[Member | None] = [None]
            if self._alone:
                members = list({m: None for g in self._search.participants for m in g.members})
            answers = await together([self._work_on(part, member) for member in members])
            return Found(part, dict(zip(members, answers, strict=True)))

        return work

    def _work_on(
        self, part: Part, member: Member | None
    ) -> Callable[[], Awaitable[list[AvailableTime]]]:
        async def work() -> list[AvailableTime]:
            shown = self._search.response_format or "periods"
            if member is not None and self._search.query_slots is None:
                shown = "periods"
            elif shown == "slots" and len(self._parts) > 1 and self._search.query_slots is None:
                # Which of them do not overlap is settled when their borders are gone.
                shown = "overlapping_slots"
            # Only where nothing is left out later is so much known to be enough.
            enough = self._search.max_results if len(self._parts) == 1 and member is None else None
            overlapping = shown == "overlapping_slots"
            found: list[AvailableTime] = []
            asked = part.asked
            while asked:
                most = None if enough is None else enough - len(found)
                call = question(
                    self._search, asked, response_format=shown, member=member, most=most
                )
                answer = await self._send(call)
                self.statuses += answer.member_statuses or ()
                found += answer.results
                full = len(answer.results) >= MOST_RESULTS
                if not full or (enough is not None and len(found) >= enough):
                    break
                if member is None and self._has_changing_periods():
                    raise _ChoiceCutError
                left = further(self._search, asked, found[-1], overlapping=overlapping)
                if left == asked:
                    raise PaginationError("the service answers with times that it gave before")
                asked = left
            return found

        return work


class _Times:
    """Time after time."""

    def __init__(self, asking: _Asking) -> None:
        self._asking = asking
        self._given_out = 0
        self._ready: Iterator[AvailableTime] = iter(())

    def __aiter__(self) -> _Times:
        return self

    async def __anext__(self) -> AvailableTime:
        while True:
            for time in self._ready:
                self._given_out += 1
                return time
            if await self.more() is None:
                raise StopAsyncIteration

    async def more(self) -> list[AvailableTime] | None:
        """The times of the next parts; `None` after the last."""
        if self._asking.complete:
            return None
        await self._asking.go_on()
        fresh = self._asking.times()[self._given_out :]
        self._ready = iter(fresh)
        return fresh

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close. For `contextlib.aclosing`."""


class AsyncAvailabilitySearch:
    """
    A search for times at which people are free; made by ``search_availability``.

    ``async for time in search`` gives one `AvailableTime` after another, the earliest first,
    and asks for no more than it needs; each loop begins anew, as people's time changes.
    """

    def __init__(self, search: SearchAvailability, send: Send, now: Callable[[], float]) -> None:
        self.query: SearchAvailability = search
        self._send, self._now = send, now

    def _begin(self) -> _Asking:
        return _Asking(self.query, self._send, self._now)

    def __aiter__(self) -> AsyncIterator[AvailableTime]:
        return _Times(self._begin())

    async def first(self, number: int = 1) -> list[AvailableTime]:
        """
        The earliest times; fewer if there are no more.

        Args:
            number: How many, from 1 on. What comes later is not asked for.

        Raises:
            InvalidArgumentError: *number* is less than 1.
            CronofyError: As `SearchAvailability` says.
        """
        whole("number", number, 1)
        found: list[AvailableTime] = []
        async for time in self:
            found.append(time)
            if len(found) == number:
                break
        return found

    async def collect(self) -> Availability:
        """All times, in the form of one answer, all parts asked at the same time."""
        asking = self._begin()
        while not asking.complete:
            await asking.go_on(all_at_once=True)
        times = tuple(asking.times())
        query = self.query
        slots = query.query_slots is not None or query.response_format not in (None, "periods")
        statuses = worst(query, asking.statuses) if query.include_member_statuses else None
        return Availability(
            available_slots=times if slots else None,
            available_periods=None if slots else times,
            member_statuses=statuses,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.query.people()} people>"


class AvailabilitySearch:
    """
    A search for times at which people are free; made by ``search_availability``.

    ``for time in search`` gives one `AvailableTime` after another, the earliest first, and
    asks for no more than it needs; each loop begins anew, as people's time changes.
    """

    def __init__(self, search: AsyncAvailabilitySearch, call: Call) -> None:
        self.query: SearchAvailability = search.query
        self._search = search
        self._call = call

    def __iter__(self) -> Iterator[AvailableTime]:
        times = self._search.__aiter__()

        async def ask() -> AvailableTime | None:
            return await anext(times, None)

        while (time := self._call(ask)) is not None:
            yield time

    def first(self, number: int = 1) -> list[AvailableTime]:
        """The earliest times; see `AsyncAvailabilitySearch.first`."""
        return self._call(lambda: self._search.first(number))

    def collect(self) -> Availability:
        """All times, in the form of one answer."""
        return self._call(self._search.collect)

    def __repr__(self) -> str:
        return repr(self._search).replace("Async", "", 1)
