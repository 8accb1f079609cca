"""What only the aiohttp transport has: a caller's session, and the switches it relies on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from cronofy_async.core.errors import InvalidArgumentError, TransportError, TransportTimeoutError
from cronofy_async.core.wire import Request
from cronofy_transports.aiohttp import AiohttpTransport

from .servers import Action, Close, EchoServer, FaultServer, Read, Reset, Send, answer, unused_port

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session as applications have it: with cookies, and raising errors by itself."""
    async with aiohttp.ClientSession(
        headers={"x-application": "theirs"}, raise_for_status=True
    ) as session:
        yield session


async def test_a_session_of_the_caller_stays_open(
    session: aiohttp.ClientSession, echo: EchoServer
) -> None:
    """A session that was given is used and not closed, however often the transport is."""
    transport = AiohttpTransport(session=session)

    response = await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)
    await transport.aclose()
    await transport.aclose()

    assert ["x-application", "theirs"] in response.json()["headers"]
    assert not session.closed
    async with session.get(f"{echo.url}/echo") as own:
        assert 200 == own.status
    with pytest.raises(InvalidArgumentError, match="transport: is closed"):
        await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)


async def test_a_session_of_the_caller_keeps_our_promises(
    session: aiohttp.ClientSession, echo: EchoServer
) -> None:
    """Errors are answers, redirects too, bodies are decoded, and nothing is added."""
    transport = AiohttpTransport(session=session)
    request = Request("GET", echo.url)

    refused = await transport.send(request.replace(url=f"{echo.url}/status/422"), timeout=5)
    moved = await transport.send(request.replace(url=f"{echo.url}/redirect/302"), timeout=5)
    packed = await transport.send(request.replace(url=f"{echo.url}/gzip"), timeout=5)
    large = await transport.send(request.replace(url=f"{echo.url}/head/20000/3"), timeout=5)
    plain = await transport.send(request.replace(url=f"{echo.url}/echo"), timeout=5)

    assert [422, 302, 200, 200] == [r.status for r in (refused, moved, packed, large)]
    assert {"coded": True} == packed.json()
    names = {name for name, _ in plain.json()["headers"]}
    assert {"host", "accept-encoding", "x-application"} == names


async def test_the_cookies_of_a_session_are_not_sent(
    session: aiohttp.ClientSession, echo: EchoServer
) -> None:
    """Cookies that a session holds are the application's own; a given header is sent."""
    transport = AiohttpTransport(session=session)
    await transport.send(Request("GET", f"{echo.url}/cookie"), timeout=5)
    session.cookie_jar.update_cookies({"theirs": "1"}, URL(echo.url))

    without = await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)
    given = await transport.send(Request("GET", f"{echo.url}/echo", {"cookie": "a=b"}), timeout=5)

    assert "cookie" not in dict(without.json()["headers"])
    assert "a=b" == dict(given.json()["headers"])["cookie"]


@pytest.mark.parametrize("last", [Close(), Reset()])
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_a_session_sends_once(
    session: aiohttp.ClientSession, method: str, last: Action
) -> None:
    """On a caller's session too, aiohttp does not repeat a request by itself."""
    script = [Read(), Send(answer()), Read(), last]
    with FaultServer(script) as server:
        transport = AiohttpTransport(session=session)
        request = Request(method, f"{server.url}/x")
        await transport.send(request, timeout=5)
        with pytest.raises(TransportError):
            await transport.send(request, timeout=5)

        assert 2 == len(server.requests)


async def test_aiohttp_still_repeats_requests(session: aiohttp.ClientSession) -> None:
    """What we keep aiohttp from is what it does: if not, the guard can go."""
    with FaultServer([Read(), Close()]) as server:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.delete(f"{server.url}/x")

        assert 2 == len(server.requests)


async def test_the_time_of_a_session_does_not_count(echo: EchoServer) -> None:
    """The timeout of the call decides, and not the session's own."""
    impatient = aiohttp.ClientTimeout(total=0.01)
    async with aiohttp.ClientSession(timeout=impatient) as session:
        transport = AiohttpTransport(session=session)
        with pytest.raises(TransportTimeoutError, match=r"within 0\.05 seconds"):
            await transport.send(Request("GET", f"{echo.url}/slow"), timeout=0.05)


async def test_a_session_that_reads_the_environment() -> None:
    """A session that takes credentials from netrc is refused at once."""
    async with aiohttp.ClientSession(trust_env=True) as session:
        with pytest.raises(InvalidArgumentError, match="trust_env=False"):
            AiohttpTransport(session=session)


async def test_a_closed_session(echo: EchoServer) -> None:
    """A session that its owner closed is named as the reason."""
    async with aiohttp.ClientSession() as session:
        transport = AiohttpTransport(session=session)

    with pytest.raises(InvalidArgumentError, match="session: is closed"):
        await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)


async def test_a_session_of_another_loop(session: aiohttp.ClientSession, echo: EchoServer) -> None:
    """A session cannot be used in a second event loop, and the error says so."""
    transport = AiohttpTransport(session=session)
    request = Request("GET", f"{echo.url}/echo")
    await transport.send(request, timeout=5)

    def elsewhere() -> None:
        asyncio.run(transport.send(request, timeout=5))

    with pytest.raises(InvalidArgumentError, match="belongs to another event loop"):
        await asyncio.to_thread(elsewhere)


async def test_cancelling_while_a_server_is_watched() -> None:
    """A call that ends in the moment a server is given leaves its connection closed."""
    with FaultServer([Read(), Send(answer())] * 3) as server:
        transport = AiohttpTransport()
        request = Request("GET", server.url)
        await transport.send(request, timeout=5)
        with pytest.raises(TransportTimeoutError):
            await transport.send(request, timeout=0.001)
        await transport.send(request, timeout=5)

        assert (2, 2) == (len(server.requests), server.connections)
        await transport.aclose()


async def test_a_native_cancellation(echo: EchoServer) -> None:
    """`asyncio.Task.cancel` goes through, also when the time is nearly over."""
    transport = AiohttpTransport()
    task = asyncio.ensure_future(transport.send(Request("GET", f"{echo.url}/slow"), timeout=5))
    await asyncio.sleep(0.02)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await transport.aclose()


async def test_an_address_that_aiohttp_does_not_take() -> None:
    """An address in a form that no URL library agrees on cannot be connected to."""
    transport = AiohttpTransport()
    with pytest.raises(TransportError):
        await transport.send(Request("GET", f"http://127.1:{unused_port()}/"), timeout=5)
    await transport.aclose()
