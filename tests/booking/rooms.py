"""Rooms in a sandbox, which are application calendars, and people in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs

from cronofy_transports.sandbox import Sandbox
from cronofy_transports.sandbox.clock import Clock
from cronofy_transports.sandbox.state.events import Event


@attrs.frozen
class Room:
    """An account with one calendar."""

    sub: str
    token: str
    calendar_id: str
    sandbox: Sandbox

    def events(self) -> list[Event]:
        """All that ever was in its calendar."""
        return list(self.sandbox.world.calendars[self.calendar_id].events)


def sandbox_at(now: Callable[[], float], seed: int = 3) -> Sandbox:
    """An empty sandbox with this time."""
    return Sandbox(seed, clock=Clock(now), people=False)


def room_in(sandbox: Sandbox, name: str) -> Room:
    """Make an application calendar."""
    world = sandbox.world
    account = world.application_calendar(sandbox.application, name)
    authorization = world.vault.authorize(sandbox.application, account, "read_write")
    token = world.vault.live(authorization)
    return Room(account.sub, token, account.profiles[0].calendars[0].calendar_id, sandbox)


def hour(now: float, ahead: int) -> datetime:
    """The full hour after so many hours."""
    exact = datetime.fromtimestamp(now, UTC) + timedelta(hours=ahead)
    return exact.replace(minute=0, second=0, microsecond=0)
