"""From the template of an event and a time to the call that writes it."""

from __future__ import annotations

from typing import Any

import attrs

from cronofy_async.models.event_template import EventTemplate
from cronofy_async.models.real_time_scheduling import SchedulingEvent
from cronofy_async.models.times import EventTime
from cronofy_async.operations.event_writes import UpsertEvent

__all__ = ("filled",)


def filled(
    template: SchedulingEvent, calendar_id: str, start: EventTime, end: EventTime, **changes: Any
) -> UpsertEvent:
    """
    The call that writes an event.

    Args:
        template: What it is made of.
        calendar_id: Where it goes.
        start: When it starts.
        end: When it ends; exclusive.
        changes: What is different about it.
    """
    details: dict[str, Any] = {
        field.name: getattr(template, field.name) for field in attrs.fields(EventTemplate)
    }
    details |= {"event_id": template.event_id, "summary": template.summary, **changes}
    return UpsertEvent(calendar_id=calendar_id, start=start, end=end, **details)
