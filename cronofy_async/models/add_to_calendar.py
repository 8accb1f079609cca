"""Links by which somebody puts an event into a calendar of theirs."""

from __future__ import annotations

import attrs

from .real_time_scheduling import SchedulingEvent
from .times import EventTime

__all__ = ("AddToCalendarEvent", "AddToCalendarLink")


@attrs.frozen(kw_only=True)
class AddToCalendarEvent(SchedulingEvent):
    """
    The event that a link puts into a calendar: as `UpsertEvent` takes it.

    Args:
        event_id: Your id of it.
        summary: Its title, at most 1,024 characters.
        start: When it starts: an aware datetime, which is sent in UTC; a `ZonedTime`; a
            naive datetime, which *tzid* is the zone of; or a `date` for whole days.
        end: When it ends, exclusive, in one of the same forms: a date if *start* is one.

    The rest is that of `EventTemplate`.

    Raises:
        InvalidArgumentError: A bound is not kept.

    Source: /developers/api/events/upsert-event/
    """

    start: EventTime
    end: EventTime


@attrs.frozen(kw_only=True)
class AddToCalendarLink:
    """
    A link by which somebody puts an event into a calendar of theirs.

    Attributes:
        url: The page to send them to.

    Source: /developers/api/events/upsert-event/
    """

    url: str
