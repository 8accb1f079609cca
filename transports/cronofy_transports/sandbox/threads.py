"""The sandbox over HTTP from a thread of its own, for programs without an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from .addresses import LOOPBACK, Urls
from .server import serve

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("held_in_thread", "run_in_thread")

T = TypeVar("T")


@contextmanager
def run_in_thread(
    sandbox: Sandbox,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    callback_hosts: Collection[str] = (),
    names: Collection[str] = (),
) -> Generator[Urls]:
    """
    Answer over HTTP while the block runs; the arguments are those of `serve`.

    Raises:
        OSError: The address cannot be listened on.
    """
    with held_in_thread(
        lambda: serve(sandbox, host=host, port=port, callback_hosts=callback_hosts, names=names)
    ) as urls:
        yield urls


@contextmanager
def held_in_thread(enter: Callable[[], AbstractAsyncContextManager[T]]) -> Generator[T]:
    """
    Hold an async context open in an event loop of a thread of its own while the block runs.

    Args:
        enter: Makes the context; called in that loop. What it raises on entering is raised here.
    """
    started = Event()
    outcome: list[T | BaseException] = []
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def work() -> None:
        ended = asyncio.Event()
        async with enter() as held:
            stop.append((asyncio.get_running_loop(), ended))
            outcome.append(held)
            started.set()
            await ended.wait()

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            outcome.append(error)
        finally:
            started.set()

    thread = Thread(target=run, name="cronofy-sandbox", daemon=True)
    thread.start()
    started.wait()
    found = outcome[0]
    if isinstance(found, BaseException):
        thread.join()
        raise found
    try:
        yield found
    finally:
        loop, ended = stop[0]
        loop.call_soon_threadsafe(ended.set)
        thread.join()
