"""
Events that recur: each occurrence is an event of its own in the calendar.

The first occurrence is the event that the application wrote; the others follow it
whenever it is written or deleted.

Source: /developers/api-alpha/recurring-events/
"""

from __future__ import annotations

from cronofy_async.core.unset import Unset
from cronofy_async.models.event_details import Recurrence, RecurrenceRule

from ..error_keys import OUT_OF_RANGE
from ..moments import check_year, point, wall_clock, wall_seconds
from ..recurrence import LONGEST, occurrences
from ..refusals import Invalid
from ..state.access import Application
from ..state.events import Event
from ..world import World

__all__ = ("check_series", "end_series", "write_series")

_SHARED = (
    "summary",
    "all_day",
    "start_tzid",
    "end_tzid",
    "description",
    "location",
    "lat",
    "long",
    "url",
    "transparency",
    "extended_transparency",
    "attendees",
    "organizer",
    "private",
    "tags",
)


def check_series(recurrence: Recurrence, start: int, end: int) -> None:
    """
    Check how an event is to recur.

    Args:
        recurrence: What is asked for.
        start: When it starts first.
        end: When it ends first.

    Raises:
        Invalid: It is longer than a series, or recurs until a year that no event is in.
    """
    for index, rule in enumerate(recurrence.rules):
        if end - start > LONGEST.total_seconds():
            raise Invalid.field("recurrence", "does not go with so long an event", key=OUT_OF_RANGE)
        check_year("end", end + int(LONGEST.total_seconds()))
        if rule.until is not None:
            check_year(f"recurrence.rules[{index}].until", point(rule.until, None).seconds)


def write_series(
    world: World,
    application: Application | None,
    event: Event,
    recurrence: Recurrence | Unset,
    further: tuple[str, ...] = (),
) -> None:
    """
    Write the occurrences that follow an event, once that is written itself.

    Args:
        world: Where.
        application: Who writes; `None`: a person.
        event: The first occurrence.
        recurrence: How it recurs from now on.
        further: What the others have in common with it besides.
    """
    if not isinstance(recurrence, Unset):
        event.recurrence = recurrence.rules
    if not event.recurrence:
        end_series(world, application, event)
        return
    series = event.series or world.ids.make("ser")
    world.change_event(event, by=application, recurring=True, series=series)
    shared = {name: getattr(event, name) for name in (*_SHARED, *further)}
    starts = _starts(event, event.recurrence[0])[1:]
    length = event.end - event.start
    for index, start in enumerate(starts):
        values = {**shared, "start": start, "end": start + length}
        if index < len(event.followers):
            world.change_event(event.followers[index], by=application, deleted=False, **values)
        else:
            follower = world.add_event(
                event.calendar,
                by=application,
                event_id=event.event_id,
                recurring=True,
                series=series,
                **values,
            )
            event.followers.append(follower)
    _delete(world, application, event.followers[len(starts) :])


def end_series(world: World, application: Application | None, event: Event) -> None:
    """Delete the occurrences that follow an event; it is no longer one of a series."""
    _delete(world, application, event.followers)
    event.recurrence = ()
    if event.recurring:
        world.change_event(event, by=application, recurring=False, series=None)


def _delete(world: World, application: Application | None, events: list[Event]) -> None:
    for event in events:
        if not event.deleted:
            world.change_event(event, by=application, deleted=True)


def _starts(event: Event, rule: RecurrenceRule) -> list[int]:
    # Days are held as their midnights in UTC.
    tzid = "Etc/UTC" if event.all_day else event.start_tzid or "Etc/UTC"
    until = None if rule.until is None else wall_clock(point(rule.until, tzid).seconds, tzid)
    found = occurrences(wall_clock(event.start, tzid), rule, until)
    return [wall_seconds(each, tzid) for each in found]
