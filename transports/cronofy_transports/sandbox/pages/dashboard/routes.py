"""Which page of the dashboard a request is for, whether it may come, and what its form does."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from cronofy_async.core.wire import Request, Response

from ...commands import CommandError
from ...control import _is_foreign
from ...refusals import Invalid, NotFound, Refusal
from ..cookies import browser_of
from ..forms import origin_of
from ..html import Html, redirect, with_query
from . import account, accounts, arranged, channels, event, faults, journal, overview
from .frame import Page, View, Visit
from .places import ROOT, page_at

if TYPE_CHECKING:
    from ...sandbox import Sandbox

__all__ = ("answer",)

PAGES: Final[Mapping[str, Page]] = {
    "": overview.PAGE,
    "accounts": accounts.PAGE,
    "account": account.PAGE,
    "event": event.PAGE,
    "channels": channels.PAGE,
    "arranged": arranged.PAGE,
    "journal": journal.PAGE,
    "faults": faults.PAGE,
}


def answer(sandbox: Sandbox, request: Request) -> Response:
    """Show a page of the dashboard, or act on its form."""
    world = sandbox.world
    world.origin = origin_of(request) or world.origin
    world.settle()
    known = browser_of(request)
    visit = Visit(sandbox=sandbox, request=request, browser=known or world.browsers.new_name())
    if not _may_come(request):
        return _wrong(visit, 403, "This came from a page elsewhere", "Open the dashboard itself.")
    if f"{request.path}/" == ROOT:
        return redirect(ROOT)
    page = PAGES.get(page_at(request.path))
    if page is None:
        return _wrong(visit, 404, "There is no such page", "See the menu for those there are.")
    if request.method == "POST":
        body = request.body.decode(errors="replace")
        visit.given = dict(parse_qsl(body, keep_blank_values=True))
        return _act(visit, page)
    if request.method != "GET":
        return _wrong(visit, 405, "This page cannot do that", "It knows GET and POST.")
    return _show(visit, page)


def _may_come(request: Request) -> bool:
    """Whether a browser may send this: for the dashboard, or to follow a link that leads to it."""
    return not _is_foreign(request) or (
        request.method == "GET"
        and request.header("sec-fetch-mode") == "navigate"
        and request.header("sec-fetch-dest") == "document"
    )


def _act(visit: Visit, page: Page) -> Response:
    action = page.actions.get(visit.given.get("do", ""))
    if action is None or not visit.is_sealed():
        advice = "Open the page once more: the sandbox may have begun again since it was shown."
        return _wrong(visit, 403, "This form is not from here", advice)
    try:
        leads_to = action.run(visit)
    except Refusal as refusal:
        visit.problem = _sentence(refusal)
        return _show(visit, page, status=refusal.status)
    return redirect(with_query(leads_to or visit.here(), {"done": visit.given["do"]}), status=303)


def _show(visit: Visit, page: Page, *, status: int = 200) -> Response:
    try:
        view = page.show(visit)
    except NotFound:
        advice = "It may have been before the sandbox began again."
        return _wrong(visit, 404, "There is no such thing", advice)
    return visit.render(view, PAGES, status=status)


def _wrong(visit: Visit, status: int, title: str, advice: str) -> Response:
    return visit.render(View(title=title, body=Html(f"<p>{advice}</p>")), PAGES, status=status)


def _sentence(refusal: Refusal) -> str:
    if isinstance(refusal, (CommandError, Invalid)):
        return " ".join(
            f"{name.replace('_', ' ').capitalize()} {each.description}."
            for name, complaints in refusal.errors.items()
            for each in complaints
        )
    return f"The sandbox refused this: {HTTPStatus(refusal.status).phrase.lower()}."
