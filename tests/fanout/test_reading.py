"""Reading many accounts is bounded, ends with its reader, and loses no account for another."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from cronofy_async import (
    AccountsFailedError,
    AuthenticationError,
    CredentialError,
    CronofyError,
    InvalidArgumentError,
    Limits,
    Progress,
    RetryPolicy,
    TransportError,
)
from cronofy_async.core.wire import Request
from tests.paging import settle

from .crowd import WHAT, Crowd, gather

pytestmark = pytest.mark.anyio


async def test_no_more_accounts_are_under_way_than_allowed() -> None:
    """However many there are, only so many requests go out at once."""
    crowd = Crowd(20)
    found = [each async for each in crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=4)]

    assert 20 == len(found)
    assert 4 == crowd.wire.most


async def test_as_many_are_under_way_as_the_client_sends() -> None:
    """Left out, at_once is the client's own bound."""
    crowd = Crowd(9, limits=Limits(concurrent=3, per_second=1000, per_minute=10**6))
    [_ async for _ in crowd.cronofy.read_many(WHAT, crowd.accounts)]
    assert 3 == crowd.wire.most
    assert 16 == Crowd(1).cronofy.driver.concurrent


async def test_a_slow_consumer_stops_the_wire_and_the_source() -> None:
    """While nobody takes results, so many wait, so many are finished, and no more are begun."""
    crowd = Crowd(40)
    taken = 0

    def accounts() -> Iterator[Any]:
        nonlocal taken
        for each in crowd.accounts:
            taken += 1
            yield each

    async with crowd.cronofy.read_many(WHAT, accounts(), at_once=3) as reading:
        outcomes = aiter(reading)
        await anext(outcomes)
        await settle(500)
        before = len(crowd.wire.asked)
        await settle(500)
        assert before == len(crowd.wire.asked)
        assert 1 + 3 + 3 == taken
        for _ in range(10):
            await anext(outcomes)
        await settle(500)
        assert 11 + 3 + 3 == taken


async def test_pages_stop_the_wire_as_well() -> None:
    """While nobody takes pages, no more are fetched than fit."""
    crowd = Crowd(4, 60)
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=2, windows=None)
    async with reading:
        await anext(reading.pages())
        await settle(1000)
        # One is handed out, two lie there; of each account one waits for room, and one is ahead.
        assert 1 + 2 + 2 * 2 == len(crowd.wire.asked)


async def test_any_iterable_will_do() -> None:
    """Lists, generators and async generators, of views and of subs."""
    crowd = Crowd(3)

    async def later() -> AsyncIterator[str]:
        for each in crowd.people:
            await checkpoint()
            yield each.sub

    for given in (crowd.accounts, iter(crowd.accounts), (p.sub for p in crowd.people), later()):
        found = {each.sub: each async for each in crowd.cronofy.read_many(WHAT, given)}
        assert {each.sub for each in crowd.people} == found.keys()
        assert [5, 5, 5] == [len(each.result()) for each in found.values()]


async def test_what_befalls_an_account_is_its_outcome() -> None:
    """No credential, a refused token, one twice, no account at all: the others are read."""
    crowd = Crowd(2)
    refused = crowd.cronofy.account("acc_refused", access_token="none")
    given: list[Any] = ["acc_unknown", *crowd.accounts, refused, crowd.people[0].sub, 7]
    reading = crowd.cronofy.read_many(WHAT, iter(given))
    found = {each.index: each async for each in reading}

    assert [False, True, True, False, False, False] == [found[n].ok for n in range(6)]
    errors = [type(found[n].error) for n in (0, 3, 4, 5)]
    wrong = InvalidArgumentError
    assert [CredentialError, AuthenticationError, wrong, wrong] == errors
    assert (None, None) == (found[5].sub, found[5].account)
    assert (6, 4) == (reading.progress.accounts_done, reading.progress.accounts_failed)
    with pytest.raises(CredentialError):
        found[0].result()


async def test_an_account_that_fails_late_has_what_came_before() -> None:
    """An outcome with an error has the entries of the pages before it, and where to resume."""
    crowd = Crowd(1, 9, retry=RetryPolicy(attempts=1))

    async def fail(_: Request) -> None:
        if len(crowd.wire.asked) == 3:
            raise TransportError("broken")

    crowd.wire.hold = fail
    (outcome,) = [
        each async for each in crowd.cronofy.read_many(WHAT, crowd.accounts, windows=None)
    ]
    assert 6 == len(outcome.entries)
    assert outcome.error is not None
    assert outcome.error.cursor is not None
    crowd.wire.hold = None
    rest = await crowd.accounts[0].read(WHAT).resume(outcome.error.cursor).collect()
    assert 3 == len(rest)


async def test_pages_say_why_an_account_ends() -> None:
    """An account that fails has one last page, without entries and with the error."""
    crowd = Crowd(1)
    given: list[Any] = [*crowd.accounts, "acc_unknown"]
    pages = [each async for each in crowd.cronofy.read_many(WHAT, given).pages()]
    (last,) = [each for each in pages if each.error is not None]
    assert ("acc_unknown", [], True) == (last.sub, last.entries, last.is_last)


async def test_by_start_raises_what_failed_in_the_end() -> None:
    """Entries of all others come first, and then the failures in one error."""
    crowd = Crowd(2)
    given: list[Any] = ["acc_unknown", *crowd.accounts]
    reading = crowd.cronofy.read_many(WHAT, given)
    found: list[str] = []
    with pytest.raises(AccountsFailedError, match="1 of the accounts") as caught:
        await gather(reading.by_start(), found, "sub")
    assert 10 == len(found)
    assert found[0] != found[1]
    assert ["acc_unknown"] == [each.sub for each in caught.value.failures]
    assert (3, 1) == (reading.progress.accounts_done, reading.progress.accounts_failed)


async def test_an_error_of_the_iterable_comes_after_what_was_begun() -> None:
    """Accounts that were named before it are read, and then it is raised as it is."""
    crowd = Crowd(3)

    def accounts() -> Iterator[Any]:
        yield from crowd.accounts
        raise LookupError("the database is gone")

    found: list[int] = []
    with pytest.raises(LookupError, match="the database is gone"):
        await gather(crowd.cronofy.read_many(WHAT, accounts()), found, "index")
    assert [0, 1, 2] == sorted(found)


async def test_an_error_of_the_callback_ends_it() -> None:
    """What on_progress raises is raised, and nothing goes on."""
    crowd = Crowd(3)

    passed: list[Request] = []

    async def wait(request: Request) -> None:
        passed.append(request)
        if len(passed) > 1:
            await anyio.Event().wait()

    crowd.wire.hold = wait

    def fail(_: Progress) -> None:
        raise LookupError("no bar")

    found: list[int] = []
    with pytest.raises(LookupError, match="no bar"):
        await gather(
            crowd.cronofy.read_many(WHAT, crowd.accounts, on_progress=fail), found, "index"
        )
    assert [] == found
    assert 0 == crowd.wire.under_way


async def test_progress_counts() -> None:
    """Accounts, pages and entries are counted as they come, and the total is known of a list."""
    crowd = Crowd(4, 5)
    told: list[Progress] = []
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts, on_progress=told.append)
    assert (0, 4, 0.0, 0.0) == (
        reading.progress.accounts_done,
        reading.progress.accounts_total,
        reading.progress.seconds,
        reading.progress.rate,
    )
    [_ async for _ in reading]
    last = told[-1]
    assert (4, 0, 8, 20) == (last.accounts_done, last.accounts_failed, last.pages, last.entries)
    assert 8 + 4 == len(told)
    lazy = crowd.cronofy.read_many(WHAT, iter(crowd.accounts))
    assert None is lazy.progress.accounts_total


# Nothing is left ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["outcomes", "pages", "by_start"])
async def test_leaving_half_way_leaves_nothing(mode: str) -> None:
    """A reader that is forgotten has its requests cancelled."""
    crowd = Crowd(30, 20)

    async def read() -> None:
        reading = crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=5)
        async for _ in getattr(reading, mode)():
            crowd.hold()
            await settle(200)
            break

    await read()
    gc.collect()
    await settle()
    assert (0, 0) == (crowd.waiting, crowd.wire.under_way)
    assert set() == crowd.cronofy.driver.ahead


@pytest.mark.parametrize("mode", ["outcomes", "pages", "by_start"])
async def test_closing_waits_until_nothing_is_under_way(mode: str) -> None:
    """After the block nothing is under way, and nothing more comes."""
    crowd = Crowd(30)
    async with crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=5) as reading:
        results = aiter(getattr(reading, mode)())
        await anext(results)
        crowd.hold()
        await settle(200)
    assert (0, 0) == (crowd.waiting, crowd.wire.under_way)
    assert None is await anext(results, None)
    await reading.aclose()


@pytest.mark.parametrize("mode", ["outcomes", "pages", "by_start"])
async def test_a_cancelled_consumer_leaves_nothing(mode: str) -> None:
    """Whoever is cancelled while waiting ends what it waited for."""
    crowd = Crowd(30)
    crowd.hold()
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=5)
    with anyio.move_on_after(0.03):
        await anext(aiter(getattr(reading, mode)()))
    await settle()
    assert (0, 0) == (crowd.waiting, crowd.wire.under_way)
    assert set() == crowd.cronofy.driver.ahead


async def test_closing_the_client_ends_it() -> None:
    """Whoever waits is told that the client was closed."""
    crowd = Crowd(3)
    crowd.hold()
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts)
    async with anyio.create_task_group() as group:

        async def wait() -> None:
            with pytest.raises(CronofyError, match="closed"):
                await anext(aiter(reading))

        group.start_soon(wait)
        await settle()
        await crowd.cronofy.aclose()
    assert 0 == crowd.wire.under_way


async def test_a_generator_that_is_left_is_closed() -> None:
    """An async generator of accounts has its end when the read has."""
    crowd = Crowd(9)
    ended: list[bool] = []

    async def accounts() -> AsyncIterator[Any]:
        try:
            for each in crowd.accounts:
                yield each
        finally:
            ended.append(True)

    async with crowd.cronofy.read_many(WHAT, accounts(), at_once=1) as reading:
        await anext(aiter(reading))
    assert [True] == ended


def test_a_reader_that_outlives_its_loop_is_freed_in_silence() -> None:
    """What was under way ended with the loop; freeing the reader later does no harm."""
    crowd = Crowd(9)
    kept: list[Any] = []

    async def main() -> None:
        crowd.gate = anyio.Event()
        reading = aiter(crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=2))
        await anext(reading)
        crowd.hold()
        await settle(100)
        kept.append(reading)

    asyncio.run(main())
    kept.clear()
    gc.collect()
    assert 0 == crowd.wire.under_way
