"""What an event is made of when it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, TypeAlias

import attrs

from ..core.codec import formerly
from ..core.errors import InvalidArgumentError
from .availability_rules import Weekday
from .shorthands import entries, is_http_url, one_of
from .times import Duration, EventTime, check_event_time

__all__ = (
    "AttachmentRef",
    "AttendeeChanges",
    "Conferencing",
    "EventTags",
    "Invitee",
    "MeetingAgent",
    "Recurrence",
    "RecurrenceFrequency",
    "RecurrenceRule",
    "Reminder",
    "Tag",
    "WritableExtendedTransparency",
    "WritableTransparency",
)

WritableTransparency: TypeAlias = Literal["opaque", "transparent"]
"""Whether an event takes up its time. Source: /developers/api/events/upsert-event/"""

WritableExtendedTransparency: TypeAlias = Literal[
    "opaque", "transparent", "working_elsewhere", "tentative", "out_of_office"
]
"""How an event takes up its time. Source: /developers/api/events/upsert-event/"""

RecurrenceFrequency: TypeAlias = Literal["daily", "weekly", "monthly", "yearly"]
"""How often a series recurs. Source: /developers/api-alpha/recurring-events/"""


def _minutes(value: int | timedelta | Duration) -> int:
    return Duration.of(value, "minutes").minutes


@attrs.frozen
class Reminder:
    """
    A reminder before an event.

    Args:
        minutes: How long before its start, from 0 on; a `timedelta` or `Duration` will do.

    Source: /developers/api/events/upsert-event/
    """

    minutes: int = attrs.field(converter=_minutes)


@attrs.frozen
class Invitee:
    """
    Somebody to invite to an event, or to remove from it.

    Args:
        email: Their address, which they are known by.
        display_name: Their name.

    Source: /developers/api/events/upsert-event/
    """

    email: str
    display_name: str | None = None


def _invitees(value: Iterable[str | Invitee] | None) -> tuple[Invitee, ...] | None:
    if value is None:
        return None
    listed = (value,) if isinstance(value, str) else entries("attendees", value)
    return tuple(each if isinstance(each, Invitee) else Invitee(each) for each in listed)


@attrs.frozen(kw_only=True)
class AttendeeChanges:
    """
    Changes to those who are invited to an event; all others stay.

    Args:
        invite: Whom to invite; an address stands for an `Invitee`.
        remove: Whom to remove.

    Source: /developers/api/events/upsert-event/
    """

    invite: tuple[Invitee, ...] | None = attrs.field(default=None, converter=_invitees)
    # Older clients call it reject.
    remove: tuple[Invitee, ...] | None = attrs.field(
        default=None, converter=_invitees, metadata=formerly("reject")
    )


@attrs.frozen
class Conferencing:
    """
    Which link to meet at an event is to have.

    Args:
        profile_id: ``default`` for the owner's default service, else the calendar's own,
            else none; ``integrated`` for the calendar's own; ``none`` to remove the link;
            ``explicit`` for a link that you give; or the id of a `ConferencingProfile`.
        provider_description: What to call the service; only with ``explicit``.
        join_url: The link; only with ``explicit``.

    Raises:
        InvalidArgumentError: ``explicit`` lacks its description or link.

    Source: /developers/api/conferencing-services/create/
    """

    profile_id: str
    provider_description: str | None = None
    join_url: str | None = attrs.field(default=None, validator=is_http_url)

    def __attrs_post_init__(self) -> None:
        if self.profile_id == "explicit":
            for field in ("provider_description", "join_url"):
                if not getattr(self, field):
                    raise InvalidArgumentError(
                        field, "is missing", "give it, as profile_id is 'explicit'"
                    )


@attrs.frozen
class AttachmentRef:
    """
    An attachment that was uploaded before.

    Args:
        attachment_id: The id that the service gave it.

    Source: /developers/api/attachments/create/
    """

    attachment_id: str


@attrs.frozen
class MeetingAgent:
    """
    An agent that joins an event's meeting and records it. Beta.

    Args:
        profile_id: ``cronofy`` for Cronofy's agent, ``none`` to send it away.
        display_name: The name that the agent goes by in the meeting.

    Source: /developers/api/meeting-agents/provisioning/
    """

    profile_id: str
    display_name: str | None = None


@attrs.frozen
class Tag:
    """
    A label.

    Args:
        value: Its text.

    Source: /developers/api/data-types/
    """

    value: str


def _tags(value: Iterable[str | Tag] | None) -> tuple[Tag, ...] | None:
    if value is None:
        return None
    listed = (value,) if isinstance(value, str) else entries("tags", value)
    return tuple(each if isinstance(each, Tag) else Tag(each) for each in listed)


@attrs.frozen(kw_only=True)
class EventTags:
    """
    The labels of an event.

    Args:
        private: Those that only the application sees; text stands for a `Tag`.

    Source: /developers/api/events/upsert-event/
    """

    private: tuple[Tag, ...] | None = attrs.field(default=None, converter=_tags)


def _from_one(_: Any, field: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None and value < 1:
        raise InvalidArgumentError(field.name, f"{value} is too few", "give 1 or more")


def _last_time(_: Any, field: attrs.Attribute[Any], value: EventTime | None) -> None:
    if value is not None:
        # A wall-clock time is in the zone of its event.
        check_event_time(field.name, value, tzid="")


def _own_mapping(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if value is None else dict(value)


def _weekdays(
    value: Weekday | Iterable[Weekday] | None,
) -> tuple[Weekday, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else entries("by_day", value)


@attrs.frozen(kw_only=True)
class RecurrenceRule:
    """
    How an event recurs. Alpha.

    Args:
        frequency: ``daily``, ``weekly``, ``monthly`` or ``yearly``.
        interval: Every so many days, weeks, months or years, from 1 on; left out: 1.
        by_day: The days of the week, in lower case; only with ``weekly``. Left out: that
            of the event's start.
        count: After how many times the series ends.
        until: When the series ends, in any of the forms of the event's own start.
        exceptions: Exceptions to the rule, in a form that is not published.

    Raises:
        InvalidArgumentError: The interval is less than 1, or *by_day* goes with another
            frequency than ``weekly``.

    Source: /developers/api-alpha/recurring-events/
    """

    frequency: RecurrenceFrequency = attrs.field(validator=one_of(RecurrenceFrequency))
    interval: int | None = attrs.field(default=None, validator=_from_one)
    by_day: tuple[Weekday, ...] | None = attrs.field(
        default=None, converter=_weekdays, validator=one_of(Weekday)
    )
    count: int | None = None
    until: EventTime | None = attrs.field(default=None, validator=_last_time)
    exceptions: Mapping[str, Any] | None = attrs.field(default=None, converter=_own_mapping)

    def __attrs_post_init__(self) -> None:
        if self.by_day is not None and self.frequency != "weekly":
            raise InvalidArgumentError(
                "by_day", f"does not go with {self.frequency}", "leave it out, or recur weekly"
            )


def _rules(value: RecurrenceRule | Iterable[RecurrenceRule]) -> tuple[RecurrenceRule, ...]:
    return (value,) if isinstance(value, RecurrenceRule) else entries("rules", value)


@attrs.frozen
class Recurrence:
    """
    How an event recurs. Alpha.

    Args:
        rules: In practice one rule, which then needs no list; none to end the series.

    Source: /developers/api-alpha/recurring-events/
    """

    rules: tuple[RecurrenceRule, ...] = attrs.field(converter=_rules)
