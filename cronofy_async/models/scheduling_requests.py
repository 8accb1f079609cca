"""Requests that Cronofy's Scheduler finds a time for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import attrs

from ..core.codec import OpenEnum
from .checks import instance, not_empty
from .event_details import Tag
from .events import Location
from .shorthands import entries
from .times import Duration

__all__ = (
    "RecipientOperations",
    "RequestedEvent",
    "RequestedEventState",
    "RequestedRecipient",
    "RequestedRecipientState",
    "SchedulingBuffer",
    "SchedulingGroup",
    "SchedulingHost",
    "SchedulingMember",
    "SchedulingRequest",
    "SlotSelection",
)


# What is asked for --------------------------------------------------------------------


@attrs.frozen
class SchedulingHost:
    """
    Who invites.

    Args:
        sub: Their account.

    Source: /developers/api/scheduling-requests/create/
    """

    sub: str = attrs.field(validator=not_empty)


@attrs.frozen
class SchedulingMember:
    """
    Somebody of a group.

    Args:
        sub: Their account.

    Source: /developers/api/scheduling-requests/create/
    """

    sub: str


def _members(
    value: Iterable[str | SchedulingMember] | None,
) -> tuple[SchedulingMember, ...] | None:
    if value is None:
        return None
    listed = (value,) if isinstance(value, str) else entries("members", value)
    return tuple(SchedulingMember(each) if isinstance(each, str) else each for each in listed)


@attrs.frozen(kw_only=True)
class SchedulingGroup:
    """
    People of whom some are to take part; who does is decided when a time is chosen.

    Args:
        sub: A selection rule of the organizational unit (``sel_``), in place of the rest.
        name: What the group is called.
        members: Who belongs to it; text stands for the account.
        required: How many of them have to take part.

    Source: /developers/api/scheduling-requests/create/
    """

    sub: str | None = None
    name: str | None = None
    members: tuple[SchedulingMember, ...] | None = attrs.field(
        default=None, converter=_members, validator=instance(SchedulingMember)
    )
    required: int | None = None


@attrs.frozen
class RequestedRecipient:
    """
    Somebody to invite.

    Args:
        email: Their address.
        display_name: Their name.
        slot_selector: Whether they choose the time.

    Raises:
        InvalidArgumentError: *email* is empty.

    Source: /developers/api/scheduling-requests/create/
    """

    email: str = attrs.field(validator=not_empty)
    display_name: str | None = None
    slot_selector: bool | None = None


def _location(value: str | Location | None) -> Location | None:
    return Location(description=value) if isinstance(value, str) else value


def _duration(value: int | timedelta | Duration | None) -> Duration | None:
    return None if value is None else Duration.of(value, "duration")


@attrs.frozen(kw_only=True)
class RequestedEvent:
    """
    The event that is made when a time was chosen.

    Args:
        summary: Its title.
        description: Its text.
        location: Where it takes place; text stands for a `Location` described by it.
        duration: How long it takes: minutes, a `timedelta` or a `Duration`.
        locale: The language that recipients are addressed in, such as ``en``.

    Raises:
        InvalidArgumentError: The length is negative or no whole minutes.

    Source: /developers/api/scheduling-requests/create/
    """

    summary: str | None = None
    description: str | None = None
    location: Location | None = attrs.field(
        default=None, converter=_location, validator=instance(Location)
    )
    duration: Duration | None = attrs.field(default=None, converter=_duration)
    locale: str | None = None


# What became of it --------------------------------------------------------------------


class SlotSelection(OpenEnum):
    """Whether a time was chosen. Source: /developers/api/scheduling-requests/query/"""

    PENDING = "pending"
    COMPLETE = "complete"


@attrs.frozen(kw_only=True)
class SchedulingBuffer:
    """
    Time that is kept free around the event.

    Attributes:
        before: How much before it.
        after: How much after it.

    Source: /developers/api/scheduling-requests/query/
    """

    before: Duration | None = None
    after: Duration | None = None


@attrs.frozen(kw_only=True)
class RecipientOperations:
    """
    Pages for those who are invited.

    Attributes:
        view_url: Shows the request.
        reschedule_url: Chooses another time; absent where that is not possible.
        decline_url: Calls it off; absent where that is not possible.

    Source: /developers/api/scheduling-requests/query/
    """

    view_url: str | None = None
    reschedule_url: str | None = None
    decline_url: str | None = None


@attrs.frozen(kw_only=True)
class RequestedRecipientState:
    """
    Somebody who is invited.

    Attributes:
        email: Their address.
        display_name: Their name.
        slot_selector: Whether they choose the time.
        select_url: The page on which they choose it.

    Source: /developers/api/scheduling-requests/query/
    """

    email: str | None = None
    display_name: str | None = None
    slot_selector: bool | None = None
    select_url: str | None = None


@attrs.frozen(kw_only=True)
class RequestedEventState:
    """
    The event of a request, as far as it is known.

    Attributes:
        summary: Its title.
        description: Its text.
        location: Where it takes place.
        duration: How long it takes.
        locale: The language that recipients are addressed in.
        metadata: What was captured on the way; under ``scheduler`` the parameters of the
            link, such as ``correlation_id`` and ``captured_data.notes``.

    Source: /developers/embedded-scheduler/receiving-updates/
    """

    summary: str | None = None
    description: str | None = None
    location: Location | None = None
    duration: Duration | None = None
    locale: str | None = None
    metadata: Mapping[str, Any] | None = None


@attrs.frozen(kw_only=True)
class SchedulingRequest:
    """
    A request to find a time. Beta.

    Attributes:
        scheduling_request_id: Names it in other calls.
        slot_selection: Whether a time was chosen.
        primary_select_url: The page on which it is chosen.
        dashboard_url: The page for the host.
        summary: The event's title.
        duration: How long the event takes.
        buffer: Time that is kept free around it.
        recipient_operations: Pages for those who are invited.
        recipients: Who is invited.
        collaborator_groups: Who else may take part.
        host: Who invites.
        host_group: Who may invite.
        event: The event.
        tags: Labels.

    Source: /developers/api/scheduling-requests/query/
    """

    scheduling_request_id: str
    slot_selection: SlotSelection | None = None
    primary_select_url: str | None = None
    dashboard_url: str | None = None
    summary: str | None = None
    duration: Duration | None = None
    buffer: SchedulingBuffer | None = None
    recipient_operations: RecipientOperations | None = None
    recipients: tuple[RequestedRecipientState, ...] | None = None
    collaborator_groups: tuple[SchedulingGroup, ...] | None = None
    host: SchedulingHost | None = None
    host_group: SchedulingGroup | None = None
    event: RequestedEventState | None = None
    tags: tuple[Tag, ...] | None = None
