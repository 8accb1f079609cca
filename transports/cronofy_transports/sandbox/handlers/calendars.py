"""Calendars of an account."""

from __future__ import annotations

from typing import Any

from cronofy_async.models.authorization import Scope
from cronofy_async.models.calendars import Calendar, PermissionLevel, ProviderName
from cronofy_async.operations.calendars import CreateCalendar, ListCalendars

from ..caller import Caller
from ..error_keys import DUPLICATE_CALENDAR_NAME
from ..refusals import Invalid
from ..state import accounts
from ..state.access import Authorization
from ..world import World
from .registry import Reply, handles

__all__ = ("alike", "described")


@handles(ListCalendars)
def list_calendars(_: World, caller: Caller, __: ListCalendars) -> Reply[list[Calendar]]:
    """Every calendar of the profiles that the application may see."""
    authorization = caller.authorization
    return Reply(
        value=[described(each, authorization) for each in authorization.calendars()],
        beside={"sub": authorization.account.sub},
    )


@handles(CreateCalendar, scope=Scope.CREATE_CALENDAR)
def create_calendar(world: World, caller: Caller, asked: CreateCalendar) -> Calendar:
    """A new calendar in a profile."""
    # Decision.UNKNOWN_PROFILE
    profile = caller.profile(asked.profile_id)
    caller.can_write(profile)
    if profile.unique_names and any(
        each.name == asked.name and not each.deleted for each in profile.calendars
    ):
        raise Invalid.field(
            "name",
            "is that of another calendar",
            key=DUPLICATE_CALENDAR_NAME,
        )
    created = world.add_calendar(profile, asked.name, color=asked.color or None, **alike(profile))
    world.tell(created, None, by=caller.application)
    return described(created, caller.authorization)


def alike(profile: accounts.Profile) -> dict[str, Any]:
    """What a new calendar of a profile has in common with the others: what its provider can do."""
    model = profile.calendars[0] if profile.calendars else None
    return {
        "conferencing": None if model is None else model.conferencing,
        "attachments": False if model is None else model.attachments,
    }


def described(calendar: accounts.Calendar, authorization: Authorization) -> Calendar:
    """A calendar, as an application may know it."""
    profile = calendar.profile
    unrestricted = calendar.calendar_id in authorization.unrestricted
    return Calendar(
        provider_name=ProviderName(profile.provider_name),
        profile_id=profile.profile_id,
        profile_name=profile.name,
        calendar_id=calendar.calendar_id,
        calendar_name=calendar.name,
        calendar_readonly=calendar.readonly,
        calendar_deleted=calendar.deleted,
        calendar_primary=calendar.primary,
        calendar_integrated_conferencing_available=calendar.conferencing is not None,
        calendar_attachments_available=calendar.attachments,
        permission_level=PermissionLevel.UNRESTRICTED if unrestricted else PermissionLevel.SANDBOX,
    )
