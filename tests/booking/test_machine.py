"""Anything may happen, in any order: rivals, retries, moves, edits, lost answers, kills."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cronofy_async import AsyncAccount, AsyncCronofy, CronofyError, RetryPolicy
from cronofy_async.booking import AsyncBooker, Booking, SlotTakenError, booking_event_id
from cronofy_async.booking.names import Hold
from cronofy_async.client.runtime import Runtime
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox.state.events import Event

from ..virtual import VirtualTime
from .contests import START
from .rooms import hour, room_in, sandbox_at
from .rough import RoughWay, Weather

KEYS = ("a", "b", "c")
LENGTH = timedelta(minutes=40)
keys = st.sampled_from(KEYS)
# Times that overlap their neighbours, in either room or in both.
times = st.integers(0, 4)
rooms = st.sampled_from([(0,), (1,), (0, 1), (1, 0)])


class KilledError(BaseException):
    """What a process that was killed does next: nothing."""


class Mortal(RoughWay):
    """A way on which the process is killed at one of its requests."""

    lives_for: int | None = None
    arrives: bool = False

    async def send(self, request: Request, *, timeout: float) -> Response:
        if self.lives_for is not None and self.sent >= self.lives_for:
            if self.arrives and self.sent == self.lives_for:
                self.sandbox.handle(request)
            self.sent += 1
            raise KilledError
        return await super().send(request, timeout=timeout)


@attrs.define
class Known:
    """
    What the oracle knows of a key.

    Attributes:
        booking: Where it is, as was told last; `None`: nowhere.
        certain: Whether nothing has ended in doubt since.
    """

    booking: tuple[int, tuple[int, ...]] | None = None
    certain: bool = True


class BookingMachine(RuleBasedStateMachine):
    """Three keys, two rooms, five times; the oracle is a dictionary and the sandbox's truth."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        """Two empty rooms."""
        self.time = VirtualTime(START)
        self.random = Random(seed)
        self.sandbox = sandbox_at(self.time)
        self.rooms = [room_in(self.sandbox, name) for name in ("one", "two")]
        self.first = hour(START, 24)
        self.known = {key: Known() for key in KEYS}
        self.weather = Weather(faults=0.0)

    # What happens ------------------------------------------------------------------------

    @rule(key=keys, at=times, where=rooms)
    def book(self, key: str, at: int, where: tuple[int, ...]) -> None:
        """Somebody books, or asks again, or asks for another time with the same key."""
        self.run(lambda: self.ask(key, at, where))

    @rule(at=times, where=rooms, loser=rooms)
    def contest(self, at: int, where: tuple[int, ...], loser: tuple[int, ...]) -> None:
        """All ask for the same time at the same moment."""

        async def all_of_them() -> None:
            async def one(key: str, place: tuple[int, ...]) -> None:
                with suppress(CronofyError):
                    await self.ask(key, at, place)

            await asyncio.gather(*map(one, KEYS, (where, loser, where)))

        self.run(all_of_them)

    @rule(key=keys, at=times)
    def move(self, key: str, at: int) -> None:
        """Somebody moves a booking."""
        known = self.known[key]
        if known.booking is not None and known.certain:
            before, where = known.booking
            self.run(lambda: self.ask(key, at, where, before=before))

    @rule(key=keys)
    def cancel(self, key: str) -> None:
        """Somebody cancels, whether there is a booking or not."""

        async def cancel() -> None:
            booker, cronofy = self.booker()
            self.known[key].certain = False
            await booker.cancel(key, self.places(cronofy, (0, 1)))
            self.known[key] = Known()

        self.run(cancel)

    @rule(room=st.integers(0, 1), at=times)
    def come_in(self, room: int, at: int) -> None:
        """Somebody puts an event into a room that has none at that time."""
        start, end = self.span(at)
        if not [each for each in self.standing(room) if overlap(each, start, end)]:
            self.sandbox.control.create_event(self.rooms[room].calendar_id, "Mine", start, end)

    @rule(room=st.integers(0, 1))
    def go(self, room: int) -> None:
        """Somebody takes an event out of a room again."""
        for each in self.standing(room):
            if each.owner is None:
                self.sandbox.control.cancel_event(each.uid)
                return

    @rule(faults=st.sampled_from([0.0, 0.1, 0.4]))
    def change_weather(self, faults: float) -> None:
        """It gets rougher, or better."""
        self.weather.faults = faults

    @rule(key=keys, at=times, where=rooms, lives=st.integers(0, 9), arrives=st.booleans())
    def be_killed(
        self, key: str, at: int, where: tuple[int, ...], lives: int, arrives: bool
    ) -> None:
        """A process is killed while it books."""

        async def ask() -> None:
            try:
                await self.ask(key, at, where, lives_for=lives, arrives=arrives)
            except* KilledError:
                # Nobody knows what became of it.
                pass

        self.run(ask)

    @rule(seconds=st.sampled_from([1, 61, 600]))
    def wait(self, seconds: float) -> None:
        """Time goes by; holds of the dead are over."""
        self.time.now += seconds

    # How ---------------------------------------------------------------------------------

    def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it with clients that begin anew, and let everything arrive that is on its way."""
        self.ways: list[Mortal] = []

        async def main() -> None:
            with suppress(CronofyError):
                await work()
            for way in self.ways:
                await way.settle()

        self.time.run(main())

    def booker(self, **life: Any) -> tuple[AsyncBooker, AsyncCronofy]:
        """A booker of a new process."""
        random, time = Random(self.random.random()), self.time
        way = Mortal(self.sandbox, random, time.sleep, self.weather)
        for name, value in life.items():
            setattr(way, name, value)
        self.ways.append(way)
        cronofy = AsyncCronofy(
            self.sandbox.client_id,
            self.sandbox.client_secret,
            transport=way,
            runtime=Runtime(monotonic=time, now=time, sleep=time.sleep, draw=random.random),
            limits=None,
            timeout=5.0,
            retry=RetryPolicy(attempts=2),
        )
        return AsyncBooker(cronofy, patience=70.0, alternatives=0), cronofy

    def places(
        self, cronofy: AsyncCronofy, where: tuple[int, ...]
    ) -> list[tuple[AsyncAccount, str]]:
        """Rooms as bookers take them."""
        chosen = [self.rooms[number] for number in where]
        return [
            (cronofy.account(room.sub, access_token=room.token), room.calendar_id)
            for room in chosen
        ]

    async def ask(
        self, key: str, at: int, where: tuple[int, ...], *, before: int | None = None, **life: Any
    ) -> None:
        """Book, or move, and take note of what was told."""
        known = self.known[key]
        if known.booking is not None and known.booking[1] != where:
            # Who takes part is settled with the first call of a key.
            where = known.booking[1]
        start, end = self.span(at)
        booker, cronofy = self.booker(**life)
        was_certain, known.certain = known.certain, False
        try:
            places = self.places(cronofy, where)
            if before is None:
                await booker.book(key, places, start, end, summary=key)
            else:
                old = Booking(
                    key=key,
                    calendars=tuple(places),
                    start=self.span(before)[0],
                    end=self.span(before)[1],
                    summary=key,
                )
                await booker.reschedule(old, start, end)
        except SlotTakenError:
            known.certain = was_certain
        else:
            self.known[key] = Known(booking=(at, where))

    def span(self, at: int) -> tuple[datetime, datetime]:
        """When a time is."""
        start = self.first + at * timedelta(minutes=30)
        return start, start + LENGTH

    def standing(self, room: int) -> list[Event]:
        """The events of a room that take up their time."""
        return [
            each
            for each in self.rooms[room].events()
            if not each.deleted and Hold.read(each.event_id) is None
        ]

    # What always holds -------------------------------------------------------------------

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        """No two events of a room overlap, whoever made them."""
        for room in range(2):
            found = sorted(self.standing(room), key=lambda each: each.start)
            for one, other in pairwise(found):
                assert one.end <= other.start, (one.event_id, other.event_id)

    @invariant()
    def what_was_told_is_true(self) -> None:
        """A booking that was told of, and not in doubt since, is where it was said to be."""
        for key, known in self.known.items():
            places = {
                (room, each.start)
                for room in range(2)
                for each in self.standing(room)
                if each.event_id == booking_event_id(key)
            }
            if not known.certain:
                continue
            if known.booking is None:
                assert not places
            else:
                at, where = known.booking
                start = self.span(at)[0].timestamp()
                assert {(room, int(start)) for room in where} == places

    @invariant()
    def a_hold_takes_up_no_time(self) -> None:
        """What the dead leave behind is free time for everybody else."""
        for room in self.rooms:
            for each in room.events():
                if Hold.read(each.event_id) is not None:
                    assert each.deleted or each.free


def overlap(event: Event, start: datetime, end: datetime) -> bool:
    """Whether an event takes up some of a time."""
    return event.start < end.timestamp() and start.timestamp() < event.end


BookingMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=12)
TestBookingMachine: Callable[..., Any] = pytest.mark.fault(50, 51)(BookingMachine.TestCase)
