"""What it costs to mirror accounts, beside a plain read of them, in fresh processes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from . import fresh, pages
from .group import Group
from .server import serve

if TYPE_CHECKING:
    from cronofy_async import AsyncCronofy
    from cronofy_async.mirror import SQLiteMirrorStore

__all__ = ("GROUPS", "load", "read", "write")

_LATENCY: Final = 0.05
_ACCOUNTS: Final = 50
_PAGES: Final = 20
_EVENTS: Final = _ACCOUNTS * _PAGES * pages.EVENTS
_CENTURY: Final = 36_500

Work = Callable[[], Mapping[str, float]]


def _client(origin: str) -> AsyncCronofy:
    from cronofy_async import AsyncCronofy
    from cronofy_async.operations import ReadEvents

    # Loaded before anybody waits for it.
    _ = ReadEvents(tzid="Etc/UTC")
    return AsyncCronofy("id", "secret", limits=None, api_url=origin, timeout=120.0)


def _views(cronofy: AsyncCronofy, accounts: int) -> list[Any]:
    return [cronofy.account(f"acc_{n}", access_token=f"token-{n}") for n in range(accounts)]


@contextmanager
def _store() -> Generator[SQLiteMirrorStore]:
    from cronofy_async.mirror import SQLiteMirrorStore

    with (
        tempfile.TemporaryDirectory() as folder,
        SQLiteMirrorStore(Path(folder) / "mirror" / "events.db") as store,
    ):
        yield store


def _once(main: Callable[[], Any], origin: str) -> Work:
    async def warm() -> None:
        async with _client(origin) as cronofy:
            await cronofy.account(access_token="warm").list_calendars()

    asyncio.run(warm())
    return lambda: asyncio.run(main())


def read(origin: str, accounts: int, by_page: bool, expected: int) -> Work:
    """A plain fan-out: kept as bytes account by account, or decoded page by page."""
    from cronofy_async.operations import ReadEvents

    async def main() -> dict[str, float]:
        async with _client(origin) as cronofy:
            reading = cronofy.read_many(
                ReadEvents(tzid="Etc/UTC"), _views(cronofy, accounts), at_once=_ACCOUNTS
            )
            if by_page:
                found = sum([len(page.entries) async for page in reading.pages()])
            else:
                found = sum([len(each.result()) async for each in reading])
        _check(found, expected)
        return {}

    return _once(main, origin)


def load(origin: str, accounts: int, at_once: int, expected: int) -> Work:
    """The initial load of a mirror in SQLite, and one catch-up of its first account."""
    from cronofy_async.mirror import AsyncEventMirror

    class Counted:
        """A transport that counts."""

        def __init__(self) -> None:
            from cronofy_transports.aiohttp import AiohttpTransport

            self.inner = AiohttpTransport()
            self.requests = 0

        async def send(self, request: Any, *, timeout: float) -> Any:
            self.requests += 1
            return await self.inner.send(request, timeout=timeout)

        async def aclose(self) -> None:
            await self.inner.aclose()

    async def main() -> dict[str, float]:
        from cronofy_async import AsyncCronofy

        wire = Counted()
        with _store() as store:
            async with AsyncCronofy(
                "id", "secret", limits=None, api_url=origin, timeout=120.0, transport=wire
            ) as cronofy:
                days = (-_CENTURY, _CENTURY)
                mirror = AsyncEventMirror(cronofy, store, days=days, at_once=at_once)
                views = _views(cronofy, accounts)
                await mirror.add(*views)
                outcomes = await mirror.catch_up()
                _check(sum(each.added for each in outcomes), expected)
                before = wire.requests
                await mirror.catch_up("acc_0")
                await wire.aclose()
        return {"requests": wire.requests - before}

    return _once(main, origin)


def write(events: int) -> Work:
    """Pages of several accounts into SQLite, without a network."""
    from zoneinfo import ZoneInfo

    from cronofy_async.mirror.pages import read_page
    from cronofy_async.mirror.stores import Batch
    from cronofy_async.operations import ReadEvents

    operation, tz = ReadEvents(tzid="Etc/UTC"), ZoneInfo("Etc/UTC")
    listed = [pages.events(n * pages.EVENTS) for n in range(20)]

    async def main() -> dict[str, float]:
        with _store() as store:
            turns: list[int] = []
            for account in range(_ACCOUNTS):
                await store.add(f"acc_{account}")
                standing = await store.begin(f"acc_{account}")
                assert standing is not None
                turns.append(standing.turn)
            for number in range(events // pages.EVENTS):
                account = number % _ACCOUNTS
                named = listed[number % 20].replace(b"evt_external_", b"evt_%08d_" % number)
                page = read_page(operation, pages.body(named, 1, 1, None), tz)
                rows = [row for row, _ in page.items]
                await store.write(f"acc_{account}", turns[account], Batch(rows=rows))
        return {}

    return lambda: asyncio.run(main())


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} came, and not {expected}")


def _served(prepare: Callable[..., Work], *arguments: Any, count: int = _PAGES) -> Any:
    def measure() -> dict[str, float]:
        """Milliseconds of a fresh process, by the clock and of the processor; megabytes."""
        latency = _LATENCY if count == _PAGES else 0.0
        with serve(latency=latency, pages=count) as origin:
            cost = fresh.run(prepare, origin, *arguments)
        return {
            "wall": cost["wall"] * 1000,
            "cpu": cost["cpu"] * 1000,
            "memory": cost["memory"],
            "requests": cost.get("requests", 0),
        }

    return measure


def _each() -> float:
    """Microseconds of the processor that one event takes into SQLite."""
    return fresh.run(write, _EVENTS // 2)["cpu"] / (_EVENTS // 2) * 1e6


GROUPS: Final = {
    "mirror": Group(
        {
            "fan-out, outcomes": _served(read, _ACCOUNTS, False, _EVENTS),
            "fan-out, pages": _served(read, _ACCOUNTS, True, _EVENTS),
            "initial load": _served(load, _ACCOUNTS, _ACCOUNTS, _EVENTS),
        },
        rounds=5,
    ),
    "mirror, into SQLite": Group({"an event": _each}, unit="us CPU", rounds=5),
    "mirror, a million": Group(
        {"1,000,000 events": _served(load, 1, 1, 1_000_000, count=10_000)}, unit="MB", rounds=1
    ),
}
"""The first variant of each is what the others are compared with."""
