"""A way to a sandbox in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from cronofy_async.core.wire import Request, Response

if TYPE_CHECKING:
    from .sandbox import Sandbox

__all__ = ("SandboxTransport",)


class SandboxTransport:
    """
    A `Transport` that hands requests to a sandbox without a socket.

    Every origin leads to it, for instance ``http://sandbox.localhost``; the URLs in
    its answers are on the origin that was asked.

    Args:
        sandbox: Where to.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002  # the protocol's
        """Answer at once; other tasks get their turn in between."""
        await checkpoint()
        return self._sandbox.handle(request)

    async def aclose(self) -> None:
        """There is nothing to close."""
