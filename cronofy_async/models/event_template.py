"""What an event is made of when it is written, whichever call writes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from ..core.unset import UNSET, Unset
from .checks import at_most, hex_color, longest, time_zone
from .event_details import (
    AttachmentRef,
    AttendeeChanges,
    Conferencing,
    EventTags,
    Invitee,
    MeetingAgent,
    Recurrence,
    RecurrenceRule,
    Reminder,
    Tag,
    WritableExtendedTransparency,
    WritableTransparency,
)
from .events import Location
from .shorthands import entries, one_of
from .subscriptions import Subscription
from .times import Duration

__all__ = ("EventTemplate",)


def _location(value: str | Location | Unset) -> Location | Unset:
    return Location(description=value) if isinstance(value, str) else value


def _reminders(
    value: Iterable[int | timedelta | Duration | Reminder] | Unset,
) -> tuple[Reminder, ...] | Unset:
    if isinstance(value, Unset):
        return UNSET
    listed = entries("reminders", value)
    return tuple(each if isinstance(each, Reminder) else Reminder(each) for each in listed)


def _attendees(
    value: AttendeeChanges | Iterable[str | Invitee] | Unset,
) -> AttendeeChanges | Unset:
    if isinstance(value, (AttendeeChanges, Unset)):
        return value
    return AttendeeChanges(invite=value)


def _conferencing(value: str | Conferencing | Unset) -> Conferencing | Unset:
    return Conferencing(value) if isinstance(value, str) else value


def _subscriptions(value: Iterable[Subscription] | Unset) -> tuple[Subscription, ...] | Unset:
    return UNSET if isinstance(value, Unset) else entries("subscriptions", value)


def _attachments(value: Iterable[str | AttachmentRef] | Unset) -> tuple[AttachmentRef, ...] | Unset:
    if isinstance(value, Unset):
        return UNSET
    listed = (value,) if isinstance(value, str) else entries("attachments", value)
    return tuple(
        each if isinstance(each, AttachmentRef) else AttachmentRef(each) for each in listed
    )


def _meeting_agent(value: str | MeetingAgent | Unset) -> MeetingAgent | Unset:
    return MeetingAgent(value) if isinstance(value, str) else value


def _recurrence(
    value: Recurrence | RecurrenceRule | Iterable[RecurrenceRule] | Unset,
) -> Recurrence | Unset:
    return value if isinstance(value, (Recurrence, Unset)) else Recurrence(value)


def _event_tags(value: EventTags | Iterable[str | Tag] | Unset) -> EventTags | Unset:
    return value if isinstance(value, (EventTags, Unset)) else EventTags(private=value)


# Without slots, so that it can be a base beside Operation: two sets of slots do not mix.
@attrs.frozen(kw_only=True, slots=False)
class EventTemplate:
    """
    What an event is made of, except its ids, its title and when it takes place.

    Args:
        description: Its text without markup, at most 4,096 characters.
        tzid: IANA name of its zone.
        location: Where it takes place; text is the place in words. Leave it out to have
            the link to meet at written there where a calendar has no place for links.
        url: Its page on the web. `None` removes it, where the provider can.
        transparency: Whether it takes up its time. Left out: yes.
        extended_transparency: How it takes up its time; Microsoft calendars only.
        event_private: Whether its details are hidden from others. Left out: no.
        color: Six hex digits after a ``#``.
        reminders: At most five, the most important first, in minutes before its start;
            many providers keep only the first. Empty: none.
        reminders_create_only: Whether reminders are set only when it is made.
        attendees: Whom to invite and to remove; addresses alone are invited.
        conferencing: The link to meet at; text is the `profile_id`.
        subscriptions: What of it to be told of. Empty: nothing any more.
        attachments: Attachments that were uploaded before, or their ids.
        meeting_agent: An agent to record the meeting; text is its `profile_id`. Beta.
        recurrence: How it recurs. Alpha.
        locale: A language of two letters, for templates.
        tags: Its labels.

    Raises:
        InvalidArgumentError: A bound is not kept.

    Source: /developers/api/events/upsert-event/
    """

    description: str | Unset = attrs.field(default=UNSET, validator=longest(4096))
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)
    location: Location | Unset = attrs.field(default=UNSET, converter=_location)
    url: str | Unset | None = UNSET
    transparency: WritableTransparency | Unset = attrs.field(
        default=UNSET, validator=one_of(WritableTransparency)
    )
    extended_transparency: WritableExtendedTransparency | Unset = attrs.field(
        default=UNSET, validator=one_of(WritableExtendedTransparency)
    )
    event_private: bool | Unset = UNSET
    color: str | Unset = attrs.field(default=UNSET, validator=hex_color)
    reminders: tuple[Reminder, ...] | Unset = attrs.field(
        default=UNSET, converter=_reminders, validator=at_most(5)
    )
    reminders_create_only: bool | Unset = UNSET
    attendees: AttendeeChanges | Unset = attrs.field(default=UNSET, converter=_attendees)
    conferencing: Conferencing | Unset = attrs.field(default=UNSET, converter=_conferencing)
    subscriptions: tuple[Subscription, ...] | Unset = attrs.field(
        default=UNSET, converter=_subscriptions
    )
    attachments: tuple[AttachmentRef, ...] | Unset = attrs.field(
        default=UNSET, converter=_attachments
    )
    meeting_agent: MeetingAgent | Unset = attrs.field(default=UNSET, converter=_meeting_agent)
    recurrence: Recurrence | Unset = attrs.field(default=UNSET, converter=_recurrence)
    locale: str | Unset = UNSET
    tags: EventTags | Unset = attrs.field(default=UNSET, converter=_event_tags)
