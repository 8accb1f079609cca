"""
Sequences: several meetings in a row, as alternatives that do not overlap.

Theory. Whether the rest of a sequence can follow does not depend on how it began, only
on which items remain, which comes next and when. So for each set of remaining items and
each next item there is one set of starts from which the rest can be completed, computed
from the last item backwards. Such a set is an ``int`` with a bit per step of the common
grid; "followed at a distance between two bounds" is a shift and a smear of bits. Walking
forward then never meets a dead end.

Work is bounded: one small number of shifts per set of remaining items, item and
successor. With an `ordinal` on every item there are as many sets as items; n items that
may swap freely make 2**n of them, of which `MAX_REMAINDERS` are taken. A set has a bit
for each common step between the first and the last start: the greatest length that
divides a day and all durations and intervals, so 6 kB for minutes over 35 days.

Source: /developers/api/scheduling/sequenced-availability/
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from math import gcd
from typing import Final

import attrs
from attrs import validators

from cronofy_async.engine.grid import DAY, next_start
from cronofy_async.engine.intervals import Intervals, intersect, normalise
from cronofy_async.engine.openings import Opening, openings
from cronofy_async.engine.query import Group

__all__ = ("MAX_REMAINDERS", "SequenceItem", "SequenceQuery", "SequenceResult", "solve_sequence")

MAX_REMAINDERS: Final = 1024
"""The most sets of remaining items in one query: enough for ten items in any order."""

_positive = validators.ge(1)
_not_negative = validators.ge(0)
_maximum = validators.optional(_not_negative)


@attrs.frozen(kw_only=True)
class SequenceItem:
    """
    One meeting of a sequence.

    The four bounds speak of the gap between this item and its neighbours in the
    sequence, in seconds. The distance to other events is `Member.before` and
    `Member.after`, as everywhere.

    Attributes:
        sequence_id: Echoed in the answer as given.
        groups: Who takes part.
        duration: Length in seconds.
        ordinal: Items come in ascending order; those with equal ordinals, and those
            with ``None`` and any other, may swap.
        windows: The only time for this item, in any order; ``None``: the query's.
        interval: Distance in seconds of the permitted starts; ``None``: the duration.
        before_min: Least gap to the item before.
        before_max: Greatest gap to the item before; ``None``: any.
        after_min: Least gap to the item after.
        after_max: Greatest gap to the item after; ``None``: any.
    """

    sequence_id: str | int
    groups: Sequence[Group]
    duration: int = attrs.field(validator=_positive)
    ordinal: int | None = None
    windows: Intervals | None = None
    interval: int | None = attrs.field(default=None, validator=validators.optional(_positive))
    before_min: int = attrs.field(default=0, validator=_not_negative)
    before_max: int | None = attrs.field(default=None, validator=_maximum)
    after_min: int = attrs.field(default=0, validator=_not_negative)
    after_max: int | None = attrs.field(default=None, validator=_maximum)

    @property
    def step(self) -> int:
        """The distance of permitted starts in seconds."""
        return self.interval or self.duration


@attrs.frozen(kw_only=True)
class SequenceQuery:
    """
    When can these meetings follow one another?

    Attributes:
        items: In any order; answers follow the ordinals.
        windows: The time to search, in any order, intersected with the windows of
            each item; ``None``: every item brings its own.
        max_results: Keep only that many alternatives, the earliest; ``None``: all.

    Raises:
        ValueError: A number is too small, or an item has no windows at all.
    """

    items: Sequence[SequenceItem]
    windows: Intervals | None = None
    max_results: int | None = attrs.field(default=None, validator=validators.optional(_positive))

    def __attrs_post_init__(self) -> None:
        if self.windows is None and any(item.windows is None for item in self.items):
            raise ValueError("windows: give them for the query or for every item")


@attrs.frozen(kw_only=True)
class SequenceResult:
    """
    One item of an alternative.

    Attributes:
        sequence_id: That of the item.
        start: Inclusive.
        end: Exclusive: start and duration.
        subs: Everybody who is free for the whole item, in the order of its groups.
    """

    sequence_id: str | int
    start: int
    end: int
    subs: tuple[str, ...]


def solve_sequence(query: SequenceQuery) -> list[list[SequenceResult]]:
    """
    Find alternatives for a sequence of meetings.

    Neighbours are apart by at least both minimums and at most both maximums that face
    each other. Each alternative starts as early as it can, and each next item as early
    as still allows the rest; of items that could start together the one first in the
    query does. The next alternative starts when this one has ended, or later.

    Returns:
        Alternatives by their start; in each the items in order of time. Empty when
        the items do not fit, or when there are none.

    Raises:
        ValueError: Too many items may swap (`MAX_REMAINDERS`).

    Source: /developers/api/scheduling/sequenced-availability/
    """
    if not query.items:
        return []
    return list(islice(_Plan(query).alternatives(), query.max_results))


class _Plan:
    """The sets of starts from which the rest of a sequence can be completed."""

    def __init__(self, query: SequenceQuery) -> None:
        self._items = query.items
        self._everything = (1 << len(query.items)) - 1
        remainders = self._remainders()
        # Grids are anchored at midnight, so every permitted start is a multiple of this.
        self._unit = gcd(DAY, *(n for item in query.items for n in (item.duration, item.step)))
        self._openings = [_openings(item, query.windows) for item in query.items]
        edges = [opening.first for each in self._openings for opening in each]
        self._base = min(edges, default=0) // self._unit
        self._ready = self._backwards(remainders)

    def alternatives(self) -> Iterator[list[SequenceResult]]:
        """One after the other, each from the end of the one before."""
        cursor = 0
        while alternative := self._earliest(cursor):
            yield [self._result(index, step) for index, step in alternative]
            index, step = alternative[-1]
            cursor = step + self._items[index].duration // self._unit

    def _earliest(self, cursor: int) -> list[tuple[int, int]]:
        """Items and their starts, none of these before *cursor*; empty when there is none."""
        chosen: list[tuple[int, int]] = []
        remaining = self._everything
        while remaining:
            options: list[tuple[int, int]] = []
            for index in self._next(remaining):
                low, high = self._reach(*chosen[-1], index) if chosen else (cursor, None)
                step = _first(self._ready[remaining, index], low)
                if step is not None and (high is None or step <= high):
                    options.append((step, index))
            if not options:
                return []
            step, index = min(options)
            chosen.append((index, step))
            remaining ^= 1 << index
        return chosen

    def _backwards(self, remainders: Sequence[int]) -> dict[tuple[int, int], int]:
        starts = [
            self._bits(found, item.step)
            for found, item in zip(self._openings, self._items, strict=True)
        ]
        ready: dict[tuple[int, int], int] = {}
        for remaining in reversed(remainders):
            for index in self._next(remaining):
                rest = remaining ^ 1 << index
                follows = 0 if rest else -1
                for successor in self._next(rest):
                    low, high = self._reach(index, 0, successor)
                    follows |= _preceding(ready[rest, successor], low, high)
                ready[remaining, index] = starts[index] & follows
        return ready

    def _remainders(self) -> list[int]:
        """Every set of items that can remain, larger sets first; not the empty one."""
        found: list[int] = []
        level = {self._everything}
        while level != {0}:
            found += level
            if len(found) > MAX_REMAINDERS:
                raise ValueError("sequence: too many items may swap: give them ordinals")
            level = {rest ^ 1 << index for rest in level for index in self._next(rest)}
        return found

    def _next(self, remaining: int) -> list[int]:
        """Which of the remaining items the ordinals allow to come next."""
        candidates = [index for index in range(len(self._items)) if remaining >> index & 1]
        ordinals = [self._items[index].ordinal for index in candidates]
        lowest = min((ordinal for ordinal in ordinals if ordinal is not None), default=None)
        return [
            index
            for index, ordinal in zip(candidates, ordinals, strict=True)
            if ordinal is None or ordinal == lowest
        ]

    def _reach(self, index: int, step: int, successor: int) -> tuple[int, int | None]:
        """The first and last step (``None``: no last) for the successor of an item."""
        item, following = self._items[index], self._items[successor]
        least = max(item.after_min, following.before_min)
        maximums = [most for most in (item.after_max, following.before_max) if most is not None]
        low = step - -(item.duration + least) // self._unit
        if not maximums:
            return low, None
        return low, step + (item.duration + min(maximums)) // self._unit

    def _bits(self, found: Sequence[Opening], interval: int) -> int:
        last = max((opening.until for opening in found), default=0) // self._unit - self._base
        octets = bytearray(max(last, 0) // 8 + 1)
        for opening in found:
            start = next_start(opening.first, interval)
            while start < opening.until:
                step = start // self._unit - self._base
                octets[step >> 3] |= 1 << (step & 7)
                start = next_start(start + 1, interval)
        return int.from_bytes(octets, "little")

    def _result(self, index: int, step: int) -> SequenceResult:
        item, found = self._items[index], self._openings[index]
        start = (step + self._base) * self._unit
        opening = found[bisect_right(found, start, key=lambda each: each.first) - 1]
        return SequenceResult(
            sequence_id=item.sequence_id,
            start=start,
            end=start + item.duration,
            subs=opening.subs,
        )


def _openings(item: SequenceItem, windows: Intervals | None) -> list[Opening]:
    if item.windows is None:
        searched = windows or ()
    elif windows is None:
        searched = item.windows
    else:
        searched = intersect(normalise(windows), normalise(item.windows))
    return openings(item.groups, item.duration, searched)


def _first(bits: int, low: int) -> int | None:
    """The lowest bit that is set, of those from *low* on."""
    rest = bits >> low
    return low + (rest & -rest).bit_length() - 1 if rest else None


def _preceding(bits: int, low: int, high: int | None) -> int:
    """Every step that some bit follows at a distance from *low* to *high*, both included."""
    bits >>= low
    if high is None:
        return (1 << bits.bit_length()) - 1
    if high < low:
        return 0
    done, width = 0, min(high - low, bits.bit_length())
    while done < width:
        shift = min(done + 1, width - done)
        bits |= bits >> shift
        done += shift
    return bits
