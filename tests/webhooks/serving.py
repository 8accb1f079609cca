"""Receivers in real servers of their frameworks on loopback, each in a thread of its own."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from queue import Queue
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import anyio
import attrs
import django
import fastapi
import flask
import uvicorn
import werkzeug.serving
from aiohttp import web
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.urls import clear_url_caches
from django.urls import path as django_path
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from cronofy_async.callbacks import Callback
from cronofy_async.webhooks import (
    AsyncWebhookReceiver,
    WebhookLimits,
    WebhookReceiver,
    aiohttp_handler,
    asgi_app,
    django_view,
    flask_view,
)

from ..transports.servers import ThreadedServer
from .signing import SECRET

__all__ = (
    "FRAMEWORKS",
    "Handled",
    "Serve",
    "ask",
    "flasked",
    "serve_aiohttp",
    "serve_django",
    "serve_uvicorn",
    "serve_werkzeug",
    "serving",
)

PATH = "/cronofy"


@attrs.define
class Handled:
    """
    What a receiver handed over, and where it listens.

    Attributes:
        came: What the handler was given, in order.
        unfinished: What was given up, with what was raised.
        open: While it is clear, the handler does not come to an end. It is that of the moment
            at which the handler begins; see `hold`.
    """

    limits: WebhookLimits
    secrets: tuple[str, ...] = (SECRET,)
    url: str = ""
    came: Queue[Callback] = attrs.field(factory=Queue)
    unfinished: list[tuple[Callback, Exception | None]] = attrs.field(factory=list)
    open: threading.Event = attrs.field(factory=threading.Event)

    def awaiting(self) -> AsyncWebhookReceiver:
        """A receiver for applications that await."""

        async def handle(callback: Callback) -> None:
            held = self.open
            self.came.put(callback)
            while not held.is_set():  # noqa: ASYNC110  # another thread sets it
                await anyio.sleep(0.002)

        return AsyncWebhookReceiver(
            self.secrets, handle, limits=self.limits, on_unfinished=self._note
        )

    def blocking(self) -> WebhookReceiver:
        """A receiver for applications that do not."""

        def handle(callback: Callback) -> None:
            held = self.open
            self.came.put(callback)
            held.wait()

        return WebhookReceiver(self.secrets, handle, limits=self.limits, on_unfinished=self._note)

    @contextmanager
    def hold(self) -> Generator[None]:
        """
        Let no handler that begins within come to an end before it is over.

        One that has begun may not have ended yet, though what it was given was taken.
        """
        self.open = threading.Event()
        try:
            yield
        finally:
            self.open.set()

    def _note(self, callback: Callback, error: Exception | None) -> None:
        self.unfinished.append((callback, error))

    def next(self) -> Any:
        """The next that the handler is given."""
        return self.came.get(timeout=30)


Serve = Callable[[Handled], AbstractContextManager[str]]


@contextmanager
def serving(
    serve: Serve, limits: WebhookLimits | None = None, secrets: tuple[str, ...] = (SECRET,)
) -> Generator[Handled]:
    """Run a receiver, whose handler ends at once."""
    handled = Handled(limits or WebhookLimits(window=0.01, closing=2.0), secrets)
    handled.open.set()
    with serve(handled) as handled.url:
        yield handled


@contextmanager
def _threaded(run: Callable[[], object], stop: Callable[[], object]) -> Generator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(10)


@contextmanager
def serve_uvicorn(app: Any, path: str = PATH, lifespan: Any = "on") -> Generator[str]:
    """Run an ASGI application."""
    config = uvicorn.Config(app, log_config=None, lifespan=lifespan, ws="none", access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def stop() -> None:
            server.should_exit = True

        with _threaded(lambda: server.run([listening]), stop):
            while not server.started:
                time.sleep(0.002)
            yield f"http://127.0.0.1:{port}{path}"


def _living(receiver: AsyncWebhookReceiver) -> Any:
    @asynccontextmanager
    async def live(_: Any) -> AsyncGenerator[None]:
        async with receiver:
            yield

    return live


def asgi(handled: Handled) -> AbstractContextManager[str]:
    """Nothing but the receiver."""
    return serve_uvicorn(asgi_app(handled.awaiting()))


def starlette(handled: Handled) -> AbstractContextManager[str]:
    """A route of Starlette."""
    receiver = handled.awaiting()
    return serve_uvicorn(
        Starlette(routes=[Route(PATH, asgi_app(receiver))], lifespan=_living(receiver))
    )


def mounted(handled: Handled) -> AbstractContextManager[str]:
    """A mount of Starlette, whose URL ends with a slash."""
    receiver = handled.awaiting()
    app = Starlette(routes=[Mount(PATH, asgi_app(receiver))], lifespan=_living(receiver))
    return serve_uvicorn(app, f"{PATH}/")


def fast(handled: Handled) -> AbstractContextManager[str]:
    """A route of FastAPI."""
    receiver = handled.awaiting()
    app = fastapi.FastAPI(lifespan=_living(receiver))
    app.router.routes.append(Route(PATH, asgi_app(receiver)))
    return serve_uvicorn(app)


class _Aiohttp(ThreadedServer):
    def __init__(self, make: Callable[[], web.Application]) -> None:
        super().__init__()
        self._make = make

    async def start(self) -> None:
        self._runner = web.AppRunner(self._make(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()


@contextmanager
def serve_aiohttp(make: Callable[[], web.Application]) -> Generator[str]:
    """Run an application of aiohttp, made in its event loop."""
    with _Aiohttp(make) as server:
        yield server.url + PATH


def aiohttp(handled: Handled) -> AbstractContextManager[str]:
    """A handler of aiohttp."""

    def make() -> web.Application:
        receiver = handled.awaiting()
        app = web.Application()
        app.router.add_route("*", PATH, aiohttp_handler(receiver))

        async def close(_: web.Application) -> None:
            await receiver.aclose()

        app.on_cleanup.append(close)
        return app

    return serve_aiohttp(make)


class _QuietWerkzeug(werkzeug.serving.WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Nothing."""


@contextmanager
def serve_werkzeug(app: Any, port: int = 0) -> Generator[str]:
    """Run an application of Flask."""
    server = werkzeug.serving.make_server(
        "127.0.0.1", port, app, threaded=True, request_handler=_QuietWerkzeug
    )
    with _threaded(lambda: server.serve_forever(0.01), server.shutdown):
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.server_close()


@contextmanager
def flasked(handled: Handled, port: int = 0) -> Generator[str]:
    """A view of a blueprint of Flask."""
    with handled.blocking() as receiver:
        blueprint = flask.Blueprint("hooks", __name__)
        blueprint.add_url_rule(PATH, view_func=flask_view(receiver))
        app = flask.Flask(__name__)
        app.register_blueprint(blueprint)
        with serve_werkzeug(app, port) as url:
            yield url
        handled.open.set()


def _configure(patterns: Iterable[Any]) -> None:
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"],
            SECRET_KEY="of-no-worth",
            MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
            LOGGING_CONFIG=None,
        )
        django.setup()
    clear_url_caches()
    settings.ROOT_URLCONF = tuple(patterns)


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietWsgiref(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Nothing."""


@contextmanager
def serve_django(patterns: Iterable[Any]) -> Generator[str]:
    """Run Django under WSGI."""
    _configure(patterns)
    app: Any = get_wsgi_application()
    server = make_server("127.0.0.1", 0, app, _Threading, handler_class=_QuietWsgiref)
    with _threaded(lambda: server.serve_forever(0.01), server.shutdown):
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.server_close()


@contextmanager
def django_wsgi(handled: Handled) -> Generator[str]:
    """A view of Django under WSGI."""
    with handled.blocking() as receiver:
        with serve_django([django_path(PATH[1:], django_view(receiver))]) as url:
            yield url
        handled.open.set()


@contextmanager
def django_asgi(handled: Handled) -> Generator[str]:
    """An asynchronous view of Django under ASGI."""
    receiver = handled.awaiting()
    _configure([django_path(PATH[1:], django_view(receiver))])
    app = get_asgi_application()

    async def closing(scope: Any, receive: Any, send: Any) -> None:
        # Django does not do this part.
        own = asgi_app(receiver) if scope["type"] == "lifespan" else app
        await own(scope, receive, send)

    with serve_uvicorn(closing) as url:
        yield url


@contextmanager
def django_blocking_asgi(handled: Handled) -> Generator[str]:
    """A view of Django that does not await, under ASGI."""
    with handled.blocking() as receiver:
        _configure([django_path(PATH[1:], django_view(receiver))])
        with serve_uvicorn(get_asgi_application(), lifespan="off") as url:
            yield url


@contextmanager
def django_fronted(handled: Handled) -> Generator[str]:
    """The receiver in front of Django."""
    _configure([])
    app = asgi_app(handled.awaiting(), path=PATH, otherwise=get_asgi_application())
    with serve_uvicorn(app) as url:
        yield url


FRAMEWORKS: Mapping[str, Serve] = {
    "asgi": asgi,
    "starlette": starlette,
    "mounted": mounted,
    "fastapi": fast,
    "aiohttp": aiohttp,
    "flask": flasked,
    "django": django_wsgi,
    "django-async": django_asgi,
    "django-asgi": django_blocking_asgi,
    "django-fronted": django_fronted,
}
"""By name, what runs a receiver in a framework."""


def ask(
    url: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
) -> tuple[int, http.client.HTTPMessage]:
    """Send one request; gives the status and the headers of the answer."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request(method, f"/{path}", body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()
