"""Clients that mean harm, or vanish, against the adapters in real servers."""

from __future__ import annotations

import http.client
import logging
import select
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from cronofy_async.webhooks import WebhookLimits

from .serving import FRAMEWORKS, Handled, ask, serving
from .signing import change, signed

# Django under ASGI has read a body to its end before it calls a view; see docs/webhooks.md.
CUTTING = ("asgi", "starlette", "aiohttp", "flask", "django", "django-fronted")
GIGABYTE = 1 << 30
LEAST = 64 * 1024
FULL = 16 * 1024 * 1024
"""More than the buffers of both sockets hold."""


@contextmanager
def connected(served: Handled, *headers: str) -> Generator[socket.socket]:
    """A connection over which the head of a signed callback went."""
    host, _, path = served.url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    pairs = [f"{key}: {value}" for key, value in signed(change()).items()]
    head = "\r\n".join([f"POST /{path} HTTP/1.1", f"Host: {host}", *pairs, *headers, "", ""])
    with socket.create_connection((name, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        yield connection


def is_answered(connection: socket.socket, seconds: float = 0.0) -> bool:
    """Whether something has come back."""
    return bool(select.select([connection], [], [], seconds)[0])


def status(connection: socket.socket) -> int:
    """The status of the answer."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", CUTTING)
def test_a_gigabyte_is_cut_at_the_cap(name: str) -> None:
    """An endless body is refused after its first bytes, and the server stops reading it."""
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent, answered = 0, 0
    with (
        serving(FRAMEWORKS[name]) as served,
        connected(served, "Transfer-Encoding: chunked") as connection,
    ):
        try:
            while sent < GIGABYTE:
                connection.sendall(chunk)
                sent += 0x10000
                if not answered and is_answered(connection):
                    answered = status(connection)
                # The development server of Flask itself reads on after any answer.
                if answered and name == "flask":
                    break
        except OSError:
            pass
        assert sent < FULL
        # wsgiref knows no chunks: to it, there is no body at all.
        assert (answered or status(connection)) == (401 if name == "django" else 413)


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", CUTTING)
def test_a_gigabyte_that_is_announced_is_not_read_at_all(name: str) -> None:
    """The answer comes before the first byte of a body that is too long by its own account."""
    with (
        serving(FRAMEWORKS[name]) as served,
        connected(served, f"Content-Length: {GIGABYTE}") as connection,
    ):
        assert 413 == status(connection)


@pytest.mark.fault(48)
@pytest.mark.parametrize("framing", ["Content-Length: 60000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("name", CUTTING)
def test_a_byte_at_a_time_is_cut_at_the_deadline(name: str, framing: str) -> None:
    """Drop by drop a body does not come in time, and the connection ends."""
    if name == "django" and "chunked" in framing:
        pytest.skip("wsgiref knows no chunks")
    limits = WebhookLimits(deadline=0.1)
    with serving(FRAMEWORKS[name], limits) as served, connected(served, framing) as connection:
        drop = b"1\r\nx\r\n" if "chunked" in framing else b"x"
        began = time.monotonic()
        while not is_answered(connection, 0.01):
            connection.sendall(drop)
            assert time.monotonic() - began < 5
        assert 408 == status(connection)


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", [name for name in CUTTING if name != "django"])
def test_silence_is_cut_at_the_deadline(name: str) -> None:
    """A client that sends nothing after its head is refused, where the server hands out sockets."""
    limits = WebhookLimits(deadline=0.05)
    with (
        serving(FRAMEWORKS[name], limits) as served,
        connected(served, "Content-Length: 100") as connection,
    ):
        assert 408 == status(connection)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_client_that_vanishes_is_no_error(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body and then nothing: no error is logged, and the next callback is taken."""
    caplog.set_level(logging.WARNING)
    with serving(FRAMEWORKS[name]) as served:
        with connected(served, "Content-Length: 1000") as connection:
            connection.sendall(b"{")
        assert 200 == ask(served.url, change(), signed(change()))[0]
        served.next()

    assert served.came.empty()
    assert [] == [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


# aiohttp does not tell of broken chunks; the deadline ends the wait for better ones.
@pytest.mark.parametrize(("name", "expected"), [("asgi", 400), ("aiohttp", 408), ("flask", 400)])
def test_chunks_that_are_none_are_refused(
    name: str, expected: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A body that breaks the rules of its framing is the client's error, not ours."""
    with (
        serving(FRAMEWORKS[name], WebhookLimits(deadline=0.2)) as served,
        connected(served, "Transfer-Encoding: chunked") as connection,
    ):
        connection.sendall(b"5\r\n")
        # Not in the same packet as the head.
        time.sleep(0.02)
        connection.sendall(b"12345no end\r\n")
        assert expected == status(connection)

    assert [] == [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.fault(48)
@pytest.mark.parametrize("name", ["asgi", "aiohttp", "flask", "django"])
def test_replays_over_the_wire_become_one(name: str) -> None:
    """Two hundred times the same bytes are one hand-over in a window."""
    with serving(FRAMEWORKS[name], WebhookLimits(window=60)) as served:
        for _ in range(200):
            assert 200 == ask(served.url, change(), signed(change()))[0]

    served.next()
    assert served.came.empty()
