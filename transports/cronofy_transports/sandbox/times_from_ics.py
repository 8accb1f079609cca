"""The times of iCalendar files: what the clock on the wall shows, and where it hangs."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import attrs

from cronofy_async.models.times import EventTime, ZonedTime

__all__ = ("When",)


@attrs.frozen
class When:
    """
    A time of a file.

    Attributes:
        wall: What the clock on the wall shows; midnight for a day.
        is_day: Whether a whole day is meant.
        zone: The zone of the wall.
        name: The zone's IANA name; `None` for days, and for zones of the file's own.
    """

    wall: datetime
    is_day: bool
    zone: tzinfo
    name: str | None

    def moment(self) -> datetime:
        """The moment; of a day, its midnight in UTC."""
        return self.wall.replace(tzinfo=UTC if self.is_day else self.zone).astimezone(UTC)

    def at(self, wall: datetime) -> When:
        """Another time by the same clock."""
        return attrs.evolve(self, wall=wall)

    def described(self) -> EventTime:
        """The time, as a description has it."""
        if self.is_day:
            return self.wall.date()
        moment = self.moment().replace(microsecond=0)
        return moment if self.name is None else ZonedTime(moment, self.name)
