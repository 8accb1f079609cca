"""
What the sandbox costs when it runs: requests, worlds of many events, free time of many people.

The goals: 1,500 simple requests a second on one core over HTTP with keep-alive, which is
0.67 ms each; a page of a world of 200,000 events in at most 1.5 of the time of one of 2,000,
and under 400 MB; availability of 10 people with 500 events each over 35 days in 50 ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cronofy_async.core.wire import Request
    from cronofy_transports.sandbox import Sandbox
    from cronofy_transports.sandbox.state.accounts import Account

__all__ = ("MEMORY", "REQUESTS", "WORLDS")

NOW = int(datetime(2030, 1, 1, 8, tzinfo=UTC).timestamp())
SMALL, LARGE = 2_000, 200_000
HOUR, DAY = 3600, 86400

_CONNECTIONS = 4
_EACH = 500

_BARE = """
import asyncio, json, sys
from aiohttp import web

BODY = b'{"account":{"account_id":"acc_0123456789abcdef01234567","email":"a@example.com"}}'

async def answer(request):
    await request.read()
    return web.Response(body=BODY, content_type="application/json")

async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(json.dumps({"api_url": url, "accounts": [{"access_token": "x"}]}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


# Requests over HTTP -------------------------------------------------------------------


@contextmanager
def _server(*arguments: str) -> Generator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """A server's process, alone on the last core, and what it says when it is ready."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE)
    before = _alone(process.pid, -1)
    _alone(0, 0)
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()
        if before:
            os.sched_setaffinity(0, before)


def _alone(pid: int, core: int) -> set[int]:
    """Keep a process to one core, where the system can; gives the cores that it had."""
    if sys.platform != "linux":
        return set()
    cores = os.sched_getaffinity(pid)
    os.sched_setaffinity(pid, {sorted(cores)[core]})
    return cores


async def _ask(url: str, token: str, times: int) -> None:
    """Ask for the same thing over one connection, with as little of a client as there can be."""
    host, port = url.removeprefix("http://").split(":")
    request = (
        f"GET /v1/account HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection(host, int(port))
    for _ in range(times):
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    writer.close()
    await writer.wait_closed()


async def _together(url: str, token: str, times: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(_ask(url, token, times) for _ in range(_CONNECTIONS)))
    return time.perf_counter() - began


def _request(*arguments: str) -> float:
    """Milliseconds of one request among many, over a few connections that stay open."""
    with _server(*arguments) as (_, ready):
        token = ready["accounts"][0]["access_token"]
        asyncio.run(_together(ready["api_url"], token, 50))
        took = asyncio.run(_together(ready["api_url"], token, _EACH))
    return took * 1000 / (_CONNECTIONS * _EACH)


REQUESTS: dict[str, Callable[[], float]] = {
    "bare aiohttp server: a request": partial(_request, "-c", _BARE),
    "sandbox: a simple request": partial(
        _request, "-m", "cronofy_transports.sandbox", "--port", "0", "--ready-json"
    ),
}
"""Name to measurement, in milliseconds; the first is what the others are compared with."""


# Worlds -------------------------------------------------------------------------------


def _sandbox() -> Sandbox:
    from cronofy_transports.sandbox import Clock, Sandbox

    return Sandbox(7, clock=Clock(lambda: NOW), people=False)


def _person(sandbox: Sandbox, starts: list[int]) -> tuple[Account, str]:
    """Somebody with half an hour at each of these moments, and their access token."""
    world = sandbox.world
    account = world.add_account(email="ada@example.com", name="Ada", zoneinfo="Europe/London")
    profile = world.add_profile(
        account, name="ada@example.com", provider_name="google", provider_service="gsuite"
    )
    calendar = world.add_calendar(profile, "Work", primary=True)
    zone = "Europe/London"
    for number, start in enumerate(starts):
        world.add_event(
            calendar,
            summary=f"Event {number}",
            start=start,
            end=start + HOUR // 2,
            start_tzid=zone,
            end_tzid=zone,
        )
    return account, str(sandbox.control.grant(account.sub)["access_token"])


def _asked(sandbox: Sandbox, request: Request) -> tuple[float, Any]:
    """Milliseconds that an answer takes, and what it is."""
    began = time.perf_counter()
    response = sandbox.handle(request)
    took = (time.perf_counter() - began) * 1000
    assert response.status == 200, response.body
    return took, response.json()


@cache
def _world(events: int) -> tuple[Sandbox, str]:
    sandbox = _sandbox()
    # All of them in the 200 days ahead, so that a read without bounds finds every one.
    _, token = _person(sandbox, [NOW + number * 190 * DAY // events for number in range(events)])
    return sandbox, token


def _page(events: int, *, further: bool) -> float:
    """Milliseconds of the first page of a read of everything, or of the one after it."""
    from cronofy_async.core.wire import Request

    sandbox, token = _world(events)
    headers = {"Authorization": f"Bearer {token}"}
    request = Request("GET", "/v1/events?tzid=Etc%2FUTC", headers)
    # What is loaded and written at the first time is no part of a page.
    _asked(sandbox, request)
    took, page = _asked(sandbox, request)
    assert page["pages"]["total"] == events // 100, page["pages"]
    if not further:
        return took
    second = Request("GET", page["pages"]["next_page"], headers)
    _asked(sandbox, second)
    return _asked(sandbox, second)[0]


@cache
def _crowd() -> tuple[Sandbox, Request]:
    from cronofy_async.core.wire import Request

    sandbox, random = _sandbox(), Random(1)
    subs: list[str] = []
    for _ in range(10):
        starts = [NOW + random.randrange(35 * DAY // 900) * 900 for _ in range(500)]
        subs.append(_person(sandbox, starts)[0].sub)
    begin = datetime.fromtimestamp(NOW, UTC)
    days = [begin + timedelta(days=number) for number in range(36)]
    body = {
        "participants": [{"members": [{"sub": sub} for sub in subs], "required": 1}],
        "required_duration": {"minutes": 30},
        "query_periods": [
            {"start": f"{first:%FT%TZ}", "end": f"{last:%FT%TZ}"} for first, last in pairwise(days)
        ],
        "response_format": "slots",
        "max_results": 512,
    }
    secret = sandbox.client_secret
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return sandbox, Request("POST", "/v1/availability", headers, json.dumps(body).encode())


def _availability() -> float:
    """Milliseconds of a query of ten people with 500 events each over 35 days."""
    _asked(*_crowd())
    took, answer = _asked(*_crowd())
    assert len(answer["available_slots"]) == 512
    return took


WORLDS: dict[str, Callable[[], float]] = {
    f"first page, {SMALL:,} events": partial(_page, SMALL, further=False),
    f"first page, {LARGE:,} events": partial(_page, LARGE, further=False),
    f"second page, {SMALL:,} events": partial(_page, SMALL, further=True),
    f"second page, {LARGE:,} events": partial(_page, LARGE, further=True),
    "availability, 10 people x 500 events x 35 days": _availability,
}
"""Name to measurement, in milliseconds; the first is what the others are compared with."""


# Memory -------------------------------------------------------------------------------


@cache
def _memory(events: int) -> float:
    """Megabytes of a fresh process that serves a world of so many events, once all were read."""
    command = [sys.executable, "-m", "benchmarks.sandbox", str(events)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


MEMORY: dict[str, Callable[[], float]] = {
    f"a world of {SMALL:,} events": partial(_memory, SMALL),
    f"a world of {LARGE:,} events": partial(_memory, LARGE),
}
"""Name to measurement, in megabytes, measured once."""


def _hold(events: int) -> None:
    from cronofy_async.core.wire import Request
    from cronofy_transports.sandbox import run_in_thread

    sandbox, token = _world(events)
    headers = {"Authorization": f"Bearer {token}"}
    with run_in_thread(sandbox):
        url = "/v1/events?tzid=Etc%2FUTC"
        while url:
            url = _asked(sandbox, Request("GET", url, headers))[1]["pages"].get("next_page", "")
    print(_peak())


def _peak() -> float:
    """The most that this process has held, in megabytes."""
    if sys.platform == "linux":
        # Not what getrusage says, which begins with what the parent process held.
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    _hold(int(sys.argv[1]))
