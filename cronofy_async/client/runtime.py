"""Time and chance, as parameters: the only place that touches the real ones."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable

import anyio
import anyio.lowlevel
import attrs

__all__ = ("Runtime", "checkpoint", "on_trio", "unguessable")


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


def unguessable() -> str:
    """Text of 256 bits of chance, for what nobody may guess."""
    # Loaded here, as few programs need it.
    from secrets import token_urlsafe

    return token_urlsafe(32)


def on_trio() -> bool:
    """Whether the caller runs on trio, without importing it where nobody has."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_task())


async def checkpoint() -> None:
    """Let every other task take a turn."""
    if on_trio():
        await anyio.lowlevel.checkpoint()
    else:
        # A third of the price of anyio's.
        await asyncio.sleep(0)
