"""
From a description to a world: all of it, or nothing if something in it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from cronofy_async.core.errors import INVALID, FieldError
from cronofy_async.models import events as models
from cronofy_async.models.calendars import PermissionLevel, ProviderName
from cronofy_async.models.events import (
    EventConferencing,
    Location,
    Organizer,
    ParticipationStatus,
)
from cronofy_async.models.times import EventTime, ZonedTime

from .handlers.conferencing import expect
from .handlers.series import write_series
from .moments import point, span
from .refusals import Invalid
from .state.access import Application, Authorization
from .state.accounts import Account, Calendar, ConferencingProfile, Profile
from .state.events import Attendee, Conferencing, Event
from .state.working_time import AvailablePeriod
from .world import World
from .worlds import (
    SERVICES,
    DescribedAccount,
    DescribedApplication,
    DescribedCalendar,
    DescribedEvent,
    DescribedProfile,
    DescribedWorld,
)

__all__ = ("SHARED", "add_profile", "attributes", "build", "write_events")

SHARED: Final = ("status", "participation_status", "invited", "categories")
"""What occurrences of an event that recurs have in common when its owner made it."""


def build(world: World, application: Application, described: DescribedWorld) -> list[str]:
    """
    Put what is described into a world, beside what is there.

    Args:
        world: Where.
        application: The one that accounts have authorized.
        described: What to put there.

    Returns:
        The subs of the new accounts.

    Raises:
        Invalid: Something does not go together, or an id is taken; nothing was changed.
    """
    complaints = dict(_complaints(world, application, described))
    if complaints:
        raise Invalid({path: (FieldError(INVALID, text),) for path, text in complaints.items()})
    if described.application is not None:
        _set_up(application, described.application)
    return [_account(world, application, each).sub for each in described.accounts]


# Looking before anything is changed ---------------------------------------------------


def _complaints(
    world: World, application: Application, described: DescribedWorld
) -> Iterator[tuple[str, str]]:
    taken = _Taken(world, application)
    for i, account in enumerate(described.accounts):
        path = f"accounts[{i}]"
        yield from taken.check(f"{path}.sub", account.sub)
        key = account.application_calendar_id
        yield from taken.check(f"{path}.application_calendar_id", key)
        for j, conferencing in enumerate(account.conferencing_profiles):
            where = f"{path}.conferencing_profiles[{j}].profile_id"
            yield from taken.check(where, conferencing.profile_id)
        own: set[str | None] = set()
        for j, profile in enumerate(account.profiles):
            yield from taken.check(f"{path}.profiles[{j}].profile_id", profile.profile_id)
            primaries = [each for each in profile.calendars if each.primary]
            if len(primaries) > 1:
                yield f"{path}.profiles[{j}].calendars", "must have one primary calendar at most"
            for k, calendar in enumerate(profile.calendars):
                own.add(calendar.calendar_id)
                where = f"{path}.profiles[{j}].calendars[{k}]"
                yield from _wrong_in_calendar(taken, where, calendar, account)
        for j, rule in enumerate(account.availability_rules):
            if set(rule.calendar_ids or ()) - own:
                where = f"{path}.availability_rules[{j}].calendar_ids"
                yield where, "must be calendar_ids of the account's own calendars"
        for j, period in enumerate(account.available_periods):
            if point(period.start, account.zone).seconds >= point(period.end, account.zone).seconds:
                yield f"{path}.available_periods[{j}].end", "must be after start"


def _wrong_in_calendar(
    taken: _Taken, path: str, calendar: DescribedCalendar, account: DescribedAccount
) -> Iterator[tuple[str, str]]:
    yield from taken.check(f"{path}.calendar_id", calendar.calendar_id)
    if calendar.permission_level == PermissionLevel.UNRESTRICTED and account.scope is None:
        text = "must be left out: the account has not authorized the application (scope is null)"
        yield f"{path}.permission_level", text
    event_ids: set[tuple[str, str | None]] = set()
    for i, event in enumerate(calendar.events):
        where = f"{path}.events[{i}]"
        yield from taken.check(f"{where}.event_uid", event.event_uid)
        if event.event_id is not None:
            # Occurrences of one series bear the id of its first one.
            if any(e == event.event_id and (s is None or s != event.series) for e, s in event_ids):
                yield f"{where}.event_id", "must not be that of another event of the calendar"
            event_ids.add((event.event_id, event.series))
        try:
            _span(event, account.zone)
        except Invalid as error:
            for name, (complaint, *_) in error.errors.items():
                yield f"{where}.{name}", complaint.description


class _Taken:
    """The ids that nothing else may have."""

    def __init__(self, world: World, application: Application) -> None:
        self._ids = {*world.accounts, *world.calendars}
        keys = world.application_calendars
        self._ids |= {key for client_id, key in keys if client_id == application.client_id}
        for account in world.accounts.values():
            self._ids |= {each.profile_id for each in account.profiles}
            self._ids |= {each.profile_id for each in account.conferencing_profiles}
        self._books = [each.events for each in world.calendars.values()]

    def check(self, path: str, name: str | None) -> Iterator[tuple[str, str]]:
        """A complaint if an id is taken; otherwise it is from here on."""
        if name is None:
            return
        if name in self._ids or any(book.get(name) for book in self._books):
            yield path, f"must be another: {name} is taken; leave it out to have one made"
        self._ids.add(name)


# Writing ------------------------------------------------------------------------------


def _set_up(application: Application, described: DescribedApplication) -> None:
    for field in attrs.fields(DescribedApplication):
        value = getattr(described, field.name)
        if value is not None:
            setattr(application, field.name, list(value) if isinstance(value, tuple) else value)


def _account(world: World, application: Application, described: DescribedAccount) -> Account:
    key = described.application_calendar_id
    if key is not None and not described.profiles:
        account = world.application_calendar(application, key)
    else:
        account = world.add_account(
            sub=described.sub or (None if key is None else world.ids.make("apc")),
            email=described.email,
            name=described.name,
            zoneinfo=described.zone,
            application_calendar_id=key,
        )
    if key is not None:
        world.application_calendars[application.client_id, key] = account
    usual = described.email or ""
    for each in described.conferencing_profiles:
        profile_id = each.profile_id or world.ids.profile()
        account.conferencing_profiles.append(
            ConferencingProfile(
                profile_id=profile_id,
                name=usual if each.name is None else each.name,
                provider_name=each.provider_name,
                connected=each.connected,
            )
        )
    built = [add_profile(world, application, account, each) for each in described.profiles]
    if described.scope is not None:
        authorization = world.vault.authorize(application, account, described.scope)
        _permit(authorization, zip(described.profiles, built, strict=True))
    stored = world.working_time(application, account)
    stored.rules.update({each.availability_rule_id: each for each in described.availability_rules})
    for period in described.available_periods:
        start, end = point(period.start, described.zone), point(period.end, described.zone)
        stored.periods[period.available_period_id] = AvailablePeriod(
            period_id=period.available_period_id,
            start=start.seconds,
            end=end.seconds,
            start_tzid=_zone_of(period.start),
            end_tzid=_zone_of(period.end),
        )
    return account


def _permit(
    authorization: Authorization, profiles: Iterator[tuple[DescribedProfile, Profile]]
) -> None:
    for described, profile in profiles:
        if described.revoked:
            authorization.hidden.add(profile.profile_id)
        for wanted, calendar in zip(described.calendars, profile.calendars, strict=True):
            if wanted.permission_level == PermissionLevel.UNRESTRICTED:
                authorization.unrestricted.add(calendar.calendar_id)


def add_profile(
    world: World, application: Application, account: Account, described: DescribedProfile
) -> Profile:
    """Connect an account to what is described of a calendar service."""
    provider = ProviderName(described.provider_name)
    unique = described.unique_names
    profile = world.add_profile(
        account,
        profile_id=described.profile_id,
        name=(account.email or "") if described.name is None else described.name,
        provider_name=described.provider_name,
        provider_service=described.provider_service or SERVICES[provider].value,
        unique_names=provider == ProviderName.EXCHANGE if unique is None else unique,
        initial_sync_required=described.initial_sync_required,
    )
    for each in described.calendars:
        calendar = world.add_calendar(
            profile,
            each.name,
            calendar_id=each.calendar_id,
            readonly=each.readonly,
            deleted=each.deleted,
            primary=each.primary,
            conferencing=each.conferencing,
            attachments=each.attachments,
            color=each.color,
        )
        write_events(world, application, calendar, each.events)
    # Only now: what is there from the start is no news when it is connected again.
    profile.connected = described.connected
    return profile


def write_events(
    world: World, application: Application, calendar: Calendar, events: tuple[DescribedEvent, ...]
) -> list[Event]:
    """Write events into a calendar; gives those that were described, without what follows."""
    written: list[Event] = []
    leaders: dict[str, Event] = {}
    for described in events:
        by = application if described.event_id is not None else None
        event = world.add_event(calendar, by=by, **attributes(described, calendar, world.now()))
        written.append(event)
        if event.conferencing is not None and event.conferencing.join_url is None:
            ready_at = world.now() + world.choices.conferencing_delay
            event.conferencing = attrs.evolve(event.conferencing, ready_at=ready_at)
            expect(world, event)
        if described.recurrence is None:
            leader = leaders.get(described.series or "")
            if leader is not None:
                leader.followers.append(event)
        elif described.series is None:
            write_series(world, by, event, described.recurrence, SHARED)
        else:
            event.recurrence = described.recurrence.rules
            leaders[described.series] = event
    return written


def attributes(described: DescribedEvent, calendar: Calendar, now: int) -> dict[str, Any]:
    """
    What is described of an event, as attributes of `Event`.

    Args:
        described: The event.
        calendar: Where it is.
        now: The latest that it can have been made or changed.

    Raises:
        Invalid: It ends before it starts, or one is a day and the other is not.
    """
    where = described.location
    place = Location(description=where) if isinstance(where, str) else where or Location()
    recurring = described.recurring
    return {
        "uid": described.event_uid,
        "event_id": described.event_id,
        "summary": described.summary,
        "description": described.description,
        **_span(described, calendar.account.zoneinfo),
        "location": place.description,
        "lat": place.lat,
        "long": place.long,
        "url": described.url,
        "transparency": described.transparency,
        "extended_transparency": described.extended_transparency,
        "status": described.status,
        "participation_status": described.participation_status,
        "invited": described.invited,
        "attendees": tuple(_attendee(each) for each in described.attendees),
        "organizer": _organizer(described.organizer),
        "categories": described.categories,
        "series": described.series,
        "recurring": described.series is not None if recurring is None else recurring,
        "private": described.event_private,
        "conferencing": _conferencing(described.conferencing, calendar),
        "google_event_id": described.google_event_id,
        "tags": described.tags,
        "deleted": described.deleted,
        "created": _stamp(described.created, now),
        "updated": _stamp(described.updated, now),
    }


def _span(described: DescribedEvent, zone: str) -> dict[str, Any]:
    tzid = described.tzid

    def whole(time: EventTime) -> EventTime:
        # A wall-clock time of nowhere in particular is one of the calendar's owner.
        floating = isinstance(time, datetime) and time.tzinfo is None and tzid is None
        return ZonedTime(time, zone) if floating and isinstance(time, datetime) else time

    return span(whole(described.start), whole(described.end), tzid)


def _zone_of(value: object) -> str | None:
    return value.tzid if isinstance(value, ZonedTime) else None


def _organizer(described: str | Organizer | None) -> Attendee | None:
    if described is None:
        return None
    who = Organizer(email=described) if isinstance(described, str) else described
    return Attendee(email=who.email or "", display_name=who.display_name)


def _attendee(described: str | models.Attendee) -> Attendee:
    if isinstance(described, str):
        return Attendee(email=described)
    status = described.status or ParticipationStatus.NEEDS_ACTION
    return Attendee(
        email=described.email or "", display_name=described.display_name, status=status.value
    )


def _conferencing(
    described: str | EventConferencing | None, calendar: Calendar
) -> Conferencing | None:
    if described is None:
        return None
    held = EventConferencing(join_url=described) if isinstance(described, str) else described
    provider = held.provider_name or calendar.conferencing or ""
    return Conferencing(provider_name=str(provider), join_url=held.join_url)


def _stamp(described: datetime | None, now: int) -> int:
    # 0 stands for now. Nothing was made in what is still to come.
    return 0 if described is None else min(int(described.timestamp()), now)
