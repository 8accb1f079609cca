"""
The course of choosing a time: a list, a second look, and what came of it.

Source: /developers/scheduling/real-time-scheduling/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs

from cronofy_async.core.wire import Request, Response

from ..moments import moment, wall_clock
from ..refusals import Refusal
from ..world import World
from .forms import Button, Form, Option
from .html import Html, document, redirect, text

__all__ = ("Choice", "choose", "shown_day", "shown_time", "starts_of")

_HOURS: Final = {"h": "%Y-%m-%d %I:%M %p"}
_DAY_AND_HOURS: Final = "%Y-%m-%d %H:%M"


@attrs.frozen(kw_only=True)
class Choice:
    """
    Something that somebody is to choose.

    Attributes:
        title: What it is about.
        legend: What is asked.
        options: What there is to choose from; empty if nothing is left.
        take: Makes the choice; returns whether it was still to be had.
        leads_to: Where the browser goes after it; `None`: it stays.
        confirms: Whether the choice is shown once more before it is made.
        refuse: Says that none suits; `None` if that cannot be said.
    """

    title: str
    legend: str
    options: Sequence[Option]
    take: Callable[[str], bool]
    leads_to: str | None = None
    confirms: bool = True
    refuse: Callable[[], None] | None = None


def choose(world: World, request: Request, choice: Choice) -> Response:
    """Show what there is to choose, or act on what was chosen."""
    form = Form(world, request)
    if request.method != "POST":
        return _show(form, choice)
    given = form.given()
    if given is None:
        return form.refused()
    decision, chosen = given.get("decision"), given.get("choice", "")
    if decision == "none" and choice.refuse is not None:
        choice.refuse()
        return document(choice.title, Html("<p>Thank you. The application was told so.</p>"))
    if decision == "back":
        return _show(form, choice)
    option = next((each for each in choice.options if each.value == chosen), None)
    if option is not None and choice.confirms and decision != "confirm":
        return _confirm(form, choice, option)
    return _made(request, choice, option)


def _show(form: Form, choice: Choice) -> Response:
    if not choice.options:
        return document(choice.title, Html("<p>There is no time left to choose.</p>"))
    buttons = [Button("choose", "Continue" if choice.confirms else "Book")]
    if choice.refuse is not None:
        buttons.append(Button("none", "None of these suits", needs_choice=False))
    return form.page(
        choice.title,
        Html(""),
        buttons,
        legend=choice.legend,
        options=choice.options,
        leads_to=choice.leads_to,
    )


def _confirm(form: Form, choice: Choice, option: Option) -> Response:
    return form.page(
        choice.title,
        Html(f"<p>You have chosen {option.label}.</p>"),
        [Button("confirm", "Book"), Button("back", "Choose another time")],
        hidden={"choice": option.value},
        leads_to=choice.leads_to,
    )


def _made(request: Request, choice: Choice, option: Option | None) -> Response:
    try:
        taken = option is not None and choice.take(option.value)
    except Refusal:
        return document(choice.title, Html("<p>This time cannot be booked.</p>"), status=422)
    if not taken or option is None:
        again = f'<a href="{text(request.path)}">Choose another one</a>'
        gone = Html(f"<p>This time is no longer to be had. {again}.</p>")
        return document(choice.title, gone, status=409)
    if choice.leads_to is not None:
        return redirect(choice.leads_to)
    return document(choice.title, Html(f"<p>Booked for {option.label}.</p>"))


def shown_day(seconds: int, tzid: str) -> str:
    """The day that a moment falls on in a zone, for people."""
    return f"{wall_clock(seconds, tzid):%A} {wall_clock(seconds, tzid):%Y-%m-%d}"


def shown_time(seconds: int, tzid: str, hours: str | None = None) -> Html:
    """
    A moment, for people.

    Args:
        seconds: Since the epoch.
        tzid: The zone to show it in.
        hours: ``h`` for a clock of twelve hours.
    """
    shown = wall_clock(seconds, tzid).strftime(_HOURS.get(hours or "", _DAY_AND_HOURS))
    return Html(f'<time datetime="{moment(seconds).isoformat()}">{shown}</time>')


def starts_of(value: str) -> list[int]:
    """The starts that an option stands for: seconds since the epoch, with commas between."""
    return [int(each) for each in value.split(",")]
