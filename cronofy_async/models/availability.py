"""When people are free: what is asked, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum, formerly
from ..core.errors import InvalidArgumentError
from .checks import instance, under, utc
from .participants import Buffer, Group, Period, optional_duration, participants, periods
from .participants import buffer as buffer_of
from .shorthands import entries, one_of
from .times import Duration, Moment

__all__ = (
    "LONGEST_SEARCH",
    "MOST_RESULTS",
    "Availability",
    "AvailabilityQuery",
    "AvailableParticipant",
    "AvailableTime",
    "EventReference",
    "MemberStatus",
    "ResponseFormat",
    "Slot",
    "SyncStatus",
)

ResponseFormat: TypeAlias = Literal["periods", "slots", "overlapping_slots"]
"""How an answer is laid out. Source: /developers/api/scheduling/availability/"""

_START_INTERVALS: Final = (5, 10, 15, 20, 30, 60)
LONGEST_SEARCH: Final = timedelta(days=35)
"""From the earliest start of one query to its latest end. Source: the quick start guide"""
MOST_RESULTS: Final = 512
"""How many periods or slots one answer has at the most."""


# What is asked ------------------------------------------------------------------------


def _start(value: datetime) -> datetime:
    return utc("start", value)


@attrs.frozen
class Slot:
    """
    A time at which a meeting might start; it ends as long after as the meeting takes.

    Args:
        start: An aware datetime of whole seconds; kept in UTC.

    Raises:
        InvalidArgumentError: It is naive or has a fraction of a second.

    Source: /developers/api/scheduling/availability/
    """

    start: Moment = attrs.field(converter=_start)


@attrs.frozen(kw_only=True)
class EventReference:
    """
    An event, by either of its ids.

    Args:
        event_id: The application's own id of it.
        event_uid: Cronofy's id of it.

    Source: /developers/api/scheduling/availability/
    """

    event_id: str | None = None
    event_uid: str | None = None


def _required_duration(value: int | timedelta | Duration) -> Duration:
    return Duration.of(value, "required_duration")


def _start_interval(value: int | timedelta | Duration | None) -> Duration | None:
    return optional_duration("start_interval", value)


def _query_periods(
    value: Period | Iterable[Period | tuple[datetime, datetime]] | None,
) -> tuple[Period, ...] | None:
    return None if value is None else periods("query_periods", value)


def _query_slots(
    value: datetime | Slot | Iterable[datetime | Slot] | None,
) -> tuple[Slot, ...] | None:
    if value is None:
        return None
    if isinstance(value, (datetime, Slot)):
        value = (value,)
    listed = entries("query_slots", value)
    return tuple(_slot(f"query_slots[{index}]", each) for index, each in enumerate(listed))


def _slot(path: str, value: datetime | Slot) -> Slot:
    if isinstance(value, Slot):
        return value
    with under(path):
        return Slot(value)


def _excluded_events(
    value: EventReference | Iterable[EventReference] | None,
) -> tuple[EventReference, ...] | None:
    if isinstance(value, EventReference):
        return (value,)
    return None if value is None else entries("excluded_events", value)


def _positive(_: Any, field: attrs.Attribute[Any], value: Duration) -> None:
    if value.minutes < 1:
        raise InvalidArgumentError(field.name, "is nothing", "give one minute or more")


def _on_the_clock(_: Any, field: attrs.Attribute[Any], value: Duration | None) -> None:
    if value is not None and value.minutes not in _START_INTERVALS:
        raise InvalidArgumentError(
            field.name,
            f"is {value.minutes} minutes",
            f"use one of {', '.join(map(str, _START_INTERVALS))}",
        )


def _number_of_results(_: Any, field: attrs.Attribute[Any], value: int | None) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_RESULTS:
        raise InvalidArgumentError(
            field.name, f"is {value!r}", f"give a number from 1 to {MOST_RESULTS}"
        )


# With slots this could not be a base beside Operation: two sets of slots do not mix.
@attrs.frozen(kw_only=True, slots=False)
class AvailabilityQuery:
    """
    What is asked about people's time; its parameters are those of `QueryAvailability`.

    It is a value of its own because links and sequences hold such a question as well.

    Raises:
        InvalidArgumentError: As `QueryAvailability`.

    Source: /developers/api/scheduling/availability/
    """

    participants: tuple[Group, ...] = attrs.field(converter=participants)
    required_duration: Duration = attrs.field(converter=_required_duration, validator=_positive)
    query_periods: tuple[Period, ...] | None = attrs.field(
        default=None, converter=_query_periods, metadata=formerly("available_periods")
    )
    query_slots: tuple[Slot, ...] | None = attrs.field(default=None, converter=_query_slots)
    start_interval: Duration | None = attrs.field(
        default=None, converter=_start_interval, validator=_on_the_clock
    )
    buffer: Buffer | None = attrs.field(default=None, converter=buffer_of)
    response_format: ResponseFormat | None = attrs.field(
        default=None, validator=one_of(ResponseFormat)
    )
    max_results: int | None = attrs.field(default=None, validator=_number_of_results)
    include_member_statuses: bool = False
    excluded_events: tuple[EventReference, ...] | None = attrs.field(
        default=None, converter=_excluded_events, validator=instance(EventReference)
    )

    def __attrs_post_init__(self) -> None:
        if not self.participants:
            raise InvalidArgumentError("participants", "is an empty list", "give one group or more")
        given = [
            name for name in ("query_periods", "query_slots") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise InvalidArgumentError(
                "query_periods",
                "does not go with query_slots" if given else "is missing",
                "give exactly one of query_periods and query_slots",
            )
        if not getattr(self, given[0]):
            raise InvalidArgumentError(given[0], "is an empty list", "give one entry or more")
        if self.query_periods is not None:
            self._check_search(self.query_periods)

    @staticmethod
    def _check_search(searched: tuple[Period, ...]) -> None:
        first = min(period.start for period in searched)
        for index, period in enumerate(searched):
            if period.end - first > LONGEST_SEARCH:
                raise InvalidArgumentError(
                    f"query_periods[{index}].end",
                    f"is more than {LONGEST_SEARCH.days} days after the earliest start",
                    "ask for a shorter stretch, or use search_availability",
                )


# What is answered ---------------------------------------------------------------------


class SyncStatus(OpenEnum):
    """
    How far a member's calendars can be relied on.

    Source: /developers/api/scheduling/availability/
    """

    ACTIVE = "active"
    """They are up to date."""
    PENDING = "pending"
    """They were not read to their end yet."""
    DISCONNECTED = "disconnected"
    """They cannot be read any more: what is known of them may be old."""


@attrs.frozen(kw_only=True)
class MemberStatus:
    """
    How far the calendars of one member can be relied on.

    Attributes:
        sub: The member.
        sync_status: How far.

    Source: /developers/api/scheduling/availability/
    """

    sub: str
    sync_status: SyncStatus | None = None


@attrs.frozen(kw_only=True)
class AvailableParticipant:
    """
    A member who is free.

    Attributes:
        sub: The member.

    Source: /developers/api/scheduling/availability/
    """

    sub: str


@attrs.frozen(kw_only=True)
class AvailableTime:
    """
    A period or slot at which enough people are free.

    Attributes:
        start: When it starts, inclusive, in UTC.
        end: When it ends, exclusive, in UTC. Buffers are not part of it.
        participants: Everybody who is free for the whole of it, not just as many as are
            required, in the order of the query.

    Source: /developers/api/scheduling/availability/
    """

    start: Moment
    end: Moment
    participants: tuple[AvailableParticipant, ...] = ()

    @property
    def subs(self) -> tuple[str, ...]:
        """The same people by their subs."""
        return tuple(each.sub for each in self.participants)


@attrs.frozen(kw_only=True)
class Availability:
    """
    When people are free.

    Attributes:
        available_periods: Stretches of free time, by their start; empty if there are
            none, absent if slots were asked for.
        available_slots: Slots that last just as long as the meeting, by their start;
            empty if there are none, absent if periods were asked for.
        member_statuses: How far the members' calendars can be relied on; only if the
            query asked for it.

    Source: /developers/api/scheduling/availability/
    """

    available_periods: tuple[AvailableTime, ...] | None = None
    available_slots: tuple[AvailableTime, ...] | None = None
    member_statuses: tuple[MemberStatus, ...] | None = None

    @property
    def results(self) -> tuple[AvailableTime, ...]:
        """The periods or slots, whichever came."""
        return self.available_slots or self.available_periods or ()
