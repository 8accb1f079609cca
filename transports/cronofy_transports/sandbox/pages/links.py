"""The page of a real-time scheduling link: times to choose, and what became of it."""

from __future__ import annotations

from cronofy_async.core.unset import Unset
from cronofy_async.core.wire import Request, Response

from ..handlers.scheduling import book, offered, tzid_of
from ..handlers.visits import callback_urls, none_shown, none_suits
from ..refusals import Refusal
from ..state.links import Link
from ..world import World
from .choosing import Choice, choose, shown_day, shown_time, starts_of
from .forms import Option, origin_of
from .html import Html, document, text, with_query

__all__ = ("NO_CONFIRM", "link_page", "no_such_link")

NO_CONFIRM = "no_confirm"
"""The selection mode that books at the first click."""


def link_page(world: World, request: Request, token: str) -> Response:
    """Show a link's page, or act on its form; 404 if there is no such link."""
    link = next((each for each in world.links.values() if each.token == token), None)
    if link is None:
        return no_such_link()
    if link.status == "disabled":
        return document(_title(link), Html(f"<pre>{text(link.message or '')}</pre>"))
    if link.status == "completed":
        assert link.start is not None
        when = f"{_time(link, link.start)} in {text(tzid_of(link))}"
        return document(_title(link), Html(f"<p>Booked for {when}.</p>"))
    # Decision.VISITOR_ZONE
    origin, tzid = origin_of(request), tzid_of(link)
    options, urls = _options(world, link), callback_urls(link)
    if not options and request.method != "POST":
        none_shown(world, link, origin, tzid)
    return choose(
        world,
        request,
        Choice(
            title=_title(link),
            legend=f"Times in {tzid}",
            options=options,
            take=lambda value: book(world, link, starts_of(value)[0], tzid),
            leads_to=_leads_to(link),
            confirms=link.asked.selection_mode != NO_CONFIRM,
            # Decision.NONE_SUITS
            refuse=(
                None
                if urls.no_times_suitable_url is None
                else lambda: none_suits(world, link, origin, tzid)
            ),
        ),
    )


def no_such_link() -> Response:
    """What is said about a link that there is not."""
    body = Html("<p>There is no such link.</p>")
    return document("This link does not work", body, status=404)


def _options(world: World, link: Link) -> list[Option]:
    try:
        slots = offered(world, link)
    except Refusal:
        # What a link was made of can end: periods pass, and people revoke.
        return []
    tzid = tzid_of(link)
    return [
        Option(str(slot.start), _time(link, slot.start), shown_day(slot.start, tzid))
        for slot in slots
    ]


def _leads_to(link: Link) -> str:
    urls = link.asked.redirect_urls
    if not isinstance(urls, Unset) and urls.completed_url is not None:
        return with_query(urls.completed_url, {"token": link.token})
    return link.asked.oauth.redirect_uri


def _title(link: Link) -> str:
    return link.asked.event.summary


def _time(link: Link, seconds: int) -> Html:
    formatting = link.asked.formatting
    hours = None if isinstance(formatting, Unset) else formatting.hour_format
    return shown_time(seconds, tzid_of(link), hours)
