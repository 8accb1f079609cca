"""A server for processes that end: it answers as the sandbox, holds calls, and sends signals."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress

from aiohttp import web

from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Sandbox

from ..transports.servers import ThreadedServer
from .given import HOLD, PID, Given

__all__ = ("Service",)


class Service(ThreadedServer):
    """
    The sandbox, which never answers requests with the header `HOLD`.

    Attributes:
        sandbox: What answers.
        signalled: When a process was sent its signal, by `time.monotonic`.
        held: How many requests are held now.
    """

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        super().__init__()
        self.sandbox = sandbox or Sandbox(seed=4)
        self.signalled: dict[int, float] = {}
        self.held = 0

    @property
    def given(self) -> Given:
        """What programs need to know."""
        return Given(
            url=self.url,
            client_id=self.sandbox.client_id,
            client_secret=self.sandbox.client_secret,
            accounts=self.sandbox.accounts(),
        )

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._server.connections)

    async def start(self) -> None:
        self._server = web.Server(self._answer, access_log=None)
        self._runner = web.ServerRunner(self._server, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        if HOLD in request.headers:
            await self._hold(request)
        headers = [(n.decode().lower(), v.decode()) for n, v in request.raw_headers]
        url = self.url + request.raw_path
        answer = self.sandbox.handle(Request(request.method, url, headers, body))
        return web.Response(status=answer.status, headers=dict(answer.headers), body=answer.body)

    async def _hold(self, request: web.BaseRequest) -> None:
        self.held += 1
        try:
            pid = int(request.headers[PID])
            if request.headers[HOLD] != "nothing" and pid not in self.signalled:
                self.signalled[pid] = time.monotonic()
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.Signals[request.headers[HOLD]])
            # There is nothing to wait for that would tell.
            while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        finally:
            self.held -= 1
