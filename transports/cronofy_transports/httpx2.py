"""
The transport for trio, which also runs on asyncio: httpx2's connection pool.

It stands on httpcore2, the pool that httpx2 is built on and installs, and not on
`httpx2.AsyncClient`. What that class adds is what a transport must not do: it keeps
cookies, follows redirects, takes credentials from URLs and netrc, adds headers, and
logs each URL with its query.
"""

from __future__ import annotations

import logging
import re
import ssl
import sys
from contextlib import aclosing
from functools import cache, partial
from typing import Final
from urllib.parse import unquote, urlsplit

import anyio
import httpcore2
from anyio.lowlevel import RunVar

from cronofy_async.core.errors import TransportError
from cronofy_async.core.wire import Request, Response

from ._body import MAX_BODY, Body
from ._failures import COMMON, NO_CONNECTION, Row, forget_locals, timed_out, translate
from ._loops import PerLoop
from ._network import Network, Pool
from ._proxy import check_proxy
from ._reuse import KEEPALIVE
from ._wire import ACCEPT_ENCODING, check_request, read_head

__all__ = ("Httpx2Transport",)

_TABLE: Final = (
    Row(httpcore2.ConnectError, *NO_CONNECTION),
    Row(httpcore2.ProxyError, NO_CONNECTION[0], "the proxy does not lead to {origin}"),
    Row(
        httpcore2.RemoteProtocolError,
        TransportError,
        "the answer of {origin} is cut short or not valid HTTP",
    ),
    Row(httpcore2.NetworkError, TransportError, "the connection to {origin} broke: {reason}"),
    *COMMON,
)

_WITH_LENGTH: Final = frozenset({"DELETE", "PATCH", "POST", "PUT"})
_QUOTES: Final = re.compile(r" (return_value|exception)=.*", re.DOTALL)

_LOOP: Final[RunVar[object]] = RunVar("cronofy_transports event loop")


def _quotes_nothing(record: logging.LogRecord) -> bool:
    """Cut what httpcore2 quotes in its log: an answer's headers, and bytes that are no HTTP."""
    record.msg = _QUOTES.sub("", str(record.msg))
    return True


for _name in ("httpcore2.http11", "httpcore2.proxy"):
    logging.getLogger(_name).addFilter(_quotes_nothing)


class Httpx2Transport:
    """
    Sends requests with httpx2's connection pool, on trio or asyncio, over HTTP/1.1.

    Connections are opened at first use, kept for 15 idle seconds and not limited in
    number. They belong to the event loop in which they were opened: a transport used in
    a second loop opens new ones there.

    An answer's body is decompressed, and refused with a `TransportError` if it is
    broken, longer than *max_body*, or beyond 1 MiB more than 200 times longer than its
    compressed form.

    Args:
        ssl_context: How to verify the server; left out: against the system's
            authorities.
        proxy: ``http://[user:password@]host:port``; left out: no proxy, whatever the
            environment says.
        max_body: Bytes that the decompressed body of an answer may have.

    Raises:
        InvalidArgumentError: *proxy* is malformed.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        max_body: int = MAX_BODY,
    ) -> None:
        through = _proxy(proxy) if proxy is not None else None
        self._pools = PerLoop(partial(_open_pool, ssl_context, through), _close_pool, _running_loop)
        self._max_body = max_body

    async def send(self, request: Request, *, timeout: float) -> Response:
        """
        Send one request, once, and read the answer whole.

        Raises:
            ConnectError: No connection was made, so nothing was sent; a `CertificateError` if
                the server's certificate is not accepted.
            TransportTimeoutError: *timeout* seconds were over.
            TransportError: No complete answer arrived, or one that is refused.
            InvalidArgumentError: The request is malformed, or the transport is closed;
                nothing was sent.
        """
        check_request(request)
        pool = await self._pools.get()
        failure: TransportError | None = None
        before = sys.exception()
        with anyio.move_on_after(timeout) as scope:
            try:
                return await self._exchange(pool, request)
            except BaseException as error:
                forget_locals(error, before)
                if not isinstance(error, Exception):
                    raise
                failure = translate(error, _TABLE, request)
                if failure is None:
                    raise
        if failure is None or scope.cancel_called:
            raise timed_out(request, timeout)
        raise failure from failure.__cause__

    async def aclose(self) -> None:
        """Close every connection. Closing twice does nothing."""
        await self._pools.aclose()

    async def _exchange(self, pool: Pool, request: Request) -> Response:
        response = await pool.handle_async_request(_wire(request))
        try:
            headers = read_head(response.status, response.headers)
            body = Body(headers, self._max_body)
            async with aclosing(response.aiter_stream()) as chunks:
                async for chunk in chunks:
                    body.feed(chunk)
            return Response(response.status, headers, body.finish())
        finally:
            await response.aclose()


def _running_loop() -> object:
    """An object that stands for the running event loop."""
    loop = _LOOP.get(None)
    if loop is None:
        loop = object()
        _LOOP.set(loop)
    return loop


def _open_pool(ssl_context: ssl.SSLContext | None, proxy: httpcore2.Proxy | None) -> Pool:
    return Pool(
        ssl_context=ssl_context or _default_ssl_context(),
        proxy=proxy,
        max_connections=None,
        keepalive_expiry=KEEPALIVE,
        network_backend=Network(),
    )


async def _close_pool(pool: Pool) -> None:
    await pool.aclose()


@cache
def _default_ssl_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _proxy(proxy: str) -> httpcore2.Proxy:
    parts = check_proxy(proxy)
    auth = None
    if parts.username is not None:
        auth = unquote(parts.username), unquote(parts.password or "")
    return httpcore2.Proxy(f"http://{parts.netloc.rpartition('@')[2]}", auth=auth)


def _wire(request: Request) -> httpcore2.Request:
    """The request in httpcore2's terms, byte for byte as it is given."""
    parts = urlsplit(request.url)
    headers = [("host", parts.netloc), *request.headers]
    names = {name for name, _ in headers}
    if "accept-encoding" not in names:
        headers.append(("accept-encoding", ACCEPT_ENCODING))
    if "content-length" not in names and (request.body or request.method in _WITH_LENGTH):
        headers.append(("content-length", str(len(request.body))))
    return httpcore2.Request(
        request.method,
        httpcore2.URL(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port,
            target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        ),
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=request.body,
    )
