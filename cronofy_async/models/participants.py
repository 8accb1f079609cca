"""Who is to take part in a meeting, and what their time depends on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import attrs
from attrs import validators

from ..core.errors import InvalidArgumentError
from .checks import instance, not_empty, time_zone, under, utc
from .event_details import EventTags
from .shorthands import are_filled, entries, nullable_strings, one_of
from .times import Duration, Moment

__all__ = (
    "AvailabilityConstraint",
    "Buffer",
    "BufferRange",
    "ConstraintPeriod",
    "Group",
    "Member",
    "Period",
)

ConstraintPeriod: TypeAlias = Literal["day", "week"]
"""What an `AvailabilityConstraint` counts by."""


# Time ---------------------------------------------------------------------------------


def _start(value: datetime) -> datetime:
    return utc("start", value)


def _end(value: datetime) -> datetime:
    return utc("end", value)


@attrs.frozen
class Period:
    """
    A stretch of time.

    Args:
        start: An aware datetime of whole seconds, inclusive; kept in UTC.
        end: The same, exclusive; after *start*.

    Raises:
        InvalidArgumentError: A time is naive or has a fraction of a second, or *end* is
            not after *start*.

    Source: /developers/api/scheduling/availability/
    """

    start: Moment = attrs.field(converter=_start)
    end: Moment = attrs.field(converter=_end)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidArgumentError("end", "is not after start", "give a later time")


def periods(
    field: str, value: Period | Iterable[Period | tuple[datetime, datetime]]
) -> tuple[Period, ...]:
    """Take a `Period`, or any number of them or of pairs of start and end."""
    if isinstance(value, Period):
        return (value,)
    return tuple(
        _period(f"{field}[{index}]", each) for index, each in enumerate(entries(field, value))
    )


def _period(path: str, value: Period | tuple[datetime, datetime]) -> Period:
    if isinstance(value, Period):
        return value
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise InvalidArgumentError(
            path, f"{type(value).__name__} is no period", "give a Period, or (start, end)"
        )
    with under(path):
        return Period(*value)


def optional_duration(field: str, value: int | timedelta | Duration | None) -> Duration | None:
    """Take minutes, a `timedelta` or a `Duration`."""
    return None if value is None else Duration.of(value, field)


def _minimum(value: int | timedelta | Duration | None) -> Duration | None:
    return optional_duration("minimum", value)


def _maximum(value: int | timedelta | Duration | None) -> Duration | None:
    return optional_duration("maximum", value)


@attrs.frozen(kw_only=True)
class BufferRange:
    """
    A gap with bounds.

    Args:
        minimum: At least so much, in minutes, or as a `timedelta` or `Duration`.
        maximum: At most so much; it has a meaning between the events of a sequence.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    minimum: Duration | None = attrs.field(default=None, converter=_minimum)
    maximum: Duration | None = attrs.field(default=None, converter=_maximum)


def _before(
    value: int | timedelta | Duration | BufferRange | None,
) -> Duration | BufferRange | None:
    return value if isinstance(value, BufferRange) else optional_duration("before", value)


def _after(
    value: int | timedelta | Duration | BufferRange | None,
) -> Duration | BufferRange | None:
    return value if isinstance(value, BufferRange) else optional_duration("after", value)


@attrs.frozen(kw_only=True)
class Buffer:
    """
    Time that must be free around a meeting.

    It is no part of what is found, nor kept free afterwards, and may lie outside the
    periods that are searched.

    Args:
        before: Minutes, a `timedelta` or a `Duration`, from 0 on; or a `BufferRange`, of
            which the plain form is the minimum. Left out: nothing.
        after: The same after the meeting.

    Raises:
        InvalidArgumentError: A length is negative or no whole minutes.

    Source: /developers/scheduling/buffers/
    """

    before: Duration | BufferRange | None = attrs.field(default=None, converter=_before)
    after: Duration | BufferRange | None = attrs.field(default=None, converter=_after)


def buffer(value: int | timedelta | Duration | Buffer | None) -> Buffer | None:
    """Converter: a `Buffer`, or one length for before and after."""
    if value is None or isinstance(value, Buffer):
        return value
    length = Duration.of(value, "buffer")
    return Buffer(before=length, after=length)


# People -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class AvailabilityConstraint:
    """
    How many events of the application somebody may have in a day or week.

    When there are as many already, nothing is found on that day or in that week.

    Args:
        period: ``day`` or ``week``.
        limit: How many events.
        tzid: IANA zone whose days and weeks are meant.
        tags: Count only events with these labels. Left out: every event that the
            application created.

    Raises:
        InvalidArgumentError: *period* or *tzid* is not known.

    Source: /developers/api/scheduling/availability/
    """

    period: ConstraintPeriod = attrs.field(validator=one_of(ConstraintPeriod))
    limit: int
    tzid: str | None = attrs.field(default=None, validator=validators.optional(time_zone))
    tags: EventTags | None = attrs.field(default=None, validator=instance(EventTags))


def _available_periods(
    value: Period | Iterable[Period | tuple[datetime, datetime]] | None,
) -> tuple[Period, ...] | None:
    return None if value is None else periods("available_periods", value)


def _constraints(
    value: AvailabilityConstraint | Iterable[AvailabilityConstraint] | None,
) -> tuple[AvailabilityConstraint, ...] | None:
    if isinstance(value, AvailabilityConstraint):
        return (value,)
    return None if value is None else entries("availability_constraints", value)


@attrs.frozen(kw_only=True)
class Member:
    """
    Somebody, or a room, that may take part in a meeting.

    Args:
        sub: The id of a user (``acc_``), a resource (``res_``) or an application
            calendar (``apc_``).
        calendar_ids: Only events in these calendars count. Left out: those in all
            calendars, or with *managed_availability* those that the rules name. Empty:
            none, so no event stands in the way.
        available_periods: Only within these, and within what is searched: `Period`
            values or pairs of start and end. Left out: no such limit.
        managed_availability: Whether the availability rules and available periods that
            are stored for the account apply. Default: they do not.
        availability_rule_ids: Which of the stored rules apply, with
            *managed_availability*. Left out: all. Empty: none.
        only_managed_events: Whether only events count that the application created.
        ignore_tentative: Whether tentative events do not count.
        buffer: Instead of the query's own: one length for before and after, or a `Buffer`.
        availability_constraints: Limits to how many events there may be in a day or week;
            all of them hold.

    Raises:
        InvalidArgumentError: *sub* or another id is empty, or a period is none.

    Source: /developers/api/scheduling/availability/
    """

    sub: str = attrs.field(validator=not_empty)
    calendar_ids: tuple[str, ...] | None = attrs.field(
        default=None, converter=nullable_strings, validator=are_filled
    )
    available_periods: tuple[Period, ...] | None = attrs.field(
        default=None, converter=_available_periods
    )
    managed_availability: bool = False
    availability_rule_ids: tuple[str, ...] | None = attrs.field(
        default=None, converter=nullable_strings, validator=are_filled
    )
    only_managed_events: bool = False
    ignore_tentative: bool = False
    buffer: Buffer | None = attrs.field(default=None, converter=buffer)
    availability_constraints: tuple[AvailabilityConstraint, ...] | None = attrs.field(
        default=None, converter=_constraints, validator=instance(AvailabilityConstraint)
    )


def _members(value: str | Member | Iterable[str | Member]) -> tuple[Member, ...]:
    if isinstance(value, (str, Member)):
        return (_member("members[0]", value),)
    return tuple(
        _member(f"members[{index}]", each) for index, each in enumerate(entries("members", value))
    )


def _member(path: str, value: str | Member) -> Member:
    if isinstance(value, Member):
        return value
    if not isinstance(value, str):
        raise InvalidArgumentError(
            path, f"{type(value).__name__} is no member", "give a sub or a Member"
        )
    with under(path):
        return Member(sub=value)


@attrs.frozen(kw_only=True)
class Group:
    """
    Members of whom all, or at least some, must be free.

    Args:
        members: `Member` values; a string stands for the member with that sub.
        required: ``all``, or how many at least, from 1 to the number of members.

    Raises:
        InvalidArgumentError: There is no member, or *required* does not fit their number.

    Source: /developers/api/scheduling/availability/
    """

    members: tuple[Member, ...] = attrs.field(converter=_members)
    # A default made by a factory is sent, as the service wants it.
    required: int | Literal["all"] = attrs.field(factory=lambda: "all")

    def __attrs_post_init__(self) -> None:
        if not self.members:
            raise InvalidArgumentError("members", "is an empty list", "give one member or more")
        if self.required == "all":
            return
        if not isinstance(self.required, int) or isinstance(self.required, bool):
            raise InvalidArgumentError("required", "is no number", "give 'all' or an int")
        if not 1 <= self.required <= len(self.members):
            raise InvalidArgumentError(
                "required",
                f"is {self.required} of {len(self.members)} members",
                "give 'all', or a number from 1 to that of the members",
            )


def participants(
    value: str | Member | Group | Iterable[str | Member] | Iterable[Group],
) -> tuple[Group, ...]:
    """Converter: groups; one needs no list, and members alone make one of which all must come."""
    if isinstance(value, Group):
        return (value,)
    listed = (value,) if isinstance(value, (str, Member)) else entries("participants", value)
    groups = tuple(each for each in listed if isinstance(each, Group))
    if len(groups) == len(listed):
        return groups
    if groups:
        raise InvalidArgumentError(
            "participants", "mixes groups with members", "give members only, or groups only"
        )
    with under("participants[0]"):
        return (Group(members=[each for each in listed if not isinstance(each, Group)]),)
