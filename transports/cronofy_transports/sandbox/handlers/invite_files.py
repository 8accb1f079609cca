"""
The files of smart invites: what a mail program makes of them.

Source: RFC 5545, RFC 5546 sections 3.2.2 and 3.2.5, /developers/smart-invites/sending/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from cronofy_async.core.unset import Unset
from cronofy_async.models.smart_invites import InviteReply, InviteStatus, SmartInviteEvent

from .. import icalendar
from ..icalendar import Component, Property
from ..moments import moment, span, to_day
from ..state.invites import Invite

__all__ = ("invite_file", "removal_file")

_PRODUCT: Final = "-//Cronofy sandbox//Smart invites//EN"

_PARTICIPATION: Final = {
    InviteStatus.PENDING: "NEEDS-ACTION",
    InviteStatus.ACCEPTED: "ACCEPTED",
    InviteStatus.TENTATIVE: "TENTATIVE",
    InviteStatus.DECLINED: "DECLINED",
}


def invite_file(invite: Invite, now: int) -> str:
    """The file that invites, or that calls the event off if the invite is cancelled."""
    if invite.cancelled:
        return _file("CANCEL", invite, invite.recipients.values(), "CANCELLED", now)
    return _file("REQUEST", invite, invite.recipients.values(), "CONFIRMED", now)


def removal_file(invite: Invite, removed: InviteReply, now: int) -> str:
    """The file for somebody who is no longer invited, while the event takes place."""
    # The event has no status here: CANCELLED would call it off for everybody.
    return _file("CANCEL", invite, (removed,), None, now)


def _file(
    method: Literal["REQUEST", "CANCEL"],
    invite: Invite,
    recipients: Iterable[InviteReply],
    status: str | None,
    now: int,
) -> str:
    event = invite.event
    contents: list[Property | Component] = [
        Property("UID", invite.uid),
        Property("DTSTAMP", icalendar.moment(moment(now))),
        Property("SEQUENCE", str(invite.sequence)),
        *_times(event),
        Property("SUMMARY", icalendar.text(event.summary)),
        *_details(event),
        *(() if status is None else (Property("STATUS", status),)),
        _organizer(invite),
        *(_attendee(each) for each in recipients),
    ]
    if method == "REQUEST":
        contents += _alarms(event)
    return icalendar.write(
        Component(
            "VCALENDAR",
            [
                Property("VERSION", "2.0"),
                Property("PRODID", _PRODUCT),
                Property("CALSCALE", "GREGORIAN"),
                Property("METHOD", method),
                Component("VEVENT", contents),
            ],
        )
    )


def _times(event: SmartInviteEvent) -> Iterator[Property]:
    times = span(event.start, event.end, None if isinstance(event.tzid, Unset) else event.tzid)
    for name, seconds in (("DTSTART", times["start"]), ("DTEND", times["end"])):
        if times["all_day"]:
            yield Property(name, icalendar.day(to_day(seconds)), {"VALUE": "DATE"})
        else:
            # Decision.INVITE_TIMES
            yield Property(name, icalendar.moment(moment(seconds)))


def _details(event: SmartInviteEvent) -> Iterator[Property]:
    if not isinstance(event.description, Unset):
        yield Property("DESCRIPTION", icalendar.text(event.description))
    if not isinstance(event.location, Unset):
        if event.location.description is not None:
            yield Property("LOCATION", icalendar.text(event.location.description))
        position = _position(event.location.lat), _position(event.location.long)
        if None not in position:
            yield Property("GEO", f"{position[0]};{position[1]}")
    if not isinstance(event.url, Unset):
        yield Property("URL", icalendar.url(event.url))
    if not isinstance(event.transparency, Unset):
        yield Property("TRANSP", event.transparency.upper())


def _position(degrees: str | None) -> str | None:
    try:
        return None if degrees is None else f"{float(degrees):.6f}"
    except ValueError:
        return None


def _organizer(invite: Invite) -> Property:
    # Decision.INVITE_ORGANIZER
    mailbox = icalendar.address(invite.uid)
    who = invite.organizer
    parameters = {} if who is None else {"CN": who.name, "EMAIL": who.email}
    return Property("ORGANIZER", mailbox, parameters)


def _attendee(recipient: InviteReply) -> Property:
    status = recipient.status or InviteStatus.PENDING
    parameters: dict[str, Any] = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": _PARTICIPATION[status],
        "RSVP": "TRUE",
    }
    return Property("ATTENDEE", icalendar.address(recipient.email or ""), parameters)


def _alarms(event: SmartInviteEvent) -> Iterator[Component]:
    for reminder in () if isinstance(event.reminders, Unset) else event.reminders:
        yield Component(
            "VALARM",
            [
                Property("ACTION", "DISPLAY"),
                Property("DESCRIPTION", icalendar.text(event.summary)),
                Property("TRIGGER", f"-PT{reminder.minutes}M"),
            ],
        )
