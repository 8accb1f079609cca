"""A sandbox, a mirror of its accounts, and the truth that the mirror is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import attrs
from anyio.lowlevel import checkpoint

from cronofy_async import AsyncCronofy, RetryPolicy
from cronofy_async.client.runtime import Runtime
from cronofy_async.core import codec
from cronofy_async.mirror import AsyncEventMirror, Change, ChangeKind, SQLiteMirrorStore
from cronofy_async.mirror.stores import MirrorStore
from cronofy_async.models import Event
from cronofy_transports.sandbox import Choices, Clock, Sandbox
from cronofy_transports.sandbox.handlers.rows import View, event_row
from cronofy_transports.sandbox.moments import window
from cronofy_transports.sandbox.state.rows import RowCache
from tests.fanout.worlds import NOW, Person, Wire, person

__all__ = ("NOW", "TZID", "Copy", "Scene", "at", "day", "fold")

TZID = "Europe/Paris"


def at(hours: float, *, long: float = 1.0) -> dict[str, Any]:
    """A start and an end, so many hours from the beginning of the scene."""
    start = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=hours)
    return {"start": start, "end": start + timedelta(hours=long)}


class Scene:
    """
    People in a sandbox whose time stands still until it is moved, and a way to mirror them.

    Args:
        folder: Where the mirror is kept.
        people: How many.
        page_size: Of the sandbox's answers.

    Attributes:
        wire: Between the two.
        slept: Every wait of the client or the mirror.
        longest: Of those waits that end by themselves; the others end with `wake`.
    """

    def __init__(self, folder: Path, people: int = 1, page_size: int = 3) -> None:
        self.sandbox = Sandbox(
            7,
            clock=Clock(lambda: NOW),
            choices=Choices(page_size=page_size),
            people=False,
        )
        self.people: list[Person] = [person(self.sandbox) for _ in range(people)]
        self.control = self.sandbox.control
        self.wire = Wire(self.sandbox)
        self.folder = folder
        self.slept: list[float] = []
        self.longest = float("inf")
        self._woken = anyio.Event()
        self.store: MirrorStore = self.open()
        self.cronofy = self.client()

    def open(self) -> SQLiteMirrorStore:
        """The store, as a process finds it when it begins."""
        return SQLiteMirrorStore(self.folder / "mirror" / "events.db")

    @property
    def now(self) -> float:
        """The sandbox's time."""
        return self.sandbox.world.clock.time()

    def client(self) -> AsyncCronofy:
        """A client whose time is the sandbox's."""

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            if seconds > self.longest:
                await self._woken.wait()
            await checkpoint()

        runtime = Runtime(
            monotonic=lambda: self.now, now=lambda: self.now, sleep=sleep, draw=lambda: 0.0
        )
        return AsyncCronofy(
            self.sandbox.client_id,
            self.sandbox.client_secret,
            transport=self.wire,
            runtime=runtime,
            limits=None,
            retry=RetryPolicy(attempts=4),
            timeout=1e9,
        )

    def views(self) -> list[Any]:
        """Views of the people."""
        good = {each["sub"]: each for each in self.sandbox.accounts()}
        found: list[Any] = []
        for each in self.people:
            # Whose authorization was revoked has a token that is good no longer.
            its = good.get(each.sub, {"access_token": each.token, "refresh_token": None})
            tokens = {name: its[name] for name in ("access_token", "refresh_token")}
            found.append(self.cronofy.account(each.sub, **tokens))
        return found

    def mirror(self, **options: Any) -> AsyncEventMirror:
        """A mirror on the store."""
        given: dict[str, Any] = {"tzid": TZID} | options
        return AsyncEventMirror(self.cronofy, self.store, **given)

    async def mirrored(self, **options: Any) -> AsyncEventMirror:
        """A mirror that has read everything."""
        mirror = self.mirror(**options)
        await mirror.add(*self.views())
        # What was made before is then not of the second in which the read begins.
        self.control.advance(1)
        for outcome in await mirror.catch_up():
            assert outcome.ok, outcome
        return mirror

    def truth(self, who: Person, days: tuple[int, int] = (-42, 201)) -> dict[Any, Event]:
        """What the sandbox holds of somebody's events, looked up without asking its API."""
        world = self.sandbox.world
        authorization = world.vault.authorization(self.sandbox.application, who.sub)
        assert authorization is not None
        today = datetime.fromtimestamp(self.now, ZoneInfo(TZID)).date()
        first, last = (today + timedelta(days=each) for each in days)
        bounds = window(int(self.now), TZID, first, last, default=False)
        found: dict[Any, Event] = {}
        for calendar in authorization.calendars():
            for event in () if calendar.deleted else calendar.events:
                if not event.deleted and bounds.holds(event):
                    row = event_row(event, View(authorization=authorization), RowCache())
                    found[calendar.calendar_id, event.uid] = codec.decode(bytes(row), Event)
        return found

    async def is_right(self, mirror: AsyncEventMirror, **options: Any) -> None:
        """Fail unless the mirror is the truth, event for event."""
        for who in self.people:
            found = [each async for each in mirror.events(who.sub)]
            kept = {(each.calendar_id, each.event_uid): each for each in found}
            assert len(found) == len(kept)
            assert self.truth(who, **options) == kept

    def wake(self) -> None:
        """End the long waits."""
        self._woken.set()
        self._woken = anyio.Event()

    def asked(self) -> int:
        """How many requests were sent since this was last called."""
        number = len(self.wire.asked)
        self.wire.asked.clear()
        return number

    def event(self, summary: str, hours: float, *, who: int = 0, **more: Any) -> str:
        """Have somebody make an event; gives its uid."""
        given: dict[str, Any] = at(hours) | more
        return self.control.create_event(self.people[who].calendars[0], summary, **given)


@attrs.define
class Copy:
    """
    What a consumer has made of the changes that it was told of.

    Attributes:
        events: Its copy, by account, calendar and uid.
        numbers: Of the changes, in their order.
    """

    events: dict[Any, bytes] = attrs.field(factory=dict)
    numbers: list[int] = attrs.field(factory=list)

    def take(self, change: Change) -> None:
        """Carry one change out; fails if it does not fit what was told before."""
        event = change.event
        name = (change.sub, event.calendar_id, event.event_uid)
        assert not self.numbers or self.numbers[-1] < change.number
        self.numbers.append(change.number)
        assert self.events.get(name) == change.before_json
        assert (change.kind is ChangeKind.ADDED) == (change.before_json is None)
        assert (change.kind is ChangeKind.REMOVED) == (change.after_json is None)
        assert (change.reason is None) == (change.kind is not ChangeKind.REMOVED)
        if change.after_json is None:
            del self.events[name]
        else:
            assert change.before_json != change.after_json
            self.events[name] = change.after_json

    async def equals(self, mirror: AsyncEventMirror, subs: Iterable[str]) -> None:
        """Fail unless the copy is the mirror."""
        for sub in subs:
            mine = {
                name[1:]: codec.decode(body, Event)
                for name, body in self.events.items()
                if name[0] == sub
            }
            theirs = {(e.calendar_id, e.event_uid): e async for e in mirror.events(sub)}
            assert theirs == mine


async def fold(mirror: AsyncEventMirror, consumer: str, into: Copy | None = None) -> Copy:
    """Have a consumer carry out all changes that there are for it."""
    copy = into or Copy()
    async for change in mirror.changes(consumer, follow=False):
        copy.take(change)
    return copy


def day(number: int) -> date:
    """A day, counted from the beginning of the scene."""
    return datetime.fromtimestamp(NOW, UTC).date() + timedelta(days=number)
