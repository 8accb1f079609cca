"""Invites and links: what people were sent, with the pages on which they answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cronofy_async.models.smart_invites import InviteStatus

from ...handlers import offers, requests, sequencing
from ...handlers.invites import page_of
from ...handlers.scheduling import url_of
from ..html import Html, text
from .frame import Page, View, Visit
from .parts import join, link, section, table

__all__ = ("PAGE",)

_HEADINGS: Final = ("What", "State", "Page")


def _show(visit: Visit) -> View:
    invites = table(
        "Smart invites, a row for each recipient",
        ("What", "Recipient", "Reply", "Page"),
        _invites(visit),
    )
    return View(
        title="Invites and links",
        body=join(
            section("Smart invites", invites),
            section("Real-time scheduling", table("Links", _HEADINGS, _links(visit))),
            section("Real-time sequencing", table("Links", _HEADINGS, _sequences(visit))),
            section("Scheduling requests", table("Requests", _HEADINGS, _requests(visit))),
            section("Add to calendar", table("Links", _HEADINGS, _offers(visit))),
        ),
    )


def _invites(visit: Visit) -> Iterator[tuple[object, ...]]:
    for invite in visit.world.arrangements.invites.values():
        what = _named(invite.event.summary, invite.invite_id)
        for address, recipient in invite.recipients.items():
            said = str(recipient.status or InviteStatus.PENDING)
            if recipient.comment:
                said += f": {recipient.comment}"
            page = link(page_of(invite, address), "Reply page", f"of {recipient.email}")
            yield what, recipient.email, "called off" if invite.cancelled else said, page


def _links(visit: Visit) -> Iterator[tuple[object, ...]]:
    for each in visit.world.links.values():
        summary = each.asked.event.summary
        page = link(url_of(each, ""), "Booking page", f"of {summary}")
        yield _named(summary, each.link_id), each.status, page


def _sequences(visit: Visit) -> Iterator[tuple[object, ...]]:
    for each in visit.world.arrangements.sequences.values():
        summary = each.asked.event.summary
        page = link(f"{sequencing.PAGE}{each.token}", "Booking page", f"of {summary}")
        yield _named(summary, each.link_id), each.status, page


def _requests(visit: Visit) -> Iterator[tuple[object, ...]]:
    for each in visit.world.arrangements.requests.values():
        summary = requests.summary_of(each)
        page = link(f"{requests.PAGE}{each.token}", "Request page", f"of {summary}")
        yield _named(summary, each.request_id), each.slot_selection, page


def _offers(visit: Visit) -> Iterator[tuple[object, ...]]:
    for each in visit.world.arrangements.offers.values():
        summary = each.asked.event.summary
        page = link(f"{offers.PAGE}{each.token}", "Page", f"of {summary}")
        yield summary, "open", page


def _named(summary: str, id_: str) -> Html:
    return join(text(summary), f" <code>{text(id_)}</code>")


PAGE: Final = Page(show=_show, menu="Invites and links")
