"""A sandbox with rooms, and a booker."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cronofy_async import AsyncAccount, AsyncCronofy, RetryPolicy
from cronofy_async.booking import AsyncBooker, Booking
from cronofy_transports.sandbox import Fault, mischief

from ..support import FrozenTime
from .rooms import Room, hour, room_in, sandbox_at


class Bench:
    """A sandbox with rooms, and a booker on time that passes only in sleep."""

    def __init__(self, **options: Any) -> None:
        self.time = FrozenTime()
        self.sandbox = sandbox_at(self.time)
        self.cronofy = AsyncCronofy(
            self.sandbox.client_id,
            self.sandbox.client_secret,
            transport=self.sandbox.transport(),
            runtime=self.time.runtime(),
            limits=None,
            retry=RetryPolicy(attempts=1),
        )
        self.booker = AsyncBooker(self.cronofy, **options)
        self.room = room_in(self.sandbox, "one")
        self.start = hour(self.time.time, 3)
        self.end = self.start + timedelta(minutes=30)

    def at(self, room: Room) -> tuple[AsyncAccount, str]:
        """A room's calendar, as bookers take it."""
        return self.cronofy.account(room.sub, access_token=room.token), room.calendar_id

    async def book(self, key: str = "k", **changes: Any) -> Booking[AsyncAccount]:
        """Book the first room, unless something else is said."""
        given: dict[str, Any] = {
            "calendars": self.at(self.room),
            "start": self.start,
            "end": self.end,
            "summary": "Board",
            **changes,
        }
        return await self.booker.book(key, **given)

    def events(self, room: Room | None = None) -> list[tuple[str | None, datetime]]:
        """What there is in a room: ids and starts."""
        return [
            (each.event_id, datetime.fromtimestamp(each.start, UTC))
            for each in (room or self.room).events()
            if not each.deleted
        ]

    def take(self, room: Room | None = None, start: datetime | None = None) -> str:
        """Have somebody put an event there."""
        begins = start or self.start
        return self.sandbox.control.create_event(
            (room or self.room).calendar_id, "Mine", begins, begins + timedelta(minutes=20)
        )

    def fails(self, operation: str, action: Any = None, **choice: Any) -> None:
        """Have the calls of an operation fail, once unless something else is said."""
        given: dict[str, Any] = {"times": 1, **choice}
        failing = action or mischief.Status(status=503)
        self.sandbox.faults.add(Fault(action=failing, operation=operation, **given))

    def operations(self) -> list[str | None]:
        """What was asked of the sandbox."""
        return [entry.operation for entry in self.sandbox.journal]


@asynccontextmanager
async def bench(**options: Any) -> AsyncGenerator[Bench]:
    """A bench whose client is closed in the end."""
    made = Bench(**options)
    async with made.cronofy:
        yield made
