"""Faults over real HTTP: what bytes arrive, and how the connection ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from cronofy_transports.sandbox import Clock, Sandbox, run_in_thread, serve
from cronofy_transports.sandbox.mischief import ACTIONS

from .lines import CALENDARS, Line, Received, get, received
from .wire import NOW


@pytest.fixture
def line() -> Generator[Line]:
    """A sandbox with people, at a time that stands still."""
    sandbox = Sandbox(7, clock=Clock(lambda: NOW))
    with ExitStack() as stack:
        urls = stack.enter_context(run_in_thread(sandbox))
        yield Line(sandbox, urls.api_url, stack.close)


def until_struck(line: Line, count: int) -> None:
    """Wait until the first fault has struck so often."""
    while next(iter(line.sandbox.faults)).struck < count:
        time.sleep(0.001)


# Instead of the answer ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"retry_after": 0}, "0"),
        ({"retry_after": 30}, "30"),
        ({"retry_after": 2.5}, "2.5"),
        ({"retry_after": -1}, "-1"),
        ({"retry_after": 10**12}, "1000000000000"),
        ({"retry_after": "inf"}, "inf"),
        ({"retry_after": "1e309"}, "1e309"),
        ({"retry_after": "soon"}, "soon"),
        ({"retry_at": 90}, "Tue, 01 Jan 2030 08:01:30 GMT"),
        ({"retry_at": -86400}, "Mon, 31 Dec 2029 08:00:00 GMT"),
        ({"retry_at": -(10**10)}, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
    ids=str,
)
def test_retry_after_in_every_form(line: Line, given: Any, expected: str | None) -> None:
    """Numbers, dates by the sandbox's clock, and nonsense, as they are given."""
    line.fault("status", status=429, **given)
    status, headers, body = get(line)
    assert (429, expected, b"") == (status, headers.get("retry-after"), body)
    assert ("status", 429, False, True) == line.last


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"status": 400}, {"error": "invalid_request"}),
        ({"status": 400, "error": "invalid_grant"}, {"error": "invalid_grant"}),
        ({"status": 401}, None),
        ({"status": 402}, None),
        ({"status": 403}, None),
        ({"status": 404}, None),
        ({"status": 410}, None),
        ({"status": 423}, None),
        ({"status": 500}, None),
        ({"status": 520}, None),
        ({"status": 422, "body": "none"}, None),
        (
            {"status": 422, "field": "summary"},
            {
                "errors": {
                    "summary": [
                        {
                            "key": "errors.invalid",
                            "description": "summary is refused by a fault of the sandbox",
                        }
                    ]
                }
            },
        ),
    ],
    ids=str,
)
def test_refusals_have_the_bodies_of_the_service(line: Line, given: Any, body: Any) -> None:
    """Which are none but for OAuth's and for those of refused parameters."""
    line.fault("status", **given)
    status, headers, data = get(line)
    assert given["status"] == status
    assert body == (json.loads(data) if data else None)
    assert headers["status"].startswith(str(status))


@pytest.mark.parametrize("status", [502, 503, 504])
def test_gateways_answer_in_html(line: Line, status: int) -> None:
    """The page of a proxy in front of the service."""
    line.fault("status", status=status, body="html")
    got, headers, body = get(line)
    assert (status, "text/html") == (got, headers["content-type"])
    assert f"<h1>{status} ".encode() in body


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/v1/elsewhere", "https://foreign.example/v1/calendars", None]
)
def test_redirects(line: Line, status: int, location: str | None) -> None:
    """To a path, to another host, or to itself."""
    line.fault("redirect", status=status, location=location)
    got, headers, body = get(line)
    here = f"{line.url}{CALENDARS}" if location is None else location
    assert (status, here, b"") == (got, headers["location"], body)


# The connection -----------------------------------------------------------------------


@pytest.mark.parametrize(("how", "ended"), [("close", "FIN"), ("reset", "RST")])
@pytest.mark.parametrize(("when", "decided"), [("before", None), ("after", 200)])
def test_a_dropped_connection(
    line: Line, how: str, ended: str, when: str, decided: int | None
) -> None:
    """Nothing arrives, by FIN or RST; the journal knows what would have."""
    line.fault("drop", how=how, when=when)
    assert Received(b"", ended) == line.read()
    assert ("drop", decided, when == "after", False) == line.last


@pytest.mark.parametrize(("how", "ended"), [("close", "FIN"), ("reset", "RST")])
def test_a_body_shorter_than_it_says(line: Line, how: str, ended: str) -> None:
    """Content-Length tells the truth of an answer that is cut."""
    _, _, whole = get(line)
    line.fault("truncate", how=how, share=0.25)
    got = line.read()
    assert ended == got.ended
    assert f"Content-Length: {len(whole)}".encode() in got.head
    assert whole[: len(whole) // 4] == got.body
    assert ("truncate", 200, True, False) == line.last


def test_chunks_without_an_end(line: Line) -> None:
    """The last chunk is missing."""
    _, _, whole = get(line)
    line.fault("truncate", framing="chunked")
    got = line.read()
    part = whole[: len(whole) // 2]
    assert b"Transfer-Encoding: chunked" in got.head
    assert f"{len(part):x}\r\n".encode() + part + b"\r\n" == got.body


def test_an_empty_answer_is_cut_too(line: Line) -> None:
    """It promises a byte that never comes."""
    line.fault("truncate", path="/v1/nowhere")
    got = line.read("/v1/nowhere")
    assert (b"", True) == (got.body, b"Content-Length: 1" in got.head)


def test_garbage(line: Line) -> None:
    """Whatever it is, it is no HTTP."""
    line.fault("garbage")
    assert Received(b"220 mail.example ESMTP\r\n", "FIN") == line.read()
    line.sandbox.control.clear_faults()
    line.fault("garbage", text="\0\x01 no", when="after")
    assert b"\0\x01 no" == line.read().data
    assert ("garbage", 200, True, False) == line.last


def test_bytes_after_an_answer(line: Line) -> None:
    """They come right behind it, and the connection stays open."""
    line.fault("extra", text="HTTP/1.1 200 OK\r\n\r\n", times=1)
    with line.open() as connection:
        line.ask(connection)
        data = b""
        while not data.endswith(b"}HTTP/1.1 200 OK\r\n\r\n"):
            data += connection.recv(65536)
        line.ask(connection)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
    assert (None, 200, True, True) == line.last


def test_an_answer_that_is_changed_keeps_its_connection(line: Line) -> None:
    """Only faults of the connection end it."""
    line.fault("status", status=500, times=1)
    with line.open() as connection:
        line.ask(connection)
        assert connection.recv(65536).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        line.ask(connection)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


# Time ---------------------------------------------------------------------------------


class Held:
    """A sleep that lasts until it is let go, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.begun, self.over = asyncio.Event(), asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """Sleep."""
        self.seconds.append(seconds)
        self.begun.set()
        await self.over.wait()


@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_delay(when: str) -> None:
    """The answer is the true one, later; other calls are not kept waiting."""
    sandbox, held = Sandbox(7, clock=Clock(lambda: NOW)), Held()
    sandbox.control.add_fault("delay", seconds=30, when=when, operation="ListCalendars")
    async with serve(sandbox, sleep=held) as urls:
        line = Line(sandbox, urls.api_url)
        slow = asyncio.create_task(asyncio.to_thread(get, line))
        await held.begun.wait()
        assert 200 == (await asyncio.to_thread(get, line, "/v1/userinfo"))[0]
        held.over.set()
        status, _, body = await slow
    assert (200, [30], True) == (status, held.seconds, b"calendars" in body)
    operations = [each.operation for each in sandbox.journal]
    expected = ["ListCalendars", "GetUserinfo"]
    assert (expected[::-1] if when == "before" else expected) == operations


@pytest.mark.asyncio
async def test_little_by_little() -> None:
    """So many bytes at a time, head and all, with a pause between them."""
    sandbox, held = Sandbox(7, clock=Clock(lambda: NOW)), Held()
    held.over.set()
    sandbox.control.add_fault("drip", interval=5, size=300)
    async with serve(sandbox, sleep=held) as urls:
        line = Line(sandbox, urls.api_url)
        with line.open() as connection:
            line.ask(connection, CALENDARS, "Connection: close")
            got = await asyncio.to_thread(received, connection)
    pieces = -(-len(got.data) // 300)
    assert [5.0] * (pieces - 1) == held.seconds
    assert b'"calendars"' in got.body


def test_a_sandbox_ends_while_somebody_waits(line: Line) -> None:
    """A delay of an hour keeps nobody from stopping it."""
    line.fault("delay", seconds=3600)
    kept, left = line.open(), line.open()
    for connection in (kept, left):
        line.ask(connection)
    until_struck(line, 2)
    left.close()
    line.stop()
    assert b"" == received(kept).data
    kept.close()


def test_every_action_on_calls_is_seen_over_http(line: Line) -> None:
    """None of the table makes the sandbox itself fail."""
    needed: dict[str, dict[str, Any]] = {
        "status": {"status": 500},
        "delay": {"seconds": 0.001},
        "drip": {"interval": 0.0001, "size": 1000},
        "body": {"form": "empty"},
        "unexpected": {"form": "fields"},
        "next_page": {"form": "self"},
    }
    names = [name for name, kind in ACTIONS.items() if not kind.of_notifications]
    for name in names:
        line.fault(name, times=1, **needed.get(name, {}))
        with line.open() as connection:
            line.ask(connection, "/v1/events?tzid=Etc%2FUTC", "Connection: close")
            received(connection)
        assert name == line.last[0]
    assert len(names) == len(list(line.sandbox.journal))
