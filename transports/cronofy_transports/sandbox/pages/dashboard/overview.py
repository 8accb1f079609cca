"""The first page: what the sandbox is, what time it is there, and beginning again."""

from __future__ import annotations

from typing import Final

from ...refusals import Invalid
from ..html import Html, text
from .frame import Action, Page, View, Visit
from .parts import button, definitions, entry, join, link, section, select, shown_moment
from .places import link_to

__all__ = ("PAGE",)

_UNITS: Final = {"60": "minutes", "3600": "hours", "86400": "days"}
_AT_ONCE: Final = {"60": "1 minute", "3600": "1 hour", "86400": "1 day", "604800": "1 week"}


def _show(visit: Visit) -> View:
    parts = (_clock(visit), _contents(visit), _application(visit), _reset(visit))
    return View(title="Overview", body=join('<div class="columns">\n', *parts, "</div>\n"))


def _clock(visit: Visit) -> Html:
    quick = (button(words, name="seconds", value=value) for value, words in _AT_ONCE.items())
    return section(
        "Clock",
        f"<p>It is <strong>{shown_moment(visit.world.now())}</strong>. "
        "Time goes by, and can be moved forward.</p>\n",
        visit.form(
            "advance",
            '<div class="row">\n',
            entry("Move on by", "number", kind="number", value="1", min="1", step="1"),
            select("Unit", "unit", _UNITS, "3600"),
            button("Move on", look="main"),
            "</div>\n",
        ),
        visit.form("advance", '<p>Or by</p>\n<div class="actions">\n', *quick, "</div>\n"),
    )


def _contents(visit: Visit) -> Html:
    world, arranged = visit.world, visit.world.arrangements
    channels = sum(not each.closed for listed in world.channels.values() for each in listed)
    counts = {
        "Accounts": (len(world.accounts), "accounts"),
        "Open channels": (channels, "channels"),
        "Callbacks waiting": (len(world.outbox.open()), "channels"),
        "Smart invites": (len(arranged.invites), "arranged"),
        "Requests so far": (len(visit.sandbox.journal), "journal"),
        "Faults": (len(visit.sandbox.faults), "faults"),
    }
    return section(
        "What is in it",
        definitions(
            {
                name: link(link_to(page), str(number), f"{name}: see them")
                for name, (number, page) in counts.items()
            }
        ),
    )


def _application(visit: Visit) -> Html:
    application = visit.sandbox.application
    secrets = ", ".join(f"<code>{text(each)}</code>" for each in application.secrets)
    return section(
        "Application",
        definitions(
            {
                "Name": application.name,
                "API URL": Html(f"<code>{text(visit.world.origin)}</code>"),
                "client_id": Html(f"<code>{text(application.client_id)}</code>"),
                "client_secret": Html(f"<details><summary>Show it</summary>{secrets}</details>"),
            }
        ),
    )


def _reset(visit: Visit) -> Html:
    return section(
        "Begin again",
        "<p>Makes the world as it was at the start. Everything that was done since is gone, "
        "and every token; the application keeps its id and secret.</p>\n",
        "<details><summary>Begin again</summary>\n",
        visit.form("reset", button("Yes, forget everything", look="bad")),
        "</details>\n",
    )


def _advance(visit: Visit) -> None:
    given = visit.given
    try:
        seconds = (
            float(given["seconds"])
            if "seconds" in given
            else float(given.get("number", "")) * int(given.get("unit", ""))
        )
    except ValueError:
        raise Invalid.field("number", "must be a number") from None
    visit.control.advance(seconds)


def _begin_again(visit: Visit) -> None:
    visit.control.reset()


PAGE: Final = Page(
    show=_show,
    menu="Overview",
    actions={
        "advance": Action(_advance, "The clock was moved on."),
        "reset": Action(_begin_again, "The sandbox has begun again."),
    },
)
