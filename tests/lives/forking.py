"""Programs that fork with a client open."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import trio

from cronofy_async import Limits
from cronofy_async.operations import ListCalendars
from cronofy_async.sync import _bridge

from .given import Given, in_daemon, say

# From Python 3.12 on, that there are threads is worth a warning to it.
warnings.filterwarnings("ignore", ".* use of fork", DeprecationWarning)


def in_child(work: Callable[[], Any], leave: Callable[[int], Any] = sys.exit) -> None:
    """Do something in a forked process, which ends as any other does; say how it ended."""
    pid = os.fork()
    if pid == 0:
        work()
        leave(0)
    say("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def forked_with_an_open_client(given: Given) -> None:
    cronofy = given.cronofy()
    account = cronofy.account(access_token=given.token)
    count = len(account.list_calendars())
    in_child(lambda: say("child", count == len(account.list_calendars())))
    say("parent", count == len(account.list_calendars()))


def forked_and_closed_by_the_child(given: Given) -> None:
    cronofy = given.cronofy()
    account = cronofy.account(access_token=given.token)
    count = len(account.list_calendars())

    def child() -> None:
        account.list_calendars()
        cronofy.close()
        gc.collect()
        say("child True")

    in_child(child)
    say("parent", count == len(account.list_calendars()))


def forked_and_forgotten_by_the_child(given: Given) -> None:
    cronofy: Any = given.cronofy()
    account: Any = cronofy.account(access_token=given.token)
    kept = [cronofy, account]
    count = len(account.list_calendars())
    del cronofy, account

    def child() -> None:
        kept.clear()
        gc.collect()
        say("child", len(given.account().list_calendars()) == count)

    in_child(child)
    say("parent", count == len(kept[1].list_calendars()))


def forked_on_httpx2(given: Given) -> None:
    cronofy = given.cronofy(transport="httpx2")
    account = cronofy.account(access_token=given.token)
    count = len(account.list_calendars())

    def child() -> None:
        account.list_calendars()
        cronofy.close()
        gc.collect()
        say("child True")

    in_child(child)
    say("parent", count == len(account.list_calendars()))


def forked_during_calls(given: Given) -> None:
    cronofy = given.cronofy(limits=Limits(concurrent=2))
    held = cronofy.with_options(headers=given.options("SIGUSR1")["headers"])
    views = given.views(held)
    in_daemon(lambda: list(held.send_many([(view, ListCalendars()) for view in views])))
    quick = cronofy.with_options(timeout=10).account(access_token=given.token)
    in_child(lambda: say("child", len(quick.list_calendars()) > 0))
    other = given.account()
    say("parent", len(other.list_calendars()) > 0)


def forked_while_the_bridge_is_busy(given: Given) -> None:
    account = given.account()
    count = len(account.list_calendars())
    with _bridge._lock:
        pid = os.fork()
        if pid == 0:
            say("child", count == len(account.list_calendars()))
            os._exit(0)
    say("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    say("parent", count == len(account.list_calendars()))


def forked_before_the_first_call(given: Given) -> None:
    account = given.account()
    in_child(lambda: say("child", len(account.list_calendars()) > 0))
    say("parent", len(account.list_calendars()) > 0)


def forked_twice(given: Given) -> None:
    account = given.account()
    count = len(account.list_calendars())

    def child() -> None:
        say("child", count == len(account.list_calendars()))
        in_child(lambda: say("grandchild", count == len(account.list_calendars())))

    in_child(child)
    say("parent", count == len(account.list_calendars()))


def async_forked_between_runs(given: Given) -> None:
    loop = asyncio.new_event_loop()
    account = given.async_account()
    count = len(loop.run_until_complete(account.list_calendars()))

    async def child() -> None:
        say("child", count == len(await account.list_calendars()))

    in_child(lambda: asyncio.run(child()), os._exit)
    say("parent", count == len(loop.run_until_complete(account.list_calendars())))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def async_forked_in_a_run(given: Given) -> None:
    async def main() -> None:
        account = given.async_account()
        count = len(await account.list_calendars())

        async def child() -> None:
            say("child", count == len(await account.list_calendars()))
            await account.driver.aclose()
            gc.collect()

        process = multiprocessing.get_context("fork").Process(target=lambda: asyncio.run(child()))
        process.start()
        await asyncio.to_thread(process.join)
        say("status", process.exitcode)
        say("parent", count == len(await account.list_calendars()))
        await account.driver.aclose()

    asyncio.run(main())


def forked_on_trio(given: Given) -> None:
    async def main() -> None:
        async with given.async_cronofy() as cronofy:
            account = cronofy.account(access_token=given.token)
            count = len(await account.list_calendars())
            pid = os.fork()
            if pid == 0:
                # What of trio is shared with the parent must not be closed here.
                try:
                    account_of_the_child = given.account()
                    account_of_the_child.list_calendars()
                except RuntimeError as error:
                    say("child", error)
                finally:
                    os._exit(0)
            say("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))  # noqa: ASYNC222 - it is short
            say("parent", count == len(await account.list_calendars()))

    trio.run(main)
