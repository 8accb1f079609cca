"""What Cronofy calls the application about when something was answered or chosen."""

from __future__ import annotations

from datetime import datetime

import attrs

from ..core.codec import OpenEnum
from .availability import AvailableParticipant
from .real_time_scheduling import RealTimeScheduling, ScheduledEvent
from .scheduling_requests import SchedulingRequest
from .smart_invites import InviteReply

__all__ = (
    "MultiRecipientReply",
    "MultiRecipientSmartInviteReplied",
    "RealTimeSchedulingCompleted",
    "RealTimeSchedulingWithoutTime",
    "SchedulingRequestChanged",
    "SchedulingTrigger",
    "SchedulingTriggerType",
    "SchedulingVisitor",
    "SingleRecipientReply",
    "SmartInviteReplied",
)


class SchedulingTriggerType(OpenEnum):
    """
    Why the application is called.

    Source: /developers/embedded-scheduler/receiving-updates/
    """

    SMART_INVITE = "smart_invite"
    """Somebody replied to an invite."""
    SCHEDULING_REQUEST_TIME_CHOSEN = "scheduling_request_time_chosen"
    """A recipient chose a time. There are further types about requests."""


@attrs.frozen(kw_only=True)
class SchedulingTrigger:
    """
    Why the application is called.

    Attributes:
        type: What happened.
        triggered_at: When it happened, in UTC, if that is said.

    Source: /developers/embedded-scheduler/receiving-updates/
    """

    type: SchedulingTriggerType | None = None
    triggered_at: datetime | None = None


# Smart invites ------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SingleRecipientReply:
    """
    A reply to an invite for one person.

    Attributes:
        smart_invite_id: Your id of the invite.
        recipient: Who was invited, and what is their last reply now.
        reply: The reply that this is about; if the invite was forwarded, of somebody else.
        callback_url: Where the application is called.

    Source: /developers/api/smart-invites/invite-callback/
    """

    smart_invite_id: str
    recipient: InviteReply
    reply: InviteReply | None = None
    callback_url: str | None = None


@attrs.frozen(kw_only=True)
class SmartInviteReplied:
    """
    Somebody replied to an invite for one person. Beta.

    Attributes:
        notification: Why you are called.
        smart_invite: The invite and the reply.

    Source: /developers/api/smart-invites/invite-callback/
    """

    notification: SchedulingTrigger
    smart_invite: SingleRecipientReply


@attrs.frozen(kw_only=True)
class MultiRecipientReply:
    """
    A reply to an invite for several people.

    Attributes:
        smart_invite_id: Your id of the invite.
        recipients: Who was invited, and what is the last reply of each now.
        reply: The reply that this is about.
        callback_url: Where the application is called.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    smart_invite_id: str
    recipients: tuple[InviteReply, ...]
    reply: InviteReply | None = None
    callback_url: str | None = None


@attrs.frozen(kw_only=True)
class MultiRecipientSmartInviteReplied:
    """
    Somebody replied to an invite for several people. Alpha.

    Attributes:
        notification: Why you are called.
        smart_invite: The invite and the reply.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    notification: SchedulingTrigger
    smart_invite: MultiRecipientReply


# Links --------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SchedulingVisitor:
    """
    Who used a link.

    Attributes:
        tzid: IANA name of the zone in which they saw the times.

    Source: /developers/workflow-triggers/scheduling-triggers/
    """

    tzid: str | None = None


@attrs.frozen(kw_only=True)
class RealTimeSchedulingCompleted:
    """
    A visitor chose a time, and the event is made.

    Attributes:
        event: The event, with its start and end.
        participants: The accounts that are free at the chosen time.
        user: Who chose it.
        real_time_scheduling: The link, if the service says which.
        notification: Why you are called, if the service says so.

    Source: /developers/workflow-triggers/scheduling-triggers/
    """

    event: ScheduledEvent
    participants: tuple[AvailableParticipant, ...] = ()
    user: SchedulingVisitor | None = None
    real_time_scheduling: RealTimeScheduling | None = None
    notification: SchedulingTrigger | None = None


@attrs.frozen(kw_only=True)
class RealTimeSchedulingWithoutTime:
    """
    A visitor found no time that suits, or the page had none to show.

    The reference does not show this body: which of the two it is, tells the URL that is
    called, ``no_times_suitable_url`` or ``no_times_displayed_url`` of `CallbackURLs`.

    Attributes:
        real_time_scheduling: The link.
        user: Who used it.
        notification: Why you are called, if the service says so.

    Source: /developers/workflow-triggers/scheduling-triggers/
    """

    real_time_scheduling: RealTimeScheduling
    user: SchedulingVisitor | None = None
    notification: SchedulingTrigger | None = None


# Requests -----------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SchedulingRequestChanged:
    """
    Something became of a scheduling request. Beta.

    Attributes:
        notification: What happened, and when.
        scheduling_request: The request as it is now.

    Source: /developers/embedded-scheduler/receiving-updates/
    """

    notification: SchedulingTrigger
    scheduling_request: SchedulingRequest
