"""
The availability engine once more, minute by minute and without cleverness.

Everything is decided by looking at each minute of the time in question, straight from
the wording of the rules: a meeting needs the calendar empty from its buffer before to
its buffer after. There are no intervals to merge here, no edges and no bit sets.
All numbers of a query must be whole minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import attrs

from cronofy_transports.sandbox.engine import (
    Group,
    Intervals,
    Member,
    Query,
    SequenceItem,
    SequenceQuery,
)

__all__ = ("Alternative", "Answer", "Seat", "alternatives", "answers", "minutes_of")

MINUTE = 60

Answer = tuple[int, int, tuple[str, ...]]
"""Start, end and who comes."""

Alternative = list[tuple[str | int, int, int, tuple[str, ...]]]
"""Item, start, end and who comes, in order of time."""


def minutes_of(intervals: Intervals) -> set[int]:
    """Every minute that begins inside one of the intervals."""
    return {minute for start, end in intervals for minute in range(start, end, MINUTE)}


@attrs.frozen
class Seat:
    """A member with the minutes in which it is busy, and those in which it may meet."""

    group: int
    member: Member
    busy: set[int]
    allowed: set[int]

    def free(self, start: int, end: int) -> bool:
        """Whether a meeting from *start* to *end* suits this member."""
        needed = range(start - self.member.before, end + self.member.after, MINUTE)
        return self.busy.isdisjoint(needed) and self.allowed.issuperset(range(start, end, MINUTE))


def _seats(groups: Sequence[Group], searched: set[int]) -> list[Seat]:
    return [
        Seat(
            number,
            member,
            minutes_of(member.busy),
            searched if member.windows is None else searched & minutes_of(member.windows),
        )
        for number, group in enumerate(groups)
        for member in group.members
    ]


def _attending(
    groups: Sequence[Group], seats: Sequence[Seat], start: int, end: int
) -> list[Seat] | None:
    """Who is free for the whole of a meeting, or ``None`` when a group misses too many."""
    there = [seat for seat in seats if seat.free(start, end)]
    for number, group in enumerate(groups):
        count = sum(1 for seat in there if seat.group == number)
        if count < (len(group.members) if group.required is None else group.required):
            return None
    return there


def _subs(seats: Sequence[Seat]) -> tuple[str, ...]:
    named: list[str] = []
    for seat in seats:
        if seat.member.sub not in named:
            named.append(seat.member.sub)
    return tuple(named)


def _on_grid(minute: int, interval: int) -> bool:
    return minute % (24 * 60 * MINUTE) % interval == 0


def answers(query: Query) -> list[Answer]:
    """What the engine has to answer."""
    if query.starts is not None:
        starts = sorted(set(query.starts))
        found = _slots(query, minutes_of([(t, t + query.duration) for t in starts]), starts)
    elif query.format == "periods":
        found = _periods(query, minutes_of(query.windows or ()))
    else:
        searched = minutes_of(query.windows or ())
        interval = query.interval or query.duration
        starts = [minute for minute in sorted(searched) if _on_grid(minute, interval)]
        found = _slots(query, searched, starts)
        if query.format == "slots":
            found = _greedy(found)
    return found[: query.max_results]


def _slots(query: Query, searched: set[int], starts: Sequence[int]) -> list[Answer]:
    seats = _seats(query.groups, searched)
    found: list[Answer] = []
    for start in starts:
        end = start + query.duration
        there = _attending(query.groups, seats, start, end)
        if there is not None and searched.issuperset(range(start, end, MINUTE)):
            found.append((start, end, _subs(there)))
    return found


def _greedy(slots: Sequence[Answer]) -> list[Answer]:
    taken: list[Answer] = []
    for slot in slots:
        if not taken or slot[0] >= taken[-1][1]:
            taken.append(slot)
    return taken


def _periods(query: Query, searched: set[int]) -> list[Answer]:
    seats = _seats(query.groups, searched)

    def there(start: int, end: int) -> list[Seat] | None:
        if not searched.issuperset(range(start, end, MINUTE)):
            return None
        return _attending(query.groups, seats, start, end)

    def who(minute: int) -> list[bool]:
        return [minute in searched] + [seat.free(minute, minute + MINUTE) for seat in seats]

    found: list[tuple[int, int, list[Seat]]] = []
    for start in sorted(searched):
        end = start
        if who(start) != who(start - MINUTE):
            while there(start, end + MINUTE) is not None:
                end += MINUTE
        if end > start:
            found.append((start, end, there(start, end) or []))
    found = _undominated(found)
    if query.interval is not None:
        aligned: list[tuple[int, int, list[Seat]]] = []
        for start, end, _ in found:
            while not _on_grid(start, query.interval):
                start += MINUTE
            if start < end:
                aligned.append((start, end, there(start, end) or []))
        found = _undominated(aligned)
    return [
        (start, end, _subs(seats))
        for start, end, seats in sorted(found, key=lambda each: each[:2])
        if end - start >= query.duration
    ]


def _undominated(
    found: Sequence[tuple[int, int, list[Seat]]],
) -> list[tuple[int, int, list[Seat]]]:
    """Leave out what lies inside another with the same or more people."""
    kept: list[tuple[int, int, list[Seat]]] = []
    for start, end, seats in found:
        rivals = [each for each in found if each[0] <= start and end <= each[1]]
        strictly = [each for each in rivals if each[:2] != (start, end)]
        if any(all(seat in other for seat in seats) for _, _, other in strictly):
            continue
        if (start, end, seats) not in kept:
            kept.append((start, end, seats))
    return kept


def alternatives(query: SequenceQuery) -> list[Alternative]:
    """What the engine has to answer to a query for a sequence."""
    slots = [_item_slots(item, query.windows) for item in query.items]
    ways: list[list[tuple[int, int]]] = []
    for order in permutations(range(len(query.items))):
        if _in_order([query.items[index].ordinal for index in order]):
            ways += _ways(query.items, order, lambda index: [slot[0] for slot in slots[index]])
    # Earliest first start; then, place by place, the earliest; then the order of the query.
    ways.sort()
    found: list[Alternative] = []
    free_from: int | None = None
    for way in ways:
        if way and (free_from is None or way[0][0] >= free_from):
            chosen: Alternative = []
            for start, index in way:
                end, subs = next(slot[1:] for slot in slots[index] if slot[0] == start)
                chosen.append((query.items[index].sequence_id, start, end, subs))
            found.append(chosen)
            free_from = chosen[-1][2]
    return found[: query.max_results]


def _in_order(ordinals: Sequence[int | None]) -> bool:
    given = [ordinal for ordinal in ordinals if ordinal is not None]
    return given == sorted(given)


def _item_slots(item: SequenceItem, windows: Intervals | None) -> list[Answer]:
    each = [minutes_of(some) for some in (windows, item.windows) if some is not None]
    query = Query(
        groups=item.groups,
        duration=item.duration,
        windows=[(minute, minute + MINUTE) for minute in sorted(set.intersection(*each))],
        interval=item.interval,
        format="overlapping_slots",
    )
    return answers(query)


def _ways(
    items: Sequence[SequenceItem],
    order: Sequence[int],
    starts_of: Callable[[int], list[int]],
) -> Iterator[list[tuple[int, int]]]:
    """Every way to place the items in this order, as starts and items."""
    if not order:
        yield []
        return
    for way in _ways(items, order[:-1], starts_of):
        for start in starts_of(order[-1]):
            if not way or _apart(items, way[-1], (start, order[-1])):
                yield [*way, (start, order[-1])]


def _apart(items: Sequence[SequenceItem], first: tuple[int, int], second: tuple[int, int]) -> bool:
    item, following = items[first[1]], items[second[1]]
    gap = second[0] - (first[0] + item.duration)
    return (
        gap >= item.after_min
        and gap >= following.before_min
        and (item.after_max is None or gap <= item.after_max)
        and (following.before_max is None or gap <= following.before_max)
    )
