"""A service that refuses for a while or for ever: waits, the budget, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from cronofy_async import (
    AsyncAccount,
    Limits,
    RateLimitError,
    RetryBudget,
    RetryPolicy,
    ServerError,
)
from cronofy_async.operations import ListCalendars
from tests.sandbox.wire import NOW
from tests.support import FrozenTime
from tests.transports.cases import wire_transports
from tests.transports.servers import FaultServer, Read, Send, Wait, answer

from .scene import Scene

pytestmark = pytest.mark.anyio

Failing = Callable[..., Any]

POLICY = RetryPolicy()


@pytest.fixture
def time() -> FrozenTime:
    """The client's time, which passes only where it waits; that of sockets is real."""
    return FrozenTime()


@pytest.mark.fault(23)
@wire_transports
@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({}, POLICY.wait_initial),
        ({"retry_after": 2}, 2.0),
        ({"retry_after": "2.5"}, 2.5),
        ({"retry_after": "soon"}, POLICY.wait_initial),
        ({"retry_after": "-1"}, POLICY.wait_initial),
        ({"retry_after": "inf"}, POLICY.wait_initial),
        ({"retry_after": "1e309"}, POLICY.wait_initial),
    ],
    ids=str,
)
async def test_429(scene: Scene, time: FrozenTime, told: dict[str, Any], wait: float) -> None:
    """The wait is what was asked for, or our own where that is nonsense."""
    person = scene.somebody()
    scene.fault("status", status=429, times=1, **told)
    account = scene.account(person, retry=POLICY, runtime=time.runtime())

    assert 2 == (await account.send_raw(ListCalendars())).attempts
    assert wait == sum(time.slept)


@pytest.mark.fault(23)
@wire_transports
@pytest.mark.parametrize(("until", "wait"), [(7, 7.0), (-60, 0.0)])
async def test_429_until_a_date(
    reach: Callable[..., AsyncAccount], time: FrozenTime, until: int, wait: float
) -> None:
    """It is compared with the date of the answer, whatever our clock says."""
    sent, again = (formatdate(NOW + seconds, usegmt=True) for seconds in (0, until))
    refused = answer(b"", ("Date", sent), ("Retry-After", again), status=429)
    good = answer({"calendars": []})
    with FaultServer([Read(), Send(refused), Read(), Send(good), Wait()]) as server:
        await reach(server.url, retry=POLICY, runtime=time.runtime()).list_calendars()

    assert wait == sum(time.slept)


@pytest.mark.fault(23)
@wire_transports
@pytest.mark.parametrize("asked", [61, 3600])
async def test_a_wait_that_is_too_long(
    scene: Scene, failing: Failing, time: FrozenTime, asked: int
) -> None:
    """It is not begun; the error says what was asked."""
    person = scene.somebody()
    scene.fault("status", status=429, retry_after=asked)
    account = scene.account(person, retry=POLICY, runtime=time.runtime())

    error = await failing(RateLimitError, account.list_calendars())

    assert (asked, 1, []) == (error.retry_after, scene.asked(), time.slept)


@pytest.mark.fault(23)
@wire_transports
async def test_429_slows_everybody(scene: Scene, failing: Failing, time: FrozenTime) -> None:
    """Another account's call waits as well."""
    ada, ben = scene.somebody(), scene.somebody()
    scene.fault("status", status=429, retry_after=20, times=1)
    client = scene.connect(retry=RetryPolicy(attempts=1), limits=Limits(), runtime=time.runtime())
    began = time.time

    await failing(RateLimitError, scene.view(client, ada).list_calendars())
    await scene.view(client, ben).list_calendars()

    assert time.time - began >= 20


@pytest.mark.fault(23)
@wire_transports
async def test_waits_are_spread(scene: Scene) -> None:
    """Clients that are told the same come back at different times."""
    person = scene.somebody()
    waits: set[float] = set()
    for draw in (0.0, 0.25, 0.5, 1.0):
        scene.fault("status", status=429, retry_after=2, times=1)
        time = FrozenTime()
        account = scene.account(person, retry=POLICY, runtime=time.runtime(draw))
        await account.list_calendars()
        waits.add(sum(time.slept))

    assert {2.0, 2.25, 2.5, 3.0} == waits


@pytest.mark.fault(24)
@wire_transports
@pytest.mark.parametrize(
    ("attempts", "tokens", "made"),
    [(3, 500, 3), (100, 500, 5), (100, 10, 3)],
    ids=["attempts", "deadline", "budget"],
)
async def test_429_for_ever(
    scene: Scene, failing: Failing, time: FrozenTime, attempts: int, tokens: int, made: int
) -> None:
    """The first bound that is reached ends it, and the error has the totals."""
    person = scene.somebody()
    scene.fault("status", status=429, retry_after=7)
    account = scene.account(
        person,
        retry=RetryPolicy(attempts=attempts),
        retry_budget=RetryBudget(capacity=tokens),
        timeout=30,
        runtime=time.runtime(),
    )

    error = await failing(RateLimitError, account.list_calendars())

    assert (made, made, made) == (error.attempts, len(error.history), scene.asked())
    assert 7.0 * (made - 1) == error.elapsed <= 30
    assert 7.0 == error.retry_after


@pytest.mark.fault(25)
@wire_transports
async def test_every_third_request_fails(scene: Scene, time: FrozenTime) -> None:
    """No call does, and none costs much."""
    person = scene.somebody()
    scene.fault("status", status=500, every=3)
    account = scene.account(person, retry=POLICY, runtime=time.runtime())

    for _ in range(40):
        assert 1 == len(await account.list_calendars())

    assert 40 < scene.asked() <= 60


@pytest.mark.fault(26)
@wire_transports
async def test_a_total_outage(scene: Scene, failing: Failing, time: FrozenTime) -> None:
    """The budget is soon used up; when it is over calls succeed at their first attempt."""
    person = scene.somebody()
    scene.fault("status", status=503, body="html")
    account = scene.account(
        person, retry=POLICY, retry_budget=RetryBudget(capacity=100), runtime=time.runtime()
    )

    errors = [await failing(ServerError, account.list_calendars()) for _ in range(200)]
    assert 220 == scene.asked()
    assert "retry budget is used up" in errors[-1].__notes__[0]

    scene.sandbox.control.clear_faults()
    assert {1} == {(await account.send_raw(ListCalendars())).attempts for _ in range(20)}
