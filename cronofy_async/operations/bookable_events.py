"""Events of the application itself, with places that people register for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from ..core import codec
from ..core.errors import DecodeError, InvalidArgumentError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.bookable_events import (
    BookableEvent,
    BookableEventRegistration,
    RegistrationOptions,
    WritableBookableEventStatus,
    WritableRegistrationStatus,
)
from ..models.checks import utc
from ..models.shorthands import one_of
from ..models.times import Moment
from .checks import instance, not_empty

__all__ = (
    "DeleteRegistration",
    "GetBookableEvent",
    "GetRegistrationsPage",
    "UpsertBookableEvent",
    "UpsertRegistration",
)

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")
_MOST_METADATA: Final = 10


def _plain_id(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise InvalidArgumentError(
            field.name,
            "is empty or holds other characters",
            "use letters and digits of ASCII, underscores and hyphens",
        )


def _start(value: datetime) -> datetime:
    return utc("start", value)


def _end(value: datetime) -> datetime:
    return utc("end", value)


def _registration(value: int | RegistrationOptions) -> RegistrationOptions:
    if isinstance(value, int):
        return RegistrationOptions(value)
    return value


def _metadata(value: Mapping[str, Any] | Unset) -> Mapping[str, Any] | Unset:
    if isinstance(value, Unset):
        return UNSET
    if not isinstance(value, Mapping):
        raise InvalidArgumentError(
            "metadata", f"{type(value).__name__} is no mapping", "give a dict"
        )
    if len(value) > _MOST_METADATA:
        raise InvalidArgumentError(
            "metadata", f"has {len(value)} entries", f"give at most {_MOST_METADATA}"
        )
    return dict(value)


@attrs.frozen(kw_only=True)
class UpsertBookableEvent(
    Operation[BookableEvent],
    method="POST",
    path="/v1/bookable_events",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/bookable-events/create/",
    stability=Stability.BETA,
):
    """
    Make an event that people can register for, or change the one with the same id. Beta.

    Answer: the event, with its registrations.

    Args:
        bookable_event_id: Your id of it, of letters and digits of ASCII, underscores and
            hyphens.
        start: When it starts, inclusive: an aware datetime of whole seconds.
        end: When it ends, exclusive, in the same form.
        status: ``confirmed``, or ``cancelled`` to call it off.
        registration: How many places it has, from 1 to 256; an int, or
            `RegistrationOptions`.

    Raises:
        InvalidArgumentError: The id has other characters, a time is naive or has a
            fraction of a second, or the number of places is out of bounds.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/bookable-events/create/
    """

    bookable_event_id: str = attrs.field(validator=_plain_id)
    start: Moment = attrs.field(converter=_start)
    end: Moment = attrs.field(converter=_end)
    status: WritableBookableEventStatus = attrs.field(validator=one_of(WritableBookableEventStatus))
    registration: RegistrationOptions = attrs.field(
        converter=_registration, validator=instance(RegistrationOptions)
    )


@attrs.frozen(kw_only=True)
class GetBookableEvent(
    Operation[BookableEvent],
    method="GET",
    path="/v1/bookable_events/{bookable_event_id}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/scheduling/bookable-events/read/",
    stability=Stability.BETA,
):
    """
    Read an event that people can register for. Beta.

    Answer: the event, with the first page of its registrations; `GetRegistrationsPage`
    reads the others.

    Args:
        bookable_event_id: Your id of it.

    Raises:
        NotFoundError: There is no such event.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    bookable_event_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class GetRegistrationsPage(
    Operation[BookableEventRegistration],
    method="GET",
    path="/v1/bookable_events/{bookable_event_id}/registrations/pages/{page}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/scheduling/bookable-events/read/",
    stability=Stability.BETA,
):
    """
    Read a further page of the registrations for an event. Beta.

    Answer: the page, in `registrations`, and in `pages` whether another follows. The
    reference does not show the answer: it is read with or without the event around it.

    Args:
        bookable_event_id: Your id of the event.
        page: The last segment of the path of ``registration.pages.next_page``.

    Raises:
        NotFoundError: There is no such event or page.
        DecodeError: The answer holds no registrations.

    Source: /developers/api/scheduling/bookable-events/read/
    """

    bookable_event_id: str = attrs.field(validator=not_empty)
    page: str = attrs.field(validator=not_empty)

    def read_body(self, body: bytes) -> BookableEventRegistration:
        """Read the page, with or without the event around it."""
        raw = codec.load(body)
        inner = raw.get("registration", raw) if isinstance(raw, dict) else raw
        if not isinstance(inner, dict) or "registrations" not in inner:
            raise DecodeError("the answer has no registrations", ("registrations",))
        page: BookableEventRegistration = codec.structure(inner, BookableEventRegistration)
        return page


@attrs.frozen(kw_only=True)
class UpsertRegistration(
    Operation[BookableEvent],
    method="POST",
    path="/v1/bookable_events/{bookable_event_id}/registrations",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/bookable-events/registrations/upsert/",
    stability=Stability.BETA,
):
    """
    Register somebody for an event, or change the registration with the same id. Beta.

    Answer: the event, with its registrations.

    Args:
        bookable_event_id: Your id of the event.
        registration_id: Your id of the registration, of letters and digits of ASCII,
            underscores and hyphens.
        status: ``accepted`` takes up a place; ``pending``, ``tentative``, ``declined`` and
            ``removed`` do not.
        metadata: What you want to keep with it, at most 10 entries. Left out: nothing.

    Raises:
        InvalidArgumentError: The id has other characters, or the metadata has too many
            entries.
        InvalidRequestError: The service refuses a value; `errors` says which.
        NotFoundError: There is no such event.

    Source: /developers/api/scheduling/bookable-events/registrations/upsert/
    """

    bookable_event_id: str = attrs.field(validator=not_empty)
    registration_id: str = attrs.field(validator=_plain_id)
    status: WritableRegistrationStatus = attrs.field(validator=one_of(WritableRegistrationStatus))
    metadata: Mapping[str, Any] | Unset = attrs.field(default=UNSET, converter=_metadata)


@attrs.frozen(kw_only=True)
class DeleteRegistration(
    Operation[BookableEvent],
    method="DELETE",
    path="/v1/bookable_events/{bookable_event_id}/registrations/{registration_id}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/bookable-events/registrations/delete/",
    stability=Stability.BETA,
):
    """
    Take somebody off an event, and drop what was kept with the registration. Beta.

    Answer: the event; the registration stands in it this once, as ``removed``.

    Args:
        bookable_event_id: Your id of the event.
        registration_id: Your id of the registration.

    Raises:
        NotFoundError: There is no such event or registration.

    Source: /developers/api/scheduling/bookable-events/registrations/delete/
    """

    bookable_event_id: str = attrs.field(validator=not_empty)
    registration_id: str = attrs.field(validator=not_empty)
