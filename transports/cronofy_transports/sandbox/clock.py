"""The sandbox's own time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

__all__ = ("Clock",)

# Dates end with the year 9999: that year is left for what lies ahead of the clock.
_LAST: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


class Clock:
    """
    Seconds since the epoch, from any source, which can be moved forward.

    Args:
        source: Gives seconds since the epoch; the machine's time by default. A
            constant, ``lambda: 1_900_000_000``, makes time stand still.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0

    def time(self) -> float:
        """Seconds since the epoch, with their fraction."""
        return self._source() + self._ahead

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.time())

    @property
    def ahead(self) -> float:
        """How many seconds it was moved away from its source."""
        return self._ahead

    def put(self, time: float) -> None:
        """Have it show a time, be it an earlier one, and go on from there."""
        self._ahead = time - self._source()

    def resume(self, ahead: float, time: float) -> None:
        """
        Go on where an earlier clock was moved to.

        Args:
            ahead: How far it was moved away from its source.
            time: What it showed last; this one shows nothing earlier.
        """
        self._ahead = ahead
        if self.time() < time:
            self.put(time)

    def advance(self, seconds: float) -> None:
        """
        Move the time forward.

        Args:
            seconds: How far, from 0 on: stamps that were given out stay in the past.

        Raises:
            ValueError: *seconds* is negative or not finite, or leads beyond the year 9998.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError("time does not go back: give seconds from 0 on")
        if seconds >= _LAST - self.time():
            raise ValueError("time ends with the year 9998: give fewer seconds")
        self._ahead += seconds
