"""
One way of reading events, in a fresh process: ``python -m benchmarks.client NAME ORIGIN ...``.

Prints what it cost as JSON: wall and CPU seconds, peak memory above what the process had
before the first request, and bytes received.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from .fresh import peak
from .structs import PAGE

__all__ = ("CLIENTS", "run")

Reader = Callable[[str, int], Awaitable[int]]


def _account(origin: str, **options: Any) -> Any:
    from cronofy_async import AsyncCronofy

    given: dict[str, Any] = {"limits": None, "api_url": origin, "timeout": 120.0} | options
    return AsyncCronofy("id", "secret", **given)


async def _together(count: int, read: Callable[[int], Awaitable[int]]) -> int:
    return sum(await asyncio.gather(*[read(number) for number in range(count)]))


async def stream(origin: str, accounts: int, **options: Any) -> int:
    """Our pagers, entry after entry."""
    prefetch = options.pop("prefetch", 1)
    async with _account(origin, **options) as cronofy:

        async def read(number: int) -> int:
            pager = cronofy.account(access_token=f"token-{number}").read_events(tzid="Etc/UTC")
            found = 0
            async for _ in pager.with_prefetch(prefetch):
                found += 1
            return found

        return await _together(accounts, read)


async def stream_defaults(origin: str, accounts: int) -> int:
    """The same with a limiter that never bites, and with hooks' worth of options."""
    from cronofy_async import Limits

    generous = Limits(concurrent=10_000, per_second=1_000_000, per_minute=1_000_000)
    return await stream(origin, accounts, limits=generous, headers={"x-request-source": "bench"})


async def stream_pages(origin: str, accounts: int) -> int:
    """Our pagers, page after page."""
    async with _account(origin) as cronofy:

        async def read(number: int) -> int:
            pager = cronofy.account(access_token=f"token-{number}").read_events(tzid="Etc/UTC")
            found = 0
            async for page in pager.pages():
                found += len(page.items)
            return found

        return await _together(accounts, read)


async def limited(origin: str, accounts: int) -> int:
    """Our pagers, sixteen requests at once."""
    from cronofy_async import Limits

    sixteen = Limits(concurrent=16, per_second=1_000_000, per_minute=1_000_000)
    return await stream(origin, accounts, limits=sixteen)


async def keep(origin: str, accounts: int) -> int:
    """All entries kept, each touched once."""
    async with _account(origin) as cronofy:

        async def read(number: int) -> Any:
            account = cronofy.account(access_token=f"token-{number}")
            return await account.read_events(tzid="Etc/UTC").collect()

        kept = await asyncio.gather(*[read(number) for number in range(accounts)])
        return sum(1 for each in kept for _ in each)


async def _slowly(origin: str, accounts: int, prefetch: int) -> int:
    async with _account(origin) as cronofy:

        async def read(number: int) -> int:
            pager = cronofy.account(access_token=f"token-{number}").read_events(tzid="Etc/UTC")
            found = 0
            async for page in pager.with_prefetch(prefetch).pages():
                found += len(page.items)
                await asyncio.sleep(0.05)
            return found

        return await _together(accounts, read)


async def slowly_ahead(origin: str, accounts: int) -> int:
    """A consumer that takes 50 ms for a page, the next page being ahead."""
    return await _slowly(origin, accounts, 1)


async def slowly(origin: str, accounts: int) -> int:
    """The same with nothing ahead."""
    return await _slowly(origin, accounts, 0)


async def paced(origin: str, _: int) -> int:
    """400 small requests by the service's quota of 50 in a second; how many were not refused."""
    from cronofy_async import Limits, RateLimitError, RetryPolicy

    limits = Limits(concurrent=100, per_minute=100_000)
    async with _account(origin, limits=limits, retry=RetryPolicy(attempts=1)) as cronofy:
        account = cronofy.account(access_token="token")

        async def ask(__: int) -> int:
            try:
                await account.list_calendars()
            except RateLimitError:
                return 0
            return 1

        return await _together(400, ask)


async def bare(origin: str, accounts: int) -> int:
    """Bare aiohttp and a msgspec Struct: no retries, no checks, nothing."""
    import aiohttp
    import msgspec

    decoder = msgspec.json.Decoder(PAGE)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read(number: int) -> int:
            url = f"{origin}/v1/events?tzid=Etc%2FUTC"
            headers = {"authorization": f"Bearer token-{number}"}
            found = 0
            while url:
                async with session.get(url, headers=headers) as response:
                    page: Any = decoder.decode(await response.read())
                for _ in page.events:
                    found += 1
                url = page.pages.next_page
            return found

        return await _together(accounts, read)


class _Floor(asyncio.Protocol):
    """The least that can be called a client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.parts: list[bytes] = []
        self.left = -1

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            head, _, data = data.partition(b"\r\n\r\n")
            self.left = int(head[head.index(b"length: ") + 8 :].split(b"\r")[0])
        self.parts.append(data)
        self.left -= len(data)
        if self.left == 0:
            body, self.parts, self.left = b"".join(self.parts), [], -1
            self.arrived.set_result(body)

    async def get(self, path: str, token: str) -> bytes:
        self.arrived: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(
            f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        )
        return await self.arrived


async def floor(origin: str, accounts: int, at_once: int | None = None) -> int:
    """A client of thirty lines and a msgspec Struct."""
    import msgspec

    decoder = msgspec.json.Decoder(PAGE)
    port = int(origin.rpartition(":")[2])
    places = asyncio.Semaphore(at_once or accounts)

    async def read(number: int) -> int:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_connection(_Floor, "127.0.0.1", port)
        path, found = "/v1/events", 0
        while path:
            async with places:
                body = await protocol.get(path, f"token-{number}")
            page: Any = decoder.decode(body)
            for _ in page.events:
                found += 1
            path = (page.pages.next_page or "").removeprefix(origin)
        transport.close()
        return found

    return await _together(accounts, read)


async def floor_limited(origin: str, accounts: int) -> int:
    """The same with 16 requests at once."""
    return await floor(origin, accounts, 16)


def _many(cronofy: Any, accounts: int, **options: Any) -> Any:
    """A read of so many accounts, over twenty pages each if they have a window."""
    from cronofy_async.operations import ReadEvents

    days = options.pop("days", {})
    views = [cronofy.account(access_token=f"token-{number}") for number in range(accounts)]
    return cronofy.read_many(ReadEvents(tzid="Etc/UTC", **days), views, at_once=50, **options)


async def many_pages(origin: str, accounts: int) -> int:
    """Our fan-out, page after page, entry after entry."""
    found = 0
    async with _account(origin) as cronofy:
        async for page in _many(cronofy, accounts).pages():
            for _ in page.entries:
                found += 1
    return found


async def many_outcomes(origin: str, accounts: int) -> int:
    """Our fan-out, account after account, as bytes."""
    async with _account(origin) as cronofy:
        return sum([len(each.result()) async for each in _many(cronofy, accounts)])


async def _windows(origin: str, accounts: int, windows: Any) -> int:
    from datetime import date

    days = {"from_": date(2030, 1, 8), "to": date(2030, 1, 28)}
    async with _account(origin) as cronofy:
        reading = _many(cronofy, accounts, days=days, windows=windows)
        return sum([len(each.result()) async for each in reading])


async def windows_none(origin: str, accounts: int) -> int:
    """Twenty days of accounts, each in one chain of twenty pages."""
    return await _windows(origin, accounts, None)


async def windows_two(origin: str, accounts: int) -> int:
    """The same in two windows."""
    return await _windows(origin, accounts, 2)


async def windows_eight(origin: str, accounts: int) -> int:
    """The same in eight windows."""
    return await _windows(origin, accounts, 8)


async def windows_four(origin: str, accounts: int) -> int:
    """The same in four windows."""
    return await _windows(origin, accounts, 4)


async def windows_auto(origin: str, accounts: int) -> int:
    """The same in as many windows as pay."""
    return await _windows(origin, accounts, "auto")


CLIENTS: Final[dict[str, Any]] = {
    each.__name__: each
    for each in (
        stream,
        stream_defaults,
        stream_pages,
        limited,
        keep,
        slowly_ahead,
        slowly,
        paced,
        many_pages,
        many_outcomes,
        windows_none,
        windows_two,
        windows_four,
        windows_eight,
        windows_auto,
        bare,
        floor,
        floor_limited,
    )
}


def run(name: str, origin: str, accounts: int = 1) -> dict[str, float]:
    """Run one of `CLIENTS` in a fresh process; what it cost."""
    command = [sys.executable, "-m", "benchmarks.client", name, origin, str(accounts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def _peak() -> int:
    """The most memory this process ever held, in bytes."""
    return int(peak() * 1e6)


async def _warm(origin: str, name: str) -> None:
    """Load and open what the first request needs: that is no part of what a read costs."""
    if name == "bare" or name.startswith("floor"):
        import aiohttp

        async with aiohttp.ClientSession() as session, session.get(f"{origin}/warm") as answer:
            await answer.read()
        return
    async with _account(origin) as cronofy:
        await cronofy.account(access_token="warm").list_calendars()
        assert cronofy.account(access_token="warm").read_events(tzid="Etc/UTC")
        if name.startswith(("many", "windows")):
            assert _many(cronofy, 0)


def _main(name: str, origin: str, accounts: int) -> None:
    async def main() -> None:
        await _warm(origin, name)
        base = _peak()
        wall, cpu = time.perf_counter(), time.process_time()
        found = await CLIENTS[name](origin, accounts)
        cost = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "memory": _peak() - base,
            "entries": found,
        }
        sys.stdout.write(json.dumps(cost))

    asyncio.run(main())


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
