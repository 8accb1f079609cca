"""Faults of notifications: twice, late, in another order, or never."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import attrs
import pytest
import pytest_asyncio
from aiohttp import web

from cronofy_transports.sandbox import serve
from cronofy_transports.sandbox.push import Outbox

from .wire import Person, Wire, until

TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


@attrs.define
class Receiver:
    """A server that takes notifications, and remembers where and what they were."""

    url: str = ""
    status: int = 200
    statuses: list[int] = attrs.field(factory=list)
    got: list[tuple[str, str, bytes]] = attrs.field(factory=list)

    async def take(self, request: web.BaseRequest) -> web.Response:
        """Take one."""
        body = await request.read()
        kind = json.loads(body)["notification"]["type"]
        self.got.append(
            (request.path, kind, body + request.headers["Cronofy-HMAC-SHA256"].encode())
        )
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.status)

    def kinds(self) -> list[str]:
        """The types in the order of their arrival."""
        return [kind for _, kind, _ in self.got]

    def paths(self, kind: str = "change") -> list[str]:
        """Where those of a type arrived, in their order."""
        return [path for path, each, _ in self.got if each == kind]


@pytest_asyncio.fixture
async def receiver(wire: Wire) -> AsyncGenerator[Receiver]:
    """A receiver on loopback, while the sandbox is served."""
    made = Receiver()
    runner = web.ServerRunner(web.Server(made.take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with serve(wire.sandbox):
        yield made
    await runner.cleanup()


def outbox(wire: Wire) -> Outbox:
    """What is to be delivered."""
    return wire.sandbox.world.outbox


async def subscribe(wire: Wire, person: Person, receiver: Receiver, path: str = "/hook") -> None:
    """Have changes of somebody told to the receiver."""
    before = len(receiver.got)
    body = {"callback_url": receiver.url + path}
    assert 200 == wire.send("POST", "/v1/channels", body, token=person.token).status
    await until(lambda: len(receiver.got) > before and not outbox(wire).open())


async def change(wire: Wire, *people: Person) -> None:
    """Have people make events, one after the other, and the gathering of changes end."""
    for each in people:
        wire.external(each, *TIMES)
    await advance(wire, 1)


async def advance(wire: Wire, seconds: float) -> None:
    """Let time pass, and what is due then be done with."""
    wire.command("advance", seconds=seconds)
    await quiet(wire)


async def quiet(wire: Wire) -> None:
    """Wait until nothing is due or on its way."""
    box, now = outbox(wire), wire.sandbox.world.now
    await until(lambda: all(each.state == "waiting" and each.due_at > now() for each in box.open()))


@pytest.mark.asyncio
async def test_a_notification_comes_again(wire: Wire, person: Person, receiver: Receiver) -> None:
    """The very same bytes, so often; the next one comes once."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="duplicate_notifications", copies=2, times=1)
    await change(wire, person)
    await until(lambda: len(receiver.got) == 4)
    first, *again = receiver.got[1:]
    assert [first, first] == again
    await change(wire, person)
    assert ["verification", *["change"] * 4] == receiver.kinds()


@pytest.mark.asyncio
async def test_a_notification_is_replayed(wire: Wire, person: Person, receiver: Receiver) -> None:
    """Each copy is delivered."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="duplicate_notifications", copies=99, notification="change")
    await change(wire, person)
    await until(lambda: len(receiver.paths()) == 100)


@pytest.mark.asyncio
async def test_the_first_of_the_copies_decides(
    wire: Wire, person: Person, receiver: Receiver
) -> None:
    """One that fails is tried again once, although its copies were taken."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="duplicate_notifications", times=1)
    receiver.statuses = [500, 200]
    await change(wire, person)
    await until(lambda: len(receiver.paths()) == 2)
    (delivery,) = outbox(wire).open()
    assert (1, "waiting") == (delivery.attempts, delivery.state)
    await advance(wire, 10)
    assert (3, []) == (len(receiver.paths()), outbox(wire).open())


@pytest.mark.asyncio
async def test_a_notification_is_lost(wire: Wire, person: Person, receiver: Receiver) -> None:
    """The sandbox takes it for delivered: it never comes, whatever time passes."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="drop_notifications", times=1)
    await change(wire, person)
    await advance(wire, 24 * 3600)
    assert ["verification"] == receiver.kinds()
    assert [] == outbox(wire).open()
    await change(wire, person)
    assert ["verification", "change"] == receiver.kinds()


@pytest.mark.asyncio
async def test_a_notification_that_is_dropped_may_be_tried_again(
    wire: Wire, person: Person, receiver: Receiver
) -> None:
    """Like one that its receiver did not take: ten seconds later, then twenty."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="drop_notifications", retried=True, times=2)
    await change(wire, person)
    await advance(wire, 10)
    assert [] == receiver.paths()
    await advance(wire, 19)
    assert [] == receiver.paths()
    await advance(wire, 1)
    assert ["/hook"] == receiver.paths()


@pytest.mark.asyncio
async def test_an_hour_of_outage(wire: Wire, person: Person, receiver: Receiver) -> None:
    """Whatever happens meanwhile is told once it is over, with the earliest change."""
    await subscribe(wire, person, receiver)
    fault_id = wire.command("add_fault", action="drop_notifications", retried=True)
    since = wire.sandbox.world.now()
    for _ in range(6):
        await change(wire, person)
        await advance(wire, 600)
    assert [] == receiver.paths()
    wire.command("remove_fault", fault_id=fault_id)
    await advance(wire, 3600)
    assert ["/hook"] == receiver.paths()
    told = json.loads(receiver.got[-1][2][:-44])["notification"]["changes_since"]
    assert since == datetime.fromisoformat(told).timestamp()


@pytest.mark.asyncio
async def test_a_notification_comes_late(wire: Wire, person: Person, receiver: Receiver) -> None:
    """By the sandbox's clock; what changes meanwhile is told before."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="delay_notifications", seconds=100, times=1)
    await change(wire, person)
    await advance(wire, 50)
    assert [] == receiver.paths()
    await change(wire, person)
    assert 1 == len(receiver.paths())
    await advance(wire, 49)
    assert 2 == len(receiver.paths())
    late, early = (json.loads(body[:-44])["notification"] for _, _, body in receiver.got[:0:-1])
    assert late["changes_since"] < early["changes_since"]


@pytest.mark.asyncio
async def test_a_delay_is_no_attempt(wire: Wire, person: Person, receiver: Receiver) -> None:
    """One that fails afterwards is tried again as often as ever, and delayed again."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="delay_notifications", seconds=5)
    receiver.status = 500
    await change(wire, person)
    await advance(wire, 5)
    (delivery,) = outbox(wire).open()
    assert (1, 1) == (delivery.attempts, len(receiver.paths()))
    receiver.status = 200
    await advance(wire, 10)
    assert 1 == len(receiver.paths())
    await advance(wire, 5)
    assert 2 == len(receiver.paths())
    assert [] == outbox(wire).open()


@pytest.mark.asyncio
async def test_two_change_places(wire: Wire, person: Person, receiver: Receiver) -> None:
    """The first is delivered after the second."""
    other = wire.person()
    await subscribe(wire, person, receiver, "/first")
    await subscribe(wire, other, receiver, "/second")
    wire.command("add_fault", action="reorder_notifications", times=1)
    await change(wire, person, other)
    await until(lambda: len(receiver.paths()) == 2)
    await quiet(wire)
    assert ["/second", "/first"] == receiver.paths()
    await change(wire, person, other)
    assert 4 == len(receiver.paths())


@pytest.mark.asyncio
async def test_all_change_places(wire: Wire, receiver: Receiver) -> None:
    """In pairs, for as long as the fault is there, and none is lost."""
    people = [wire.person() for _ in range(5)]
    for number, each in enumerate(people):
        await subscribe(wire, each, receiver, f"/{number}")
    wire.command("add_fault", action="reorder_notifications", seconds=30)
    for each in people:
        await change(wire, each)
    await until(lambda: len(receiver.paths()) == 4)
    assert ["/1", "/0", "/3", "/2"] == receiver.paths()
    await advance(wire, 30)
    assert "/4" == receiver.paths()[-1]
    # One that nobody came after does not stand in the way of the next pair.
    await change(wire, people[0], people[1])
    await until(lambda: len(receiver.paths()) == 7)
    assert ["/1", "/0"] == receiver.paths()[-2:]


@pytest.mark.asyncio
async def test_one_that_changed_places_is_tried_again_in_its_own_time(
    wire: Wire, person: Person, receiver: Receiver
) -> None:
    """Ten, thirty and seventy seconds later, whatever time it was put off to."""
    other = wire.person()
    await subscribe(wire, person, receiver, "/first")
    await subscribe(wire, other, receiver, "/second")
    wire.command("add_fault", action="reorder_notifications", seconds=60, times=1)
    receiver.statuses = [200, 500, 500, 500]
    await change(wire, person, other)
    await until(lambda: len(receiver.paths()) == 2)
    await quiet(wire)
    counts = []
    for gap in (10, 20, 35, 5):
        await advance(wire, gap)
        counts.append(len(receiver.paths()))
    assert [3, 4, 4, 5] == counts


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        ({"notification": "change"}, True),
        ({"notification": "verification"}, False),
        ({"account": "{sub}"}, True),
        ({"account": "acc_other"}, False),
        ({"path": "/ho"}, True),
        ({"path": "/other"}, False),
        ({"after": 1}, False),
    ],
    ids=str,
)
async def test_which_notifications_are_struck(
    wire: Wire, person: Person, receiver: Receiver, rule: dict[str, Any], hit: bool
) -> None:
    """By type, account and path of the callback URL, and counted like calls."""
    await subscribe(wire, person, receiver)
    given = {k: v.format(sub=person.sub) if isinstance(v, str) else v for k, v in rule.items()}
    wire.command("add_fault", action="drop_notifications", **given)
    await change(wire, person)
    assert ([] if hit else ["/hook"]) == receiver.paths()


@pytest.mark.asyncio
async def test_faults_of_calls_leave_notifications_alone(
    wire: Wire, person: Person, receiver: Receiver
) -> None:
    """And the other way round."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="drop_notifications")
    assert 200 == wire.send("GET", "/v1/calendars", token=person.token).status
    assert not wire.sandbox.faults.armed
    wire.command("clear_faults")
    wire.command("add_fault", action="status", status=500)
    wire.external(person, *TIMES)
    await advance(wire, 1)
    assert ["/hook"] == receiver.paths()


@pytest.mark.asyncio
async def test_a_reset_forgets_what_was_put_off(
    wire: Wire, person: Person, receiver: Receiver
) -> None:
    """Nothing of the old world is delivered in the new one."""
    await subscribe(wire, person, receiver)
    wire.command("add_fault", action="delay_notifications", seconds=10)
    await change(wire, person)
    wire.command("reset")
    await asyncio.sleep(0)
    await advance(wire, 100)
    assert [] == receiver.paths()
