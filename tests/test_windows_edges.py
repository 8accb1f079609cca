"""The edges of the quota's arithmetic: what is just over, just full, or just one more."""

from __future__ import annotations

import struct

import pytest

from cronofy_async import Limits
from cronofy_async.client.windows import LEAD, MARGIN, MINUTE, SECOND, Windows

from .test_windows import filled

LIMITS = Limits(per_second=10, burst=10, per_minute=1000)


def written(
    now: float,
    *marks: float,
    ahead: float = 0.0,
    full: float = 0.0,
    pause: float = 0.0,
    cut: float = 0.0,
) -> bytes:
    """What version 1 writes, as seconds from now."""
    head = (now + ahead, now + full, now + pause, now + cut, 0.5)
    return struct.pack(f"<B5d{len(marks)}d", 1, *head, *[now + mark for mark in marks])


class TestCounting:
    """What is in a window, and what just left it."""

    def test_a_request_counts_until_its_time_is_over(self) -> None:
        """A second after its mark it is none of the last second's."""
        windows = filled(10.0, limits=LIMITS)
        mark = 10.0 + MARGIN
        assert [1, 0] == [windows.count(mark + at, SECOND) for at in (0.999, 1.0)]

    def test_one_less_than_the_quota_leaves_room_for_one(self) -> None:
        """In the second, and in the minute."""
        assert 0.5 == filled(*[0.0] * 9, limits=LIMITS).next(0.5, LIMITS)
        few = Limits(per_second=10, burst=10, per_minute=10)
        assert 30.0 == filled(*range(9), limits=few).next(30.0, few)
        assert MINUTE + MARGIN == filled(*range(10), limits=few).next(30.0, few)

    @pytest.mark.parametrize("quota", [(20, 5), (5, 20)])
    def test_as_much_is_remembered_as_either_limit_needs(self, quota: tuple[int, int]) -> None:
        """A minute may allow fewer than a second."""
        per_second, per_minute = quota
        limits = Limits(per_second=per_second, burst=per_second, per_minute=per_minute)
        windows = Windows.of(limits)
        for at in range(30):
            windows.take(at / 100, at / 100, limits)
        assert 20 == windows.count(0.3, MINUTE)

    def test_a_burst_that_was_given_back_can_be_sent(self) -> None:
        """Its part of the bucket is full again."""
        limits = Limits(per_second=4, burst=2, per_minute=100)
        windows = filled(0.0, 0.0, limits=limits)
        windows.give_back(MARGIN, limits)
        assert 0.0 == windows.next(0.0, limits)
        for at in (0.0, 0.25):
            windows.take(at, at, limits)
        windows.give_back(0.25 + MARGIN, limits)
        windows.take(0.25, 0.25, limits)
        assert pytest.approx(0.5, abs=1e-5) == windows.next(0.25, limits)


class TestCutting:
    """What a refusal leaves."""

    def test_the_fuller_window_tells_what_was_used(self) -> None:
        """Who sent nothing in the last second may have used the minute up."""
        limits = Limits(per_second=10, burst=10, per_minute=20)
        windows = filled(*range(10), limits=limits)
        windows.slow_down(30.0, 0.0, limits)
        assert pytest.approx(0.35) == windows.share(30.0)
        windows = filled(*[0.0] * 8, limits=limits)
        windows.slow_down(0.5, 0.0, limits)
        assert pytest.approx(0.56) == windows.share(0.5)

    def test_a_second_after_a_cut_the_next_one_counts(self) -> None:
        """Until then the answers are to what was under way."""
        windows = filled(*[0.0] * 10, limits=LIMITS)
        windows.slow_down(0.25, 0.0, LIMITS)
        windows.slow_down(1.24, 0.0, LIMITS)
        assert pytest.approx(0.7) == windows.share(0.25)
        windows.slow_down(1.25, 0.0, LIMITS)
        assert pytest.approx(0.05) == windows.share(1.25)

    def test_a_refusal_at_the_end_of_the_pause_counts(self) -> None:
        """What was sent then was sent after it."""
        windows = filled(*[0.0] * 10, limits=LIMITS)
        windows.slow_down(0.25, 4.0, LIMITS)
        windows.slow_down(4.24, 0.0, LIMITS)
        assert pytest.approx(0.7) == windows.share(4.25)
        windows.slow_down(4.25, 0.0, LIMITS)
        assert pytest.approx(0.05) == windows.share(4.25)

    def test_what_is_cut_is_cut_of_every_limit(self) -> None:
        """Of the second, the minute, the burst and the rate; one goes out all the same."""
        windows = filled(*range(5), limits=LIMITS)
        windows.cut_at, windows.cut_to = 5.0, 0.5
        for _ in range(5):
            windows.take(5.0, 5.0, LIMITS)
        assert pytest.approx(5.0 + MARGIN + SECOND) == windows.next(5.0, LIMITS)

        minute = Limits(per_second=10, burst=10, per_minute=10)
        windows = filled(*range(5), limits=minute)
        windows.cut_at, windows.cut_to = 10.0, 0.5
        assert pytest.approx(MINUTE + MARGIN) == windows.next(10.0, minute)

        small = Limits(per_second=1, burst=1, per_minute=1)
        windows = Windows.of(small)
        windows.cut_at, windows.cut_to = 10.0, 0.05
        assert 10.0 == windows.next(10.0, small)

    def test_a_cut_rate_fills_the_bucket_slower(self) -> None:
        """At half the rate a request takes twice the time of its burst."""
        limits = Limits(per_second=4, burst=2, per_minute=100)
        windows = Windows.of(limits)
        windows.cut_at, windows.cut_to = 0.0, 0.5
        windows.take(0.0, 0.0, limits)
        assert pytest.approx(0.5, abs=1e-5) == windows.next(0.0, limits)

    def test_a_cut_burst_is_as_long_as_it_is_at_the_cut_rate(self) -> None:
        """Of four at eight a second, half is two at four a second."""
        limits = Limits(per_second=8, burst=4, per_minute=100)
        windows = Windows.of(limits)
        windows.cut_at, windows.cut_to = 0.0, 0.5
        for _ in range(2):
            windows.take(0.0, 0.0, limits)
        assert pytest.approx(0.25, abs=1e-5) == windows.next(0.0, limits)

    def test_of_a_cut_minute_one_is_left(self) -> None:
        """And not another before it is over."""
        limits = Limits(per_second=10, burst=10, per_minute=10)
        windows = Windows.of(limits)
        windows.cut_at, windows.cut_to = 10.0, 0.05
        windows.take(10.0, 10.0, limits)
        assert pytest.approx(10.0 + MARGIN + MINUTE) == windows.next(10.0, limits)


class TestWriting:
    """What is written for other processes, whichever version they have."""

    def test_the_first_version_is_read(self) -> None:
        """As other processes may still write it."""
        now = 1000.0
        raw = written(now, -61.0, -2.0, -1.0, ahead=-1.0, full=3.0, pause=5.0, cut=-3.0)
        found = Windows.load(raw, now)
        assert [939.0, 998.0, 999.0] == list(found.marks)
        assert (999.0, 1003.0, 1005.0) == (found.latest, found.full_at, found.paused_until)
        assert (997.0, 0.5, False) == (found.cut_at, found.cut_to, found.is_mended)
        assert written(now, -2.0, -1.0, ahead=-1.0, full=3.0, pause=5.0, cut=-3.0) == found.dump(
            now
        )

    def test_a_mark_is_written_for_a_minute(self) -> None:
        """Not when it is over."""
        windows = Windows.of(LIMITS)
        marks = [windows.take(at, at, LIMITS, grace=0.5) for at in (0.0, 0.25)]
        now = marks[0] + MINUTE
        assert marks[1:] == list(Windows.load(windows.dump(now), now).marks)

    def test_what_lies_ahead_counts_as_now(self) -> None:
        """As far as it may lie ahead at all: so no clock holds anybody up for long."""
        now = 1000.0
        found = Windows.load(
            written(now, -1.0, 500.0, ahead=500.0, full=500.0, pause=500.0, cut=500.0), now
        )
        assert [999.0, now + LEAD + 1.0] == list(found.marks)
        assert (now + LEAD, now + 60, now + 60) == (
            found.latest,
            found.full_at,
            found.paused_until,
        )
        assert (now, 0.5) == (found.cut_at, found.cut_to)

    @pytest.mark.parametrize(
        ("ahead", "marks", "pause", "mended"),
        [
            (LEAD, (LEAD + MARGIN,), 60.0, False),
            (LEAD + 1.0, (LEAD + 1.0,), 60.0, False),
            (LEAD + 1.1, (), 0.0, True),
            (0.0, (LEAD + 1.1,), 0.0, True),
            (0.0, (), 60.1, True),
        ],
    )
    def test_what_was_mended_is_known(
        self, ahead: float, marks: tuple[float, ...], pause: float, mended: bool
    ) -> None:
        """It has to be written anew; what may well lie ahead has not."""
        found = Windows.load(written(0.0, *marks, ahead=ahead, pause=pause), 0.0)
        assert mended is found.is_mended
        assert not Windows.load(None, 0.0).is_mended
