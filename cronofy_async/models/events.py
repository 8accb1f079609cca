"""Events and free-busy periods, as they are read."""

from __future__ import annotations

from datetime import datetime

import attrs

from ..core.codec import OpenEnum
from .identity import ConferencingProvider
from .times import EventTime

__all__ = (
    "Attendee",
    "Event",
    "EventConferencing",
    "EventOptions",
    "EventStatus",
    "ExtendedTransparency",
    "FreeBusy",
    "FreeBusyStatus",
    "Location",
    "Organizer",
    "ParticipationStatus",
    "Transparency",
)


class EventStatus(OpenEnum):
    """How certain an event is. Source: /developers/api/events/read-events/"""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class ParticipationStatus(OpenEnum):
    """What somebody answered to an invitation. Source: /developers/api/events/read-events/"""

    NEEDS_ACTION = "needs_action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    UNKNOWN = "unknown"


class Transparency(OpenEnum):
    """Whether an event takes up its time. Source: /developers/api/events/read-events/"""

    OPAQUE = "opaque"
    TRANSPARENT = "transparent"
    UNKNOWN = "unknown"


class ExtendedTransparency(OpenEnum):
    """How an event takes up its time. Source: /developers/api/events/read-events/"""

    OPAQUE = "opaque"
    TRANSPARENT = "transparent"
    WORKING_ELSEWHERE = "working_elsewhere"
    TENTATIVE = "tentative"
    OUT_OF_OFFICE = "out_of_office"
    UNKNOWN = "unknown"


class FreeBusyStatus(OpenEnum):
    """Whether a period is taken up. Source: /developers/api/events/free-busy/"""

    BUSY = "busy"
    FREE = "free"
    TENTATIVE = "tentative"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Location:
    """
    Where an event takes place.

    Attributes:
        description: The place in words.
        lat: Latitude in decimal degrees, as text.
        long: Longitude in decimal degrees, as text.

    Source: /developers/api/events/upsert-event/
    """

    description: str | None = None
    lat: str | None = None
    long: str | None = None


@attrs.frozen(kw_only=True)
class Attendee:
    """
    Somebody who is invited to an event.

    Attributes:
        email: Their address.
        display_name: Their name, if it is known.
        status: What they answered.

    Source: /developers/api/events/read-events/
    """

    email: str | None = None
    display_name: str | None = None
    status: ParticipationStatus | None = None


@attrs.frozen(kw_only=True)
class Organizer:
    """
    Who called an event.

    Attributes:
        email: Their address.
        display_name: Their name, if it is known.

    Source: /developers/api/events/read-events/
    """

    email: str | None = None
    display_name: str | None = None


@attrs.frozen(kw_only=True)
class EventConferencing:
    """
    The link to meet at.

    Attributes:
        pending: True while the link is still being made; absent afterwards.
        provider_name: Who makes the link.
        join_url: The link.

    Source: /developers/api/conferencing-services/create/
    """

    pending: bool | None = None
    provider_name: ConferencingProvider | None = None
    join_url: str | None = None


@attrs.frozen(kw_only=True)
class EventOptions:
    """
    What the application may do to an event.

    Attributes:
        delete: Whether it may delete it.
        update: Whether it may change it.
        change_participation_status: Whether it may answer the invitation.

    Source: /developers/api/events/read-events/
    """

    delete: bool | None = None
    update: bool | None = None
    change_participation_status: bool | None = None


@attrs.frozen(kw_only=True)
class Event:
    """
    An event in a calendar.

    Attributes:
        calendar_id: The calendar it is in.
        event_uid: Cronofy's id of it.
        event_id: The application's own id of it; only of events that it created.
        google_event_id: Google's id of it; only if `ReadEvents` asked for it.
        summary: Its title.
        description: Its text, empty if it has none.
        start: When it starts; a `date` for events that take whole days. Moments are in
            UTC, except that ``localized_times`` gives each as a `ZonedTime`; a datetime
            is naive only if the service does not say its offset.
        end: When it ends, exclusive, in the same form.
        deleted: Whether it is deleted; only if `ReadEvents` asked for deleted events can
            it be true.
        created: When it was made, in UTC. A time before year 1 is given as the first
            moment of year 1.
        updated: When it was last changed, in the same form.
        location: Where it takes place.
        participation_status: What the account's owner answered.
        attendees: Who is invited.
        organizer: Who called it.
        transparency: Whether it takes up its time.
        extended_transparency: How it takes up its time.
        status: How certain it is.
        event_status: The same by the name that the quick start gives it.
        categories: The provider's labels.
        recurring: Whether it is one of a series.
        series_identifier: The same for all of a series.
        event_private: Whether its details are hidden from others.
        meeting_url: A link to meet at that was found in it.
        conferencing: The link to meet at that Cronofy made.
        url: Its page on the web.
        options: What the application may do to it.

    Source: /developers/api/events/read-events/
    """

    calendar_id: str
    event_uid: str
    start: EventTime | None = None
    end: EventTime | None = None
    event_id: str | None = None
    google_event_id: str | None = None
    summary: str | None = None
    description: str | None = None
    deleted: bool | None = None
    created: datetime | None = None
    updated: datetime | None = None
    location: Location | None = None
    participation_status: ParticipationStatus | None = None
    attendees: tuple[Attendee, ...] | None = None
    organizer: Organizer | None = None
    transparency: Transparency | None = None
    extended_transparency: ExtendedTransparency | None = None
    status: EventStatus | None = None
    event_status: EventStatus | None = None
    categories: tuple[str, ...] | None = None
    recurring: bool | None = None
    series_identifier: str | None = None
    event_private: bool | None = None
    meeting_url: str | None = None
    conferencing: EventConferencing | None = None
    url: str | None = None
    options: EventOptions | None = None


@attrs.frozen(kw_only=True)
class FreeBusy:
    """
    A period that an event takes up, without the event's details; periods may overlap.

    Attributes:
        calendar_id: The calendar the event is in.
        start: When it starts; a `date` for whole days. Moments are in UTC, except that
            ``localized_times`` gives each as a `ZonedTime`.
        end: When it ends, exclusive, in the same form.
        free_busy_status: Whether the time is taken up.
        event_id: The application's own id of the event; only if `ReadFreeBusy` asked for
            ids, and of events that the application created.
        event_uid: Cronofy's id of the event; only if `ReadFreeBusy` asked for ids.
        deleted: Whether the event is deleted; only if `ReadFreeBusy` asked for deleted
            ones can it be true.

    Source: /developers/api/events/free-busy/
    """

    calendar_id: str
    start: EventTime
    end: EventTime
    free_busy_status: FreeBusyStatus | None = None
    event_id: str | None = None
    event_uid: str | None = None
    deleted: bool | None = None
