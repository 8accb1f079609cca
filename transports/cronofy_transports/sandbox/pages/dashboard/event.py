"""One event: what it is, and what its calendar's owner does to it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ...moments import to_day, wall_clock
from ...refusals import NotFound
from ...state.events import Event
from ..html import Html, text
from .accounts import name_of
from .frame import Action, Page, View, Visit
from .parts import button, definitions, join, link, section, select, shown_moment
from .places import link_to
from .times import given_times, time_fields, times_of

__all__ = ("PAGE",)

_REPLIES: Final = {each: each for each in ("accepted", "tentative", "declined")}


def _show(visit: Visit) -> View:
    event = _event(visit)
    parts = [_details(event)]
    if event.deleted:
        parts.append(section("Cancelled", "<p>The owner has deleted this event.</p>\n"))
    else:
        parts += [_move(visit, event), _respond(visit, event), _reply(visit, event)]
        parts.append(_cancel(visit))
    return View(
        title=event.summary or "(no title)",
        body=join(
            f"<p>{link(_week_of(event), 'Back to the week')}</p>\n",
            '<div class="columns">\n',
            *parts,
            "</div>\n",
        ),
    )


def _event(visit: Visit) -> Event:
    uid = visit.query("uid")
    for calendar in visit.world.calendars.values():
        event = calendar.events.get(uid)
        if event is not None:
            return event
    raise NotFound


def _week_of(event: Event) -> str:
    account = event.calendar.account
    day = to_day(event.start) if event.all_day else _clock(event).date()
    return link_to("account", sub=account.sub, week=str(day))


def _clock(event: Event) -> datetime:
    return wall_clock(event.start, event.calendar.account.zoneinfo)


def _details(event: Event) -> Html:
    account = event.calendar.account
    start, end = times_of(event, account.zoneinfo)
    if event.all_day:
        when = f"{start.date()} to {end.date()}, all day"
    else:
        when = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} in {account.zoneinfo}"
    owner = "the application" if event.managed else "a person"
    known = {
        "Account": link(link_to("account", sub=account.sub), name_of(account)),
        "Calendar": event.calendar.name or event.calendar.calendar_id,
        "When": when,
        "Where": event.location or "",
        "Description": event.description,
        "Made by": owner,
        "event_id": event.event_id or "",
        "event_uid": Html(f"<code>{text(event.uid)}</code>"),
        "Status": event.status,
        "The owner's reply": event.participation_status.replace("_", " "),
        "Shown as": "free" if event.transparency == "transparent" else "busy",
        "Attendees": ", ".join(f"{each.email} ({each.status})" for each in event.attendees),
        "Changed": shown_moment(event.updated),
    }
    return section("Details", definitions({name: said for name, said in known.items() if said}))


def _move(visit: Visit, event: Event) -> Html:
    tzid = event.calendar.account.zoneinfo
    start, end = times_of(event, tzid)
    return section(
        "Move it",
        visit.form(
            "move",
            time_fields(start, end, tzid, all_day=event.all_day),
            button("Move the event", look="main"),
        ),
    )


def _reply(visit: Visit, event: Event) -> Html:
    if not event.attendees:
        return Html("")
    people = {each.email: each.email for each in event.attendees}
    return section(
        "Have somebody reply",
        visit.form(
            "reply",
            select("Attendee", "email", people),
            select("Reply", "status", _REPLIES),
            button("Send the reply"),
        ),
    )


def _respond(visit: Visit, event: Event) -> Html:
    if not event.invited:
        return Html("")
    return section(
        "Have the owner reply",
        visit.form(
            "respond",
            select("Reply", "status", _REPLIES, event.participation_status),
            button("Send the owner's reply"),
        ),
    )


def _cancel(visit: Visit) -> Html:
    return section(
        "Cancel it",
        "<p>The owner deletes the event from the calendar.</p>\n",
        visit.form("cancel", button("Cancel the event", look="bad")),
    )


def _moved(visit: Visit) -> None:
    event = _event(visit)
    start, end = given_times(visit.given)
    visit.control.move_event(event.uid, start, end, event.calendar.account.zoneinfo)


def _cancelled(visit: Visit) -> str:
    event = _event(visit)
    visit.control.cancel_event(event.uid)
    return _week_of(event)


def _responded(visit: Visit) -> None:
    visit.control.respond(_event(visit).uid, visit.given.get("status", ""))


def _replied(visit: Visit) -> None:
    given = visit.given
    event_uid, email = _event(visit).uid, given.get("email", "")
    visit.control.reply(event_uid, email, given.get("status", ""))


PAGE: Final = Page(
    show=_show,
    actions={
        "move": Action(_moved, "The event was moved."),
        "cancel": Action(_cancelled, "The event was cancelled."),
        "respond": Action(_responded, "The owner's reply was taken."),
        "reply": Action(_replied, "The reply was taken."),
    },
)
