"""The fields in which people say when an event is, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from ...moments import to_day, wall_clock
from ...refusals import Invalid
from ...state.events import Event
from ..html import Html
from .parts import checkbox, entry, join

__all__ = ("day_from", "given_times", "time_fields", "times_of")

_DAY = timedelta(days=1)


def time_fields(start: datetime, end: datetime, tzid: str, *, all_day: bool = False) -> Html:
    """The fields, filled in with wall-clock times of a zone."""
    return join(
        _entry("Start", "start", start, f"In {tzid}."),
        _entry("End", "end", end, ""),
        checkbox("All day, from the first of these days to the last", "all_day", checked=all_day),
    )


def _entry(label: str, name: str, at: datetime, hint: str) -> Html:
    value = at.isoformat(timespec="minutes")
    return entry(label, name, kind="datetime-local", value=value, hint=hint, required="")


def times_of(event: Event, tzid: str) -> tuple[datetime, datetime]:
    """When an event is, as the fields have it."""
    if event.all_day:
        midnight = datetime.min.time()
        first, last = to_day(event.start), to_day(event.end) - _DAY
        return datetime.combine(first, midnight), datetime.combine(last, midnight)
    return wall_clock(event.start, tzid), wall_clock(event.end, tzid)


def given_times(given: Mapping[str, str]) -> tuple[datetime, datetime] | tuple[date, date]:
    """
    What was sent: wall-clock times, or the first day and the day after the last one.

    Raises:
        Invalid: One of them is no time.
    """
    start, end = _time(given, "start"), _time(given, "end")
    if given.get("all_day") == "yes":
        if end.date() == date.max:
            raise Invalid.field("end", "must be before the last day of the year 9999")
        return start.date(), end.date() + _DAY
    return start, end


def _time(given: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.fromisoformat(given.get(name, "")).replace(tzinfo=None)
    except ValueError:
        raise Invalid.field(name, "must be a date with a time") from None


def day_from(words: str, otherwise: date) -> date:
    """The day that a URL names, far enough from the ends of time to have a week around it."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return otherwise
    return day if 1900 <= day.year < 9998 else otherwise
