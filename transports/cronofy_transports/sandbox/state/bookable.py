"""Bookable events: events of an application's own with a number of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from cronofy_async.models.bookable_events import Registration

__all__ = ("Booking",)


@attrs.define(kw_only=True, eq=False)
class Booking:
    """
    A bookable event.

    Attributes:
        start: Seconds since the epoch.
        end: The same; exclusive.
        capacity: How many can be accepted.
        registrations: By id, in the order in which they came.
        pages: The names of the pages of registrations from the second on.
    """

    bookable_event_id: str
    start: int
    end: int
    status: str
    capacity: int
    registrations: dict[str, Registration] = attrs.field(factory=dict)
    pages: list[str] = attrs.field(factory=list)
