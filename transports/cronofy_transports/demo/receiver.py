"""A program's own web server, as small as it can be: it takes redirects and notifications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import attrs
from aiohttp import web

from cronofy_async import SignatureError
from cronofy_async.callbacks import SIGNATURE_HEADER, Callback, read_callback

from .screen import Screen

__all__ = ("Receiver", "receiving")


@attrs.define
class Receiver:
    """
    What has arrived so far.

    Attributes:
        url: The server's origin.
        notifications: Verified callbacks, in their order.
        redirects: URLs with which a browser came back.
        secret: Verifies notifications.
        screen: Where they are shown.
    """

    url: str
    secret: str
    screen: Screen
    notifications: asyncio.Queue[Callback] = attrs.field(factory=asyncio.Queue)
    redirects: asyncio.Queue[str] = attrs.field(factory=asyncio.Queue)

    async def notified(self, request: web.Request) -> web.Response:
        """Take a push notification: verify the raw bytes, then read them."""
        body = await request.read()
        try:
            callback = read_callback(body, request.headers.get(SIGNATURE_HEADER), self.secret)
        except SignatureError:
            return web.Response(status=401)
        self.screen.received("notification, its signature verified", body)
        self.notifications.put_nowait(callback)
        return web.Response()

    async def redirected(self, request: web.Request) -> web.Response:
        """Take a browser that comes back from the consent page."""
        self.redirects.put_nowait(str(request.url))
        return web.Response(text="Thank you. You can close this window.")


@asynccontextmanager
async def receiving(secret: str, screen: Screen) -> AsyncGenerator[Receiver]:
    """Run a receiver on a free port of the loopback interface."""
    receiver = Receiver(url="", secret=secret, screen=screen)
    app = web.Application(client_max_size=64 * 1024)
    app.router.add_post("/notifications", receiver.notified)
    app.router.add_get("/authorized", receiver.redirected)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        receiver.url = f"http://{host}:{port}"
        yield receiver
    finally:
        await runner.cleanup()
