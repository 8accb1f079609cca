"""Agents that join meetings and record them."""

from __future__ import annotations

import attrs

from ..core import codec
from ..core.errors import DecodeError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..core.wire import Response
from ..models.event_template import _subscriptions
from ..models.meeting_agents import (
    MeetingAgentDetails,
    MeetingAgentDownload,
    MeetingAgentResource,
    MeetingAttendee,
)
from ..models.shorthands import is_http_url
from ..models.subscriptions import Subscription
from ..models.times import Moment
from .checks import given_url, instance, moment, not_empty

__all__ = ("CreateMeetingAgent", "DownloadMeetingAgentResource")


def _attendee(value: str | MeetingAttendee | Unset) -> MeetingAttendee | Unset:
    return MeetingAttendee(value) if isinstance(value, str) else value


def _url(value: str | MeetingAgentResource) -> str:
    return (value.url or "") if isinstance(value, MeetingAgentResource) else value


@attrs.frozen(kw_only=True)
class CreateMeetingAgent(
    Operation[MeetingAgentDetails | None],
    method="POST",
    path="/v1/meeting_agents",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/meeting-agents/schedule/",
    stability=Stability.BETA,
    envelope="meeting_agent",
    lookup="a MeetingAgentNotification comes to those who subscribed if it was",
):
    """
    Send an agent to a meeting, now or later, that is no event of the application. Beta.

    For events of the application, give `meeting_agent` to `UpsertEvent` instead. Called on
    the client it is sent with the API key, as the reference shows it for agents that are
    sent at once; called on an account view, with its token, as it is shown for later ones.

    Answer: the agent as it is created; `None` if it is sent later. What becomes of it comes
    as a `MeetingAgentNotification` to those who subscribed.

    Args:
        join_url: The link to the meeting.
        on_behalf_of_attendee: Whom the agent stands for; text is their address. Newer
            documentation requires it for agents that are sent at once.
        scheduling_key: Your id of the meeting, for agents that are sent later: the same
            key does not send another one.
        join_time: When to join, as an aware datetime of whole seconds; goes with
            *scheduling_key*. Left out: now. A time ahead is kept more punctually.
        subscriptions: Who is to be told of what becomes of it: of the interactions
            ``meeting_agent_activated``, ``meeting_agent_complete`` and
            ``meeting_agent_failed``. Left out: nobody.

    Raises:
        InvalidArgumentError: The link is no http or https URL, the address is empty, or
            the time is naive or has a fraction of a second.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PaymentRequiredError: The application's plan has no meeting agents.

    Source: /developers/api/meeting-agents/schedule/
    """

    join_url: str = attrs.field(validator=[not_empty, is_http_url])
    on_behalf_of_attendee: MeetingAttendee | Unset = attrs.field(
        default=UNSET, converter=_attendee, validator=instance(MeetingAttendee)
    )
    scheduling_key: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    join_time: Moment | Unset = attrs.field(default=UNSET, validator=moment)
    subscriptions: tuple[Subscription, ...] | Unset = attrs.field(
        default=UNSET, converter=_subscriptions, validator=instance(Subscription)
    )

    def read_body(self, body: bytes) -> MeetingAgentDetails | None:
        """Read the agent, if there is one yet: newer answers have it under its key."""
        if not body.strip():
            return None
        raw = codec.load(body)
        if isinstance(raw, dict):
            raw = raw.get(self.envelope, raw)
        # An agent that is sent later is answered without one.
        if raw in ({}, None):
            return None
        agent: MeetingAgentDetails = codec.structure(raw, MeetingAgentDetails)
        return agent


@attrs.frozen(kw_only=True)
class DownloadMeetingAgentResource(
    Operation[MeetingAgentDownload],
    method="GET",
    # The reference does not show such a URL: its beginning is assumed, for `parse` alone.
    path="/v1/meeting_agents/{+url}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/meeting-agents/resource-download/",
    stability=Stability.BETA,
    envelope="resource",
    accepted=frozenset({302}),
):
    """
    Find out where a transcript or recording can be fetched. Beta.

    The service answers with a redirect to another host, which is not followed: our key has
    no business there. Fetch the `download_url` with any HTTP library, without credentials.

    Answer: the URL to fetch it from, good for a short time.

    Args:
        url: A `MeetingAgentResource`, or its URL as it came. It must be on the API's own
            origin.

    Raises:
        InvalidArgumentError: The URL is none.
        UnsafeURLError: The URL is on another origin; nothing was sent.
        NotFoundError: There is no such resource.

    Source: /developers/api/meeting-agents/resource-download/
    """

    url: str = attrs.field(converter=_url, validator=[not_empty, given_url])

    def from_response(self, response: Response) -> MeetingAgentDownload:
        """
        Read the URL out of the body, or else out of the header that says the same.

        Raises:
            APIError: The status is neither 2xx nor 302.
            DecodeError: The URL is in neither.
        """
        try:
            return super().from_response(response)
        except DecodeError:
            location = response.header("location")
            if location is None:
                raise
            return MeetingAgentDownload(download_url=location)
