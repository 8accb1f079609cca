"""Links by which a visitor chooses a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.operations.real_time_scheduling import CreateRealTimeScheduling

__all__ = ("Link",)


@attrs.define(kw_only=True, eq=False)
class Link:
    """
    A real-time scheduling link.

    Attributes:
        link_id: ``sch_`` and 24 hex digits.
        token: The last part of its URL.
        asked: What it was made of.
        message: What its page says once it is disabled.
        start: The chosen time, in seconds since the epoch.
        end: The same; exclusive.
    """

    link_id: str
    token: str
    application: Application
    asked: CreateRealTimeScheduling
    status: Literal["open", "completed", "disabled"] = "open"
    message: str | None = None
    start: int | None = None
    end: int | None = None
