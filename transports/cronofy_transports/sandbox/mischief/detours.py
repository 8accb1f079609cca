"""What faults do to callbacks between the queue and the courier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..push import Outbox, Posting, Round
from .meetings import Notification
from .notifications import (
    DelayNotifications,
    DropNotifications,
    DuplicateNotifications,
    ReorderNotifications,
)

if TYPE_CHECKING:
    from ..faults import Faults

__all__ = ("Detours",)


class Detours:
    """
    Sends callbacks astray.

    Args:
        faults: The faults that may strike them.
        outbox: The queue that they come from.
    """

    def __init__(self, faults: Faults, outbox: Outbox) -> None:
        self._faults, self._outbox = faults, outbox
        self._held: list[int] = []

    def plan(self, postings: Sequence[Posting]) -> list[Round]:
        """What is to be delivered now of what is due."""
        return [way for each in postings if (way := self._round(each)) is not None]

    def _round(self, posting: Posting) -> Round | None:
        times = self._times(posting)
        if not times:
            return None
        behind, self._held = tuple(self._held), []
        return Round(posting=posting, times=times, behind=behind)

    def _times(self, posting: Posting) -> int:
        delivery = self._outbox.find(posting.delivery_id)
        if delivery is None:
            return 1
        if delivery.put_off:
            # One that was put off has been struck.
            delivery.put_off = False
            return 1
        strike = self._faults.strike_notification(Notification(delivery))
        match None if strike is None else strike.action:
            case DuplicateNotifications(copies=copies):
                return 1 + copies
            case DropNotifications(retried=retried):
                self._outbox.delivered(posting.delivery_id, ok=not retried)
                return 0
            case DelayNotifications(seconds=seconds):
                self._outbox.put_off(delivery, math.ceil(seconds))
                return 0
            case ReorderNotifications(seconds=seconds):
                if self._held:
                    # One waits for this one, which must go for both to change places.
                    assert strike is not None, "it was matched"
                    self._faults.miss(strike)
                    return 1
                self._outbox.put_off(delivery, math.ceil(seconds))
                self._held.append(posting.delivery_id)
                return 0
            case _:
                return 1
