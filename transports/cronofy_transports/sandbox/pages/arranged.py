"""Which of the pages for choosing a time is at which path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cronofy_async.core.wire import Request, Response

from ..api import Outcome
from ..handlers import invites, offers, requests, scheduling, sequencing
from ..world import World
from .arrangements import offer_page, request_page, sequence_page
from .invites import invite_page
from .links import link_page

__all__ = ("arranged_page",)

_PAGES: Final[Mapping[str, Callable[[World, Request, str], Response]]] = {
    scheduling.PAGE: link_page,
    sequencing.PAGE: sequence_page,
    requests.PAGE: request_page,
    offers.PAGE: offer_page,
    invites.PAGE: invite_page,
}


def arranged_page(world: World, request: Request) -> Outcome | None:
    """Show a page or act on its form; `None` if there is none of these at its path."""
    for prefix, page in _PAGES.items():
        if request.path.startswith(prefix):
            token = request.path.removeprefix(prefix).rstrip("/")
            return Outcome(response=page(world, request, token))
    return None
