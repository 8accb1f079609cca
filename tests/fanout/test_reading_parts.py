"""Long accounts are read in parts when that pays; what makes no sense is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cronofy_async import (
    CronofyError,
    InvalidArgumentError,
    RetryPolicy,
    TransportError,
)
from cronofy_async.core.wire import Request
from cronofy_async.operations import ListCalendars, QueryAvailability, ReadEvents
from tests.paging import settle

from .crowd import WHAT, Crowd

pytestmark = pytest.mark.anyio


# Splitting ----------------------------------------------------------------------------


def first_pages(crowd: Crowd) -> int:
    """How many reads were begun."""
    return sum(each.path == "/v1/events" for each in crowd.wire.asked)


async def test_a_long_account_is_split_when_there_is_nothing_else_to_do() -> None:
    """One account of 20 pages is read in five windows; page 1 is the only one more."""
    crowd = Crowd(1, 60, every=24)
    (outcome,) = [each async for each in crowd.cronofy.read_many(WHAT, crowd.accounts)]
    assert 60 == len(outcome.result())
    assert 1 + 5 == first_pages(crowd)
    assert 1 + 20 == len(crowd.wire.asked)


async def test_a_short_account_is_not_split() -> None:
    """Seven pages are one chain, with nothing asked for twice."""
    crowd = Crowd(1, 21)
    [_ async for _ in crowd.cronofy.read_many(WHAT, crowd.accounts)]
    assert 7 == len(crowd.wire.asked)


async def test_after_a_look_at_its_length_a_chain_is_read_ahead() -> None:
    """The first page of an account that may be split is fetched alone, the others ahead."""
    crowd = Crowd(1, 21)
    async with crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=2) as reading:
        await anext(reading.pages())
        await settle(500)
        assert 1 + 2 + 2 == len(crowd.wire.asked)


async def test_a_part_that_fails_has_no_cursor() -> None:
    """Its cursor would not fit the read that was asked for; the entries are there."""
    crowd = Crowd(1, 60, every=24, retry=RetryPolicy(attempts=1))

    passed: list[Request] = []

    async def fail(request: Request) -> None:
        passed.append(request)
        if len(passed) == 12:
            raise TransportError("broken")

    crowd.wire.hold = fail
    (outcome,) = [each async for each in crowd.cronofy.read_many(WHAT, crowd.accounts, windows=4)]
    assert outcome.error is not None
    assert None is outcome.error.cursor
    assert 0 < len(outcome.entries) < 60


async def test_nothing_is_split_while_other_accounts_wait() -> None:
    """When accounts fill the places, each is one chain."""
    crowd = Crowd(4, 60)
    [_ async for _ in crowd.cronofy.read_many(WHAT, crowd.accounts, at_once=1)]
    assert 4 == first_pages(crowd)
    assert 80 == len(crowd.wire.asked)


async def test_what_no_window_bounds_is_not_split() -> None:
    """Managed events without bounds are read in one chain, and cannot be split on demand."""
    crowd = Crowd(1, 60)
    what = ReadEvents(tzid="Etc/UTC", include_managed=True)
    (outcome,) = [each async for each in crowd.cronofy.read_many(what, crowd.accounts)]
    assert 60 == len(outcome.result())
    assert 1 == first_pages(crowd)
    with pytest.raises(InvalidArgumentError, match="windows"):
        crowd.cronofy.read_many(what, crowd.accounts, windows=4)


async def test_windows_and_calendars_are_read_at_once() -> None:
    """Four windows of two calendars are eight reads."""
    crowd = Crowd(1, 30)
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts, windows=4, calendars="each")
    (outcome,) = [each async for each in reading]
    assert 30 == len(outcome.result())
    assert 8 == first_pages(crowd)


# Bad input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at_once": 0}, "at_once"),
        ({"at_once": -1}, "at_once"),
        ({"at_once": True}, "at_once"),
        ({"at_once": 1.5}, "at_once"),
        ({"at_once": 10**6}, "at_once"),
        ({"windows": 0}, "windows"),
        ({"windows": -2}, "windows"),
        ({"windows": True}, "windows"),
        ({"windows": 1.5}, "windows"),
        ({"windows": 10**6}, "windows"),
        ({"windows": "many"}, "windows"),
        ({"windows": timedelta(hours=30)}, "windows"),
        ({"windows": timedelta(0)}, "windows"),
        ({"windows": timedelta(days=-1)}, "windows"),
        ({"calendars": "all"}, "calendars"),
        ({"operation": ListCalendars()}, "operation"),
        ({"operation": QueryAvailability}, "operation"),
        ({"accounts": "acc_1"}, "accounts"),
        ({"accounts": 7}, "accounts"),
        ({"accounts": ["acc_1", 7]}, "accounts"),
        ({"state": {}}, "state"),
        ({"state": "x"}, "state"),
    ],
)
async def test_what_makes_no_sense_is_refused(changes: dict[str, Any], field: str) -> None:
    """Nothing is sent, and the error names the parameter."""
    crowd = Crowd(0)
    given: dict[str, Any] = {"operation": WHAT, "accounts": [], **changes}
    with pytest.raises(InvalidArgumentError) as caught:
        crowd.cronofy.read_many(**given)
    assert field == caught.value.field
    assert [] == crowd.wire.asked


async def test_by_start_refuses_what_cannot_be_ordered() -> None:
    """No bounds, what lies outside, and accounts that can be gone through but once."""
    crowd = Crowd(1)
    read = crowd.cronofy.read_many
    moved = ReadEvents(tzid="Etc/UTC", include_moved=True)
    wrong: list[tuple[Any, Any, int | None, str]] = [
        (ReadEvents(tzid="Etc/UTC", include_managed=True), [], None, "slices"),
        (moved, [], None, "include_moved"),
        (WHAT, iter([]), None, "accounts"),
        (WHAT, [], 0, "windows"),
    ]
    for operation, accounts, slices, field in wrong:
        with pytest.raises(InvalidArgumentError) as caught:
            read(operation, accounts).by_start(slices)
        assert field == caught.value.field


async def test_a_read_is_one_of_its_kind_and_once() -> None:
    """Beginning a second time is refused, as its progress and state are one."""
    reading = Crowd(1).cronofy.read_many(WHAT, [])
    reading.pages()
    with pytest.raises(CronofyError, match="begun already"):
        aiter(reading)
    assert "<AsyncFanOut of ReadEvents>" == repr(reading)
