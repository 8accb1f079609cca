"""Smart invites: who was invited to what by post, and what they replied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .access import Application

if TYPE_CHECKING:
    from cronofy_async.models.smart_invites import (
        InviteReply,
        SmartInviteEvent,
        SmartInviteOrganizer,
    )

__all__ = ("Invite",)


@attrs.define(kw_only=True, eq=False)
class Invite:
    """
    An invite to one person, or to several.

    Attributes:
        uid: What its files call the event, whatever becomes of it.
        alone: Whether it is to one person, and so is named by their address too.
        recipients: Who is invited, and what they replied last, by address in lower case.
        replies: The last reply of everybody who replied, by address in lower case.
        sequence: How often it was changed; a mail program goes by the highest number.
    """

    invite_id: str
    uid: str
    application: Application
    alone: bool
    event: SmartInviteEvent
    callback_url: str | None = None
    organizer: SmartInviteOrganizer | None = None
    recipients: dict[str, InviteReply] = attrs.field(factory=dict)
    replies: dict[str, InviteReply] = attrs.field(factory=dict)
    sequence: int = 0
    cancelled: bool = False
