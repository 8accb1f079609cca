"""The arithmetic of the quota, without any clock."""

from __future__ import annotations

import math
import struct
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import Limits
from cronofy_async.client.windows import LEAD, MARGIN, MINUTE, SECOND, Windows

LIMITS = Limits(per_second=4, burst=4, per_minute=6)


def filled(*moments: float, limits: Limits = LIMITS) -> Windows:
    """Windows after requests at these moments."""
    windows = Windows.of(limits)
    for moment in moments:
        windows.take(moment, moment, limits)
    return windows


class TestNext:
    """When the next request may go out."""

    def test_an_idle_client_sends_at_once(self) -> None:
        """Nothing went out, so nothing is waited for."""
        assert 7.0 == Windows.of(LIMITS).next(7.0, LIMITS)

    def test_a_full_second_is_waited_out_and_a_little_more(self) -> None:
        """The fifth goes a second and the margin after the first."""
        assert SECOND + MARGIN == filled(0.0, 0.0, 0.1, 0.2).next(0.3, LIMITS)

    def test_a_full_minute_is_waited_out_and_a_little_more(self) -> None:
        """The seventh goes a minute and the margin after the first."""
        windows = filled(0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
        assert MINUTE + MARGIN == windows.next(12.0, LIMITS)

    def test_a_burst_is_as_long_as_allowed(self) -> None:
        """After two at once, the third keeps the distance of a quarter of a second."""
        limits = Limits(per_second=4, burst=2, per_minute=6)
        windows = filled(0.0, 0.0, limits=limits)
        assert pytest.approx(0.25, abs=1e-5) == windows.next(0.0, limits)

    def test_what_is_settled_ahead_is_not_overtaken(self) -> None:
        """The next moment is no earlier than the last."""
        assert 0.5 == filled(0.5).next(0.0, LIMITS)

    def test_a_mark_is_never_earlier_than_the_one_before(self) -> None:
        """What may go out late holds up those after it."""
        windows = Windows.of(LIMITS)
        assert 0.9 == windows.take(0.0, 0.0, LIMITS, grace=0.9)
        assert 0.9 == windows.take(0.1, 0.1, LIMITS)

    def test_what_is_given_back_was_never_there(self) -> None:
        """Its place in the windows, and in the burst, is free again."""
        windows = filled(0.0, 0.0, 0.0, 0.0)
        windows.give_back(MARGIN, LIMITS)
        assert 0.0 == windows.next(0.0, LIMITS)
        windows.give_back(99.0, LIMITS)
        assert 3 == windows.count(0.0, SECOND)


class TestSlowing:
    """What a refusal for the quota's sake changes."""

    def test_nothing_goes_out_during_the_pause(self) -> None:
        """For the seconds that are named, and for a minute at the most."""
        windows = Windows.of(LIMITS)
        windows.slow_down(10.0, 5.0, LIMITS)
        assert 15.0 == windows.next(10.0, LIMITS)
        windows.slow_down(10.0, 1e9, LIMITS)
        assert 70.0 == windows.next(10.0, LIMITS)
        windows.slow_down(10.0, 1.0, LIMITS)
        assert 70.0 == windows.next(10.0, LIMITS)

    def test_the_rate_is_cut_and_comes_back(self) -> None:
        """To seven tenths of what was used, and then a thirtieth of the whole each second."""
        limits = Limits(per_second=10, burst=10, per_minute=1000)
        windows = filled(*[0.0] * 10, limits=limits)
        windows.slow_down(0.5, 2.0, limits)
        assert pytest.approx(0.7) == windows.share(0.5)
        assert pytest.approx(0.7) == windows.share(2.5)
        assert pytest.approx(0.8) == windows.share(5.5)
        assert 1.0 == windows.share(11.6)

    def test_the_quota_in_use_is_cut_too(self) -> None:
        """At half the quota, half as many go out in a second."""
        limits = Limits(per_second=10, burst=10, per_minute=1000)
        windows = filled(*[1.0 + n / 1000 for n in range(5)], limits=limits)
        windows.cut_at, windows.cut_to = 1.0, 0.5
        assert pytest.approx(1.0 + MARGIN + SECOND) == windows.next(1.1, limits)
        windows.cut_to = 1.0
        assert 1.1 == windows.next(1.1, limits)

    def test_what_was_used_is_cut_and_not_what_was_allowed(self) -> None:
        """Who sent half of what he may is left seven tenths of that half."""
        limits = Limits(per_second=10, burst=10, per_minute=1000)
        windows = filled(*[0.0] * 5, limits=limits)
        windows.slow_down(0.5, 0.0, limits)
        assert pytest.approx(0.35) == windows.share(0.5)

    def test_one_cut_for_the_answers_to_what_was_under_way(self) -> None:
        """Refusals within a second, or during the pause, cut nothing more."""
        limits = Limits(per_second=10, burst=10, per_minute=1000)
        windows = filled(*[0.0] * 10, limits=limits)
        windows.slow_down(0.1, 5.0, limits)
        for at in (0.2, 0.9, 4.0):
            windows.slow_down(at, 0.0, limits)
        assert pytest.approx(0.7) == windows.share(5.0)
        windows.slow_down(5.2, 0.0, limits)
        assert windows.share(5.2) < 0.7

    def test_there_is_always_a_little_left(self) -> None:
        """However often the service refuses, a request goes out now and then."""
        limits = Limits(per_second=1, burst=1, per_minute=1)
        windows = filled(0.0, limits=limits)
        for at in range(2, 60, 2):
            windows.slow_down(float(at), 0.0, limits)
        assert 0.05 <= windows.share(58.0)
        assert windows.next(58.0, limits) <= 120


class TestBetweenProcesses:
    """What is written down is read again."""

    windows = st.builds(
        lambda gaps, cut: (gaps, cut),
        st.lists(st.floats(0, 10), max_size=50),
        st.floats(0.05, 1.0),
    )

    @given(windows, st.sampled_from([0.0, 1e3, 1.9e9]))
    def test_what_counts_is_kept(self, made: tuple[list[float], float], start: float) -> None:
        """All but what is older than a minute."""
        gaps, cut = made
        limits = Limits(per_minute=1000)
        windows = Windows.of(limits)
        now = start
        for gap in gaps:
            now += gap
            windows.take(now, now, limits)
        windows.cut_at, windows.cut_to = now, cut
        again = Windows.load(windows.dump(now), now)
        assert [m for m in windows.marks if m > now - MINUTE] == list(again.marks)
        assert windows.next(now, limits) == again.next(now, limits)
        assert windows.share(now + 1) == again.share(now + 1)

    @pytest.mark.parametrize(
        "raw",
        [
            None,
            b"",
            b"\x01",
            b"nonsense of some length that is no multiple",
            struct.pack("<B5d", 9, 1, 1, 1, 1, 1),
            struct.pack("<B5d", 1, math.nan, 1, 1, 1, 1),
            struct.pack("<B6d", 1, 1, 1, 1, 1, 1, math.nan),
        ],
    )
    def test_nonsense_is_as_if_nothing_went_out(self, raw: bytes | None) -> None:
        """Another version, or a broken file, does not stop anybody."""
        assert Windows(deque()) == Windows.load(raw, 5.0)

    @given(st.floats(-1e9, 1e9), st.integers(0, 6), st.floats(0.05, 1))
    def test_a_clock_that_is_set_back_costs_a_minute_at_most(
        self, step: float, count: int, cut: float
    ) -> None:
        """And does not break the quota: what lies ahead counts as now."""
        windows = filled(*[1e9 + n for n in range(count)])
        windows.slow_down(1e9 + 10, 30.0, LIMITS)
        now = 1e9 + 10 + step
        again = Windows.load(windows.dump(1e9 + 10), now)
        assert now <= again.next(now, LIMITS) <= now + MINUTE + SECOND + LEAD + MARGIN
        if step < 0:
            assert count == again.count(now, MINUTE)
