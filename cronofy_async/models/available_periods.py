"""One-off stretches of time at which an account is available."""

from __future__ import annotations

import attrs

from .times import EventTime

__all__ = ("AvailablePeriod",)


@attrs.frozen(kw_only=True)
class AvailablePeriod:
    """
    A stretch of time at which an account says that it is available.

    Attributes:
        available_period_id: The id that the application gave it.
        start: When it starts, inclusive: a moment in UTC, or with ``localized_times`` a
            `ZonedTime` if a zone is known.
        end: When it ends, exclusive, in the same form.

    Source: /developers/api/scheduling/available-periods/read/
    """

    available_period_id: str
    start: EventTime
    end: EventTime
