"""
Between the API's times and the sandbox's seconds.

A day without time zone is held as the seconds of its midnight in UTC.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from cronofy_async.core import codec
from cronofy_async.models.times import ZonedTime
from cronofy_async.operations.event_fields import DEFAULT_DAYS

from .error_keys import OUT_OF_RANGE
from .refusals import Invalid
from .state.events import DAY, Window

__all__ = (
    "check_year",
    "day_of",
    "local_midnight",
    "localized",
    "moment",
    "point",
    "span",
    "to_day",
    "wall_clock",
    "wall_seconds",
    "window",
)

_UTC: Final = timezone.utc  # noqa: UP017  # pyright takes an imported UTC for a constant of ours
_EPOCH: Final = date(1970, 1, 1)
_FIRST: Final = int(datetime(2, 1, 1, tzinfo=_UTC).timestamp())
_LAST: Final = int(datetime(9999, 12, 30, tzinfo=_UTC).timestamp())

zone = cache(ZoneInfo)


@attrs.frozen(kw_only=True)
class Point:
    """
    When an event starts or ends.

    Attributes:
        seconds: Since the epoch.
        is_day: Whether a whole day is meant.
        tzid: The zone that it is shown in, if one was given.
    """

    seconds: int
    is_day: bool
    tzid: str | None


def moment(seconds: int) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(seconds, _UTC)


def to_day(seconds: int) -> date:
    """The day whose midnight in UTC this is."""
    return _EPOCH + timedelta(days=seconds // DAY)


def day_of(day: date) -> int:
    """A day's midnight in UTC."""
    return (day - _EPOCH).days * DAY


def local_midnight(day: int, tzid: str) -> int:
    """The moment at which a day, given by its midnight in UTC, begins in a zone."""
    wall = moment(day).replace(tzinfo=None)
    return wall_seconds(wall, tzid)


def point(value: datetime | date | ZonedTime, tzid: str | None) -> Point:
    """
    Take an event's time apart.

    Args:
        value: As it was given. A naive datetime is a wall-clock time.
        tzid: The zone of the whole event; that of *value* itself goes before it.
    """
    if isinstance(value, ZonedTime):
        return point(value.time, value.tzid)
    if not isinstance(value, datetime):
        return Point(seconds=day_of(value), is_day=True, tzid=tzid)
    if value.tzinfo is not None:
        return Point(seconds=int(value.timestamp()), is_day=False, tzid=tzid)
    return Point(seconds=wall_seconds(value, tzid or "Etc/UTC"), is_day=False, tzid=tzid)


def check_year(field: str, seconds: int) -> None:
    """
    Check that a time can be shown in every zone, and what follows from it too.

    Raises:
        Invalid: It is too near to one of the ends of all calendars.
    """
    # Decision.YEARS
    if not _FIRST <= seconds < _LAST:
        raise Invalid.field(
            field, "must be from the year 2 to the last days of the year 9999", key=OUT_OF_RANGE
        )


def span(
    start: datetime | date | ZonedTime, end: datetime | date | ZonedTime, tzid: str | None
) -> dict[str, Any]:
    """
    An event's time, as attributes of `Event`.

    Raises:
        Invalid: The end is before the start, or one is a day and the other is not, or
            one is in no year that events can be in.
    """
    first, last = point(start, tzid), point(end, tzid)
    if first.is_day != last.is_day:
        raise Invalid.field("end", "must be a day if start is one, and a time if start is one")
    for name, each in (("start", first), ("end", last)):
        check_year(name, each.seconds)
    # Decision.NO_LENGTH
    if last.seconds < first.seconds or (last.seconds == first.seconds and first.is_day):
        raise Invalid.field("end", "must be after start")
    return {
        "start": first.seconds,
        "end": last.seconds,
        "all_day": first.is_day,
        "start_tzid": first.tzid,
        "end_tzid": last.tzid,
    }


def localized(seconds: int, tzid: str | None, *, is_day: bool = False) -> dict[str, str]:
    """A time with its zone, as answers show it: with the offset, where requests say UTC."""
    # Decision.NO_ZONE
    name = tzid or "Etc/UTC"
    local = to_day(seconds) if is_day else moment(seconds).astimezone(zone(name))
    return {**codec.unstructure(ZonedTime(local, name)), "time": local.isoformat()}


def wall_clock(seconds: int, tzid: str) -> datetime:
    """What the clocks of a zone show at a moment; naive."""
    return datetime.fromtimestamp(seconds, zone(tzid)).replace(tzinfo=None)


def wall_seconds(wall: datetime, tzid: str) -> int:
    """The moment at which the clocks of a zone show this."""
    # Decision.CLOCK_CHANGES: fold=0 is the first of two, and moves a gap forward.
    return int(wall.replace(tzinfo=zone(tzid), fold=0).timestamp())


def window(
    now: int,
    tzid: str,
    start: datetime | date | None,
    end: datetime | date | None,
    *,
    default: bool,
) -> Window:
    """
    The stretch of time that a read asks for.

    Args:
        now: Today is in it, in *tzid*.
        tzid: The zone in which days begin.
        start: The first day or moment, inclusive.
        end: The day or moment after the last, exclusive.
        default: Whether a bound that is left out is so many days from today as the
            service's own default; otherwise there is none.
    """
    if default:
        today = datetime.fromtimestamp(now, zone(tzid)).date()
        back, ahead = (today + timedelta(days=days) for days in DEFAULT_DAYS)
        start = back if start is None else start
        end = ahead if end is None else end
    first, first_day = (None, None) if start is None else _bound(start, tzid)
    last, last_day = (None, None) if end is None else _bound(end, tzid)
    if last_day is not None and isinstance(end, datetime):
        # A day that has begun before the end is in the window.
        last_day += 0 if last == local_midnight(last_day, tzid) else DAY
    return Window(start=first, end=last, first_day=first_day, last_day=last_day)


def _bound(value: datetime | date, tzid: str) -> tuple[int, int]:
    """A bound as a moment, and the day that it falls on."""
    if not isinstance(value, datetime):
        day = day_of(value)
        return local_midnight(day, tzid), day
    seconds = int(value.timestamp())
    return seconds, day_of(datetime.fromtimestamp(seconds, zone(tzid)).date())
