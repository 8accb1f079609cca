"""What an event of an iCalendar file is about: everything but when it takes place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from cronofy_async.models.events import (
    Attendee,
    EventStatus,
    Location,
    Organizer,
    ParticipationStatus,
    Transparency,
)

__all__ = ("details", "problems", "several", "text_of")

_STATUS: Final = {
    "CONFIRMED": EventStatus.CONFIRMED,
    "TENTATIVE": EventStatus.TENTATIVE,
    "CANCELLED": EventStatus.CANCELLED,
}
_REPLIES: Final = {
    "NEEDS-ACTION": ParticipationStatus.NEEDS_ACTION,
    "ACCEPTED": ParticipationStatus.ACCEPTED,
    "DECLINED": ParticipationStatus.DECLINED,
    "TENTATIVE": ParticipationStatus.TENTATIVE,
}
_NEEDED: Final = (
    *("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"),
    # What is no property at all may be the rest of one that is needed.
    None,
)
_HIDDEN: Final = ("PRIVATE", "CONFIDENTIAL")


def details(raw: Any, owner: Collection[str]) -> dict[str, Any]:
    """
    The details of a component, by the attributes of `DescribedEvent`.

    Args:
        raw: The component, as ``icalendar`` read it.
        owner: The addresses of whoever's calendar it is, in lower case.
    """
    organizer = _organizer(raw)
    status, invited = _reply(raw, organizer, owner)
    place, position = text_of(raw, "LOCATION"), _position(raw)
    known = place is not None or position != (None, None)
    is_free = (text_of(raw, "TRANSP") or "").upper() == "TRANSPARENT"
    return {
        "summary": text_of(raw, "SUMMARY") or "",
        "description": text_of(raw, "DESCRIPTION") or "",
        "location": Location(description=place, lat=position[0], long=position[1])
        if known
        else None,
        "url": text_of(raw, "URL"),
        "transparency": Transparency.TRANSPARENT if is_free else Transparency.OPAQUE,
        "status": _STATUS.get((text_of(raw, "STATUS") or "").upper(), EventStatus.CONFIRMED),
        "participation_status": status,
        "invited": invited,
        "attendees": tuple(_attendee(each) for each in several(raw, "ATTENDEE")),
        "organizer": organizer,
        "categories": tuple(
            str(each) for group in several(raw, "CATEGORIES") for each in group.cats
        ),
        "event_private": (text_of(raw, "CLASS") or "").upper() in _HIDDEN,
        "created": _created(raw),
    }


def problems(raw: Any) -> list[str]:
    """
    What cannot be read of a component and matters; whatever else cannot be is taken out.

    Google's calendar, for one, writes a ``CREATED`` in the year 0.
    """
    # Decision.ICS_BROKEN
    for name in {name for name, _ in raw.errors if name not in _NEEDED}:
        raw.pop(name, None)
    return [f"{name}: {text}" for name, text in raw.errors if name in _NEEDED]


def _reply(raw: Any, organizer: Organizer | None, owner: Collection[str]) -> tuple[str, bool]:
    """What the calendar's owner replied, and whether they were invited."""
    # Decision.ICS_REPLY
    if organizer is None or (organizer.email or "").lower() in owner:
        return ParticipationStatus.ACCEPTED, False
    for each in several(raw, "ATTENDEE"):
        attendee = _attendee(each)
        if (attendee.email or "").lower() in owner and attendee.status is not None:
            return attendee.status, True
    return ParticipationStatus.ACCEPTED, False


def several(raw: Any, name: str) -> list[Any]:
    """The properties of a name, be it none, one or more."""
    found = raw.get(name)
    return [] if found is None else found if isinstance(found, list) else [found]


def text_of(raw: Any, name: str) -> str | None:
    """The first property of a name, as text."""
    found = several(raw, name)
    return str(found[0]) if found else None


def _address(value: Any) -> str:
    text = str(value)
    given = value.params.get("EMAIL")
    if given is not None:
        return str(given)
    return unquote(text[len("mailto:") :]) if text.lower().startswith("mailto:") else text


def _organizer(raw: Any) -> Organizer | None:
    for each in several(raw, "ORGANIZER"):
        return Organizer(email=_address(each), display_name=_name(each))
    return None


def _attendee(value: Any) -> Attendee:
    status = str(value.params.get("PARTSTAT", "NEEDS-ACTION")).upper()
    return Attendee(
        email=_address(value),
        display_name=_name(value),
        status=_REPLIES.get(status, ParticipationStatus.UNKNOWN),
    )


def _name(value: Any) -> str | None:
    name = value.params.get("CN")
    return None if name is None else str(name)


def _position(raw: Any) -> tuple[str | None, str | None]:
    for each in several(raw, "GEO"):
        return str(each.latitude), str(each.longitude)
    return None, None


def _created(raw: Any) -> datetime | None:
    created = raw.get("CREATED")
    value = None if created is None else created.dt
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(UTC).replace(microsecond=0)
