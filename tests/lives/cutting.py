"""Work that is cancelled at any step, and what must be left of it: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeAlias

import anyio
import trio

from cronofy_async import AsyncCronofy
from cronofy_async.client.runtime import checkpoint, on_trio

__all__ = ("KINDS", "Kind", "Work", "backend_of", "cut", "rest", "tasks")

Work: TypeAlias = Callable[[], Awaitable[Any]]

Kind = Literal["asyncio", "asyncio by anyio", "trio"]
"""Who cancels: `asyncio.Task.cancel`, once; or a scope of anyio or trio, again and again."""

KINDS: tuple[Kind, ...] = ("asyncio", "asyncio by anyio", "trio")


def backend_of(kind: Kind) -> str:
    """The event loop of a kind."""
    return kind.split()[0]


async def cut(kind: Kind, work: Work, turns: int) -> bool:
    """
    Begin some work and cancel it after so many turns of the loop.

    Returns:
        Whether it had ended by itself before.
    """
    by = _cut_by_task if kind == "asyncio" else _cut_by_scope
    return await by(work, turns)


async def _cut_by_task(work: Work, turns: int) -> bool:
    task = asyncio.ensure_future(work())
    for _ in range(turns):
        await checkpoint()
        if task.done():
            task.result()
            return True
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return False


async def _cut_by_scope(work: Work, turns: int) -> bool:
    ended = False

    async def whole() -> None:
        nonlocal ended
        await work()
        ended = True

    async with anyio.create_task_group() as group:
        group.start_soon(whole)
        for _ in range(turns):
            await checkpoint()
            if ended:
                return True
        group.cancel_scope.cancel()
    return False


def tasks() -> int:
    """How many tasks there are in this loop."""
    if not on_trio():
        return len(asyncio.all_tasks())
    found = [trio.lowlevel.current_root_task()]
    for task in found:
        if task is not None:
            found += [each for nursery in task.child_nurseries for each in nursery.child_tasks]
    return len(found)


async def rest(cronofy: AsyncCronofy) -> None:
    """Let what is the client's own come to its end, which takes some turns."""
    driver = cronofy.driver
    for _ in range(200):
        if not driver.under_way and not driver.ahead:
            break
        await checkpoint()
    # What ends a task is another turn.
    for _ in range(3):
        await checkpoint()
