"""What retries cost when the service is down, and whether the quota is kept: in virtual time."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

import anyio
import attrs

from cronofy_async import AsyncAccount, AsyncCronofy, CronofyError, Limits, RetryPolicy
from cronofy_async.client.runtime import Runtime
from cronofy_async.client.sharing import Change
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Clock, Fault, Quota, Sandbox, SandboxTransport, mischief
from cronofy_transports.sandbox.journal import Entry, Journal
from tests.virtual_loop import run

from .place import NOW

__all__ = ("Verdict", "herd", "outage", "quota_over", "third_call")

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Verdict:
    """
    A promise, and what came of it.

    Attributes:
        what: The promise.
        found: The figure, or several.
        is_kept: Whether it holds.
    """

    what: str
    found: str
    is_kept: bool

    @property
    def told(self) -> dict[str, Any]:
        """A row of the table."""
        return {"promise": self.what, "found": self.found, "kept": "yes" if self.is_kept else "NO"}


class _Moments(Journal):
    """A journal that keeps no more than when requests came, and how many were refused."""

    def __init__(self) -> None:
        super().__init__(1)
        self.at: list[float] = []
        self.refused = 0

    def write(self, entry: Entry) -> None:
        self.at.append(entry.at)
        self.refused += entry.status == 429


def _clients(
    sandbox: Sandbox, count: int, random: Random, **options: Any
) -> tuple[list[AsyncCronofy], list[AsyncAccount]]:
    """So many clients of one sandbox on the running loop's time, and an account of each."""
    clock = asyncio.get_running_loop().time
    runtime = Runtime(monotonic=clock, now=lambda: NOW + clock(), draw=random.random)
    clients = [
        AsyncCronofy(
            sandbox.client_id,
            sandbox.client_secret,
            transport=options.get("transport") or SandboxTransport(sandbox),
            runtime=runtime,
            **{name: value for name, value in options.items() if name != "transport"},
        )
        for _ in range(count)
    ]
    person = sandbox.accounts()[0]
    return clients, [
        each.account(person["sub"], access_token=person["access_token"]) for each in clients
    ]


def _sandbox(**options: Any) -> tuple[Sandbox, _Moments]:
    clock = asyncio.get_running_loop().time
    sandbox = Sandbox(7, clock=Clock(lambda: NOW + clock()), **options)
    journal = _Moments()
    sandbox.journal = journal
    return sandbox, journal


async def _count(calls: list[Callable[[], Awaitable[Any]]]) -> int:
    """How many of some calls, all made at once, succeed."""
    good = 0

    async def one(call: Callable[[], Awaitable[Any]]) -> None:
        nonlocal good
        try:
            await call()
        except CronofyError:
            return
        good += 1

    async with anyio.create_task_group() as group:
        for call in calls:
            group.start_soon(one, call)
    return good


def outage(calls: int = 10_000) -> Verdict:
    """The service is down: retries of all calls together end soon."""

    async def main() -> tuple[int, int]:
        sandbox, journal = _sandbox()
        sandbox.faults.add(Fault(action=mischief.Status(status=503)))
        _, (account,) = _clients(sandbox, 1, Random(1), limits=None)

        async def ask(at: float) -> Any:
            await anyio.sleep(at)
            return await account.list_channels()

        # 500 calls a second, for as long as it takes.
        good = await _count([lambda n=n: ask(n / 500) for n in range(calls)])  # type: ignore[misc]
        return len(journal.at), good

    requests, good = run(main())
    return Verdict(
        what=f"{calls:,} calls during a total outage: at most 1.1 requests each",
        found=f"{requests / calls:.3f} requests each, {good} succeeded",
        is_kept=requests <= 1.1 * calls and good == 0,
    )


def third_call(calls: int = 10_000, at_once: int = 1, attempts: int = 3) -> Verdict:
    """
    Every third request fails: calls succeed all the same.

    Args:
        calls: How many.
        at_once: How many callers make them. Of one, no retry is a third request again; of
            several it may be, and then it takes more attempts.
        attempts: Of each call.
    """

    async def main() -> tuple[int, int]:
        sandbox, journal = _sandbox()
        sandbox.faults.add(Fault(action=mischief.Status(status=500), every=3))
        retry = RetryPolicy(attempts=attempts)
        _, (account,) = _clients(sandbox, 1, Random(1), limits=None, retry=retry, timeout=600.0)

        async def ask() -> int:
            good = 0
            for _ in range(calls // at_once):
                good += await _count([account.list_channels])
            return good

        found: list[int] = []

        async def caller() -> None:
            found.append(await ask())

        async with anyio.create_task_group() as group:
            for _ in range(at_once):
                group.start_soon(caller)
        return len(journal.at), sum(found)

    requests, good = run(main())
    return Verdict(
        what=(
            f"{calls:,} calls of {at_once} callers, {attempts} attempts, every third request "
            "fails: 99.99 % succeed, 1.5 requests each"
        ),
        found=f"{good / calls:.2%} succeeded, {requests / calls:.3f} requests each",
        # At once, it is one and a half only on average.
        is_kept=requests <= (1.5 if at_once == 1 else 1.51) * calls and good >= 0.9999 * calls,
    )


def herd(clients: int = 1_000) -> Verdict:
    """Everybody is told to come back in a second: not all come at once."""

    async def main() -> list[float]:
        sandbox, journal = _sandbox()
        fault = Fault(action=mischief.Status(status=429, retry_after=1), times=clients)
        sandbox.faults.add(fault)
        _, accounts = _clients(sandbox, clients, Random(1))
        assert clients == await _count([each.list_channels for each in accounts])
        return sorted(journal.at)[clients:]

    again = run(main())
    busiest = max(bisect_left(again, at + 0.1) - index for index, at in enumerate(again))
    return Verdict(
        what=f"{clients:,} clients told Retry-After: 1: at most 15 % in the busiest 100 ms",
        found=f"{busiest / clients:.1%}",
        is_kept=busiest <= 0.15 * clients and len(again) == clients,
    )


# The quota -------------------------------------------------------------------------------


class _Store:
    """A quota store in memory that takes a while, as one on a network does."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._kept: dict[str, bytes] = {}

    async def update(self, key: str, change: Change[R]) -> R:
        await anyio.sleep(self._random.random() * 0.004)
        clock = asyncio.get_running_loop().time
        changed, result = change(self._kept.get(key), clock())
        if changed is not None:
            self._kept[key] = changed
        await anyio.sleep(self._random.random() * 0.004)
        return result


class _Way:
    """A way to a sandbox on which requests take a while, some longer than others."""

    def __init__(self, sandbox: Sandbox, random: Random) -> None:
        self._inner = SandboxTransport(sandbox)
        self._random = random

    async def send(self, request: Request, *, timeout: float) -> Response:
        # Within the margin for which the governor allows.
        await anyio.sleep(0.005 + 0.02 * self._random.random())
        response = await self._inner.send(request, timeout=timeout)
        await anyio.sleep(0.005)
        return response

    async def aclose(self) -> None:
        """Nothing to close."""


def most_in(moments: list[float], length: float) -> int:
    """The most moments in any window that slides, its end not counted."""
    recent: deque[float] = deque()
    most = 0
    for moment in moments:
        recent.append(moment)
        while recent[0] <= moment - length:
            recent.popleft()
        most = max(most, len(recent))
    return most


def quota_over(hours: float, clients: int = 8) -> Verdict:
    """
    Eight clients share the quota under more load than it bears, with faults; one is killed.

    Args:
        hours: Of virtual time.
        clients: How many.
    """
    length = hours * 3600

    async def main() -> _Moments:
        sandbox, journal = _sandbox(quota=Quota())
        random = Random(3)
        for action in (mischief.Status(status=503), mischief.Drop(), mischief.Drop(when="after")):
            sandbox.faults.add(Fault(action=action, probability=0.01))
        _, accounts = _clients(
            sandbox,
            clients,
            random,
            transport=_Way(sandbox, random),
            limits=Limits(),
            quota_store=_Store(random),
            timeout=600.0,
        )

        ends: list[anyio.CancelScope] = []

        async def ask(account: AsyncAccount) -> None:
            with anyio.CancelScope() as end:
                if account is accounts[0]:
                    ends.append(end)
                while True:
                    with suppress(CronofyError):
                        await account.list_channels()

        async with anyio.create_task_group() as group:
            for account in accounts:
                for _ in range(4):
                    group.start_soon(ask, account)
            await anyio.sleep(length / 2)
            # One is killed, with what it had settled and not sent.
            for end in ends:
                end.cancel()
            await anyio.sleep(length / 2)
            group.cancel_scope.cancel()
        return journal

    journal = run(main())
    moments = sorted(journal.at)
    second, minute = most_in(moments, 1.0), most_in(moments, 60.0)
    used = len(moments) / (length / 60 * 500)
    return Verdict(
        what=(
            f"{clients} clients, {hours:g} h: never above 50 in a second or 500 in a minute, "
            "95 % in use"
        ),
        found=(
            f"{len(moments):,} requests, at most {second} and {minute}, {used:.1%} in use, "
            f"{journal.refused} refused"
        ),
        is_kept=second <= 50 and minute <= 500 and used >= 0.95 and journal.refused == 0,
    )
