"""Never run: mypy and pyright check what reading and writing many accounts gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import assert_type

from cronofy_async import (
    Account,
    AccountEntry,
    AccountOutcome,
    AccountPage,
    AsyncAccount,
    AsyncCronofy,
    AsyncFanOut,
    AsyncSendMany,
    Collected,
    Cronofy,
    FanOut,
    SendMany,
    Sent,
)
from cronofy_async.models import Availability, Event, FreeBusy
from cronofy_async.operations import QueryAvailability, ReadEvents, ReadFreeBusy


async def read_async(
    cronofy: AsyncCronofy,
    what: ReadEvents,
    accounts: AsyncIterator[AsyncAccount | str],
    subs: Iterator[str],
) -> None:
    """Reading, awaited."""
    reading = cronofy.read_many(what, accounts, windows="auto")
    assert_type(reading, AsyncFanOut[Event])
    async for outcome in reading:
        assert_type(outcome, AccountOutcome[AsyncAccount, Event])
        assert_type(outcome.account, AsyncAccount | None)
        assert_type(outcome.result(), Collected[Event])
    async for page in cronofy.read_many(what, subs, windows=timedelta(days=7)).pages():
        assert_type(page, AccountPage[AsyncAccount, Event])
        assert_type(page.entries, list[Event])
    async for each in cronofy.read_many(what, ["acc_1"]).by_start():
        assert_type(each, AccountEntry[AsyncAccount, Event])
        assert_type(each.entry, Event)


async def send_async(
    cronofy: AsyncCronofy, query: QueryAvailability, accounts: list[AsyncAccount]
) -> None:
    """Sending, awaited."""
    sending = cronofy.send_many([query])
    assert_type(sending, AsyncSendMany[Availability])
    async for sent in sending:
        assert_type(sent, Sent[AsyncAccount, Availability])
        assert_type(sent.result(), Availability)
    assert_type(
        await cronofy.send_many((each, query) for each in accounts).collect(),
        list[Sent[AsyncAccount, Availability]],
    )


def read_sync(cronofy: Cronofy, what: ReadFreeBusy, accounts: Iterator[Account | str]) -> None:
    """Reading, blocking."""
    reading = cronofy.read_many(what, accounts)
    assert_type(reading, FanOut[Account, FreeBusy])
    for outcome in reading:
        assert_type(outcome, AccountOutcome[Account, FreeBusy])
    for page in reading.pages():
        assert_type(page, AccountPage[Account, FreeBusy])
    for each in reading.by_start(3):
        assert_type(each, AccountEntry[Account, FreeBusy])


def send_sync(cronofy: Cronofy, query: QueryAvailability) -> None:
    """Sending, blocking."""
    sending = cronofy.send_many([("acc_1", query)])
    assert_type(sending, SendMany[Account, Availability])
    for sent in sending:
        assert_type(sent, Sent[Account, Availability])
    assert_type(sending.collect(), list[Sent[Account, Availability]])
