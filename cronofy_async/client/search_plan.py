"""
A large question about availability as parts that one call takes each, and back.

Parts follow each other in time. What a part is *for* is its core: from the end of the
part before to its own, which is a midnight in UTC or lies where nothing is searched. What
is *asked* reaches past the core by a meeting and a step of the grid, as far as there is
something to search there, so that nothing is lost that lies across a border:

- a slot belongs to the core that it starts in, and the part knows all of it;
- a period is seen by every part whose core it touches, as a piece that is long enough to
  be told of; pieces that meet are one period.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from ..engine import Interval, normalise
from ..models.availability import (
    LONGEST_SEARCH,
    MOST_RESULTS,
    AvailableTime,
    Slot,
)
from ..models.availability_search import SearchAvailability
from ..models.participants import Group, Member, Period
from ..operations.availability import QueryAvailability

__all__ = ("Part", "further", "moment", "parts", "question", "reach", "seconds", "windows")

DAY: Final = 86_400


@attrs.frozen
class Part:
    """
    One stretch of a search.

    Attributes:
        asked: What is searched for it, in normal form; or starts of meetings, each with
            its end.
        until: Where its core ends, in seconds since the epoch; exclusive.
    """

    asked: tuple[Interval, ...]
    until: int


def seconds(value: datetime) -> int:
    """A moment in seconds since the epoch."""
    return int(value.timestamp())


def moment(value: int) -> datetime:
    """The moment that lies so many seconds after the epoch."""
    return datetime.fromtimestamp(value, UTC)


def windows(search: SearchAvailability, now: float) -> list[Interval]:
    """What is searched, in normal form; of what has begun, the days before today are cut off."""
    today = int(now) - int(now) % DAY
    given = [(seconds(each.start), seconds(each.end)) for each in search.query_periods or ()]
    return normalise((max(start, today) if end > now else start, end) for start, end in given)


def parts(search: SearchAvailability, now: float) -> list[Part]:
    """The parts of a search in their order."""
    if search.query_slots is not None:
        return list(_of_slots(search))
    return list(_of_windows(search, windows(search, now)))


def _of_slots(search: SearchAvailability) -> Iterator[Part]:
    duration = search.required_duration.minutes * 60
    starts = sorted({seconds(slot.start) for slot in search.query_slots or ()})
    longest = int(LONGEST_SEARCH.total_seconds()) - duration
    while starts:
        limit = starts[0] + longest
        taken = [each for each in starts[: search.times_per_call] if each <= limit]
        starts = starts[len(taken) :]
        yield Part(tuple((each, each + duration) for each in taken), taken[-1] + 1)


def _of_windows(search: SearchAvailability, given: list[Interval]) -> Iterator[Part]:
    margin = reach(search)
    longest = int(LONGEST_SEARCH.total_seconds())
    start = given[0][0]
    while given:
        # A part that begins in the middle of a window looks back into it.
        begin = max(given[0][0], start - margin)
        ahead = [(max(a, begin), b) for a, b in given if b > start]
        limit = begin + longest
        if ahead[-1][1] <= limit and len(ahead) <= search.times_per_call:
            yield Part(tuple(ahead), ahead[-1][1])
            return
        until = _border(start, limit - margin)
        fitting = ahead[: search.times_per_call]
        if len(fitting) < len(ahead) and ahead[len(fitting)][0] < until:
            until = ahead[len(fitting)][0]
        # What ends before the border is asked for whole; what spans it, a margin further.
        asked = tuple((a, min(b, until + margin)) for a, b in fitting if a < until)
        yield Part(asked, until)
        given = [(a, b) for a, b in given if b > until]
        start = max(until, given[0][0]) if given else until


def _border(start: int, limit: int) -> int:
    """The last midnight up to a limit; the limit itself if there is none after the start."""
    midnight = limit - limit % DAY
    return midnight if midnight > start else limit


def reach(search: SearchAvailability) -> int:
    """How far a part looks past its core, in seconds."""
    step = 0 if search.start_interval is None else search.start_interval.minutes
    return (search.required_duration.minutes + step) * 60


def question(
    search: SearchAvailability,
    asked: Sequence[Interval],
    *,
    response_format: Any,
    member: Member | None = None,
    most: int | None = None,
) -> QueryAvailability:
    """
    The call for a part.

    Args:
        search: What it is a part of.
        asked: What is searched, or the slots.
        response_format: How its answer is laid out.
        member: The only one to ask about; left out: everybody.
        most: How many results are needed at the most; left out: all there are.
    """
    slots = search.query_slots is not None
    return QueryAvailability(
        participants=search.participants if member is None else (Group(members=(member,)),),
        required_duration=search.required_duration,
        query_periods=None if slots else tuple(Period(moment(a), moment(b)) for a, b in asked),
        query_slots=tuple(Slot(moment(start)) for start, _ in asked) if slots else None,
        # Where one is asked about alone, the grid is laid in the end.
        start_interval=search.start_interval if member is None else None,
        buffer=search.buffer,
        response_format=response_format,
        max_results=min(most or MOST_RESULTS, MOST_RESULTS),
        include_member_statuses=search.include_member_statuses,
        excluded_events=search.excluded_events,
    )


def further(
    search: SearchAvailability, asked: Sequence[Interval], last: AvailableTime, *, overlapping: bool
) -> tuple[Interval, ...]:
    """
    What is still to be searched after an answer that is as long as answers get.

    Args:
        search: What is searched for.
        asked: What was searched.
        last: The last time that was found.
        overlapping: Whether the next time may overlap it.
    """
    if search.query_slots is not None:
        return tuple(each for each in asked if each[0] > seconds(last.start))
    since = seconds(last.start) + 1 if overlapping else seconds(last.end)
    return tuple((max(a, since), b) for a, b in asked if b > since)
