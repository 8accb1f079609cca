"""Real-time scheduling links, and what becomes of them."""

from __future__ import annotations

from typing import Final, TypeVar

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
    TargetEvent,
)
from cronofy_async.models.times import Duration, ZonedTime
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
from ..state.accounts import Calendar
from ..state.links import Link
from ..world import World
from . import LEGACY
from .registry import Reply, handles
from .templates import filled
from .writing import write_own

__all__ = ("PAGE", "book", "offered", "tzid_of", "url_of")

T = TypeVar("T")

PAGE: Final = "/rts/"
"""Where a link's page is; its token follows."""

LEGACY.add(CreateRealTimeScheduling)


@handles(CreateRealTimeScheduling)
def create_link(
    world: World, caller: Caller, asked: CreateRealTimeScheduling
) -> Reply[RealTimeScheduling]:
    """A new link."""
    for index, target in enumerate(_targets(asked)):
        _calendar(world, caller, index, target)
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
    shown = _described(link, caller.origin)
    return Reply(value=shown, beside={"url": shown.url})


@handles(GetRealTimeScheduling)
def get_link(world: World, caller: Caller, asked: GetRealTimeScheduling) -> RealTimeScheduling:
    """A link by its id."""
    return _described(_link(world, caller, asked.real_time_scheduling_id), caller.origin)


@handles(GetRealTimeSchedulingByToken)
def get_link_by_token(
    world: World, caller: Caller, asked: GetRealTimeSchedulingByToken
) -> RealTimeScheduling:
    """A link by its token."""
    for link in world.links.values():
        if link.token == asked.token and link.application is caller.application:
            return _described(link, caller.origin)
    raise NotFound


@handles(DisableRealTimeScheduling)
def disable_link(
    world: World, caller: Caller, asked: DisableRealTimeScheduling
) -> RealTimeScheduling:
    """End a link before a time is chosen."""
    link = _link(world, caller, asked.real_time_scheduling_id)
    # Decision.DISABLE_AGAIN
    if link.status == "completed":
        raise Invalid.field("real_time_scheduling_id", "is that of a link that is completed")
    link.status, link.message = "disabled", asked.display_message
    return _described(link, caller.origin)


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
    for target, template in _events(link, slot):
        calendar = world.calendars[target.calendar_id]
        times = moment(slot.start), moment(slot.end)
        event = filled(template, target.calendar_id, *times, tzid=tzid_of(link))
        write_own(world, link.application, calendar, event)
    link.status, link.start, link.end = "completed", slot.start, slot.end
    _tell(world, link, slot, tzid)
    return True


def _events(link: Link, slot: Result) -> list[tuple[TargetCalendar, SchedulingEvent]]:
    """The calendars to write to, and the event for each."""
    targets = _targets(link.asked)
    if link.asked.event_creation != "single":
        return [(target, _overridden(link.asked.event, target.event)) for target in targets]
    if not targets:
        return []
    # Decision.ORGANIZER
    present = [target for target in targets if target.sub in slot.subs]
    organizer, *others = present or targets[:1]
    guests: tuple[Invitee, ...] = tuple(each.attendee for each in others if each.attendee)
    event = _overridden(link.asked.event, organizer.event)
    return [(organizer, attrs.evolve(event, attendees=AttendeeChanges(invite=guests)))]


def _overridden(event: SchedulingEvent, by: TargetEvent | None) -> SchedulingEvent:
    if by is None:
        return event
    given = {field.name: getattr(by, field.name) for field in attrs.fields(TargetEvent)}
    return attrs.evolve(
        event, **{name: value for name, value in given.items() if not isinstance(value, Unset)}
    )


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


def _described(link: Link, origin: str) -> RealTimeScheduling:
    return RealTimeScheduling(
        real_time_scheduling_id=link.link_id,
        url=url_of(link, origin),
        status=RealTimeSchedulingStatus(link.status),
        event=_scheduled(link),
    )


def _scheduled(link: Link) -> ScheduledEvent:
    event, tzid = link.asked.event, tzid_of(link)
    return ScheduledEvent(
        event_id=event.event_id,
        summary=event.summary,
        start=None if link.start is None else ZonedTime(moment(link.start), tzid),
        end=None if link.end is None else ZonedTime(moment(link.end), tzid),
        tzid=tzid,
        description=_known(event.description),
        location=_known(event.location),
        url=_known(event.url),
        event_private=event.event_private is True,
    )


def _known(value: T | Unset) -> T | None:
    return None if isinstance(value, Unset) else value


def tzid_of(link: Link) -> str:
    """The zone of a link's page and event."""
    given = (link.asked.event.tzid, link.asked.tzid)
    return next(each for each in given if not isinstance(each, Unset))


def _targets(asked: CreateRealTimeScheduling) -> tuple[TargetCalendar, ...]:
    return () if isinstance(asked.target_calendars, Unset) else asked.target_calendars


def _calendar(world: World, caller: Caller, index: int, target: TargetCalendar) -> Calendar:
    path = f"target_calendars[{index}]"
    authorization = world.vault.authorization(caller.application, target.sub)
    if authorization is None:
        raise Invalid.field(f"{path}.sub", "is not an account of this application")
    for calendar in authorization.calendars():
        if calendar.calendar_id == target.calendar_id and not calendar.deleted:
            return calendar
    raise Invalid.field(f"{path}.calendar_id", "is not a calendar of this account")


def _link(world: World, caller: Caller, link_id: str) -> Link:
    link = world.links.get(link_id)
    if link is None or link.application is not caller.application:
        raise NotFound
    return link
