"""Many calls at once end as they would one by one, in as few requests as they take."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import CredentialError, CronofyError, InvalidArgumentError, SendProgress
from cronofy_async.core.wire import Request
from cronofy_async.models import Availability, Group
from cronofy_async.operations import (
    DeleteEvent,
    ListCalendars,
    QueryAvailability,
    ReadEvents,
    UpsertAvailablePeriod,
    UpsertEvent,
)
from tests.paging import settle

from .worlds import NOW, TODAY, Person, Wire, client, person, sandbox, views

START = datetime.fromtimestamp(NOW, UTC) + timedelta(days=1)
WHAT = ReadEvents(tzid="Etc/UTC", only_managed=True, from_=TODAY, to=TODAY + timedelta(days=30))


class Crowd:
    """People, the wire to them, and a client."""

    def __init__(self, people: int = 3, seed: int = 0, losing: float = 0) -> None:
        self.where = sandbox()
        self.people: list[Person] = [person(self.where) for _ in range(people)]
        self.wire = Wire(self.where, Random(seed), losing)
        self.cronofy = client(self.wire, self.where)
        self.accounts = views(self.cronofy, self.people)

    def upsert(self, who: int, number: int, summary: str = "Talk") -> tuple[Any, Any]:
        start = START + timedelta(hours=number)
        return self.accounts[who], UpsertEvent(
            calendar_id=self.people[who].calendars[0],
            event_id=f"e{number}",
            summary=summary,
            start=start,
            end=start + timedelta(hours=1),
        )

    def delete(self, who: int, number: int) -> tuple[Any, Any]:
        return self.accounts[who], DeleteEvent(
            calendar_id=self.people[who].calendars[0], event_id=f"e{number}"
        )

    def paths(self) -> list[str]:
        return [each.path for each in self.wire.asked]


steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from("udur")), max_size=120
)


@given(steps, st.integers(0, 2**32), st.sampled_from([0, 0.2]), st.integers(1, 5), st.booleans())
def test_many_end_as_one_by_one(
    steps: Any, seed: int, losing: float, at_once: int, in_order: bool
) -> None:
    """Whatever overtakes what, each account is left as if its calls came one after the other."""

    def calls(crowd: Crowd) -> Iterator[Any]:
        for place, (who, number, kind) in enumerate(steps):
            if kind == "r":
                yield crowd.accounts[who], ListCalendars()
            else:
                yield (
                    crowd.delete(who, number)
                    if kind == "d"
                    else crowd.upsert(who, number, f"written {place}")
                )

    async def left(crowd: Crowd) -> list[list[str]]:
        crowd.wire.losing = 0
        return [
            sorted(f"{e.event_id} {e.summary}" for e in await each.read(WHAT).collect())
            for each in crowd.accounts
        ]

    async def main() -> None:
        expected = Crowd()
        for account, operation in calls(expected):
            await account.send(operation)
        crowd = Crowd(seed=seed, losing=losing)
        sending = crowd.cronofy.send_many(calls(crowd), at_once=at_once, in_order=in_order)
        found = [each async for each in sending]
        assert all(each.ok for each in found)
        indices = [each.index for each in found]
        assert list(range(len(steps))) == (indices if in_order else sorted(indices))
        assert crowd.wire.most <= at_once
        assert await left(expected) == await left(crowd)

    asyncio.run(main())


@pytest.mark.anyio
async def test_calls_of_an_account_are_packed() -> None:
    """A hundred and twenty of one account take three requests, three alone one each."""
    crowd = Crowd(4)
    calls = [crowd.upsert(0, number) for number in range(120)]
    calls += [crowd.upsert(who, 0) for who in (1, 2, 3)]
    sending = crowd.cronofy.send_many(calls)
    found = await sending.collect()

    assert list(range(123)) == [each.index for each in found]
    assert all(each.ok for each in found)
    assert 3 == crowd.paths().count("/v1/batch")
    assert 6 == len(crowd.wire.asked) == sending.progress.requests


@pytest.mark.anyio
async def test_what_cannot_be_packed_goes_alone_and_in_order() -> None:
    """A read between writes sees those before it, and none after it."""
    crowd = Crowd(1)
    calls: list[Any] = [crowd.upsert(0, number) for number in range(3)]
    calls += [(crowd.accounts[0], WHAT), crowd.delete(0, 0), crowd.delete(0, 1)]
    found = await crowd.cronofy.send_many(calls).collect()
    assert 3 == len(found[3].result().items)
    assert 3 == len(crowd.wire.asked)


@pytest.mark.anyio
async def test_calls_of_the_application_go_at_once() -> None:
    """Many availability queries are under way together, each with its own answer."""
    crowd = Crowd(2)
    queries = [
        QueryAvailability(
            participants=[Group(members=[crowd.people[0].sub])],
            required_duration=60,
            query_periods=[(START, START + timedelta(hours=2 + number))],
        )
        for number in range(20)
    ]
    sending = crowd.cronofy.send_many(queries, at_once=5, in_order=True)
    found = [each async for each in sending]
    assert 5 == crowd.wire.most
    answers = [each.result() for each in found]
    assert all(isinstance(each, Availability) for each in answers)
    assert [START + timedelta(hours=2 + number) for number in range(20)] == [
        each.results[0].end for each in answers
    ]
    assert {(None, None)} == {(each.sub, each.account) for each in found}


@pytest.mark.anyio
async def test_each_call_has_its_own_outcome() -> None:
    """What the service refuses, a calendar that is unknown, no credential: the others are done."""
    crowd = Crowd(1)
    (account,) = crowd.accounts
    good = crowd.upsert(0, 1)[1]
    wrong = DeleteEvent(calendar_id="cal_unknown", event_id="e")
    calls: list[Any] = [
        (account, good),
        (account, wrong),
        ("acc_unknown", good),
        ("acc_unknown", wrong),
        good,
        (crowd.people[0].sub, good),
    ]
    found = await crowd.cronofy.send_many(calls).collect()
    assert [202, 404, None, None, None, 202] == [each.outcome.status for each in found]
    assert [True, False, False, False, False, True] == [each.ok for each in found]
    assert [CredentialError] * 3 == [type(found[n].outcome.error) for n in (2, 3, 4)]
    assert [good, wrong] == [each.outcome.operation for each in found[:2]]
    assert crowd.people[0].sub == found[5].sub


@pytest.mark.anyio
async def test_a_slow_consumer_stops_the_source() -> None:
    """No more calls are taken than fifty for each request that may be under way."""
    crowd = Crowd(3)
    taken = 0

    async def calls() -> AsyncIterator[Any]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield crowd.upsert(number % 3, number % 7)

    async with crowd.cronofy.send_many(calls(), at_once=2) as sending:
        for asked in range(60):
            await anext(sending)
            await settle(100)
            assert taken <= 100 + asked + 1
    assert taken < 200


@pytest.mark.anyio
async def test_progress_counts() -> None:
    """Calls are counted as they are done."""
    crowd = Crowd(2)
    seen: list[SendProgress] = []
    calls = [crowd.upsert(0, 1), ("acc_unknown", crowd.upsert(0, 1)[1])]
    sending = crowd.cronofy.send_many(calls, on_progress=seen.append)
    assert (0, 2) == (sending.progress.calls_done, sending.progress.calls_total)
    assert 0 == sending.progress.rate
    await sending.collect()
    assert [1, 2] == [each.calls_done for each in seen]
    assert 1 == seen[-1].calls_failed
    assert "<AsyncSendMany: 2 calls done>" == repr(sending)


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["forget", "close", "cancel"])
async def test_leaving_half_way_leaves_nothing(way: str) -> None:
    """Forgotten, closed or cancelled: nothing is under way any more."""
    crowd = Crowd(3)
    waiting = 0

    async def wait(_: Request) -> None:
        nonlocal waiting
        waiting += 1
        try:
            await anyio.Event().wait()
        finally:
            waiting -= 1

    async def send() -> None:
        calls = (crowd.upsert(number % 3, number) for number in range(500))
        sending = crowd.cronofy.send_many(calls)
        await anext(sending)
        crowd.wire.hold = wait
        await settle(200)
        assert waiting
        if way == "close":
            await sending.aclose()
            assert None is await anext(sending, None)
        if way == "cancel":
            with anyio.move_on_after(0.02):
                await sending.collect()

    await send()
    gc.collect()
    await settle()
    assert (0, 0) == (waiting, crowd.wire.under_way)
    assert set() == crowd.cronofy.driver.ahead


@pytest.mark.anyio
async def test_an_error_of_the_iterable_comes_after_what_was_begun() -> None:
    """Calls before it are carried out, and have their outcomes."""
    crowd = Crowd(1)

    def calls() -> Iterator[Any]:
        yield crowd.upsert(0, 1)
        yield crowd.upsert(0, 2)
        yield "no call"

    found: list[int] = []

    async def gather() -> None:
        async for each in crowd.cronofy.send_many(calls()):
            found.append(each.index)

    with pytest.raises(InvalidArgumentError, match="calls: have a str"):
        await gather()
    assert [0, 1] == found


@pytest.mark.parametrize(
    ("calls", "options", "field"),
    [
        (7, {}, "calls"),
        ("acc_1", {}, "calls"),
        ([7], {}, "calls"),
        ([(7, WHAT)], {}, "calls"),
        ([(None, WHAT)], {}, "calls"),
        ([("acc_1", "x")], {}, "calls"),
        ([("acc_1", WHAT, 1)], {}, "calls"),
        ([], {"at_once": 0}, "at_once"),
    ],
)
def test_what_makes_no_sense_is_refused(calls: Any, options: Any, field: str) -> None:
    """Nothing is sent, and the error names the parameter."""
    crowd = Crowd(0)
    with pytest.raises(InvalidArgumentError) as caught:
        crowd.cronofy.send_many(calls, **options)
    assert field == caught.value.field


@pytest.mark.anyio
async def test_closing_the_client_ends_it() -> None:
    """What comes after says that the client was closed."""
    crowd = Crowd(1)
    sending = crowd.cronofy.send_many(crowd.upsert(0, number % 7) for number in range(500))
    await anext(sending)
    await crowd.cronofy.aclose()
    with pytest.raises(CronofyError, match="closed"):
        await sending.collect()
    assert 0 == crowd.wire.under_way


def test_periods_are_packed_as_well() -> None:
    """Whatever can be put into a batch is."""

    async def main() -> None:
        crowd = Crowd(1)
        calls = [
            (
                crowd.accounts[0],
                UpsertAvailablePeriod(
                    available_period_id=f"p{number}",
                    start=START,
                    end=START + timedelta(hours=1),
                ),
            )
            for number in range(50)
        ]
        assert 50 == len(await crowd.cronofy.send_many(calls).collect())
        assert ["/v1/batch"] == crowd.paths()

    asyncio.run(main())
