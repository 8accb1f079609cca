"""What is refused before anything is sent, and the door without awaits."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cronofy_async import (
    AsyncCronofy,
    CredentialError,
    Cronofy,
    CronofyError,
    InvalidArgumentError,
    MemoryTokenStore,
)
from cronofy_async.booking import AsyncBooker, Booker, SlotTakenError
from cronofy_async.client.tokens import TokenRecord, Tokens
from cronofy_async.core.secret import Secret
from cronofy_async.models import AvailableTime, EventTemplate, RecurrenceRule, TokenSet

from ..support import FrozenTime, RecordingTransport
from .bench import Bench
from .rooms import room_in

T = datetime(2030, 4, 1, 9, tzinfo=UTC)
HALF = timedelta(minutes=30)
DAILY = RecurrenceRule(frequency="daily")
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"key": ""}, "key"),
    ({"key": 7}, "key"),
    ({"start": T.replace(tzinfo=None)}, "start"),
    ({"start": T.date()}, "start"),
    ({"start": T.replace(microsecond=1)}, "start"),
    ({"start": T - timedelta(days=100)}, "start"),
    ({"start": T.date(), "end": HALF}, "start"),
    ({"end": T}, "end"),
    ({"end": T - HALF}, "end"),
    ({"end": (T + HALF).replace(tzinfo=None)}, "end"),
    ({"end": timedelta(0)}, "end"),
    ({"end": -HALF}, "end"),
    ({"end": timedelta(seconds=90)}, "end"),
    ({"summary": ""}, "summary"),
    ({"summary": "x" * 1025}, "summary"),
    ({"calendars": []}, "calendars"),
    ({"calendars": "cal_1"}, "calendars"),
    ({"calendars": ["cal_1"]}, "calendars[0]"),
    ({"details": EventTemplate(transparency="transparent")}, "details.transparency"),
    (
        {"details": EventTemplate(recurrence=DAILY)},
        "details.recurrence",
    ),
    ({"details": "Board"}, "details"),
    ({"participants": []}, "participants"),
    ({"query_periods": [(T, T)]}, "query_periods[0].end"),
    ({"tzid": "Mars"}, "tzid"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("change", "field"), WRONG)
async def test_a_wrong_value_is_named_and_nothing_is_sent(
    change: dict[str, Any], field: str
) -> None:
    """Each wrong value is refused by its name."""
    transport = RecordingTransport()
    time = FrozenTime()
    async with AsyncCronofy("c", "s", transport=transport, runtime=time.runtime()) as cronofy:
        account = cronofy.account("acc_1", access_token="t")
        given: dict[str, Any] = {
            "key": "k",
            "calendars": (account, "cal_1"),
            "start": T,
            "end": T + HALF,
            "summary": "Board",
            **change,
        }
        with pytest.raises(InvalidArgumentError) as caught:
            await AsyncBooker(cronofy).book(**given)

    assert field.startswith(caught.value.field) or caught.value.field.startswith(field)
    assert [] == transport.requests


@pytest.mark.asyncio
async def test_a_calendar_comes_once() -> None:
    """The same calendar twice would be one event."""
    async with AsyncCronofy("c", "s", transport=RecordingTransport()) as cronofy:
        account = cronofy.account("acc_1", access_token="t")
        twice = [(account, "cal_1"), (account, "cal_1")]
        with pytest.raises(InvalidArgumentError, match="twice"):
            await AsyncBooker(cronofy).book("k", twice, T, HALF, summary="Board")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("scope", "lacking"),
    [
        ("read_events", "create_event, delete_event"),
        ("create_event read_free_busy", "delete_event"),
        ("write_only", "read_free_busy"),
    ],
)
async def test_an_account_that_has_not_granted_it_is_refused(scope: str, lacking: str) -> None:
    """What a token's scope lacks is named, and nothing is sent, in later processes too."""
    transport, store = RecordingTransport(), MemoryTokenStore()
    async with AsyncCronofy("c", "s", transport=transport, token_store=store) as cronofy:
        await cronofy.keep_tokens(TokenSet(access_token=Secret("t"), scope=scope, sub="acc_1"))
    record = await store.read("acc_1")
    assert record is not None
    await store.swap("acc_1", record, TokenRecord.read(record.reveal()).change())
    runtime = FrozenTime().runtime()
    async with AsyncCronofy(
        "c", "s", transport=transport, token_store=store, runtime=runtime
    ) as cronofy:
        account = cronofy.account("acc_1")
        with pytest.raises(CredentialError, match=lacking):
            await AsyncBooker(cronofy).book("k", (account, "cal_1"), T, HALF, summary="Board")

    assert [] == transport.requests


def test_records_without_a_scope_are_read() -> None:
    """A record that an older version wrote has no scope."""
    text = TokenRecord(tokens=Tokens(access_token=Secret("t"), scope="x")).reveal()

    assert "x" == TokenRecord.read(text).tokens.scope
    assert TokenRecord.read(text.replace('"scope"', '"other"')).tokens.scope is None


@pytest.mark.parametrize("name", ["patience", "lag", "hold_for"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), "1"])
def test_a_setting_is_a_time(name: str, value: Any) -> None:
    """Waits are seconds above 0."""
    with pytest.raises(InvalidArgumentError, match=name):
        AsyncBooker(AsyncCronofy("c", "s"), **{name: value})


def test_a_loss_is_kept_by_a_pickle() -> None:
    """Who books in another process is told the same."""
    error = SlotTakenError("k", T, T + HALF, (AvailableTime(start=T + HALF, end=T + 2 * HALF),))
    copy = pickle.loads(pickle.dumps(error))

    assert (str(error), error.alternatives) == (str(copy), copy.alternatives)
    assert "1 other found" in str(error)


def test_the_same_without_awaiting() -> None:
    """The blocking door finds, books, moves, waits and cancels, with its own views of accounts."""
    b = Bench()
    with Cronofy(
        b.sandbox.client_id,
        b.sandbox.client_secret,
        transport=b.sandbox.transport(),
        runtime=b.time.runtime(),
    ) as cronofy:
        booker = Booker(cronofy)
        room = cronofy.account(b.room.sub, access_token=b.room.token)
        where = (room, b.room.calendar_id)
        (slot,) = booker.find(b.room.sub, 30, [(b.start, b.end)]).first()
        booking = booker.book("k", where, slot.start, slot.end, summary="Board")
        assert ((where,), [(booking.event_id, b.start)]) == (booking.calendars, b.events())
        with pytest.raises(SlotTakenError):
            booker.book("late", [where], slot.start, HALF, summary="Board")
        moved = booker.reschedule(booking, b.end, HALF)
        assert ((where,), b.end) == (moved.calendars, moved.start)
        booker.hear(moved.event_id)
        assert "Board" == booker.wait_for_link(moved).summary
        booker.cancel(moved)
        booker.cancel("k", where)
        with pytest.raises(CronofyError, match="gone"):
            booker.wait_for_link(moved)

    assert [] == b.events()


def test_a_view_of_the_other_door_is_refused() -> None:
    """Accounts have to be those of the booker's own client."""
    b = Bench()
    room_in(b.sandbox, "two")
    foreign: Any = b.at(b.room)
    cronofy = Cronofy("c", "s", transport=RecordingTransport())
    with cronofy, pytest.raises(InvalidArgumentError, match="calendars"):
        Booker(cronofy).book("k", foreign, b.start, HALF, summary="Board")
