"""The background loop on which blocking calls run, and the way into it."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Generic, NoReturn, Protocol, TypeVar
from weakref import WeakSet

from .driver import Plug
from .runtime import on_trio

__all__ = ("Bridge", "Call", "Job")

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE: Final = 0.75
"""Seconds for which the interpreter's end waits for what is under way."""

_AT_ONCE: Final = 0.25
"""Seconds for what should take none."""


class Call(Protocol):
    """Runs a coroutine elsewhere and waits for its result."""

    def __call__(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R: ...


class Job(Generic[T]):
    """
    A coroutine on the background loop, for which a thread waits.

    All it takes is one lock, held until the coroutine is over. An `asyncio.Future` would
    give the thread its result a turn of the loop later; a `threading.Event` is three locks.
    """

    __slots__ = ("_error", "_lock", "_result", "_task", "_work")

    _result: T

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._lock.acquire()
        self._error: BaseException | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, in the thread of the loop."""
        self._task = loop.create_task(self._run())

    def cancel(self) -> None:
        """Cancel, in the thread of the loop."""
        self._task.add_done_callback(self._end)
        self._task.cancel()

    def _end(self, _: object) -> None:
        # A task that is cancelled before its first step never runs at all.
        if self._lock.locked():
            self._lock.release()

    async def _run(self) -> None:
        try:
            self._result = await self._work()
        except BaseException as error:
            # Whatever it is, it belongs to the thread that waits: SystemExit would end the loop.
            self._error = error
        finally:
            self._lock.release()

    def wait(self, timeout: float = -1) -> None:
        """Wait until the coroutine is over, at most so many seconds."""
        self._lock.acquire(timeout=timeout)

    @property
    def has_failed(self) -> bool:
        """Whether there is an error in place of a result."""
        return self._error is not None

    def result(self) -> T:
        """The result, once the coroutine is over; or its error is raised."""
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            # The error's traceback has this frame: no circle for the collector.
            del error


class Bridge:
    """The background loop, and the way into it from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._plugs: WeakSet[Plug] = WeakSet()
        self._inherited: list[object] = []
        self._over = False

    def adopt(self, plug: Plug) -> None:
        """Close a transport in the end, if it is still there and open."""
        with self._lock:
            self._plugs.add(plug)

    def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the background loop and wait for its result."""
        _refuse_inside_loop()
        loop = self._running()
        job = Job(work)
        loop.call_soon_threadsafe(job.start, loop)
        try:
            job.wait()
        except BaseException:
            # Ctrl-C in the waiting thread: what it waited for must not go on unseen.
            loop.call_soon_threadsafe(job.cancel)
            job.wait(timeout=2.0)
            raise
        if self._over and job.has_failed:
            _end_of_everything()
        return job.result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is not None:
                return self._loop
            if not self._over:
                self._loop = self._start()
                return self._loop
        return _end_of_everything()

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="cronofy_async", daemon=True)
        thread.start()
        self._thread = thread
        # Registered last, so done first: what else is closed at the interpreter's exit, such as
        # the file of a token store, is needed until then.
        atexit.register(self.stop)
        return loop

    def soon(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine on the background loop, if there is one, without waiting for it."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # It was closed this very moment.
                loop.call_soon_threadsafe(lambda: loop.create_task(work()))

    def begin_anew(self) -> None:
        """
        Have nothing begun, in a process that was just forked.

        Only the forking thread lives on: the loop's is gone, and whoever held the lock may
        be. The loop is kept, as what it would close it shares with the parent.
        """
        self._inherited.append(self._loop)
        self._lock, self._loop = threading.Lock(), None

    def stop(self) -> None:
        """End the loop and its thread, once and for all; what is nearly done may finish."""
        atexit.unregister(self.stop)
        with self._lock:
            self._over = True
            loop, self._loop = self._loop, None
            plugs = list(self._plugs)
        if loop is None:
            return
        asyncio.run_coroutine_threadsafe(_wind_up(plugs), loop)
        self._thread.join(timeout=_PATIENCE + 3 * _AT_ONCE)
        if not self._thread.is_alive():
            loop.close()


async def _wind_up(plugs: list[Plug]) -> None:
    """End all that a loop does, and the loop."""
    loop = asyncio.get_running_loop()
    if others := _others():
        await asyncio.wait(others, timeout=_PATIENCE)
    if others := _others():
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=_AT_ONCE)
    with suppress(Exception):
        async with asyncio.timeout(_AT_ONCE):
            for plug in plugs:
                await plug.aclose()
            # Whatever is still open is held by one of these.
            await loop.shutdown_asyncgens()
    loop.call_soon(loop.stop)


def _others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


def _end_of_everything() -> NoReturn:
    """
    Go no further, as the interpreter ends.

    A daemon thread is about to be stopped wherever it is: an error that it has no time to
    deal with would only be printed.
    """
    while threading.current_thread().daemon:
        threading.Event().wait()
    raise RuntimeError("the interpreter is shutting down: nothing can be sent any more")


def _refuse_inside_loop() -> None:
    if not on_trio():
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
    raise RuntimeError(
        "Cronofy blocks, and this thread runs an event loop that it would freeze: "
        "use AsyncCronofy here"
    )
