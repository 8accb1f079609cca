"""
When an event that recurs takes place, by the wall clock.

A day that a month or year does not have is left out, as calendars do.

Source: /developers/api-alpha/recurring-events/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta
from itertools import count, takewhile
from typing import Final

from cronofy_async.models.event_details import RecurrenceRule

__all__ = ("DAYS", "LONGEST", "occurrences")

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Decision.ENDLESS_SERIES
LONGEST: Final = timedelta(days=730)
"""How long after its start an event recurs at the most."""


def occurrences(
    start: datetime, rule: RecurrenceRule, until: datetime | None
) -> Iterator[datetime]:
    """
    The starts of an event that recurs, its first one included.

    Args:
        start: The first one, as a naive wall-clock time.
        rule: How it recurs.
        until: The last one is not after this; `None`: the rule does not say.
    """
    try:
        last = start + LONGEST
        if until is not None:
            last = min(last, until)
        every = takewhile(lambda each: each <= last, _every(start, rule))
        for number, each in enumerate(every):
            if rule.count is not None and number >= rule.count:
                return
            yield each
    except OverflowError:
        # The next one is beyond the end of all calendars.
        return


def _every(start: datetime, rule: RecurrenceRule) -> Iterator[datetime]:
    interval = rule.interval or 1
    if rule.frequency == "daily":
        yield from (start + timedelta(days=interval * n) for n in count())
    elif rule.frequency == "weekly":
        weekdays = sorted(DAYS.index(day) for day in rule.by_day or (DAYS[start.weekday()],))
        for week in count(step=interval):
            offsets = (7 * week + weekday - start.weekday() for weekday in weekdays)
            yield from (start + timedelta(days=days) for days in offsets if days >= 0)
    else:
        months = interval * (12 if rule.frequency == "yearly" else 1)
        for n in count():
            year, month = divmod(start.year * 12 + start.month - 1 + months * n, 12)
            if year > MAXYEAR:
                return
            try:
                yield start.replace(year=year, month=month + 1)
            except ValueError:
                continue
