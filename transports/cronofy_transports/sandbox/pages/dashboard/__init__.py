"""
The dashboard: the sandbox as somebody in a browser on this machine sees and commands it.

Its first page is at ``/_sandbox/``, and each page has a module here. Little of it is
loaded before somebody looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cronofy_async.core.wire import Response

from .places import BELOW, ROOT

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request

    from ...sandbox import Sandbox

__all__ = ("dashboard",)


def dashboard(sandbox: Sandbox, request: Request) -> Response | None:
    """Show a page or act on its form; `None` if what is asked for is not of the dashboard."""
    path = request.path
    if not f"{path}/".startswith((BELOW,)) and path not in (ROOT, ROOT.rstrip("/")):
        return None
    # Loaded here, as most sandboxes are never looked at.
    from .routes import answer

    return answer(sandbox, request)
