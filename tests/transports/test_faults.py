"""Servers that break off, lie, dawdle or flood: what a transport makes of each."""

from __future__ import annotations

import gzip
import os
import resource
import time
import zlib

import anyio
import pytest

from cronofy_async.core.errors import TransportError, TransportTimeoutError
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request

from .broken import BROKEN, HEAD, ROWS
from .cases import every_transport, wire_transports
from .conftest import MakeTransport
from .servers import (
    Action,
    Begin,
    Close,
    EchoServer,
    FaultServer,
    Read,
    Reset,
    Send,
    Wait,
    answer,
    settled,
)

pytestmark = pytest.mark.anyio

POSTS = int(os.environ.get("FAULT_POSTS", "1000"))
"""How often what goes wrong every second time is tried; more where a run may take longer."""

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


def post(server: FaultServer | EchoServer, path: str = "/v1/events") -> Request:
    """A request that must not be sent twice."""
    return Request("POST", server.url + path, {"authorization": "Bearer abc"}, b'{"a": 1}')


def test_every_broken_answer_has_its_row() -> None:
    """None is left out of the catalogue of faults, or out of the tests."""
    assert sorted(BROKEN) == sorted(fault for faults in ROWS.values() for fault in faults)


@every_transport
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=pytest.mark.fault(row))
        for row, faults in ROWS.items()
        for fault in faults
    ],
)
async def test_a_broken_answer_is_an_error(transport: Transport, fault: str) -> None:
    """Whatever is incomplete or malformed is a transport error, and the connection is dropped."""
    with FaultServer(BROKEN[fault]) as server:
        with pytest.raises(TransportError) as caught:
            await transport.send(post(server), timeout=5)

        assert TransportError is type(caught.value)
        assert await settled(server)
        assert 1 == server.connections


@pytest.mark.fault(1, 2)
@wire_transports
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["closed before the answer", "reset before the answer"])
async def test_one_send_is_one_request(transport: Transport, method: str, fault: str) -> None:
    """On a fresh connection nothing is sent again, whatever the method."""
    with FaultServer(BROKEN[fault]) as server:
        with pytest.raises(TransportError):
            await transport.send(Request(method, f"{server.url}/x"), timeout=5)

        assert (1, 1) == (len(server.requests), server.connections)


@pytest.mark.fault(1, 2, 9)
@wire_transports
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("last", [Close(), Reset()])
async def test_one_send_is_one_request_on_a_kept_connection(
    transport: Transport, method: str, last: Action
) -> None:
    """On a connection that was used before nothing is sent again, whatever the method."""
    body = b"" if method == "HEAD" else b"{}"
    first = answer(b"", ("content-length", "2")) + body
    with FaultServer([Read(), Send(first), Read(), last]) as server:
        request = Request(method, f"{server.url}/x")
        assert 200 == (await transport.send(request, timeout=5)).status
        with pytest.raises(TransportError):
            await transport.send(request, timeout=5)

        assert (2, 1) == (len(server.requests), server.connections)


@wire_transports
async def test_connections_are_kept(transport: Transport) -> None:
    """Requests one after the other go over one connection."""
    with FaultServer([Read(), Send(answer())] * 20) as server:
        for _ in range(20):
            await transport.send(post(server), timeout=5)

        assert (20, 1) == (len(server.requests), server.connections)


@pytest.mark.fault(8)
@pytest.mark.timeout(300)
@wire_transports
async def test_a_server_that_promises_to_keep_connections_and_closes_them(
    transport: Transport,
) -> None:
    """Any number of POSTs to a server that closes after each answer succeed, once each."""
    with FaultServer([Read(), Send(answer()), Close()]) as server:
        for _ in range(POSTS):
            assert 200 == (await transport.send(post(server), timeout=5)).status

        assert POSTS == len(server.requests)


SMUGGLED = answer({"smuggled": True})


@pytest.mark.fault(11)
@wire_transports
@pytest.mark.parametrize(
    "more",
    {
        "an answer": (answer() + SMUGGLED, b""),
        "an answer, later": (answer(), SMUGGLED),
        "half an answer": (answer() + SMUGGLED[:20], b""),
        "half an answer, later": (answer(), SMUGGLED[:20]),
        "garbage, later": (answer(), b"xyz"),
        "one byte": (answer() + b"H", b""),
        "after chunks": (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + SMUGGLED,
            b"",
        ),
        "after 204": (b"HTTP/1.1 204 No Content\r\n\r\n" + SMUGGLED, b""),
        "at a read's border": (answer(b"x" * (65_536 - 42)) + SMUGGLED, b""),
        "at another border": (answer(b"x" * (262_144 - 43)) + SMUGGLED, b""),
    }.items(),
    ids=lambda item: item[0],
)
async def test_bytes_after_an_answer_are_no_answer(
    transport: Transport, more: tuple[str, tuple[bytes, bytes]]
) -> None:
    """What a server sends unasked is never the answer to another request."""
    at_once, later = more[1]
    with FaultServer(
        [Read(), Send(at_once), Wait()], [Read(), Send(answer({"own": True})), Wait()]
    ) as server:
        await transport.send(post(server), timeout=5)
        server.say(later)
        await anyio.sleep(0.02)
        second = await transport.send(post(server), timeout=5)

        assert {"own": True} == second.json()
        assert 2 == server.connections


@pytest.mark.fault(11)
@wire_transports
@pytest.mark.parametrize("length", [10, 65_536 - 42, 262_144 - 43])
async def test_bytes_right_after_an_answer_are_no_answer(transport: Transport, length: int) -> None:
    """Not even when the next request follows at once."""
    for _ in range(20):
        with FaultServer(
            [Read(), Send(answer(b"x" * length) + SMUGGLED), Wait()],
            [Read(), Send(answer({"own": True})), Wait()],
        ) as server:
            await transport.send(post(server), timeout=5)
            assert {"own": True} == (await transport.send(post(server), timeout=5)).json()


@pytest.mark.fault(4)
@every_transport
async def test_silence(transport: Transport) -> None:
    """A server that says nothing costs the time allowed, and its connection."""
    with FaultServer([Read(), Wait()]) as server:
        started = time.monotonic()
        with pytest.raises(TransportTimeoutError):
            await transport.send(post(server), timeout=0.1)

        assert 0.1 <= time.monotonic() - started < 0.4
        assert await settled(server)


@pytest.mark.fault(10)
@every_transport
@pytest.mark.parametrize(
    "slow",
    {
        "head": Send(answer(b"{}"), size=1, pause=0.02),
        "body": Send(answer(b"[" + b" " * 500 + b"]"), size=20, pause=0.02),
        "interim answers": Send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, size=28, pause=0.02),
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_slow_drip_ends_with_the_time(transport: Transport, slow: tuple[str, Send]) -> None:
    """Bytes that keep coming do not prolong the call."""
    with FaultServer([Read(), slow[1], Wait()]) as server:
        started = time.monotonic()
        with pytest.raises(TransportTimeoutError):
            await transport.send(post(server), timeout=0.15)

        assert 0.15 <= time.monotonic() - started < 0.45
        assert await settled(server)


@pytest.mark.fault(4)
@wire_transports
async def test_a_body_that_nobody_reads(transport: Transport) -> None:
    """A server that does not read a long request costs the time allowed."""
    with FaultServer([Wait(5)]) as server:
        request = Request("POST", server.url, (), bytes(20_000_000))
        with pytest.raises(TransportTimeoutError):
            await transport.send(request, timeout=0.15)


@pytest.mark.fault(1)
@every_transport
async def test_a_connection_that_breaks_while_sending(transport: Transport) -> None:
    """A server that breaks off in the middle of a long request is an error."""
    with FaultServer([Begin(), Reset()]) as server:
        with pytest.raises(TransportError) as caught:
            await transport.send(Request("POST", server.url, (), bytes(20_000_000)), timeout=5)

        assert TransportError is type(caught.value)
        assert await settled(server)


@every_transport
async def test_an_answer_before_the_request_is_read(transport: Transport) -> None:
    """A server that answers early and closes is heard, or the call fails: it does not hang."""
    refused = answer({"error": "too large"}, ("connection", "close"), status=413)
    with FaultServer([Send(refused), Wait(0.05), Close()]) as server:
        outcome: type[Exception] | int
        try:
            request = Request("POST", server.url, (), bytes(5_000_000))
            outcome = (await transport.send(request, timeout=5)).status
        except TransportError as error:
            outcome = type(error)

        assert outcome in (413, TransportError)
        assert await settled(server)


@pytest.mark.fault(17)
@every_transport
async def test_interim_answers_are_passed_over(transport: Transport) -> None:
    """Any number of early hints may come before the answer."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2_000
    with FaultServer([Read(), Send(hints + answer({"after": "hints"})), Wait()]) as server:
        response = await transport.send(post(server), timeout=5)

        assert (200, {"after": "hints"}) == (response.status, response.json())


@every_transport
async def test_a_body_up_to_the_end_of_the_connection(transport: Transport) -> None:
    """An answer without a length, as old gateways give it, ends with its connection."""
    with FaultServer([Read(), Send(b"HTTP/1.0 503 Busy\r\n\r\n<html>"), Close()]) as server:
        response = await transport.send(post(server), timeout=5)

        assert (503, b"<html>") == (response.status, response.body)


@pytest.mark.fault(16)
@every_transport
async def test_large_headers_that_are_accepted(transport: Transport, echo: EchoServer) -> None:
    """Headers of 60 kB, and 250 of them, are still read."""
    large = await transport.send(Request("GET", f"{echo.url}/head/20000/3"), timeout=5)
    many = await transport.send(Request("GET", f"{echo.url}/head/10/250"), timeout=5)

    assert (200, 200) == (large.status, many.status)


def bomb(size: int) -> bytes:
    """Very compressible data, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1024 * 1024)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


@pytest.mark.fault(14)
@every_transport
async def test_a_gzip_bomb(transport: Transport) -> None:
    """A small body that unpacks to 200 MB is given up before it fills the memory."""
    data = bomb(200 * 1024 * 1024)
    with FaultServer([Read(), Send(answer(data, ("content-encoding", "gzip")))]) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(TransportError, match="unpacks to over 200 times its size"):
            await transport.send(post(server), timeout=5)

        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 32 * 1024
        assert await settled(server)


@pytest.mark.fault(15)
@every_transport
async def test_very_many_gzip_members(transport: Transport) -> None:
    """A body made of 100,000 gzip members costs little time."""
    data = gzip.compress(b"") * 100_000
    with FaultServer([Read(), Send(answer(data, ("content-encoding", "gzip")))]) as server:
        started = time.process_time()
        with pytest.raises(TransportError, match="data after its end"):
            await transport.send(post(server), timeout=5)

        assert time.process_time() - started < 0.2


@every_transport
async def test_the_longest_body(make: MakeTransport, echo: EchoServer) -> None:
    """A body of just the length allowed is read, and of one byte more is refused."""
    transport = make(max_body=100_000)

    fits = await transport.send(Request("GET", f"{echo.url}/big/100000"), timeout=5)

    assert 100_000 == len(fits.body)
    with pytest.raises(TransportError, match="longer than the 100000 bytes allowed"):
        await transport.send(Request("GET", f"{echo.url}/big/100001"), timeout=5)


@pytest.mark.fault(14)
@every_transport
async def test_an_endless_body(make: MakeTransport) -> None:
    """A body without an end is given up at the length allowed, and its connection dropped."""
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    endless = [Send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n"), *[Send(chunk)] * 10_000]
    with FaultServer([Read(), *endless]) as server:
        with pytest.raises(TransportError, match="longer than the 1000000 bytes allowed"):
            await make(max_body=1_000_000).send(post(server), timeout=5)

        assert await settled(server)


@every_transport
async def test_cancellation_leaves_nothing_behind(make: MakeTransport) -> None:
    """Calls that are cancelled at any moment close their connections."""
    transport = make()
    slow = Send(answer(b"[" + b" " * 200 + b"]"), size=10, pause=0.001)
    with FaultServer([Read(), Wait(0.005), slow, Wait()]) as server:
        for step in range(40):
            with anyio.move_on_after(step * 0.001):
                await transport.send(post(server), timeout=5)
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(lambda: transport.send(post(server), timeout=5))
            await anyio.sleep(0.01)
            group.cancel_scope.cancel()

        assert await settled(server, still_open=1)
        await transport.aclose()
        assert await settled(server)


@every_transport
async def test_closing_ends_calls_under_way(make: MakeTransport) -> None:
    """A call that is waiting when the transport closes fails, and does not hang."""
    transport = make()
    ended: list[type[Exception]] = []

    async def waiting(request: Request) -> None:
        try:
            await transport.send(request, timeout=5)
        except TransportError as error:
            ended.append(type(error))

    with FaultServer([Read(), Wait()]) as server:
        async with anyio.create_task_group() as group:
            group.start_soon(waiting, post(server))
            with anyio.fail_after(4):
                # The server lives in a thread of its own: no event of this loop is set there.
                while not server.requests:  # noqa: ASYNC110
                    await anyio.sleep(0.01)
            await transport.aclose()

        assert [TransportError] == ended
        assert await settled(server)
