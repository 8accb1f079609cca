"""What our client makes of faults: the same in process and over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from cronofy_async import AsyncCronofy, RetryPolicy
from cronofy_async.core import errors
from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import SandboxTransport, serve

from ..support import FrozenTime
from .wire import ORIGIN, Person, Wire

ONCE = RetryPolicy(attempts=1)
START = datetime(2030, 1, 2, 10, tzinfo=UTC)
END = datetime(2030, 1, 2, 11, tzinfo=UTC)

WAYS = ("in process", "over HTTP")
every_way = pytest.mark.parametrize("way", WAYS)


@asynccontextmanager
async def client(wire: Wire, way: str, retry: RetryPolicy = ONCE) -> AsyncGenerator[AsyncCronofy]:
    """Our client with a sandbox, which it reaches in one of two ways."""
    credentials = wire.client["client_id"], wire.client["client_secret"]
    if way == "in process":
        transport = wire.sandbox.transport()
        async with AsyncCronofy(*credentials, transport=transport, retry=retry) as cronofy:
            yield cronofy
    else:
        async with (
            serve(wire.sandbox) as urls,
            AsyncCronofy(*credentials, api_url=urls.api_url, retry=retry) as cronofy,
        ):
            yield cronofy


async def caught(wire: Wire, person: Person, way: str) -> Exception | None:
    """What reading the calendars raises."""
    async with client(wire, way) as cronofy:
        try:
            await cronofy.account(access_token=person.token).list_calendars()
        except errors.CronofyError as error:
            return error
    return None


RAISED: list[tuple[dict[str, Any], type[Exception] | None]] = [
    ({"action": "status", "status": 401}, errors.AuthenticationError),
    ({"action": "status", "status": 429, "retry_after": "soon"}, errors.RateLimitError),
    ({"action": "status", "status": 502, "body": "html"}, errors.ServerError),
    ({"action": "redirect", "location": "https://foreign.example/"}, errors.APIError),
    ({"action": "delay", "seconds": 0.001}, None),
    ({"action": "delay", "seconds": 0.001, "when": "after"}, None),
    ({"action": "drip", "interval": 0.0001, "size": 200}, None),
    ({"action": "drop"}, errors.TransportError),
    ({"action": "drop", "how": "reset", "when": "after"}, errors.TransportError),
    ({"action": "truncate"}, errors.TransportError),
    ({"action": "truncate", "framing": "chunked", "how": "reset"}, errors.TransportError),
    ({"action": "garbage"}, errors.TransportError),
    ({"action": "extra"}, None),
    ({"action": "gzip", "form": "broken"}, errors.TransportError),
    ({"action": "gzip", "form": "cut"}, errors.TransportError),
    ({"action": "gzip", "form": "sum"}, errors.TransportError),
    ({"action": "gzip", "form": "bomb"}, errors.TransportError),
    ({"action": "body", "form": "empty"}, errors.DecodeError),
    ({"action": "body", "form": "byte_order_mark"}, None),
    ({"action": "body", "form": "broken_json"}, errors.DecodeError),
    ({"action": "body", "form": "not_a_number"}, errors.DecodeError),
    ({"action": "body", "form": "deep"}, errors.DecodeError),
    ({"action": "body", "form": "text"}, errors.DecodeError),
    ({"action": "content_type"}, None),
    ({"action": "unexpected", "form": "fields"}, None),
    ({"action": "unexpected", "form": "values"}, None),
]


@pytest.mark.asyncio
@every_way
@pytest.mark.parametrize(("fault", "error"), RAISED, ids=lambda each: str(each)[:60])
async def test_a_fault_is_the_same_in_process(
    wire: Wire, person: Person, way: str, fault: dict[str, Any], error: type[Exception] | None
) -> None:
    """Our client raises the same error, or none, without a socket and with one."""
    wire.sandbox.control.add_fault(**fault)
    raised = await caught(wire, person, way)
    assert error == (None if raised is None else type(raised))
    (entry,) = wire.sandbox.journal
    assert (fault["action"], "ListCalendars", person.sub) == (
        entry.fault,
        entry.operation,
        entry.account,
    )


@pytest.mark.asyncio
@every_way
@pytest.mark.parametrize("how", ["close", "reset"])
async def test_dropped_before_and_after_it_was_carried_out(
    wire: Wire, person: Person, way: str, how: str
) -> None:
    """The caller cannot tell the two apart; the truth can, and so can the journal."""
    for when in ("before", "after"):
        wire.sandbox.control.add_fault("drop", when=when, how=how, times=1, operation="UpsertEvent")
        async with client(wire, way) as cronofy:
            with pytest.raises(errors.TransportError) as raised:
                await cronofy.account(access_token=person.token).upsert_event(
                    calendar_id=person.calendar_id,
                    event_id=when,
                    summary="Talk",
                    start=START,
                    end=END,
                )
        assert errors.TransportError is type(raised.value)
    assert ["after"] == [e["event_id"] for e in wire.events(person, include_managed=True)]
    told = [each for each in wire.sandbox.journal if each.operation == "UpsertEvent"]
    assert [(None, False, False), (202, True, False)] == [
        (each.status, each.carried_out, each.delivered) for each in told
    ]


@pytest.mark.asyncio
@every_way
async def test_a_retried_write_is_one_event(wire: Wire, person: Person, way: str) -> None:
    """The first answer is lost, the second attempt finds what the first has made."""
    wire.sandbox.control.add_fault("drop", when="after", times=1, operation="UpsertEvent")
    async with client(wire, way, RetryPolicy(attempts=2, wait_initial=0)) as cronofy:
        await cronofy.account(access_token=person.token).upsert_event(
            calendar_id=person.calendar_id, event_id="e1", summary="Talk", start=START, end=END
        )
    assert 1 == len(wire.events(person, include_managed=True))
    told = [each for each in wire.sandbox.journal if each.operation == "UpsertEvent"]
    assert [("drop", 202), (None, 202)] == [(each.fault, each.status) for each in told]


@pytest.mark.asyncio
@every_way
async def test_a_token_is_refused_in_the_middle(wire: Wire, person: Person, way: str) -> None:
    """One 401 costs one refresh, and the call succeeds."""
    wire.sandbox.control.add_fault("status", status=401, after=1, times=1, path="/v1/calendars")
    async with client(wire, way) as cronofy:
        account = cronofy.account(access_token=person.token, refresh_token=person.refresh_token)
        for _ in range(3):
            assert 1 == len(await account.list_calendars())
    operations = [each.operation for each in wire.sandbox.journal]
    assert 1 == operations.count("RefreshToken")
    assert 4 == operations.count("ListCalendars")


@pytest.mark.asyncio
@every_way
async def test_every_third_call_fails(wire: Wire, person: Person, way: str) -> None:
    """With retries nobody notices."""
    wire.sandbox.control.add_fault("status", status=500, every=3, operation="ListCalendars")
    async with client(wire, way, RetryPolicy(wait_initial=0)) as cronofy:
        account = cronofy.account(access_token=person.token)
        for _ in range(20):
            await account.list_calendars()
    assert 29 == len(list(wire.sandbox.journal))


# Time without a socket ----------------------------------------------------------------


def ask(person: Person) -> Request:
    """Read the calendars."""
    return Request("GET", f"{ORIGIN}/v1/calendars", {"authorization": f"Bearer {person.token}"})


SLOW: list[tuple[dict[str, Any], float, list[float], bool]] = [
    ({"action": "delay", "seconds": 3}, 5.0, [3], True),
    ({"action": "delay", "seconds": 3, "when": "after"}, 5.0, [3], True),
    ({"action": "delay", "seconds": 60}, 5.0, [5], False),
    ({"action": "delay", "seconds": 60, "when": "after"}, 5.0, [5], False),
    ({"action": "drip", "interval": 1, "size": 1}, 5.0, [5], False),
]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("fault", "timeout", "slept", "arrives"), SLOW, ids=str)
async def test_time_is_honoured(
    wire: Wire,
    person: Person,
    fault: dict[str, Any],
    timeout: float,
    slept: list[float],
    arrives: bool,
    anyio_backend: str,
) -> None:
    """A fault takes its time, though never longer than the caller waits; it is carried out."""
    clock = FrozenTime()
    transport = SandboxTransport(wire.sandbox, sleep=clock.sleep)
    wire.sandbox.control.add_fault(**fault)
    if arrives:
        assert 200 == (await transport.send(ask(person), timeout=timeout)).status
    else:
        with pytest.raises(errors.TransportTimeoutError, match="within 5 seconds"):
            await transport.send(ask(person), timeout=timeout)
    assert slept == clock.slept
    (entry,) = wire.sandbox.journal
    assert (200, True) == (entry.status, entry.carried_out)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_sandbox_is_not_held_while_a_fault_waits(
    wire: Wire, person: Person, anyio_backend: str
) -> None:
    """Other calls are answered in the meantime."""
    waits = anyio.Event()

    async def sleep(_: float) -> None:
        waits.set()
        await anyio.Event().wait()

    transport = SandboxTransport(wire.sandbox, sleep=sleep)
    wire.sandbox.control.add_fault("delay", seconds=60, times=1)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: transport.send(ask(person), timeout=90))
        await waits.wait()
        assert 200 == (await transport.send(ask(person), timeout=1)).status
        group.cancel_scope.cancel()
    assert [200] == [each.status for each in wire.sandbox.journal]


def test_nobody_is_kept_waiting_without_a_transport(wire: Wire, person: Person) -> None:
    """`Sandbox.handle` answers at once, and raises what a transport would raise."""
    wire.sandbox.control.add_fault("delay", seconds=3600, times=1)
    assert 200 == wire.sandbox.handle(ask(person)).status
    wire.sandbox.control.add_fault("drop", times=1)
    with pytest.raises(
        errors.TransportError, match=r"sandbox\.localhost broke: the connection was"
    ):
        wire.sandbox.handle(ask(person))


# The journal --------------------------------------------------------------------------


def test_the_journal_can_be_narrowed_down(wire: Wire, person: Person) -> None:
    """By operation, by account, by what has been read already, and to the latest."""
    other = wire.person()
    for each in (person, other, person):
        wire.send("GET", "/v1/calendars", token=each.token)
        wire.send("GET", "/v1/userinfo", token=each.token)

    def numbers(**given: Any) -> list[int]:
        by_post = wire.command("journal", **given)
        query = "&".join(f"{name}={value}" for name, value in given.items())
        assert by_post == wire.send("GET", f"/_sandbox/journal?{query}").json()["result"]
        return [each["sequence"] for each in by_post]

    assert [1, 2, 3, 4, 5, 6] == numbers()
    assert [1, 3, 5] == numbers(operation="ListCalendars")
    assert [3, 4] == numbers(account=other.sub)
    assert [5, 6] == numbers(since=4)
    assert [6] == numbers(limit=1)
    assert [] == numbers(limit=0)
    assert [5] == numbers(operation="ListCalendars", account=person.sub, since=1, limit=1)
    assert 422 == wire.send("GET", "/_sandbox/journal?sicne=4").status
