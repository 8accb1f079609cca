"""Which of the pages besides consent a request is for."""

from __future__ import annotations

from cronofy_async.core.wire import Request
from cronofy_async.operations.authorization import AuthorizeEnterprise

from ..api import Outcome
from ..handlers.meeting_agents import DASHBOARD, FILES
from ..handlers.permissions import CONFERENCING, PERMISSIONS
from ..world import World
from .agents import agent_page, file_of
from .enterprise import LEGACY, PATH, enterprise_page
from .errands import errand_page

__all__ = ("further_page",)


def further_page(world: World, request: Request) -> Outcome | None:
    """Show a page or act on its form; `None` if there is no page at this path."""
    path = request.path.rstrip("/")
    if path in (PATH, LEGACY):
        return Outcome(response=enterprise_page(world, request), operation=AuthorizeEnterprise)
    if path.startswith((PERMISSIONS, CONFERENCING)):
        return Outcome(response=errand_page(world, request))
    if request.method == "GET" and path.startswith(FILES):
        return Outcome(response=file_of(world, path.removeprefix(FILES)))
    if request.method == "GET" and path.startswith(DASHBOARD):
        return Outcome(response=agent_page(world, path.removeprefix(DASHBOARD)))
    return None
