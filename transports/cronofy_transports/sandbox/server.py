"""
The sandbox over HTTP on this machine.

One port takes the part of the API host and of the app host. Requests are read whole,
handed to `Sandbox.handle` and answered; callbacks are delivered in the background.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import http_exceptions, web

from cronofy_async.core import lazy

from .addresses import LOOPBACK, Urls, listen, urls_of
from .courier import Courier

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request, Response

    from .faults import Strike
    from .sandbox import Sandbox

# Loaded at the first request: until then only being ready counts.
hosts = lazy.module("cronofy_async.core.hosts")
wire = lazy.module("cronofy_async.core.wire")

__all__ = ("from_this_machine", "serve")

log = logging.getLogger("cronofy_transports.sandbox")

_LARGEST: Final = 32 * 1024 * 1024
_WORTH_PACKING: Final = 1024
_CONTROL: Final = "/_sandbox"
_PATIENCE: Final = 0.05
_HOST: Final = re.compile(r"(?P<name>\[[\da-f:.]+\]|[\w.-]+)(:\d{0,5})?", re.ASCII | re.IGNORECASE)


@asynccontextmanager
async def serve(
    sandbox: Sandbox,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    callback_hosts: Collection[str] = (),
    names: Collection[str] = (),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    listening: Sequence[socket.socket] = (),
) -> AsyncGenerator[Urls]:
    """
    Answer over HTTP while the block runs.

    Args:
        sandbox: Who answers.
        host: The address to listen on. Any other than a loopback address lets other
            machines in, who then have the run of the sandbox.
        port: 0 takes one that is free.
        callback_hosts: Hosts besides this machine that callbacks may be delivered to.
        names: Host names to answer under, besides those of this machine and *host*.
        sleep: Lets seconds pass, where a fault takes time.
        listening: What listens on *host* already, in place of *port*; closed at the end.

    Raises:
        OSError: The address cannot be listened on.
    """
    listening = listening or listen(host, port)
    door = _Door(sandbox, host, names, sleep)
    # A body is never unpacked: one official client labels plain ones as packed.
    server = web.Server(door.answer, auto_decompress=False, logger=_log_of_server())
    # Not 0, which would wait for requests that are under way for ever.
    runner = web.ServerRunner(server, shutdown_timeout=_PATIENCE)
    courier = Courier(sandbox, callback_hosts)
    try:
        await runner.setup()
        for each in listening:
            await web.SockSite(runner, each).start()
        async with courier:
            yield urls_of(host, listening)
    finally:
        await runner.cleanup()
        for each in listening:
            each.close()


def _log_of_server() -> logging.Logger:
    """Where the web server says what went wrong with itself."""
    found = log.getChild("server")
    found.addFilter(_is_no_clients_fault)
    return found


def _is_no_clients_fault(record: logging.LogRecord) -> bool:
    # What is no HTTP is quoted there, and may hold a token.
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, (http_exceptions.HttpProcessingError, ConnectionError))


class _Door:
    """Lets in what came to the right address, and passes it on."""

    def __init__(
        self,
        sandbox: Sandbox,
        host: str,
        names: Collection[str],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._sandbox, self._sleep = sandbox, sleep
        self._names = {each.lower() for each in (host, *names)}
        self._is_open = host != LOOPBACK and not hosts.is_loopback(host)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        host, path = _target(request)
        if not self._is_own(host):
            # A page elsewhere could point its own name at this machine.
            return web.Response(status=421, text="This is a sandbox on another name.")
        url = f"http://{host}{path}"
        if urlsplit(url).path.startswith(_CONTROL) and not from_this_machine(request.remote):
            return web.Response(status=403)
        body = await self._body(request)
        if body is None:
            return web.Response(status=413)
        asked = wire.Request(request.method, url, tuple(request.headers.items()), body)
        sandbox = self._sandbox
        if sandbox.faults.armed:
            strike = sandbox.faults.strike(asked)
            if strike is not None:
                return await self._struck(asked, strike)
        return _written(sandbox.answer(asked), request.headers.get("Accept-Encoding", ""))

    async def _struck(self, request: Request, strike: Strike) -> web.StreamResponse:
        from .raw import RawAnswer

        if strike.action.wait:
            await self._sleep(strike.action.wait)
        return RawAnswer(self._sandbox.answer_struck(request, strike), self._sleep)

    def _is_own(self, host: str) -> bool:
        # The host becomes part of a URL: nothing in it may begin another part.
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        name = parts["name"].strip("[]").lower()
        # An address in the place of a name cannot have been pointed here by somebody else.
        return (
            hosts.is_loopback(name) or name in self._names or (self._is_open and _is_address(name))
        )

    @staticmethod
    async def _body(request: web.BaseRequest) -> bytes | None:
        chunks = bytearray()
        async for chunk in request.content.iter_chunked(64 * 1024):
            chunks += chunk
            if len(chunks) > _LARGEST:
                return None
        return bytes(chunks)


def _target(request: web.BaseRequest) -> tuple[str, str]:
    """The host with its port, and the path with its query, that a request asks for."""
    raw = request.raw_path
    if not raw.lower().startswith(("http://", "https://")):
        return request.host, raw
    # Clients that take the sandbox for a proxy send whole URLs, which go before Host.
    parts = urlsplit(raw)
    return parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def from_this_machine(address: str | None) -> bool:
    """Whether a request came from this machine, by the address it came from."""
    try:
        return address is not None and ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _written(response: Response, accepted: str) -> web.Response:
    body = response.body
    answer = web.Response(status=response.status)
    for name, value in response.headers:
        answer.headers.add(name.title(), value)
    if "gzip" in accepted and len(body) > _WORTH_PACKING:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    answer.body = body
    return answer
