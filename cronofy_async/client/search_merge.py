"""
The answers to the parts of a search, put together.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from .. import engine
from ..models.availability import (
    AvailableParticipant,
    AvailableTime,
    MemberStatus,
    SyncStatus,
)
from ..models.availability_search import SearchAvailability
from ..models.participants import Group, Member
from .search_plan import Part, moment, reach, seconds

__all__ = ("Found", "put_together", "worst")

# From bad to good; what the service may add one day counts as good.
_FROM_THE_WORST: Final = (SyncStatus.DISCONNECTED, SyncStatus.PENDING)


@attrs.frozen
class Found:
    """
    What was found for a part.

    Attributes:
        part: The part.
        times: By the member who was asked about alone; everybody's under `None`.
    """

    part: Part
    times: Mapping[Member | None, Sequence[AvailableTime]]


Times: TypeAlias = Iterable[AvailableTime]


def put_together(
    search: SearchAvailability,
    given: Sequence[engine.Interval],
    founds: Sequence[Found],
    *,
    complete: bool,
) -> list[AvailableTime]:
    """
    The times that are certain after the first parts, the earliest first.

    Args:
        search: What is searched for.
        given: What it searches, in normal form.
        founds: What was found for its parts so far, from the first one on.
        complete: Whether these are all of its parts.
    """
    if not founds:
        return []
    if None in founds[0].times:
        times = _jointly(search, founds, alone=complete and len(founds) == 1)
    elif search.query_slots is not None:
        times = _of_slots(search, founds)
    else:
        times = _of_members(search, given, founds)
    until = founds[-1].part.until
    periods = search.query_slots is None and (search.response_format or "periods") == "periods"
    certain: list[AvailableTime] = []
    for time in times:
        # A period that comes up to the border may go on behind it.
        if not complete and seconds(time.end if periods else time.start) >= until:
            break
        certain.append(time)
    return certain[: search.max_results]


def _jointly(search: SearchAvailability, founds: Sequence[Found], *, alone: bool) -> Times:
    """Where everybody was asked about at once; *alone*: in one part."""
    if alone:
        return founds[0].times[None]
    if search.query_slots is not None:
        return [time for found in founds for time in found.times[None]]
    if (search.response_format or "periods") == "periods":
        return _whole(time for found in founds for time in found.times[None])
    cores = [time for found in _cores(founds) for time in found]
    return _apart(cores) if search.response_format == "slots" else cores


def _cores(founds: Sequence[Found]) -> Iterator[list[AvailableTime]]:
    since = 0
    for found in founds:
        yield [
            each for each in found.times[None] if since <= seconds(each.start) < found.part.until
        ]
        since = found.part.until


def _whole(pieces: Times) -> Iterator[AvailableTime]:
    """Periods out of pieces of them; without choice the same people are free in all."""
    whole: AvailableTime | None = None
    for piece in sorted(pieces, key=lambda each: each.start):
        if whole is None or piece.start > whole.end:
            if whole is not None:
                yield whole
            whole = piece
        elif piece.end > whole.end:
            whole = attrs.evolve(whole, end=piece.end)
    if whole is not None:
        yield whole


def _apart(slots: Times) -> Iterator[AvailableTime]:
    """Of slots at every start, those that do not overlap, taken from the left."""
    last: AvailableTime | None = None
    for slot in slots:
        if last is None or slot.start >= last.end:
            last = slot
            yield slot


def _of_members(
    search: SearchAvailability, given: Sequence[engine.Interval], founds: Sequence[Found]
) -> Times:
    """Where people were asked about one by one: when they can meet is worked out from that."""
    free: dict[Member, list[engine.Interval]] = {}
    for found in founds:
        for member, times in found.times.items():
            assert member is not None
            free.setdefault(member, []).extend(
                (seconds(each.start), seconds(each.end)) for each in times
            )
    known = founds[-1].part.until + reach(search)
    interval = search.start_interval
    results = engine.solve(
        engine.Query(
            groups=[
                engine.Group(
                    members=[
                        engine.Member(sub=member.sub, windows=free[member])
                        for member in group.members
                    ],
                    required=_required(group),
                )
                for group in search.participants
            ],
            duration=search.required_duration.minutes * 60,
            windows=engine.clip(given, given[0][0], known),
            interval=None if interval is None else interval.minutes * 60,
            format=search.response_format or "periods",
        )
    )
    return [_time(each.start, each.end, each.subs) for each in results]


def _of_slots(search: SearchAvailability, founds: Sequence[Found]) -> Times:
    """Given slots where people were asked about one by one: those that suit enough of them."""
    suits: dict[Member, set[int]] = {}
    asked: list[engine.Interval] = []
    for found in founds:
        asked += found.part.asked
        for member, times in found.times.items():
            assert member is not None
            suits.setdefault(member, set()).update(seconds(each.start) for each in times)
    for start, end in asked:
        present = [[m for m in group.members if start in suits[m]] for group in search.participants]
        enough = (
            len(members) >= (_required(group) or len(group.members))
            for members, group in zip(present, search.participants, strict=True)
        )
        if all(enough):
            yield _time(start, end, [member.sub for members in present for member in members])


def _required(group: Group) -> int | None:
    return None if isinstance(group.required, str) else group.required


def _time(start: int, end: int, subs: Iterable[str]) -> AvailableTime:
    people = tuple(AvailableParticipant(sub=sub) for sub in dict.fromkeys(subs))
    return AvailableTime(start=moment(start), end=moment(end), participants=people)


def worst(search: SearchAvailability, statuses: Iterable[MemberStatus]) -> tuple[MemberStatus, ...]:
    """One status for each member, the worst that was told, in the order of the search."""
    told: dict[str, MemberStatus] = {}
    for status in statuses:
        if status.sub not in told or _rank(status) < _rank(told[status.sub]):
            told[status.sub] = status
    subs = dict.fromkeys(m.sub for group in search.participants for m in group.members)
    return tuple(told[sub] for sub in dict.fromkeys((*subs, *told)) if sub in told)


def _rank(status: MemberStatus) -> int:
    known = status.sync_status
    return _FROM_THE_WORST.index(known) if known in _FROM_THE_WORST else len(_FROM_THE_WORST)
