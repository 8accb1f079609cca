"""Creating, changing and deleting events."""

from __future__ import annotations

from typing import Any

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.models.identity import Userinfo
from cronofy_async.operations.event_fields import EventDetails, EventWrite
from cronofy_async.operations.event_writes import EditExternalEvent, UpsertEvent
from cronofy_async.operations.events import DeleteEvent, DeleteExternalEvent

from ..caller import Caller
from ..error_keys import MUST_BE_EXTERNAL_EVENT_UID
from ..refusals import Forbidden, Invalid, NotFound
from ..state.access import Application
from ..state.accounts import Calendar
from ..state.events import Event
from ..world import World
from .attachments import attachable
from .conferencing import expect, provide
from .details import BLANK, values
from .identity import userinfo
from .meeting_agents import sendable, summon
from .registry import Reply, handles
from .rows import options
from .series import check_series, end_series, write_series
from .subscriptions import subscribe

__all__ = ("check_own", "writable", "write_own")


@handles(UpsertEvent, scope=Scope.CREATE_EVENT)
def upsert_event(world: World, caller: Caller, asked: UpsertEvent) -> Reply[Userinfo | None]:
    """Create an event of the application's own, or change it."""
    write_own(world, caller.application, writable(caller, asked.calendar_id), asked)
    return _accepted(caller, asked)


def write_own(
    world: World, application: Application, calendar: Calendar, asked: UpsertEvent
) -> Event:
    """Write an event that an application manages, for whatever reason."""
    # Everything is checked before anything is written.
    given = check_own(world, application, calendar, asked)
    event = calendar.events.managed(application.client_id, asked.event_id)
    if event is None:
        event = world.add_event(calendar, by=application, event_id=asked.event_id, **given)
    else:
        # Decision.UPSERT_OF_DELETED
        blank = BLANK if event.deleted else {}
        world.change_event(event, by=application, **{**blank, **given})
    write_series(world, application, event, asked.recurrence)
    return _set_going(world, application, event, asked)


def check_own(
    world: World, application: Application, calendar: Calendar, asked: UpsertEvent
) -> dict[str, Any]:
    """
    Check what `write_own` is to write; nothing changes.

    Returns:
        The attributes that the event will have of it.

    Raises:
        Invalid: It cannot be written.
    """
    event = calendar.events.managed(application.client_id, asked.event_id)
    attachable(world, application, calendar, asked)
    is_there = event is not None and not event.deleted
    return _given(world, calendar, asked, event if is_there else None)


@handles(EditExternalEvent, scope=Scope.CREATE_EVENT)
def edit_external_event(
    world: World, caller: Caller, asked: EditExternalEvent
) -> Reply[Userinfo | None]:
    """Change an event that somebody else made."""
    calendar = writable(caller, asked.calendar_id)
    event = _external(caller, calendar, asked.event_uid)
    if not options(event, caller.authorization).update:
        raise Forbidden
    attachable(world, caller.application, calendar, asked)
    given = _given(world, calendar, asked, event)
    world.change_event(event, by=caller.application, **given)
    _set_going(world, caller.application, event, asked)
    return _accepted(caller, asked)


@handles(DeleteEvent, scope=Scope.DELETE_EVENT)
def delete_event(world: World, caller: Caller, asked: DeleteEvent) -> Reply[Userinfo | None]:
    """Delete an event of the application's own; one that does not exist is deleted already."""
    calendar = writable(caller, asked.calendar_id)
    event = calendar.events.managed(caller.application.client_id, asked.event_id)
    # Decision.DELETE_OF_UNKNOWN
    if event is not None and not event.deleted:
        end_series(world, caller.application, event)
        world.change_event(event, by=caller.application, deleted=True)
    return _accepted(caller, asked)


@handles(DeleteExternalEvent, scope=Scope.DELETE_EVENT)
def delete_external_event(
    world: World, caller: Caller, asked: DeleteExternalEvent
) -> Reply[Userinfo | None]:
    """Delete an event that somebody else made."""
    calendar = writable(caller, asked.calendar_id)
    event = _external(caller, calendar, asked.event_uid)
    if not options(event, caller.authorization).delete:
        raise Forbidden
    world.change_event(event, by=caller.application, deleted=True)
    return _accepted(caller, asked)


def _given(
    world: World, calendar: Calendar, asked: EventDetails, event: Event | None
) -> dict[str, Any]:
    sendable(asked)
    given = values(asked, event, calendar.account)
    if not isinstance(asked.recurrence, Unset):
        check_series(asked.recurrence, given["start"], given["end"])
    link = provide(world, calendar, asked, event, given["start"])
    return given if link is False else {**given, "conferencing": link}


def _set_going(world: World, application: Application, event: Event, asked: EventDetails) -> Event:
    """Have everything happen that is to follow a write."""
    subscribe(world, application, event, asked.subscriptions)
    expect(world, event)
    summon(world, application, event)
    return event


def writable(caller: Caller, calendar_id: str) -> Calendar:
    """
    A calendar that the caller may write to.

    Raises:
        NotFound: There is none of this id, or it is deleted.
        Forbidden: It is only for reading.
        Locked: Its provider cannot be reached.
    """
    calendar = caller.calendar(calendar_id)
    if calendar.deleted:
        raise NotFound
    # Decision.READONLY_CALENDAR
    if calendar.readonly:
        raise Forbidden
    caller.can_write(calendar.profile)
    return calendar


def _external(caller: Caller, calendar: Calendar, uid: str) -> Event:
    event = calendar.events.get(uid)
    if event is None or event.owner == caller.application.client_id:
        raise Invalid.field(
            "event_uid",
            "must be a valid external event uid",
            key=MUST_BE_EXTERNAL_EVENT_UID,
        )
    if event.deleted:
        raise NotFound
    return event


def _accepted(caller: Caller, asked: EventWrite) -> Reply[Userinfo | None]:
    if asked.include_userinfo is not True:
        return Reply(value=None)
    known = userinfo(caller.authorization, caller.origin)
    return Reply(value=None, beside={"userinfo": codec.unstructure(known)})
