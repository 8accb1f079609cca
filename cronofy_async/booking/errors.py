"""What a booking can come to besides the errors of its calls."""

from __future__ import annotations

from datetime import datetime

from ..core.errors import CronofyError
from ..models.availability import AvailableTime

__all__ = ("SlotTakenError",)


class SlotTakenError(CronofyError):
    """
    Somebody else has the time, or was first to ask for it; nothing was booked or moved.

    Attributes:
        key: The booking's key.
        start: When it was to start.
        end: When it was to end.
        alternatives: Other times at which everybody is free just now, the earliest first;
            empty if there are none or nobody knows.
    """

    def __init__(
        self,
        key: str,
        start: datetime,
        end: datetime,
        alternatives: tuple[AvailableTime, ...] = (),
    ) -> None:
        super().__init__(key, start, end, alternatives)
        self.key = key
        self.start = start
        self.end = end
        self.alternatives = alternatives

    def __str__(self) -> str:
        others = len(self.alternatives)
        return (
            f"{self.key}: the time from {self.start.isoformat()} to {self.end.isoformat()} is "
            f"taken; {others or 'no'} other{'' if others == 1 else 's'} found"
        )
