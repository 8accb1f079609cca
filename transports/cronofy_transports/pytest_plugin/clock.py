"""The sandbox's time, as a test moves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from ..sandbox.clock import Clock

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__all__ = ("CronofyClock", "Source")

_UTC: Final = timezone.utc  # noqa: UP017  # pyright takes an imported UTC for a constant of ours


class Source:
    """
    Seconds since the epoch that can be made to stand still, and to go on from there.

    Args:
        at: Where they stand; `None`: they go with the machine's.
        machine: The machine's time.
    """

    def __init__(self, at: float | None = None, machine: Callable[[], float] = time.time) -> None:
        self._at, self._machine, self._behind = at, machine, 0.0

    def __call__(self) -> float:
        return self._machine() - self._behind if self._at is None else self._at

    def stop(self) -> None:
        """Stand still."""
        self._at = self()

    def go(self) -> None:
        """Go on from here."""
        self._behind, self._at = self._machine() - self(), None


class CronofyClock:
    """
    The sandbox's clock: tokens expire by it, notifications and links become due by it.

    Your application's clock is another one.

    Args:
        sandbox: Whose clock it is.
        source: What drives it.
    """

    def __init__(self, sandbox: Sandbox, source: Source) -> None:
        self._sandbox, self._source = sandbox, source

    @property
    def _clock(self) -> Clock:
        return self._sandbox.world.clock

    def now(self) -> datetime:
        """The moment that it shows, in UTC."""
        return datetime.fromtimestamp(self._clock.time(), _UTC)

    def advance(self, by: float | timedelta) -> datetime:
        """
        Move it forward, be it frozen or not; what becomes due happens.

        Args:
            by: How far, from 0 on; a number is seconds.

        Returns:
            What it shows then.

        Raises:
            ValueError: *by* is negative, or leads beyond the year 9998.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        with self._sandbox.lock:
            self._clock.advance(seconds)
            self._sandbox.world.settle()
            self._sandbox.on_queued()
            return self.now()

    def freeze(self, at: datetime | None = None) -> datetime:
        """
        Make it stand still.

        Args:
            at: Where, from now on; left out: here.

        Returns:
            What it shows then.

        Raises:
            ValueError: *at* has no zone, or has passed: a mark can begin a test earlier.
        """
        with self._sandbox.lock:
            self._source.stop()
            if at is None:
                return self.now()
            if at.tzinfo is None:
                raise ValueError("a moment needs its zone: give tzinfo, for instance UTC")
            ahead = at.timestamp() - self._clock.time()
            if ahead < 0:
                raise ValueError(
                    "time does not go back: begin there with @pytest.mark.cronofy(now=...)"
                )
            return self.advance(ahead)

    def resume(self) -> None:
        """Let it go on from where it stands."""
        with self._sandbox.lock:
            self._source.go()
            # What was due at a standstill has a moment again.
            self._sandbox.on_queued()
