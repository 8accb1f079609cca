"""Work that blocks, in a thread of its own, awaited from asyncio and trio."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from .runtime import on_trio

__all__ = ("Worker",)

T = TypeVar("T")


class Worker:
    """One thread, which begins with the first work and ends with this object."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._executor: ThreadPoolExecutor | None = None
        self._pid = 0

    async def run(self, work: Callable[[], T]) -> T:
        """
        Wait for work that blocks. Cancelled, it does not stop the work once it has begun.

        Raises:
            Exception: What the work raised.
        """
        if self._executor is None or self._pid != os.getpid():
            # After a fork only the forking thread lives on.
            self._executor = ThreadPoolExecutor(1, thread_name_prefix=self._name)
            self._pid = os.getpid()
        future = self._executor.submit(work)
        if on_trio():
            return await _on_trio(future)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the thread, after what it has begun. Closing twice does nothing."""
        executor, self._executor = self._executor, None
        if executor is not None and self._pid == os.getpid():
            executor.shutdown(wait=True, cancel_futures=True)


async def _on_trio(future: Future[T]) -> T:
    import trio

    done = trio.Event()
    token = trio.lowlevel.current_trio_token()

    def wake(_: Future[T]) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(done.set)

    future.add_done_callback(wake)
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    return future.result()
