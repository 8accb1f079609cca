"""Several processes, one store: one exchange, and whoever dies takes nothing along."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from cronofy_async.core.wire import Request
from cronofy_async.stores import SQLiteTokenStore

from ..transports.cases import CASES, TransportCase, wire_transports
from .processes import processes
from .program import POINTS
from .service import Rotation, TokenService, is_exchange, on_loopback

pytestmark = pytest.mark.slow


def stored(store: SQLiteTokenStore, service: TokenService, *subs: str) -> None:
    """Put expired tokens of some accounts into a store."""

    async def put() -> None:
        for sub in subs:
            await store.put(sub, service.grant(sub, expired=True))

    asyncio.run(put())


@pytest.fixture
def store(tmp_path: Path) -> SQLiteTokenStore:
    """A store in a file."""
    return SQLiteTokenStore(tmp_path / "private" / "tokens.db")


@pytest.fixture
def case(request: pytest.FixtureRequest) -> TransportCase:
    """The way on which the processes go."""
    param: TransportCase = request.param
    return param


def on_way(case: TransportCase) -> dict[str, Any]:
    """Orders to go that way."""
    return {"transport": case.name.partition("-")[0], "backend": case.backend}


def ways(*given: Any) -> list[Any]:
    """All of that on the usual way, and the first of it on every other one as well."""
    first, *others = [case for case in CASES if case.wire and case.probe is None]
    pairs = [(first, each) for each in given] + [(case, given[0]) for case in others]
    return [pytest.param(case, each, id=f"{each}-{case.name}") for case, each in pairs]


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("case", "rotation"), ways("rotating", "fixed", "grace"), indirect=["case"]
)
def test_eight_processes_make_one_exchange(
    store: SQLiteTokenStore, case: TransportCase, rotation: Rotation
) -> None:
    """Of 400 tasks in 8 processes that find a token expired, one exchanges it; none is stale."""
    service = TokenService(rotation)
    stored(store, service, "acc_1")
    with on_loopback(service) as url:
        orders = {"url": url, "path": str(store.path), "sub": "acc_1", "tasks": 50, "speed": 10}
        orders |= on_way(case)
        with processes(*[orders] * 8) as started:
            for each in started:
                each.go()
            results = [each.results() for each in started]

    assert [{"list": 50}] * 8 == results
    assert (1, 0, 400) == (service.exchanges, service.stale, service.calls)


@pytest.mark.fault(32, 33)
@wire_transports
def test_a_winner_that_is_killed_does_not_hold_the_others(
    store: SQLiteTokenStore, case: TransportCase
) -> None:
    """When the process that exchanges is killed, its lease ends and another one exchanges."""
    service = TokenService("grace")
    stored(store, service, "acc_1")
    arrived, go_on = threading.Event(), threading.Event()

    def hold_the_first(request: Request) -> None:
        if is_exchange(request) and not arrived.is_set():
            arrived.set()
            go_on.wait(20)

    with on_loopback(service, hold_the_first) as url:
        orders = {"url": url, "path": str(store.path), "sub": "acc_1", "tasks": 5, "speed": 50}
        orders |= on_way(case)
        with processes(orders, orders) as (winner, loser):
            winner.go()
            assert arrived.wait(20)
            loser.go()
            winner.popen.kill()
            results = loser.results()
        go_on.set()

    assert {"list": 5} == results
    assert (2, 0) == (service.exchanges, service.stale)
    assert service.is_alive("acc_1", asyncio.run(store.get("acc_1")))


@pytest.mark.fault(32)
@pytest.mark.parametrize(
    ("case", "rotation"), ways("rotating", "fixed", "grace"), indirect=["case"]
)
@pytest.mark.parametrize("point", POINTS)
def test_a_restart_recovers_from_any_crash(
    store: SQLiteTokenStore, point: str, case: TransportCase, rotation: Rotation
) -> None:
    """Wherever a process dies, the next one goes on, or says that the owner is needed."""
    service = TokenService(rotation)
    stored(store, service, "acc_1", "acc_2")
    before = asyncio.run(store.get("acc_1"))
    with on_loopback(service) as url:
        orders = {"url": url, "path": str(store.path), "sub": "acc_1", "speed": 100}
        orders |= on_way(case)
        with processes({**orders, "point": point}, {**orders, "then": "acc_2"}) as started:
            crashed, restarted = started
            crashed.go()
            assert -9 == crashed.popen.wait(20)
            restarted.go()
            result = restarted.results()

    record = asyncio.run(store.read("acc_1"))
    assert record is not None
    assert (None, None) == (record.lease, record.pending)
    # The service has given out new tokens that nobody has any more.
    is_lost = rotation == "rotating" and point in POINTS[2:5]
    assert {"ReauthorizationRequiredError" if is_lost else "list": 1} == result
    assert is_lost == record.needs_reauth
    if is_lost:
        assert before == record.tokens
    else:
        assert service.is_alive("acc_1", record.tokens)
