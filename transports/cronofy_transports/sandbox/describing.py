"""From a world to its description, which `building` makes the same world of again."""

from __future__ import annotations

from typing import Any

from cronofy_async.core import codec
from cronofy_async.models.available_periods import AvailablePeriod
from cronofy_async.models.calendars import PermissionLevel
from cronofy_async.models.event_details import Recurrence
from cronofy_async.models.events import (
    Attendee,
    EventConferencing,
    Location,
    Organizer,
    ParticipationStatus,
)
from cronofy_async.models.identity import ConferencingProvider
from cronofy_async.models.times import EventTime, ZonedTime

from .moments import moment, to_day
from .state.access import Application, Authorization
from .state.accounts import Account, Calendar, Profile
from .state.enterprise import ServiceAccount
from .state.events import Event
from .world import World
from .worlds import (
    DescribedAccount,
    DescribedApplication,
    DescribedCalendar,
    DescribedConferencingProfile,
    DescribedEvent,
    DescribedProfile,
    DescribedWorld,
)

__all__ = ("describe", "described_event", "dump")


def dump(world: World, application: Application) -> dict[str, Any]:
    """The description of a world as JSON has it; nothing in it is secret."""
    described: dict[str, Any] = codec.unstructure(describe(world, application))
    return described


def describe(world: World, application: Application) -> DescribedWorld:
    """The description of a world, as one application may know it."""
    return DescribedWorld(
        application=DescribedApplication(
            name=application.name,
            mode=application.mode,
            redirect_uris=tuple(application.redirect_uris),
        ),
        accounts=tuple(
            _account(world, application, account)
            for account in world.accounts.values()
            if not isinstance(account, ServiceAccount)
        ),
    )


def _account(world: World, application: Application, account: Account) -> DescribedAccount:
    authorization = world.vault.authorization(application, account.sub)
    stored = world.working_time(application, account)
    return DescribedAccount(
        email=account.email,
        name=account.name,
        zone=account.zoneinfo,
        sub=account.sub,
        scope=None if authorization is None else authorization.scope,
        application_calendar_id=account.application_calendar_id,
        profiles=tuple(_profile(each, application, authorization) for each in account.profiles),
        conferencing_profiles=tuple(
            DescribedConferencingProfile(
                provider_name=each.provider_name,
                name=each.name,
                profile_id=each.profile_id,
                connected=each.connected,
            )
            for each in account.conferencing_profiles
        ),
        availability_rules=tuple(stored.rules.values()),
        available_periods=tuple(
            AvailablePeriod(
                available_period_id=each.period_id,
                start=_time(each.start, each.start_tzid),
                end=_time(each.end, each.end_tzid),
            )
            for each in stored.periods.values()
        ),
    )


def _profile(
    profile: Profile, application: Application, authorization: Authorization | None
) -> DescribedProfile:
    return DescribedProfile(
        provider_name=profile.provider_name,
        provider_service=profile.provider_service,
        name=profile.name,
        profile_id=profile.profile_id,
        connected=profile.connected,
        initial_sync_required=profile.initial_sync_required,
        unique_names=profile.unique_names,
        revoked=authorization is not None and profile.profile_id in authorization.hidden,
        calendars=tuple(_calendar(each, application, authorization) for each in profile.calendars),
    )


def _calendar(
    calendar: Calendar, application: Application, authorization: Authorization | None
) -> DescribedCalendar:
    unrestricted = authorization is not None and calendar.calendar_id in authorization.unrestricted
    level = PermissionLevel.UNRESTRICTED if unrestricted else PermissionLevel.SANDBOX
    return DescribedCalendar(
        name=calendar.name,
        calendar_id=calendar.calendar_id,
        primary=calendar.primary,
        readonly=calendar.readonly,
        deleted=calendar.deleted,
        permission_level=level.value,
        conferencing=calendar.conferencing,
        attachments=calendar.attachments,
        color=calendar.color,
        events=tuple(described_event(each, application) for each in calendar.events),
    )


def described_event(event: Event, application: Application) -> DescribedEvent:
    """The description of one event, as an application may know it."""
    mine = event.owner == application.client_id
    has_place = (event.location, event.lat, event.long) != (None, None, None)
    return DescribedEvent(
        start=_time(event.start, event.start_tzid, is_day=event.all_day),
        end=_time(event.end, event.end_tzid, is_day=event.all_day),
        summary=event.summary,
        event_uid=event.uid,
        event_id=event.event_id if mine else None,
        description=event.description,
        location=(
            Location(description=event.location, lat=event.lat, long=event.long)
            if has_place
            else None
        ),
        url=event.url,
        transparency=event.transparency,
        extended_transparency=event.extended_transparency,
        status=event.status,
        participation_status=event.participation_status,
        invited=event.invited,
        attendees=tuple(
            Attendee(
                email=each.email,
                display_name=each.display_name,
                status=ParticipationStatus(each.status),
            )
            for each in event.attendees
        ),
        organizer=(
            None
            if event.organizer is None
            else Organizer(email=event.organizer.email, display_name=event.organizer.display_name)
        ),
        categories=event.categories,
        recurrence=Recurrence(event.recurrence) if event.recurrence else None,
        series=event.series,
        recurring=event.recurring,
        event_private=event.private,
        conferencing=_conferencing(event),
        google_event_id=event.google_event_id,
        tags=event.tags,
        deleted=event.deleted,
        created=moment(event.created),
        updated=moment(event.updated),
    )


def _conferencing(event: Event) -> EventConferencing | None:
    held = event.conferencing
    if held is None:
        return None
    return EventConferencing(
        provider_name=ConferencingProvider(held.provider_name), join_url=held.join_url
    )


def _time(seconds: int, tzid: str | None, *, is_day: bool = False) -> EventTime:
    time = to_day(seconds) if is_day else moment(seconds)
    return time if tzid is None else ZonedTime(time, tzid)
