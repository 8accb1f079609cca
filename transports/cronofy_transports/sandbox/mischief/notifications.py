"""Actions that are done to notifications, and to callbacks of other kinds."""

from __future__ import annotations

from typing import ClassVar

import attrs

from ..faults import Action
from .checks import seconds, whole, yes_or_no

__all__ = (
    "DelayNotifications",
    "DropNotifications",
    "DuplicateNotifications",
    "OfNotifications",
    "ReorderNotifications",
)


@attrs.frozen(kw_only=True)
class OfNotifications(Action):
    """The base of what the courier does."""

    of_notifications: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class DuplicateNotifications(OfNotifications):
    """
    Delivers a notification, and the same bytes again right after it.

    The first delivery decides whether it is tried again.

    Attributes:
        copies: How often again.
    """

    name: ClassVar[str] = "duplicate_notifications"

    copies: int = attrs.field(default=1, validator=whole(1, 100_000))


@attrs.frozen(kw_only=True)
class DropNotifications(OfNotifications):
    """
    Does not deliver a notification.

    Attributes:
        retried: Whether it is tried again, like one that its receiver did not take;
            otherwise it is lost, and the sandbox takes it for delivered.
    """

    name: ClassVar[str] = "drop_notifications"

    retried: bool = attrs.field(default=False, validator=yes_or_no)


@attrs.frozen(kw_only=True)
class DelayNotifications(OfNotifications):
    """
    Delivers a notification later; what changes meanwhile is told in others.

    Attributes:
        seconds: How much later, by the sandbox's clock, in whole seconds rounded up.
    """

    name: ClassVar[str] = "delay_notifications"

    seconds: float = attrs.field(validator=seconds)


@attrs.frozen(kw_only=True)
class ReorderNotifications(OfNotifications):
    """
    Delivers a notification after the next one, of whatever kind and to whomever.

    Attributes:
        seconds: How long it waits for one, by the sandbox's clock, rounded up.
    """

    name: ClassVar[str] = "reorder_notifications"

    seconds: float = attrs.field(default=60, validator=seconds)
