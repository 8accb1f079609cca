"""What time it is at the service, without trusting the clock of this machine."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from ..core.wire import Response

__all__ = ("ServiceClock",)


class ServiceClock:
    """
    The service's clock, as the ``Date`` of its answers shows it.

    Args:
        monotonic: Seconds that only grow; they carry the time on from answer to answer.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._ahead: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether any answer has shown the time."""
        return self._ahead is not None

    def now(self) -> float | None:
        """Seconds since the epoch, to the second; `None` before any answer."""
        return None if self._ahead is None else self._monotonic() + self._ahead

    def note(self, response: Response) -> None:
        """Set the clock by an answer, if it has a date."""
        try:
            date = parsedate_to_datetime(response.header("date") or "").timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        self._ahead = date - self._monotonic()
