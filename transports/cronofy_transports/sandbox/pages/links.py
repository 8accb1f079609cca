"""The page of a real-time scheduling link: what it is for, and what became of it."""

from __future__ import annotations

from cronofy_async.core.wire import Response

from ..handlers.scheduling import offered, tzid_of
from ..moments import moment, wall_clock
from ..refusals import Refusal
from ..state.links import Link
from ..world import World
from .html import Html, document, text

__all__ = ("link_page",)


def link_page(world: World, token: str) -> Response:
    """Show a link's page; 404 if there is no such link."""
    link = next((each for each in world.links.values() if each.token == token), None)
    if link is None:
        return document(
            "This link does not work", Html("<p>There is no such link.</p>"), status=404
        )
    body = {"open": _open, "completed": _completed, "disabled": _disabled}[link.status]
    return document(link.asked.event.summary, body(world, link))


def _open(world: World, link: Link) -> Html:
    try:
        slots = offered(world, link)
    except Refusal:
        # What a link was made of can end: periods pass, and people revoke.
        slots = []
    if not slots:
        return Html("<p>There is no time left to choose.</p>")
    items = "".join(f"<li>{_time(link, slot.start)}</li>" for slot in slots)
    return Html(f"<p>Times in {text(tzid_of(link))} that can be chosen now:</p>\n<ul>{items}</ul>")


def _completed(_: World, link: Link) -> Html:
    assert link.start is not None
    return Html(f"<p>Booked for {_time(link, link.start)} in {text(tzid_of(link))}.</p>")


def _disabled(_: World, link: Link) -> Html:
    return Html(f"<pre>{text(link.message or '')}</pre>")


def _time(link: Link, seconds: int) -> Html:
    shown = wall_clock(seconds, tzid_of(link)).strftime("%Y-%m-%d %H:%M")
    return Html(f'<time datetime="{moment(seconds).isoformat()}">{shown}</time>')
