"""Work that belongs to the client, which no caller's cancellation can stop half-way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from .runtime import on_trio, running_loop

__all__ = ("SingleFlight", "launch")

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """
    Runs one piece of work at a time; whoever asks meanwhile waits for the same result.

    The work runs in a task of its own: when a caller is cancelled it goes on and its
    result is kept, so an exchange of tokens is never lost between wire and store. A
    shielded scope would not do: ``task.cancel()`` passes through it.

    Args:
        work: What to run.
        under_way: Where work stands while it runs, so that its owner can wait for it.
    """

    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, T]],
        under_way: set[Callable[[], Awaitable[Any]]],
    ) -> None:
        self._work = work
        self._under_way = under_way
        self._flight: Callable[[], Awaitable[T]] | None = None
        self._loop: Any = None

    @property
    def is_under_way(self) -> bool:
        """Whether the work runs."""
        return self._flight is not None and self._loop is running_loop()

    async def join(self) -> T:
        """Wait for the work under way, or start it."""
        return await self.start()()

    def start(self) -> Callable[[], Awaitable[T]]:
        """Start the work, unless it is under way; calling what is returned waits for it."""
        loop = running_loop()
        if self._flight is not None and self._loop is not loop:
            # The loop that it ran in is over, or is another process's: it will never land.
            self._forget(self._flight)
        if self._flight is None:
            self._loop = loop
            self._flight = launch(self._work, self._land)
            self._under_way.add(self._flight)
        return self._flight

    def _land(self) -> None:
        if self._flight is not None and self._loop is running_loop():
            self._forget(self._flight)

    def _forget(self, flight: Callable[[], Awaitable[T]]) -> None:
        self._under_way.discard(flight)
        self._flight = self._loop = None


def launch(
    work: Callable[[], Coroutine[Any, Any, T]], land: Callable[[], None]
) -> Callable[[], Awaitable[T]]:
    """
    Run work in a task of its own.

    Args:
        work: What to run.
        land: Called once it is over, however it ended.

    Returns:
        Waits for the result when it is called; whoever does may be cancelled.
    """
    return (_launch_trio if on_trio() else _launch_asyncio)(work, land)


def _launch_asyncio(
    work: Callable[[], Coroutine[Any, Any, T]], land: Callable[[], None]
) -> Callable[[], Awaitable[T]]:
    task = asyncio.get_running_loop().create_task(work())

    def landed(done: asyncio.Task[T]) -> None:
        land()
        if not done.cancelled():
            # Retrieved here, so a failure that nobody waits for any more is not reported.
            done.exception()

    task.add_done_callback(landed)
    return lambda: asyncio.shield(task)


def _launch_trio(
    work: Callable[[], Coroutine[Any, Any, T]], land: Callable[[], None]
) -> Callable[[], Awaitable[T]]:
    import trio

    finished = trio.Event()
    answers: list[T] = []
    failures: list[Exception] = []

    async def fly() -> None:
        try:
            answers.append(await work())
        except Exception as error:
            failures.append(error)
        finally:
            land()
            finished.set()

    trio.lowlevel.spawn_system_task(fly)

    async def wait() -> T:
        await finished.wait()
        for error in failures:
            raise error
        return answers[0]

    return wait
