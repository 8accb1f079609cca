"""What no fault may ever lead to: what stays behind, a token shown, a call that hangs."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from traceback import TracebackException
from typing import Any, TypeVar

import anyio
from anyio.lowlevel import checkpoint

import cronofy_async
import cronofy_transports
from cronofy_async.client.runtime import on_trio

__all__ = (
    "CANARY",
    "bounded",
    "connections",
    "nothing_stays",
    "output_of",
    "shown",
    "until",
    "watched",
)

T = TypeVar("T")

CANARY = "canary-"
"""How every secret of these tests begins."""

_HUNG = 0.25
"""Seconds after its deadline from which on a call hangs."""
_TURNS = 200
"""Turns of the loop that whatever was due at a time is done in."""

_NET = [Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6")]
_DESCRIPTORS = Path("/proc/self/fd")

_PACKAGES = tuple(
    str(Path(each.__file__ or "").parent) for each in (cronofy_async, cronofy_transports)
)


def connections() -> frozenset[str]:
    """The sockets of this process that speak TCP, or listen; none where Linux does not tell."""
    own: set[str] = set()
    for each in _DESCRIPTORS.iterdir() if _DESCRIPTORS.exists() else ():
        try:
            own.add(str(each.readlink()))
        except OSError:
            continue  # Closed in this moment, as the one that this folder is read by.
    lines = [line for path in _NET if path.exists() for line in path.read_text().splitlines()[1:]]
    return frozenset(own & {f"socket:[{line.split()[9]}]" for line in lines})


def nothing_stays(item: Any) -> Iterator[None]:
    """Around a test: afterwards no connection is open, and no output has shown a secret."""
    before = connections()
    yield
    # Servers learn that a client has gone in threads of their own.
    until = time.monotonic() + 5
    while (stays := connections() - before) and time.monotonic() < until:
        time.sleep(0.01)
    assert frozenset() == stays
    assert CANARY not in output_of(item)


def output_of(item: Any) -> str:
    """What a test has printed and logged."""
    return "".join(text for _, _, text in item._report_sections)


def shown(error: BaseException) -> str:
    """An error and all that led to it, with the local variables of the package."""
    told = [*TracebackException.from_exception(error).format(), str(error), repr(error)]
    seen: BaseException | None = error
    while seen is not None:
        told += map(repr, [seen.args, *getattr(seen, "__notes__", ())])
        for frame in TracebackException.from_exception(seen, capture_locals=True).stack:
            if frame.filename.startswith(_PACKAGES):
                told.append(str(frame.locals))
        seen = seen.__cause__ or seen.__context__
    return "\n".join(told)


def watched(
    test: Callable[..., Awaitable[None]], patience: float = 5.0
) -> Callable[..., Awaitable[None]]:
    """The same test, which fails if a task of it is there after so many seconds more."""

    @functools.wraps(test)
    async def watching(**arguments: Any) -> None:
        before = _tasks()
        await test(**arguments)
        until = time.monotonic() + patience
        while stays := _tasks() - before:
            assert time.monotonic() < until, f"tasks that stay: {stays}"
            await anyio.sleep(0.01)

    return watching


def _tasks() -> set[Any]:
    if not on_trio():
        return {*asyncio.all_tasks()}
    import trio

    root = trio.lowlevel.current_root_task()
    return set() if root is None else {*_beneath(root)}


def _beneath(task: Any) -> Iterator[Any]:
    for nursery in task.child_nurseries:
        for child in nursery.child_tasks:
            yield child
            yield from _beneath(child)


async def bounded(seconds: float, call: Callable[[], Awaitable[T]]) -> T:
    """
    Make a call that has a deadline of so many seconds, and fail if it hangs.

    Both times pass in one loop: a machine that stands still for a while delays them alike.
    """
    results: list[T] = []
    late = False

    async def watch() -> None:
        nonlocal late
        await anyio.sleep(seconds + _HUNG)
        for _ in range(_TURNS):
            await checkpoint()
        late = True
        group.cancel_scope.cancel()

    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await checkpoint()
        try:
            results.append(await call())
        except Exception as error:
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    assert not late, f"hung for more than {_HUNG} seconds after its deadline"
    return results[0]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens in another thread, or in nobody's sight."""
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110  # no event of this loop is set there
            await anyio.sleep(0.005)
