"""How much a receiver takes, and how long."""

from __future__ import annotations

import attrs

from ..core.numbers import not_negative, positive

__all__ = ("WebhookLimits",)


@attrs.frozen(kw_only=True)
class WebhookLimits:
    """
    How much a receiver takes, and how long. Times are in seconds.

    Attributes:
        body: The most bytes of a callback's body; more is refused with status 413.
        deadline: Within which the body must be there, or it is refused with status 408.
            Cronofy itself gives up after 5 seconds.
        window: For which a callback waits before it is handed over; what comes again
            meanwhile becomes one with it. No two changes of a channel are handed over
            sooner one after the other. 0 hands over at once.
        waiting: The most callbacks that wait; further ones are refused with status 503,
            and Cronofy sends them again later.
        concurrent: How many are handed over at once.
        closing: For which closing waits until all is handed over.

    Raises:
        InvalidArgumentError: A number is no whole number above 0, or a time is negative.
    """

    body: int = attrs.field(default=64 * 1024, validator=positive)
    deadline: float = attrs.field(default=5.0, validator=not_negative)
    window: float = attrs.field(default=1.0, validator=not_negative)
    waiting: int = attrs.field(default=1000, validator=positive)
    concurrent: int = attrs.field(default=8, validator=positive)
    closing: float = attrs.field(default=10.0, validator=not_negative)
