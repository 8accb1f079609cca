"""Listing and creating calendars."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Operation, Retry
from ..core.unset import UNSET, Unset
from ..models.calendars import Calendar
from .checks import hex_color, not_empty

__all__ = ("CreateCalendar", "ListCalendars")


@attrs.frozen(kw_only=True)
class ListCalendars(
    Operation[list[Calendar]],
    method="GET",
    path="/v1/calendars",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/calendars/list-calendars/",
    envelope="calendars",
):
    """
    List the calendars of an account, over all its profiles.

    Answer: every calendar, also deleted ones, with `calendar_deleted` true.

    Raises:
        AuthenticationError: The access token is expired and could not be renewed.

    Source: /developers/api/calendars/list-calendars/
    """


@attrs.frozen(kw_only=True)
class CreateCalendar(
    Operation[Calendar],
    method="POST",
    path="/v1/calendars",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/calendars/create-calendar/",
    envelope="calendar",
    lookup="list_calendars shows whether there is a calendar of that name",
):
    """
    Create a calendar in one of an account's profiles; needs the scope ``create_calendar``.

    Answer: the new calendar.

    Args:
        profile_id: The profile to create it in, from `ListCalendars`.
        name: What people see.
        color: Six hex digits after a ``#``, for example ``#49BED8``. Left out, the
            provider chooses. Exchange and Office 365 ignore it; Outlook.com takes the
            nearest colour of its palette.

    Raises:
        InvalidRequestError: ``errors.duplicate_calendar_name`` under ``name``: the
            provider allows no two calendars of one name.
        PermissionDeniedError: The scope does not allow it.
        AccountLockedError: The profile cannot be written to at present.

    Source: /developers/api/calendars/create-calendar/
    """

    profile_id: str = attrs.field(validator=not_empty)
    name: str = attrs.field(validator=not_empty)
    color: str | Unset = attrs.field(default=UNSET, validator=hex_color)
