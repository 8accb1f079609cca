"""What links have in common whose visitors put events into target calendars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import attrs

from cronofy_async.core.unset import Unset
from cronofy_async.models.real_time_scheduling import (
    ScheduledEvent,
    SchedulingEvent,
    TargetCalendar,
    TargetEvent,
)
from cronofy_async.models.times import ZonedTime
from cronofy_async.operations.add_to_calendar import AddToCalendar
from cronofy_async.operations.event_writes import UpsertEvent
from cronofy_async.operations.real_time_scheduling import CreateRealTimeScheduling
from cronofy_async.operations.real_time_sequencing import CreateRealTimeSequencing

from ..moments import moment
from ..refusals import Invalid
from ..state.access import Application
from ..state.accounts import Calendar
from ..state.links import Link
from ..state.sequences import SequenceLink
from ..world import World
from .writing import check_own, write_own

__all__ = (
    "check_targets",
    "disable",
    "known",
    "overridden",
    "scheduled",
    "target_calendar",
    "targets_of",
    "write_all",
)

T = TypeVar("T")

_Asked: TypeAlias = AddToCalendar | CreateRealTimeScheduling | CreateRealTimeSequencing


def known(value: T | Unset) -> T | None:
    """The value of a parameter; `None` if it was left out."""
    return None if isinstance(value, Unset) else value


# Target calendars ---------------------------------------------------------------------


def targets_of(asked: _Asked) -> tuple[TargetCalendar, ...]:
    """Where the events of a link go."""
    return known(asked.target_calendars) or ()


def check_targets(world: World, application: Application, asked: _Asked) -> None:
    """
    Check where the events of a link are to go.

    Raises:
        Invalid: An account or calendar is unknown.
    """
    for index, target in enumerate(targets_of(asked)):
        target_calendar(world, application, target, f"target_calendars[{index}]")


def target_calendar(
    world: World, application: Application, target: TargetCalendar, path: str
) -> Calendar:
    """
    The calendar that is meant.

    Args:
        world: Where it is.
        application: Whose link it is.
        target: What it is named by.
        path: What complaints name it by.

    Raises:
        Invalid: There is no such account or calendar.
    """
    authorization = world.vault.authorization(application, target.sub)
    if authorization is None:
        raise Invalid.field(f"{path}.sub", "is not an account of this application")
    for calendar in authorization.calendars():
        if calendar.calendar_id == target.calendar_id and not calendar.deleted:
            return calendar
    raise Invalid.field(f"{path}.calendar_id", "is not a calendar of this account")


def write_all(world: World, application: Application, events: Sequence[UpsertEvent]) -> None:
    """
    Write several events of an application's own: all of them or none.

    Raises:
        Invalid: One of them cannot be written.
    """
    calendars = [world.calendars[each.calendar_id] for each in events]
    for calendar, event in zip(calendars, events, strict=True):
        check_own(world, application, calendar, event)
    for calendar, event in zip(calendars, events, strict=True):
        write_own(world, application, calendar, event)


# Their events -------------------------------------------------------------------------


def overridden(event: SchedulingEvent, by: TargetEvent | SchedulingEvent | None) -> SchedulingEvent:
    """An event with what is different about it in one place."""
    if by is None:
        return event
    given = {field.name: getattr(by, field.name) for field in attrs.fields(type(by))}
    return attrs.evolve(
        event, **{name: value for name, value in given.items() if not isinstance(value, Unset)}
    )


def scheduled(
    event: SchedulingEvent, tzid: str, start: int | None, end: int | None
) -> ScheduledEvent:
    """The event of a link as answers show it; *start* and *end* once they are chosen."""
    return ScheduledEvent(
        event_id=event.event_id,
        summary=event.summary,
        start=None if start is None else ZonedTime(moment(start), tzid),
        end=None if end is None else ZonedTime(moment(end), tzid),
        tzid=tzid,
        description=known(event.description),
        location=known(event.location),
        url=known(event.url),
        event_private=event.event_private is True,
    )


# Their end ----------------------------------------------------------------------------


def disable(link: Link | SequenceLink, message: str, field: str) -> None:
    """
    End a link before something is chosen by it.

    Args:
        link: The link.
        message: What its page says from now on.
        field: The parameter that named it.

    Raises:
        Invalid: Something was chosen already.
    """
    # Decision.DISABLE_AGAIN
    if link.status == "completed":
        raise Invalid.field(field, "is that of a link that is completed")
    link.status, link.message = "disabled", message
