"""Batches of which a part fails, or all, or the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cronofy_async import (
    AsyncAccount,
    DecodeError,
    InvalidRequestError,
    OutcomeUnknownError,
    ServerError,
)
from cronofy_async.operations import DeleteEvent, UpsertEvent
from tests.transports.cases import wire_transports
from tests.transports.servers import FaultServer, Read, Send, Wait, answer

from .scene import END, START, Scene

pytestmark = pytest.mark.anyio


def events(calendar_id: str, count: int) -> list[UpsertEvent]:
    """So many writes."""
    return [
        UpsertEvent(
            calendar_id=calendar_id, event_id=f"e{number}", summary="Talk", start=START, end=END
        )
        for number in range(count)
    ]


@pytest.mark.fault(52)
@wire_transports
async def test_an_entry_fails(scene: Scene) -> None:
    """The others are carried out, and the outcomes say which was not."""
    person = scene.somebody()
    scene.fault("status", status=422, field="summary", operation="UpsertEvent", after=1, times=1)

    outcomes = await scene.account(person).send_all(events(person.calendar_id, 3))

    assert [202, 422, 202] == [each.status for each in outcomes]
    assert [True, False, True] == [each.ok for each in outcomes]
    assert InvalidRequestError is type(outcomes[1].error)
    there = scene.events(person, include_managed=True)
    assert {"e0", "e2"} == {each["event_id"] for each in there}


@pytest.mark.fault(52)
@wire_transports
@pytest.mark.parametrize("action", ["status", "drop"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_all_of_it_fails_once(scene: Scene, action: str, when: str) -> None:
    """It is sent again, as each of its calls may be, and each is done once."""
    person = scene.somebody()
    given: dict[str, Any] = {"status": 503} if action == "status" else {"how": "reset"}
    scene.fault(action, operation="Batch", when=when, times=1, **given)

    outcomes = await scene.account(person).send_all(events(person.calendar_id, 3))

    assert ([True] * 3, 2) == ([each.ok for each in outcomes], scene.asked("Batch"))
    there = scene.events(person, include_managed=True)
    assert ["e0", "e1", "e2"] == sorted(each["event_id"] for each in there)


@pytest.mark.fault(52)
@wire_transports
async def test_all_of_it_fails_for_ever(scene: Scene) -> None:
    """Each call has the error, and the next batch is sent all the same."""
    person = scene.somebody()
    scene.fault("status", status=503, operation="Batch", times=3)

    outcomes = await scene.account(person).send_all(events(person.calendar_id, 60))

    assert [False] * 50 + [True] * 10 == [each.ok for each in outcomes]
    assert {ServerError} == {type(each.error) for each in outcomes[:50]}
    assert 4 == scene.asked("Batch")


@pytest.mark.fault(52)
@wire_transports
@pytest.mark.parametrize(
    ("entries", "oks"),
    [
        ([{"status": 200}, {"status": 204}, {"status": 202}], [True, True, True]),
        ([{"status": 202}, {"status": 302}, {"status": 402}], [True, False, False]),
        ([{"status": 202}, {"status": 202}], [True, True, False]),
        ([{"status": 202}, {}, {"status": 202}], [True, False, True]),
        ([], [False, False, False]),
    ],
    ids=["good", "bad", "shorter", "odd", "empty"],
)
async def test_its_answer(
    reach: Callable[..., AsyncAccount], entries: list[Any], oks: list[bool]
) -> None:
    """Success is a status of 200 to 299, and what has no answer has none."""
    with FaultServer([Read(), Send(answer({"batch": entries}, status=207)), Wait()]) as server:
        calls = [DeleteEvent(calendar_id="cal_1", event_id=f"e{n}") for n in range(3)]
        outcomes = await reach(server.url).send_all(calls)

        assert oks == [each.ok for each in outcomes]
        assert 1 == len(server.requests)
        unread = [each.error for each in outcomes if each.status is None]
        assert all(isinstance(each, (DecodeError, OutcomeUnknownError)) for each in unread)
