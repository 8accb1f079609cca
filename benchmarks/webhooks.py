"""
What a receiver costs above a bare handler of the same framework.

The bare one reads the body and answers; ours verifies, reads and hands over besides.
"""

from __future__ import annotations

import asyncio
import io
import statistics
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from cronofy_async.callbacks import SIGNATURE_HEADER, Callback, sign

from . import fresh
from .group import Group

if TYPE_CHECKING:
    from cronofy_async.webhooks import WebhookReceiver

__all__ = ("GROUPS",)

_NOTIFICATIONS: Final = 1000
_BLOCKS: Final = 7
_SECRET: Final = "CRN_of_the_benchmarks"
_PATH: Final = "/cronofy"
_SIGNATURE: Final = "HTTP_" + SIGNATURE_HEADER.upper().replace("-", "_")

Figures: TypeAlias = Mapping[str, float]


@attrs.frozen
class _Push:
    """One notification, as every way of asking needs it."""

    body: bytes
    headers: Mapping[str, str]


def _pushes() -> list[_Push]:
    """Changes of as many channels, so that no two become one."""
    made: list[_Push] = []
    for number in range(_NOTIFICATIONS):
        body = (
            '{"notification":{"type":"change","changes_since":"2030-01-07T09:24:16Z"},'
            f'"channel":{{"channel_id":"chn_{number:024}","callback_url":'
            '"https://app.example.com/cronofy","filters":{"only_managed":false}}}'
        ).encode()
        headers = {
            "Host": "app.example.com",
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            SIGNATURE_HEADER: sign(body, _SECRET),
        }
        made.append(_Push(body, headers))
    return made


@attrs.define
class _Counter:
    """A handler that does nothing, and knows when all has been handed over."""

    came: int = 0
    all_came: threading.Event = attrs.field(factory=threading.Event)

    def take(self, _: Callback) -> None:
        """Count one."""
        self.came += 1
        if self.came == _NOTIFICATIONS:
            self.came = 0
            self.all_came.set()

    async def take_later(self, callback: Callback) -> None:
        """The same, awaited."""
        self.take(callback)


def _limits() -> Any:
    from cronofy_async.webhooks import WebhookLimits

    # Without a window each is handed over by itself, which is the most that it can cost.
    return WebhookLimits(window=0, waiting=_NOTIFICATIONS)


def _compared(bare: Callable[[], None], ours: Callable[[], None]) -> Figures:
    """Milliseconds of the processor that one notification takes, in alternating blocks."""
    took: dict[str, list[float]] = {"bare": [], "ours": []}
    for number in range(_BLOCKS + 1):
        for name, work in (("bare", bare), ("ours", ours)):
            began = time.process_time()
            work()
            if number:  # The first block warms up.
                took[name].append((time.process_time() - began) * 1000 / _NOTIFICATIONS)
    medians = {name: statistics.median(values) for name, values in took.items()}
    return {**medians, "overhead": medians["ours"] - medians["bare"]}


# Applications that await ---------------------------------------------------------------

Ask = Callable[[_Push], Coroutine[Any, Any, None]]


def _awaited(runner: asyncio.Runner, bare: Ask, ours: Ask, counter: _Counter) -> Figures:
    pushes = _pushes()

    async def all_of(ask: Ask) -> None:
        for each in pushes:
            await ask(each)
        if ask is ours:
            while not counter.all_came.is_set():  # noqa: ASYNC110  # threads wait for it, too
                await asyncio.sleep(0)
            counter.all_came.clear()

    return _compared(lambda: runner.run(all_of(bare)), lambda: runner.run(all_of(ours)))


def starlette() -> Callable[[], Figures]:
    """Routes of Starlette, called as a server calls them."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from cronofy_async.webhooks import AsyncWebhookReceiver, asgi_app

    async def bare(request: Request) -> Response:
        await request.body()
        return Response()

    counter = _Counter()
    receiver = AsyncWebhookReceiver(_SECRET, counter.take_later, limits=_limits())
    app = Starlette(
        routes=[Route("/bare", bare, methods=["POST"]), Route(_PATH, asgi_app(receiver))]
    )

    def asking(path: str) -> Ask:
        async def send(_: Any) -> None:
            pass

        async def ask(push: _Push) -> None:
            raw = [(name.lower().encode(), value.encode()) for name, value in push.headers.items()]
            scope = {
                "type": "http",
                "http_version": "1.1",
                "method": "POST",
                "path": path,
                "root_path": "",
                "query_string": b"",
                "headers": raw,
            }

            async def receive() -> Any:
                return {"type": "http.request", "body": push.body, "more_body": False}

            await app(scope, receive, send)

        return ask

    def work() -> Figures:
        with asyncio.Runner() as runner:
            return _awaited(runner, asking("/bare"), asking(_PATH), counter)

    return work


def aiohttp() -> Callable[[], Figures]:
    """Handlers of aiohttp, asked over one connection of the loopback interface."""
    from aiohttp import web

    from cronofy_async.webhooks import AsyncWebhookReceiver, aiohttp_handler

    async def bare(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    counter = _Counter()
    receiver = AsyncWebhookReceiver(_SECRET, counter.take_later, limits=_limits())
    app = web.Application()
    app.router.add_post("/bare", bare)
    app.router.add_post(_PATH, aiohttp_handler(receiver))
    server = web.AppRunner(app, access_log=None)

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await server.setup()
        await web.TCPSite(server, "127.0.0.1", 0).start()
        host, port = server.addresses[0][:2]
        return await asyncio.open_connection(host, port)

    def work() -> Figures:
        with asyncio.Runner() as runner:
            reader, writer = runner.run(connect())

            def asking(path: str) -> Ask:
                async def ask(push: _Push) -> None:
                    lines = [f"{name}: {value}" for name, value in push.headers.items()]
                    head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""])
                    writer.write(head.encode() + push.body)
                    answer = await reader.readuntil(b"\r\n\r\n")
                    assert answer.startswith(b"HTTP/1.1 200"), answer

                return ask

            found = _awaited(runner, asking("/bare"), asking(_PATH), counter)
            writer.close()
            runner.run(server.cleanup())
        return found

    return work


# Applications that do not --------------------------------------------------------------


def _blocking(app: Any, receiver: WebhookReceiver, counter: _Counter) -> Callable[[], Figures]:
    pushes = _pushes()

    def start(status: str, *_: Any) -> None:
        assert status.startswith("200"), status

    def all_of(path: str) -> None:
        for each in pushes:
            environ = {
                "REQUEST_METHOD": "POST",
                "SCRIPT_NAME": "",
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "SERVER_NAME": "app.example.com",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.errors": sys.stderr,
                "wsgi.input": io.BytesIO(each.body),
                "CONTENT_TYPE": each.headers["Content-Type"],
                "CONTENT_LENGTH": each.headers["Content-Length"],
                "HTTP_HOST": each.headers["Host"],
                _SIGNATURE: each.headers[SIGNATURE_HEADER],
            }
            answer = app(environ, start)
            for _ in answer:
                pass
            answer.close()
        if path == _PATH:
            assert counter.all_came.wait(60)
            counter.all_came.clear()

    def work() -> Figures:
        with receiver:
            return _compared(partial(all_of, "/bare"), partial(all_of, _PATH))

    return work


def flask() -> Callable[[], Figures]:
    """Views of Flask, called as a server calls them."""
    from flask import Flask, request

    from cronofy_async.webhooks import WebhookReceiver, flask_view

    def bare() -> str:
        request.get_data()
        return ""

    counter = _Counter()
    receiver = WebhookReceiver(_SECRET, counter.take, limits=_limits())
    app = Flask(__name__)
    app.add_url_rule("/bare", view_func=bare, methods=["POST"])
    app.add_url_rule(_PATH, view_func=flask_view(receiver))
    return _blocking(app, receiver, counter)


def django() -> Callable[[], Figures]:
    """Views of Django, called as a server calls them."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    from cronofy_async.webhooks import WebhookReceiver, django_view

    def bare(request: Any) -> HttpResponse:
        assert request.body
        return HttpResponse()

    counter = _Counter()
    receiver = WebhookReceiver(_SECRET, counter.take, limits=_limits())
    routes = (path("bare", csrf_exempt(bare)), path(_PATH[1:], django_view(receiver)))
    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=routes)
    return _blocking(get_wsgi_application(), receiver, counter)


def _measure(prepare: Callable[[], Callable[[], Figures]]) -> Figures:
    found = fresh.run(prepare)
    return {figure: found[figure] for figure in ("bare", "ours", "overhead")}


GROUPS: Final = {
    "webhooks": Group(
        {
            "Starlette": partial(_measure, starlette),
            "aiohttp": partial(_measure, aiohttp),
            "Flask": partial(_measure, flask),
            "Django": partial(_measure, django),
        },
        rounds=5,
    )
}
"""By framework: a bare handler, ours, and what ours takes more, for one notification."""
