"""A transport outlives event loops, and no loop leaves connections behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
import trio

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request
from cronofy_transports.aiohttp import AiohttpTransport
from cronofy_transports.httpx2 import Httpx2Transport

from .servers import FaultServer, Read, Send, answer, settled

Run = Callable[[Callable[[], Awaitable[Any]]], Any]
Make = Callable[[], Transport]

KEEP = [Read(), Send(answer())] * 10


def by_asyncio(main: Callable[[], Any]) -> Any:
    """Run in a loop of `asyncio.run`."""
    return asyncio.run(main())


def by_trio(main: Callable[[], Any]) -> Any:
    """Run in a loop of `trio.run`."""
    return trio.run(main)


def by_hand(main: Callable[[], Any]) -> Any:
    """Run in a loop that is made and closed as the documentation of asyncio has it."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


PAIRS = [
    pytest.param(AiohttpTransport, [by_asyncio, by_asyncio], id="aiohttp"),
    pytest.param(AiohttpTransport, [by_hand, by_asyncio, by_hand], id="aiohttp-by-hand"),
    pytest.param(Httpx2Transport, [by_asyncio, by_asyncio], id="httpx2"),
    pytest.param(Httpx2Transport, [by_trio, by_trio], id="httpx2-trio"),
    pytest.param(Httpx2Transport, [by_trio, by_asyncio, by_hand, by_trio], id="httpx2-mixed"),
]


async def is_settled(server: FaultServer) -> bool:
    """Whether no connection is open any more."""
    return await settled(server)


@pytest.mark.parametrize(("make", "runs"), PAIRS)
def test_one_loop_after_another(make: Make, runs: list[Run]) -> None:
    """A transport works in a second loop, and the first one's connections are closed with it."""
    with FaultServer(KEEP) as server:
        transport = make()

        async def use() -> None:
            for _ in range(3):
                await transport.send(Request("GET", server.url), timeout=5)

        for number, run in enumerate(runs, 1):
            run(use)
            assert number == server.connections
            assert asyncio.run(is_settled(server))

        async def close() -> None:
            await use()
            await transport.aclose()

        runs[0](close)
        gc.collect()
        assert asyncio.run(is_settled(server))


@pytest.mark.parametrize("make", [AiohttpTransport, Httpx2Transport])
def test_a_forgotten_transport(make: Make) -> None:
    """On asyncio, a transport that nobody closes is closed without a complaint."""
    with FaultServer(KEEP) as server:

        async def forget() -> None:
            await make().send(Request("GET", server.url), timeout=5)
            gc.collect()
            assert await settled(server)

        asyncio.run(forget())


@pytest.mark.parametrize("make", [AiohttpTransport, Httpx2Transport])
def test_loops_side_by_side(make: Make) -> None:
    """Two loops in two threads use one transport, each with its own connections."""
    with FaultServer(KEEP) as server:
        transport = make()
        meeting = threading.Barrier(2, timeout=5)

        async def use() -> None:
            await transport.send(Request("GET", server.url), timeout=5)
            await asyncio.to_thread(meeting.wait)
            for _ in range(5):
                await transport.send(Request("GET", server.url), timeout=5)
            await asyncio.to_thread(meeting.wait)

        threads = [threading.Thread(target=by_asyncio, args=(use,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (12, 2) == (len(server.requests), server.connections)
        assert asyncio.run(is_settled(server))


@pytest.mark.parametrize("make", [AiohttpTransport, Httpx2Transport])
def test_closing_from_another_loop(make: Make) -> None:
    """Closing in one loop also ends what another, running loop holds."""
    with FaultServer(KEEP) as server:
        transport = make()
        used, closed = threading.Event(), threading.Event()

        async def use() -> None:
            await transport.send(Request("GET", server.url), timeout=5)
            used.set()
            await asyncio.to_thread(closed.wait, 5)
            assert await settled(server)
            with pytest.raises(InvalidArgumentError, match="is closed"):
                await transport.send(Request("GET", server.url), timeout=5)

        async def close() -> None:
            await transport.aclose()

        thread = threading.Thread(target=by_asyncio, args=(use,))
        thread.start()
        used.wait(5)
        asyncio.run(close())
        closed.set()
        thread.join()

        assert 1 == len(server.requests)


def test_aiohttp_on_trio() -> None:
    """On trio the aiohttp transport says which transport to use."""

    async def main() -> None:
        await AiohttpTransport().send(Request("GET", "http://127.0.0.1:1/"), timeout=5)

    with pytest.raises(InvalidArgumentError, match="use Httpx2Transport on trio"):
        trio.run(main)


@pytest.mark.parametrize(("make", "runs"), PAIRS[::2])
def test_nothing_is_opened_before_it_is_used(make: Make, runs: list[Run]) -> None:
    """A transport can be made outside of any loop, and closed unused inside one."""
    transport = make()

    async def close() -> None:
        await transport.aclose()
        await anyio.lowlevel.checkpoint()

    runs[0](close)
