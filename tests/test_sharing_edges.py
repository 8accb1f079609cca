"""The edges of a shared quota: how long a moment is good, and what is asked of the store."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cronofy_async import Limits
from cronofy_async.client.sharing import StoredShare, booking_of
from cronofy_async.client.windows import LEAD, MARGIN, Windows

from .support import FrozenTime
from .test_quota_stores import MemoryStore

pytestmark = pytest.mark.anyio

LIMITS = Limits(per_second=50, burst=50, per_minute=500)


def shared(time: FrozenTime, limits: Limits = LIMITS) -> tuple[StoredShare, MemoryStore]:
    """What one process may send of a quota, and the store on the same time."""
    clock: Any = time
    store = MemoryStore(clock)
    return StoredShare(limits, store, "app", time, time.sleep), store


async def after(share: StoredShare, time: FrozenTime, seconds: float) -> float:
    """Have a moment settled, and take it so many seconds later."""
    await share.wait(math.inf, 1)
    time.time += seconds
    return share.take()


class TestMoments:
    """A moment that is settled is good for a while."""

    async def test_one_that_was_missed_is_not_used(self) -> None:
        """A hundredth after it is, and then another has to be had."""
        time = FrozenTime(0.0)
        share, _ = shared(time)
        assert math.inf == share.take()
        assert 0.0 == await after(share, time, MARGIN)
        assert math.inf == await after(share, time, MARGIN + 0.001)

    async def test_who_is_late_gets_longer_ones(self) -> None:
        """Twice as long each time, up to a second; who is in time loses that again."""
        time = FrozenTime(0.0)
        share, _ = shared(time)
        good = MARGIN
        for _ in range(8):
            late = min(good + 0.01, 0.999)
            assert (0.0 if late <= good else math.inf) == await after(share, time, late)
            time.time += 10
            good = min(2 * good, 1.0)
            if good == 1.0:
                break
        assert 0.0 == await after(share, time, 0.999)
        assert 0.0 == await after(share, time, 0.899)
        assert math.inf == await after(share, time, 0.82)
        for _ in range(60):
            assert 0.0 == await after(share, time, 0.0)
            time.time += 1
        assert math.inf == await after(share, time, MARGIN + 0.001)

    @pytest.mark.parametrize(
        ("missed_by", "good_for"), [(0.9, 2 * MARGIN), (1.0, MARGIN), (1.1, MARGIN)]
    )
    async def test_what_nobody_wanted_was_not_late(self, missed_by: float, good_for: float) -> None:
        """Whoever left a moment lie for a second had nothing to send."""
        time = FrozenTime(0.0)
        share, _ = shared(time)
        assert math.inf == await after(share, time, missed_by)
        assert 0.0 == await after(share, time, good_for)
        time.time += 10
        share, _ = shared(time)
        assert math.inf == await after(share, time, missed_by)
        assert math.inf == await after(share, time, good_for + 0.001)

    async def test_what_was_missed_is_given_back(self) -> None:
        """It costs nothing of the quota."""
        time = FrozenTime(0.0)
        share, _ = shared(time, Limits(per_second=1, burst=1, per_minute=1))
        for _ in range(3):
            assert math.inf == await after(share, time, 1.5)
        assert [] == time.slept
        assert 0.0 == await after(share, time, 0.0)

    async def test_a_moment_ahead_is_waited_for(self) -> None:
        """As long as it is ahead, and no longer."""
        time = FrozenTime(0.0)
        limits = Limits(per_second=20, burst=1, per_minute=500)
        share, _ = shared(time, limits)
        await share.wait(math.inf, 2)
        assert 0.0 == share.take()
        assert pytest.approx(0.05, abs=1e-5) == share.take()

    async def test_a_refusal_takes_back_what_was_settled(self) -> None:
        """What was to go out during the pause does not, and costs nothing."""
        time = FrozenTime(0.0)
        share, store = shared(time)
        await share.wait(math.inf, 5)
        await share.slow_down(3.0)
        assert math.inf == share.take()
        await share.wait(math.inf, 1)
        assert pytest.approx(3.0 - LEAD / 2) == sum(time.slept)
        assert 0 == Windows.load(store.kept["app"], time.time).count(time.time, 60.0)


class TestAsking:
    """What is asked of the store."""

    @pytest.mark.parametrize(("wanted", "given"), [(0, 1), (1, 1), (3, 3), (5, 5), (99, 5)])
    async def test_as_many_as_wanted_and_no_more_than_go_out_in_a_tenth(
        self, wanted: int, given: int
    ) -> None:
        """The others are to have their part."""
        time = FrozenTime(0.0)
        share, _ = shared(time)
        await share.wait(math.inf, wanted)
        windows, now = share.look()
        assert given == windows.count(now, 1.0)
        assert [0.0] * given == [share.take() for _ in range(given)]
        assert math.inf == share.take()

    async def test_a_small_quota_gives_one_at_a_time(self) -> None:
        """Less than one in a tenth of a second is still one."""
        share, _ = shared(FrozenTime(0.0), Limits(per_second=2, burst=2, per_minute=9))
        await share.wait(math.inf, 9)
        assert [0.0, math.inf] == [share.take(), share.take()]

    @pytest.mark.parametrize("step", [0.0, 5000.0, -5000.0])
    async def test_what_went_out_is_told_by_the_store_s_clock(self, step: float) -> None:
        """Which may be another than ours."""
        time = FrozenTime(1e6)
        share, store = shared(time)
        store.step = step
        await share.wait(math.inf, 3)
        time.time += 0.5
        windows, now = share.look()
        assert (1e6 + 0.5 + step, 3) == (now, windows.count(now, 1.0))

    def test_a_full_quota_changes_nothing_in_the_store(self) -> None:
        """It tells how long to wait: until the next moment is near enough to be settled."""
        limits = Limits(per_second=1, burst=1, per_minute=100)
        kept, first = booking_of(limits, 1, MARGIN, [])(None, 10.0)
        assert ((0.0, 10.0 + MARGIN),) == first.moments
        same, second = booking_of(limits, 1, MARGIN, [])(kept, 10.5)
        assert (None, ()) == (same, second.moments)
        assert pytest.approx(0.5 + MARGIN - LEAD / 2) == second.wait
        back, third = booking_of(limits, 1, MARGIN, [10.0 + MARGIN])(kept, 10.5)
        assert back is not None
        assert 1 == len(third.moments)

    def test_what_was_given_back_is_written_down(self) -> None:
        """Also if there is nothing to give."""
        limits = Limits(per_second=2, burst=2, per_minute=100)
        kept, first = booking_of(limits, 2, MARGIN, [])(None, 10.0)
        marks = [mark for _, mark in first.moments]
        back, _ = booking_of(limits, 0, MARGIN, marks[:1])(kept, 10.0)
        assert 1 == Windows.load(back, 10.0).count(10.0, 1.0)

    def test_a_moment_may_lie_a_tenth_of_a_second_ahead(self) -> None:
        """One that lies further is not settled yet."""
        limits = Limits(per_second=10, burst=1, per_minute=100)
        _, found = booking_of(limits, 9, MARGIN, [])(None, 10.0)
        assert pytest.approx([0.0, 0.1], abs=1e-4) == [ahead for ahead, _ in found.moments]

    def test_a_clock_that_was_set_back_is_written_down(self) -> None:
        """So that the others need not find out again."""
        limits = Limits(per_second=1, burst=1, per_minute=1)
        kept, _ = booking_of(limits, 1, MARGIN, [])(None, 1000.0)
        changed, found = booking_of(limits, 1, MARGIN, [])(kept, 10.0)
        assert () == found.moments
        assert changed is not None
        assert not Windows.load(changed, 10.0).is_mended


class TestLostStore:
    """A store that cannot be used."""

    async def test_it_is_asked_again_after_ever_longer_times(self) -> None:
        """One second, twice as long each time, half a minute at most; and anew once it answers."""
        time = FrozenTime(0.0)
        share, store = shared(time)
        asked: list[float] = []
        store.error = OSError()
        while time.time < 100:
            wait = share.take()
            if wait == math.inf:
                asked.append(round(time.time, 3))
            await share.wait(wait, 1)
        assert pytest.approx([0, 1, 3, 7, 15, 31, 61, 91], abs=0.01) == asked
        store.error = None
        time.time += 60
        await share.wait(share.take(), 1)
        store.error = OSError()
        time.time += 60
        began = time.time
        for _ in range(2):
            while (wait := share.take()) < math.inf:
                await share.wait(wait, 1)
            await share.wait(wait, 1)
        assert pytest.approx(began + 1.0, abs=0.01) == time.time

    @pytest.mark.parametrize(
        ("limits", "seconds", "most"),
        [
            (LIMITS, 1.0, 5),
            (Limits(per_second=5, burst=5, per_minute=500), 1.0, 1),
            (Limits(per_second=50, burst=50, per_minute=100), 20.0, 10),
            (Limits(per_second=50, burst=50, per_minute=5), 20.0, 1),
        ],
    )
    async def test_meanwhile_a_tenth_of_each_limit_is_kept(
        self, limits: Limits, seconds: float, most: int
    ) -> None:
        """And one request at least."""
        time = FrozenTime(0.0)
        share, store = shared(time, limits)
        store.error = OSError()
        sent = 0
        while time.time < seconds:
            wait = share.take()
            if wait == 0:
                sent += 1
            else:
                await share.wait(wait, 1)
        assert most == sent

    @pytest.mark.parametrize(("burst", "at_once"), [(100, 9), (3, 3), (1, 1)])
    async def test_a_tenth_has_a_burst_of_its_own(self, burst: int, at_once: int) -> None:
        """Nine tenths of its second, and never more than the whole quota's."""
        time = FrozenTime(0.0)
        share, store = shared(time, Limits(per_second=100, burst=burst, per_minute=1000))
        store.error = OSError()
        await share.wait(math.inf, 1)
        sent = 0
        while share.take() == 0:
            sent += 1
        assert at_once == sent

    async def test_when_its_time_is_over_the_store_counts_again(self) -> None:
        """For what is told, and for what a refusal takes back."""
        time = FrozenTime(0.0)
        share, store = shared(time)
        windows, now = share.look()
        assert (0, 0.0) == (windows.count(now, 60.0), now)
        await share.wait(math.inf, 3)
        store.error = OSError()
        time.time = 50.0
        await share.wait(math.inf, 1)
        store.error = None
        time.time = 50.9
        asked = store.updates
        await share.slow_down(0.0)
        assert (asked, 0) == (store.updates, share.look()[0].count(50.9, 60.0))
        time.time = 51.0
        windows, now = share.look()
        assert (51.0, 3) == (now, windows.count(now, 60.0))
        await share.slow_down(0.0)
        assert asked + 1 == store.updates

    async def test_it_is_told_in_the_log_of_the_package(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """By the kind of the failure alone."""
        share, store = shared(FrozenTime(0.0))
        store.error = OSError("canary-url")
        await share.wait(math.inf, 1)
        assert ["cronofy_async"] == [each.name for each in caplog.records]
        assert "canary" not in caplog.text

    async def test_what_was_settled_before_is_not_used_alone(self) -> None:
        """Nor is it given back later: the store does not know it any more."""
        time = FrozenTime(0.0)
        share, store = shared(time)
        await share.wait(math.inf, 5)
        store.error = OSError()
        await share.slow_down(0.5)
        assert not share.is_shared
        windows, now = share.look()
        assert (0, 0.0) == (windows.count(now, 60.0), now)
        assert pytest.approx(0.5) == share.take()
