"""The same for code that does not await."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from ..client.searches import AvailabilitySearch
from ..models.event_template import EventTemplate
from ..models.events import Event
from ..models.participants import Group, Member, Period
from ..models.times import Duration
from ..sync import Account, Cronofy
from .booker import AsyncBooker
from .bookings import Booking, calendar_pairs

if TYPE_CHECKING:
    from ..client.bridge import Call

__all__ = ("Booker",)


class Booker:
    """
    Books times so that of several rivals only one gets each; `AsyncBooker` says how.

    It has the methods of `AsyncBooker`, which block instead of being awaited. Threads may
    share it.
    """

    def __init__(
        self,
        cronofy: Cronofy,
        *,
        patience: float = 1.0,
        lag: float = 10.0,
        hold_for: float = 60.0,
        alternatives: int = 3,
        other_calendars: bool = True,
    ) -> None:
        self._call: Call = cronofy.call
        self._async = AsyncBooker(
            cronofy.unblocked,
            patience=patience,
            lag=lag,
            hold_for=hold_for,
            alternatives=alternatives,
            other_calendars=other_calendars,
        )

    def find(
        self,
        participants: str | Member | Group | Iterable[str | Member] | Iterable[Group],
        duration: int | timedelta | Duration,
        within: Period | Iterable[Period | tuple[datetime, datetime]],
        **query: Any,
    ) -> AvailabilitySearch:
        """Make a search for times to book; see `AsyncBooker.find`."""
        return AvailabilitySearch(
            self._async.find(participants, duration, within, **query), self._call
        )

    def book(
        self,
        key: str,
        calendars: tuple[Account, str] | Iterable[tuple[Account, str]],
        start: datetime,
        end: datetime | timedelta,
        *,
        summary: str,
        details: EventTemplate | None = None,
        participants: Any = None,
        query_periods: Any = None,
        tzid: str = "Etc/UTC",
    ) -> Booking[Account]:
        """Book a time in all of some calendars, or in none; see `AsyncBooker.book`."""
        pairs = calendar_pairs(calendars, Account)
        booking = self._call(
            lambda: self._async.book(
                key,
                _unblocked(pairs),
                start,
                end,
                summary=summary,
                details=details,
                participants=participants,
                query_periods=query_periods,
                tzid=tzid,
            )
        )
        return _with(booking, pairs)

    def reschedule(
        self, booking: Booking[Account], start: datetime, end: datetime | timedelta
    ) -> Booking[Account]:
        """Move a booking to another time, or leave it; see `AsyncBooker.reschedule`."""
        moved = self._call(lambda: self._async.reschedule(_without(booking), start, end))
        return _with(moved, booking.calendars)

    def cancel(
        self,
        booking: Booking[Account] | str,
        calendars: tuple[Account, str] | Iterable[tuple[Account, str]] = (),
    ) -> None:
        """Take a booking's events away; see `AsyncBooker.cancel`."""
        if isinstance(booking, str):
            key, pairs = booking, _unblocked(calendar_pairs(calendars, Account))
            self._call(lambda: self._async.cancel(key, pairs))
        else:
            known = _without(booking)
            self._call(lambda: self._async.cancel(known))

    def wait_for_link(self, booking: Booking[Account], timeout: float = 60.0) -> Event:
        """Wait until the link to meet at is there; see `AsyncBooker.wait_for_link`."""
        return self._call(lambda: self._async.wait_for_link(_without(booking), timeout))

    def hear(self, event_id: str) -> None:
        """Have `wait_for_link` look at once; any thread may call this."""

        async def hear() -> None:
            self._async.hear(event_id)

        self._call(hear)


def _unblocked(pairs: Iterable[tuple[Account, str]]) -> Any:
    """Calendars with the async views of their accounts."""
    return tuple((account.unblocked, calendar_id) for account, calendar_id in pairs)


def _without(booking: Booking[Account]) -> Booking[Any]:
    """A booking with the async views of its accounts."""
    return attrs.evolve(booking, calendars=_unblocked(booking.calendars))


def _with(booking: Booking[Any], calendars: tuple[tuple[Account, str], ...]) -> Booking[Account]:
    """A booking with the blocking views of its accounts."""
    return attrs.evolve(booking, calendars=calendars)
