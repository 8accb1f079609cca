"""Programs that end with a client open, or with a call under way."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import trio

from cronofy_async import Secret, Tokens
from cronofy_async.core.transport import load_transport
from cronofy_async.core.wire import Request, Response
from cronofy_async.stores import SQLiteTokenStore

from ..tokens.service import is_exchange
from .given import READ, Given, in_daemon, say


def client_left_open(given: Given) -> None:
    account = given.account()
    say(len(account.list_calendars()))


def client_never_used(given: Given) -> None:
    given.cronofy()
    say("made")


def client_on_httpx2_left_open(given: Given) -> None:
    say(len(given.account(transport="httpx2").list_calendars()))


def pager_left_open(given: Given) -> None:
    pager = iter(given.account().read_events(tzid="Etc/UTC"))
    say(type(next(pager)).__name__)


def fan_out_left_open(given: Given) -> None:
    cronofy = given.cronofy()
    reading = cronofy.read_many(READ, given.views(cronofy))
    outcomes = iter(reading)
    say(next(outcomes).ok)


def client_in_a_circle(given: Given) -> None:
    account: Any = given.account()
    account.circle = account
    say(len(account.list_calendars()))


def left_by_an_error(given: Given) -> None:
    account = given.account()
    account.list_calendars()
    raise SystemExit("the program failed")


def async_client_left_open(given: Given) -> None:
    async def main() -> None:
        say(len(await given.async_account().list_calendars()))

    asyncio.run(main())


def async_client_closed_on_trio(given: Given) -> None:
    async def main() -> None:
        async with given.async_cronofy() as cronofy:
            say(len(await cronofy.account(access_token=given.token).list_calendars()))

    trio.run(main)


def async_pager_left_open(given: Given) -> None:
    async def main() -> None:
        async for event in given.async_account().read_events(tzid="Etc/UTC"):
            say(type(event).__name__)
            break

    asyncio.run(main())


def async_fan_out_left_open(given: Given) -> None:
    async def main() -> None:
        cronofy = given.async_cronofy()
        async for outcome in cronofy.read_many(READ, given.views(cronofy)):
            say(outcome.ok)
            break

    asyncio.run(main())


# A call under way at the end --------------------------------------------------------------


def call_in_a_daemon_thread(given: Given) -> None:
    in_daemon(given.account("SIGUSR1").list_calendars)
    say("end")


def read_in_a_daemon_thread(given: Given) -> None:
    in_daemon(given.account("SIGUSR1").read_events(tzid="Etc/UTC").collect)
    say("end")


def fan_out_in_a_daemon_thread(given: Given) -> None:
    cronofy = given.cronofy("SIGUSR1")
    in_daemon(lambda: list(cronofy.read_many(READ, given.views(cronofy))))
    say("end")


def poller_in_a_daemon_thread(given: Given) -> None:
    account = given.account()

    def poll() -> None:
        account.list_calendars()
        os.kill(os.getpid(), signal.SIGUSR1)
        while True:
            account.list_calendars()

    in_daemon(poll)
    say("end")


def call_with_tokens_in_a_file(given: Given) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteTokenStore(Path(folder) / "private" / "tokens.db")
        asyncio.run(store.put(given.accounts[0]["sub"], Tokens(access_token=Secret(given.token))))
        cronofy = given.cronofy("SIGUSR1", token_store=store)
        in_daemon(cronofy.account(given.accounts[0]["sub"]).list_calendars)
    say("end")


class Slow:
    """A way to the service on which an exchange takes longer than the program."""

    def __init__(self) -> None:
        self._inner = load_transport("aiohttp")()

    async def send(self, request: Request, *, timeout: float) -> Response:
        answer = await self._inner.send(request, timeout=timeout)
        if is_exchange(request):
            os.kill(os.getpid(), signal.SIGUSR1)
            await asyncio.sleep(0.05)
            say("exchanged")
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


def exchange_in_a_daemon_thread(given: Given) -> None:
    who = given.accounts[0]
    stale = Tokens(access_token=Secret("stale"), refresh_token=Secret(who["refresh_token"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "private" / "tokens.db"
        with SQLiteTokenStore(path) as store:
            asyncio.run(store.put(who["sub"], stale))
        pid = os.fork()
        if pid == 0:
            # What others close at the exit, a store for instance, is needed until then.
            atexit.register(say, "exit")
            cronofy = given.cronofy(token_store=SQLiteTokenStore(path), transport=Slow())
            in_daemon(cronofy.account(who["sub"]).list_calendars)
            sys.exit(0)
        os.waitpid(pid, 0)
        with SQLiteTokenStore(path) as store:
            say("stored", stale != asyncio.run(store.get(who["sub"])))


def async_loop_in_a_daemon_thread(given: Given) -> None:
    async def main() -> None:
        await given.async_account("SIGUSR1").list_calendars()

    in_daemon(lambda: asyncio.run(main()))
    say("end")


def async_call_left_under_way(given: Given) -> None:
    async def main() -> None:
        cronofy = given.async_cronofy()
        views = given.views(cronofy)
        calls = [asyncio.ensure_future(view.list_calendars()) for view in views]
        say(len(await calls[0]) > 0)

    asyncio.run(main())
