"""A way to the sandbox on which requests are slow, lost, doubled in time, and late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import attrs

from cronofy_async import TransportError, TransportTimeoutError
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Sandbox


@attrs.define
class Weather:
    """
    How rough the way is.

    Attributes:
        faults: How likely something befalls a request.
        latest: Seconds that one may take, which is more than anybody waits.
    """

    faults: float = 0.1
    latest: float = 12.0


class RoughWay:
    """
    A transport; requests of a caller who is gone may still arrive.

    Args:
        sandbox: Where to.
        random: Chance.
        sleep: Lets seconds pass.
        weather: How rough it is; may change at any time.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        random: Random,
        sleep: Callable[[float], Awaitable[None]],
        weather: Weather,
    ) -> None:
        self.sandbox, self.random, self.sleep, self.weather = sandbox, random, sleep, weather
        self.late: set[asyncio.Task[None]] = set()
        self.sent = 0

    async def send(self, request: Request, *, timeout: float) -> Response:
        """Send a request, or have something befall it."""
        self.sent += 1
        random = self.random
        way, back = random.uniform(0.005, 0.08), random.uniform(0.005, 0.08)
        fate = "none"
        if random.random() < self.weather.faults:
            fate = random.choice(
                ["lost", "unanswered", "503", "503 after", "slow", "slow answer", "429"]
            )
        way += random.uniform(0, self.weather.latest) if fate == "slow" else 0
        back += random.uniform(0, self.weather.latest) if fate == "slow answer" else 0
        try:
            await self.sleep(min(way, timeout))
        except asyncio.CancelledError:
            if random.random() < 0.5:
                self._arrive_later(request, way)
            raise
        if way > timeout:
            self._arrive_later(request, way - timeout)
            raise TransportTimeoutError("it took too long", request)
        if fate == "lost":
            raise TransportError("connection reset", request)
        if fate in ("503", "429"):
            return Response(int(fate), (), b"")
        answer = self.sandbox.handle(request)
        await self.sleep(min(back, timeout - way))
        if way + back > timeout:
            raise TransportTimeoutError("it took too long", request)
        if fate == "unanswered":
            raise TransportError("connection reset", request)
        return Response(503, (), b"") if fate == "503 after" else answer

    def _arrive_later(self, request: Request, seconds: float) -> None:
        async def arrive() -> None:
            await self.sleep(seconds)
            self.sandbox.handle(request)

        task = asyncio.ensure_future(arrive())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def settle(self) -> None:
        """Wait until everything has arrived."""
        while self.late:
            await asyncio.gather(*self.late)

    async def aclose(self) -> None:
        """Nothing to close."""
