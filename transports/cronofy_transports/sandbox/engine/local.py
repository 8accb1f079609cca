"""
Local calendar days and wall-clock times as instants.

Wall-clock times that a zone skips move forward by the length of the gap; of those that
it repeats, a start means the first occurrence and an end the second. So a local window
never loses time to a change of clocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from cronofy_async.engine.grid import DAY
from cronofy_async.engine.intervals import Interval

__all__ = ("MINUTES_PER_DAY", "LocalDay", "local_days")

MINUTES_PER_DAY: Final = 1440

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = _EPOCH.toordinal()
_SECOND: Final = timedelta(seconds=1)


@attrs.frozen
class LocalDay:
    """One calendar day in one zone."""

    date: date
    zone: ZoneInfo

    def starts_at(self, minute: int) -> int:
        """The instant of a wall-clock time, the first of two."""
        return self._instant(minute, fold=0)

    def ends_at(self, minute: int) -> int:
        """
        The instant of a wall-clock time, the second of two.

        The end of the day, minute 1440, is the instant at which the next day begins,
        even where that midnight comes twice: the day has only one end.
        """
        if minute == MINUTES_PER_DAY:
            return LocalDay(self.date + timedelta(days=1), self.zone).starts_at(0)
        # In a gap, fold 0 is the later of the two readings and the one that moves
        # forward (PEP 495); in a repeated hour, fold 1 is the later one.
        return max(self._instant(minute, fold=0), self._instant(minute, fold=1))

    def bounds(self) -> Interval:
        """From its beginning to its end; empty for a day that the zone has skipped."""
        return self.starts_at(0), self.ends_at(MINUTES_PER_DAY)

    def _instant(self, minute: int, *, fold: int) -> int:
        hour, minute = divmod(minute, 60)
        day = self.date
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone, fold=fold)
        return (local - _EPOCH) // _SECOND


def local_days(zone: ZoneInfo, start: int, end: int) -> Iterator[LocalDay]:
    """The local days that touch ``[start, end)``, and possibly one more on each side."""
    # No zone is a whole day away from UTC. The last day of the calendar has no end.
    first = max(start // DAY + _EPOCH_ORDINAL - 1, date.min.toordinal())
    last = min((end - 1) // DAY + _EPOCH_ORDINAL + 1, date.max.toordinal() - 1)
    for ordinal in range(first, last + 1):
        yield LocalDay(date.fromordinal(ordinal), zone)
