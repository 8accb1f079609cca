"""
The ids of a booking's events.

A booking's own event has an id that follows from its key alone. So whoever books again
with the key writes the same event, whatever became of the answers of the first time; and
two rivals, whose keys differ, have two events. An id made of calendar and time would be
the same for both: the service would take the second for a change of the first, and
neither could tell that it was overwritten.

A *hold* has an id that is never used again: its booking's id, the moment at which it is
over, and chance. A request that arrives late thus touches nothing but its own hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import attrs

__all__ = ("Hold", "booking_event_id")

_PREFIX: Final = "bkg"
_HOLD: Final = re.compile(rf"({_PREFIX}-[0-9a-f]{{40}})-([0-9]{{1,12}})-[0-9a-f]{{8}}")


def booking_event_id(key: str) -> str:
    """The ``event_id`` that the booking of this key has in each of its calendars."""
    return f"{_PREFIX}-{sha256(key.encode()).hexdigest()[:40]}"


@attrs.frozen
class Hold:
    """
    A claim to a time, in the form of an event that leaves the time free.

    Attributes:
        event_id: Whose it is: the id of its booking's event.
        until: When it is over, in seconds since the epoch by the service's clock.
        hold_id: The id of the event that stands for it.
    """

    event_id: str
    until: int
    hold_id: str

    @classmethod
    def make(cls, event_id: str, until: float, draw: Callable[[], float]) -> Hold:
        """
        Make a new hold.

        Args:
            event_id: The id of its booking's event.
            until: When it is over.
            draw: Gives random numbers from 0 up to 1.
        """
        ends = int(until)
        return cls(event_id, ends, f"{event_id}-{ends}-{int(draw() * 16**8):08x}")

    @classmethod
    def read(cls, hold_id: str | None) -> Hold | None:
        """The hold that an event with this id stands for; `None` if it is any other event."""
        found = _HOLD.fullmatch(hold_id or "")
        return None if found is None else cls(found[1], int(found[2]), found[0])
