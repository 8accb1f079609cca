"""Hours of the week at which an account is available."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

__all__ = ("AvailabilityRule", "Weekday", "WeeklyPeriod")

Weekday: TypeAlias = Literal[
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"
]
"""A day of the week, in lower case."""


@attrs.frozen
class WeeklyPeriod:
    """
    A stretch of one day of every week, by the wall clock of its rule's zone.

    Args:
        day: ``sunday`` to ``saturday``. One day may have several periods.
        start_time: ``HH:MM`` of 24 hours, inclusive, for example ``09:30``.
        end_time: The same, exclusive; ``24:00`` is the end of the day.

    Source: /developers/api/scheduling/availability-rules/upsert-availability-rule/
    """

    day: Weekday
    start_time: str
    end_time: str


@attrs.frozen(kw_only=True)
class AvailabilityRule:
    """
    Hours of the week at which an account is available.

    Attributes:
        availability_rule_id: The id that the application gave it.
        tzid: IANA zone that the hours are in; they keep to its wall clock when clocks
            change.
        calendar_ids: The calendars whose events count; absent if all do.
        weekly_periods: The hours.

    Source: /developers/api/scheduling/availability-rules/read-availability-rule/
    """

    availability_rule_id: str
    tzid: str | None = None
    calendar_ids: tuple[str, ...] | None = None
    weekly_periods: tuple[WeeklyPeriod, ...] | None = None
