"""Real-time sequencing links, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from cronofy_async.core import codec
from cronofy_async.models.participants import Period
from cronofy_async.models.real_time_scheduling import (
    RealTimeSchedulingStatus,
    ScheduledEvent,
    SchedulingEvent,
    TargetCalendar,
)
from cronofy_async.models.real_time_sequencing import RealTimeSequencing
from cronofy_async.models.sequenced_availability import SequencedAvailabilityQuery, SequenceItem
from cronofy_async.models.times import Duration
from cronofy_async.operations.real_time_sequencing import (
    CreateRealTimeSequencing,
    DisableRealTimeSequencing,
    GetRealTimeSequencing,
)

from ..caller import Caller
from ..engine import SequenceResult
from ..moments import moment
from ..questions import SequenceQuestion
from ..refusals import Invalid, NotFound
from ..state.sequences import SequenceLink
from ..world import World
from . import LEGACY
from .availability import sequenced
from .links import check_targets, disable, known, overridden, scheduled, targets_of, write_all
from .registry import Reply, handles
from .templates import filled

__all__ = ("PAGE", "book_sequence", "offered_sequences", "zone_of")

PAGE: Final = "/sequences/"
"""Where a link's page is; its token follows."""

LEGACY.add(CreateRealTimeSequencing)


@handles(CreateRealTimeSequencing, in_utc=True)
def create_sequence_link(
    world: World, caller: Caller, asked: CreateRealTimeSequencing
) -> Reply[RealTimeSequencing]:
    """A new link."""
    check_targets(world, caller.application, asked)
    try:
        SequenceQuestion(world, caller.application, asked.availability)
    except Invalid as refusal:
        raise refusal.under("availability") from None
    link = SequenceLink(
        link_id=world.ids.make("seq"),
        token=world.ids.token(),
        application=caller.application,
        asked=asked,
    )
    world.arrangements.sequences[link.link_id] = link
    shown = _described(link, caller.origin)
    return Reply(value=shown, beside={"url": shown.url})


@handles(GetRealTimeSequencing)
def get_sequence_link(
    world: World, caller: Caller, asked: GetRealTimeSequencing
) -> RealTimeSequencing:
    """A link by its id."""
    return _described(_link(world, caller, asked.real_time_sequencing_id), caller.origin)


@handles(DisableRealTimeSequencing)
def disable_sequence_link(
    world: World, caller: Caller, asked: DisableRealTimeSequencing
) -> RealTimeSequencing:
    """End a link before times are chosen."""
    link = _link(world, caller, asked.real_time_sequencing_id)
    disable(link, asked.display_message, "real_time_sequencing_id")
    return _described(link, caller.origin)


# What visitors do ---------------------------------------------------------------------


def offered_sequences(world: World, link: SequenceLink) -> list[list[SequenceResult]]:
    """The ways to hold the meetings that a link has to offer now, the earliest first."""
    notice = link.asked.minimum_notice
    earliest = world.now() + (notice.minutes * 60 if isinstance(notice, Duration) else 0)
    query = _from(link.asked.availability, earliest)
    return [] if query is None else SequenceQuestion(world, link.application, query).answer()


def book_sequence(world: World, link: SequenceLink, starts: Sequence[int], tzid: str) -> bool:
    """
    Choose times by a link.

    Args:
        world: Where.
        link: The link; it must be open.
        starts: When the meetings start, or the first ones of them, in seconds since the
            epoch.
        tzid: The visitor's zone.

    Returns:
        Whether the times were still to be had.
    """
    if link.status != "open" or not starts:
        return False
    for way in offered_sequences(world, link):
        if [each.start for each in way][: len(starts)] == list(starts):
            break
    else:
        return False
    events = [
        filled(
            _event(link, result),
            target.calendar_id,
            moment(result.start),
            moment(result.end),
            tzid=zone_of(link),
        )
        for result in way
        for target in _written_to(link, result)
    ]
    write_all(world, link.application, events)
    link.status, link.start, link.end = "completed", way[0].start, way[-1].end
    _tell(world, link, way, tzid)
    return True


def _from(query: SequencedAvailabilityQuery, earliest: int) -> SequencedAvailabilityQuery | None:
    """The question without what is too soon; `None` if nothing is left for some meeting."""
    shared = _later(query.query_periods, earliest)
    items: list[SequenceItem] = []
    for item in query.sequence:
        own = _later(item.query_periods, earliest)
        if not own and (item.query_periods or not shared):
            return None
        items.append(attrs.evolve(item, query_periods=own or None))
    # Where each meeting has its own time, it has to lie in that of all as well.
    if query.query_periods and not shared:
        return None
    return SequencedAvailabilityQuery(sequence=tuple(items), query_periods=shared or None)


def _later(periods: tuple[Period, ...] | None, earliest: int) -> tuple[Period, ...]:
    return tuple(
        Period(start=max(each.start, moment(earliest)), end=each.end)
        for each in periods or ()
        if each.end > moment(earliest)
    )


def _event(link: SequenceLink, result: SequenceResult) -> SchedulingEvent:
    """The event of one meeting."""
    items = link.asked.availability.sequence
    names = [_template(link, item).event_id for item in items]
    item = next(each for each in items if each.sequence_id == result.sequence_id)
    event = _template(link, item)
    # Decision.SEQUENCE_EVENTS
    if names.count(event.event_id) > 1:
        return attrs.evolve(event, event_id=f"{event.event_id}_{item.sequence_id}")
    return event


def _template(link: SequenceLink, item: SequenceItem) -> SchedulingEvent:
    """What an item's event is made of: what it does not say is as for all of them."""
    return overridden(link.asked.event, item.event)


def _written_to(link: SequenceLink, result: SequenceResult) -> tuple[TargetCalendar, ...]:
    # Decision.SEQUENCE_CALENDARS
    targets = targets_of(link.asked)
    return tuple(each for each in targets if each.sub in result.subs) or targets


def _tell(world: World, link: SequenceLink, way: list[SequenceResult], tzid: str) -> None:
    url = known(link.asked.callback_url)
    if url is not None:
        # Decision.SEQUENCE_CALLBACK
        payload: dict[str, Any] = {
            "event": codec.unstructure(_scheduled(link)),
            "sequence": codec.unstructure([sequenced(each) for each in way]),
            "user": {"tzid": tzid},
        }
        world.outbox.post(link.application, url, "real_time_sequencing", payload)


# Describing and looking up ------------------------------------------------------------


def zone_of(link: SequenceLink) -> str:
    """The zone of a link's page and events."""
    # Decision.NO_ZONE
    return known(link.asked.event.tzid) or known(link.asked.tzid) or "Etc/UTC"


def _described(link: SequenceLink, origin: str) -> RealTimeSequencing:
    return RealTimeSequencing(
        real_time_sequencing_id=link.link_id,
        url=f"{origin}{PAGE}{link.token}",
        status=RealTimeSchedulingStatus(link.status),
        event=_scheduled(link),
    )


def _scheduled(link: SequenceLink) -> ScheduledEvent:
    return scheduled(link.asked.event, zone_of(link), link.start, link.end)


def _link(world: World, caller: Caller, link_id: str) -> SequenceLink:
    link = world.arrangements.sequences.get(link_id)
    if link is None or link.application is not caller.application:
        raise NotFound
    return link
