"""A proxy between client and service that hands on bytes, and does them harm on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Literal

import attrs

from tests.transports.servers import ThreadedServer, broken_off, stop_listening

__all__ = ("Bandwidth", "Harm", "Hold", "Latency", "Limit", "Link", "Proxy", "Slicer")

_CHUNK = 65536

Chunks = AsyncGenerator[bytes]


class _CutError(Exception):
    """The bytes of a direction have been cut off."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Harm:
    """Something that is done to the bytes of one direction."""

    def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        """The bytes that come of them."""
        raise NotImplementedError


@attrs.frozen
class Latency(Harm):
    """Everything comes so many seconds later."""

    seconds: float

    async def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        async for chunk in chunks:
            await asyncio.sleep(self.seconds)
            yield chunk


@attrs.frozen
class Slicer(Harm):
    """So many bytes come at a time, with a pause of so many seconds between them."""

    size: int = 1
    pause: float = 0.0

    async def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        is_first = True
        async for chunk in chunks:
            for start in range(0, len(chunk), self.size):
                if not is_first:
                    await asyncio.sleep(self.pause)
                is_first = False
                yield chunk[start : start + self.size]


@attrs.frozen
class Bandwidth(Harm):
    """No more than so many bytes come in a second, in fiftieths of one."""

    rate: int

    async def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        slices = Slicer(max(1, self.rate // 50), 0.02).applied(chunks, proxy)
        async with aclosing(slices):
            async for chunk in slices:
                yield chunk


@attrs.frozen
class Limit(Harm):
    """
    So many bytes come, and then the end.

    Attributes:
        after: How many come.
        how: ``close`` ends the connection in an orderly way, ``reset`` breaks it off, and
            ``half`` ends this direction alone.
    """

    after: int
    how: Literal["close", "reset", "half"] = "close"

    async def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        left = self.after
        async for chunk in chunks:
            if len(chunk) >= left:
                yield chunk[:left]
                raise _CutError(self.how)
            yield chunk
            left -= len(chunk)


@attrs.frozen
class Hold(Harm):
    """Nothing comes before `Proxy.let_go`."""

    async def applied(self, chunks: Chunks, proxy: Proxy) -> Chunks:
        async for chunk in chunks:
            proxy.held += 1
            await proxy.gate.wait()
            yield chunk


@attrs.frozen
class Link:
    """
    What is done to the bytes of one connection.

    Attributes:
        down: To those of answers, one after the other.
        up: To those of requests.
    """

    down: tuple[Harm, ...] = ()
    up: tuple[Harm, ...] = ()


class Proxy(ThreadedServer):
    """
    Hands on the bytes between clients and a port of this machine.

    Args:
        port: Where the service listens.
        links: What is done on each connection in turn; the last serves all further ones.

    Attributes:
        connections: How many were accepted.
        open: How many are open now.
        held: How many chunks were held back by `Hold`.
        gate: Open once `let_go` was called.
    """

    def __init__(self, port: int, *links: Link) -> None:
        super().__init__()
        self.service = port
        self.links = links
        self.connections = self.open = self.held = 0
        self.gate = asyncio.Event()

    def let_go(self) -> None:
        """Have held bytes come, and hold none any more."""

        async def let_go() -> None:
            self.gate.set()

        self.run(let_go())

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await stop_listening(self._server)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = self.links[min(self.connections, len(self.links) - 1)]
        self.connections += 1
        self.open += 1
        try:
            # Until Python 3.12, asyncio complains about the cancelled tasks of a server.
            with suppress(OSError, asyncio.CancelledError):
                await self._join(link, reader, writer)
        finally:
            self.open -= 1
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _join(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.service)
        ways = [
            asyncio.ensure_future(self._ask(reader, back, link.up)),
            asyncio.ensure_future(self._carry(there, writer, link.down)),
        ]
        try:
            await asyncio.gather(*ways)
        except _CutError as cut:
            if cut.how == "reset":
                for each in (writer, back):
                    broken_off(each)
        finally:
            # Closed first: the end of the proxy may come while the rest is waited for.
            back.close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            with suppress(OSError):
                await back.wait_closed()

    async def _ask(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, harms: tuple[Harm, ...]
    ) -> None:
        """Hand on what a client sends; our clients are gone when they end their direction."""
        await self._carry(source, target, harms)
        if source.at_eof():
            raise _CutError("close")

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, harms: tuple[Harm, ...]
    ) -> None:
        """Hand on one direction to its end, and its end too."""
        chunks = _read(source)
        for harm in harms:
            chunks = harm.applied(chunks, self)
        async with aclosing(chunks):
            try:
                async for chunk in chunks:
                    target.write(chunk)
                    await target.drain()
            except _CutError as cut:
                if cut.how != "half":
                    raise
        target.write_eof()


async def _read(source: asyncio.StreamReader) -> Chunks:
    while chunk := await source.read(_CHUNK):
        yield chunk
