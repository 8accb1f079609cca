"""A handler of aiohttp's web server around a receiver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from aiohttp import web

from .intake import ANSWER_HEADERS, CHUNK
from .receiver import AsyncWebhookReceiver

__all__ = ("aiohttp_handler",)


def aiohttp_handler(
    receiver: AsyncWebhookReceiver,
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """
    Make a handler for ``app.router.add_post`` of a receiver.

    Close the receiver in ``app.on_cleanup``.

    Args:
        receiver: Takes the callbacks.
    """
    return partial(_answer, receiver)


async def _answer(receiver: AsyncWebhookReceiver, request: web.Request) -> web.StreamResponse:
    body = request.content
    status = await receiver.receive(
        request.method, request.headers.items(), lambda: body.read(CHUNK)
    )
    response = web.Response(status=status, headers=ANSWER_HEADERS.get(status))
    if not body.is_eof():
        # The server would read the rest of the body for some seconds, however long it is.
        response.force_close()
        with suppress(ConnectionError):
            await response.prepare(request)
            await response.write_eof()
        if request.protocol is not None:
            request.protocol.force_close()
    return response
