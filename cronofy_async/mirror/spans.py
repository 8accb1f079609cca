"""
Stretches of time, as text that sorts as time does.

Moments are in UTC. A day begins at its midnight in a zone, and an all-day event, which has
no zone of its own, lies in the days of the zone in which it is looked at.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from ..client.fanout.splitting import instant
from ..core.errors import InvalidArgumentError
from ..core.fields import READERS
from ..models.times import EventTime, ZonedTime

__all__ = ("Key", "Span", "key_of", "written")

Key = tuple[int, str]
"""Whether whole days are meant, and the time as text."""

_MOMENT: Final = len("2030-01-07T09:00:00Z")
_DAY: Final = len("2030-01-07")
_NONE: Final[Key] = (0, "")


def key_of(raw: Any, tz: ZoneInfo) -> Key:
    """
    The key of a time as it stands in an answer; an empty one if it is none.

    Args:
        raw: Its JSON.
        tz: Where it is meant if it says no offset.
    """
    if type(raw) is str:
        # Nearly all are in the form in which they are kept.
        if len(raw) == _MOMENT and raw[10] == "T" and raw[19] == "Z":
            return 0, raw
        if len(raw) == _DAY and raw[4] == "-":
            return 1, raw
    elif raw is None:
        return _NONE
    try:
        return written(READERS[EventTime](raw), tz)
    except (ValueError, TypeError):
        return _NONE


def written(time: EventTime, tz: ZoneInfo) -> Key:
    """The key of a time."""
    inner = time.time if isinstance(time, ZonedTime) else time
    if not isinstance(inner, datetime):
        return 1, inner.isoformat()
    return 0, _moment(instant(time, tz))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


@attrs.frozen(kw_only=True)
class Span:
    """
    A stretch of time; a bound that is empty is none.

    Attributes:
        first_day: Whole days that end after this one are in it, or reach into it.
        last_day: Whole days that start before this one.
        first_moment: Events that end after this moment, or start then.
        last_moment: Events that start before this one.
    """

    first_day: str = ""
    last_day: str = ""
    first_moment: str = ""
    last_moment: str = ""

    @classmethod
    def of_days(cls, first: date, last: date, tz: ZoneInfo) -> Span:
        """So many days of a zone; the last one exclusive."""
        return cls.between(first, last, tz)

    @classmethod
    def between(cls, start: date | None, end: date | None, tz: ZoneInfo) -> Span:
        """
        From one day or moment to before another.

        Raises:
            InvalidArgumentError: One is no time, or naive; or there is nothing between them.
        """
        try:
            span = cls._between(start, end, tz)
        except OverflowError:
            raise InvalidArgumentError(
                "start", "or end is outside the years 1 to 9999", "give a nearer time"
            ) from None
        if span.first_moment and span.last_moment and span.first_moment >= span.last_moment:
            raise InvalidArgumentError("end", "is not after start", "give the later one as end")
        return span

    @classmethod
    def _between(cls, start: date | None, end: date | None, tz: ZoneInfo) -> Span:
        first_day = first_moment = last_day = last_moment = ""
        if start is not None:
            moment = _instant("start", start, tz)
            first_moment = _moment(moment)
            first_day = moment.astimezone(tz).date().isoformat()
        if end is not None:
            moment = _instant("end", end, tz)
            # Events start at whole seconds: before a part of one is up to it.
            last_moment = _moment(moment + timedelta(microseconds=999_999))
            day = moment.astimezone(tz).date()
            # A day that has begun before the end is in it.
            if instant(day, tz) < moment:
                day += timedelta(days=1)
            last_day = day.isoformat()
        return cls(
            first_day=first_day,
            last_day=last_day,
            first_moment=first_moment,
            last_moment=last_moment,
        )

    def holds(self, whole_days: int, start: str, end: str) -> bool:
        """
        Whether the service counts an event as in this window; one without times is.

        An event that ends when the window begins is in it.
        """
        if not start:
            return True
        if whole_days:
            return (end or start) > self.first_day and start < self.last_day
        return (end or start) >= self.first_moment and start < self.last_moment


def _instant(field: str, given: Any, tz: ZoneInfo) -> datetime:
    if isinstance(given, datetime) and given.tzinfo is None:
        raise InvalidArgumentError(field, "is a naive datetime", "make it aware, or give a date")
    if isinstance(given, ZonedTime) or not isinstance(given, date):
        raise InvalidArgumentError(field, "is no time", "give an aware datetime or a date")
    return instant(given, tz)
