"""Retries of all calls together are bounded, and come back with good answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    CronofyError,
    InvalidArgumentError,
    RetryBudget,
    RetryPolicy,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.client.runtime import Runtime
from cronofy_async.core.wire import Request, Response

from .support import FrozenTime, Prepared, RecordingTransport, answer
from .virtual import VirtualTime

CALENDARS = answer(200, {"calendars": []})


class Service:
    """Answers by a rule, and counts."""

    def __init__(self, rule: Callable[[int], Prepared]) -> None:
        self.rule = rule
        self.count = 0

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.count += 1
        prepared = self.rule(self.count)
        if isinstance(prepared, Exception):
            raise prepared
        assert isinstance(prepared, Response)
        return prepared

    async def aclose(self) -> None:
        """Nothing to close."""


def connect(transport: Any, clock: FrozenTime, **options: Any) -> Any:
    """An account of a client without limits."""
    cronofy = AsyncCronofy(transport=transport, limits=None, runtime=clock.runtime(), **options)
    return cronofy.account(access_token="t")


@pytest.mark.parametrize("name", ["capacity", "cost", "timeout_cost", "gain"])
@pytest.mark.parametrize("value", [-1, True, 1.5, "5", None])
def test_a_budget_is_in_whole_tokens(name: str, value: Any) -> None:
    """Anything else is refused, with the parameter's name."""
    with pytest.raises(InvalidArgumentError, match=name):
        RetryBudget(**{name: value})


@pytest.mark.parametrize("client", [AsyncCronofy, Cronofy])
def test_what_is_no_budget_is_refused(client: Any) -> None:
    """A number in place of a budget is refused by both clients."""
    with pytest.raises(InvalidArgumentError, match="retry_budget"):
        client("id", "canary-secret-1", retry_budget=500)


def test_a_retry_costs_and_good_answers_bring_it_back() -> None:
    """Five for a retry, ten after a timeout, one back for each untroubled call, never too many."""
    budget = RetryBudget()
    assert 5 == budget.spend(TransportError("cut"))
    assert 5 == budget.spend(ServerError(answer(503)))
    assert 10 == budget.spend(TransportTimeoutError("over"))
    assert 480 == budget.left
    budget.earn(0)
    budget.earn(10)
    assert 491 == budget.left
    budget.earn(10)
    assert 500 == budget.left


def test_what_is_not_there_cannot_be_spent() -> None:
    """A retry that would cost more than is left is not paid for, and costs nothing."""
    budget = RetryBudget(capacity=12, cost=5, timeout_cost=10)
    assert 5 == budget.spend(TransportError("cut"))
    assert budget.spend(TransportTimeoutError("over")) is None
    assert 7 == budget.left
    assert 5 == budget.spend(TransportError("cut"))
    assert "<RetryBudget 2 of 12>" == repr(budget)


@pytest.mark.asyncio
async def test_a_retry_that_succeeds_is_given_back() -> None:
    """A call that needed two retries has cost nothing; one that needed none brings a token."""
    budget = RetryBudget()
    transport = RecordingTransport([answer(503), answer(503), CALENDARS, CALENDARS])
    account = connect(transport, FrozenTime(), retry_budget=budget)
    budget.spend(TransportError("cut"))
    await account.list_calendars()
    assert 495 == budget.left
    await account.list_calendars()
    assert 496 == budget.left


@pytest.mark.asyncio
async def test_without_budget_a_call_fails_with_what_befell_it() -> None:
    """At once, with the service's error, which says why it was not sent again."""
    account = connect(
        RecordingTransport([answer(503)]), FrozenTime(), retry_budget=RetryBudget(capacity=4)
    )
    with pytest.raises(ServerError) as caught:
        await account.list_calendars()
    assert 1 == caught.value.attempts
    assert ["It was not sent again: the client's retry budget is used up."] == getattr(
        caught.value, "__notes__", []
    )


@pytest.mark.asyncio
async def test_all_accounts_and_copies_of_a_client_share_one_budget() -> None:
    """A retry of one is missing to the other."""
    transport = RecordingTransport([answer(503)] * 3)
    cronofy = AsyncCronofy(
        "id",
        "canary-secret-1",
        transport=transport,
        runtime=FrozenTime().runtime(),
        retry_budget=RetryBudget(capacity=5),
    )
    for client in (cronofy, cronofy.with_options(timeout=9)):
        with pytest.raises(ServerError):
            await client.account(access_token="t").list_calendars()
    assert 3 == len(transport.requests)


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, 10_100), ({"retry_budget": None}, 30_000)],
    ids=["with", "without"],
)
@pytest.mark.asyncio
async def test_a_total_outage_is_not_made_worse(options: dict[str, Any], expected: int) -> None:
    """10,000 calls to a dead service make 10,100 requests; without budget they made 30,000."""
    service = Service(lambda _: answer(503))
    account = connect(service, FrozenTime(), **options)
    for _ in range(10_000):
        with pytest.raises(ServerError):
            await account.list_calendars()
    assert expected == service.count


@pytest.mark.fault(26)
def test_after_an_outage_calls_succeed_at_once() -> None:
    """500 calls a second for 20 seconds of outage: at most a tenth more; then none fails."""
    clock = VirtualTime()
    down = 20.0
    sent_while_down = asked_while_down = 0

    def rule(_: int) -> Prepared:
        nonlocal sent_while_down
        if clock() >= down:
            return CALENDARS
        sent_while_down += 1
        return answer(503)

    service = Service(rule)
    runtime = Runtime(monotonic=clock, now=clock, sleep=clock.sleep, draw=Random(1).random)
    cronofy = AsyncCronofy(transport=service, limits=None, runtime=runtime)
    account = cronofy.account(access_token="t")
    failed: list[float] = []

    async def call(at: float) -> None:
        nonlocal asked_while_down
        await clock.sleep(at)
        asked_while_down += at < down
        try:
            await account.list_calendars()
        except ServerError:
            failed.append(clock())

    async def main() -> None:
        await asyncio.gather(*[call(n / 500) for n in range(int(500 * (down + 3)))])

    clock.run(main())
    assert sent_while_down <= 1.1 * asked_while_down
    assert max(failed) <= down


@pytest.mark.fault(25)
@pytest.mark.asyncio
async def test_every_third_request_fails_and_no_call_does() -> None:
    """The budget does not run out while retries help: at most one and a half requests a call."""
    service = Service(lambda count: CALENDARS if count % 3 else answer(500))
    account = connect(service, FrozenTime())
    for _ in range(3000):
        await account.list_calendars()
    assert 4499 == service.count


@pytest.mark.fault(25)
@pytest.mark.asyncio
async def test_one_request_of_three_fails_by_chance() -> None:
    """Failures in a row cost the budget no more than good answers bring."""
    random = Random(7)
    service = Service(lambda _: answer(500) if random.random() < 1 / 3 else CALENDARS)
    account = connect(service, FrozenTime(), retry=RetryPolicy(attempts=8))
    failed = 0
    for _ in range(3000):
        try:
            await account.list_calendars()
        except CronofyError:
            failed += 1
    assert failed <= 3
    assert service.count <= 1.55 * 3000


@pytest.mark.fault(23)
def test_a_herd_comes_back_spread_out() -> None:
    """Of 1,000 clients that are told to wait a second, 150 at most come in any tenth of one."""
    clock = VirtualTime()
    came: list[float] = []

    class Busy:
        def __init__(self) -> None:
            self.count = 0

        async def send(self, request: Request, *, timeout: float) -> Response:
            self.count += 1
            if self.count == 1:
                return answer(429, retry_after="1")
            came.append(clock())
            return CALENDARS

        async def aclose(self) -> None:
            """Nothing to close."""

    runtime = Runtime(monotonic=clock, now=clock, sleep=clock.sleep, draw=Random(3).random)

    async def call() -> None:
        cronofy = AsyncCronofy(transport=Busy(), runtime=runtime)
        await cronofy.account(access_token="t").list_calendars()

    async def main() -> None:
        await asyncio.gather(*[call() for _ in range(1000)])

    clock.run(main())
    came.sort()
    assert 1000 == len(came)
    assert 1.0 <= came[0]
    assert came[-1] <= 2.0
    busiest = max(sum(at <= other < at + 0.1 for other in came) for at in came)
    assert busiest <= 150
