"""Clients that nobody closes, or that are closed at any moment, keep no connection open."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import anyio
import pytest
import trio

from cronofy_async import CronofyError
from cronofy_async.client.runtime import checkpoint
from cronofy_async.operations import ReadEvents

from .cutting import Kind, backend_of, cut
from .servers import Service

pytestmark = [pytest.mark.anyio, pytest.mark.fault(45)]

READ = ReadEvents(tzid="Etc/UTC")

CASES = [
    pytest.param(("asyncio", "aiohttp"), id="aiohttp-asyncio"),
    pytest.param(("asyncio", "httpx2"), id="httpx2-asyncio"),
    pytest.param(("asyncio by anyio", "httpx2"), id="httpx2-asyncio-by-anyio"),
    pytest.param(("trio", "httpx2"), id="httpx2-trio"),
]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Kind, str]:
    """Who cancels, and the transport."""
    given: tuple[Kind, str] = request.param
    return given


@pytest.fixture
def kind(case: tuple[Kind, str]) -> Kind:
    """Who cancels."""
    return case[0]


@pytest.fixture
def transport(case: tuple[Kind, str]) -> str:
    """The name of the transport."""
    return case[1]


@pytest.fixture
def anyio_backend(kind: Kind) -> str:
    """Runs each test on the event loop of its transport."""
    return backend_of(kind)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A server that knows how many connections are open."""
    with Service() as server:
        yield server


async def is_settled(service: Service, most: int = 0) -> bool:
    """Whether at most so many connections are open, now or within two seconds."""
    for _ in range(200):
        if service.open <= most:
            return True
        await anyio.sleep(0.01)
    return False


@pytest.mark.parametrize("way", ["call", "collect", "read_many"])
async def test_cancelling_leaves_no_connection_in_use(
    service: Service, kind: Kind, transport: str, way: str
) -> None:
    """Cancelled at any turn, over real sockets: later calls work, and closing closes all."""
    views = 1 if way == "call" else 3
    async with service.given.async_cronofy(transport=transport) as cronofy:
        accounts = service.given.views(cronofy)[:views]

        async def work() -> None:
            if way == "call":
                await accounts[0].list_calendars()
            elif way == "collect":
                await accounts[0].read_events(tzid="Etc/UTC").collect()
            else:
                async for outcome in cronofy.read_many(READ, accounts, windows=None):
                    assert outcome.ok

        turns, ended = 0, False
        while not ended:
            ended = await cut(kind, work, turns)
            # How long an answer takes is not counted in turns: further on they are many.
            turns += 1 + turns // 12
        quota = cronofy.quota
        assert quota is not None
        assert (0, 0) == (quota.under_way, quota.waiting)
        await accounts[0].list_calendars()
    assert await is_settled(service)


async def test_closing_at_any_moment_leaves_no_connection_open(
    service: Service, kind: Kind, transport: str
) -> None:
    """A client may be closed while a connection is made, or an answer comes in."""
    for turns in range(24):
        cronofy = service.given.async_cronofy(transport=transport)
        account = cronofy.account(access_token=service.given.token)

        async def call() -> None:
            with suppress(CronofyError):
                await account.list_calendars()  # noqa: B023  # awaited at once

        async with anyio.create_task_group() as group:
            group.start_soon(call)
            for _ in range(turns):
                await checkpoint()
            await cronofy.aclose()
    assert await is_settled(service)
    # Whatever is open here would complain.
    gc.collect()


async def test_a_client_that_is_forgotten_closes_its_connections(
    service: Service, kind: Kind, transport: str
) -> None:
    """Dropped half-way through a read, a client goes when garbage is collected, in silence."""
    if kind == "trio":
        pytest.skip("trio itself warns of what is not closed")
    for number in range(3):
        cronofy = service.given.async_cronofy(transport=transport)
        account = cronofy.account(access_token=service.given.token)
        pages = account.read_events(tzid="Etc/UTC").pages()
        await anext(pages)
        outcomes = aiter(cronofy.read_many(READ, service.given.views(cronofy)))
        if number:
            assert (await anext(outcomes)).ok
        assert service.open
        del cronofy, account, pages, outcomes
    for _ in range(20):
        # What was under way ends first, and holds for so long what it needs.
        gc.collect()
        if not service.open:
            break
        await anyio.sleep(0.01)
    assert await is_settled(service)


@pytest.mark.parametrize("where", ["here", "in a circle", "in another thread"])
def test_a_facade_that_is_forgotten_closes_its_connections(service: Service, where: str) -> None:
    """The blocking client goes in silence too, whichever thread collects it."""
    account: Any = service.given.account()
    account.list_calendars()
    pager = iter(account.read_events(tzid="Etc/UTC"))
    next(pager)
    assert service.open
    if where == "in a circle":
        account.circle = account
    del account, pager
    if where == "in another thread":
        thread = threading.Thread(target=gc.collect)
        thread.start()
        thread.join()
    gc.collect()
    assert asyncio.run(is_settled(service))


def test_a_loop_of_trio_that_ends_closes_connections(service: Service) -> None:
    """A client that is left open when trio ends has no connection any more."""

    async def main() -> Any:
        account = service.given.async_account()
        await account.list_calendars()
        return account

    account = trio.run(main)
    assert asyncio.run(is_settled(service))
    assert account is not None
