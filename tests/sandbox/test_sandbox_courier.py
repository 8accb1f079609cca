"""Callbacks over real HTTP: where they go, and what counts as an answer."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator

import attrs
import pytest
import pytest_asyncio
from aiohttp import web

from cronofy_transports.sandbox import Choices, serve
from cronofy_transports.sandbox.courier import Courier

from .wire import Person, Wire, until

TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


def listed(wire: Wire, person: Person) -> list[str]:
    """The ids of the channels that are open."""
    return [each["channel_id"] for each in wire.get("/v1/channels", person)["channels"]]


@attrs.define
class Receiver:
    """A server that takes callbacks."""

    url: str = ""
    status: int = 200
    arrived: asyncio.Queue[tuple[str, bytes]] = attrs.field(factory=asyncio.Queue)

    async def take(self, request: web.BaseRequest) -> web.Response:
        """Take one callback."""
        body = await request.read()
        await self.arrived.put((request.headers["Cronofy-HMAC-SHA256"], body))
        return web.Response(status=self.status, headers={"Location": f"{self.url}/elsewhere"})


@pytest_asyncio.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    """A receiver on loopback."""
    made = Receiver()
    runner = web.ServerRunner(web.Server(made.take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def next_type(receiver: Receiver) -> str:
    """The type of the next notification."""
    async with asyncio.timeout(5):
        _, body = await receiver.arrived.get()
    kind: str = json.loads(body)["notification"]["type"]
    return kind


async def settled(wire: Wire) -> None:
    """Wait until every delivery on its way has come to an end."""
    outbox = wire.sandbox.world.outbox
    await until(lambda: all(each.state != "on its way" for each in outbox.open()))


@pytest.mark.asyncio
async def test_notifications_arrive_over_http(wire: Wire, receiver: Receiver) -> None:
    """A served sandbox posts the verification by itself, and a change when its time has come."""
    async with serve(wire.sandbox):
        person = wire.person()
        channel_body = {"callback_url": receiver.url}
        wire.send("POST", "/v1/channels", channel_body, token=person.token)
        async with asyncio.timeout(5):
            signature, body = await receiver.arrived.get()
        digest = hmac.new(wire.secret.encode(), body, hashlib.sha256).digest()
        assert base64.b64encode(digest).decode() == signature
        assert "verification" == json.loads(body)["notification"]["type"]
        await settled(wire)
        wire.external(person, *TIMES)
        wire.command("advance", seconds=1)
        assert "change" == await next_type(receiver)
        await settled(wire)
        assert 1 == len(listed(wire, person))


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [302, 400, 500])
async def test_only_2xx_is_success_and_redirects_are_not_followed(
    wire: Wire, receiver: Receiver, status: int
) -> None:
    """Any other status is a failure, and nothing is sent elsewhere."""
    receiver.status = status
    async with serve(wire.sandbox):
        person = wire.person()
        wire.send("POST", "/v1/channels", {"callback_url": receiver.url}, token=person.token)
        assert "verification" == await next_type(receiver)
        await settled(wire)
        assert [] == listed(wire, person)
        assert receiver.arrived.empty()


@pytest.mark.asyncio
async def test_a_slow_receiver_has_failed() -> None:
    """No answer within the time allowed is a failure, however long the receiver goes on."""
    wire = Wire(Choices(delivery_timeout=0.04))
    person = wire.person()

    async def sleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Until the sandbox has had enough and hangs up.
        await reader.read()
        writer.close()

    slow = await asyncio.start_server(sleep, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/"
    async with serve(wire.sandbox):
        wire.send("POST", "/v1/channels", {"callback_url": url}, token=person.token)
        await until(lambda: listed(wire, person) == [])
    slow.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:1/",
        "http://[::ffff:192.0.2.1]/",
        "http://10.0.0.1/",
        "http://metadata.invalid/",
    ],
)
async def test_callbacks_go_to_this_machine_only(
    wire: Wire, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Other hosts are refused before a connection is tried, and the log says what to do."""
    courier = Courier(wire.sandbox)
    wire.sandbox.world.outbox.post(wire.sandbox.application, url, "test", {})
    async with courier:
        await settled_or_waiting(wire)
    (record,) = caplog.records
    assert "--allow-callback-host" in record.getMessage() or ".invalid" in url


async def settled_or_waiting(wire: Wire) -> None:
    """Wait until a delivery was tried."""
    await until(lambda: all(each.attempts for each in wire.sandbox.world.outbox.open()))
    await settled(wire)


@pytest.mark.asyncio
async def test_a_name_that_leads_elsewhere_is_refused(
    wire: Wire, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the address that a name leads to which counts, and not the name."""

    class Strict(Courier):
        def may_go_to(self, host: str | None, address: str | None) -> bool:
            return False

    url = receiver.url.replace("127.0.0.1", "localhost")
    wire.sandbox.world.outbox.post(wire.sandbox.application, url, "test", {})
    async with Strict(wire.sandbox):
        await settled_or_waiting(wire)
    assert ["--allow-callback-host" in record.getMessage() for record in caplog.records] == [True]
    assert receiver.arrived.empty()


@pytest.mark.asyncio
async def test_a_host_can_be_allowed(wire: Wire, receiver: Receiver) -> None:
    """A host that was named when the sandbox was started is sent to, by its address too."""
    courier = Courier(wire.sandbox, ["192.0.2.1", "Receiver.Example"])
    allowed = [("192.0.2.1", "192.0.2.1"), ("receiver.example", "192.0.2.7"), ("x", "127.0.0.9")]
    refused = [("192.0.2.2", "192.0.2.2"), ("elsewhere.example", "192.0.2.7"), (None, None)]
    assert [True] * 3 == [courier.may_go_to(*each) for each in allowed]
    assert [False] * 3 == [courier.may_go_to(*each) for each in refused]


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_a_name_of_this_machine_is_looked_up_and_checked(
    wire: Wire, receiver: Receiver, name: str
) -> None:
    """localhost is this machine, by whatever address it is found at."""
    url = receiver.url.replace("127.0.0.1", name)
    wire.sandbox.world.outbox.post(
        wire.sandbox.application, url, "test", {"notification": {"type": "test"}}
    )
    async with Courier(wire.sandbox):
        assert "test" == await next_type(receiver)
        await settled(wire)
    assert [] == list(wire.sandbox.world.outbox.open())


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http:///x", "x"])
async def test_a_callback_that_can_never_be_sent_has_failed(
    wire: Wire, person: Person, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its channel closes like that of a receiver which is not there, and the log says so once."""
    wire.send("POST", "/v1/channels", {"callback_url": "http://127.0.0.1/"}, token=person.token)
    (delivery,) = wire.sandbox.world.outbox.open()
    delivery.url = url
    async with Courier(wire.sandbox):
        await until(lambda: delivery.state != "waiting")
        await settled(wire)
    assert ("failed", []) == (delivery.state, listed(wire, person))
    (record,) = caplog.records
    assert "could not be reached" in record.getMessage()


@pytest.mark.asyncio
async def test_a_delivery_that_is_cut_off_is_tried_again(wire: Wire) -> None:
    """What was on its way when the sandbox stopped being served waits for the next time."""
    called = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()

    slow = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/"
    wire.sandbox.world.outbox.post(wire.sandbox.application, url, "test", {})
    async with Courier(wire.sandbox), asyncio.timeout(5):
        await called.wait()
    slow.close()
    assert ["waiting"] == [each.state for each in wire.sandbox.world.outbox.open()]
