"""Links by which a visitor chooses times for several meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.operations.real_time_sequencing import CreateRealTimeSequencing

__all__ = ("SequenceLink",)


@attrs.define(kw_only=True, eq=False)
class SequenceLink:
    """
    A real-time sequencing link.

    Attributes:
        link_id: ``seq_`` and 24 hex digits.
        token: The last part of its URL.
        asked: What it was made of.
        message: What its page says once it is disabled.
        start: When the first meeting starts, in seconds since the epoch, once it is chosen.
        end: When the last one ends; exclusive.
    """

    link_id: str
    token: str
    application: Application
    asked: CreateRealTimeSequencing
    status: Literal["open", "completed", "disabled"] = "open"
    message: str | None = None
    start: int | None = None
    end: int | None = None
