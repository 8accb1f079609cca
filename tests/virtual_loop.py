"""An event loop whose time passes by itself as soon as nobody has anything to do at it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ("VirtualLoop", "run")

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """
    An asyncio loop on a clock of its own, for work without sockets and threads.

    Every sleep and every timeout of asyncio and anyio costs nothing and comes in its order.
    `tests.virtual.VirtualTime` is for code that is handed its clock; here all time is virtual.

    Raises:
        AssertionError: Everybody waits, and nothing will ever happen.
    """

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._now

    def leap(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


class _Leaping(selectors.DefaultSelector):
    """Asks for events, and lets the time pass for which it should have waited for them."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """The events that are there now."""
        found = super().select(0)
        if not found:
            assert timeout is not None, "everybody waits, and nothing will ever happen"
            self._loop.leap(max(timeout, 0.0))
        return found


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run *main* to its end on a virtual loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
