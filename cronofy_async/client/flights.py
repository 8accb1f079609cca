"""A request that is under way while its caller does something else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Generic, Protocol, TypeVar

from .runtime import on_trio

__all__ = ("Failed", "Flight", "launch")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Flight(Protocol[T_co]):
    """Work in a task of its own."""

    async def join(self) -> T_co:
        """
        Wait for its result. A caller that is cancelled cancels the work.

        Raises:
            Exception: What the work raised.
        """
        ...

    def cancel(self) -> None:
        """End it soon. Any thread may call this, at any time, also a collector of garbage."""
        ...

    async def end(self) -> None:
        """Cancel it and wait until it is over; what it raises is lost."""
        ...


def launch(
    work: Callable[[], Coroutine[Any, Any, T]],
    under_way: set[Flight[Any]],
    over: Callable[[], None] = lambda: None,
) -> Flight[T]:
    """
    Start work in a task of its own.

    Args:
        work: What to do; its task keeps it alive, so it must not hold who waits for it.
        under_way: Where the flight stands until it is over.
        over: Called then; also if the work was cancelled before its first step, and never ran.
    """
    kind = _TrioFlight if on_trio() else _AsyncioFlight
    return kind(work, under_way, over)


class Failed:
    """A flight that never took off."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def join(self) -> Any:
        """Raise what kept it from taking off."""
        raise self._error

    def cancel(self) -> None:
        """Do nothing."""

    async def end(self) -> None:
        """Do nothing."""


class _AsyncioFlight(Generic[T]):
    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, T]],
        under_way: set[Flight[Any]],
        over: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(work())
        under_way.add(self)
        self._task.add_done_callback(lambda done: self._landed(done, under_way, over))

    def _landed(
        self, done: asyncio.Task[T], under_way: set[Flight[Any]], over: Callable[[], None]
    ) -> None:
        under_way.discard(self)
        over()
        if not done.cancelled():
            # Retrieved here, so a failure that nobody waits for is not reported.
            done.exception()

    async def join(self) -> T:
        try:
            return await self._task
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # The work was cancelled, and not its caller: by the closing of the client.
            raise _cut_off() from None

    def cancel(self) -> None:
        if not self._task.done():
            with suppress(RuntimeError):  # The loop is closed, and has cancelled its tasks.
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def end(self) -> None:
        if self._loop is asyncio.get_running_loop():
            self._task.cancel()
            await asyncio.wait([self._task])
        else:
            self.cancel()


class _TrioFlight(Generic[T]):
    def __init__(
        self,
        work: Callable[[], Coroutine[Any, Any, T]],
        under_way: set[Flight[Any]],
        over: Callable[[], None],
    ) -> None:
        import trio

        self._work = work
        self._on_over = over
        self._under_way = under_way
        self._over = trio.Event()
        self._scope = trio.CancelScope()
        self._token = trio.lowlevel.current_trio_token()
        # Known from here on: at the interpreter's end nothing can be imported any more.
        self._finished = trio.RunFinishedError
        self._results: list[T] = []
        self._failures: list[Exception] = []
        under_way.add(self)
        trio.lowlevel.spawn_system_task(self._fly, context=copy_context())

    async def _fly(self) -> None:
        try:
            with self._scope:
                self._results.append(await self._work())
        except Exception as error:
            # A system task that raises would end the program.
            self._failures.append(error)
        finally:
            self._under_way.discard(self)
            self._on_over()
            self._over.set()

    async def join(self) -> T:
        try:
            await self._over.wait()
        except BaseException:
            self._scope.cancel()
            raise
        for error in self._failures:
            raise error
        for result in self._results:
            return result
        raise _cut_off()

    def cancel(self) -> None:
        if not self._over.is_set():
            with suppress(self._finished):
                self._token.run_sync_soon(self._scope.cancel)

    async def end(self) -> None:
        self._scope.cancel()
        await self._over.wait()


def _cut_off() -> Exception:
    from ..core.errors import CronofyError

    return CronofyError("the client was closed while a page was on its way: make a new one")
