"""
Lives of a mirror: what people, applications, time, networks and crashes do to it.

Each step is a method with plain arguments, so that a state machine can shrink it and a soak
draw it. At the end everything calms down, the mirror catches up, and is compared with the truth.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import attrs

from cronofy_async.callbacks import SIGNATURE_HEADER, read_callback
from cronofy_async.mirror import MirrorOutcome
from cronofy_async.mirror.stores import Batch, Standing
from cronofy_async.operations import (
    CreateChannel,
    DeleteEvent,
    UpsertEvent,
)
from cronofy_transports.sandbox.faults import Fault
from cronofy_transports.sandbox.mischief.answers import Status
from cronofy_transports.sandbox.mischief.connections import Drop
from cronofy_transports.sandbox.mischief.paging import Entries, NextPage

from .failing import CrashError, CrashingStore, ShiftingWire
from .scene import Copy, Scene, at, day

__all__ = ("Life",)

T = TypeVar("T")


class LifeScene(Scene):
    """A scene whose wire and store can be made to fail."""

    def open(self) -> CrashingStore:
        """The store, as a process finds it when it begins."""
        return CrashingStore(self.folder / "mirror" / "events.db")


class Life:
    """
    A mirror and everything that may happen to it; `end` compares it with the truth.

    Args:
        folder: Where the mirror is kept.
        people: How many accounts there are.
        page_size: Of the service.
        most: How many events each calendar has at the most.
    """

    def __init__(self, folder: Path, people: int = 2, page_size: int = 3, most: int = 12) -> None:
        self.runner = asyncio.Runner()
        self.scene = LifeScene(folder, people, page_size)
        self.wire = ShiftingWire(self.scene.sandbox, Random(0))
        self.wire.meddle = self._meddle
        self.scene.wire = self.wire
        self.scene.cronofy = self.scene.client()
        self.control = self.scene.control
        self._most = most
        self._uids: list[str] = []
        self._posted: list[tuple[str, Any]] = []
        self._made = 0
        # Something happened that no read of what changed can show.
        self.is_silent = False
        self.revoked: set[int] = set()
        self.copies = {"one": Copy(), "other": Copy()}
        self.outcomes: list[MirrorOutcome] = []
        for who in range(people):
            self._listen(who)
        self.begin()

    def _listen(self, who: int) -> None:
        self._send(
            who, CreateChannel(callback_url=f"http://127.0.0.1:9/{self.scene.people[who].sub}")
        )

    def do(self, work: Any) -> Any:
        """Run a coroutine."""
        return self.runner.run(work)

    def begin(self) -> None:
        """A process begins: all that it knows is in the store."""
        self.views = self.scene.views()
        # Seldom, so that it is not what makes the mirror right.
        self.mirror = self.scene.mirror(reconcile_every=30 * 86400)
        self.do(self.mirror.add(*self.views))

    # What people do --------------------------------------------------------------------

    def create(self, who: int, calendar: int, hour: int, length: int, *, all_day: bool) -> None:
        """Somebody makes an event."""
        if len(self._uids) >= self._most * len(self.scene.people):
            self._uids_pop()
        self._made += 1
        calendars = self.scene.people[who].calendars
        times: dict[str, Any] = at(hour, long=length)
        if all_day:
            first = day(hour // 24)
            times = {"start": first, "end": first + timedelta(days=1 + length // 24)}
        uid = self.control.create_event(
            calendars[calendar % len(calendars)], f"Event {self._made}", **times
        )
        self._uids.append(uid)

    def _uids_pop(self) -> None:
        self.control.cancel_event(self._uids.pop(0))

    def edit(self, index: int) -> None:
        """Somebody changes an event."""
        if self._uids:
            self._made += 1
            uid = self._uids[index % len(self._uids)]
            self.control.change_event(uid, summary=f"Edit {self._made}")

    def move(self, index: int, hour: int) -> None:
        """Somebody moves an event."""
        if self._uids:
            self.control.move_event(self._uids[index % len(self._uids)], **at(hour))

    def delete(self, index: int) -> None:
        """Somebody deletes an event."""
        if self._uids:
            self.control.cancel_event(self._uids.pop(index % len(self._uids)))

    def upsert(self, who: int, key: int, hour: int) -> None:
        """The application writes an event."""
        self._made += 1
        write = UpsertEvent(
            calendar_id=self.scene.people[who].calendars[0],
            event_id=f"own-{key}",
            summary=f"Own {self._made}",
            **at(hour),
        )
        self._send(who, write)

    def remove(self, who: int, key: int) -> None:
        """The application deletes an event."""
        calendar = self.scene.people[who].calendars[0]
        self._send(who, DeleteEvent(calendar_id=calendar, event_id=f"own-{key}"))

    def _send(self, who: int, operation: Any) -> None:
        # The application's own writes go by another way than the mirror's reads.
        if who not in self.revoked:
            request = operation.to_request()
            authorization = self._authorization(who)
            token = self.scene.sandbox.world.vault.live(authorization)
            dressed = request.with_headers({"authorization": f"Bearer {token}"})
            # A profile without credentials, or without a first read, takes nothing.
            assert self.scene.sandbox.answer(dressed).status in (200, 202, 404, 423)

    def _authorization(self, who: int) -> Any:
        vault = self.scene.sandbox.world.vault
        return vault.authorization(self.scene.sandbox.application, self.scene.people[who].sub)

    def _profile(self, who: int) -> Any:
        return self.scene.sandbox.world.accounts[self.scene.people[who].sub].profiles[0]

    def advance(self, seconds: int) -> None:
        """Time goes on."""
        self.control.advance(seconds)

    # What befalls accounts -------------------------------------------------------------

    def delete_calendar(self, who: int) -> None:
        """Somebody deletes their second calendar, if they still have it, and makes another."""
        person = self.scene.people[who]
        self.control.delete_calendar(person.calendars[-1])
        profile = self._profile(who).profile_id
        self._made += 1
        made = self.control.create_calendar(profile, f"Calendar {self._made}")
        calendars = (*person.calendars[:-1], made)
        self.scene.people[who] = attrs.evolve(person, calendars=calendars)
        self.is_silent = True

    def sync_again(self, who: int, *, ends: bool) -> None:
        """A profile is read anew by the service; till then it shows nothing."""
        profile = self._profile(who)
        if profile.initial_sync_required and ends:
            self.control.complete_initial_sync(profile.profile_id)
        elif not ends:
            self.control.begin_initial_sync(profile.profile_id)
        self.is_silent = True

    def disconnect(self, who: int, *, back: bool) -> None:
        """A profile loses its credentials, or gets them back."""
        profile = self._profile(who).profile_id
        (self.control.reconnect if back else self.control.disconnect)(profile)

    def revoke(self, who: int) -> None:
        """Somebody takes the authorization away."""
        if who not in self.revoked:
            self.control.revoke(self.scene.people[who].sub)
            self.revoked.add(who)

    def consent(self, who: int) -> None:
        """Somebody authorizes the application anew."""
        if who in self.revoked:
            sub = self.scene.people[who].sub
            tokens = self.control.grant(sub)
            self.revoked.discard(who)
            view = self.scene.cronofy.account(sub, **tokens)
            self.views.append(view)
            self._tried(self.mirror.add(view))
            # Channels are of the former consent.
            self._listen(who)

    # What the mirror does --------------------------------------------------------------

    def catch_up(self, *, full: bool = False) -> None:
        """The mirror reads."""
        self._tried(self.mirror.catch_up(full=full))

    def _tried(self, work: Any) -> None:
        try:
            self.outcomes = self.do(work) or []
        except CrashError:
            self.restart()

    def notify(self, which: list[int]) -> None:
        """Notifications arrive: some never, some twice, some late, in any order."""
        world, secret = self.scene.sandbox.world, self.scene.sandbox.client_secret
        for posting in world.outbox.due():
            headers = {name.lower(): value for name, value in dict(posting.headers).items()}
            read = read_callback(posting.body, headers[SIGNATURE_HEADER.lower()], secret)
            self._posted.append((posting.url.rpartition("/")[2], read))
            world.outbox.delivered(posting.delivery_id, ok=True)
        del self._posted[:-20]
        if self._posted:
            for index in which:
                self.mirror.notify(*self._posted[index % len(self._posted)])
            # What `run` does after its pause.
            self._tried(self._read_hints())

    async def _read_hints(self) -> list[MirrorOutcome]:
        return [each async for each in self.mirror._read(dict(self.mirror._hints))]

    def consume(self, name: str, most: int) -> None:
        """A consumer carries some changes out, and stops without a word."""

        async def consume() -> None:
            copy = self.copies[name]
            reading = self.mirror.changes(name, follow=False)
            for _ in range(most):
                change = await reading.next()
                if change is None:
                    return
                # What came again after a crash is told by its number.
                if not copy.numbers or change.number > copy.numbers[-1]:
                    copy.take(change)

        self._tried(consume())

    # What goes wrong -------------------------------------------------------------------

    def restart(self) -> None:
        """The process ends where it stands, and another begins."""
        self.scene.store.close()  # type: ignore[attr-defined]  # that of SQLite
        self.wire.crash_in = None
        self.scene.store = self.scene.open()
        self.scene.cronofy = self.scene.client()
        self.begin()

    def crash(self, *, of_store: bool, after: int) -> None:
        """The process will end at some point of its work."""
        if of_store:
            self.scene.store.crash_in = after  # type: ignore[attr-defined]  # that of this file
        else:
            self.wire.crash_in = after

    def lose_cursor(self, who: int) -> None:
        """A mirror forgets where it stood."""

        async def lose() -> None:
            sub = self.scene.people[who].sub
            standing = await self.scene.store.begin(sub)
            assert standing is not None
            await self.scene.store.write(sub, standing.turn, Batch(standing=Standing(sub=sub)))

        self._tried(lose())

    def meddle(self, requests: int) -> None:
        """Things happen between the pages of the next reads."""
        self.wire.meddling = requests

    def _meddle(self) -> None:
        random = Random(self._made)
        hour, index = random.randint(-50 * 24, 210 * 24), random.randrange(1000)
        what = random.randrange(5)
        self._made += 1
        if what == 0:
            self.create(random.randrange(len(self.scene.people)), 0, hour, 1, all_day=False)
        elif what == 1:
            self.edit(index)
        elif what == 2:
            self.move(index, hour)
        elif what == 3:
            self.delete(index)
        else:
            self.upsert(random.randrange(len(self.scene.people)), random.randrange(6), hour)
        self.control.advance(random.randrange(3))

    def shift(self, *, on: bool) -> None:
        """The service cuts its pages anew for each request, or not."""
        self.wire.shifts = on

    def lose(self, share: float) -> None:
        """So many requests are lost, or answered with 503."""
        self.wire.losing = share

    def fault(self, kind: int) -> None:
        """Something goes wrong with one of the next pages."""
        if len(self.scene.sandbox.faults) > 5:
            self.scene.sandbox.faults.clear()
        operation = "ReadEvents" if kind % 2 else "ReadEventsPage"
        self.scene.sandbox.faults.add(
            Fault(action=_ACTIONS[kind % len(_ACTIONS)], operation=operation, times=1)
        )

    # The end ---------------------------------------------------------------------------

    def calm(self) -> None:
        """Everything that goes wrong ends."""
        self.scene.sandbox.faults.clear()
        self.wire.shifts, self.wire.losing, self.wire.crash_in = False, 0.0, None
        self.wire.meddling = 0
        self.scene.store.crash_in = None  # type: ignore[attr-defined]  # that of this file
        for who in list(self.revoked):
            self.consent(who)

    def check(self) -> None:
        """Catch up, and compare everything with the truth."""
        self.calm()
        # What changed is then not of the second in which the read begins.
        self.advance(1)
        for _ in range(2):
            # A page that was lost has no second chance within one call beyond its retries.
            self.catch_up(full=self.is_silent)
        assert all(each.ok for each in self.outcomes), self.outcomes
        self.is_silent = False
        self.do(self._compare())

    async def _compare(self) -> None:
        await self.scene.is_right(self.mirror)
        subs = [each.sub for each in self.scene.people]
        for name, copy in self.copies.items():
            async for change in self.mirror.changes(name, follow=False):
                if not copy.numbers or change.number > copy.numbers[-1]:
                    copy.take(change)
            await copy.equals(self.mirror, subs)

    def end(self) -> None:
        """Compare everything, and close what is open."""
        try:
            self.check()
        finally:
            self.close()

    def close(self) -> None:
        """Close what is open."""
        with suppress(Exception):
            self.do(self.scene.cronofy.aclose())
        self.scene.store.close()  # type: ignore[attr-defined]  # that of SQLite
        self.runner.close()


_ACTIONS = (
    Entries(form="doubled"),
    Entries(form="repeated"),
    Entries(form="reversed"),
    NextPage(form="none"),
    NextPage(form="self"),
    Status(status=404),
    Status(status=500),
    Status(status=503),
    Drop(),
)
