"""Any number of calls in batches: one outcome each, whatever happens to the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async import (
    AsyncAccount,
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    InvalidRequestError,
    RetryPolicy,
    ServerError,
    TransportError,
)
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import DeleteEvent, ListCalendars

from .support import Prepared, RecordingTransport, answer


def connect(*answers: Prepared) -> tuple[AsyncAccount, RecordingTransport]:
    """A view over prepared answers that never retries."""
    transport = RecordingTransport(answers)
    cronofy = AsyncCronofy(transport=transport, retry=RetryPolicy(attempts=1))
    return cronofy.account(access_token="t"), transport


def deletions(count: int) -> list[DeleteEvent]:
    """So many calls."""
    return [DeleteEvent(calendar_id="cal_1", event_id=f"e{n}") for n in range(count)]


def accepted(request: Request) -> Response:
    """Accept every call of a batch."""
    return answer(207, {"batch": [{"status": 202} for _ in json.loads(request.body)["batch"]]})


def sizes(transport: RecordingTransport) -> list[int]:
    """How many calls each request held."""
    return [len(json.loads(request.body)["batch"]) for request in transport.requests]


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20])]
)
@pytest.mark.asyncio
async def test_calls_are_split_at_fifty(count: int, expected: list[int]) -> None:
    """Requests hold at most 50 calls, in order, and every call has its outcome."""
    account, transport = connect(*[accepted] * 3)
    calls = deletions(count)
    outcomes = await account.send_all(iter(calls))

    assert expected == sizes(transport)
    assert calls == [outcome.operation for outcome in outcomes]
    assert all(outcome.ok and outcome.status == 202 for outcome in outcomes)


@pytest.mark.fault(52)
@pytest.mark.asyncio
async def test_a_refused_call_spares_the_others() -> None:
    """One entry's refusal is its own outcome, with the complaints by field."""
    complaint = {"errors": {"event_id": [{"key": "errors.required", "description": "required"}]}}
    entries: list[dict[str, Any]] = [{"status": 202}, {"status": 422, "data": complaint}]
    account, _ = connect(answer(207, {"batch": entries}))
    good, bad = await account.send_all(deletions(2))

    assert good.ok
    assert isinstance(bad.error, InvalidRequestError)
    assert "errors.required" == bad.error.errors["event_id"][0].key
    with pytest.raises(InvalidRequestError):
        bad.result()


@pytest.mark.fault(52)
@pytest.mark.parametrize("failure", [answer(503), TransportError("cut")])
@pytest.mark.asyncio
async def test_a_failed_batch_spares_the_next(failure: Prepared) -> None:
    """When a whole batch fails its calls carry the error, and the next batch is still sent."""
    account, transport = connect(failure, accepted)
    outcomes = await account.send_all(deletions(60))

    assert [50, 10] == sizes(transport)
    kinds = {type(outcome.error) for outcome in outcomes[:50]}
    assert kinds == {ServerError} or kinds == {TransportError}
    assert all(outcome.ok for outcome in outcomes[50:])


@pytest.mark.fault(52)
@pytest.mark.asyncio
async def test_a_short_answer_keeps_what_is_known() -> None:
    """Entries that did arrive keep their outcome; the others say that they are unknown."""
    account, _ = connect(answer(207, {"batch": [{"status": 202}]}))
    outcomes = await account.send_all(deletions(3))

    assert [True, False, False] == [outcome.ok for outcome in outcomes]


@pytest.mark.asyncio
async def test_nothing_is_sent_if_one_call_does_not_fit() -> None:
    """A call that cannot be put into a batch is refused before the first request."""
    account, transport = connect(accepted)
    calls: list[Any] = [*deletions(50), ListCalendars()]
    with pytest.raises(InvalidArgumentError):
        await account.send_all(calls)
    assert [] == transport.requests


@pytest.mark.fault(52)
@pytest.mark.asyncio
async def test_402_and_302_are_failures_and_200_is_none() -> None:
    """The one status rule holds for entries too."""
    entries = [{"status": status} for status in (200, 204, 302, 402)]
    account, _ = connect(answer(207, {"batch": entries}))

    assert [True, True, False, False] == [o.ok for o in await account.send_all(deletions(4))]


def test_the_sync_client_has_it_too() -> None:
    """The blocking view gives the same outcomes."""
    cronofy = Cronofy(transport=RecordingTransport([accepted]))
    (outcome,) = cronofy.account(access_token="t").send_all(deletions(1))

    assert outcome.ok
