"""Servers on loopback: one of our own, whose answers lead elsewhere, and the elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from ..transports.servers import ThreadedServer, stop_listening


class Listener(ThreadedServer):
    """
    Another origin. It counts what reaches it, and hangs up.

    Attributes:
        connections: How many were made.
        received: Every byte that came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.connections = 0
        self.received = b""

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        await stop_listening(self._server)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.CancelledError):
            self.received += await reader.read(65536)
        writer.close()


class Leading(ThreadedServer):
    """
    Our own origin, which leads wherever it is told to.

    Attributes:
        status: What every request is answered with, until it has led somewhere.
        headers: Further headers of that answer.
        body: Its JSON; afterwards the last page of nothing.
        targets: What was asked for, and whether with our token.
    """

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.headers: Mapping[str, str] = {}
        self.body: Any = {}
        self.targets: list[tuple[str, bool]] = []

    def lead(self, status: int = 200, body: Any = None, **headers: str) -> None:
        """Answer the next requests so, and forget what was asked before."""
        self.status, self.body, self.headers = status, body, headers
        self.targets = []

    async def start(self) -> None:
        """Listen on a free port."""
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        self.targets.append((request.raw_path, "Authorization" in request.headers))
        if len(self.targets) > 1:
            return web.json_response({"events": [], "pages": {"current": 2, "total": 2}})
        # Not through aiohttp's own checks: a hostile server has none.
        answer = web.Response(status=self.status, body=json.dumps(self.body).encode())
        for name, value in self.headers.items():
            answer.headers[name] = value
        return answer
