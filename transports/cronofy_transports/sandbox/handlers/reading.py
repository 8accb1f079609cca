"""Reading events and free-busy periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from cronofy_async.core.operation import Operation
from cronofy_async.core.paging import Page
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.operations.events import (
    ReadEvents,
    ReadEventsPage,
    ReadFreeBusy,
    ReadFreeBusyPage,
)

from ..caller import Caller
from ..error_keys import INVALID_CALENDAR_IDS
from ..moments import window
from ..refusals import Forbidden, Invalid, NotFound, PaymentRequired
from ..scopes import allows
from ..state.accounts import Calendar
from ..state.events import Event, Kind, in_order
from ..state.listing import Listing
from ..state.rows import RowCache
from ..state.shelf import Leaf, Render
from ..world import World
from .registry import handles
from .rows import View, event_row, free_busy_row

__all__ = ("found", "paged", "renders", "visible_calendars")

T = TypeVar("T")

_EVENTS: Final = "events"
_FREE_BUSY: Final = "free_busy"


@handles(ReadEvents)
def read_events(world: World, caller: Caller, asked: ReadEvents) -> Page[Any]:
    """The first page of the events that match."""
    authorization = caller.authorization
    if asked.only_managed is not True and not allows(authorization.scope, Scope.READ_EVENTS):
        raise Forbidden
    if asked.include_geo is True and _lacks_geo(world, caller):
        raise PaymentRequired
    view = View(
        authorization=authorization,
        localized=bool(asked.localized_times),
        geo=bool(asked.include_geo),
        google_ids=bool(asked.google_event_ids),
        deleted=bool(asked.include_deleted),
    )
    managed, external = bool(asked.include_managed or asked.only_managed), not asked.only_managed
    client_id = caller.application.client_id

    def wanted(kind: Kind) -> bool:
        return (managed if kind.owner == client_id else external) and (
            view.deleted or not kind.deleted
        )

    matching = _matching(world, caller, asked, wanted, moved=bool(asked.include_moved))
    leaf = world.shelf.first(_EVENTS, authorization, matching, _shown(world, _event), view)
    return paged(leaf, caller, lambda token: ReadEventsPage(page=token))


def _lacks_geo(world: World, caller: Caller) -> bool:
    # As documented, of verified applications only.
    lacking = world.choices.not_in_plan
    return caller.application.mode == "production" and "include_geo" in lacking


@handles(ReadEventsPage)
def read_events_page(world: World, caller: Caller, asked: ReadEventsPage) -> Page[Any]:
    """A further page of the same events."""
    leaf = found(world.shelf.find(_EVENTS, caller.authorization, asked.page, _shown(world, _event)))
    return paged(leaf, caller, lambda token: ReadEventsPage(page=token))


def _event(cache: RowCache, event: Event, view: View) -> msgspec.Raw | None:
    # Decision.PAGES_ARE_LIVE
    return None if event.deleted and not view.deleted else event_row(event, view, cache)


@handles(ReadFreeBusy, scope=Scope.READ_FREE_BUSY)
def read_free_busy(world: World, caller: Caller, asked: ReadFreeBusy) -> Page[Any]:
    """The first page of the periods that match."""
    authorization = caller.authorization
    view = View(
        authorization=authorization,
        localized=bool(asked.localized_times),
        ids=bool(asked.include_ids),
        deleted=bool(asked.include_deleted),
    )
    managed, client_id = bool(asked.include_managed), caller.application.client_id
    shows_free = bool(asked.include_free)

    def wanted(kind: Kind) -> bool:
        return (
            (managed or kind.owner != client_id)
            and (view.deleted or not kind.deleted)
            and (shows_free or not kind.free)
        )

    matching = _matching(world, caller, asked, wanted, moved=False)
    leaf = world.shelf.first(_FREE_BUSY, authorization, matching, _shown(world, _period), view)
    return paged(leaf, caller, lambda token: ReadFreeBusyPage(page=token))


@handles(ReadFreeBusyPage, scope=Scope.READ_FREE_BUSY)
def read_free_busy_page(world: World, caller: Caller, asked: ReadFreeBusyPage) -> Page[Any]:
    """A further page of the same periods."""
    leaf = found(
        world.shelf.find(_FREE_BUSY, caller.authorization, asked.page, _shown(world, _period))
    )
    return paged(leaf, caller, lambda token: ReadFreeBusyPage(page=token))


def _period(cache: RowCache, event: Event, view: View) -> msgspec.Raw | None:
    return None if event.deleted and not view.deleted else free_busy_row(event, view, cache)


def renders(world: World) -> dict[str, Render]:
    """How entries are shown, by what an answer lists."""
    return {_EVENTS: _shown(world, _event), _FREE_BUSY: _shown(world, _period)}


def _shown(world: World, render: Callable[[RowCache, Event, View], Any]) -> Render:
    # The cache is no part of the view, which is kept with the answer.
    return partial(render, world.rows)


def paged(leaf: Leaf, caller: Caller, page: Callable[[str], Operation[Any]]) -> Page[Any]:
    """
    A page with the URL of the next one, on the host that was asked.

    Args:
        leaf: The page.
        caller: Who asked.
        page: Makes the operation that reads a page of this name.
    """
    token = leaf.next_token
    return Page(
        items=leaf.items,
        current=leaf.current,
        total=leaf.total,
        next_page=None if token is None else caller.origin + page(token).to_request().url,
    )


def found(leaf: Leaf | None) -> Leaf:
    """
    A page that there is.

    Raises:
        NotFound: There is none.
    """
    if leaf is None:
        raise NotFound
    return leaf


def _matching(
    world: World,
    caller: Caller,
    asked: ReadEvents | ReadFreeBusy,
    wanted: Callable[[Kind], bool],
    *,
    moved: bool,
) -> Listing:
    """The events of some kinds in the window asked for; if *moved*, also those once in it."""
    client_id = caller.application.client_id
    start, end = _given(asked.from_), _given(asked.to)
    now = world.now()
    # Decision.WIDE_WINDOWS
    usual = window(now, asked.tzid, start, end, default=True)
    # Decision.MANAGED_WINDOW
    own = window(now, asked.tzid, start, end, default=False)

    def holds(event: Event, *, moved: bool = moved) -> bool:
        bounds = own if event.owner == client_id else usual
        return bounds.holds(event) or (moved and event.calendar.events.was_in(event, bounds))

    listing = Listing()
    for calendar in visible_calendars(caller, asked.calendar_ids):
        book = calendar.events
        if not isinstance(asked.last_modified, Unset):
            since = asked.last_modified.timestamp()
            changed = [each for each in book.changed_since(int(since)) if each.updated >= since]
            listing.put(calendar, in_order(e for e in changed if wanted(e.kind) and holds(e)))
            continue
        for bounds, is_own in ((usual, False), (own, True)):
            chosen = _both(wanted, client_id, is_own=is_own)
            for parts in book.search(bounds, chosen):
                listing.put(calendar, *parts)
        if moved:
            strays = (e for e in book.moved() if holds(e) and not holds(e, moved=False))
            listing.put(calendar, in_order(e for e in strays if wanted(e.kind)))
    return listing


def _both(
    wanted: Callable[[Kind], bool], client_id: str, *, is_own: bool
) -> Callable[[Kind], bool]:
    return lambda kind: wanted(kind) and is_own == (kind.owner == client_id)


def visible_calendars(
    caller: Caller, ids: tuple[str, ...] | Unset, field: str = "calendar_ids"
) -> list[Calendar]:
    """
    The calendars of these ids, or all that the caller may see.

    Raises:
        Invalid: One is unknown; said of the parameter *field*.
    """
    visible = [each for each in caller.authorization.calendars() if not each.deleted]
    if isinstance(ids, Unset):
        return visible
    known = {each.calendar_id: each for each in visible}
    if not known.keys() >= set(ids):
        raise Invalid.field(field, "has one or more ids that are invalid", key=INVALID_CALENDAR_IDS)
    return [known[each] for each in dict.fromkeys(ids)]


def _given(value: date | datetime | Unset) -> date | datetime | None:
    return None if isinstance(value, Unset) else value
