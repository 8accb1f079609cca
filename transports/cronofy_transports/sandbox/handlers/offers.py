"""Links by which people put an event into a calendar of theirs."""

from __future__ import annotations

from typing import Final

from cronofy_async.models.add_to_calendar import AddToCalendarLink
from cronofy_async.models.authorization import Scope
from cronofy_async.models.real_time_scheduling import SchedulingEvent
from cronofy_async.operations.add_to_calendar import AddToCalendar

from ..caller import Caller
from ..moments import span
from ..refusals import Invalid
from ..scopes import unknown
from ..state.accounts import Calendar
from ..state.offers import Offer
from ..world import World
from .links import check_targets, known, overridden, targets_of, write_all
from .registry import Reply, handles
from .templates import filled

__all__ = ("PAGE", "take_offer", "takers")

PAGE: Final = "/add_to_calendar/"
"""Where a link's page is; its token follows."""


@handles(AddToCalendar)
def add_to_calendar(world: World, caller: Caller, asked: AddToCalendar) -> Reply[AddToCalendarLink]:
    """A new link, under both of the names that clients read it by."""
    # It ends with a code for whoever has this URL, so it is held to what consent is.
    if not caller.application.may_redirect_to(asked.oauth.redirect_uri):
        raise Invalid.field("oauth.redirect_uri", "is not one that the application may use")
    # Decision.ADD_TO_CALENDAR
    scope = asked.oauth.scope or Scope.CREATE_EVENT.value
    if unknown(scope):
        raise Invalid.field("oauth.scope", "has a name that no scope has")
    try:
        span(asked.event.start, asked.event.end, known(asked.event.tzid))
    except Invalid as refusal:
        raise refusal.under("event") from None
    check_targets(world, caller.application, asked)
    offer = Offer(token=world.ids.token(), application=caller.application, scope=scope, asked=asked)
    world.arrangements.offers[offer.token] = offer
    url = f"{caller.origin}{PAGE}{offer.token}"
    return Reply(value=AddToCalendarLink(url=url), beside={"oauth_url": url})


def takers(world: World) -> list[Calendar]:
    """The calendars that an event can be put into."""
    return [
        calendar
        for calendar in world.calendars.values()
        if not (calendar.readonly or calendar.deleted or calendar.account.is_application_calendar)
    ]


def take_offer(world: World, offer: Offer, calendar: Calendar) -> str:
    """
    Have somebody take an event into their calendar.

    Args:
        world: Where.
        offer: What they were sent.
        calendar: One of `takers`.

    Returns:
        The code that their browser takes to the application.
    """
    event = offer.asked.event
    templates: list[tuple[str, SchedulingEvent]] = [(calendar.calendar_id, event)]
    templates += [
        (target.calendar_id, overridden(event, target.event))
        for target in targets_of(offer.asked)
        if target.calendar_id != calendar.calendar_id
    ]
    filled_in = [
        filled(template, calendar_id, event.start, event.end) for calendar_id, template in templates
    ]
    write_all(world, offer.application, filled_in)
    return world.vault.new_code(
        offer.application,
        calendar.account,
        scope=offer.scope,
        redirect_uri=offer.asked.oauth.redirect_uri,
        profile=calendar.profile,
    )
