"""What accounts say about their time: weekly rules and one-off periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from cronofy_async.models.availability_rules import AvailabilityRule

__all__ = ("AvailablePeriod", "WorkingTime")


@attrs.frozen(kw_only=True)
class AvailablePeriod:
    """
    A stretch of time at which an account is available.

    Attributes:
        period_id: The application's own id of it.
        start: Seconds since the epoch, inclusive.
        end: The same, exclusive.
        start_tzid: The zone to show the start in, if one was given.
        end_tzid: The same for the end.
    """

    period_id: str
    start: int
    end: int
    start_tzid: str | None = None
    end_tzid: str | None = None


@attrs.define(kw_only=True, eq=False)
class WorkingTime:
    """
    What one application has stored for one account; it outlives an authorization.

    Attributes:
        rules: By the application's own ids of them.
        periods: The same.
    """

    rules: dict[str, AvailabilityRule] = attrs.field(factory=dict)
    periods: dict[str, AvailablePeriod] = attrs.field(factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rules or self.periods)
