"""Reading events and free-busy periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final, TypeVar

import msgspec

from cronofy_async.core.operation import Operation
from cronofy_async.core.paging import Page
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.models.events import FreeBusyStatus
from cronofy_async.operations.events import (
    ReadEvents,
    ReadEventsPage,
    ReadFreeBusy,
    ReadFreeBusyPage,
)

from ..caller import Caller
from ..moments import window
from ..refusals import Forbidden, Invalid, NotFound
from ..scopes import allows
from ..state.accounts import Calendar
from ..state.events import Event, Window, in_order
from ..state.shelf import Leaf
from ..world import World
from .registry import handles
from .rows import View, event_row, free_busy_row, free_busy_status

__all__ = ("found", "paged", "visible_calendars")

T = TypeVar("T")

_EVENTS: Final = "events"
_FREE_BUSY: Final = "free_busy"


@handles(ReadEvents)
def read_events(world: World, caller: Caller, asked: ReadEvents) -> Page[Any]:
    """The first page of the events that match."""
    authorization = caller.authorization
    if asked.only_managed is not True and not allows(authorization.scope, Scope.READ_EVENTS):
        raise Forbidden
    view = View(
        authorization=authorization,
        localized=bool(asked.localized_times),
        geo=bool(asked.include_geo),
        google_ids=bool(asked.google_event_ids),
    )
    matching = _matching(
        world,
        caller,
        asked,
        managed=bool(asked.include_managed or asked.only_managed),
        external=not asked.only_managed,
        moved=bool(asked.include_moved),
    )
    shows_deleted = bool(asked.include_deleted)

    def render(event: Event) -> msgspec.Raw | None:
        # Decision.PAGES_ARE_LIVE
        return None if event.deleted and not shows_deleted else event_row(event, view)

    leaf = world.shelf.first(_EVENTS, authorization, matching, render)
    return paged(leaf, caller, lambda token: ReadEventsPage(page=token))


@handles(ReadEventsPage)
def read_events_page(world: World, caller: Caller, asked: ReadEventsPage) -> Page[Any]:
    """A further page of the same events."""
    leaf = found(world.shelf.find(_EVENTS, caller.authorization, asked.page))
    return paged(leaf, caller, lambda token: ReadEventsPage(page=token))


@handles(ReadFreeBusy, scope=Scope.READ_FREE_BUSY)
def read_free_busy(world: World, caller: Caller, asked: ReadFreeBusy) -> Page[Any]:
    """The first page of the periods that match."""
    authorization = caller.authorization
    shows_deleted, shows_free = bool(asked.include_deleted), bool(asked.include_free)
    view = View(
        authorization=authorization,
        localized=bool(asked.localized_times),
        ids=bool(asked.include_ids),
        deleted=shows_deleted,
    )
    matching = _matching(
        world, caller, asked, managed=bool(asked.include_managed), external=True, moved=False
    )
    if not shows_free:
        matching = [each for each in matching if free_busy_status(each) != FreeBusyStatus.FREE]

    def render(event: Event) -> msgspec.Raw | None:
        return None if event.deleted and not shows_deleted else free_busy_row(event, view)

    leaf = world.shelf.first(_FREE_BUSY, authorization, matching, render)
    return paged(leaf, caller, lambda token: ReadFreeBusyPage(page=token))


@handles(ReadFreeBusyPage, scope=Scope.READ_FREE_BUSY)
def read_free_busy_page(world: World, caller: Caller, asked: ReadFreeBusyPage) -> Page[Any]:
    """A further page of the same periods."""
    leaf = found(world.shelf.find(_FREE_BUSY, caller.authorization, asked.page))
    return paged(leaf, caller, lambda token: ReadFreeBusyPage(page=token))


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
    *,
    managed: bool,
    external: bool,
    moved: bool,
) -> list[Event]:
    """The events that match, in order: the caller's own if *managed*, others if *external*."""
    client_id = caller.application.client_id
    start, end = _given(asked.from_), _given(asked.to)
    now = world.now()
    # Decision.WIDE_WINDOWS
    usual = window(now, asked.tzid, start, end, default=True)
    # Decision.MANAGED_WINDOW
    own = window(now, asked.tzid, start, end, default=False)
    since = None if isinstance(asked.last_modified, Unset) else asked.last_modified

    def wanted(event: Event) -> bool:
        mine = event.owner == client_id
        return (
            (managed if mine else external)
            and (asked.include_deleted is True or not event.deleted)
            and (since is None or event.updated >= since.timestamp())
        )

    def within(event: Event) -> bool:
        mine = event.owner == client_id
        bounds = own if mine else usual
        return bounds.holds(event) or (moved and event.calendar.events.was_in(event, bounds))

    matching: dict[str, Event] = {}
    for calendar in visible_calendars(caller, asked.calendar_ids):
        for event in _candidates(
            calendar, usual, own, since, client_id if managed else None, moved
        ):
            if wanted(event) and within(event):
                matching[event.uid] = event
    return in_order(matching.values())


def _candidates(
    calendar: Calendar,
    usual: Window,
    own: Window,
    since: datetime | None,
    owner: str | None,
    moved: bool,
) -> Iterable[Event]:
    """Some events that may match, found by whatever says most."""
    book = calendar.events
    if since is not None:
        yield from book.changed_since(int(since.timestamp()))
        return
    yield from book.touching(usual)
    if owner is not None and own != usual:
        yield from book.owned_by(owner)
    if moved:
        yield from book.moved()


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
        raise Invalid.field(
            field, "has one or more ids that are invalid", key="errors.invalid_calendar_ids"
        )
    return [known[each] for each in dict.fromkeys(ids)]


def _given(value: date | datetime | Unset) -> date | datetime | None:
    return None if isinstance(value, Unset) else value
