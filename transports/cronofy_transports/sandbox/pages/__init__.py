"""The pages that the service shows to people in a browser."""

from __future__ import annotations

from cronofy_async.core.wire import Request
from cronofy_async.operations.authorization import Authorize

from ..api import Outcome
from ..handlers.identity import RELINK
from ..world import World
from .arranged import arranged_page
from .consent import Consent
from .dashboard.places import ROOT
from .further import further_page
from .html import Html, document
from .relink import relink_page

__all__ = ("Pages",)


class Pages:
    """
    The pages of one world.

    Args:
        world: What they show.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: Request) -> Outcome | None:
        """Show a page or act on its form; `None` if there is no page at this path."""
        path = request.path.rstrip("/")
        # Tools that wait for a server ask so, and the server leaves the body out.
        if not path and request.method in ("GET", "HEAD"):
            return Outcome(response=document("Cronofy sandbox", _WELCOME))
        if request.method not in ("GET", "POST"):
            return None
        if path == Authorize.path:
            return Outcome(response=Consent(self._world).answer(request), operation=Authorize)
        if (further := further_page(self._world, request)) is not None:
            return further
        if (arranged := arranged_page(self._world, request)) is not None:
            return arranged
        if path.startswith(RELINK):
            return Outcome(response=relink_page(self._world, request))
        return None


_WELCOME = Html(
    "<p>A sandbox of the Cronofy service answers here. The API is below <code>/v1</code>, "
    f"and people give their consent at <code>{Authorize.path}</code>.</p>\n"
    f'<p><a href="{ROOT}">The dashboard</a> shows what is in it, to this machine alone.</p>'
)
