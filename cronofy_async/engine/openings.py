"""
Who is free when: the common ground of slots, query slots, periods and sequences.

Members of groups that want everybody fold into one: what is left when all their
windows are intersected and all their events subtracted. Only the members of groups
that want *some* of them are tracked one by one, each as a bit of a mask.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .intervals import Interval, Intervals, intersect, normalise, subtract
from .query import Group, Member

__all__ = ("Crowd", "Opening", "openings")


def _free(members: Sequence[Member], windows: Intervals, duration: int) -> list[Interval]:
    """Where all *members* are free within *windows* for at least *duration*."""
    for member in members:
        if member.windows is not None:
            windows = intersect(windows, normalise(member.windows))
    # A meeting [t, t + D) needs [t - before, t + D + after) empty: seen from an event,
    # the time it takes away grows by `after` on its left and by `before` on its right.
    blocked: list[Interval] = []
    for member in members:
        before, after = member.before, member.after
        blocked += [(start - after, end + before) for start, end in member.busy]
    return [
        (start, end)
        for start, end in subtract(windows, normalise(blocked))
        if end - start >= duration
    ]


class Crowd:
    """
    The members of a query as far as they are free for *duration* within *windows*.

    Attributes:
        common: Where everybody who must come is free.
        choices: Where each of the others is free within `common`; index = bit.
        demands: For each group that wants some of them: how many, and whose bits.
    """

    __slots__ = ("_roll", "_subs", "choices", "common", "demands")

    def __init__(self, groups: Sequence[Group], duration: int, windows: Intervals) -> None:
        everybody: list[Member] = []
        some: list[Member] = []
        self.demands: list[tuple[int, range]] = []
        self._roll: list[tuple[str, int]] = []
        self._subs: dict[int, tuple[str, ...] | None] = {}
        for group in groups:
            if group.required is None or group.required == len(group.members):
                everybody += group.members
                self._roll += [(member.sub, 0) for member in group.members]
            else:
                bits = range(len(some), len(some) + len(group.members))
                some += group.members
                self.demands.append((group.required, bits))
                self._roll += [
                    (member.sub, 1 << bit) for member, bit in zip(group.members, bits, strict=True)
                ]
        if any(required > len(bits) for required, bits in self.demands):
            windows = ()
        self.common: list[Interval] = _free(everybody, normalise(windows), duration)
        self.choices: list[list[Interval]] = [
            _free([member], self.common, duration) for member in some
        ]

    def subs(self, mask: int) -> tuple[str, ...] | None:
        """Who comes when those in *mask* are free, or ``None`` when they are too few."""
        try:
            return self._subs[mask]
        except KeyError:
            return self._subs.setdefault(mask, self._attending(mask))

    def _attending(self, mask: int) -> tuple[str, ...] | None:
        for required, bits in self.demands:
            if sum(mask >> bit & 1 for bit in bits) < required:
                return None
        return tuple(dict.fromkeys(sub for sub, bit in self._roll if not bit or mask & bit))


@attrs.frozen
class Opening:
    """
    A run of start times that suit the same people.

    Attributes:
        first: The first start.
        until: Just after the last start.
        subs: Who is free for the whole meeting at any of these starts.
    """

    first: int
    until: int
    subs: tuple[str, ...]


def openings(groups: Sequence[Group], duration: int, windows: Intervals) -> list[Opening]:
    """
    All starts at which every group is satisfied, sorted and disjoint.

    Args:
        groups: As in `Query`.
        duration: Length of the meeting in seconds.
        windows: The time to search, in any order.
    """
    crowd = Crowd(groups, duration, windows)
    if not crowd.demands:
        subs = crowd.subs(0) or ()
        return [Opening(start, end - duration + 1, subs) for start, end in crowd.common]
    edges: list[tuple[int, int]] = []
    for bit, free in enumerate(crowd.choices):
        flag = 1 << bit
        edges += [(start, flag) for start, _ in free]
        edges += [(end - duration + 1, flag) for _, end in free]
    edges.sort()
    found: list[Opening] = []
    mask = since = 0
    subs_now: tuple[str, ...] | None = None
    for instant, flag in edges:
        if instant != since:
            if subs_now is not None:
                found.append(Opening(since, instant, subs_now))
            since = instant
        mask ^= flag
        subs_now = crowd.subs(mask)
    return found
