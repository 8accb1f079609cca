"""
What is measured in fresh processes: the same work, done by us and by others.

Each function prepares its work, imports included, and returns it; see `benchmarks.fresh`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cronofy_async import AsyncCronofy

__all__ = ()

Work = Callable[[], None]

SUB: Final = "acc_5700a00eb0ccd07000000000"
START: Final = datetime(2030, 1, 7, 9, tzinfo=UTC)
END: Final = datetime(2030, 1, 7, 17, tzinfo=UTC)
ENOUGH: Final = 1_000_000
"""A quota that holds back nothing."""


# Ours ---------------------------------------------------------------------------------


def _client(origin: str, concurrent: int) -> AsyncCronofy:
    from cronofy_async import AsyncCronofy, Limits

    # What is loaded at the first call is no part of the work.
    from cronofy_async.operations import availability, calendars, events
    from cronofy_transports import aiohttp

    del aiohttp, availability, calendars, events
    limits = Limits(concurrent=concurrent, per_second=ENOUGH, per_minute=ENOUGH)
    return AsyncCronofy("id", "secret", api_url=origin, limits=limits, timeout=300.0)


def _awaited(main: Callable[[], Coroutine[Any, Any, None]]) -> Work:
    return lambda: asyncio.run(main())


def read_accounts(origin: str, accounts: int, concurrent: int, expected: int) -> Work:
    """Every event of so many accounts, kept."""
    cronofy = _client(origin, concurrent)

    async def main() -> None:
        async with cronofy:
            views = [cronofy.account(access_token=f"token-{n}") for n in range(accounts)]
            read = (view.read_events(tzid="Etc/UTC").collect() for view in views)
            kept = await asyncio.gather(*read)
            _check(sum(len(events) for events in kept), expected)

    return _awaited(main)


def query_availability(origin: str, queries: int, concurrent: int) -> Work:
    """Availability queries, so many under way at once."""
    cronofy = _client(origin, concurrent)

    async def main() -> None:
        async with cronofy:

            async def ask() -> int:
                answer = await cronofy.availability(
                    participants=[SUB], required_duration=60, query_periods=[(START, END)]
                )
                return len(answer.available_periods or ())

            _check(sum(await asyncio.gather(*(ask() for _ in range(queries)))), queries)

    return _awaited(main)


def call_blocking(origin: str, threads: int, calls: int) -> Work:
    """Small calls of the sync client, which all threads share."""
    from cronofy_async import Cronofy, Limits
    from cronofy_async.operations import calendars
    from cronofy_transports import aiohttp

    del aiohttp, calendars
    limits = Limits(concurrent=ENOUGH, per_second=ENOUGH, per_minute=ENOUGH)
    cronofy = Cronofy("id", "secret", api_url=origin, limits=limits)

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
    return lambda: list(pool.map(some, range(threads))) and None


def _pycronofy(origin: str, token: str) -> Any:
    import pycronofy
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


def query_with_pycronofy(origin: str, queries: int) -> Work:
    """Availability queries, one by one, by pycronofy."""
    client = _pycronofy(origin, "token")

    def work() -> None:
        found = 0
        for _ in range(queries):
            periods = [{"start": START, "end": END}]
            group = [{"members": [{"sub": SUB}], "required": "all"}]
            found += len(client.availability(group, 60, periods))
        _check(found, queries)

    return work


def call_with_requests(origin: str, threads: int, calls: int) -> Work:
    """Small calls with one session of requests for each thread."""
    import requests

    def some(number: int) -> None:
        with requests.Session() as session:
            headers = {"authorization": f"Bearer token-{number}"}
            for _ in range(calls):
                answer = session.get(f"{origin}/v1/calendars", headers=headers)
                answer.raise_for_status()
                answer.json()

    return _threaded(threads, some)


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} were read, and not {expected}")
