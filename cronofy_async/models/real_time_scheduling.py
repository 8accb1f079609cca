"""Links by which a visitor chooses a time and so books a meeting."""

from __future__ import annotations

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import attrs

from ..core.codec import OpenEnum
from ..core.unset import UNSET, Unset
from .checks import instance, longest, not_empty
from .event_details import Invitee
from .event_template import EventTemplate
from .events import Location
from .shorthands import is_http_url
from .times import EventTime

__all__ = (
    "CallbackURLs",
    "EventCreation",
    "RealTimeScheduling",
    "RealTimeSchedulingStatus",
    "RedirectURLs",
    "ScheduledEvent",
    "SchedulingEvent",
    "SchedulingFormatting",
    "SchedulingOAuth",
    "TargetCalendar",
    "TargetEvent",
)

EventCreation: TypeAlias = Literal["default", "single"]
"""How many events a booking makes: one in each target calendar, or one for all."""


# What a link is made of ---------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SchedulingOAuth:
    """
    Where the visitor goes, and what an older flow asks them for.

    Args:
        redirect_uri: The http or https page that the visitor is sent to at the end.
        scope: What a visitor who connects a calendar of their own is asked to grant.
        state: Given back with such a grant.

    Raises:
        InvalidArgumentError: *redirect_uri* is no http or https URL.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    redirect_uri: str = attrs.field(validator=[not_empty, is_http_url])
    scope: str | None = None
    state: str | None = None


@attrs.frozen(kw_only=True)
class SchedulingEvent(EventTemplate):
    """
    The event that a booking makes: as `UpsertEvent` takes it, without start and end.

    Args:
        event_id: The application's own id of it.
        summary: Its title, at most 1,024 characters.

    The rest is that of `EventTemplate`. *attendees* is not supported where each target
    calendar gets an event of its own, and with ``single`` they are the target calendars'.

    Raises:
        InvalidArgumentError: A bound is not kept.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    event_id: str = attrs.field(validator=not_empty)
    summary: str = attrs.field(validator=[not_empty, longest(1024)])


@attrs.frozen(kw_only=True)
class TargetEvent(EventTemplate):
    """
    What is different about the event if the owner of a target calendar organizes it.

    Args:
        event_id: The application's own id of it.
        summary: Its title, at most 1,024 characters.

    The rest is that of `EventTemplate`, for example ``conferencing="integrated"``.

    Raises:
        InvalidArgumentError: A bound is not kept.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    event_id: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    summary: str | Unset = attrs.field(default=UNSET, validator=[not_empty, longest(1024)])


def _attendee(value: str | Invitee | None) -> Invitee | None:
    return Invitee(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class TargetCalendar:
    """
    A calendar that a booking writes to.

    Args:
        sub: The account that it belongs to.
        calendar_id: The calendar.
        event: What is different about the event if this account organizes it.
        attendee: How this account is invited to a single event, if it is free at the
            chosen time; an address stands for an `Invitee`.

    Raises:
        InvalidArgumentError: An id is empty.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    sub: str = attrs.field(validator=not_empty)
    calendar_id: str = attrs.field(validator=not_empty)
    event: TargetEvent | None = attrs.field(default=None, validator=instance(TargetEvent))
    attendee: Invitee | None = attrs.field(
        default=None, converter=_attendee, validator=instance(Invitee)
    )


@attrs.frozen(kw_only=True)
class SchedulingFormatting:
    """
    How the page writes times.

    Args:
        hour_format: ``h`` for 12 hours, ``H`` for 24. Left out: Cronofy decides.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    hour_format: str | None = None


@attrs.frozen(kw_only=True)
class CallbackURLs:
    """
    Where the application is told what the visitor did; the calls are signed.

    Args:
        completed_url: Called when a time was chosen, with the whole event.
        no_times_suitable_url: Called when the visitor says that no time suits.
        no_times_displayed_url: Called when the page had no times to show.

    Raises:
        InvalidArgumentError: One is no http or https URL.

    Source: /developers/workflow-triggers/scheduling-triggers/
    """

    completed_url: str | None = attrs.field(default=None, validator=is_http_url)
    no_times_suitable_url: str | None = attrs.field(default=None, validator=is_http_url)
    no_times_displayed_url: str | None = attrs.field(default=None, validator=is_http_url)


@attrs.frozen(kw_only=True)
class RedirectURLs:
    """
    Where the visitor's browser is sent.

    Args:
        completed_url: When a time was chosen; Cronofy adds ``token``, which is for
            `GetRealTimeSchedulingByToken`.

    Raises:
        InvalidArgumentError: It is no http or https URL.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    completed_url: str | None = attrs.field(default=None, validator=is_http_url)


# What became of it --------------------------------------------------------------------


class RealTimeSchedulingStatus(OpenEnum):
    """
    What became of a link.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    OPEN = "open"
    """No time was chosen yet."""
    COMPLETED = "completed"
    """A time was chosen; it stays so."""
    DISABLED = "disabled"
    """It was disabled before a time was chosen; it stays so."""


@attrs.frozen(kw_only=True)
class ScheduledEvent:
    """
    The event of a link, as far as it is known.

    Attributes:
        event_id: The application's own id of it.
        summary: Its title.
        description: Its text.
        start: When it starts; only once a time was chosen. A moment in UTC, or a
            `ZonedTime`.
        end: When it ends, exclusive, in the same form.
        tzid: IANA name of its zone.
        location: Where it takes place.
        url: Its page on the web.
        event_private: Whether its details are hidden from others.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    event_id: str | None = None
    summary: str | None = None
    description: str | None = None
    start: EventTime | None = None
    end: EventTime | None = None
    tzid: str | None = None
    location: Location | None = None
    url: str | None = None
    event_private: bool | None = None


@attrs.frozen(kw_only=True)
class RealTimeScheduling:
    """
    A link by which a visitor books one meeting.

    Attributes:
        real_time_scheduling_id: Names it in other calls.
        url: The page to send the visitor to.
        status: What became of it.
        event: The event, with start and end once a time was chosen.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    real_time_scheduling_id: str | None = None
    url: str | None = None
    status: RealTimeSchedulingStatus | None = None
    event: ScheduledEvent | None = None

    @property
    def token(self) -> str | None:
        """What `GetRealTimeSchedulingByToken` takes: the last part of the URL's path."""
        return urlsplit(self.url).path.rpartition("/")[2] or None if self.url else None
