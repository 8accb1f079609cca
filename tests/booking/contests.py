"""
``python -m tests.booking.contests``: many contests for one time, and who won them.

In each contest some rivals, with a client and a key of their own, book the same hour of
a room at the same moment. Requests are slow, lost before or after they were carried out,
refused, and carried out long after anybody waited for them; rivals are cancelled, time
out, and ask again with their keys. Clocks differ. Time is virtual. In the end everybody
has been told, and it has to be true.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

import attrs

from cronofy_async import AsyncCronofy, CronofyError, RetryPolicy
from cronofy_async.booking import AsyncBooker, SlotTakenError, booking_event_id
from cronofy_async.booking.names import Hold
from cronofy_async.client.runtime import Runtime
from cronofy_transports.sandbox import Sandbox

from ..virtual import VirtualTime
from .rooms import Room, hour, room_in, sandbox_at
from .rough import RoughWay, Weather

START = 1_893_456_000.0
"""The first moment of 2030, in UTC."""


@attrs.define
class Told:
    """
    What a rival was told, and when.

    Attributes:
        won: Whether it has the time.
        after: Seconds from its first call to that.
        calls: How often it asked.
    """

    won: bool | None = None
    after: float = 0.0
    calls: int = 0


@attrs.define
class Result:
    """What came of one contest."""

    told: dict[str, Told]
    bookings: list[str]
    requests: int
    holds: int

    def complaints(self) -> list[str]:
        """What is wrong with it."""
        winners = [key for key, told in self.told.items() if told.won]
        wrong = []
        if len(winners) != 1:
            wrong.append(f"{len(winners)} were told that they have it")
        if any(told.won is None for told in self.told.values()):
            wrong.append("somebody was told nothing")
        if sorted(map(booking_event_id, winners)) != self.bookings:
            wrong.append(f"there are {len(self.bookings)} events, of others than the winners")
        return wrong


class Contest:
    """
    One contest.

    Args:
        sandbox: Where the room is.
        time: Everybody's.
        seed: Chance.
        rivals: How many there are.
        patience: Of each of them, in seconds.
        weather: How rough it is.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        time: VirtualTime,
        seed: int,
        rivals: int,
        patience: float,
        weather: Weather,
    ) -> None:
        self.random = Random(seed)
        self.sandbox, self.time, self.patience = sandbox, time, patience
        self.room: Room = room_in(sandbox, f"room {seed}")
        self.start = hour(time.now, 2)
        self.weather = weather
        self.told = {f"key {seed}.{number}": Told() for number in range(rivals)}
        self.ways: list[RoughWay] = []

    def booker(self) -> tuple[AsyncBooker, AsyncCronofy]:
        """A booker with a client, a way and a clock of its own."""
        random, time = Random(self.random.random()), self.time
        ahead = random.uniform(-10, 10)
        runtime = Runtime(
            monotonic=time, now=lambda: time.now + ahead, sleep=time.sleep, draw=random.random
        )
        way = RoughWay(self.sandbox, random, time.sleep, self.weather)
        self.ways.append(way)
        cronofy = AsyncCronofy(
            self.sandbox.client_id,
            self.sandbox.client_secret,
            transport=way,
            runtime=runtime,
            limits=None,
            timeout=random.choice([2.0, 5.0, 20.0]),
            retry=RetryPolicy(attempts=random.choice([1, 2, 3])),
        )
        return AsyncBooker(cronofy, patience=self.patience, alternatives=1), cronofy

    async def ask(self, key: str, *, cut: float | None) -> bool | None:
        """Book with a key once; what it was told, if anything."""
        booker, cronofy = self.booker()
        account = cronofy.account(self.room.sub, access_token=self.room.token)
        work = asyncio.ensure_future(
            booker.book(
                key,
                (account, self.room.calendar_id),
                self.start,
                self.start.replace(minute=45),
                summary=key,
            )
        )
        cutter = None if cut is None else asyncio.ensure_future(self._cut(work, cut))
        try:
            await work
        except SlotTakenError:
            return False
        except (CronofyError, asyncio.CancelledError):
            return None
        finally:
            if cutter is not None:
                cutter.cancel()
        return True

    async def _cut(self, work: asyncio.Task[object], seconds: float) -> None:
        await self.time.sleep(seconds)
        work.cancel()

    async def take_part(self, key: str) -> None:
        """Ask until told, or give up for now."""
        random, told, began = self.random, self.told[key], self.time.now
        if random.random() < 0.5:
            await self.time.sleep(random.uniform(0, 0.3))
        while told.won is None:
            rough = self.weather.faults > 0
            cut = random.uniform(0, 1.5) if rough and random.random() < 0.2 else None
            told.calls += 1
            told.won = await self.ask(key, cut=cut)
            told.after = self.time.now - began
            if told.won is None and random.random() < 0.4:
                return

    async def run(self) -> Result:
        """Hold the contest."""
        await asyncio.gather(*[self.take_part(key) for key in self.told])
        for way in self.ways:
            await way.settle()
        # Those who gave up come back on a better day.
        rough, self.weather.faults = self.weather.faults, 0.0
        for key, told in self.told.items():
            if told.won is None:
                told.calls += 1
                told.won = await self.ask(key, cut=None)
        self.weather.faults = rough
        events = [each for each in self.room.events() if not each.deleted]
        return Result(
            told=self.told,
            bookings=sorted(
                each.event_id or "?" for each in events if Hold.read(each.event_id) is None
            ),
            requests=sum(way.sent for way in self.ways),
            holds=sum(Hold.read(each.event_id) is not None for each in events),
        )


def hold_contests(
    seeds: Sequence[int], rivals: int, *, patience: float = 70.0, faults: float = 0.1
) -> list[Result]:
    """
    Hold contests, one after the other, each in a room of its own.

    Args:
        seeds: One for each.
        rivals: How many take part in each.
        patience: Of each of them, in seconds. With more than a hold lasts, those of rivals
            who are gone are waited for; with less, they may have nobody get the time.
        faults: How likely something befalls a request.
    """
    results: list[Result] = []

    async def main(time: VirtualTime, sandbox: Sandbox, some: Sequence[int]) -> None:
        for seed in some:
            contest = Contest(sandbox, time, seed, rivals, patience, Weather(faults=faults))
            results.append(await contest.run())

    for first in range(0, len(seeds), 50):
        clock = VirtualTime(START)
        clock.run(main(clock, sandbox_at(clock), seeds[first : first + 50]))
    return results


def main() -> int:
    """Hold contests, print what came of them, and fail if one was won by none or several."""
    parser = argparse.ArgumentParser(prog="python -m tests.booking.contests")
    parser.add_argument("--contests", type=int, default=1000)
    parser.add_argument("--rivals", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--patience", type=float, default=70.0)
    parser.add_argument("--faults", type=float, default=0.1)
    asked = parser.parse_args()
    began, wrong, seen = time.monotonic(), 0, Counter[str]()
    slowest = 0.0
    for first in range(asked.seed, asked.seed + asked.contests, 50):
        seeds = range(first, min(first + 50, asked.seed + asked.contests))
        results = hold_contests(seeds, asked.rivals, patience=asked.patience, faults=asked.faults)
        for seed, result in zip(seeds, results, strict=True):
            for complaint in result.complaints():
                wrong += 1
                print(f"contest {seed}: {complaint}", file=sys.stderr, flush=True)
            seen["requests"] += result.requests
            seen["holds left"] += result.holds
            seen["calls"] += sum(told.calls for told in result.told.values())
            slowest = max([slowest, *(told.after for told in result.told.values())])
        print(
            f"{first + len(seeds) - asked.seed} contests of {asked.rivals}: {wrong} wrong; "
            f"{dict(seen)}; last told after {slowest:.2f} s; "
            f"took {time.monotonic() - began:.0f} s, {time.process_time():.0f} s of CPU",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
