"""Time that passes by itself as soon as every task waits for it; for asyncio."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from typing import Any


class VirtualTime:
    """
    A clock and its sleep. Sleepers wake in the order of their times.

    Attributes:
        now: Seconds since the start.
    """

    def __init__(self, start: float = 0.0) -> None:
        self.now = start
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until it is so many seconds later."""
        self._order += 1
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, self._order, woken))
        await woken

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run *main* to its end. Raises `AssertionError` if everybody waits for ever."""
        asyncio.run(self._drive(main))

    async def _drive(self, main: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(main)
        loop: Any = asyncio.get_running_loop()
        while not task.done():
            await asyncio.sleep(0)
            if loop._ready:  # Somebody has still something to do at this time.
                continue
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if task.done():
                break
            assert self._sleepers, "nobody will ever go on"
            self.now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
        await task
