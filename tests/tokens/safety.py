"""
The proof that no account is lost: exchanges cut at any moment, killed, and raced for.

``python -m tests.tokens.safety --exchanges 100000`` does all of it against the sandbox in
each of its three ways with refresh tokens, and prints what came of it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import attrs

from cronofy_async import AsyncCronofy, LeasingTokenStore, MemoryTokenStore
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import ListCalendars, RefreshToken
from cronofy_async.stores import RedisTokenStore, SQLiteTokenStore

from ..redis_support import redis_server
from ..virtual import VirtualTime
from .processes import processes
from .program import POINTS
from .sandboxed import SandboxService
from .service import LIFE, ROTATIONS, Rotation, on_loopback

__all__ = ("Tally", "crash", "cut_all", "race")

ACCOUNTS = 64
LONGEST = 0.8
"""Seconds that a request takes on its way there or back, at most."""

WHOLE = 4 * LONGEST
"""Those of a call whose token is refused and exchanged; now and then it takes longer."""


@attrs.define
class Tally:
    """
    What came of exchanges.

    Attributes:
        expiries: How often an access token ended that was needed.
        cut: How many calls were cancelled before their end.
        during: How many of these while their token was being exchanged.
        exchanges: How many exchanges the service did.
        stale: Refresh tokens that it refused.
        lost: Accounts whose stored tokens are good for nothing.
        more: Expiries with more than one exchange, or none.
    """

    expiries: int = 0
    cut: int = 0
    during: int = 0
    exchanges: int = 0
    stale: int = 0
    lost: int = 0
    more: int = 0

    def row(self, name: str) -> str:
        """A line of the table."""
        numbers = [self.expiries, self.cut, self.during, self.exchanges]
        numbers += [self.stale, self.more, self.lost]
        return f"{name:24}" + "".join(f"{number:>10,}" for number in numbers)


HEAD = f"{'cancelled at random':24}" + "".join(
    f"{name:>10}"
    for name in ("expiries", "cut", "in exch.", "exchanges", "stale", "not one", "lost")
)


@attrs.frozen
class Wire:
    """A way to the service that takes virtual time; knows whose exchange is on its way."""

    service: SandboxService
    time: VirtualTime
    chance: Random
    exchanging: set[str]

    async def send(self, request: Request, *, timeout: float) -> Response:
        owner = self.service.owner(request)
        if owner is not None:
            self.exchanging.add(owner)
        try:
            await self.time.sleep(self.chance.uniform(0, LONGEST))
            answer = self.service.answer(request)
            await self.time.sleep(self.chance.uniform(0, LONGEST))
        finally:
            if owner is not None:
                self.exchanging.discard(owner)
        return answer

    async def aclose(self) -> None:
        """Nothing to close."""


# Cancelled at a random moment ------------------------------------------------------------


def cut_all(rotation: Rotation, calls: int, seed: int = 0, *, plain: bool = False) -> Tally:
    """
    Cancel calls that need an exchange, each at a random moment of its life.

    Args:
        rotation: What becomes of a refresh token that is used.
        calls: How many are to be cancelled before their end, at least.
        seed: Of chance.
        plain: Whether to do it as plain code would, in the caller's own task.
    """
    time, tally = VirtualTime(1.9e9), Tally()
    service = SandboxService(rotation, time)
    time.run(_cut_all(service, time, calls, Random(seed), tally, plain=plain))
    return tally


async def _cut_all(
    service: SandboxService,
    clock: VirtualTime,
    calls: int,
    chance: Random,
    tally: Tally,
    *,
    plain: bool,
) -> None:
    subs = [service.add(f"n{number}") for number in range(ACCOUNTS)]
    store = MemoryTokenStore()
    for sub in subs:
        await store.put(sub, service.grant(sub))
    wire = Wire(service, clock, chance, set())
    runtime = attrs.evolve(
        AsyncCronofy().driver.runtime, monotonic=clock, now=clock, sleep=clock.sleep
    )
    cronofy = AsyncCronofy(
        service.sandbox.client_id,
        service.sandbox.client_secret,
        transport=wire,
        token_store=store,
        runtime=runtime,
        limits=None,
        # The deadlines of anyio are of real time.
        timeout=1e6,
    )
    call = partial(_plain_call, cronofy, store) if plain else partial(_call, cronofy)
    kept = [cronofy.account(sub) for sub in subs]
    while tally.cut < calls:
        before = service.exchanges.copy()
        if tally.expiries // ACCOUNTS % 2:
            # Found out when the token is refused.
            for sub in subs:
                service.expire(sub)
        else:
            # Known before it is sent.
            clock.now += LIFE
        tasks = {sub: asyncio.ensure_future(call(sub)) for sub in subs}
        cuts = [_cut(tasks[sub], sub, clock, chance, wire, tally) for sub in subs]
        await asyncio.gather(*cuts)
        for flight in list(cronofy.driver.under_way):
            await flight()
        for sub in subs:
            alive = service.is_alive(sub, await store.get(sub))
            tally.lost += not alive
            if not alive:
                # Their owner comes again.
                await store.put(sub, service.grant(sub))
        await asyncio.gather(*[call(sub) for sub in subs], return_exceptions=plain)
        tally.expiries += ACCOUNTS
        tally.more += sum(service.exchanges[sub] - before[sub] != 1 for sub in subs)
    tally.exchanges, tally.stale = service.exchanges.total(), service.stale
    await cronofy.aclose()
    assert kept


async def _call(cronofy: AsyncCronofy, sub: str) -> None:
    await cronofy.account(sub).list_calendars()


async def _plain_call(cronofy: AsyncCronofy, store: MemoryTokenStore, sub: str) -> None:
    """What a program does by itself: exchange, store, go on."""
    tokens = await store.get(sub)
    assert tokens is not None
    assert tokens.refresh_token is not None
    got = await cronofy.send(RefreshToken(refresh_token=tokens.refresh_token))
    refresh_token = got.refresh_token or tokens.refresh_token
    await store.put(sub, attrs.evolve(tokens, refresh_token=refresh_token))
    await cronofy.account(access_token=got.access_token).send(ListCalendars())


async def _cut(
    task: asyncio.Task[None],
    sub: str,
    clock: VirtualTime,
    chance: Random,
    wire: Wire,
    tally: Tally,
) -> None:
    await clock.sleep(chance.uniform(0, WHOLE))
    if not task.done():
        tally.cut += 1
        tally.during += sub in wire.exchanging
        task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


# Killed, and raced for --------------------------------------------------------------------

Place = dict[str, Any]
"""Where a store is, as `tests.tokens.program` is told."""


def store_at(place: Place) -> LeasingTokenStore:
    """The store there."""
    if "redis" in place:
        return RedisTokenStore(place["redis"])
    return SQLiteTokenStore(place["path"])


@contextmanager
def places() -> Generator[dict[str, Callable[[], Place]]]:
    """Makes places of stores, none of which was used before."""
    with tempfile.TemporaryDirectory() as folder, redis_server(Path(folder)) as url:
        numbers = iter(range(1, 10**6))
        yield {
            "SQLite": lambda: {"path": str(Path(folder) / "private" / f"{next(numbers)}.db")},
            "Redis": lambda: {"redis": url},
        }


def crash(place: Place, point: str, rotation: Rotation) -> tuple[str, bool, bool]:
    """
    Kill a process with -9 at a point of an exchange, and have another one go on.

    Returns:
        What became of the other's call; whether the stored tokens are good; and whether
        the service had given out tokens that died with the process.
    """
    service = SandboxService(rotation)
    subs = [service.add(name) for name in ("ada", "ben")]
    store = store_at(place)

    async def put() -> None:
        for sub in subs:
            await store.put(sub, service.grant(sub, expired=True))

    asyncio.run(put())
    with on_loopback(service) as url:
        orders = {"url": url, "sub": subs[0], "speed": 100, **place, **_credentials(service)}
        both = {**orders, "point": point}, {**orders, "then": subs[1]}
        with processes(*both) as (crashed, restarted):
            crashed.go()
            assert -9 == crashed.popen.wait(40)
            died_with = not service.is_alive(subs[0], asyncio.run(store.get(subs[0])))
            restarted.go()
            (kind,) = restarted.results()
    record = asyncio.run(store.read(subs[0]))
    assert record is not None
    assert (None, None) == (record.lease, record.pending)
    assert record.needs_reauth == (kind == "ReauthorizationRequiredError")
    return kind, service.is_alive(subs[0], record.tokens), died_with


def race(place: Place, rotation: Rotation, count: int = 8, tasks: int = 50) -> Tally:
    """Have processes with many tasks each find the same token expired."""
    service = SandboxService(rotation)
    sub = service.add("ada")
    store = store_at(place)
    asyncio.run(store.put(sub, service.grant(sub, expired=True)))
    with on_loopback(service) as url:
        orders = {"url": url, "sub": sub, "tasks": tasks, "speed": 10}
        orders |= {**place, **_credentials(service)}
        with processes(*[orders] * count) as started:
            for each in started:
                each.go()
            results = [each.results() for each in started]
    assert [{"list": tasks}] * count == results
    alive = service.is_alive(sub, asyncio.run(store.get(sub)))
    exchanges = service.exchanges.total()
    return Tally(1, 0, 0, exchanges, service.stale, int(not alive), int(exchanges != 1))


def _credentials(service: SandboxService) -> dict[str, str]:
    sandbox = service.sandbox
    return {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}


def main() -> None:
    """Do all of it, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.tokens.safety")
    parser.add_argument("--exchanges", type=int, default=100_000, help="how many calls are cut")
    parser.add_argument("--no-processes", action="store_true", help="cancel only")
    given = parser.parse_args()
    began = time.monotonic()
    print(HEAD, flush=True)
    share = -(-given.exchanges // len(ROTATIONS))
    for seed, rotation in enumerate(ROTATIONS):
        print(cut_all(rotation, share, seed).row(rotation), flush=True)
    print(cut_all("rotating", 2000, plain=True).row("plain code, rotating"), flush=True)
    if not given.no_processes:
        _report_processes()
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def _report_processes() -> None:
    with places() as makers:
        print(f"\n{'killed with -9':38}" + "".join(f"{r:>22}" for r in ROTATIONS))
        for name, make in makers.items():
            for point in POINTS:
                # Redis stores in one step, of which there is no middle.
                can = name == "SQLite" or point != POINTS[4]
                cells = [_cell(*crash(make(), point, r)) if can else "-" for r in ROTATIONS]
                row = f"{name}: {point}"
                print(f"{row:44}" + "".join(f"{cell:>20}" for cell in cells), flush=True)
        print(f"\n{'8 processes x 50 tasks':24}  exchanges, stale, lost")
        for name, make in makers.items():
            for rotation in ROTATIONS:
                tally = race(make(), rotation)
                found = tally.exchanges, tally.stale, tally.lost
                print(f"{name + ', ' + rotation:24}", *found, flush=True)


def _cell(kind: str, is_alive: bool, died_with: bool) -> str:
    """What became of an account."""
    if is_alive and kind == "list":
        return "goes on"
    assert died_with, "tokens that somebody had were lost"
    return "consent needed"


if __name__ == "__main__":
    main()
