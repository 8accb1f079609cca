"""Booking times that nobody else gets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import anyio
import attrs

from ..client.clients import AsyncAccount, AsyncCronofy
from ..client.searches import AsyncAvailabilitySearch
from ..core.errors import (
    CredentialError,
    CronofyError,
    InvalidArgumentError,
    TransportTimeoutError,
)
from ..core.numbers import is_finite, whole
from ..models.authorization import Scope
from ..models.availability import AvailableTime, EventReference
from ..models.availability_search import SearchAvailability
from ..models.event_template import EventTemplate
from ..models.events import Event
from ..models.participants import Group, Member, Period
from ..models.scopes import allows
from ..models.times import Duration
from ..operations.availability import QueryAvailability
from ..operations.events import ReadEvents
from .attempts import Attempt, Terms, remove
from .bookings import Booking, calendar_pairs, everybody, refuse_past
from .errors import SlotTakenError

__all__ = ("AsyncBooker",)

_NEEDED: Final = (Scope.CREATE_EVENT, Scope.DELETE_EVENT, Scope.READ_FREE_BUSY)
_AHEAD: Final = timedelta(days=7)
"""How far after a time that is taken others are looked for."""
_LINK_WAITS: Final = (0.5, 8.0)
"""Seconds between two looks for a link, at first and at most; each is twice the one before."""


class AsyncBooker:
    """
    Books times so that of several rivals only one gets each, and never twice.

    Every booking has a *key*, your own name for it: book again with it after a timeout,
    and it is the same booking. Use keys that no other booking has, such as the id of the
    order that it belongs to.

    Only what goes through a booker of your application, on the calendars that you name,
    is contested; docs/booking.md says what can and what cannot be guaranteed.

    Args:
        cronofy: The client.
        patience: For how many seconds somebody waits for rivals who ask at the same moment.
        lag: For how many seconds to wait until the service shows what it accepted.
        hold_for: For how many seconds a hold is good that a killed process left behind.
        alternatives: How many other times a `SlotTakenError` has, at the most.
        other_calendars: Whether events in the accounts' other calendars are in the way;
            no if an account has a calendar for each of several rooms.

    Raises:
        InvalidArgumentError: A setting is wrong.
    """

    def __init__(
        self,
        cronofy: AsyncCronofy,
        *,
        patience: float = 1.0,
        lag: float = 10.0,
        hold_for: float = 60.0,
        alternatives: int = 3,
        other_calendars: bool = True,
    ) -> None:
        for name, value in {"patience": patience, "lag": lag, "hold_for": hold_for}.items():
            if not (is_finite(value) and value > 0):
                raise InvalidArgumentError(name, f"{value!r} is no time", "give seconds above 0")
        whole("alternatives", alternatives, 0)
        self._cronofy = cronofy
        self._driver = cronofy.driver
        self._alternatives = alternatives
        self._terms = Terms(
            patience=patience, lag=lag, hold_for=hold_for, other_calendars=other_calendars
        )
        self._heard: dict[str, anyio.Event] = {}

    def find(
        self,
        participants: str | Member | Group | Iterable[str | Member] | Iterable[Group],
        duration: int | timedelta | Duration,
        within: Period | Iterable[Period | tuple[datetime, datetime]],
        **query: Any,
    ) -> AsyncAvailabilitySearch:
        """
        Make a search for times to book; nothing is sent yet.

        ``await search.first(5)`` gives the five earliest, ``async for`` one after another.

        Args:
            participants: Who has to be free, as in `SearchAvailability`: people, rooms and
                application calendars alike, in any number.
            duration: How long, in minutes, or as a `timedelta` or `Duration`.
            within: Where to look: periods, or pairs of start and end.
            query: Any other parameter of `SearchAvailability`.
        """
        asked: dict[str, Any] = {"response_format": "slots", **query}
        return self._cronofy.search(
            SearchAvailability(
                participants=participants, required_duration=duration, query_periods=within, **asked
            )
        )

    async def book(
        self,
        key: str,
        calendars: tuple[AsyncAccount, str] | Iterable[tuple[AsyncAccount, str]],
        start: datetime,
        end: datetime | timedelta,
        *,
        summary: str,
        details: EventTemplate | None = None,
        participants: Any = None,
        query_periods: Any = None,
        tzid: str = "Etc/UTC",
    ) -> Booking[AsyncAccount]:
        """
        Book a time in one calendar or more: in all of them, or in none.

        To be cancelled, or to fail, leaves nothing but what the same key finds again.

        Args:
            key: Your own name for the booking. With a key that has a booking the events
                of that are moved, without regard to those who took part before.
            calendars: Accounts with the ids of their calendars; one pair needs no list.
                Only the first one's event has attendees, conferencing, attachments and a
                meeting agent.
            start: When it starts: an aware datetime of whole minutes, in the future.
            end: When it ends, or how long it takes.
            summary: Its title.
            details: What else its events are made of.
            participants: Whose time is looked at once more, as in `QueryAvailability`.
                Left out: that of the calendars' accounts.
            query_periods: Where other times are looked for if this one is taken. Left
                out: in the seven days from *start* on.
            tzid: IANA zone in which the whole days lie that others have events on.

        Raises:
            SlotTakenError: Somebody else has the time.
            InvalidArgumentError: A time is naive, past or not after *start*, the key is
                empty, or another value is wrong; nothing was sent.
            CredentialError: An account's scope, as far as it is known, does not allow to
                write and delete events and to read free-busy; nothing was sent.
            OutcomeUnknownError: Nobody knows whether it is booked: book again with the
                same key, or cancel it.
            CronofyError: A call failed; nothing is booked.
        """
        booking: Booking[AsyncAccount] = Booking(
            key=key,
            calendars=calendar_pairs(calendars, AsyncAccount),
            start=start,
            end=_end(start, end),
            summary=summary,
            details=EventTemplate() if details is None else details,
            participants=participants,
            query_periods=query_periods,
            tzid=tzid,
        )
        return await self._book(booking, None)

    async def reschedule(
        self, booking: Booking[AsyncAccount], start: datetime, end: datetime | timedelta
    ) -> Booking[AsyncAccount]:
        """
        Move a booking to another time, in all its calendars, or in none.

        The new time is held before the old one is given up; if somebody else has it the
        booking stays where it is. Both times may overlap.

        Answer: the booking at its new time.

        Args:
            booking: What `book` gave.
            start: When it starts from now on.
            end: When it ends, or how long it takes.

        Raises:
            SlotTakenError: Somebody else has the new time; nothing was moved.
            CronofyError: As for `book`.
        """
        moved = attrs.evolve(booking, start=start, end=_end(start, end))
        return await self._book(moved, booking)

    async def cancel(
        self,
        booking: Booking[AsyncAccount] | str,
        calendars: tuple[AsyncAccount, str] | Iterable[tuple[AsyncAccount, str]] = (),
    ) -> None:
        """
        Take a booking's events away; it is no error if there are none.

        Args:
            booking: What `book` gave, or the key of a booking.
            calendars: With a key: where it is.

        Raises:
            OutcomeUnknownError: An event may still be there: cancel again.
            CronofyError: The service refused to delete an event.
        """
        if isinstance(booking, str):
            # When it is does not matter here: events are deleted by their ids.
            pairs = calendar_pairs(calendars, AsyncAccount)
            any_time = datetime(1970, 1, 1, tzinfo=UTC)
            booking = Booking(
                key=booking,
                calendars=pairs,
                start=any_time,
                end=any_time + timedelta(minutes=1),
                summary="-",
            )
        await remove(booking)

    async def wait_for_link(self, booking: Booking[AsyncAccount], timeout: float = 60.0) -> Event:
        """
        Wait until the link to meet at is there, which takes the service a while.

        It looks again after growing waits, and at once when `hear` is called.

        Answer: the event in the booking's first calendar, with its `conferencing`; without
        one if none was asked for.

        Args:
            booking: What `book` gave.
            timeout: For how many seconds to wait at the most.

        Raises:
            TransportTimeoutError: The link is still being made; wait again.
            CronofyError: The event is gone, or cannot be read.
        """
        runtime = self._driver.runtime
        deadline, pause = runtime.monotonic() + timeout, _LINK_WAITS[0]
        heard: anyio.Event | None = None
        try:
            while True:
                # Before the look: what is heard during it counts.
                heard = self._heard.setdefault(booking.event_id, anyio.Event())
                event = await self._read(booking)
                asked = event.conferencing
                if asked is None or not asked.pending or asked.join_url is not None:
                    return event
                left = deadline - runtime.monotonic()
                if left <= 0:
                    raise TransportTimeoutError(f"{booking.key}: the link is still being made")
                await runtime.wait(heard, min(pause, left))
                pause = min(pause * 2, _LINK_WAITS[1])
        finally:
            if self._heard.get(booking.event_id) is heard:
                del self._heard[booking.event_id]

    def hear(self, event_id: str) -> None:
        """
        Have `wait_for_link` look at once, as a notification tells of an event.

        Args:
            event_id: The ``event_id`` in the notification of an event's subscription; that
                of any other event changes nothing.
        """
        heard = self._heard.pop(event_id, None)
        if heard is not None:
            heard.set()

    # How it is done ------------------------------------------------------------------

    async def _book(
        self, booking: Booking[AsyncAccount], before: Booking[AsyncAccount] | None
    ) -> Booking[AsyncAccount]:
        asked = everybody(booking, other_calendars=self._terms.other_calendars)
        attempt = Attempt(
            booking, self._driver, self._terms, lambda: self._is_free(booking, asked), before
        )
        refuse_past(booking, attempt.now())
        for account, _ in booking.calendars:
            await _check_scope(account)
        if not await attempt.succeeds():
            raise SlotTakenError(
                booking.key, booking.start, booking.end, await self._others(booking, asked)
            )
        return booking

    async def _is_free(self, booking: Booking[AsyncAccount], asked: tuple[Group, ...]) -> bool:
        """Whether everybody is free at a booking's time, as the service sees it."""
        if not asked:
            return True
        found = await self._cronofy.send(
            QueryAvailability(
                participants=asked,
                required_duration=booking.duration,
                query_slots=booking.start,
                excluded_events=EventReference(event_id=booking.event_id),
            )
        )
        return bool(found.results)

    async def _others(
        self, booking: Booking[AsyncAccount], asked: tuple[Group, ...]
    ) -> tuple[AvailableTime, ...]:
        """Other times, as far as they can be found."""
        if not (asked and self._alternatives):
            return ()
        periods = booking.query_periods or ((booking.start, booking.start + _AHEAD),)
        own = EventReference(event_id=booking.event_id)
        # One more, as what is taken may be free again.
        most = self._alternatives + 1
        try:
            search = self.find(
                asked, booking.duration, periods, max_results=most, excluded_events=own
            )
            found = await search.first(most)
        except CronofyError:
            # That the time is taken has to be told in any case.
            return ()
        others = [time for time in found if time.start != booking.start]
        return tuple(others[: self._alternatives])

    async def _read(self, booking: Booking[AsyncAccount]) -> Event:
        account, calendar_id = booking.calendars[0]
        call = ReadEvents(
            tzid=booking.tzid,
            from_=booking.start,
            to=booking.end,
            only_managed=True,
            calendar_ids=calendar_id,
        )
        async for event in account.read(call):
            if event.event_id == booking.event_id:
                return event
        raise CronofyError(f"{booking.key}: its event is gone, or was moved")


def _end(start: datetime, end: datetime | timedelta) -> datetime:
    if not isinstance(end, timedelta):
        return end
    if end <= timedelta(0):
        raise InvalidArgumentError("end", "is no length of time", "give one minute or more")
    if not isinstance(start, datetime):
        raise InvalidArgumentError("start", "is no moment", "give an aware datetime")
    return start + end


async def _check_scope(account: AsyncAccount) -> None:
    """
    Check that an account may be booked, if it is known what was granted.

    Raises:
        CredentialError: It may not.
    """
    # Tokens in a store are looked up when they are needed, and they are now.
    await account._holder.load()  # noqa: SLF001  # a view shows its tokens, but does not fetch them
    scope = account.tokens.scope
    lacking = [str(each) for each in _NEEDED if scope is not None and not allows(scope, each)]
    if lacking:
        raise CredentialError(
            f"{account.sub or 'an account'} has not granted {', '.join(lacking)}: "
            "have it authorize the application with that scope"
        )
