"""The web server that callbacks are received with."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from threading import RLock
from typing import Final, TypeAlias

import pytest
from aiohttp import web

from ..sandbox.addresses import LOOPBACK

__all__ = ("Receiver", "Take", "receive")

Take: TypeAlias = Callable[[Mapping[str, str], bytes], int]
"""Takes the headers and the body of a callback, and gives the status of its answer."""

_LARGEST: Final = 1024 * 1024


class Receiver:
    """
    Hands each callback to the test whose address it came to.

    Args:
        origin: Where it listens.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._lock = RLock()
        self._takes: dict[str, Take] = {}
        self._owners: dict[str, str] = {}
        self._late: list[str] = []

    def open(self, owner: str, take: Take) -> str:
        """Give a test an address of its own; returns the URL."""
        with self._lock:
            path = f"/webhooks/{len(self._owners) + 1}"
            self._owners[path], self._takes[path] = owner, take
            return self.origin + path

    def close(self) -> None:
        """Take all addresses back: what comes there from now on is nobody's."""
        with self._lock:
            self._takes.clear()

    def check(self) -> None:
        """Warn of callbacks that came to the address of a test that was over."""
        for owner in sorted(set(self._late)):
            warnings.warn(
                pytest.PytestWarning(
                    f"cronofy: callbacks of {owner} came after it had ended: "
                    "something that it started was left running"
                ),
                stacklevel=2,
            )

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        if request.method != "POST" or request.path not in self._owners:
            return web.Response(status=404)
        body = bytearray()
        async for chunk in request.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > _LARGEST:
                return web.Response(status=413)
        with self._lock:
            take = self._takes.get(request.path)
            if take is None:
                self._late.append(self._owners[request.path])
                return web.Response(status=410)
            return web.Response(status=take(dict(request.headers), bytes(body)))


@asynccontextmanager
async def receive() -> AsyncGenerator[Receiver]:
    """Run a receiver on a free port of the loopback interface."""
    receivers: list[Receiver] = []
    server = web.Server(lambda request: receivers[0].answer(request), auto_decompress=False)
    runner = web.ServerRunner(server, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        receivers.append(Receiver(f"http://{LOOPBACK}:{runner.addresses[0][1]}"))
        yield receivers[0]
    finally:
        await runner.cleanup()
