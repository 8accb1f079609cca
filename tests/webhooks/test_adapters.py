"""What adapters do where no well-behaved server and client lead."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cronofy_async import InvalidArgumentError
from cronofy_async.callbacks import Callback
from cronofy_async.webhooks import AsyncWebhookReceiver, asgi_app, django_view
from cronofy_async.webhooks.wsgi import WSGIBody

from .signing import SECRET, change, signed


def receiver() -> AsyncWebhookReceiver:
    """A receiver that handles nothing."""

    async def handle(callback: Callback) -> None:
        """Nothing."""

    return AsyncWebhookReceiver(SECRET, handle)


async def called(scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Call the application of a receiver; gives what it sends."""
    coming, sent = list(messages), []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await asgi_app(receiver())(scope, receive, send)
    return sent


def http(version: str = "1.1") -> dict[str, Any]:
    """The scope of a signed callback."""
    pairs = [(name.encode(), value.encode()) for name, value in signed(change()).items()]
    scope = {"type": "http", "http_version": version, "method": "POST", "path": "/"}
    return {**scope, "headers": pairs}


@pytest.mark.anyio
async def test_nobody_is_answered_after_hanging_up() -> None:
    """A client that is gone is sent nothing, which newer servers would take for an error."""
    part = {"type": "http.request", "body": b"{", "more_body": True}

    assert [] == await called(http(), part, {"type": "http.disconnect"})


@pytest.mark.anyio
@pytest.mark.parametrize(("version", "expected"), [("1.0", 1), ("1.1", 1), ("2", 0), ("3", 0)])
async def test_a_refusal_ends_the_connection_where_that_is_a_header(
    version: str, expected: int
) -> None:
    """HTTP/2 and later know no such header, and their servers refuse it."""
    start, _ = await called(http(version), {"type": "http.request", "body": b"not signed"})

    assert (401, expected) == (start["status"], start["headers"].count((b"connection", b"close")))


@pytest.mark.anyio
async def test_an_empty_chunk_is_not_the_end() -> None:
    """A body may come in pieces of any size, nothing included."""
    body = change()
    pieces = [body[:5], b"", body[5:]]
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    start, _ = await called(http(), *messages, {"type": "http.request"})

    assert 200 == start["status"]


@pytest.mark.anyio
async def test_a_websocket_is_closed() -> None:
    """There is nothing to talk about."""
    assert [{"type": "websocket.close"}] == await called({"type": "websocket", "path": "/"})


@pytest.mark.parametrize(
    ("given", "field"), [({"path": "/cronofy"}, "otherwise"), ({"otherwise": asgi_app}, "path")]
)
def test_a_front_needs_both_parts(given: dict[str, Any], field: str) -> None:
    """A path without an application behind it, or the other way round, is refused."""
    with pytest.raises(InvalidArgumentError) as raised:
        asgi_app(receiver(), **given)

    assert field == raised.value.field


@pytest.mark.asyncio
async def test_an_asynchronous_view_is_refused_under_wsgi() -> None:
    """Its loop would end with the request, and what waits with it; the error says what to do."""
    view: Any = django_view(receiver())
    request = SimpleNamespace(method="POST", META={"wsgi.input": io.BytesIO()})

    with pytest.raises(ImproperlyConfigured, match="give django_view a WebhookReceiver"):
        await view(request)


class ReadsAll(io.RawIOBase):
    """An input like gunicorn's, which gives nothing before it has all that is to come."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def read(self, size: int = -1) -> bytes:
        found = b""
        while len(found) < 100 and (chunk := self._connection.recv(100)):
            found += chunk
        return found


@pytest.mark.fault(48)
def test_a_server_that_reads_all_at_once_is_cut_off_as_well() -> None:
    """With its socket the wait ends at the deadline, though a byte comes all the time."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = {"wsgi.input": ReadsAll(ours), "gunicorn.socket": ours, "CONTENT_LENGTH": "100"}
        over = threading.Event()

        def drip() -> None:
            while not over.wait(0.002):
                with suppress(OSError):
                    theirs.send(b"x", socket.MSG_DONTWAIT)

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with WSGIBody(environ) as body, pytest.raises(TimeoutError):
                body.read(0.03)
        finally:
            over.set()
            dripping.join()


def test_what_is_there_is_read_and_the_watch_ends() -> None:
    """A body that came in time is given whole, and nothing is left that watches over it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = {"wsgi.input": ReadsAll(ours), "gunicorn.socket": ours, "CONTENT_LENGTH": "100"}
        theirs.send(b"x" * 100)
        with WSGIBody(environ) as body:
            assert (100, b"") == (len(body.read(60)), body.read(60))


def test_no_framework_is_loaded_before_it_is_asked_for() -> None:
    """Receivers need none of them, and an adapter only its own."""
    program = (
        "import sys\n"
        "from cronofy_async.webhooks import AsyncWebhookReceiver, WebhookReceiver, asgi_app\n"
        "found = {'aiohttp', 'django', 'flask', 'starlette', 'fastapi'} & set(sys.modules)\n"
        "assert not found, found\n"
        "from cronofy_async.webhooks import flask_view\n"
        "assert 'flask' in sys.modules and 'django' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stderr)
