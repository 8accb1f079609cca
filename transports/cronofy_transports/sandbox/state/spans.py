"""
An index of stretches of time, asked for those that touch a window.

Sorting by start alone does not do: one event of a year would make every question
look at a year of starts. Entries are therefore kept in tiers by length, and in the
tier of lengths below ``2**k`` only starts in the last ``2**k`` seconds before the
window can reach into it. A question costs a bisection per tier and the answer itself.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

__all__ = ("SpanIndex",)


class SpanIndex:
    """Keys by the stretch of time that they take up; both its ends belong to it."""

    __slots__ = ("_tiers",)

    def __init__(self) -> None:
        self._tiers: dict[int, list[tuple[int, str]]] = {}

    def add(self, start: int, end: int, key: str) -> None:
        """Enter a key; the same key may be entered at several stretches."""
        insort(self._tiers.setdefault((end - start).bit_length(), []), (start, key))

    def remove(self, start: int, end: int, key: str) -> None:
        """
        Take an entry out.

        Raises:
            KeyError: There is no such entry.
        """
        tier = self._tiers.get((end - start).bit_length(), [])
        index = bisect_left(tier, (start, key))
        if index == len(tier) or tier[index] != (start, key):
            raise KeyError(key)
        del tier[index]

    def touching(self, start: int | None, end: int | None) -> Iterator[str]:
        """
        The keys whose stretch may touch ``[start, end]``, and a few that just miss it.

        Args:
            start: `None`: from the beginning of time.
            end: `None`: to its end.
        """
        for exponent, tier in self._tiers.items():
            first = 0 if start is None else bisect_left(tier, (start - (1 << exponent), ""))
            last = len(tier) if end is None else bisect_left(tier, (end + 1, ""))
            for index in range(first, last):
                yield tier[index][1]
