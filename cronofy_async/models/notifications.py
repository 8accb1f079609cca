"""What a push notification says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from ..core.codec import OpenEnum
from .channels import Channel

__all__ = ("ChannelNotification", "Notification", "NotificationType", "UnknownNotification")


class NotificationType(OpenEnum):
    """
    Why a channel was notified.

    Source: /developers/api/push-notifications/
    """

    VERIFICATION = "verification"
    """A channel was made: answer 2xx within 5 seconds."""
    CHANGE = "change"
    """Events or calendars changed: read them from `changes_since` on."""
    PROFILE_DISCONNECTED = "profile_disconnected"
    """A profile must be authorized anew."""
    CONFERENCING_PROFILE_DISCONNECTED = "conferencing_profile_disconnected"
    """A conferencing profile must be authorized anew."""
    PROFILE_INITIAL_SYNC_COMPLETED = "profile_initial_sync_completed"
    """All events of a new profile are known now: read them all."""
    GDPR_REQUESTED = "gdpr_requested"
    """The person asks to be forgotten: delete what you hold."""
    SCHEDULING_CONVERSATION_JOINED = "scheduling_conversation_joined"
    SCHEDULING_CONVERSATION_UPDATED = "scheduling_conversation_updated"


@attrs.frozen(kw_only=True)
class Notification:
    """
    What happened.

    Attributes:
        type: Why you are notified.
        changes_since: With ``change``: read events with this as `last_modified`; UTC.
        scheduling_conversation_id: With the two kinds about scheduling conversations.
    """

    type: NotificationType
    changes_since: datetime | None = None
    scheduling_conversation_id: str | None = None


@attrs.frozen(kw_only=True)
class ChannelNotification:
    """
    A notification to a channel.

    It is a hint, not a fact to act on: it carries no time and can be sent again by
    anybody who saw it. Read what changed from your own cursor.

    Attributes:
        notification: What happened.
        channel: The channel that was notified.

    Source: /developers/api/push-notifications/
    """

    notification: Notification
    channel: Channel


@attrs.frozen(kw_only=True)
class UnknownNotification:
    """
    A signed callback of a kind that this version does not know; answer it with 2xx.

    Attributes:
        type: What it calls itself, if it does.
        body: All of it. The repr shows only its keys, as there may be a code or token in it.
    """

    type: str | None
    body: Mapping[str, Any] = attrs.field(repr=lambda body: repr(sorted(body)))
