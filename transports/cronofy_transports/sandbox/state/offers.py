"""Links by which people put an event into a calendar of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.operations.add_to_calendar import AddToCalendar

__all__ = ("Offer",)


@attrs.frozen(kw_only=True, eq=False)
class Offer:
    """
    An event that is offered.

    Attributes:
        token: The last part of its page's URL.
        scope: What whoever takes it grants with it.
        asked: What it was made of.
    """

    token: str
    application: Application
    scope: str
    asked: AddToCalendar
