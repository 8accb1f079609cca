"""A way to a sandbox in the same process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

from cronofy_async.core.wire import Request, Response

if TYPE_CHECKING:
    from .faults import Strike
    from .sandbox import Sandbox

__all__ = ("SandboxTransport",)


class SandboxTransport:
    """
    A `Transport` that hands requests to a sandbox without a socket.

    Every origin leads to it, for instance ``http://sandbox.localhost``; the URLs in
    its answers are on the origin that was asked. Faults of the sandbox show as the errors
    that they are over a real connection.

    Args:
        sandbox: Where to.
        sleep: Lets seconds pass, where a fault takes time.
    """

    def __init__(
        self, sandbox: Sandbox, sleep: Callable[[float], Awaitable[object]] = anyio.sleep
    ) -> None:
        self._sandbox, self._sleep = sandbox, sleep

    async def send(self, request: Request, *, timeout: float) -> Response:
        """
        Answer at once, unless a fault takes time; other tasks get their turn in between.

        Raises:
            TransportTimeoutError: A fault took longer than *timeout*. What was asked is
                carried out all the same, as it is by a service that nobody waits for.
            TransportError: A fault kept the answer from arriving.
        """
        await checkpoint()
        sandbox = self._sandbox
        if sandbox.faults.armed:
            strike = sandbox.faults.strike(request)
            if strike is not None:
                return await self._struck(request, strike, timeout)
        return sandbox.answer(request)

    async def _struck(self, request: Request, strike: Strike, timeout: float) -> Response:
        from .._failures import timed_out
        from .mischief.case import arrival

        wait = strike.action.wait
        await self._pass(min(wait, timeout))
        struck = self._sandbox.answer_struck(request, strike)
        await self._pass(max(0.0, min(wait + struck.duration, timeout) - wait))
        if wait + struck.duration >= timeout:
            raise timed_out(request, timeout)
        return arrival(struck, request)

    async def _pass(self, seconds: float) -> None:
        if seconds:
            await self._sleep(seconds)

    async def aclose(self) -> None:
        """There is nothing to close."""
