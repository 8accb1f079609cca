"""From what the service shows of a stretch of time to what matters to a booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from ..models.events import FreeBusy, FreeBusyStatus
from ..models.times import EventTime, ZonedTime
from .bookings import Booking
from .contest import Sight
from .names import Hold

__all__ = ("Litter", "sight")


@attrs.define
class Litter:
    """
    Holds that were found in a calendar, and that it may be rid of.

    Attributes:
        over: Those that are over, whosever they are.
        own: Those of the same booking, of this call and of others: once its event is
            there, they hold nothing any more.
    """

    over: set[str] = attrs.field(factory=set)
    own: set[str] = attrs.field(factory=set)


def sight(
    booking: Booking[Any],
    calendar_id: str,
    entries: Iterable[FreeBusy],
    *,
    now: float,
    litter: Litter,
) -> Sight:
    """
    What stands at the time of a booking in one of its calendars.

    Args:
        booking: The booking.
        calendar_id: The calendar.
        entries: What there is in all calendars that count for this one.
        now: Seconds since the epoch by the service's clock.
        litter: Takes what is left behind in this calendar.
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
            if is_here and now > hold.until:
                litter.over.add(hold.hold_id)
            elif is_here and hold.event_id == booking.event_id:
                litter.own.add(hold.hold_id)
            if now <= hold.until and (is_here or hold.event_id != booking.event_id):
                holds.add(hold)
        elif entry.event_id == booking.event_id:
            booked |= is_here and (start, end) == (booking.start, booking.end)
        else:
            taken |= entry.free_busy_status != FreeBusyStatus.FREE
    return Sight(booked=booked, taken=taken, holds=frozenset(holds))


def _moment(time: EventTime, tzid: str) -> datetime:
    zoned = time if isinstance(time, ZonedTime) else ZonedTime(time, tzid)
    return zoned.moment()
