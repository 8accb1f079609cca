"""Scheduling requests: recipients who are asked to choose a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.operations.scheduling_requests import CreateSchedulingRequest

    from .events import Event

__all__ = ("TimeRequest",)


@attrs.define(kw_only=True, eq=False)
class TimeRequest:
    """
    A request.

    Attributes:
        request_id: ``srq_`` and 24 hex digits.
        token: The last part of its page's URL.
        hosts: The accounts of which one is to invite.
        asked: What it was made of.
        origin: The host that it was made on, for the URLs of its pages.
        event: The event that was written when a time was chosen.
    """

    request_id: str
    token: str
    application: Application
    hosts: tuple[str, ...]
    asked: CreateSchedulingRequest
    origin: str
    slot_selection: Literal["pending", "complete", "declined", "cancelled"] = "pending"
    event: Event | None = None
