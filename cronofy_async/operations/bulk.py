"""Deleting many events at once, and answering an invitation."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..core.operation import Credential, Operation, Retry
from ..models.shorthands import are_filled, one_of, strings
from .checks import not_empty, one_or_more

__all__ = ("ChangeParticipationStatus", "DeleteAllEvents", "DeleteEventsOfCalendars")

# What may be answered; what may be read is a `ParticipationStatus`.
_Reply: TypeAlias = Literal["accepted", "tentative", "declined"]


@attrs.frozen(kw_only=True)
class DeleteAllEvents(
    Operation[None],
    method="DELETE",
    path="/v1/events",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/events/bulk-delete-events/",
    fixed={"delete_all": True},
):
    """
    Delete every event that the application created in any calendar of an account.

    Needs the scope ``delete_event``. Events that it did not create stay.

    Answer: nothing, as the service carries it out a little later.

    Raises:
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/bulk-delete-events/
    """


@attrs.frozen(kw_only=True)
class DeleteEventsOfCalendars(
    Operation[None],
    method="DELETE",
    path="/v1/events",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/events/bulk-delete-events/",
    selector="calendar_ids",
):
    """
    Delete every event that the application created in some calendars of an account.

    Needs the scope ``delete_event``. Events that it did not create stay.

    Answer: nothing, as the service carries it out a little later.

    Args:
        calendar_ids: The calendars, at least one; one needs no list.

    Raises:
        InvalidArgumentError: There is no calendar, or an id is empty.
        InvalidRequestError: ``errors.invalid_calendar_ids`` under ``calendar_ids``: one is
            not known.
        PermissionDeniedError: The scope does not allow it.

    Source: /developers/api/events/bulk-delete-events/
    """

    calendar_ids: tuple[str, ...] = attrs.field(
        converter=strings, validator=[one_or_more, are_filled]
    )


@attrs.frozen(kw_only=True)
class ChangeParticipationStatus(
    Operation[None],
    method="POST",
    path="/v1/calendars/{calendar_id}/events/{event_uid}/participation_status",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/events/participation-status/",
):
    """
    Answer an invitation in the name of an account's owner.

    Needs the scope ``change_participation_status``, a calendar that can be written to, and
    an event whose `options` allow it. With Exchange and Office 365, an event that is
    declined disappears from the calendar.

    Answer: nothing, as the service carries it out a little later.

    Args:
        calendar_id: The calendar the event is in.
        event_uid: Cronofy's id of the event; not the application's own.
        status: ``accepted``, ``tentative`` or ``declined``.

    Raises:
        InvalidArgumentError: An id is empty, or the status is not one of the three.
        NotFoundError: The calendar or the event is unknown.
        PermissionDeniedError: The scope, the calendar or the event does not allow it.

    Source: /developers/api/events/participation-status/
    """

    calendar_id: str = attrs.field(validator=not_empty)
    event_uid: str = attrs.field(validator=not_empty)
    status: _Reply = attrs.field(validator=one_of(_Reply))
