"""Sockets and connections for httpcore2, on asyncio and trio alike."""

# The signatures are httpcore2's, and `extra` is anyio's, not a database's.
# ruff: noqa: ARG002, S610

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import anyio
import httpcore2
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

from ._reuse import Promises, has_input

__all__ = ("Network", "Pool")

# More than an event loop reads at a time, so that nothing read stays behind unseen.
_READ: Final = 1024 * 1024
_BROKEN: Final = (anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError)


class Network(httpcore2.AsyncNetworkBackend):
    """
    Opens connections through anyio.

    httpcore2's own backend for asyncio reads in pieces and may keep the end of a piece
    where neither the parser nor the socket shows it; see `Pool` for why that matters.
    Timeouts are not looked at: the transport has one deadline around everything.
    """

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect, to the first address that answers."""
        try:
            return _Stream(_Greedy(await anyio.connect_tcp(host, port)))
        except OSError as error:
            raise httpcore2.ConnectError from error


class Pool(httpcore2.AsyncConnectionPool):
    """
    A pool that never uses a connection again on which something waits to be read.

    httpcore2 looks at an idle connection's socket. That does not show bytes which came
    together with the end of an answer and were read with it: its parser would take them
    for the answer to the next request, which may be another account's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._promises = Promises()
        self._over = False

    async def aclose(self) -> None:
        """Close every connection, and make none any more."""
        self._over = True
        await super().aclose()

    def create_connection(self, origin: httpcore2.Origin) -> httpcore2.AsyncConnectionInterface:
        """Make a connection, guarded."""
        if self._over:
            # For a request that was waiting for one: nobody would close it.
            raise httpcore2.ConnectError("the pool was closed")
        return _Guarded(super().create_connection(origin), str(origin), self._promises)


class _Guarded(httpcore2.AsyncConnectionInterface):
    """A connection that is looked at before it is used again."""

    def __init__(
        self, inner: httpcore2.AsyncConnectionInterface, server: str, promises: Promises
    ) -> None:
        self._inner = inner
        self._server = server
        self._promises = promises
        self._taken: float | None = None
        self._broken = False
        self._closed = False

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        try:
            if self._taken is not None and not await self._is_usable(self._taken):
                await self._inner.aclose()
                # This tells the pool to take another connection.
                raise httpcore2.ConnectionNotAvailable
            self._taken = self._promises.clock()
            response = await self._inner.handle_async_request(request)
            if self._closed:
                # The pool was closed while this connection was being made: it is in no
                # pool, and nobody else would close it.
                raise httpcore2.ReadError("the connection was closed")
            return response
        except httpcore2.ConnectionNotAvailable:
            raise
        except BaseException:
            # A proxy's tunnel that is given up while it is dug would stay in the pool.
            self._broken = True
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise

    async def _is_usable(self, taken: float) -> bool:
        if not self._promises.are_believed(self._server):
            return False
        if grace := self._promises.grace(self._server):
            await anyio.sleep(grace)
        if self._inner.has_expired() or _has_leftover(self._inner):
            self._promises.broken(self._server, taken)
            return False
        self._promises.kept(self._server)
        return True

    def has_expired(self) -> bool:
        return self._inner.has_expired()

    def is_closed(self) -> bool:
        return self._broken or self._inner.is_closed()

    async def aclose(self) -> None:
        self._closed = True
        await self._inner.aclose()

    def info(self) -> str:
        return self._inner.info()

    def can_handle_request(self, origin: httpcore2.Origin) -> bool:
        return self._inner.can_handle_request(origin)

    def is_connected(self) -> bool:
        return self._inner.is_connected()

    def is_available(self) -> bool:
        return not self._broken and self._inner.is_available()

    def is_idle(self) -> bool:
        return self._inner.is_idle()


def _has_leftover(connection: Any) -> bool:
    """
    Whether the parser of an idle connection holds bytes of no answer.

    The parser is nobody's public attribute. If it is not found where it is expected,
    the answer is yes: then connections are not used again, which is slow but safe.
    """
    while connection is not None:
        parser = getattr(connection, "_h11_state", None)
        if parser is not None:
            return bool(parser.trailing_data[0])
        connection = getattr(connection, "_connection", None)
    return True


class _Greedy(ByteStream):
    """Hands over all that was read, however little was asked for."""

    def __init__(self, inner: ByteStream) -> None:
        self._inner = inner

    async def receive(self, max_bytes: int = _READ) -> bytes:
        return await self._inner.receive(_READ)

    async def send(self, item: bytes) -> None:
        await self._inner.send(item)

    async def send_eof(self) -> None:
        await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._inner.extra_attributes


class _Stream(httpcore2.AsyncNetworkStream):
    """An anyio stream in httpcore2's terms."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return await self._stream.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except _BROKEN as error:
            raise httpcore2.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            if buffer:
                await self._stream.send(buffer)
        except _BROKEN as error:
            raise httpcore2.WriteError from error

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            # Servers rarely end TLS politely, so its end is not waited for.
            secured = await TLSStream.wrap(
                self._stream,
                hostname=server_hostname,
                ssl_context=ssl_context,
                server_side=False,
                standard_compatible=False,
            )
        except BaseException as error:
            await anyio.aclose_forcefully(self._stream)
            if isinstance(error, (anyio.EndOfStream, *_BROKEN)):
                raise httpcore2.ConnectError from error
            raise
        return _Stream(secured)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._stream.extra(TLSAttribute.ssl_object, None)
        if info == "is_readable":
            return self._is_readable()
        return None

    def _is_readable(self) -> bool:
        if has_input(self._stream.extra(SocketAttribute.raw_socket, None)):
            return True
        secured = self._stream.extra(TLSAttribute.ssl_object, None)
        if secured is None:
            return False
        # Reading is the only way to learn what TLS holds. It loses nothing: asked of an
        # idle connection, anything but "nothing yet" means that it is thrown away.
        try:
            secured.read(1)
        except ssl.SSLError as error:
            return not isinstance(error, ssl.SSLWantReadError)
        return True
