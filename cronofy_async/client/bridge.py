"""The background loop on which blocking calls run, and the way into it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar

__all__ = ("Bridge", "Call", "Job")

T = TypeVar("T")
R = TypeVar("R")


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
        self._pid = 0
        self._over = False

    def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the background loop and wait for its result."""
        _refuse_inside_loop()
        if self._over:
            raise RuntimeError("the interpreter is shutting down: nothing can be sent any more")
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
        return job.result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                # After a fork only the forking thread lives on: the loop's is gone.
                self._loop, self._pid = self._start(), os.getpid()
            return self._loop

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="cronofy_async", daemon=True)
        thread.start()
        self._thread = thread
        return loop

    def soon(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine on the background loop, if there is one, without waiting for it."""
        loop = self._loop
        if loop is not None and self._pid == os.getpid():
            loop.call_soon_threadsafe(lambda: loop.create_task(work()))

    def stop(self) -> None:
        """End the loop and its thread, once and for all; what it does may finish in a second."""
        with self._lock:
            self._over = True
            loop, self._loop = self._loop, None
            if loop is None or self._pid != os.getpid():
                return
        asyncio.run_coroutine_threadsafe(_quiesce(), loop)
        self._thread.join(timeout=2.0)
        if not self._thread.is_alive():
            loop.close()


async def _quiesce() -> None:
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=1.0)
    loop.call_soon(loop.stop)


def _refuse_inside_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "Cronofy blocks, and this thread runs an event loop that it would freeze: "
        "use AsyncCronofy here"
    )
