"""
Availability constraints: at most so many events per local day or week.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from cronofy_async.engine.grid import DAY
from cronofy_async.engine.intervals import Interval, clip, normalise

from .local import LocalDay, local_days

__all__ = ("constrained",)

_DAYS_PER_WEEK = 7


def constrained(
    events: Iterable[Interval],
    period: Literal["day", "week"],
    limit: int,
    tzid: str,
    window: Interval,
) -> list[Interval]:
    """
    The local days or weeks that already hold as many events as the limit allows.

    An event counts in every day or week that it reaches into, just as a blocked day
    turns away every meeting that would reach into it. An event of no length counts
    where it starts.

    The answer is time to take away from a member's *windows*. It must not be added
    to what is `busy`: buffers would then spill into the neighbouring days.

    Args:
        events: Those that count, in any order. They are needed for the whole of every
            day or week that touches the window, not for the window alone.
        period: Weeks start on Monday.
        limit: So many events are allowed; 0 or less blocks everything.
        tzid: IANA name of the zone whose midnights bound the days.
        window: The time of interest.

    Returns:
        The blocked part of the window, in normal form.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: The zone is not known.

    Source: /developers/api/scheduling/availability/
    """
    start, end = window
    # A week that touches the window begins and ends up to six days outside of it.
    margin = 0 if period == "day" else (_DAYS_PER_WEEK - 1) * DAY
    days = local_days(ZoneInfo(tzid), start - margin, end + margin)
    spans = [day.bounds() for day in days] if period == "day" else list(_weeks(days))
    events = list(events)
    blocked = [
        (begins, ends)
        for begins, ends in spans
        if begins < end and start < ends and _count(events, begins, ends) >= limit
    ]
    return clip(normalise(blocked), start, end)


def _weeks(days: Iterable[LocalDay]) -> Iterator[Interval]:
    """The weeks made of *days*; those at either end may be cut short."""
    for _, group in groupby(days, key=lambda day: (day.date.toordinal() - 1) // _DAYS_PER_WEEK):
        week = list(group)
        yield week[0].bounds()[0], week[-1].bounds()[1]


def _count(events: Iterable[Interval], begins: int, ends: int) -> int:
    return sum(
        1 for start, end in events if start < ends and (begins < end or begins == start == end)
    )
