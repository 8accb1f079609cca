"""
Sets of time as sorted lists of half-open intervals.

*Normal form*: sorted, disjoint, not touching, none empty. Every function returns
normal form. `normalise` and `union` take anything; the others want normal form,
which keeps each of them one linear walk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeAlias

__all__ = ("Interval", "Intervals", "clip", "intersect", "normalise", "subtract", "union")

Interval: TypeAlias = tuple[int, int]
"""``(start, end)`` in seconds since the Unix epoch, UTC; the end is exclusive."""

Intervals: TypeAlias = Sequence[Interval]
"""A set of time. In normal form unless the taker says otherwise."""


def normalise(intervals: Iterable[Interval]) -> list[Interval]:
    """
    The same set of time in normal form.

    Args:
        intervals: In any order; they may overlap. Empty and reversed ones count
            for nothing.
    """
    merged: list[Interval] = []
    pending = iter(sorted(intervals))
    for start, end in pending:
        if end > start:
            break
    else:
        return merged
    for next_start, next_end in pending:
        if next_start <= end:
            if next_end > end:
                end = next_end
        elif next_end > next_start:
            merged.append((start, end))
            start, end = next_start, next_end
    merged.append((start, end))
    return merged


def union(*sets: Iterable[Interval]) -> list[Interval]:
    """The time that is in any of *sets*, which need not be in normal form."""
    return normalise(chain.from_iterable(sets))


def intersect(left: Intervals, right: Intervals) -> list[Interval]:
    """The time that is in both *left* and *right*."""
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        left_start, left_end = left[i]
        right_start, right_end = right[j]
        start = max(right_start, left_start)
        if left_end < right_end:
            end = left_end
            i += 1
        else:
            end = right_end
            j += 1
        if start < end:
            common.append((start, end))
    return common


def subtract(left: Intervals, right: Intervals) -> list[Interval]:
    """The time that is in *left* but not in *right*."""
    rest: list[Interval] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j][1] <= start:
            j += 1
        # The last hole looked at may reach into the next interval, so `j` stays.
        k = j
        while k < len(right) and right[k][0] < end:
            hole_start, hole_end = right[k]
            if hole_start > start:
                rest.append((start, hole_start))
            start = hole_end
            k += 1
        j = max(j, k - 1)
        if start < end:
            rest.append((start, end))
    return rest


def clip(intervals: Intervals, start: int, end: int) -> list[Interval]:
    """The part of *intervals* inside ``[start, end)``."""
    return intersect(intervals, [(start, end)])
