"""Real-time scheduling links, and what becomes of them."""

from __future__ import annotations

from typing import Final

import attrs

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.event_details import AttendeeChanges, Invitee
from cronofy_async.models.real_time_scheduling import (
    RealTimeScheduling,
    RealTimeSchedulingStatus,
    ScheduledEvent,
    SchedulingEvent,
    TargetCalendar,
)
from cronofy_async.models.times import Duration
from cronofy_async.operations.real_time_scheduling import (
    CreateRealTimeScheduling,
    DisableRealTimeScheduling,
    GetRealTimeScheduling,
    GetRealTimeSchedulingByToken,
)

from ..caller import Caller
from ..engine import Result
from ..moments import moment
from ..questions import Question
from ..refusals import Invalid, NotFound
from ..state.links import Link
from ..world import World
from . import LEGACY
from .links import check_targets, disable, overridden, scheduled, targets_of, write_all
from .registry import Reply, handles
from .templates import filled

__all__ = ("PAGE", "book", "described", "offered", "tzid_of", "url_of")

PAGE: Final = "/rts/"
"""Where a link's page is; its token follows."""

LEGACY.add(CreateRealTimeScheduling)


@handles(CreateRealTimeScheduling, in_utc=True)
def create_link(
    world: World, caller: Caller, asked: CreateRealTimeScheduling
) -> Reply[RealTimeScheduling]:
    """A new link."""
    check_targets(world, caller.application, asked)
    try:
        Question(world, caller.application, asked.availability)
    except Invalid as refusal:
        raise refusal.under("availability") from None
    link = Link(
        link_id=world.ids.make("sch"),
        token=world.ids.token(),
        application=caller.application,
        asked=asked,
    )
    world.links[link.link_id] = link
    shown = described(link, caller.origin)
    return Reply(value=shown, beside={"url": shown.url})


@handles(GetRealTimeScheduling)
def get_link(world: World, caller: Caller, asked: GetRealTimeScheduling) -> RealTimeScheduling:
    """A link by its id."""
    return described(_link(world, caller, asked.real_time_scheduling_id), caller.origin)


@handles(GetRealTimeSchedulingByToken)
def get_link_by_token(
    world: World, caller: Caller, asked: GetRealTimeSchedulingByToken
) -> RealTimeScheduling:
    """A link by its token."""
    for link in world.links.values():
        if link.token == asked.token and link.application is caller.application:
            return described(link, caller.origin)
    raise NotFound


@handles(DisableRealTimeScheduling)
def disable_link(
    world: World, caller: Caller, asked: DisableRealTimeScheduling
) -> RealTimeScheduling:
    """End a link before a time is chosen."""
    link = _link(world, caller, asked.real_time_scheduling_id)
    disable(link, asked.display_message, "real_time_scheduling_id")
    return described(link, caller.origin)


# What visitors do ---------------------------------------------------------------------


def offered(world: World, link: Link) -> list[Result]:
    """The slots that a link has to offer now."""
    notice = link.asked.minimum_notice
    query = attrs.evolve(link.asked.availability, response_format="overlapping_slots")
    seconds = notice.minutes * 60 if isinstance(notice, Duration) else 0
    return Question(world, link.application, query, notice=seconds).answer()


def book(world: World, link: Link, start: int, tzid: str) -> bool:
    """
    Choose a time by a link.

    Args:
        world: Where.
        link: The link; it must be open.
        start: The chosen slot's start, in seconds since the epoch.
        tzid: The visitor's zone.

    Returns:
        Whether the time was still to be had.
    """
    slot = next((each for each in offered(world, link) if each.start == start), None)
    if link.status != "open" or slot is None:
        return False
    times = moment(slot.start), moment(slot.end)
    events = [
        filled(template, target.calendar_id, *times, tzid=tzid_of(link))
        for target, template in _events(link, slot)
    ]
    write_all(world, link.application, events)
    link.status, link.start, link.end = "completed", slot.start, slot.end
    _tell(world, link, slot, tzid)
    return True


def _events(link: Link, slot: Result) -> list[tuple[TargetCalendar, SchedulingEvent]]:
    """The calendars to write to, and the event for each."""
    targets = targets_of(link.asked)
    if link.asked.event_creation != "single":
        return [(target, overridden(link.asked.event, target.event)) for target in targets]
    if not targets:
        return []
    # Decision.ORGANIZER
    present = [target for target in targets if target.sub in slot.subs]
    organizer, *others = present or targets[:1]
    guests: tuple[Invitee, ...] = tuple(each.attendee for each in others if each.attendee)
    event = overridden(link.asked.event, organizer.event)
    return [(organizer, attrs.evolve(event, attendees=AttendeeChanges(invite=guests)))]


def _tell(world: World, link: Link, slot: Result, tzid: str) -> None:
    urls = link.asked.callback_urls
    url = None if isinstance(urls, Unset) else urls.completed_url
    if url is None and not isinstance(link.asked.callback_url, Unset):
        url = link.asked.callback_url
    if url is not None:
        payload = {
            "event": codec.unstructure(_scheduled(link)),
            "participants": [{"sub": sub} for sub in slot.subs],
            "user": {"tzid": tzid},
        }
        world.outbox.post(link.application, url, "real_time_scheduling", payload)


# Describing and looking up ------------------------------------------------------------


def url_of(link: Link, origin: str) -> str:
    """The URL of a link's page."""
    return f"{origin}{PAGE}{link.token}"


def described(link: Link, origin: str) -> RealTimeScheduling:
    """A link, as its application may know it."""
    return RealTimeScheduling(
        real_time_scheduling_id=link.link_id,
        url=url_of(link, origin),
        status=RealTimeSchedulingStatus(link.status),
        event=_scheduled(link),
    )


def _scheduled(link: Link) -> ScheduledEvent:
    return scheduled(link.asked.event, tzid_of(link), link.start, link.end)


def tzid_of(link: Link) -> str:
    """The zone of a link's page and event."""
    given = (link.asked.event.tzid, link.asked.tzid)
    return next(each for each in given if not isinstance(each, Unset))


def _link(world: World, caller: Caller, link_id: str) -> Link:
    link = world.links.get(link_id)
    if link is None or link.application is not caller.application:
        raise NotFound
    return link
