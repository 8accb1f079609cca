"""Time and chance, as parameters: the only place that touches the real ones."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
import anyio.lowlevel
import attrs
from anyio.abc import TaskGroup

__all__ = (
    "Runtime",
    "checkpoint",
    "is_alive",
    "on_trio",
    "running_loop",
    "start",
    "unguessable",
)


@attrs.frozen(kw_only=True)
class Runtime:
    """
    What a client needs of the outside world besides a transport.

    Attributes:
        monotonic: Seconds that only grow, for deadlines.
        now: Seconds since the epoch, for dates that the service names.
        sleep: Waits so many seconds.
        draw: A random number from 0 to 1, for jitter.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    draw: Callable[[], float] = random.random

    async def wait(self, event: anyio.Event, seconds: float) -> None:
        """Wait so many seconds, or less if the event is set before."""
        async with anyio.create_task_group() as group:

            async def listen() -> None:
                await event.wait()
                group.cancel_scope.cancel()

            start(group, listen)
            await self.sleep(seconds)
            group.cancel_scope.cancel()


def unguessable() -> str:
    """Text of 256 bits of chance, for what nobody may guess."""
    # Loaded here, as few programs need it.
    from secrets import token_urlsafe

    return token_urlsafe(32)


def on_trio() -> bool:
    """Whether the caller runs on trio, without importing it where nobody has."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_task())


def running_loop() -> Any:
    """The event loop that this runs in; of trio, what stands for it."""
    if on_trio():
        return sys.modules["trio"].lowlevel.current_trio_token()
    return asyncio.get_running_loop()


def is_alive(loop: Any) -> bool:
    """Whether an event loop of this process runs now, in whatever thread."""
    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop.is_running()
    try:
        loop.run_sync_soon(int)
    except sys.modules["trio"].RunFinishedError:
        return False
    return True


def start(group: TaskGroup, work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """
    Start a task of ours in a group.

    On trio, Ctrl-C is raised in whatever task it meets. Ours may stand where that would
    end the loop with an internal error; so they leave it to the program's main task.
    """
    if on_trio():
        sys.modules["trio"].lowlevel.enable_ki_protection(work)
    group.start_soon(work, *args)


async def checkpoint() -> None:
    """Let every other task take a turn."""
    if on_trio():
        await anyio.lowlevel.checkpoint()
    else:
        # A third of the price of anyio's.
        await asyncio.sleep(0)
