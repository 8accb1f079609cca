"""Connections that break: what may be repeated is, once for each attempt, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from cronofy_async import AsyncAccount, OutcomeUnknownError, TransportError
from cronofy_async.operations import ListCalendars
from tests.transports.broken import BROKEN, ROWS
from tests.transports.cases import wire_transports
from tests.transports.servers import Action, Close, FaultServer, Read, Reset, Send, answer, settled

from .proxy import Limit, Link, Proxy
from .scene import Scene, write

pytestmark = pytest.mark.anyio

Reach = Callable[..., AsyncAccount]
Failing = Callable[..., Any]

GOOD: list[Action] = [Read(), Send(answer({"calendars": []})), Read()]
ACCEPTED: list[Action] = [Read(), Send(answer(b"", status=202)), Read()]

EACH = [
    pytest.param(fault, marks=pytest.mark.fault(row))
    for row, faults in ROWS.items()
    for fault in faults
]
each_fault = pytest.mark.parametrize("fault", EACH)
one_of_each_row = pytest.mark.parametrize(
    "fault", [pytest.param(faults[0], marks=pytest.mark.fault(row)) for row, faults in ROWS.items()]
)


@wire_transports
@each_fault
async def test_a_read_is_repeated(reach: Reach, fault: str) -> None:
    """Whatever of an answer came, a second request on a new connection gets all of it."""
    with FaultServer(BROKEN[fault], GOOD) as server:
        found = await reach(server.url).send_raw(ListCalendars())

        assert (2, []) == (found.attempts, found.value)
        # One is broken off before it is there as a whole.
        whole = 1 if fault == "reset within the request" else 2
        assert (whole, 2) == (len(server.requests), server.connections)
        assert await settled(server, still_open=1)


@wire_transports
@one_of_each_row
async def test_a_write_with_an_id_is_repeated(reach: Reach, fault: str) -> None:
    """The same request is sent again, with the same id."""
    with FaultServer(BROKEN[fault], ACCEPTED) as server:
        await reach(server.url).delete_event(calendar_id="cal_1", event_id="e1")

        assert 2 == server.connections
        assert 1 == len(set(server.requests))
        assert b'"event_id":"e1"' in server.requests[0].replace(b" ", b"")


@wire_transports
@one_of_each_row
async def test_a_creation_is_not_repeated(reach: Reach, failing: Failing, fault: str) -> None:
    """Nobody knows what came of it, and the error says so."""
    with FaultServer(BROKEN[fault], ACCEPTED) as server:
        call = reach(server.url).create_channel(callback_url="https://a.example/told")
        error = await failing(OutcomeUnknownError, call)

        assert 1 == server.connections
        assert (1, "TransportError") == (error.attempts, error.history[0].error)
        assert TransportError is type(error.__cause__)


@wire_transports
@one_of_each_row
async def test_what_lasts_is_an_error(reach: Reach, failing: Failing, fault: str) -> None:
    """After its attempts a call ends with what befell each of them; no connection is left."""
    with FaultServer(BROKEN[fault]) as server:
        error = await failing(TransportError, reach(server.url).list_calendars())

        assert 3 == server.connections
        assert (3, ["TransportError"] * 3) == (error.attempts, [e.error for e in error.history])
        assert await settled(server)


@pytest.mark.fault(9)
@wire_transports
@pytest.mark.parametrize("last", [Close(), Reset()])
async def test_a_connection_that_ends_at_its_second_request(reach: Reach, last: Action) -> None:
    """The request goes out once more, on a connection of its own, and is counted."""
    good = Send(answer({"calendars": []}))
    with FaultServer([Read(), good, Read(), last], [Read(), good, Read()]) as server:
        account = reach(server.url)
        attempts = [(await account.send_raw(ListCalendars())).attempts for _ in range(2)]

        assert ([1, 2], 3, 2) == (attempts, len(server.requests), server.connections)


@pytest.mark.fault(1, 2)
@wire_transports
@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_request_that_is_cut(scene: Scene, how: Literal["close", "reset"]) -> None:
    """Half a request is carried out by nobody; a second one is."""
    person = scene.somebody()
    with Proxy(scene.port, Link(up=(Limit(150, how),)), Link()) as proxy:
        await write(scene.account(person, proxy.url), person)

        assert (1, 2) == (scene.asked(), proxy.connections)
    assert ["e1"] == [event["event_id"] for event in scene.events(person, include_managed=True)]


@pytest.mark.fault(3)
@wire_transports
@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_write_whose_answer_is_lost(scene: Scene, how: str) -> None:
    """It was carried out, is sent again under its id, and is there once."""
    person = scene.somebody()
    scene.fault("drop", when="after", how=how, times=1, operation="UpsertEvent")

    await write(scene.account(person), person)

    assert [202, 202] == [each.status for each in scene.sandbox.journal]
    assert [True, True] == [each.carried_out for each in scene.sandbox.journal]
    assert ["e1"] == [event["event_id"] for event in scene.events(person, include_managed=True)]


@pytest.mark.fault(3)
@wire_transports
async def test_a_delete_whose_answer_is_lost(scene: Scene) -> None:
    """Sent again it finds nothing to delete, which is its success."""
    person = scene.somebody()
    account = scene.account(person)
    await write(account, person)
    scene.fault("drop", when="after", how="reset", times=1, operation="DeleteEvent")

    await account.delete_event(calendar_id=person.calendar_id, event_id="e1")

    assert [] == scene.events(person, include_managed=True)


@pytest.mark.fault(2, 3)
@wire_transports
async def test_a_creation_whose_answer_is_lost(scene: Scene, failing: Failing) -> None:
    """It is there once, and the error says where to look."""
    person = scene.somebody()
    account = scene.account(person)
    scene.fault("drop", when="after", how="reset", times=1, operation="CreateCalendar")

    call = account.create_calendar(profile_id=person.profile_id, name="Team")
    error = await failing(OutcomeUnknownError, call)

    assert "list_calendars" in error.lookup
    names = [calendar.calendar_name for calendar in await account.list_calendars()]
    assert 1 == names.count("Team")
