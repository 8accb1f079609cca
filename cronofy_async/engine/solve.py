"""
Lay out what is free: periods, slots, overlapping slots, or given slots.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from .grid import next_start
from .intervals import Intervals
from .openings import Crowd, Opening, openings
from .query import Query, Result

__all__ = ("solve",)


def solve(query: Query) -> list[Result]:
    """
    Find when the groups of a query can meet.

    Events are looked at wherever they lie, so that their buffers reach into the
    windows; buffers neither enlarge a result nor keep two results apart. An event of
    no length takes only its buffers away.

    - ``periods``: stretches of at least the duration. With an explicit interval each
      start moves up to the grid and the end stays. When a group wants only some of its
      members, periods are maximal: from each instant at which somebody becomes free,
      as far as enough stay free throughout; one inside another is left out unless it
      has more people. They may overlap.
    - ``slots``: of exactly the duration, on the grid, taken greedily from the left so
      that none overlap.
    - ``overlapping_slots``: one at every start of the grid that suits.
    - with ``starts``: those of them that suit, whether or not they overlap or are on
      the grid.

    Returns:
        Sorted by start, then end; empty when nothing fits.

    Source: /developers/api/scheduling/availability/
    """
    return list(islice(_results(query), query.max_results))


def _results(query: Query) -> Iterator[Result]:
    duration = query.duration
    if query.starts is not None:
        windows = [(start, start + duration) for start in query.starts]
        found = openings(query.groups, duration, windows)
        return _slots(_given(found, query.starts), duration)
    windows = list(query.windows or ())
    if query.format == "periods":
        return _periods(query, windows)
    spacing = duration if query.format == "slots" else 1
    found = openings(query.groups, duration, windows)
    return _slots(_walk(found, query.interval or duration, spacing), duration)


def _slots(starts: Iterator[tuple[int, Opening]], duration: int) -> Iterator[Result]:
    for start, opening in starts:
        yield Result(start=start, end=start + duration, subs=opening.subs)


def _walk(found: Sequence[Opening], interval: int, spacing: int) -> Iterator[tuple[int, Opening]]:
    """Starts on the grid, each at least *spacing* after the one before."""
    earliest: int | None = None
    for opening in found:
        earliest = opening.first if earliest is None else max(earliest, opening.first)
        start = next_start(earliest, interval)
        while start < opening.until:
            yield start, opening
            earliest = start + spacing
            start = next_start(earliest, interval)


def _given(found: Sequence[Opening], starts: Sequence[int]) -> Iterator[tuple[int, Opening]]:
    """Those of *starts* that suit."""
    firsts = [opening.first for opening in found]
    for start in sorted(set(starts)):
        index = bisect_right(firsts, start) - 1
        if index >= 0 and start < found[index].until:
            yield start, found[index]


def _periods(query: Query, windows: Intervals) -> Iterator[Result]:
    crowd = Crowd(query.groups, query.duration, windows)
    found = _maximal(crowd) if crowd.demands else [(*stretch, 0) for stretch in crowd.common]
    if query.interval is not None:
        found = _aligned(crowd, found, query.interval)
    for start, end, mask in found:
        subs = crowd.subs(mask)
        if subs is not None and end - start >= query.duration:
            yield Result(start=start, end=end, subs=subs)


def _maximal(crowd: Crowd) -> list[tuple[int, int, int]]:
    """
    The maximal periods ``(start, end, mask)``, some of them too short.

    Only an arrival can begin one: at a departure the same people reach further left.
    A later start never ends earlier, since fewer seconds have to be covered; hence a
    period can lie inside another only when their ends are equal.
    """
    arrivals = sorted(
        (start, bit, end) for bit, free in enumerate(crowd.choices) for start, end in free
    )
    found: list[tuple[int, int, int]] = []
    free_until = [arrivals[0][0] if arrivals else 0] * len(crowd.choices)
    for index, (start, bit, end) in enumerate(arrivals):
        free_until[bit] = end
        if index + 1 < len(arrivals) and arrivals[index + 1][0] == start:
            continue
        # With `required` n a group lasts as long as its n-th most enduring member.
        last = min(
            sorted((free_until[bit] for bit in bits), reverse=True)[required - 1]
            for required, bits in crowd.demands
        )
        if last > start:
            mask = sum(1 << bit for bit, until in enumerate(free_until) if until >= last)
            found.append((start, last, mask))
    return _undominated(found)


def _aligned(
    crowd: Crowd, found: Sequence[tuple[int, int, int]], interval: int
) -> list[tuple[int, int, int]]:
    """The periods with their starts moved up to the grid, and who is free for the rest."""
    moved: list[tuple[int, int, int]] = []
    for start, end, _ in found:
        start = next_start(start, interval)
        if start < end:
            mask = 0
            for bit, free in enumerate(crowd.choices):
                index = bisect_right(free, start, key=lambda stretch: stretch[0]) - 1
                if index >= 0 and free[index][1] >= end:
                    mask |= 1 << bit
            moved.append((start, end, mask))
    return _undominated(moved)


def _undominated(found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Leave out each period that ends with the one before it and has the same people."""
    return [
        period
        for index, period in enumerate(found)
        if not index or found[index - 1][1:] != period[1:]
    ]
