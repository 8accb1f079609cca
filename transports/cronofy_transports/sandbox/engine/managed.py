"""
Managed availability: weekly rules and one-off periods, turned into windows.

Source: /developers/scheduling/managed-availability/
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import attrs

from cronofy_async.engine.intervals import Interval, Intervals, clip, union

from .local import MINUTES_PER_DAY, local_days

__all__ = ("Rule", "managed")


@attrs.frozen(kw_only=True)
class Rule:
    """
    Hours of the week at which somebody is available, by the wall clock of a zone.

    Attributes:
        tzid: IANA name of the zone.
        weekly_periods: Triples of a weekday (0 is Monday, as in `datetime.date`), and
            a start and an end in minutes of that day; an end of 1440 (``"24:00"``) is
            the end of the day. Periods may overlap; none at all: never available.

    Raises:
        ValueError: A weekday is not 0 to 6, or a period does not end after its start
            within the day.
    """

    tzid: str
    weekly_periods: tuple[tuple[int, int, int], ...]

    def __attrs_post_init__(self) -> None:
        for weekday, start, end in self.weekly_periods:
            if not 0 <= weekday <= 6:
                raise ValueError(f"weekly_periods: weekday {weekday} is not 0 to 6")
            if not 0 <= start < end <= MINUTES_PER_DAY:
                raise ValueError(
                    f"weekly_periods: minutes {start} to {end} are not a period of one day"
                )


def managed(
    rules: Iterable[Rule], available_periods: Intervals, start: int, end: int
) -> list[Interval]:
    """
    When rules and available periods say that somebody is available.

    The union of all of them, as available periods are described as additions. Nothing
    given means never available; whether somebody without any stored rule or period is
    unrestricted instead is for the caller to say.

    On the day of a change of clocks, a time that is skipped moves forward by the length
    of the gap; of a time that occurs twice a start takes the first and an end the second.
    Weekdays that a zone has skipped altogether have no hours.

    Args:
        rules: Those that apply.
        available_periods: One-off additions, in any order.
        start: First instant of interest.
        end: The instant just after the last.

    Returns:
        The windows inside ``[start, end)``, in normal form.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: A rule's zone is not known.

    Source: /developers/scheduling/managed-availability/
    """
    return clip(
        union(available_periods, *(_weekly(rule, start, end) for rule in rules)), start, end
    )


def _weekly(rule: Rule, start: int, end: int) -> list[Interval]:
    windows: list[Interval] = []
    for day in local_days(ZoneInfo(rule.tzid), start, end):
        weekday = day.date.weekday()
        hours = [period for period in rule.weekly_periods if period[0] == weekday]
        if hours:
            begins, ends = day.bounds()
            if begins < ends:
                windows += [(day.starts_at(first), day.ends_at(last)) for _, first, last in hours]
    return windows
