"""The interval helpers against plain sets of seconds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports.sandbox.engine import (
    Interval,
    Intervals,
    clip,
    intersect,
    normalise,
    subtract,
    union,
)

seconds = st.integers(-20, 40)
anything = st.lists(st.tuples(seconds, seconds), max_size=12)
normal = anything.map(normalise)


def instants(intervals: Intervals) -> set[int]:
    """Every second inside the intervals."""
    return {second for start, end in intervals for second in range(start, end)}


def is_normal(intervals: Intervals) -> bool:
    """Whether intervals are sorted, apart and none empty."""
    return all(start < end for start, end in intervals) and all(
        left[1] < right[0] for left, right in pairwise(intervals)
    )


@given(anything)
def test_normal_form_is_the_same_time_sorted_and_apart(intervals: list[Interval]) -> None:
    """`normalise` keeps every instant and yields sorted intervals that do not touch."""
    result = normalise(intervals)
    assert instants(intervals) == instants(result)
    assert is_normal(result)


@given(normal)
def test_normal_form_is_left_alone(intervals: list[Interval]) -> None:
    """`normalise` changes nothing that is in normal form already."""
    assert intervals == normalise(intervals)


@given(anything, anything, anything)
def test_union_is_that_of_sets(
    one: list[Interval], two: list[Interval], three: list[Interval]
) -> None:
    """`union` takes any number of sets in any form."""
    result = union(one, two, three)
    assert instants(one) | instants(two) | instants(three) == instants(result)
    assert is_normal(result)


@given(normal, normal)
def test_intersection_is_that_of_sets(left: list[Interval], right: list[Interval]) -> None:
    """`intersect` keeps the instants common to both."""
    result = intersect(left, right)
    assert instants(left) & instants(right) == instants(result)
    assert is_normal(result)


@given(normal, normal)
def test_difference_is_that_of_sets(left: list[Interval], right: list[Interval]) -> None:
    """`subtract` keeps the instants of the left that are not in the right."""
    result = subtract(left, right)
    assert instants(left) - instants(right) == instants(result)
    assert is_normal(result)


@given(normal, seconds, seconds)
def test_clipping_keeps_what_is_inside(intervals: list[Interval], start: int, end: int) -> None:
    """`clip` keeps the instants of a half-open window, and none of a reversed one."""
    result = clip(intervals, start, end)
    assert instants(intervals) & set(range(start, end)) == instants(result)
    assert is_normal(result)


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        pytest.param([(5, 8), (0, 5)], [(0, 8)], id="touching-merge"),
        pytest.param([(0, 9), (2, 3)], [(0, 9)], id="nested-merge"),
        pytest.param([(3, 3), (9, 4)], [], id="empty-and-reversed-count-for-nothing"),
        pytest.param([(0, 2), (2, 2), (3, 4)], [(0, 2), (3, 4)], id="empty-does-not-bridge"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_normal_form_of_border_cases(intervals: Intervals, expected: Intervals) -> None:
    """Touching intervals merge and empty ones vanish."""
    assert expected == normalise(intervals)


def test_one_hole_may_span_several_intervals() -> None:
    """`subtract` uses a hole that reaches over the next intervals for each of them."""
    expected = [(0, 1), (9, 10)]
    assert expected == subtract([(0, 2), (3, 4), (5, 10)], [(1, 9)])
