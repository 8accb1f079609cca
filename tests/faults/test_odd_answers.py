"""Answers that arrive and are not what they should be: read where that is safe, else refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cronofy_async import AsyncAccount, DecodeError, OutcomeUnknownError, ServerError
from cronofy_async.operations import ReadEvents
from tests.transports.cases import wire_transports
from tests.transports.servers import FaultServer, Read, Send, Wait, answer

from .scene import Scene, write

pytestmark = pytest.mark.anyio

Failing = Callable[..., Any]

EVENTS = 7
"""On three pages."""

HTML = b"<html>" + b"Bad Gateway " * 30


@pytest.mark.fault(19)
@wire_transports
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_s_page(scene: Scene, status: int) -> None:
    """Reads and writes with an id are repeated."""
    person = scene.somebody()
    scene.fault("status", status=status, body="html", every=2)
    account = scene.account(person)

    assert 1 == len(await account.list_calendars())
    await write(account, person)
    assert 1 == len(await account.list_calendars())

    statuses = [entry.status for entry in scene.sandbox.journal]
    assert [200, status, 202, status, 200] == statuses


@pytest.mark.fault(19)
@wire_transports
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_s_page_for_ever(
    reach: Callable[..., AsyncAccount], failing: Failing, status: int
) -> None:
    """The error has status, request id and body of the last answer, and all attempts."""
    page = answer(HTML, ("Content-Type", "text/html"), ("X-Request-Id", "req-1"), status=status)
    with FaultServer([Read(), Send(page)] * 9) as server:
        account = reach(server.url)
        error = await failing(ServerError, account.list_calendars())
        creation = account.create_channel(callback_url="https://a.example/told")
        unknown = await failing(OutcomeUnknownError, creation)

    assert (status, "req-1", HTML[:200]) == (
        error.status,
        error.request_id,
        error.response.body[:200],
    )
    assert [(status, "req-1")] * 3 == [(each.status, each.request_id) for each in error.history]
    assert str(status) in str(error)
    assert (status, 4) == (unknown.__cause__.status, len(server.requests))


READ: list[tuple[str, dict[str, Any]]] = [
    ("body", {"form": "byte_order_mark"}),
    ("content_type", {"value": "text/plain"}),
    ("content_type", {"value": "text/html; charset=latin-1"}),
    ("content_type", {"value": ""}),
]
UNREAD = ["empty", "broken_json", "text"]


@pytest.mark.fault(20)
@wire_transports
@pytest.mark.parametrize(("action", "given"), READ, ids=str)
async def test_what_does_not_matter(scene: Scene, action: str, given: dict[str, Any]) -> None:
    """A byte order mark is passed over, and the type is not asked for."""
    person = scene.somebody(2)
    scene.fault(action, **given)
    account = scene.account(person)

    assert [person.calendar_id] == [each.calendar_id for each in await account.list_calendars()]
    assert 2 == len(await account.read_events(tzid="Etc/UTC").collect())


@pytest.mark.fault(20)
@wire_transports
@pytest.mark.parametrize("form", UNREAD)
async def test_what_cannot_be_read(scene: Scene, failing: Failing, form: str) -> None:
    """It is an error with its status, and neither an empty list nor a None."""
    person = scene.somebody(2)
    scene.fault("body", form=form)
    account = scene.account(person)

    for call in (account.list_calendars(), account.read_events(tzid="Etc/UTC").collect()):
        error = await failing(DecodeError, call)
        assert 200 == error.status


@pytest.mark.fault(20)
@wire_transports
async def test_latin_1(reach: Callable[..., AsyncAccount], failing: Failing) -> None:
    """Letters in another encoding are no text that could be guessed at."""
    name = '{"calendars": [{"calendar_id": "cal_1", "calendar_name": "Café"}]}'
    with FaultServer([Read(), Send(answer(name.encode("latin-1"))), Wait()]) as server:
        await failing(DecodeError, reach(server.url).list_calendars())


@pytest.mark.fault(21)
@wire_transports
@pytest.mark.parametrize(("form", "size"), [("not_a_number", 1), ("deep", 200_000)])
async def test_hostile_json(scene: Scene, failing: Failing, form: str, size: int) -> None:
    """NaN and deep nesting are a `DecodeError`, and nothing of the interpreter's."""
    person = scene.somebody(2)
    scene.fault("body", form=form, size=size)
    account = scene.account(person)

    for call in (account.list_calendars(), account.read_events(tzid="Etc/UTC").collect()):
        await failing(DecodeError, call)


@pytest.mark.fault(21)
@wire_transports
async def test_a_huge_integer(scene: Scene) -> None:
    """Where nobody asks for it, it does no harm."""
    person = scene.somebody(2)
    scene.fault("body", form="huge_integer", size=5_000)
    account = scene.account(person)

    assert 1 == len(await account.list_calendars())
    assert 2 == len(await account.read_events(tzid="Etc/UTC").collect())


@pytest.mark.fault(21)
@wire_transports
async def test_a_key_twice(reach: Callable[..., AsyncAccount], failing: Failing) -> None:
    """The last one counts; where that is null, there is no list, and no empty one."""
    body = b'{"calendars": [{"calendar_id": "cal_1"}], "calendars": %b}'
    twice = [Read(), Send(answer(body % b"[]")), Read(), Send(answer(body % b"null")), Wait()]
    with FaultServer(twice) as server:
        account = reach(server.url)
        assert [] == await account.list_calendars()
        error = await failing(DecodeError, account.list_calendars())

    assert 200 == error.status


@pytest.mark.fault(22)
@wire_transports
@pytest.mark.parametrize("form", ["fields", "values", "nulls", "missing"])
async def test_what_nobody_has_heard_of(scene: Scene, form: str) -> None:
    """It is read, all entries are there, and the raw answer has all of it."""
    person = scene.somebody(EVENTS)
    scene.fault("unexpected", form=form)
    account = scene.account(person)

    events = await account.read_events(tzid="Etc/UTC").collect()
    assert EVENTS == len({event.event_uid for event in events})
    if form == "values":
        assert {"added_by_the_sandbox"} == {event.status for event in events}
        assert {"added_by_the_sandbox"} == {event.transparency for event in events}
        assert '"added_by_the_sandbox"' == json.dumps(events[0].transparency)
    if form == "fields":
        page = await account.send_raw(ReadEvents(tzid="Etc/UTC"))
        assert "added_by_the_sandbox" in page.response.json()["events"][0]
