"""People with events to read, and the wire to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import anyio

from cronofy_async.core.wire import Request
from cronofy_async.operations import ReadEvents

from .worlds import TODAY, Person, Wire, client, fill, person, sandbox, views

__all__ = ("WHAT", "Crowd", "gather")

WHAT = ReadEvents(tzid="Etc/UTC", from_=TODAY, to=TODAY + timedelta(days=60))


class Crowd:
    """
    People with events, the wire to them, and a client.

    Attributes:
        waiting: How many requests are held back.
    """

    def __init__(self, people: int = 6, events: int = 5, *, every: int = 5, **options: Any) -> None:
        self.where = sandbox()
        self.people: list[Person] = [person(self.where) for _ in range(people)]
        for each in self.people:
            fill(self.where, each, events, every=every)
        self.wire = Wire(self.where)
        self.cronofy = client(self.wire, self.where, **options)
        self.accounts = views(self.cronofy, self.people)
        self.waiting = 0
        self.gate = anyio.Event()

    def hold(self) -> None:
        """Answer nothing more, until the gate is opened."""

        async def wait(_: Request) -> None:
            self.waiting += 1
            try:
                await self.gate.wait()
            finally:
                self.waiting -= 1

        self.gate = anyio.Event()
        self.wire.hold = wait


async def gather(results: Any, found: list[Any], name: str) -> None:
    """Go through results to their end, and note what each has under a name."""
    async for each in results:
        found.append(getattr(each, name))
