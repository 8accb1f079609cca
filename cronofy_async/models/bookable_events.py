"""Events of the application itself, with places that people register for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum
from ..core.errors import InvalidArgumentError
from .times import Moment

__all__ = (
    "BookableEvent",
    "BookableEventRegistration",
    "BookableEventStatus",
    "Registration",
    "RegistrationOptions",
    "RegistrationPages",
    "RegistrationStatus",
    "WritableBookableEventStatus",
    "WritableRegistrationStatus",
)

WritableBookableEventStatus: TypeAlias = Literal["confirmed", "cancelled"]
"""Whether an event takes place. Source: /developers/api/scheduling/bookable-events/create/"""

WritableRegistrationStatus: TypeAlias = Literal[
    "pending", "accepted", "tentative", "declined", "removed"
]
"""Whether somebody has a place."""

_MOST_PLACES: Final = 256


def _places(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_PLACES:
        raise InvalidArgumentError(
            field.name, f"is {value!r}", f"give a number from 1 to {_MOST_PLACES}"
        )


@attrs.frozen
class RegistrationOptions:
    """
    How people register for an event.

    Args:
        capacity: How many may be accepted, from 1 to 256.

    Raises:
        InvalidArgumentError: *capacity* is out of bounds.

    Source: /developers/api/scheduling/bookable-events/create/
    """

    capacity: int = attrs.field(validator=_places)


class BookableEventStatus(OpenEnum):
    """Whether an event takes place. Source: /developers/api/scheduling/bookable-events/read/"""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class RegistrationStatus(OpenEnum):
    """
    Whether somebody has a place.

    Source: /developers/api/scheduling/bookable-events/registrations/upsert/
    """

    PENDING = "pending"
    """It is to be confirmed."""
    ACCEPTED = "accepted"
    """They have a place."""
    TENTATIVE = "tentative"
    """They may come."""
    DECLINED = "declined"
    """They do not come."""
    REMOVED = "removed"
    """They were taken off the list."""


@attrs.frozen(kw_only=True)
class Registration:
    """
    Somebody's place at an event.

    Attributes:
        registration_id: Your id of it.
        status: Whether they have a place.
        metadata: What you keep with it; absent once it is removed.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    registration_id: str
    status: RegistrationStatus | None = None
    metadata: Mapping[str, Any] | None = None


@attrs.frozen(kw_only=True)
class RegistrationPages:
    """
    Where a page of registrations stands among them.

    Attributes:
        current: Its number, from 1.
        total: How many pages there are.
        next_page: Where the next one is, whose last segment is for `GetRegistrationsPage`;
            absent on the last one.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    current: int | None = None
    total: int | None = None
    next_page: str | None = None


@attrs.frozen(kw_only=True)
class BookableEventRegistration:
    """
    Who registered for an event.

    Attributes:
        capacity: How many may be accepted; absent if any number may.
        registered_count: How many are accepted.
        total_count: How many there are, whatever their status; absent when the event has
            just been made.
        registrations: The first page of them.
        pages: Where that page stands, if there are more.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    capacity: int | None = None
    registered_count: int | None = None
    total_count: int | None = None
    registrations: tuple[Registration, ...] = ()
    pages: RegistrationPages | None = None


@attrs.frozen(kw_only=True)
class BookableEvent:
    """
    An event that people register for. Beta.

    Attributes:
        bookable_event_id: Your id of it.
        start: When it starts, in UTC.
        end: When it ends, exclusive, in UTC.
        status: Whether it takes place.
        registration: Who registered for it.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    bookable_event_id: str
    start: Moment | None = None
    end: Moment | None = None
    status: BookableEventStatus | None = None
    registration: BookableEventRegistration | None = None
