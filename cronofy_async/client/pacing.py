"""Keeping to the service's quota: how many requests go out, and how many at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import anyio
import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import Unset
from .runtime import Runtime

__all__ = ("Limits", "Pacer", "SlidingPacer", "pacer_for")

_SECOND: Final = 1.0
_MINUTE: Final = 60.0
# The burst is no quota: there, what sums of fractions are off by is let go.
_SLACK: Final = 1e-6
# A shorter wait may be less than the clock can tell, and would never end.
_SHORTEST: Final = 1e-4


def _count(_: Any, field: attrs.Attribute[int], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentError(
            field.name, f"is a {type(value).__name__}", "give a whole number"
        )
    if value < 1:
        raise InvalidArgumentError(field.name, f"{value} is too few", "give 1 or more")


def _burst(limits: Any) -> int:
    # Whether per_second is a number at all is checked after this.
    return max(1, limits.per_second * 9 // 10) if isinstance(limits.per_second, int) else 1


@attrs.frozen(kw_only=True)
class Limits:
    """
    How many requests a client sends, all its accounts together.

    What is left out is what the service allows an application by default. The service
    counts an application's requests, not a client's: share them out if there are several.

    Attributes:
        concurrent: Requests under way at once.
        per_second: Requests in any second.
        burst: Requests without a pause between them after an idle time. Left out: nine
            tenths of *per_second*, as the network squeezes together what was sent apart.
        per_minute: Requests in any minute.

    Raises:
        InvalidArgumentError: One is no whole number above 0, or *burst* is above
            *per_second*.

    Source: /developers/api/rate-limits/
    """

    concurrent: int = attrs.field(default=16, validator=_count)
    per_second: int = attrs.field(default=50, validator=_count)
    burst: int = attrs.field(
        default=attrs.Factory(_burst, takes_self=True),
        validator=_count,
    )
    per_minute: int = attrs.field(default=500, validator=_count)

    def __attrs_post_init__(self) -> None:
        if self.burst > self.per_second:
            raise InvalidArgumentError("burst", "is above per_second", "give at most as many")


class Pacer(Protocol):
    """
    Whatever can hold a request back; asked once for each request on the wire.

    `try_acquire` and `acquire` each take one place, which `release` gives back.
    """

    def try_acquire(self) -> bool:
        """Take a place at once; false if that would be too soon, or others wait."""
        ...

    async def acquire(self) -> None:
        """Wait for a place, behind those who came before. Cancelled, it takes none."""
        ...

    def release(self) -> None:
        """Give a place back: the answer is there, or will not come."""
        ...


class _Turn:
    """Somebody who waits."""

    __slots__ = ("called", "has_come")

    def __init__(self) -> None:
        self.called = anyio.Event()
        self.has_come = False


class SlidingPacer:
    """
    Keeps to `Limits` in any second and any minute, in the order of asking.

    There is no task and no timer: the first in the queue waits for its moment, and then
    calls those for whom there is a place.

    Args:
        limits: What to keep to.
        clock: Seconds that only grow.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.limits: Limits = limits
        self._clock = clock
        self._sleep = sleep
        self._under_way = 0
        # When the last requests went out, as far back as a quota reaches.
        self._sent: deque[float] = deque(maxlen=max(limits.per_second, limits.per_minute))
        self._interval = _SECOND / limits.per_second
        self._tolerance = (limits.burst - 1) * self._interval + _SLACK
        # When the bucket of the burst will be full again.
        self._full_at = 0.0
        self._queue: deque[_Turn] = deque()

    def try_acquire(self) -> bool:
        """Take a place at once; false if that would be too soon, or others wait."""
        if self._queue or self._under_way >= self.limits.concurrent:
            return False
        now = self._clock()
        if self._wait(now) > 0:
            return False
        self._take(now)
        return True

    async def acquire(self) -> None:
        """Wait for a place, behind those who came before. Cancelled, it takes none."""
        turn = _Turn()
        self._queue.append(turn)
        self._admit()
        try:
            while not turn.has_come:
                wait = 0.0
                if self._queue[0] is turn and self._under_way < self.limits.concurrent:
                    wait = self._wait(self._clock())
                if wait > 0:
                    await self._sleep(max(wait, _SHORTEST))
                    self._admit()
                else:
                    await turn.called.wait()
                    turn.called = anyio.Event()
        except BaseException:
            if turn.has_come:
                self.release()
            else:
                self._queue.remove(turn)
                self._admit()
            raise

    def release(self) -> None:
        """Give a place back: the answer is there, or will not come."""
        self._under_way -= 1
        self._admit()

    def _admit(self) -> None:
        """Give everybody a place for whom there is one, at once: each turn of the loop counts."""
        while self._queue and self._under_way < self.limits.concurrent:
            now = self._clock()
            if self._wait(now) > 0:
                # Whoever is first now waits for that moment.
                self._queue[0].called.set()
                return
            turn = self._queue.popleft()
            self._take(now)
            turn.has_come = True
            turn.called.set()

    def _wait(self, now: float) -> float:
        """Seconds until one more request keeps all the limits."""
        sent, limits = self._sent, self.limits
        wait = self._full_at - now - self._tolerance
        for quota, span in ((limits.per_second, _SECOND), (limits.per_minute, _MINUTE)):
            if len(sent) >= quota:
                wait = max(wait, sent[-quota] + span - now)
        return wait

    def _take(self, now: float) -> None:
        self._under_way += 1
        self._sent.append(now)
        self._full_at = max(self._full_at, now) + self._interval


def pacer_for(limits: Limits | Unset | None, runtime: Runtime) -> Pacer | None:
    """
    The pacer of a client.

    Raises:
        InvalidArgumentError: *limits* are no `Limits`.
    """
    if limits is None:
        return None
    if isinstance(limits, Unset):
        limits = Limits()
    if not isinstance(limits, Limits):
        raise InvalidArgumentError(
            "limits", f"is a {type(limits).__name__}", "make it with Limits(...), or give None"
        )
    return SlidingPacer(limits, runtime.monotonic, runtime.sleep)
