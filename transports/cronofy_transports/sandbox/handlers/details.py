"""From the details of a call that writes an event to the values of an event."""

from __future__ import annotations

from typing import Any

import attrs

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.event_details import AttendeeChanges
from cronofy_async.models.events import ExtendedTransparency, Transparency
from cronofy_async.operations.event_fields import EventDetails

from ..moments import span
from ..refusals import Invalid
from ..state import DERIVED
from ..state.accounts import Account
from ..state.events import Attendee, Event

__all__ = ("BLANK", "values")

_FREE = frozenset({ExtendedTransparency.TRANSPARENT, ExtendedTransparency.WORKING_ELSEWHERE})

_KEPT = ("color", "locale", "meeting_agent", "attachments")

BLANK: dict[str, Any] = {
    field.name: field.default
    for field in attrs.fields(Event)
    if field.default is not attrs.NOTHING
    and not isinstance(field.default, attrs.Factory)  # type: ignore[arg-type]  # a class at run time
    and field.name not in ("owner", "event_id", "created", "updated")
    # The count of its changes goes on, so that nothing kept of it is taken for what it is now.
    and field.metadata != DERIVED
}
"""What an event is like before anything but its time and summary is written."""


def values(asked: EventDetails, event: Event | None, account: Account) -> dict[str, Any]:
    """
    The values that a call gives an event; what it leaves out is left as it is.

    Args:
        asked: The call.
        event: The event as it is; `None` if it is made by this call.
        account: Whose calendar it is in.

    Raises:
        Invalid: A detail or its time is impossible.
    """
    tzid = None if isinstance(asked.tzid, Unset) else asked.tzid
    result: dict[str, Any] = {"summary": asked.summary, **span(asked.start, asked.end, tzid)}
    for name, attribute in (("description", "description"), ("event_private", "private")):
        value = getattr(asked, name)
        if not isinstance(value, Unset):
            result[attribute] = value
    if not isinstance(asked.url, Unset):
        result["url"] = asked.url
    if not isinstance(asked.location, Unset):
        result |= {
            "location": asked.location.description,
            "lat": asked.location.lat,
            "long": asked.location.long,
        }
    if not isinstance(asked.tags, Unset):
        result["tags"] = tuple(tag.value for tag in asked.tags.private or ())
    if not isinstance(asked.attendees, Unset):
        result |= _attendees(asked.attendees, event, account)
    result |= _transparency(asked, is_new=event is None, all_day=result["all_day"])
    result["kept"] = _kept(asked, event)
    return result


def _transparency(asked: EventDetails, *, is_new: bool, all_day: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if not isinstance(asked.extended_transparency, Unset):
        free = asked.extended_transparency in _FREE
        result["extended_transparency"] = asked.extended_transparency
        result["transparency"] = Transparency.TRANSPARENT if free else Transparency.OPAQUE
    if not isinstance(asked.transparency, Unset):
        result.setdefault("extended_transparency", None)
        result["transparency"] = asked.transparency
    if not result and is_new:
        result["transparency"] = Transparency.TRANSPARENT if all_day else Transparency.OPAQUE
    return result


def _attendees(
    changes: AttendeeChanges, event: Event | None, account: Account
) -> dict[str, tuple[Attendee, ...] | Attendee]:
    if changes.invite and account.is_application_calendar:
        raise Invalid.field("attendees", "cannot be invited by an application calendar")
    invited = {each.email.lower(): each for each in (event.attendees if event else ())}
    for gone in changes.remove or ():
        invited.pop(gone.email.lower(), None)
    for new in changes.invite or ():
        before = invited.get(new.email.lower())
        invited[new.email.lower()] = Attendee(
            email=new.email,
            display_name=new.display_name or (before.display_name if before else None),
            **({"status": before.status} if before else {}),
        )
    result: dict[str, tuple[Attendee, ...] | Attendee] = {"attendees": tuple(invited.values())}
    if invited and account.email is not None:
        result["organizer"] = Attendee(email=account.email, display_name=account.name)
    return result


def _kept(asked: EventDetails, event: Event | None) -> dict[str, Any]:
    kept = dict(event.kept) if event is not None else {}
    for name in _KEPT:
        value = getattr(asked, name, Unset.UNSET)
        if not isinstance(value, Unset):
            kept[name] = codec.unstructure(value)
    only_at_first = asked.reminders_create_only is True and event is not None
    if not isinstance(asked.reminders, Unset) and not only_at_first:
        kept["reminders"] = codec.unstructure(asked.reminders)
    return kept
