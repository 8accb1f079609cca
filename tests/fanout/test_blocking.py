"""The same without awaiting: plain iterators, and generators that stay in their thread."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from cronofy_async import (
    Account,
    AccountsFailedError,
    Cronofy,
    CronofyError,
    InvalidArgumentError,
    Progress,
)
from cronofy_async.operations import ListCalendars, ReadEvents

from .worlds import TODAY, Wire, fill, person, sandbox

WHAT = ReadEvents(tzid="Etc/UTC", from_=TODAY, to=TODAY + timedelta(days=60))


class Crowd:
    """People with events, and a client that blocks."""

    def __init__(self, people: int = 6, events: int = 9) -> None:
        self.where = sandbox()
        self.people = [person(self.where) for _ in range(people)]
        for each in self.people:
            fill(self.where, each, events)
        self.wire = Wire(self.where)
        self.cronofy = Cronofy(
            self.where.client_id, self.where.client_secret, transport=self.wire, limits=None
        )
        self.accounts = [
            self.cronofy.account(each.sub, access_token=each.token) for each in self.people
        ]


def test_the_three_ways_to_read() -> None:
    """Outcomes, pages and entries by start give the same, with views that block."""
    crowd = Crowd()
    outcomes = list(crowd.cronofy.read_many(WHAT, crowd.accounts))
    assert {each.sub for each in crowd.people} == {each.sub for each in outcomes}
    assert all(isinstance(each.account, Account) for each in outcomes)
    pages = list(crowd.cronofy.read_many(WHAT, crowd.accounts).pages())
    by_start = list(crowd.cronofy.read_many(WHAT, crowd.accounts).by_start())
    starts = [each.entry.start for each in by_start]
    assert 54 == sum(len(each.result()) for each in outcomes)
    assert 54 == sum(len(each.entries) for each in pages)
    assert 54 == len(starts)
    assert sorted(starts) == starts  # type: ignore[type-var]  # these are moments
    assert isinstance(by_start[0].account, Account)


def test_a_generator_stays_in_its_thread_and_may_use_the_client() -> None:
    """It is gone through by whoever goes through the results, and may ask the service itself."""
    crowd = Crowd(40)
    threads: set[int] = set()
    taken = 0

    def accounts() -> Iterator[Account | str]:
        nonlocal taken
        for each in crowd.accounts:
            threads.add(threading.get_ident())
            assert each.list_calendars()
            taken += 1
            yield each

    reading = crowd.cronofy.read_many(WHAT, accounts(), at_once=2)
    with reading:
        results = iter(reading)
        next(results)
        # Two under way and two finished, two taken ahead, the one that was handed out.
        assert taken <= 7
        assert 1 + len(list(results)) == 40
    assert {threading.get_ident()} == threads
    assert 40 == reading.progress.accounts_done


def test_an_error_of_the_generator_comes_after_what_was_begun() -> None:
    """It is raised as it is, after the accounts before it."""
    crowd = Crowd(3)

    def accounts() -> Iterator[Account]:
        yield from crowd.accounts
        raise LookupError("the database is gone")

    results = iter(crowd.cronofy.read_many(WHAT, accounts()))
    assert {0, 1, 2} == {next(results).index for _ in range(3)}
    with pytest.raises(LookupError, match="the database is gone"):
        next(results)
    with pytest.raises(StopIteration):
        next(results)


def test_closing_half_way_leaves_nothing() -> None:
    """After the block nothing is under way."""
    crowd = Crowd(20)
    with crowd.cronofy.read_many(WHAT, iter(crowd.accounts)) as reading:
        for _ in reading:
            break
    assert 0 == crowd.wire.under_way
    assert set() == crowd.cronofy._async.driver.ahead


def test_a_state_goes_on() -> None:
    """What one read left is what the other gives."""
    crowd = Crowd(8)
    with crowd.cronofy.read_many(WHAT, crowd.accounts) as reading:
        results = iter(reading)
        before = {next(results).index for _ in range(3)}
    after = {
        each.index
        for each in crowd.cronofy.read_many(WHAT, iter(crowd.accounts), state=reading.state())
    }
    assert (3, 5, set(range(8))) == (len(before), len(after), before | after)


def test_progress_is_told() -> None:
    """A callback hears of each page and account."""
    crowd = Crowd(2)
    told: list[Progress] = []
    assert 2 == len(list(crowd.cronofy.read_many(WHAT, crowd.accounts, on_progress=told.append)))
    assert (2, 2, 18) == (told[-1].accounts_done, told[-1].accounts_total, told[-1].entries)


def test_failures_by_start_are_raised_in_the_end() -> None:
    """After the last entry."""
    crowd = Crowd(1)
    results = crowd.cronofy.read_many(WHAT, [*crowd.accounts, "acc_unknown"]).by_start()
    assert 9 == len([next(results) for _ in range(9)])
    with pytest.raises(AccountsFailedError):
        next(results)


def test_what_must_be_awaited_is_refused() -> None:
    """An async generator, and no iterable at all."""
    crowd = Crowd(0)

    async def accounts() -> AsyncIterator[str]:
        yield "acc_1"

    wrong: Any
    for wrong in (accounts(), 7, "acc_1"):
        with pytest.raises(InvalidArgumentError, match="accounts"):
            crowd.cronofy.read_many(WHAT, wrong)
        with pytest.raises(InvalidArgumentError, match="calls"):
            crowd.cronofy.send_many(wrong)
    with pytest.raises(InvalidArgumentError, match="accounts"):
        crowd.cronofy.read_many(WHAT, iter([])).by_start()
    with pytest.raises(InvalidArgumentError, match="at_once"):
        crowd.cronofy.read_many(WHAT, iter([]), at_once=-1)


def test_a_read_is_gone_through_once() -> None:
    """Beginning again is refused."""
    crowd = Crowd(1)
    reading = crowd.cronofy.read_many(WHAT, crowd.accounts)
    assert 1 == len(list(reading))
    with pytest.raises(CronofyError, match="begun already"):
        iter(reading)
    assert "<FanOut of ReadEvents>" == repr(reading)


@pytest.mark.parametrize("lazily", [False, True])
def test_sending_many(lazily: bool) -> None:
    """Calls of views, of subs and of the application, from a list or a generator."""
    crowd = Crowd(3)
    calls: list[Any] = [(each, ListCalendars()) for each in crowd.accounts] * 2
    calls += [(crowd.people[0].sub, ListCalendars())]
    with crowd.cronofy.send_many(iter(calls) if lazily else calls, in_order=True) as sending:
        first = next(sending)
        assert (0, crowd.people[0].sub) == (first.index, first.sub)
        assert isinstance(first.account, Account)
        rest = sending.collect()
    assert list(range(1, 7)) == [each.index for each in rest]
    assert 2 == len(rest[-1].result())
    assert "<SendMany: 7 calls done>" == repr(sending)
    assert 7 == sending.progress.calls_done
