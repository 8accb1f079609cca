"""Agents that join meetings and record them."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum
from .checks import not_empty

__all__ = (
    "MeetingAgentDetails",
    "MeetingAgentDownload",
    "MeetingAgentResource",
    "MeetingAgentResourceCategory",
    "MeetingAgentState",
    "MeetingAttendee",
)


class MeetingAgentState(OpenEnum):
    """How far an agent is. Source: /developers/api/meeting-agents/callbacks/"""

    CREATED = "created"
    COMPLETE = "complete"


class MeetingAgentResourceCategory(OpenEnum):
    """
    What a resource of an agent is.

    Source: /developers/api/meeting-agents/resource-download/
    """

    CRONOFY = "cronofy"
    """A page for a browser."""
    TRANSCRIPT = "transcript"
    AUDIO = "audio"
    VIDEO = "video"


@attrs.frozen
class MeetingAttendee:
    """
    Somebody who takes part in a meeting.

    Args:
        email: Their address.

    Raises:
        InvalidArgumentError: The address is empty.

    Source: /developers/api/meeting-agents/schedule/
    """

    email: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class MeetingAgentResource:
    """
    Something that an agent provides. Beta.

    Attributes:
        category: What it is.
        type: Which one of its category: ``dashboard``, ``cronofy`` for the transcript,
            ``voice`` for audio, ``conference`` for video.
        url: Where it is: a page for a browser if it is a ``dashboard``; all others are for
            `DownloadMeetingAgentResource`.

    Source: /developers/api/meeting-agents/resource-download/
    """

    category: MeetingAgentResourceCategory | None = None
    type: str | None = None
    url: str | None = None


@attrs.frozen(kw_only=True)
class MeetingAgentDetails:
    """
    An agent, as far as it has come. Beta.

    Attributes:
        sub: Its permanent id, which begins with ``agt_``.
        state: How far it is.
        resources: What it provides by now.

    Source: /developers/api/meeting-agents/schedule/
    """

    sub: str
    state: MeetingAgentState | None = None
    resources: tuple[MeetingAgentResource, ...] | None = None


@attrs.frozen(kw_only=True)
class MeetingAgentDownload:
    """
    Where a resource can be fetched. Beta.

    Attributes:
        download_url: A URL of the store it lies in, good for a short time. Whoever has it
            can fetch the resource, so it is not shown in the repr. Send no token there.

    Source: /developers/api/meeting-agents/resource-download/
    """

    download_url: str = attrs.field(repr=False)
