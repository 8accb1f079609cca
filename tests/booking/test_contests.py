"""Contests of several rivals in one process, in virtual time."""

from __future__ import annotations

import pytest

from . import processes
from .contests import hold_contests


@pytest.mark.fault(50, 51)
def test_each_contest_has_one_winner() -> None:
    """With lost, late and slow requests, cancels and retries: one has it, all others are told."""
    results = hold_contests(range(20), 8)

    assert [] == [complaint for result in results for complaint in result.complaints()]
    assert any(told.calls > 1 for result in results for told in result.told.values())


@pytest.mark.fault(50)
def test_losers_are_told_soon() -> None:
    """Where nothing goes wrong everybody knows within two seconds, with the usual patience."""
    results = hold_contests(range(10), 8, patience=1.0, faults=0.0)

    assert [] == [complaint for result in results for complaint in result.complaints()]
    assert max(told.after for result in results for told in result.told.values()) < 2.0
    assert {0} == {result.holds for result in results}


@pytest.mark.fault(50)
def test_the_impatient_never_get_it_twice() -> None:
    """Who does not wait for the dead may be told that it is taken, but two never have it."""
    results = hold_contests(range(100, 110), 6, patience=1.0, faults=0.3)

    for result in results:
        assert sum(told.won is True for told in result.told.values()) <= 1
        assert len(result.bookings) == sum(told.won is True for told in result.told.values())


@pytest.mark.slow
@pytest.mark.fault(50, 51)
def test_processes_of_which_one_is_killed() -> None:
    """Real processes over loopback: one has it, and the killed one's key is told as well."""
    results, _ = processes.hold_contests(2, 8, (0.0, 0.3))

    assert [] == [complaint for result in results for complaint in result.complaints()]
