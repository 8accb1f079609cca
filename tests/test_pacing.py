"""Requests keep to the quota, in their order, and use it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    Limits,
    TransportTimeoutError,
)
from cronofy_async.client.pacing import OwnShare, Pacer
from cronofy_async.client.runtime import Runtime
from cronofy_async.core.wire import Request, Response

from .paging import Service, page
from .support import FrozenTime, RecordingTransport, answer
from .virtual import VirtualTime

CALENDARS = answer(200, {"calendars": []})


@pytest.mark.parametrize("name", ["concurrent", "per_second", "burst", "per_minute"])
@pytest.mark.parametrize("value", [0, -1, True, 1.5, "5", None])
def test_a_limit_is_a_whole_number_above_zero(name: str, value: Any) -> None:
    """Anything else is refused, with the limit's name."""
    with pytest.raises(InvalidArgumentError, match=name):
        Limits(**{name: value})


def test_a_burst_is_within_a_second() -> None:
    """More at once than in a second is refused; by default it is a tenth less."""
    with pytest.raises(InvalidArgumentError, match="burst"):
        Limits(per_second=5, burst=6)
    assert (16, 50, 45, 500) == (
        Limits().concurrent,
        Limits().per_second,
        Limits().burst,
        Limits().per_minute,
    )
    assert (9, 1) == (Limits(per_second=10).burst, Limits(per_second=1).burst)


@pytest.mark.parametrize("client", [AsyncCronofy, Cronofy])
def test_what_is_no_limits_is_refused(client: Any) -> None:
    """A number in place of limits is refused by both clients."""
    with pytest.raises(InvalidArgumentError, match="limits"):
        client("id", "canary-secret-1", limits=50)


limits = st.builds(
    lambda concurrent, per_second, share, per_minute: Limits(
        concurrent=concurrent,
        per_second=per_second,
        burst=max(1, per_second * share // 10),
        per_minute=per_minute,
    ),
    st.integers(1, 20),
    st.integers(1, 60),
    st.integers(1, 10),
    st.integers(1, 700),
)
# When somebody asks, how long the answer takes, and after what wait he gives up.
askers = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.floats(0, 0.5),
        st.none() | st.none() | st.floats(0, 5),
    ),
    max_size=150,
)


@given(limits, askers, st.sampled_from([0.0, 12345.678, 1.9e9]))
def test_no_window_holds_more_than_the_quota(
    limits: Limits, askers: list[tuple[float, float, float | None]], start: float
) -> None:
    """In any second and minute, and at any moment; nobody waits for ever, order is kept."""
    clock = VirtualTime(start)
    pacer = Pacer(limits, OwnShare(limits, clock, clock.sleep))
    sent: list[float] = []
    asked: list[int] = []
    admitted: list[int] = []
    under_way = most = 0

    async def ask(number: int, at: float, takes: float) -> None:
        nonlocal under_way, most
        await clock.sleep(at)
        asked.append(number)
        if not pacer.try_acquire():
            await pacer.acquire()
        sent.append(clock())
        admitted.append(number)
        under_way += 1
        most = max(most, under_way)
        try:
            await clock.sleep(takes)
        finally:
            under_way -= 1
            pacer.release()

    async def give_up(task: asyncio.Task[None], after: float) -> None:
        await clock.sleep(after)
        task.cancel()

    async def main() -> None:
        tasks = [
            asyncio.ensure_future(ask(number, at, takes))
            for number, (at, takes, _) in enumerate(askers)
        ]
        quitters = [
            asyncio.ensure_future(give_up(task, after))
            for task, (_, _, after) in zip(tasks, askers, strict=True)
            if after is not None
        ]
        await asyncio.gather(*tasks, *quitters, return_exceptions=True)

    clock.run(main())
    assert most <= limits.concurrent
    for span, quota in ((1.0, limits.per_second), (60.0, limits.per_minute)):
        for first, beyond in zip(sent, sent[quota:], strict=False):
            assert beyond - first >= span
    places = {number: place for place, number in enumerate(asked)}
    order = [places[number] for number in admitted]
    assert sorted(order) == order
    staying = {number for number, (_, _, after) in enumerate(askers) if after is None}
    assert staying <= set(admitted)
    assert (0, 0, {}) == (pacer._under_way, pacer._waiting, pacer._queue)


@pytest.mark.parametrize(
    ("limits", "count", "least"),
    [
        (Limits(concurrent=100, per_minute=100_000), 2000, 1950 / 50),
        (Limits(concurrent=100, per_second=7, per_minute=100_000), 200, 193 / 7),
        (Limits(concurrent=100), 1500, 129.0),
        (Limits(concurrent=4, per_second=1000, per_minute=100_000), 400, 99 * 0.1),
    ],
)
def test_the_quota_is_used(limits: Limits, count: int, least: float) -> None:
    """Many askers are through in the time that the tightest limit allows, and five percent."""
    clock = VirtualTime()
    pacer = Pacer(limits, OwnShare(limits, clock, clock.sleep))
    last = 0.0

    async def ask() -> None:
        nonlocal last
        await pacer.acquire()
        last = clock()
        await clock.sleep(0.1)
        pacer.release()

    async def main() -> None:
        await asyncio.gather(*[ask() for _ in range(count)])

    clock.run(main())
    assert least - 1e-6 <= last <= least / 0.95


def test_after_an_idle_time_the_burst_goes_out_at_once() -> None:
    """As many as the burst go without a wait, and the next waits for a fiftieth of a second."""
    time_ = FrozenTime()
    limits = Limits(concurrent=100)
    pacer = Pacer(limits, OwnShare(limits, time_, time_.sleep))
    assert [True] * 45 == [pacer.try_acquire() for _ in range(45)]
    assert not pacer.try_acquire()
    time_.time += 0.0201
    assert pacer.try_acquire()


@pytest.mark.asyncio
async def test_all_accounts_and_copies_of_a_client_share_one_quota() -> None:
    """Requests of two accounts, and of a client with other options, are counted together."""
    time_ = FrozenTime()
    transport = RecordingTransport([CALENDARS] * 6)
    limits = Limits(per_second=2, burst=2, per_minute=100)
    cronofy = AsyncCronofy(
        "id", "canary-secret-1", transport=transport, limits=limits, runtime=time_.runtime()
    )
    for client in (cronofy, cronofy.with_options(timeout=9)):
        for sub in ("one", "two", "three"):
            await client.account(access_token=sub).list_calendars()
    assert 2.0 <= sum(time_.slept) < 2.1


@pytest.mark.asyncio
async def test_limits_can_be_switched_off() -> None:
    """Without limits nothing is held back."""
    time_ = FrozenTime()
    transport = RecordingTransport([CALENDARS] * 100)
    cronofy = AsyncCronofy(
        "id", "canary-secret-1", transport=transport, limits=None, runtime=time_.runtime()
    )
    for _ in range(100):
        await cronofy.account(access_token="t").list_calendars()
    assert [] == time_.slept


@pytest.mark.fault(44)
@pytest.mark.asyncio
async def test_a_call_does_not_wait_for_the_quota_beyond_its_timeout() -> None:
    """The wait counts; when it is over, the error says for what it was, and nothing is sent."""
    transport = RecordingTransport([CALENDARS])
    limits = Limits(per_second=1, per_minute=1)
    cronofy = AsyncCronofy(
        "id", "canary-secret-1", transport=transport, limits=limits, timeout=0.02
    )
    account = cronofy.account(access_token="t")
    await account.list_calendars()
    with pytest.raises(TransportTimeoutError, match="quota"):
        await account.list_calendars()
    assert 1 == len(transport.requests)


@pytest.mark.asyncio
async def test_a_page_waits_for_the_quota_as_long_as_it_takes() -> None:
    """A long read outlasts its quota: a page's timeout begins when it may be sent."""
    time_ = FrozenTime()
    service = Service(*[page(number, 5) for number in range(1, 6)])
    cronofy = AsyncCronofy(
        "id",
        "canary-secret-1",
        transport=service,
        limits=Limits(per_second=1, per_minute=1),
        runtime=time_.runtime(),
        timeout=5,
    )
    pager = cronofy.account(access_token="t").read_events(tzid="Etc/UTC")
    assert 5 == len(await pager.collect())
    assert 240 <= sum(time_.slept) < 241


class Slow:
    """A transport that counts how many requests are under way."""

    def __init__(self) -> None:
        self.under_way = self.most = 0
        self.go_on = anyio.Event()

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.go_on.wait()
        finally:
            self.under_way -= 1
        return CALENDARS

    async def aclose(self) -> None:
        """Nothing to close."""


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_no_more_requests_are_under_way_than_allowed() -> None:
    """The others wait, those that are cancelled give their place to the next, all are answered."""
    transport = Slow()
    limits = Limits(concurrent=3, per_second=1000, per_minute=100_000)
    cronofy = AsyncCronofy("id", "canary-secret-1", transport=transport, limits=limits)
    account = cronofy.account(access_token="t")
    done = 0

    async def call() -> None:
        nonlocal done
        await account.list_calendars()
        done += 1

    async with anyio.create_task_group() as group:
        async with anyio.create_task_group() as quitters:
            for _ in range(5):
                quitters.start_soon(call)
            await anyio.wait_all_tasks_blocked()
            for _ in range(10):
                group.start_soon(call)
            await anyio.wait_all_tasks_blocked()
            assert 3 == transport.under_way
            quitters.cancel_scope.cancel()
        await anyio.wait_all_tasks_blocked()
        assert 3 == transport.under_way
        transport.go_on.set()
    assert (10, 3) == (done, transport.most)


@pytest.mark.asyncio
async def test_a_real_clock_is_no_different() -> None:
    """With real time, a burst and a few more keep their distance."""
    limits = Limits(per_second=200, burst=2, per_minute=9999)
    pacer = Pacer(limits, OwnShare(limits, time.monotonic, Runtime().sleep))
    began = time.monotonic()
    for _ in range(6):
        await pacer.acquire()
        pacer.release()
    assert time.monotonic() - began >= 0.0199
