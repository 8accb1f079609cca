"""From what the service shows of a stretch of time to what matters to a booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..models.events import FreeBusy, FreeBusyStatus
from ..models.times import EventTime, ZonedTime
from .bookings import Booking
from .contest import Sight
from .names import Hold

__all__ = ("sight",)


def sight(
    booking: Booking[Any],
    calendar_id: str,
    entries: Iterable[FreeBusy],
    *,
    now: float,
    over: set[str],
) -> Sight:
    """
    What stands at the time of a booking in one of its calendars.

    Args:
        booking: The booking.
        calendar_id: The calendar.
        entries: What there is in all calendars that count for this one.
        now: Seconds since the epoch by the service's clock.
        over: Takes the ids of the holds in this calendar that are over.
    """
    booked = taken = False
    holds: set[Hold] = set()
    for entry in entries:
        start, end = (_moment(each, booking.tzid) for each in (entry.start, entry.end))
        if entry.deleted or start >= booking.end or end <= booking.start:
            continue
        is_here = entry.calendar_id == calendar_id
        hold = Hold.read(entry.event_id)
        if hold is not None:
            if now > hold.until:
                over.update([hold.hold_id] if is_here else ())
            elif is_here or hold.event_id != booking.event_id:
                holds.add(hold)
        elif entry.event_id == booking.event_id:
            booked |= is_here and (start, end) == (booking.start, booking.end)
        else:
            taken |= entry.free_busy_status != FreeBusyStatus.FREE
    return Sight(booked=booked, taken=taken, holds=frozenset(holds))


def _moment(time: EventTime, tzid: str) -> datetime:
    zoned = time if isinstance(time, ZonedTime) else ZonedTime(time, tzid)
    return zoned.moment()
