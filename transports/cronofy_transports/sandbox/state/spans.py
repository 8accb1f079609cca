"""
An index of stretches of time, asked for those that touch a window.

Sorting by start alone does not do: one event of a year would make every question
look at a year of starts. Entries are therefore kept in tiers by length, and in the
tier of lengths below ``2**k`` only starts in the last ``2**k`` seconds before the
window can reach into it. A question costs a bisection per tier and the answer itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs

from .ordered import Ordered

__all__ = ("Entry", "SpanIndex", "Touching")

Entry = tuple[int, str]
"""Where a stretch starts, and its key."""


@attrs.frozen
class Touching:
    """
    What a tier has for a window.

    Attributes:
        early: Entries that start before the window and may reach into it or not.
        inside: Entries that start in it, in parts that later changes do not touch.
    """

    early: list[Entry]
    inside: list[list[Entry]]


class SpanIndex:
    """Keys by the stretch of time that they take up; both its ends belong to it."""

    __slots__ = ("_tiers",)

    def __init__(self) -> None:
        self._tiers: dict[int, Ordered[Entry]] = {}

    def add(self, start: int, end: int, key: str) -> None:
        """Enter a key; the same key may be entered at several stretches."""
        exponent = (end - start).bit_length()
        tier = self._tiers.get(exponent)
        if tier is None:
            tier = self._tiers[exponent] = Ordered()
        tier.add((start, key))

    def fill(self, entries: Iterable[tuple[int, int, str]]) -> None:
        """Enter many into an empty index: starts, ends and keys."""
        tiers: dict[int, list[Entry]] = defaultdict(list)
        for start, end, key in entries:
            tiers[(end - start).bit_length()].append((start, key))
        for exponent, tier in tiers.items():
            self._tiers[exponent] = Ordered()
            self._tiers[exponent].fill(tier)

    def remove(self, start: int, end: int, key: str) -> None:
        """
        Take an entry out.

        Raises:
            KeyError: There is no such entry.
        """
        self._tiers[(end - start).bit_length()].remove((start, key))

    def touching(self, start: int | None, end: int | None) -> Iterator[str]:
        """
        The keys whose stretch may touch ``[start, end]``, and a few that just miss it.

        Args:
            start: `None`: from the beginning of time.
            end: `None`: to its end.
        """
        for found in self.search(start, None if end is None else end + 1):
            for part in (found.early, *found.inside):
                for _, key in part:
                    yield key

    def search(self, start: int | None, end: int | None) -> Iterator[Touching]:
        """
        The entries whose stretch may touch ``[start, end)``, tier by tier.

        Args:
            start: `None`: from the beginning of time.
            end: `None`: to its end.
        """
        before = None if end is None else (end,)
        for exponent, tier in self._tiers.items():
            if start is None:
                yield Touching([], tier.between(None, before))
                continue
            within = (start if end is None else min(start, end),)
            early = tier.between((start - (1 << exponent),), within)
            yield Touching(
                [entry for part in early for entry in part], tier.between((start,), before)
            )
