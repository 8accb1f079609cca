"""A short soak, and the promises about retries and the quota, in virtual time."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

import pytest

from tests.soak.discipline import Verdict, herd, outage, quota_over, third_call
from tests.soak.running import soak_in_process, soak_over_http


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Leave out that accounts need a new consent: a soak has many that do."""
    caplog.set_level(logging.CRITICAL, "cronofy_async")


def test_everything_is_done_once_and_nothing_is_left() -> None:
    """Of calls of every kind under faults of every kind, what came is what was told."""
    report = soak_in_process(3, 1_600, 0.1, people=16)
    assert ([], Counter()) == (report.wrong, report.left)
    assert 0.05 <= report.struck / report.requests <= 0.15
    # Each of these has been seen at least once, or nothing would have been tested.
    assert 15 == len(report.kinds)
    told = report.told
    assert 0 < min(told["failed"], told["unknown"], told["looked up"], told["cancelled"])
    assert 0 < min(report.renewals, report.consents)


def test_the_same_over_real_http() -> None:
    """With sockets, and with a server that breaks off in earnest."""
    report = soak_over_http(2, 160, 0.1, people=8, measure=False)
    assert ([], Counter()) == (report.wrong, report.left)
    assert report.struck


def test_a_difference_is_told() -> None:
    """An event that changes behind the calls' back is found out at the end."""
    report = soak_in_process(1, 80, 0.0, people=4, meddle=True)
    assert report.wrong


@pytest.mark.parametrize(
    "verdict",
    [
        lambda: outage(1_500),
        lambda: third_call(600),
        lambda: third_call(600, at_once=20, attempts=10),
        lambda: herd(400),
        lambda: quota_over(0.04),
    ],
    ids=["outage", "third call", "third call at once", "herd", "quota"],
)
def test_promises(verdict: Callable[[], Verdict]) -> None:
    """What retries cost the service, and how much of the quota is used."""
    found = verdict()
    assert found.is_kept, found.told
