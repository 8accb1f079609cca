"""
What a world is described with: the JSON of ``--world``, `load_world` and `dump_world`.

Names are those of the API wherever it has one. Ids may be left out and are made then;
what was dumped has them, so that it is found again under the same ids. Secrets,
channels, links and what is still to happen are in no description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from cronofy_async.core.codec import OpenEnum
from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.models.availability_rules import AvailabilityRule
from cronofy_async.models.available_periods import AvailablePeriod
from cronofy_async.models.calendars import PermissionLevel, ProviderName
from cronofy_async.models.checks import not_empty, time_zone
from cronofy_async.models.event_details import Recurrence
from cronofy_async.models.events import (
    Attendee,
    EventConferencing,
    EventStatus,
    ExtendedTransparency,
    Location,
    Organizer,
    ParticipationStatus,
    Transparency,
)
from cronofy_async.models.identity import ConferencingProvider, ProviderService
from cronofy_async.models.times import EventTime, Moment

from .demo import SCOPE
from .scopes import unknown

__all__ = (
    "SERVICES",
    "DescribedAccount",
    "DescribedApplication",
    "DescribedCalendar",
    "DescribedConferencingProfile",
    "DescribedEvent",
    "DescribedProfile",
    "DescribedWorld",
    "Description",
)

SERVICES: Final = {
    ProviderName.APPLE: ProviderService.ICLOUD,
    ProviderName.CRONOFY: ProviderService.CRONOFY,
    ProviderName.EXCHANGE: ProviderService.OFFICE365,
    ProviderName.GOOGLE: ProviderService.GSUITE,
    ProviderName.LIVE_CONNECT: ProviderService.OUTLOOK_COM,
    ProviderName.OFFICE365: ProviderService.OFFICE365,
    ProviderName.GOOGLE_FREE_BUSY: ProviderService.GOOGLE_FREE_BUSY,
    ProviderName.MS_GRAPH_FREE_BUSY: ProviderService.MS_GRAPH_FREE_BUSY,
}
"""The service of each provider that is meant if none is named."""


def _one_of(known: type[OpenEnum]) -> Any:
    """A validator of values that the reference names; a slip of the pen is none of them."""

    def check(_: Any, field: attrs.Attribute[Any], value: str | None) -> None:
        if value is not None and value not in list(known):
            raise InvalidArgumentError(
                field.name, f"must be one of {', '.join(known)}", f"it is {value!r}"
            )

    return check


def _scopes(_: Any, field: attrs.Attribute[Any], value: str | None) -> None:
    if value is None:
        return
    wrong = unknown(value)
    if wrong or not value.split():
        raise InvalidArgumentError(
            field.name,
            f"must be names of scopes, but has {', '.join(wrong) or 'none'}",
            "null is for an account that has not authorized the application",
        )


_filled: Final = attrs.validators.optional(not_empty)
_zone: Final = attrs.validators.optional(time_zone)


@attrs.frozen(kw_only=True)
class DescribedEvent:
    """
    An event of a calendar.

    Attributes:
        start: A day, a moment, a wall-clock time in *tzid*, or any of them with its zone.
        end: The same, exclusive.
        tzid: The zone of both; without one, wall-clock times are in that of the account.
        event_uid: The service's id of it.
        event_id: The application's own id, which makes it an event of the application.
        location: A string stands for its description.
        participation_status: What the calendar's owner replied.
        invited: Whether the owner can reply, as somebody else has invited them.
        recurrence: How it recurs: the further occurrences are made. With *series* they
            are not: those are the other events of that series.
        series: The same for all events of a series.
        recurring: Whether it is one of a series, where that does not follow from the above.
        conferencing: The link for joining; a string stands for its URL.
        deleted: Whether it is only known to have been.
        created: When it was made; left out: now.
        updated: When it was last changed; left out: now.
    """

    start: EventTime
    end: EventTime
    summary: str = ""
    tzid: str | None = attrs.field(default=None, validator=_zone)
    event_uid: str | None = attrs.field(default=None, validator=_filled)
    event_id: str | None = attrs.field(default=None, validator=_filled)
    description: str = ""
    location: str | Location | None = None
    url: str | None = None
    transparency: str = attrs.field(default="opaque", validator=_one_of(Transparency))
    extended_transparency: str | None = attrs.field(
        default=None, validator=_one_of(ExtendedTransparency)
    )
    status: str = attrs.field(default="confirmed", validator=_one_of(EventStatus))
    participation_status: str = attrs.field(
        default="accepted", validator=_one_of(ParticipationStatus)
    )
    invited: bool = False
    attendees: tuple[str | Attendee, ...] = ()
    organizer: str | Organizer | None = None
    categories: tuple[str, ...] = ()
    recurrence: Recurrence | None = None
    series: str | None = attrs.field(default=None, validator=_filled)
    recurring: bool | None = None
    event_private: bool = False
    conferencing: str | EventConferencing | None = None
    google_event_id: str | None = None
    tags: tuple[str, ...] = ()
    deleted: bool = False
    created: Moment | None = None
    updated: Moment | None = None

    def __attrs_post_init__(self) -> None:
        for index, each in enumerate(self.attendees):
            if not (each if isinstance(each, str) else each.email):
                raise InvalidArgumentError(
                    f"attendees[{index}].email", "is empty", "give an e-mail address"
                )


@attrs.frozen(kw_only=True)
class DescribedCalendar:
    """
    A calendar of a profile.

    Attributes:
        permission_level: What the application may do with events that it did not make.
        conferencing: The provider of its own links for joining; left out: it has none.
        attachments: Whether events can have files.
    """

    name: str | None = None
    calendar_id: str | None = attrs.field(default=None, validator=_filled)
    primary: bool = False
    readonly: bool = False
    deleted: bool = False
    permission_level: str = attrs.field(default="sandbox", validator=_one_of(PermissionLevel))
    conferencing: str | None = attrs.field(default=None, validator=_one_of(ConferencingProvider))
    attachments: bool = False
    color: str | None = None
    events: tuple[DescribedEvent, ...] = ()


@attrs.frozen(kw_only=True)
class DescribedProfile:
    """
    One connection of an account to a calendar service.

    Attributes:
        provider_service: Left out: the usual one of the provider.
        name: Left out: the account's email address.
        connected: Whether the service's credentials work.
        initial_sync_required: Whether nothing has been read from the service yet.
        unique_names: Whether two calendars of one name are refused; left out: with
            ``exchange`` they are.
        revoked: Whether the application has lost its access to it.
    """

    provider_name: str = attrs.field(validator=_one_of(ProviderName))
    provider_service: str | None = attrs.field(default=None, validator=_one_of(ProviderService))
    name: str | None = None
    profile_id: str | None = attrs.field(default=None, validator=_filled)
    connected: bool = True
    initial_sync_required: bool = False
    unique_names: bool | None = None
    revoked: bool = False
    calendars: tuple[DescribedCalendar, ...] = ()


@attrs.frozen(kw_only=True)
class DescribedConferencingProfile:
    """One connection of an account to a conferencing service; the first is the default."""

    provider_name: str = attrs.field(validator=_one_of(ConferencingProvider))
    name: str | None = None
    profile_id: str | None = attrs.field(default=None, validator=_filled)
    connected: bool = True


@attrs.frozen(kw_only=True)
class DescribedAccount:
    """
    A person, or an application calendar.

    Attributes:
        email: Of a person; an application calendar has none.
        zone: The zone in which the person's days begin.
        scope: What was granted to the application; `None`: it was not authorized yet.
        application_calendar_id: The application's id of an application calendar.
        availability_rules: The working hours that the application has stored.
        available_periods: The same of single stretches of time.
    """

    email: str | None = attrs.field(default=None, validator=_filled)
    name: str | None = None
    zone: str = attrs.field(default="Etc/UTC", validator=time_zone)
    sub: str | None = attrs.field(default=None, validator=_filled)
    scope: str | None = attrs.field(default=SCOPE, validator=_scopes)
    application_calendar_id: str | None = attrs.field(default=None, validator=_filled)
    profiles: tuple[DescribedProfile, ...] = ()
    conferencing_profiles: tuple[DescribedConferencingProfile, ...] = ()
    availability_rules: tuple[AvailabilityRule, ...] = ()
    available_periods: tuple[AvailablePeriod, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.email is None) == (self.application_calendar_id is None):
            raise InvalidArgumentError(
                "email",
                "must be given unless it is an application calendar",
                "give either email or application_calendar_id",
            )


@attrs.frozen(kw_only=True)
class DescribedApplication:
    """
    What the sandbox's application is to be; what is left out stays as it is.

    Attributes:
        mode: In ``production`` only registered redirect URIs are good.
    """

    name: str | None = attrs.field(default=None, validator=_filled)
    mode: Literal["development", "production"] | None = None
    redirect_uris: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class DescribedWorld:
    """Accounts with what is in their calendars, and the application that uses them."""

    application: DescribedApplication | None = None
    accounts: tuple[DescribedAccount, ...] = ()


Description: TypeAlias = DescribedWorld | Mapping[str, Any]
"""A world, or the same as JSON has it."""
