"""One account: a week of its calendars, and events made as their owner makes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from ...moments import wall_clock
from ...refusals import Invalid, NotFound
from ...state.accounts import Account
from ..html import Html
from .accounts import name_of
from .frame import Action, Page, View, Visit
from .parts import button, entry, join, link, section, select
from .places import link_to
from .times import day_from, given_times, time_fields
from .week import Week, week_table

__all__ = ("KINDS", "PAGE")

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "busy": {},
    "free": {"transparency": "transparent"},
    "tentative": {"status": "tentative"},
}
"""What an event can be shown as, and the details that make it so."""

_WEEK: Final = timedelta(days=7)


def _show(visit: Visit) -> View:
    account = _account(visit)
    today = wall_clock(visit.world.now(), account.zoneinfo).date()
    week = Week.of(account, day_from(visit.query("week"), today))
    steps = (
        link(visit.here(week=str(week.monday - _WEEK)), "Week before"),
        link(visit.here(week=None), "This week"),
        link(visit.here(week=str(week.monday + _WEEK)), "Week after"),
    )
    listed = "".join(f"<li>{each}</li>\n" for each in steps)
    return View(
        title=name_of(account),
        body=join(
            section(
                f"{_written(week.monday)} to {_written(week.days[-1])}",
                f'<nav aria-label="Weeks">\n<ul>\n{listed}</ul>\n</nav>\n',
                week_table(week, today),
            ),
            _new_event(visit, week, today),
        ),
    )


def _written(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _account(visit: Visit) -> Account:
    account = visit.world.accounts.get(visit.query("sub"))
    if account is None:
        raise NotFound
    return account


def _new_event(visit: Visit, week: Week, today: date) -> Html:
    calendars = {each.calendar_id: each.name or each.calendar_id for each in week.calendars()}
    if not calendars:
        return section("New event", '<p class="none">There is no calendar to put one into.</p>\n')
    kept = visit.given
    day = today if today in week.days else week.monday
    start = datetime.combine(day, time(12))
    kinds = {each: each.capitalize() for each in KINDS}
    return section(
        "New event",
        '<p class="hint">As the owner of the calendar makes it: the application is told.</p>\n',
        visit.form(
            "create",
            '<div class="columns">\n<div>\n',
            entry("Title", "summary", value=kept.get("summary", ""), required=""),
            select("Calendar", "calendar_id", calendars, kept.get("calendar_id", "")),
            select("Shown as", "kind", kinds, kept.get("kind", "")),
            entry(
                "Invited by",
                "invited_by",
                kind="email",
                value=kept.get("invited_by", ""),
                hint="The address of whoever invited the owner; empty for an event of their own.",
            ),
            "</div>\n<div>\n",
            _times(kept, start, week.account.zoneinfo),
            "</div>\n</div>\n",
            button("Create the event", look="main"),
        ),
    )


def _times(kept: Mapping[str, str], start: datetime, tzid: str) -> Html:
    try:
        first, last = (datetime.fromisoformat(kept[name]) for name in ("start", "end"))
    except (KeyError, ValueError):
        first, last = start, start + timedelta(hours=1)
    return time_fields(first, last, tzid, all_day=kept.get("all_day") == "yes")


def _create(visit: Visit) -> str:
    given, account = visit.given, _account(visit)
    summary, calendar_id = given.get("summary", "").strip(), given.get("calendar_id", "")
    if not summary:
        raise Invalid.field("title", "must be specified")
    if calendar_id not in {each.calendar_id for each in account.calendars()}:
        raise Invalid.field("calendar", "must be one of this account")
    start, end = given_times(given)
    details: dict[str, Any] = dict(KINDS.get(given.get("kind", ""), {}))
    invited_by = given.get("invited_by", "").strip()
    if invited_by:
        details |= {"invited_by": invited_by, "participation_status": "needs_action"}
    visit.control.create_event(calendar_id, summary, start, end, tzid=account.zoneinfo, **details)
    shown = start.date() if isinstance(start, datetime) else start
    return link_to("account", sub=account.sub, week=str(shown))


PAGE: Final = Page(show=_show, actions={"create": Action(_create, "The event was made.")})
