"""An answer that goes to its connection byte by byte, past the web server's own writing."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

if TYPE_CHECKING:
    from .mischief.case import Struck

__all__ = ("RawAnswer",)

# Lingering for no time at all: closing sends RST, and whatever still waits is dropped.
_AT_ONCE = struct.pack("ii", 1, 0)


class RawAnswer(web.StreamResponse):
    """
    What a fault made of an answer.

    Args:
        struck: What is sent, how slowly, and what becomes of the connection.
        sleep: Lets seconds pass.
    """

    def __init__(self, struck: Struck, sleep: Callable[[float], Awaitable[object]]) -> None:
        super().__init__(status=200 if struck.response is None else struck.response.status)
        self._struck, self._pause = struck, sleep
        self._is_last = True

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection is used for another request."""
        return not self._is_last

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send it."""
        struck, transport = self._struck, request.transport
        self._is_last = struck.end != "keep" or not request.keep_alive
        if struck.seconds:
            await self._pause(struck.seconds)
        if transport is None:
            return None
        data = struck.bytes
        size = struck.size or len(data) or 1
        for start in range(0, len(data), size):
            if start:
                await self._pause(struck.interval)
            if transport.is_closing():
                return None
            transport.write(data[start : start + size])
        if struck.end == "reset":
            await _reset(transport)
        elif struck.end == "close":
            transport.close()
        return None

    async def write_eof(self, data: Any = b"") -> None:
        """There is nothing more to send."""


async def _reset(transport: asyncio.Transport) -> None:
    # What was written before goes out first; a reset would take it back.
    while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110  # no event tells of it
        await asyncio.sleep(0.001)
    found = transport.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
