"""An ASGI application around a receiver, for Starlette, FastAPI and whatever speaks ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from ..core.errors import InvalidArgumentError
from .intake import ANSWER_HEADERS
from .receiver import AsyncWebhookReceiver

__all__ = ("WebhookApp", "asgi_app")

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]

_KEPT: Final = (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
"""After any other answer there may be more of the body, which nobody is to read."""


class _GoneError(Exception):
    """The client hung up before its body was there."""


class WebhookApp:
    """
    A receiver as an ASGI application; see `asgi_app`.

    It is no function, so that Starlette's ``Route`` takes it for what it is.
    """

    def __init__(
        self, receiver: AsyncWebhookReceiver, path: str | None, otherwise: App | None
    ) -> None:
        self._receiver, self._path, self._otherwise = receiver, path, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._otherwise is not None and scope["path"] != self._path:
            await self._otherwise(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self._receiver.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_over = False

        async def read() -> bytes:
            nonlocal is_over
            while not is_over:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                is_over = not message.get("more_body", False)
                chunk: bytes = message.get("body", b"")
                if chunk:
                    return chunk
            return b""

        pairs = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        try:
            status = await self._receiver.receive(scope["method"], pairs, read)
        except _GoneError:
            return
        headers = {"Content-Length": "0", **ANSWER_HEADERS.get(status, {})}
        # HTTP/2 has no such header, and ends a stream by other means.
        if status not in _KEPT and scope.get("http_version", "1.1").startswith("1"):
            headers["Connection"] = "close"
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": int(status), "headers": raw})
        await send({"type": "http.response.body", "body": b""})


def asgi_app(
    receiver: AsyncWebhookReceiver, *, path: str | None = None, otherwise: App | None = None
) -> WebhookApp:
    """
    Make an ASGI application of a receiver.

    Without more it answers whatever reaches it: route one URL to it, or have a server run it
    alone. Run alone, or in front of another application, it closes the receiver when
    the server ends; mounted, it is not told, and closing is yours.

    Args:
        receiver: Takes the callbacks.
        path: With *otherwise*: where callbacks come to.
        otherwise: The application that answers at any other path. It is not told when the
            server begins and ends, which Django, for one, could not be.
    """
    if (path is None) != (otherwise is None):
        missing = "path" if path is None else "otherwise"
        raise InvalidArgumentError(missing, "is missing", "give path and otherwise, or neither")
    return WebhookApp(receiver, path, otherwise)
