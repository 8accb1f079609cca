"""Real servers on loopback, each in its own thread, so that any event loop can be its client."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Self, TypeVar

import anyio
import attrs
from aiohttp import web

T = TypeVar("T")

JSON = "application/json"


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def stop_listening(server: asyncio.Server) -> None:
    """
    Close a server, but not before what it accepted is set up.

    asyncio loses a connection that was accepted and not set up when its server closes.
    """
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await _turns(8)
    server.close()


class ThreadedServer:
    """
    A server in a thread of its own; use it as a context manager.

    Args:
        tls: Makes it speak TLS.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        """The origin."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a free port and set it; runs in the thread."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Close everything; runs in the thread."""
        raise NotImplementedError

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        """Run something in the thread and wait for it."""
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(10)

    async def _cancel_rest(self) -> None:
        # What serves a connection has to begin before it can be cancelled and close it.
        await _turns(8)
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        # Each closing takes a turn of the loop.
        await _turns(8)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.stop())
        self.run(self._cancel_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class EchoServer(ThreadedServer):
    """
    Answers by the first segment of the path.

    ========================  ====================================================
    ``/echo...``              what was received: method, target, headers, body
    ``/status/404``           that status, with a JSON body
    ``/slow``                 nothing, until the client goes
    ``/gzip``, ``/deflate``,  a JSON body so encoded
    ``/raw-deflate``,
    ``/members``, ``/odd``
    ``/chunked``              a JSON body in three chunks
    ``/big/1000``             that many bytes
    ``/redirect/307``         that status, leading to ``/echo``
    ``/cookie``               an answer that sets a cookie
    ``/head/20000/3``         three headers of that many bytes
    ========================  ====================================================

    Attributes:
        seen: The targets asked for, as they stood on the wire.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.seen: list[str] = []

    async def start(self) -> None:
        server = web.Server(self._answer, access_log=None, max_field_size=200_000)
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self.tls)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append(request.raw_path)
        path = request.raw_path.partition("?")[0]
        _, kind, *rest = path.split("/")
        encoders: dict[str, Callable[[bytes], bytes]] = {
            "gzip": gzip.compress,
            "deflate": zlib.compress,
            "raw-deflate": lambda data: zlib.compress(data)[2:-4],
            "members": lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:]),
            "odd": lambda data: data,
        }
        if kind in encoders:
            coding = {"raw-deflate": "deflate", "members": "gzip", "odd": "br"}.get(kind, kind)
            return web.Response(
                body=encoders[kind](b'{"coded": true}'),
                headers={"content-encoding": coding, "content-type": JSON},
            )
        if kind == "status":
            return web.json_response({"status": int(rest[0])}, status=int(rest[0]))
        if kind == "slow":
            await asyncio.sleep(30)
        if kind == "chunked":
            return await self._chunked(request)
        if kind == "big":
            return web.Response(body=bytes(int(rest[0])))
        if kind == "redirect":
            return web.Response(status=int(rest[0]), headers={"location": "/echo/elsewhere"})
        if kind == "cookie":
            return web.json_response({}, headers={"set-cookie": "who=tenant-a; Path=/"})
        if kind == "head":
            size, count = int(rest[0]), int(rest[1])
            return web.Response(headers={f"x-{number}": "a" * size for number in range(count)})
        return await self._echo(request)

    async def _chunked(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": JSON})
        response.enable_chunked_encoding()
        await response.prepare(request)
        for chunk in (b'{"chunk', b'ed": ', b"true}"):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _echo(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()  # Without the limit of read().
        return web.json_response(
            {
                "method": request.method,
                "target": request.raw_path,
                "headers": [[n.decode().lower(), v.decode()] for n, v in request.raw_headers],
                "body": body.decode("latin-1"),
            }
        )


@attrs.define
class Connection:
    """A connection as a fault server sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: FaultServer


class Action:
    """One thing that a fault server does on a connection."""

    async def do(self, connection: Connection) -> None:
        """Do it."""
        raise NotImplementedError


@attrs.frozen
class Read(Action):
    """Read one request, head and body, and put it on record."""

    async def do(self, connection: Connection) -> None:
        head = await connection.reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body = await connection.reader.readexactly(length)
        connection.server.requests.append(head + body)


@attrs.frozen
class Begin(Action):
    """Wait for the first byte of a request, so that the client has its connection."""

    async def do(self, connection: Connection) -> None:
        await connection.reader.readexactly(1)


@attrs.frozen
class Send(Action):
    """Send bytes, all at once or *size* at a time with *pause* seconds between."""

    data: bytes
    size: int | None = None
    pause: float = 0.0

    async def do(self, connection: Connection) -> None:
        step = self.size or len(self.data) or 1
        for start in range(0, len(self.data), step):
            if start:
                await asyncio.sleep(self.pause)
            connection.writer.write(self.data[start : start + step])
            await connection.writer.drain()


@attrs.frozen
class Wait(Action):
    """Do nothing for a time, or until the client closes the connection."""

    seconds: float | None = None

    async def do(self, connection: Connection) -> None:
        if self.seconds is not None:
            await asyncio.sleep(self.seconds)
        else:
            await connection.reader.read()


@attrs.frozen
class Close(Action):
    """Close the connection in an orderly way; so does the end of a script."""

    async def do(self, connection: Connection) -> None:
        connection.writer.close()


@attrs.frozen
class Reset(Action):
    """Break the connection off."""

    async def do(self, connection: Connection) -> None:
        broken_off(connection.writer)


@attrs.frozen
class Tunnel(Action):
    """Be a proxy: carry bytes to a port of this machine and back, until one side ends."""

    port: int

    async def do(self, connection: Connection) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()

        ways = [
            asyncio.ensure_future(carry(connection.reader, writer)),
            asyncio.ensure_future(carry(reader, connection.writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.close()


class FaultServer(ThreadedServer):
    """
    Does on each connection what its script says, and nothing else.

    Args:
        scripts: One list of actions for each connection in turn; the last one serves
            all further connections.
        tls: Makes it speak TLS.

    Attributes:
        requests: Every request that was read, as bytes.
        connections: How many were accepted.
        open: How many are open now.
    """

    def __init__(self, *scripts: Sequence[Action], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.scripts = scripts
        self.requests: list[bytes] = []
        self.connections = 0
        self.open = 0
        self._last: asyncio.StreamWriter | None = None

    def say(self, data: bytes) -> None:
        """Send bytes on the last connection, unasked; back when they are with the client."""

        async def say(writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                writer.write(data)
                await writer.drain()

        if data and self._last is not None:
            self.run(say(self._last))

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls, limit=2**20, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await stop_listening(self._server)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        self.open += 1
        self._last = writer
        try:
            connection = Connection(reader, writer, self)
            # The client may go at any moment; that is what many tests are about. And until
            # Python 3.12, asyncio complains about the cancelled tasks of a server.
            with suppress(OSError, EOFError, asyncio.CancelledError):
                for action in script:
                    await action.do(connection)
        finally:
            self.open -= 1
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


def broken_off(writer: asyncio.StreamWriter) -> None:
    """End a connection by a reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answer(
    body: bytes | dict[str, Any] = b"{}", *headers: tuple[str, str], status: int = 200
) -> bytes:
    """The bytes of a whole answer that keeps the connection."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.lower() for name, _ in headers}
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
    if not named & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


async def settled(server: FaultServer, still_open: int = 0) -> bool:
    """Whether at most so many connections are open on a server, now or within a second."""
    for _ in range(100):
        if server.open <= still_open:
            return True
        await anyio.sleep(0.01)
    return False


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
