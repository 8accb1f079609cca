"""Silence, drips and queues: a call ends when its time is over, and says for what it waited."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest

from cronofy_async import (
    AsyncAccount,
    AsyncCronofy,
    Limits,
    OutcomeUnknownError,
    TransportTimeoutError,
)
from tests.transports.cases import wire_transports
from tests.transports.servers import FaultServer, Read, Send, Wait, answer, settled

from .never import bounded, until
from .proxy import Bandwidth, Hold, Latency, Link, Proxy, Slicer
from .scene import Scene

pytestmark = pytest.mark.anyio

Reach = Callable[..., AsyncAccount]
Failing = Callable[..., Any]

TIME = 0.2
"""Seconds that calls may take."""


@pytest.mark.fault(4)
@wire_transports
async def test_silence(reach: Reach, failing: Failing) -> None:
    """The error tells the time that passed and the attempts, and no connection is left."""
    with FaultServer([Read(), Wait()]) as server:
        account = reach(server.url, timeout=TIME)
        error = await bounded(
            TIME, lambda: failing(TransportTimeoutError, account.list_calendars())
        )

        assert (1, 1, True) == (error.attempts, len(error.history), error.was_sent)
        assert error.elapsed >= TIME
        assert await settled(server)


@pytest.mark.fault(4)
@wire_transports
async def test_silence_after_a_creation(reach: Reach, failing: Failing) -> None:
    """Nobody knows whether it was carried out."""
    with FaultServer([Read(), Wait()]) as server:
        call = reach(server.url, timeout=TIME).create_channel(callback_url="https://a.example/x")
        error = await bounded(TIME, lambda: failing(OutcomeUnknownError, call))

        assert TransportTimeoutError is type(error.__cause__)
        assert 1 == len(server.requests)


@pytest.mark.fault(10)
@wire_transports
@pytest.mark.parametrize("slow", [Slicer(1, 0.1), Bandwidth(100), Latency(0.5)], ids=str)
async def test_a_slow_line(scene: Scene, failing: Failing, slow: Any) -> None:
    """Bytes that come one by one do not prolong a call."""
    person = scene.somebody()
    with Proxy(scene.port, Link(down=(slow,))) as proxy:
        account = scene.account(person, proxy.url, timeout=TIME)
        error = await bounded(
            TIME, lambda: failing(TransportTimeoutError, account.list_calendars())
        )

        assert error.elapsed >= TIME
        await until(lambda: proxy.open == 0)
        assert 1 == proxy.connections


@pytest.mark.fault(10, 17)
@wire_transports
async def test_early_hints_without_end(reach: Reach, failing: Failing) -> None:
    """Interim answers do not prolong a call either."""
    hints = Send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000, size=28, pause=0.005)
    with FaultServer([Read(), hints]) as server:
        account = reach(server.url, timeout=TIME)
        await bounded(TIME, lambda: failing(TransportTimeoutError, account.list_calendars()))

        assert await settled(server)


@pytest.mark.fault(17)
@wire_transports
async def test_early_hints(reach: Reach) -> None:
    """Two thousand of them are passed over."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2_000
    with FaultServer([Read(), Send(hints + answer({"calendars": []})), Wait()]) as server:
        assert [] == await reach(server.url).list_calendars()
        assert 1 == len(server.requests)


@pytest.mark.fault(10)
@wire_transports
async def test_byte_by_byte_in_time(scene: Scene) -> None:
    """An answer that comes in single bytes, and in time, is whole."""
    person = scene.somebody(7)
    with Proxy(scene.port, Link(down=(Slicer(1),))) as proxy:
        found = await scene.account(person, proxy.url).read_events(tzid="Etc/UTC").collect()

    assert 7 == len(found)


def are_waiting(client: AsyncCronofy, count: int) -> bool:
    """Whether so many requests of a client are held back."""
    return client.quota is not None and client.quota.waiting == count


@pytest.mark.fault(44)
@wire_transports
async def test_slow_calls_take_all_places(scene: Scene, failing: Failing) -> None:
    """Who waits for a place is through when its time is over, or comes next, in its turn."""
    ada, ben = scene.somebody(), scene.somebody()
    done: list[str] = []
    with Proxy(scene.port, Link(down=(Hold(),))) as proxy:
        client = scene.connect(proxy.url, limits=Limits(concurrent=2))
        views = {"ada": scene.view(client, ada), "ben": scene.view(client, ben)}

        async def call(name: str) -> None:
            await views[name].list_calendars()
            done.append(name)

        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(call, "ada")
            await until(lambda: proxy.held == 2)
            for waiting, name in enumerate(("ada", "ada", "ada", "ben"), 1):
                group.start_soon(call, name)
                await until(partial(are_waiting, client, waiting))
            hasty = views["ben"].with_options(timeout=TIME)
            error = await bounded(
                TIME, lambda: failing(TransportTimeoutError, hasty.list_calendars())
            )
            assert (False, 2, 2) == (error.was_sent, proxy.connections, scene.asked())
            assert "its share of the quota" in str(error)
            proxy.let_go()

    assert (6, 6) == (len(done), scene.asked())
    order = [entry.account for entry in scene.sandbox.journal]
    assert ben.sub in order[2:4]
