"""Keeping to the service's quota: how many requests go out, and how many at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Protocol

import anyio
import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import Unset
from .limits import Limits
from .runtime import Runtime
from .sharing import QuotaStore, StoredShare
from .windows import MINUTE, SECOND, Windows

__all__ = ("Limits", "Pacer", "Quota", "pacer_for")

# A shorter wait may be less than the clock can tell, and would never end.
_SHORTEST: Final = 1e-4


@attrs.frozen(kw_only=True)
class Quota:
    """
    Where a client stands with the service's quota.

    Attributes:
        limits: What it keeps to.
        under_way: Requests whose answer is not there yet.
        waiting: Requests that are held back.
        last_second: Requests that went out in the last second; with a quota store, those
            of everybody who uses it, when it was last asked.
        last_minute: The same for the last minute.
        share: Which part of the limits is in use, from 0 to 1; less than 1 after a 429.
        paused: Seconds for which nothing goes out, because of a 429.
        is_shared: Whether a quota store is in use, and answers.
    """

    limits: Limits
    under_way: int
    waiting: int
    last_second: int
    last_minute: int
    share: float
    paused: float
    is_shared: bool


class Share(Protocol):
    """Whatever knows when the next request may go out."""

    is_shared: bool

    def take(self) -> float:
        """Take leave for one request: 0, or the seconds after which to come again."""
        ...

    async def wait(self, seconds: float, wanted: int) -> None:
        """Wait for what `take` could not give, or ask for it."""
        ...

    async def slow_down(self, seconds: float) -> None:
        """Take in that the service refused a request, and let nothing out for so long."""
        ...

    def look(self) -> tuple[Windows, float]:
        """What went out of late, and the time by that clock."""
        ...


class OwnShare:
    """
    The whole quota for one client.

    Args:
        limits: What to keep to.
        clock: Seconds that only grow.
        sleep: Waits so many seconds.
    """

    is_shared = False

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._windows = Windows.of(limits)

    def take(self) -> float:
        """Take leave for one request: 0, or the seconds after which to come again."""
        now = self._clock()
        windows = self._windows
        wait = windows.next(now, self._limits) - now
        if wait <= 0:
            windows.take(now, now, self._limits)
            return 0.0
        return wait

    async def wait(self, seconds: float, wanted: int) -> None:
        """Wait until the moment is there."""
        del wanted
        await self._sleep(max(seconds, _SHORTEST))

    async def slow_down(self, seconds: float) -> None:
        """Let nothing out for so long, and less after that."""
        self._windows.slow_down(self._clock(), seconds, self._limits)

    def look(self) -> tuple[Windows, float]:
        """What went out of late, and the time."""
        return self._windows, self._clock()


@attrs.define(eq=False)
class _Turn:
    """
    A request that waits.

    Attributes:
        account: Whose it is.
        news: Set when it was given a place, or is the next.
        has_place: Whether it may go out.
        is_timed: Whether it waits for its moment; it would learn of a place too late.
    """

    account: Hashable
    news: anyio.Event
    has_place: bool = False
    is_timed: bool = False


class Pacer:
    """
    Lets requests out by `Limits`, in turn between the accounts that wait.

    Of several accounts with requests that wait, each gets one out before any gets
    another; within an account they go in the order of asking. There is no task and no
    timer: the first in the queue waits for its moment, and who gives places back hands
    them to those who wait, as many as there are.

    Args:
        limits: What to keep to.
        share: Knows when the next request may go out.
    """

    def __init__(self, limits: Limits, share: Share) -> None:
        self.limits: Limits = limits
        self._share = share
        self._under_way = 0
        # The accounts that wait, in turn; the first request of the first is the next.
        self._queue: dict[Hashable, deque[_Turn]] = {}
        self._waiting = 0

    def anew(self) -> Pacer:
        """A pacer of the same share that nobody waits for, and where nothing is under way."""
        return Pacer(self.limits, self._share)

    def try_acquire(self) -> bool:
        """Take a place at once; false if that would be too soon, or others wait."""
        if self._waiting or self._under_way >= self.limits.concurrent or self._share.take() > 0:
            return False
        self._under_way += 1
        return True

    async def acquire(self, account: Hashable = None) -> None:
        """
        Wait for a place. Cancelled, it takes none.

        Args:
            account: Whose request it is.
        """
        turn = _Turn(account, anyio.Event())
        self._queue.setdefault(account, deque()).append(turn)
        self._waiting += 1
        try:
            while not turn.has_place:
                free = self.limits.concurrent - self._under_way
                if free <= 0 or self._next() is not turn:
                    turn.news = anyio.Event()
                    await turn.news.wait()
                elif (wait := self._share.take()) > 0:
                    turn.is_timed = True
                    await self._share.wait(wait, min(self._waiting, free))
                    turn.is_timed = False
                else:
                    self._admit(turn)
        except BaseException:
            if turn.has_place:
                self.release()
            else:
                self._leave(turn)
                self._hand_out()
            raise
        self._hand_out()

    def release(self) -> None:
        """Give a place back: the answer is there, or will not come."""
        self._under_way -= 1
        self._hand_out()

    async def slow_down(self, seconds: float) -> None:
        """
        Take in that the service refused a request because of its quota.

        Args:
            seconds: For how long nothing is to go out.
        """
        if self.limits.adaptive:
            await self._share.slow_down(seconds)

    def look(self) -> Quota:
        """Where the client stands now."""
        windows, now = self._share.look()
        return Quota(
            limits=self.limits,
            under_way=self._under_way,
            waiting=self._waiting,
            last_second=windows.count(now, SECOND),
            last_minute=windows.count(now, MINUTE),
            share=windows.share(now),
            paused=max(0.0, windows.paused_until - now),
            is_shared=self._share.is_shared,
        )

    def _next(self) -> _Turn | None:
        for line in self._queue.values():
            return line[0]
        return None

    def _hand_out(self) -> None:
        """Let out what may go now, and the next of the rest wait for its moment."""
        while self._under_way < self.limits.concurrent and (turn := self._next()) is not None:
            if turn.is_timed:
                return
            if self._share.take() > 0:
                turn.news.set()
                return
            self._admit(turn)

    def _admit(self, turn: _Turn) -> None:
        self._leave(turn)
        # It is the others' turn now.
        if turn.account in self._queue:
            self._queue[turn.account] = self._queue.pop(turn.account)
        self._under_way += 1
        turn.has_place = True
        turn.news.set()

    def _leave(self, turn: _Turn) -> None:
        self._waiting -= 1
        line = self._queue[turn.account]
        line.remove(turn)
        if not line:
            del self._queue[turn.account]


def pacer_for(
    limits: Limits | Unset | None,
    runtime: Runtime,
    store: QuotaStore | None = None,
    application: str = "",
    is_on: bool = True,
) -> Pacer | None:
    """
    The pacer of a client.

    Args:
        limits: What to keep to; `None` keeps to nothing.
        runtime: The clock, and how to wait.
        store: Where several clients keep one quota.
        application: Whose it is there.
        is_on: Whether there is one where no limits are given and no store is.

    Raises:
        InvalidArgumentError: *limits* are no `Limits`, or *store* is no `QuotaStore`.
    """
    if store is not None and not isinstance(store, QuotaStore):
        raise InvalidArgumentError(
            "quota_store", "has no update of its own", "give a SQLiteQuotaStore or the like"
        )
    if limits is None:
        if store is not None:
            raise InvalidArgumentError(
                "quota_store", "is given without limits", "leave limits out, or give Limits(...)"
            )
        return None
    if isinstance(limits, Unset):
        if store is None and not is_on:
            return None
        limits = Limits()
    if not isinstance(limits, Limits):
        raise InvalidArgumentError(
            "limits", f"is a {type(limits).__name__}", "make it with Limits(...), or give None"
        )
    clock, sleep = runtime.monotonic, runtime.sleep
    if store is None:
        return Pacer(limits, OwnShare(limits, clock, sleep))
    return Pacer(limits, StoredShare(limits, store, application, clock, sleep))
