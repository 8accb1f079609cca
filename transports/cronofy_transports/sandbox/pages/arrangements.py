"""The pages of what is arranged in other ways: sequences, requests, and events to take."""

from __future__ import annotations

from cronofy_async.core.wire import Request, Response

from ..engine import SequenceResult
from ..handlers.offers import take_offer, takers
from ..handlers.requests import choose_time, decline, offered_times, summary_of
from ..handlers.sequencing import book_sequence, offered_sequences, zone_of
from ..refusals import Refusal
from ..state.accounts import Calendar
from ..state.offers import Offer
from ..state.requests import TimeRequest
from ..state.sequences import SequenceLink
from ..world import World
from .choosing import Choice, choose, shown_time, starts_of
from .forms import Button, Form, Option
from .html import Html, document, redirect, text, with_query
from .links import NO_CONFIRM, no_such_link

__all__ = ("offer_page", "request_page", "sequence_page")


# Several meetings ---------------------------------------------------------------------


def sequence_page(world: World, request: Request, token: str) -> Response:
    """Show the page of a link for several meetings, or act on its form."""
    links = world.arrangements.sequences.values()
    link = next((each for each in links if each.token == token), None)
    if link is None:
        return no_such_link()
    title, tzid = link.asked.event.summary, zone_of(link)
    if link.status == "disabled":
        return document(title, Html(f"<pre>{text(link.message or '')}</pre>"))
    if link.start is not None:
        booked = f"<p>Booked from {shown_time(link.start, tzid)} in {text(tzid)}.</p>"
        return document(title, Html(booked))
    return choose(
        world,
        request,
        Choice(
            title=title,
            legend=f"Times in {tzid}",
            options=_ways(world, link),
            take=lambda value: book_sequence(world, link, starts_of(value), tzid),
            leads_to=link.asked.oauth.redirect_uri,
            confirms=link.asked.selection_mode != NO_CONFIRM,
        ),
    )


def _ways(world: World, link: SequenceLink) -> list[Option]:
    try:
        found = offered_sequences(world, link)
    except Refusal:
        return []
    return [
        Option(
            ",".join(str(each.start) for each in way),
            Html(", ".join(_meeting(link, each) for each in way)),
        )
        for way in found
    ]


def _meeting(link: SequenceLink, result: SequenceResult) -> str:
    item = next(
        each for each in link.asked.availability.sequence if each.sequence_id == result.sequence_id
    )
    name = item.sequence_id if item.event is None else item.event.summary
    return f"{text(name)} {shown_time(result.start, zone_of(link))}"


# Requests -----------------------------------------------------------------------------


def request_page(world: World, request: Request, token: str) -> Response:
    """Show the page of a scheduling request, or act on its form."""
    requests = world.arrangements.requests.values()
    asked = next((each for each in requests if each.token == token), None)
    if asked is None:
        return no_such_link()
    title, query = summary_of(asked), dict(request.query)
    tzid = world.accounts[asked.hosts[0]].zoneinfo
    if asked.slot_selection in ("cancelled", "declined"):
        return document(title, Html(f"<p>It was {asked.slot_selection}.</p>"))
    if asked.event is not None and query.get("decline") == "true":
        return _decline_page(world, request, asked)
    if asked.event is not None and query.get("reschedule") != "true":
        when = f"{shown_time(asked.event.start, tzid)} in {text(tzid)}"
        return document(title, Html(f"<p>Booked for {when}.</p>"))
    return choose(
        world,
        request,
        Choice(
            title=title,
            legend=f"Times in {tzid}",
            options=_times(world, asked, tzid),
            take=lambda value: choose_time(world, asked, starts_of(value)[0]),
        ),
    )


def _times(world: World, asked: TimeRequest, tzid: str) -> list[Option]:
    try:
        slots = offered_times(world, asked)
    except Refusal:
        return []
    return [Option(str(slot.start), shown_time(slot.start, tzid)) for slot in slots]


def _decline_page(world: World, request: Request, asked: TimeRequest) -> Response:
    form, title = Form(world, request), summary_of(asked)
    if request.method != "POST":
        question = Html("<p>Do you want to call it off?</p>")
        return form.page(title, question, [Button("decline", "Call it off")])
    if form.given() is None:
        return form.refused()
    decline(world, asked)
    return document(title, Html("<p>It was declined.</p>"))


# Events to take -----------------------------------------------------------------------


def offer_page(world: World, request: Request, token: str) -> Response:
    """Show an event that can be taken into a calendar, or have it taken."""
    offer = world.arrangements.offers.get(token)
    if offer is None:
        return no_such_link()
    form, calendars = Form(world, request), takers(world)
    title, oauth = offer.asked.event.summary, offer.asked.oauth
    if request.method != "POST":
        if not calendars:
            return document(title, Html("<p>There is no calendar to put it into.</p>"))
        return form.page(
            title,
            Html(f"<p><strong>{text(offer.application.name)}</strong> has an event for you.</p>"),
            [Button("add", "Add to my calendar"), Button("deny", "Deny", needs_choice=False)],
            legend="Which calendar?",
            options=[_calendar(each) for each in calendars],
            leads_to=oauth.redirect_uri,
        )
    given = form.given()
    if given is None:
        return form.refused()
    if given.get("decision") != "add":
        return _back(offer, error="access_denied")
    chosen = next((each for each in calendars if each.calendar_id == given.get("choice")), None)
    if chosen is None:
        return _back(offer, error="invalid_request")
    try:
        return _back(offer, code=take_offer(world, offer, chosen))
    except Refusal:
        return document(title, Html("<p>It cannot be put into this calendar.</p>"), status=422)


def _calendar(calendar: Calendar) -> Option:
    account = calendar.account
    owner = account.name or account.email or account.sub
    label = f"{text(owner)} <small>{text(calendar.name or calendar.calendar_id)}</small>"
    return Option(calendar.calendar_id, Html(label))


def _back(offer: Offer, **parameters: str) -> Response:
    oauth = offer.asked.oauth
    return redirect(with_query(oauth.redirect_uri, {**parameters, "state": oauth.state}))
