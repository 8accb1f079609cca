"""The sandbox sends to this machine alone, and guesses of its secrets lead nowhere."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_transports.sandbox import Sandbox
from cronofy_transports.sandbox.courier import Courier

from ..sandbox.wire import until
from .listeners import Listener

ELSEWHERE = [
    "169.254.169.254", "169.254.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "::", "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe", "::ffff:192.0.2.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1",
    "fe80::1%lo", "fd00::1", "2001:db8::1", "1.1.1.1", "126.255.255.255", "128.0.0.1", "::2",
]  # fmt: skip
HERE = ["127.0.0.1", "127.8.8.8", "127.255.255.255", "::1", "::ffff:127.0.0.1"]
SPELLED = [
    "2852039166", "0xa9fea9fe", "169.254.43518", "0251.0376.0251.0376", "127.1", "2130706433",
    "0x7f000001", "0177.0.0.1", "0", "[::ffff:169.254.169.254]", "[::]", "[::ffff:a9fe:a9fe]",
    "169.254.169.254.", "\u2460\u2465\u2468.254.169.254", "169\u3002254\u3002169\u3002254",
]  # fmt: skip


@pytest.mark.parametrize("address", HERE + ELSEWHERE)
@pytest.mark.asyncio
async def test_only_loopback_addresses_are_sent_to(address: str) -> None:
    """Whatever its name, and in every notation of an address."""
    courier = Courier(Sandbox(1, people=False))

    assert (address in HERE) == courier.may_go_to("a.example", address)
    assert (address in HERE) == courier.may_go_to("localhost", address)
    assert (address in HERE) == courier.may_go_to(address, address)


@settings(max_examples=200)
@given(
    st.ip_addresses().map(str)
    | st.ip_addresses(v=4).map("::ffff:{}".format)
    | st.text(max_size=20),
    st.text(max_size=20),
)
def test_no_other_address_is_ever_allowed(address: str, host: str) -> None:
    """Chance finds none either."""
    loopback = address.rpartition(":")[2].startswith("127.") or address == "::1"

    async def allowed() -> bool:
        return Courier(Sandbox(1, people=False)).may_go_to(host, address)

    assert loopback or not asyncio.run(allowed())


class Names:
    """Finds addresses as it is told to, others at each look, and counts the looks."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers
        self.looks: list[str] = []

    async def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.looks.append(host)
        address = self.answers[min(len(self.looks), len(self.answers)) - 1]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]


async def delivered(url: str, names: Names | None = None) -> str:
    """Try to deliver one callback once, and tell what became of it."""
    sandbox = Sandbox(1, people=False)
    sandbox.world.outbox.post(sandbox.application, url, "test", {})
    (delivery,) = sandbox.world.outbox.open()
    async with Courier(sandbox, look_up=names):
        await until(lambda: delivery.attempts > 0 and delivery.state != "on its way")
    return delivery.state


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.asyncio
async def test_a_name_is_worth_what_it_leads_to(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A harmless name that leads elsewhere is refused before a connection is tried."""
    names = Names(address.partition("%")[0])
    await delivered("http://receiver.example:9/hook", names)

    assert ["receiver.example"] == names.looks
    assert "--allow-callback-host" in caplog.text


@pytest.mark.asyncio
async def test_a_name_that_changes_its_mind_is_looked_up_once() -> None:
    """What was found and allowed is connected to: a second answer (DNS rebinding) is not asked."""
    with Listener() as listener:
        names = Names("127.0.0.1", "169.254.169.254")
        await delivered(f"http://rebinding.example:{listener.port}/hook", names)

        assert ["rebinding.example"] == names.looks
        assert b"host: rebinding.example" in listener.received.lower()


@pytest.mark.parametrize("host", SPELLED)
@pytest.mark.asyncio
async def test_an_odd_spelling_of_an_address_leads_nowhere(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Numbers that some resolver reads as an address are looked up and checked, or refused."""
    with Listener() as listener:
        names = Names("169.254.169.254")
        assert "waiting" == await delivered(f"http://{host}:{listener.port}/hook", names)

        assert (0, b"") == (listener.connections, listener.received)
    assert 1 == len(caplog.records)


@pytest.mark.parametrize("name", ["localhost.", "LOCALHOST", "a.localhost"])
@pytest.mark.asyncio
async def test_a_name_of_this_machine_is_checked_like_any_other(name: str) -> None:
    """It goes where it leads to, and nowhere else."""
    with Listener() as listener:
        await delivered(f"http://{name}:{listener.port}/", Names("192.0.2.1"))
        assert 0 == listener.connections
        await delivered(f"http://{name}:{listener.port}/", Names("127.0.0.1"))
        assert 1 == listener.connections


def test_each_sandbox_has_a_secret_of_its_own() -> None:
    """Without a seed nobody can know it, nor the tokens of its people."""
    made = [Sandbox() for _ in range(5)]
    secrets = {each.client_secret for each in made}
    tokens = {person["access_token"] for each in made for person in each.accounts()}

    assert 5 == len(secrets)
    assert len(tokens) == sum(len(each.accounts()) for each in made)
    assert all(len(each) == 42 for each in secrets)
