"""Deleting an application's events in bulk, and answering invitations."""

from __future__ import annotations

from cronofy_async.models.authorization import Scope
from cronofy_async.models.calendars import ProviderName
from cronofy_async.operations.bulk import (
    ChangeParticipationStatus,
    DeleteAllEvents,
    DeleteEventsOfCalendars,
)

from ..caller import Caller
from ..refusals import Forbidden, NotFound
from ..state.accounts import Calendar
from ..world import World
from .reading import visible_calendars
from .registry import handles
from .rows import options
from .series import end_series
from .writing import writable

__all__ = ()


@handles(DeleteAllEvents, scope=Scope.DELETE_EVENT)
def delete_all_events(world: World, caller: Caller, _: DeleteAllEvents) -> None:
    """Delete the application's events in every calendar of the account."""
    _delete_own(world, caller, caller.authorization.calendars())


@handles(DeleteEventsOfCalendars, scope=Scope.DELETE_EVENT)
def delete_events_of_calendars(
    world: World, caller: Caller, asked: DeleteEventsOfCalendars
) -> None:
    """Delete the application's events in some calendars."""
    _delete_own(world, caller, visible_calendars(caller, asked.calendar_ids))


@handles(ChangeParticipationStatus, scope=Scope.CHANGE_PARTICIPATION_STATUS)
def change_participation_status(
    world: World, caller: Caller, asked: ChangeParticipationStatus
) -> None:
    """Reply to an invitation for the calendar's owner."""
    calendar = writable(caller, asked.calendar_id)
    event = calendar.events.get(asked.event_uid)
    if event is None or event.deleted:
        raise NotFound
    if not options(event, caller.authorization).change_participation_status:
        raise Forbidden
    # Exchange takes what was declined out of the calendar.
    exchange = calendar.profile.provider_name == ProviderName.EXCHANGE
    world.change_event(
        event,
        by=caller.application,
        participation_status=asked.status,
        deleted=exchange and asked.status == "declined",
    )


def _delete_own(world: World, caller: Caller, calendars: list[Calendar]) -> None:
    application = caller.application
    for calendar in calendars:
        for event in calendar.events.owned_by(application.client_id):
            end_series(world, application, event)
            if not event.deleted:
                world.change_event(event, by=application, deleted=True)
