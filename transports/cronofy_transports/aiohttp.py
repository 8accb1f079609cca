"""The default transport, on aiohttp; for asyncio."""

from __future__ import annotations

import asyncio
import io
import ssl
import sys
from collections.abc import Hashable
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from cronofy_async.core.errors import InvalidArgumentError, TransportError
from cronofy_async.core.wire import Request, Response

from ._body import MAX_BODY, Body
from ._failures import COMMON, NO_CONNECTION, Row, forget_locals, timed_out, translate
from ._loops import PerLoop, closed_error
from ._proxy import check_proxy
from ._reuse import KEEPALIVE, Promises, has_input
from ._wire import ACCEPT_ENCODING, MAX_FIELDS, MAX_HEAD, check_request, read_head

__all__ = ("AiohttpTransport",)

# Given to a session of ours once, to a caller's with each request.
_SETTINGS: Final[dict[str, Any]] = {
    "auto_decompress": False,
    "max_field_size": 2 * MAX_HEAD,
    "max_headers": 2 * MAX_FIELDS,
    "max_line_size": MAX_HEAD,
    # What aiohttp is not to add; it still adds the host and the length.
    "skip_auto_headers": ("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    "timeout": aiohttp.ClientTimeout(),
}
_LARGE: Final = 1024 * 1024


class _ConnectionLost(aiohttp.ClientError):
    """The connection broke after the request was on its way."""


_TABLE: Final = (
    Row(aiohttp.ClientConnectorError, *NO_CONNECTION),
    Row(aiohttp.InvalidURL, *NO_CONNECTION),
    Row(aiohttp.ClientHttpProxyError, NO_CONNECTION[0], "the proxy does not lead to {origin}"),
    Row(aiohttp.ClientPayloadError, TransportError, "the answer of {origin} is cut short"),
    Row(aiohttp.ClientResponseError, TransportError, "the answer of {origin} is not valid HTTP"),
    Row(aiohttp.ClientError, TransportError, "the connection to {origin} broke: {reason}"),
    *COMMON,
)


class AiohttpTransport:
    """
    Sends requests with aiohttp.

    Connections are opened at first use, kept for 15 idle seconds and not limited in
    number. They belong to the event loop in which they were opened: a transport used in
    a second loop opens new ones there.

    An answer's body is decompressed, and refused with a `TransportError` if it is
    broken, longer than *max_body*, or beyond 1 MiB more than 200 times longer than its
    compressed form.

    Args:
        session: A session of your own, never closed by this transport; left out: one
            that is made for each event loop. It must not read the environment. Its
            client middlewares are not run and its cookies not sent, but its default
            headers are, and its cookie jar keeps what answers set. A connection that it
            keeps is not looked at before it is used again, so a request may be lost
            where ours would not be.
        ssl_context: How to verify the server; left out: against the system's
            authorities.
        proxy: ``http://[user:password@]host:port``; left out: no proxy, whatever the
            environment says.
        max_body: Bytes that the decompressed body of an answer may have.

    Raises:
        InvalidArgumentError: *proxy* is malformed, or *session* reads the environment.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        max_body: int = MAX_BODY,
    ) -> None:
        if proxy is not None:
            check_proxy(proxy)
        if session is not None and session.trust_env:
            raise InvalidArgumentError(
                "session",
                "takes proxies and credentials from the environment",
                "make it with trust_env=False; a proxy can be given here",
            )
        self._foreign = _Foreign(session, ssl_context) if session is not None else None
        self._own = PerLoop(partial(_open_session, ssl_context), _close_session, _running_loop)
        self._proxy = URL(proxy) if proxy is not None else None
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
        if self._foreign is not None:
            session, options = self._foreign.session_for(request)
        else:
            session, options = await self._own.get(), {"middlewares": (_send_once,)}
        deadline, before = asyncio.timeout(timeout), sys.exception()
        try:
            async with deadline:
                return await self._exchange(session, options, request)
        except BaseException as error:
            forget_locals(error, before)
            if not isinstance(error, Exception):
                raise
            failure = (
                timed_out(request, timeout)
                if deadline.expired()
                else translate(error, _TABLE, request)
            )
            if failure is None:
                raise
        raise failure from failure.__cause__

    async def aclose(self) -> None:
        """Close every connection, but no session that was given. Closing twice does nothing."""
        if self._foreign is not None:
            self._foreign.closed = True
        await self._own.aclose()

    async def _exchange(
        self, session: aiohttp.ClientSession, options: dict[str, Any], request: Request
    ) -> Response:
        response = await session.request(
            request.method,
            URL(request.url, encoded=True),
            headers=_headers(request),
            data=_payload(request.body),
            allow_redirects=False,
            proxy=self._proxy,
            **options,
        )
        try:
            headers = read_head(response.status, response.raw_headers)
            body = Body(headers, self._max_body)
            while chunk := await response.content.readany():
                body.feed(chunk)
            return Response(response.status, headers, body.finish())
        except BaseException:
            response.close()
            raise


class _Foreign:
    """A caller's session, and what each request must tell it to keep our promises."""

    def __init__(self, session: aiohttp.ClientSession, ssl_context: ssl.SSLContext | None) -> None:
        self.closed = False
        self._session = session
        self._loop: asyncio.AbstractEventLoop | None = None
        # As aiohttp has it, True is for what the session's connector says.
        self._options = {**_SETTINGS, "raise_for_status": False, "ssl": ssl_context or True}

    def session_for(self, request: Request) -> tuple[aiohttp.ClientSession, dict[str, Any]]:
        loop = _running_loop()
        if self.closed:
            raise closed_error()
        if self._session.closed:
            raise InvalidArgumentError("session", "is closed", "keep it open while it is used")
        if self._loop is not None and self._loop is not loop:
            raise InvalidArgumentError(
                "session", "belongs to another event loop", "give one of this loop, or none"
            )
        self._loop = loop
        own = partial(_replace_cookies, request.header("cookie"))
        return self._session, {**self._options, "middlewares": (own, _send_once)}


class _Connector(aiohttp.TCPConnector):
    """
    Gives out only connections on which nothing has happened since their last answer.

    aiohttp learns that the server closed an idle connection, or sent bytes that nobody
    asked for, when its event loop next turns. A request sent before that is lost, or
    takes those bytes for its answer. So a connection is looked at before its next use.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._taken: WeakKeyDictionary[ResponseHandler, float] = WeakKeyDictionary()
        self._promises = Promises()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            assert protocol is not None
            try:
                usable = protocol not in self._taken or await self._is_usable(
                    req.connection_key, protocol
                )
            except BaseException:
                connection.close()
                raise
            if usable:
                self._taken[protocol] = self._promises.clock()
                return connection
            connection.close()

    async def _is_usable(self, server: Hashable, protocol: ResponseHandler) -> bool:
        """Whether a connection may be used again."""
        if not self._promises.are_believed(server):
            return False
        if grace := self._promises.grace(server):
            await asyncio.sleep(grace)
        if _is_spoilt(protocol):
            self._promises.broken(server, self._taken[protocol])
            return False
        self._promises.kept(server)
        return True


def _is_spoilt(protocol: ResponseHandler) -> bool:
    """Whether anything happened on an idle connection."""
    transport = protocol.transport
    sock = transport.get_extra_info("socket") if transport is not None else None
    if protocol.should_close or has_input(sock):
        return True
    # The beginning of an answer that nobody asked for hides in the last answer's parser,
    # which tells when it is told that no more will come. The next answer gets a new one:
    # without this attribute, such a connection would merely be used again.
    parser: Any = getattr(protocol, "_parser", None)
    try:
        return parser is not None and parser.feed_eof() is not None
    except Exception:  # Whatever it is that the parser makes of those bytes.
        return True


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise InvalidArgumentError(
            "transport", "aiohttp runs on asyncio only", "use Httpx2Transport on trio"
        ) from None


def _open_session(ssl_context: ssl.SSLContext | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=_Connector(limit=0, keepalive_timeout=KEEPALIVE, ssl=ssl_context or True),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        **_SETTINGS,
    )


async def _close_session(session: aiohttp.ClientSession) -> None:
    await session.close()


def _headers(request: Request) -> CIMultiDict[str]:
    headers = CIMultiDict(request.headers)
    headers.setdefault("accept-encoding", ACCEPT_ENCODING)
    return headers


def _payload(body: bytes) -> bytes | io.BytesIO | None:
    """A body in the form that aiohttp wants: bytes when short, a file when long."""
    return io.BytesIO(body) if len(body) > _LARGE else body or None


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """
    Keep aiohttp from sending a request again.

    It repeats idempotent requests once, by itself, when one of two exceptions says that
    the connection broke; any other exception it passes on.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # Nothing was sent, and this is never repeated.
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _ConnectionLost from error


async def _replace_cookies(
    cookie: str | None, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send the request's own cookie header, if any, and not the session's cookies."""
    request.headers.popall("cookie", None)
    if cookie is not None:
        request.headers["cookie"] = cookie
    return await handler(request)
