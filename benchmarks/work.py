"""
What is measured in fresh processes: the same work, done by us and by others.

Each function prepares its work and returns it; see `benchmarks.fresh`. Preparing is to
import, and to open whatever is opened once in a process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cronofy_async import AsyncCronofy, Limits

__all__ = (
    "Work",
    "call_blocking",
    "call_with_floor",
    "call_with_requests",
    "keep_models",
    "query_availability",
    "query_with_floor",
    "query_with_pycronofy",
    "read_accounts",
    "read_with_pycronofy",
    "stream_accounts",
)

Work = Callable[[], None]

SUB: Final = "acc_5700a00eb0ccd07000000000"
START: Final = datetime(2030, 1, 7, 9, tzinfo=UTC)
END: Final = datetime(2030, 1, 7, 17, tzinfo=UTC)


# Ours ---------------------------------------------------------------------------------


def _limits(concurrent: int) -> Limits:
    """A quota that holds back nothing but this."""
    from cronofy_async import Limits

    return Limits(concurrent=concurrent, per_second=1_000_000, per_minute=1_000_000)


def _awaited(origin: str, main: Callable[[], Coroutine[Any, Any, None]]) -> Work:
    """The work of a coroutine, once everything is loaded that a first call loads."""

    async def first() -> None:
        async with _client(origin, 1) as cronofy:
            await asyncio.gather(*(_ask(cronofy) for _ in range(3)))
            await cronofy.account(access_token="first").list_calendars()

    from cronofy_async.operations import events

    del events
    asyncio.run(first())
    return lambda: asyncio.run(main())


def _client(origin: str, concurrent: int) -> AsyncCronofy:
    from cronofy_async import AsyncCronofy

    limits = _limits(concurrent)
    return AsyncCronofy("id", "secret", api_url=origin, limits=limits, timeout=300.0)


def read_accounts(origin: str, accounts: int, concurrent: int, expected: int) -> Work:
    """Every event of so many accounts, collected."""

    async def main() -> None:
        async with _client(origin, concurrent) as cronofy:
            views = [cronofy.account(access_token=f"token-{n}") for n in range(accounts)]
            read = (view.read_events(tzid="Etc/UTC").collect() for view in views)
            kept = await asyncio.gather(*read)
            _check(sum(len(events) for events in kept), expected)

    return _awaited(origin, main)


def keep_models(origin: str, expected: int) -> Work:
    """Every event of one account, kept as a list of models."""

    async def main() -> None:
        async with _client(origin, 1) as cronofy:
            account = cronofy.account(access_token="token")
            kept = [event async for event in account.read_events(tzid="Etc/UTC")]
            _check(len(kept), expected)

    return _awaited(origin, main)


def stream_accounts(origin: str, accounts: int, concurrent: int, expected: int) -> Work:
    """Every event of so many accounts, looked at and let go."""

    async def main() -> None:
        async with _client(origin, concurrent) as cronofy:

            async def read(number: int) -> int:
                account = cronofy.account(access_token=f"token-{number}")
                found = 0
                async for page in account.read_events(tzid="Etc/UTC").pages():
                    found += len(page.items)
                return found

            found = await asyncio.gather(*(read(number) for number in range(accounts)))
            _check(sum(found), expected)

    return _awaited(origin, main)


async def _ask(cronofy: AsyncCronofy) -> int:
    answer = await cronofy.availability(
        participants=[SUB], required_duration=60, query_periods=[(START, END)]
    )
    return len(answer.available_periods or ())


def query_availability(origin: str, queries: int, concurrent: int) -> Work:
    """Availability queries, so many under way at once."""

    async def main() -> None:
        async with _client(origin, concurrent) as cronofy:
            _check(sum(await asyncio.gather(*(_ask(cronofy) for _ in range(queries)))), queries)

    return _awaited(origin, main)


def call_blocking(origin: str, threads: int, calls: int) -> Work:
    """Small calls of one sync client, which all threads share."""
    from cronofy_async import Cronofy

    cronofy = Cronofy("id", "secret", api_url=origin, limits=_limits(1000))
    cronofy.account(access_token="first").list_calendars()

    def some(number: int) -> None:
        account = cronofy.account(access_token=f"token-{number}")
        for _ in range(calls):
            account.list_calendars()

    return _threaded(threads, some)


# Others -------------------------------------------------------------------------------


def _threaded(threads: int, some: Callable[[int], Any]) -> Work:
    if threads == 1:
        return lambda: some(0)
    pool = ThreadPoolExecutor(threads)

    def work() -> None:
        list(pool.map(some, range(threads)))

    return work


def _pycronofy(origin: str, token: str) -> Any:
    import pycronofy  # type: ignore[import-untyped]  # it has no types
    from pycronofy import settings

    settings.API_BASE_URL = origin
    return pycronofy.Client(access_token=token)


def read_with_pycronofy(origin: str, accounts: int, threads: int, expected: int) -> Work:
    """Every event of so many accounts, kept, by pycronofy in threads."""
    clients = [_pycronofy(origin, f"token-{number}") for number in range(accounts)]
    pool = ThreadPoolExecutor(threads)

    def work() -> None:
        kept = list(pool.map(lambda client: client.read_events().all(), clients))
        _check(sum(len(events) for events in kept), expected)

    return work


def query_with_pycronofy(origin: str, queries: int, threads: int) -> Work:
    """Availability queries by pycronofy in threads."""
    client = _pycronofy(origin, "token")

    def ask(_: int) -> None:
        # It rewrites what it is given.
        periods = [{"start": START, "end": END}]
        group = [{"members": [{"sub": SUB}], "required": "all"}]
        _check(len(client.availability(group, 60, periods)), 1)

    def some(_: int) -> None:
        for number in range(queries // threads):
            ask(number)

    ask(0)
    return _threaded(threads, some)


def query_with_floor(origin: str, queries: int, concurrent: int) -> Work:
    """Availability queries of bare aiohttp, so many under way at once."""
    import aiohttp
    import msgspec

    body = msgspec.json.encode(
        {
            "participants": [{"members": [{"sub": SUB}], "required": "all"}],
            "required_duration": {"minutes": 60},
            "query_periods": [{"start": START, "end": END}],
        }
    )
    headers = {"authorization": "Bearer secret", "content-type": "application/json"}

    async def main() -> None:
        places = asyncio.Semaphore(concurrent)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

            async def ask() -> int:
                async with (
                    places,
                    session.post(f"{origin}/v1/availability", data=body) as answer,
                ):
                    return len(msgspec.json.decode(await answer.read())["available_periods"])

            _check(sum(await asyncio.gather(*(ask() for _ in range(queries)))), queries)

    return lambda: asyncio.run(main())


def call_with_requests(origin: str, threads: int, calls: int) -> Work:
    """Small calls with one session of requests for each thread."""
    import requests

    def some(number: int, times: int = calls) -> None:
        with requests.Session() as session:
            headers = {"authorization": f"Bearer token-{number}"}
            for _ in range(times):
                answer = session.get(f"{origin}/v1/calendars", headers=headers)
                answer.raise_for_status()
                answer.json()

    some(0, 1)
    return _threaded(threads, some)


def call_with_floor(origin: str, threads: int, calls: int) -> Work:
    """Small calls of bare aiohttp on a background loop, with the least of a bridge."""
    import aiohttp
    import msgspec

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def call(work: Callable[[], Awaitable[Any]]) -> Any:
        lock = threading.Lock()
        lock.acquire()
        found: list[Any] = []

        async def run() -> None:
            found.append(await work())
            lock.release()

        loop.call_soon_threadsafe(lambda: loop.create_task(run()))
        lock.acquire()
        return found[0]

    async def connect() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    session: aiohttp.ClientSession = call(connect)

    def some(number: int, times: int = calls) -> None:
        headers = {"authorization": f"Bearer token-{number}"}

        async def ask() -> Any:
            async with session.get(f"{origin}/v1/calendars", headers=headers) as answer:
                return msgspec.json.decode(await answer.read())

        for _ in range(times):
            call(ask)

    some(0, 1)
    return _threaded(threads, some)


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} came, and not {expected}")
