"""
Booking times that nobody else gets, and never twice.

::

    from cronofy_async import AsyncCronofy
    from cronofy_async.booking import AsyncBooker, SlotTakenError

    booker = AsyncBooker(cronofy)
    booking = await booker.book("order-4711", (room, calendar_id), start, end, summary="Board")

`AsyncBooker` books with an `AsyncCronofy`, `Booker` with a `Cronofy`.
"""

from .blocking import Booker
from .booker import AsyncBooker
from .bookings import Booking
from .errors import SlotTakenError
from .names import booking_event_id

__all__ = ("AsyncBooker", "Booker", "Booking", "SlotTakenError", "booking_event_id")
