"""One quota for several processes or machines, kept where all of them can reach it."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar, runtime_checkable

import attrs

from .limits import Limits
from .windows import LEAD, MARGIN, Windows

__all__ = ("Change", "QuotaStore", "StoredShare")

R = TypeVar("R")

log: Final = logging.getLogger("cronofy_async")

Change = Callable[[bytes | None, float], tuple[bytes | None, R]]
"""
Turns what is kept, and the store's time, into what to keep and a result.

`None` in place of what is kept: nothing is; in place of what to keep: leave it as it is.
"""

_SHORTEST: Final = 1e-4
_ALONE: Final = 10
_AGAIN: Final = 1.0
_AGAIN_MOST: Final = 30.0
_GRACE_MOST: Final = 1.0
_FORGETTING: Final = 0.9


@runtime_checkable
class QuotaStore(Protocol):
    """
    Keeps a few kilobytes for each application, which all its processes change in turn.

    `cronofy_async.SQLiteQuotaStore` serves the processes of one machine,
    `cronofy_async.RedisQuotaStore` many machines. Another needs this one method.
    """

    async def update(self, key: str, change: Change[R]) -> R:
        """
        Change what is kept, with nobody in between.

        Args:
            key: Whose quota it is.
            change: Called with what is kept and the store's time, in seconds of one
                clock for everybody. May be called again if somebody was in between.

        Returns:
            The result of *change*.

        Raises:
            Exception: The store cannot be used; it must say so within a second or so.
        """
        ...


@attrs.frozen
class _Slot:
    """Leave for one request, from one moment to another by our clock."""

    begins: float
    ends: float
    mark: float


@attrs.frozen
class _Booking:
    """What the store gave: moments from its now on with their marks, and when to ask again."""

    moments: tuple[tuple[float, float], ...]
    wait: float
    windows: Windows
    now: float


class StoredShare:
    """
    What this client may send of a quota that is kept in a store.

    A request's moment is settled in the store, by the store's clock, a tenth of a second
    ahead at most, and is good for a few hundredths of a second: what is sent later
    takes another. So a process that is killed keeps nothing, and one that is slow
    does not break the quota.

    When the store cannot be used, the client goes on with a tenth of the limits for itself,
    says so in the log, and asks the store again after a second, then after ever longer
    times up to half a minute.

    Args:
        limits: What all who use the store keep to together.
        store: Where it is kept.
        application: Whose quota it is.
        clock: Seconds that only grow.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        limits: Limits,
        store: QuotaStore,
        application: str,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.is_shared: bool = True
        self._limits = limits
        self._store = store
        self._key = application
        self._clock = clock
        self._sleep = sleep
        self._slots: deque[_Slot] = deque()
        self._unused: list[float] = []
        self._chunk = max(1, int(limits.per_second * LEAD))
        self._grace = MARGIN
        self._seen = Windows.of(limits)
        # The store's time less ours, when it was last asked.
        self._ahead = 0.0
        self._alone = _tenth(limits)
        self._alone_windows = Windows.of(self._alone)
        self._alone_until = -math.inf
        self._again = _AGAIN

    def take(self) -> float:
        """Take leave for one request: 0, or the seconds after which to come again."""
        now = self._clock()
        if now < self._alone_until:
            wait = self._alone_windows.next(now, self._alone) - now
            if wait <= 0:
                self._alone_windows.take(now, now, self._alone)
                return 0.0
            return min(wait, self._alone_until - now)
        was_late = False
        while self._slots and self._slots[0].ends < now:
            slot = self._slots.popleft()
            self._unused.append(slot.mark)
            # What nobody wanted is older.
            was_late = was_late or now - slot.begins < _GRACE_MOST
        if was_late:
            # The store took too long, or our loop woke too late. Once is nothing, but if
            # that is always so then nothing would ever go out.
            self._grace = min(2 * self._grace, _GRACE_MOST)
        if not self._slots:
            return math.inf
        wait = self._slots[0].begins - now
        if wait <= 0:
            self._slots.popleft()
            self._grace = max(_FORGETTING * self._grace, MARGIN)
        return max(wait, 0.0)

    async def wait(self, seconds: float, wanted: int) -> None:
        """Wait for the moment that is settled, or have one settled."""
        if math.isfinite(seconds):
            await self._sleep(max(seconds, _SHORTEST))
            return
        wait = await self._book(max(1, min(wanted, self._chunk)))
        if wait > 0:
            await self._sleep(max(wait, _SHORTEST))

    async def slow_down(self, seconds: float) -> None:
        """Let nothing out for so long, and less after that, for everybody."""
        limits = self._limits

        def change(raw: bytes | None, now: float) -> tuple[bytes, Windows]:
            windows = Windows.load(raw, now)
            windows.slow_down(now, seconds, limits)
            return windows.dump(now), windows

        now = self._clock()
        self._alone_windows.slow_down(now, seconds, self._alone)
        # What was settled for the time of the pause is not used.
        self._unused += [slot.mark for slot in self._slots]
        self._slots.clear()
        if now < self._alone_until:
            return
        try:
            self._seen = await self._store.update(self._key, change)
        except Exception as error:
            self._lost(error)

    def look(self) -> tuple[Windows, float]:
        """What went out of late, and the time by that clock."""
        now = self._clock()
        if now < self._alone_until:
            return self._alone_windows, now
        return self._seen, now + self._ahead

    async def _book(self, count: int) -> float:
        """Have moments settled; the seconds until one is there or can be had."""
        unused, self._unused = self._unused, []
        grace = self._grace
        before = self._clock()
        try:
            booking = await self._store.update(
                self._key, booking_of(self._limits, count, grace, unused)
            )
        except Exception as error:
            self._lost(error)
            return 0.0
        after = self._clock()
        if not self.is_shared:
            log.warning("the quota's store can be used again: %s", type(self._store).__name__)
        self.is_shared, self._again = True, _AGAIN
        self._seen, self._ahead = booking.windows, booking.now - after
        # The store's now was some time between before and after.
        for moment, mark in booking.moments:
            self._slots.append(_Slot(after + moment, before + moment + grace, mark))
        return 0.0 if booking.moments else booking.wait

    def _lost(self, error: Exception) -> None:
        now = self._clock()
        if self.is_shared:
            # Its text may hold the store's URL, and that a password.
            log.warning(
                "the quota's store cannot be used (%s): going on with a tenth of the limits",
                type(error).__name__,
            )
        self.is_shared = False
        self._slots.clear()
        self._unused.clear()
        self._alone_until = now + self._again
        self._again = min(2 * self._again, _AGAIN_MOST)


def booking_of(limits: Limits, count: int, grace: float, unused: list[float]) -> Change[_Booking]:
    """
    The change that settles the moments of up to *count* requests.

    Args:
        limits: What is kept to.
        count: How many are wanted.
        grace: By how many seconds later they may go out.
        unused: Marks of moments that were settled before and not used.
    """

    def change(raw: bytes | None, now: float) -> tuple[bytes | None, _Booking]:
        windows = Windows.load(raw, now)
        for mark in unused:
            windows.give_back(mark, limits)
        moments: list[tuple[float, float]] = []
        while len(moments) < count:
            at = windows.next(now, limits)
            if at > now + LEAD:
                break
            moments.append((at - now, windows.take(at, now, limits, grace)))
        wait = max(0.0, windows.next(now, limits) - now - LEAD / 2)
        changed = windows.dump(now) if moments or unused or windows.is_mended else None
        return changed, _Booking(tuple(moments), wait, windows, now)

    return change


def _tenth(limits: Limits) -> Limits:
    per_second = max(1, limits.per_second // _ALONE)
    return attrs.evolve(
        limits,
        per_second=per_second,
        burst=min(limits.burst, max(1, per_second * 9 // 10)),
        per_minute=max(1, limits.per_minute // _ALONE),
    )
