"""What is to be booked, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import UNSET
from ..models.checks import instance, longest, not_empty, time_zone, utc
from ..models.event_template import EventTemplate
from ..models.participants import Group, Member, Period, participants, periods
from ..models.times import Duration
from ..operations.event_writes import UpsertEvent
from .names import Hold, booking_event_id

__all__ = ("Booking", "calendar_pairs", "everybody", "refuse_past")

A = TypeVar("A")

_OF_THE_FIRST: Final = ("attendees", "conferencing", "meeting_agent", "attachments")
"""What only the first calendar's event has: nobody is invited, or given a link, twice."""


_FREE: Final = frozenset({"transparent", "working_elsewhere"})


def _start(value: datetime) -> datetime:
    return utc("start", value)


def _end(value: datetime) -> datetime:
    return utc("end", value)


def _people(value: Any) -> tuple[Group, ...]:
    groups = () if value is None else participants(value)
    if value is not None and value != () and not groups:
        raise InvalidArgumentError("participants", "is an empty list", "give somebody, or nothing")
    return groups


def _searched(value: Any) -> tuple[Period, ...] | None:
    return None if value is None else periods("query_periods", value)


@attrs.frozen(kw_only=True)
class Booking(Generic[A]):
    """
    A meeting in one calendar or more.

    Attributes:
        key: Your name for it.
        calendars: Accounts with the ids of their calendars, at least one; the first has
            the invitations and the link to meet at.
        start: When it starts, in UTC.
        end: When it ends, exclusive, in UTC.
        summary: Its title.
        details: What else its events are made of.
        participants: Whose time was looked at besides the calendars.
        query_periods: Where other times are looked for when this one is taken.
        tzid: The zone in which whole days lie that others have events on.
    """

    key: str = attrs.field(validator=not_empty)
    calendars: tuple[tuple[A, str], ...]
    start: datetime = attrs.field(converter=_start)
    end: datetime = attrs.field(converter=_end)
    summary: str = attrs.field(validator=[not_empty, longest(1024)])
    details: EventTemplate = attrs.field(
        factory=EventTemplate, validator=instance(EventTemplate), repr=False
    )
    participants: tuple[Group, ...] = attrs.field(default=(), converter=_people, repr=False)
    query_periods: tuple[Period, ...] | None = attrs.field(
        default=None, converter=_searched, repr=False
    )
    tzid: str = attrs.field(default="Etc/UTC", validator=time_zone, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidArgumentError("end", "is not after start", "give a later time")
        if (self.end - self.start) % timedelta(minutes=1):
            raise InvalidArgumentError(
                "end", "is no whole number of minutes after start", "book whole minutes"
            )
        free = {self.details.transparency, self.details.extended_transparency} & _FREE
        if free:
            raise InvalidArgumentError(
                "details.transparency",
                f"is {min(map(str, free))}",
                "leave it out: a booking takes up its time",
            )
        if self.details.recurrence is not UNSET:
            raise InvalidArgumentError(
                "details.recurrence", "is given", "book each time with a key of its own"
            )
        # What the events have besides is checked here, and not when half of them are written.
        self.event(0)

    @property
    def event_id(self) -> str:
        """The id that its events have."""
        return booking_event_id(self.key)

    @property
    def duration(self) -> Duration:
        """How long it takes."""
        return Duration.of(self.end - self.start)

    def event(self, number: int) -> UpsertEvent:
        """The call that writes its event in one of the calendars."""
        given = {
            field.name: getattr(self.details, field.name)
            for field in attrs.fields(EventTemplate)
            if number == 0 or field.name not in _OF_THE_FIRST
        }
        return UpsertEvent(
            calendar_id=self.calendars[number][1],
            event_id=self.event_id,
            summary=self.summary,
            start=self.start,
            end=self.end,
            **{name: value for name, value in given.items() if value is not UNSET},
        )

    def hold(self, number: int, hold: Hold) -> UpsertEvent:
        """The call that writes a hold for it: nothing that anybody is invited to."""
        return UpsertEvent(
            calendar_id=self.calendars[number][1],
            event_id=hold.hold_id,
            summary=f"Hold: {self.summary}"[:1024],
            start=self.start,
            end=self.end,
            transparency="transparent",
        )


def calendar_pairs(value: Any, account_type: type[A]) -> tuple[tuple[A, str], ...]:
    """
    Take pairs of an account and a calendar's id; one pair needs no list.

    Raises:
        InvalidArgumentError: There is none, one is no such pair, or a calendar comes twice.
    """
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], account_type):
        value = (value,)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise InvalidArgumentError("calendars", "is no list", "give (account, calendar_id) pairs")
    pairs = tuple(value)
    for index, pair in enumerate(pairs):
        if not (
            isinstance(pair, tuple)
            and len(pair) == 2
            and isinstance(pair[0], account_type)
            and isinstance(pair[1], str)
            and pair[1]
        ):
            raise InvalidArgumentError(
                f"calendars[{index}]",
                "is no account with the id of a calendar",
                "give (account, calendar_id), the account made by the same client",
            )
    if not pairs:
        raise InvalidArgumentError("calendars", "is an empty list", "give one calendar or more")
    ids = [calendar_id for _, calendar_id in pairs]
    if len(set(ids)) < len(ids):
        raise InvalidArgumentError("calendars", "has a calendar twice", "give each once")
    return pairs


def everybody(booking: Booking[Any], *, other_calendars: bool) -> tuple[Group, ...]:
    """Whose time is looked at: those who were named, or else the calendars' accounts."""
    if booking.participants:
        return booking.participants
    calendars: dict[str, list[str]] = {}
    for account, calendar_id in booking.calendars:
        if account.sub is None:
            return ()
        calendars.setdefault(account.sub, []).append(calendar_id)
    return participants(
        [
            Member(sub=sub, calendar_ids=None if other_calendars else ids)
            for sub, ids in calendars.items()
        ]
    )


def refuse_past(booking: Booking[Any], now: float) -> None:
    """
    Check that a booking's time has not begun.

    Raises:
        InvalidArgumentError: It has.
    """
    if booking.start <= datetime.fromtimestamp(now, UTC):
        raise InvalidArgumentError("start", "is in the past", "book a time that is to come")
