"""
Checks that several operations share: those of one value, and those of several fields.

Each passes over `UNSET` and raises `InvalidArgumentError` with the field's name.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import Unset
from ..models import times
from ..models.checks import (
    Validator,
    at_most,
    day,
    day_or_moment,
    hex_color,
    instance,
    longest,
    moment,
    not_empty,
    one_or_more,
    own_id,
    scope_names,
    time_zone,
)
from ..models.shorthands import http_url

__all__ = (
    "Validator",
    "at_most",
    "day",
    "day_or_moment",
    "given_url",
    "hex_color",
    "instance",
    "longest",
    "moment",
    "not_empty",
    "one_or_more",
    "own_id",
    "period",
    "scope_names",
    "time_zone",
    "window",
)

# Checks of one value ------------------------------------------------------------------


def given_url(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A URL that the service gave, or its path and query; whose it is, the client checks."""
    bare = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    try:
        http_url(field.name, f"https://localhost{value}" if bare else value)
        fits = value.isascii() and "#" not in value
    except InvalidArgumentError:
        fits = False
    if not fits:
        raise InvalidArgumentError(
            field.name, "is no URL of the service", "give it as it came in an answer"
        )


# Checks that look at several fields ---------------------------------------------------


def window(from_: date | Unset, to: date | Unset, tzid: str) -> None:
    """
    Check the borders of a read.

    Args:
        from_: The first day or moment.
        to: The day or moment before which the read ends.
        tzid: The zone in which days begin.

    Raises:
        InvalidArgumentError: The one is after the other.
    """
    if isinstance(from_, Unset) or isinstance(to, Unset):
        return
    if _is_after(from_, to, tzid):
        raise InvalidArgumentError("from_", "is after to", "give the earlier one as from_")


def period(start: times.EventTime, end: times.EventTime, tzid: str | Unset) -> None:
    """
    Check when an event starts and ends.

    Args:
        start: When it starts.
        end: When it ends.
        tzid: The zone of wall-clock times that have none of their own.

    Raises:
        InvalidArgumentError: One is no time, or a naive datetime without zone; one is a
            whole day and the other is not; or the end is before the start.
    """
    times.check_event_time("start", start, tzid=tzid)
    times.check_event_time("end", end, tzid=tzid)
    if _is_day(start) != _is_day(end):
        raise InvalidArgumentError(
            "end", "is a day where start is a time, or the reverse", "give two dates or two times"
        )
    if _is_after(start, end, tzid):
        raise InvalidArgumentError("end", "is before start", "give the later one as end")


def _is_day(value: times.EventTime) -> bool:
    return not isinstance(_time(value), datetime)


def _time(value: times.EventTime) -> date:
    return value.time if isinstance(value, times.ZonedTime) else value


def _is_after(value: times.EventTime, other: times.EventTime, tzid: str | Unset) -> bool:
    """Whether one time is after another, however the service may read them."""
    if _is_day(value) and _is_day(other):
        return _time(value) > _time(other)
    try:
        return min(_readings(value, tzid)) > max(_readings(other, tzid))
    except OverflowError:
        return False


def _named(tzid: str | Unset) -> str:
    return "Etc/UTC" if isinstance(tzid, Unset) else tzid


def _readings(value: times.EventTime, tzid: str | Unset) -> list[datetime]:
    """The moments that a time may mean: two on the nights when clocks change."""
    zoned = value if isinstance(value, times.ZonedTime) else times.ZonedTime(value, _named(tzid))
    time = zoned.time
    if not isinstance(time, datetime):
        return [zoned.moment().astimezone(UTC)]
    folds = [times.ZonedTime(time.replace(fold=fold), zoned.tzid) for fold in (0, 1)]
    # Two moments in one zone would be compared by the clock on its wall.
    return [reading.moment().astimezone(UTC) for reading in folds]
