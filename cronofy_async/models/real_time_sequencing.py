"""Links by which a visitor chooses times for several meetings, and so books them."""

from __future__ import annotations

import attrs

from .real_time_scheduling import RealTimeSchedulingStatus, ScheduledEvent

__all__ = ("RealTimeSequencing",)


@attrs.frozen(kw_only=True)
class RealTimeSequencing:
    """
    A link by which a visitor books several meetings at once. Beta.

    Attributes:
        real_time_sequencing_id: Names it in other calls.
        url: The page to send the visitor to.
        status: What became of it.
        event: What its meetings have in common.

    Source: /developers/api/scheduling/real-time-sequencing/
    """

    real_time_sequencing_id: str | None = None
    url: str | None = None
    status: RealTimeSchedulingStatus | None = None
    event: ScheduledEvent | None = None
