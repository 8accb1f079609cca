"""Programs that get a signal in the middle of a call."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time

import trio

from cronofy_async import Cronofy
from cronofy_async.operations import ListCalendars

from .given import READ, Given, say


def interrupted_call(given: Given) -> None:
    given.account("SIGINT").list_calendars()


def interrupted_read(given: Given) -> None:
    given.account("SIGINT").read_events(tzid="Etc/UTC").collect()


def interrupted_pager(given: Given) -> None:
    for _ in given.account("SIGINT").read_events(tzid="Etc/UTC"):
        pass


def interrupted_fan_out(given: Given) -> None:
    cronofy = given.cronofy("SIGINT")
    for _ in cronofy.read_many(READ, given.views(cronofy)):
        pass


def interrupted_sending(given: Given) -> None:
    with given.cronofy("SIGINT") as cronofy:
        cronofy.send_many([(view, ListCalendars()) for view in given.views(cronofy)]).collect()


def interrupted_by_start(given: Given) -> None:
    with given.cronofy("SIGINT") as cronofy:
        for _ in cronofy.read_many(READ, given.views(cronofy)).by_start():
            pass


def interrupted_call_and_going_on(given: Given) -> None:
    cronofy = given.cronofy()
    held = cronofy.with_options(headers=given.options("SIGINT")["headers"])
    try:
        held.account(access_token=given.token).list_calendars()
    except KeyboardInterrupt:
        say("interrupted")
    is_clean(cronofy, given)


def interrupted_fan_out_and_going_on(given: Given) -> None:
    cronofy = given.cronofy()
    held = cronofy.with_options(headers=given.options("SIGINT")["headers"])
    try:
        list(held.read_many(READ, given.views(held)))
    except KeyboardInterrupt:
        say("interrupted")
    is_clean(cronofy, given)


def left_of(cronofy: Cronofy) -> tuple[int, int, int]:
    """How many requests are under way or wait, and what was begun ahead."""
    quota = cronofy.quota
    assert quota is not None
    return quota.under_way, quota.waiting, len(cronofy._async.driver.ahead)


def is_clean(cronofy: Cronofy, given: Given) -> None:
    """Say what is left of what was interrupted, and whether the client works."""
    outcomes = list(cronofy.read_many(READ, given.views(cronofy)))
    say("works", all(outcome.ok for outcome in outcomes))
    for _ in range(500):
        # What a fan-out has under way ends in some turns of its loop.
        if not any(left_of(cronofy)):
            break
        time.sleep(0.01)
    say("left", *left_of(cronofy))
    say(*sorted(thread.name for thread in threading.enumerate()))


def async_interrupted_call(given: Given) -> None:
    async def main() -> None:
        async with given.async_cronofy("SIGINT") as cronofy:
            await cronofy.account(access_token=given.token).list_calendars()

    asyncio.run(main())


def async_interrupted_fan_out(given: Given) -> None:
    async def main() -> None:
        async with given.async_cronofy("SIGINT") as cronofy:
            async for _ in cronofy.read_many(READ, given.views(cronofy)):
                pass

    asyncio.run(main())


def async_interrupted_fan_out_left_open(given: Given) -> None:
    async def main() -> None:
        cronofy = given.async_cronofy("SIGINT")
        await cronofy.send_many(
            [(view, ListCalendars()) for view in given.views(cronofy)]
        ).collect()

    asyncio.run(main())


def interrupted_fan_out_on_trio(given: Given) -> None:
    async def main() -> None:
        async with given.async_cronofy("SIGINT") as cronofy:
            async for _ in cronofy.read_many(READ, given.views(cronofy)):
                pass

    trio.run(main)


def terminated_call(given: Given) -> None:
    given.account("SIGTERM").list_calendars()


def terminated_fan_out(given: Given) -> None:
    cronofy = given.cronofy("SIGTERM")
    list(cronofy.read_many(READ, given.views(cronofy)))


def terminated_with_a_handler(given: Given) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    with given.cronofy("SIGTERM") as cronofy:
        list(cronofy.read_many(READ, given.views(cronofy)))


def async_terminated_with_a_handler(given: Given) -> None:
    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async with given.async_cronofy("SIGTERM") as cronofy:
            async for _ in cronofy.read_many(READ, given.views(cronofy)):
                pass

    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        say("cancelled")
