"""Bookable events, and who registered for them."""

from __future__ import annotations

from typing import Any

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.bookable_events import (
    BookableEvent,
    BookableEventRegistration,
    BookableEventStatus,
    Registration,
    RegistrationPages,
    RegistrationStatus,
)
from cronofy_async.operations.bookable_events import (
    DeleteRegistration,
    GetBookableEvent,
    GetRegistrationsPage,
    UpsertBookableEvent,
    UpsertRegistration,
)

from ..caller import Caller
from ..moments import moment
from ..refusals import Invalid, NotFound
from ..state.bookable import Booking
from ..world import World
from .registry import Reply, handles

__all__ = ()

_ACCEPTED, _REMOVED = RegistrationStatus.ACCEPTED, RegistrationStatus.REMOVED


@handles(UpsertBookableEvent, in_utc=True)
def upsert_bookable_event(world: World, caller: Caller, asked: UpsertBookableEvent) -> Reply[Any]:
    """A new event with places, or a changed one; registrations stay."""
    start, end = int(asked.start.timestamp()), int(asked.end.timestamp())
    # Decision.NO_LENGTH
    if end < start:
        raise Invalid.field("end", "must be after start")
    key = caller.application.client_id, asked.bookable_event_id
    booking = world.arrangements.bookings.get(key)
    # Decision.FEWER_PLACES
    if booking is not None and _accepted(booking) > asked.registration.capacity:
        raise Invalid.field("registration.capacity", "is less than are accepted already")
    values: dict[str, Any] = {
        "start": start,
        "end": end,
        "status": asked.status,
        "capacity": asked.registration.capacity,
    }
    if booking is None:
        booking = Booking(bookable_event_id=asked.bookable_event_id, **values)
        world.arrangements.bookings[key] = booking
        return _shown(world, caller, booking, is_new=True)
    for name, value in values.items():
        setattr(booking, name, value)
    return _shown(world, caller, booking)


@handles(GetBookableEvent)
def get_bookable_event(world: World, caller: Caller, asked: GetBookableEvent) -> Reply[Any]:
    """An event with the first page of its registrations."""
    return _shown(world, caller, _found(world, caller, asked.bookable_event_id))


@handles(GetRegistrationsPage)
def get_registrations_page(world: World, caller: Caller, asked: GetRegistrationsPage) -> Reply[Any]:
    """A further page of registrations."""
    booking = _found(world, caller, asked.bookable_event_id)
    if asked.page not in booking.pages:
        raise NotFound
    # Decision.REGISTRATION_PAGES
    index = booking.pages.index(asked.page) + 1
    return Reply(value=None, status=200, beside=_page(world, caller, booking, index))


@handles(UpsertRegistration)
def upsert_registration(world: World, caller: Caller, asked: UpsertRegistration) -> Reply[Any]:
    """Register somebody, or change how they are registered."""
    booking = _found(world, caller, asked.bookable_event_id)
    before = booking.registrations.get(asked.registration_id)
    if asked.status == "accepted" and (before is None or before.status is not _ACCEPTED):
        # Decision.CALLED_OFF
        if booking.status == "cancelled":
            raise Invalid.field("status", "cannot be accepted: the event is cancelled")
        if _accepted(booking) >= booking.capacity:
            raise Invalid.field("status", "cannot be accepted: no place is left")
    booking.registrations[asked.registration_id] = Registration(
        registration_id=asked.registration_id,
        status=RegistrationStatus(asked.status),
        metadata={} if isinstance(asked.metadata, Unset) else asked.metadata,
    )
    return _shown(world, caller, booking)


@handles(DeleteRegistration)
def delete_registration(world: World, caller: Caller, asked: DeleteRegistration) -> Reply[Any]:
    """Take somebody off the list."""
    booking = _found(world, caller, asked.bookable_event_id)
    if asked.registration_id not in booking.registrations:
        raise NotFound
    # Decision.DELETED_REGISTRATION
    booking.registrations[asked.registration_id] = Registration(
        registration_id=asked.registration_id, status=_REMOVED
    )
    shown = _shown(world, caller, booking)
    del booking.registrations[asked.registration_id]
    return shown


def _found(world: World, caller: Caller, bookable_event_id: str) -> Booking:
    booking = world.arrangements.bookings.get((caller.application.client_id, bookable_event_id))
    if booking is None:
        raise NotFound
    return booking


def _accepted(booking: Booking) -> int:
    return sum(each.status is _ACCEPTED for each in booking.registrations.values())


def _shown(world: World, caller: Caller, booking: Booking, *, is_new: bool = False) -> Reply[Any]:
    event = BookableEvent(
        bookable_event_id=booking.bookable_event_id,
        start=moment(booking.start),
        end=moment(booking.end),
        status=BookableEventStatus(booking.status),
    )
    registration = _page(world, caller, booking, 0)
    if is_new:
        del registration["total_count"]
    if registration["pages"]["total"] == 1:
        del registration["pages"]
    beside = {**codec.unstructure(event), "registration": registration}
    return Reply(value=None, status=200, beside=beside)


def _page(world: World, caller: Caller, booking: Booking, index: int) -> dict[str, Any]:
    """A page of registrations, as JSON: a model would leave an empty list out."""
    registrations, size = list(booking.registrations.values()), world.choices.page_size
    total = max(1, -(-len(registrations) // size))
    while len(booking.pages) < total - 1:
        booking.pages.append(world.ids.page())
    following = None
    if index < total - 1:
        page = GetRegistrationsPage(
            bookable_event_id=booking.bookable_event_id, page=booking.pages[index]
        )
        following = caller.origin + page.to_request().url
    shown = BookableEventRegistration(
        capacity=booking.capacity,
        registered_count=_accepted(booking),
        total_count=len(registrations),
        pages=RegistrationPages(current=index + 1, total=total, next_page=following),
    )
    listed = codec.unstructure(registrations[index * size : (index + 1) * size])
    return {**codec.unstructure(shown), "registrations": listed}
