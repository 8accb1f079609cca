"""What Cronofy calls those about who subscribed to an event, an agent or an attachment."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum
from .attachments import Attachment
from .event_details import MeetingAgent
from .events import EventConferencing, Location
from .meeting_agents import MeetingAgentDetails
from .subscriptions import Interaction
from .times import Duration, EventTime

__all__ = (
    "AttachmentNotification",
    "EventNotification",
    "MeetingAgentNotification",
    "PassedTransition",
    "SubscribedEvent",
    "SubscriptionNotice",
    "SubscriptionNoticeType",
)


class SubscriptionNoticeType(OpenEnum):
    """What kind of notice it is. Source: /developers/api/meeting-agents/callbacks/"""

    EVENT_SUBSCRIPTION = "event_subscription"


@attrs.frozen(kw_only=True)
class PassedTransition:
    """
    A moment that has come; see `Transition`. Beta.

    Attributes:
        before: What it is counted back from: ``event_start`` or ``event_end``.
        after: What it is counted on from; given in place of *before*.
        offset: How far away from it.

    Source: /developers/api/event-triggers/
    """

    before: str | None = None
    after: str | None = None
    offset: Duration | None = None


@attrs.frozen(kw_only=True)
class SubscriptionNotice:
    """
    Why you are called.

    Attributes:
        type: What kind of notice it is.
        interactions: What happened; you may get several at once.
        transitions: Which moments have come. The reference does not show them.

    Source: /developers/api/meeting-agents/callbacks/
    """

    type: SubscriptionNoticeType | None = None
    interactions: tuple[Interaction, ...] | None = None
    transitions: tuple[PassedTransition, ...] | None = None


@attrs.frozen(kw_only=True)
class SubscribedEvent:
    """
    The event that a notice is about, as far as the service tells.

    Attributes:
        calendar_id: The calendar it is in. The reference does not show it.
        event_id: The application's own id of it.
        event_uid: Cronofy's id of it. The reference does not show it.
        summary: Its title.
        description: Its text.
        start: When it starts; a `date` for whole days. A moment is in UTC.
        end: When it ends, exclusive, in the same form.
        tzid: IANA name of its zone.
        location: Where it takes place.
        conferencing: The link to meet at.
        meeting_agent: The agent that was asked for.

    Source: /developers/api/meeting-agents/callbacks/
    """

    calendar_id: str | None = None
    event_id: str | None = None
    event_uid: str | None = None
    summary: str | None = None
    description: str | None = None
    start: EventTime | None = None
    end: EventTime | None = None
    tzid: str | None = None
    location: Location | None = None
    conferencing: EventConferencing | None = None
    meeting_agent: MeetingAgent | None = None


@attrs.frozen(kw_only=True)
class EventNotification:
    """
    Something happened to an event, or one of its moments has come.

    Attributes:
        notification: What happened.
        event: The event as it is now.

    Source: /developers/api/conferencing-services/subscriptions/
    """

    notification: SubscriptionNotice
    event: SubscribedEvent | None = None


@attrs.frozen(kw_only=True)
class MeetingAgentNotification:
    """
    Something became of an agent. Beta.

    Attributes:
        notification: What happened: ``meeting_agent_activated``, ``meeting_agent_complete``
            or ``meeting_agent_failed``.
        meeting_agent: The agent, with what it provides by now.
        event: The event that it was asked for with; absent if it was sent by
            `CreateMeetingAgent`.

    Source: /developers/api/meeting-agents/callbacks/
    """

    notification: SubscriptionNotice
    meeting_agent: MeetingAgentDetails
    event: SubscribedEvent | None = None


@attrs.frozen(kw_only=True)
class AttachmentNotification:
    """
    An uploaded file was accepted or rejected. Beta.

    The reference does not show this body; it is taken to be like that of an agent.

    Attributes:
        notification: What happened: ``attachment_approved`` or ``attachment_rejected``.
        attachment: The file.

    Source: /developers/api/attachments/create/
    """

    notification: SubscriptionNotice
    attachment: Attachment
