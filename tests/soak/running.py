"""One seed of a soak: people, workers, and what there is at the end."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any, Final

import anyio
import attrs

from cronofy_async import AsyncCronofy, RetryPolicy
from cronofy_async.client.runtime import Runtime
from cronofy_transports.sandbox import SandboxTransport, run_in_thread
from tests.virtual_loop import run

from .calling import WrongError
from .calls import Caller
from .leaks import of_the_client, of_the_process
from .mix import faults
from .place import NOW, QUOTA, Place, Rotation

__all__ = ("Report", "soak_in_process", "soak_over_http")

WORKERS: Final = 24
LEGS: Final = 8
"""In so many parts; between them everything is compared, and nothing may be left."""

GROWTH: Final = 32.0
"""Bytes for each operation by which memory may grow: less than any object takes."""

ROTATIONS: Final[tuple[Rotation, ...]] = ("rotating", "rotating_with_grace", "fixed")


@attrs.define(kw_only=True)
class Report:
    """
    What one seed came to.

    Attributes:
        wrong: What must not be; nothing, if all is well.
        left: What was left behind: tasks and objects of the client since the warm-up, threads
            and descriptors when all was closed.
        growth: By how many bytes for each operation the memory grew that the client's files
            hold, after the warm-up; `None`: not measured.
    """

    seed: int
    way: str
    rotation: str
    operations: int = 0
    requests: int = 0
    struck: int = 0
    kinds: Counter[str] = attrs.field(factory=Counter)
    outcomes: Counter[str] = attrs.field(factory=Counter)
    renewals: int = 0
    consents: int = 0
    most: tuple[int, int] = (0, 0)
    refused: int = 0
    virtual: float = 0.0
    seconds: float = 0.0
    growth: float | None = None
    left: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)

    @property
    def is_bad(self) -> bool:
        """Whether anything is as it must not be."""
        return bool(self.wrong or self.left or (self.growth or 0) > GROWTH)

    @property
    def told(self) -> dict[str, Any]:
        """A row of the table."""
        outcomes = self.outcomes
        return {
            "seed": self.seed,
            "way": self.way,
            "tokens": self.rotation,
            "operations": self.operations,
            "requests": self.requests,
            "struck": f"{self.struck / max(self.requests, 1):.1%}",
            "kinds of fault": len(self.kinds),
            "failed": sum(count for name, count in outcomes.items() if "Error" in name),
            "unknown": sum(n for name, n in outcomes.items() if "OutcomeUnknown" in name),
            "looked up": outcomes["events looked up"] + outcomes["creations looked up"],
            "cancelled": sum(n for name, n in outcomes.items() if "Cancelled" in name),
            "renewals": self.renewals,
            "consents": self.consents,
            "most in 1 s / 60 s": "{} / {}".format(*self.most),
            "memory": "" if self.growth is None else f"{self.growth:+.1f} B",
            "left": sum(self.left.values()),
            "wrong": len(self.wrong),
            "virtual h": f"{self.virtual / 3600:.1f}",
            "s": f"{self.seconds:.0f}",
        }


_OURS: Final = [
    tracemalloc.Filter(True, f"*/{name}")  # the library's
    for name in ("cronofy_async/*", "cronofy_transports/_*.py", "cronofy_transports/aiohttp.py")
]
"""What the client's own files made; the sandbox, which is in the same process, has a past."""


def _held() -> int:
    gc.collect()
    return sum(each.size for each in tracemalloc.take_snapshot().filter_traces(_OURS).traces)


class _Soak:
    def __init__(self, place: Place, cronofy: AsyncCronofy, report: Report, random: Random) -> None:
        self.place, self.cronofy, self.report = place, cronofy, report
        self.caller = Caller(place, cronofy, random)
        self._left = 0

    async def run(self, operations: int, share: float, slow: float, *, measure: bool) -> None:
        """Make so many calls in several legs."""
        for person in self.place.people:
            await self.caller.consent(person)
        for fault in faults(share, slow):
            self.place.sandbox.faults.add(fault)
        left: list[Counter[str]] = []
        # The first leg fills the world, the caches and the pools.
        memory: list[int] = []
        for leg in range(LEGS):
            await self._leg(operations // LEGS + (leg < operations % LEGS))
            left.append(of_the_client())
            if measure:
                memory.append(_held())
        self.report.left += left[-1] - left[0]
        if measure:
            # The last quarter against the one after the warm-up; half the operations lie between.
            first, last = memory[LEGS // 4 : LEGS // 2], memory[-(LEGS // 4) :]
            grown = sum(last) / len(last) - sum(first) / len(first)
            self.report.growth = grown / (operations / 2)

    async def _leg(self, operations: int) -> None:
        self._left = operations
        async with anyio.create_task_group() as group:
            for _ in range(WORKERS):
                group.start_soon(self._work)
        await self._settled()
        self.report.operations += operations
        self.report.wrong += self.place.differences()

    async def _work(self) -> None:
        while self._left > 0:
            self._left -= 1
            try:
                await self.caller.one()
            except WrongError as error:
                self.report.wrong.append(str(error))
                if len(self.report.wrong) > 200:
                    raise

    async def _settled(self) -> None:
        """Wait for what goes on by itself: renewals, and pages that were asked for ahead."""
        driver = self.cronofy.driver
        for _ in range(1000):
            if not driver.under_way and not driver.ahead:
                return
            await anyio.sleep(0.01)
        left = len(driver.under_way), len(driver.ahead)
        self.report.wrong.append(f"never over: {left[0]} of the client's own, {left[1]} pages")


@asynccontextmanager
async def _receiver() -> AsyncGenerator[str]:
    """Where callbacks are taken in, and passed over."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _close(report: Report, place: Place, caller: Caller, needed: list[Any]) -> None:
    diary = place.diary
    report.requests, report.struck = diary.requests, sum(diary.struck.values())
    report.kinds, report.outcomes = diary.struck, caller.outcomes
    report.renewals, report.consents = diary.kinds["RefreshToken"], len(needed)
    report.most = diary.most[0], diary.most[1]
    report.refused = diary.refused
    if len(needed) > diary.lost_exchanges:
        report.wrong.append(f"{len(needed)} consents for {diary.lost_exchanges} lost exchanges")


def soak_in_process(
    seed: int,
    operations: int,
    share: float,
    *,
    people: int = 60,
    rotation: Rotation | None = None,
    meddle: bool = False,
) -> Report:
    """
    Soak one seed on virtual time, without a socket.

    Args:
        seed: Of everything that is left to chance.
        operations: How many calls.
        share: Of how many requests something goes wrong.
        people: How many accounts.
        rotation: What becomes of refresh tokens; left out: by the seed.
        meddle: Whether to change somebody's event in the sandbox, which must be noticed.
    """
    rotation = rotation or ROTATIONS[seed % len(ROTATIONS)]
    report = Report(seed=seed, way="in process", rotation=rotation)
    began = time.perf_counter()
    before = of_the_process()

    async def main() -> None:
        clock = asyncio.get_running_loop().time
        random = Random(seed)
        place = Place(seed, people, clock, rotation=rotation, quota=QUOTA)
        needed: list[str | None] = []
        runtime = Runtime(monotonic=clock, now=lambda: NOW + clock(), draw=random.random)
        async with AsyncCronofy(
            place.sandbox.client_id,
            place.sandbox.client_secret,
            transport=SandboxTransport(place.sandbox),
            runtime=runtime,
            timeout=120,
            on_needs_reauth=lambda error: needed.append(error.sub),
        ) as cronofy:
            soak = _Soak(place, cronofy, report, random)
            await soak.run(operations, share, slow=3.0, measure=False)
            if meddle:
                place.meddle()
                report.wrong += place.differences()
        _close(report, place, soak.caller, needed)
        report.virtual = clock()
        # A call of ours may have waited for the quota, but the service never refused one.
        if report.refused or report.most[0] > 50 or report.most[1] > 500:
            report.wrong.append(f"beyond the quota: {report.refused}, {report.most}")

    run(main())
    report.left += of_the_process() - before
    report.seconds = time.perf_counter() - began
    return report


def soak_over_http(
    seed: int,
    operations: int,
    share: float,
    *,
    people: int = 20,
    transport: str | None = None,
    measure: bool = True,
) -> Report:
    """
    Soak one seed over real HTTP on loopback, in real time and with short waits.

    Args:
        seed: Of everything that is left to chance.
        operations: How many calls.
        share: Of how many requests something goes wrong.
        people: How many accounts.
        transport: The transport's name; left out: the default one.
        measure: Whether to measure memory, which takes twice as long.
    """
    rotation = ROTATIONS[seed % len(ROTATIONS)]
    report = Report(seed=seed, way=transport or "aiohttp", rotation=rotation)
    began = time.perf_counter()
    # Tokens and pages are to expire in this short time too.
    clock: Callable[[], float] = lambda: 200 * (time.perf_counter() - began)  # noqa: E731  # short
    place = Place(seed, people, clock, rotation=rotation, page_life=600)
    random = Random(seed)
    needed: list[str | None] = []
    retry = RetryPolicy(wait_initial=0.001, wait_max=0.004, retry_after_jitter=0.001)

    async def hurry(seconds: float) -> None:
        await anyio.sleep(min(seconds, 0.01))

    async def main(url: str) -> None:
        async with AsyncCronofy(
            place.sandbox.client_id,
            place.sandbox.client_secret,
            api_url=url,
            transport=transport,
            retry=retry,
            limits=None,
            runtime=Runtime(sleep=hurry),
            on_needs_reauth=lambda error: needed.append(error.sub),
        ) as cronofy:
            soak = _Soak(place, cronofy, report, random)
            soak.caller.longest = 0.05
            async with _receiver() as soak.caller.origin:
                await soak.run(operations, share, slow=0.005, measure=measure)
        _close(report, place, soak.caller, needed)

    before = of_the_process()
    if measure:
        tracemalloc.start()
    try:
        with run_in_thread(place.sandbox) as urls:
            asyncio.run(main(urls.api_url))
    finally:
        if measure:
            tracemalloc.stop()
    report.left += of_the_process() - before
    report.virtual = clock()
    report.seconds = time.perf_counter() - began
    return report
