"""Names, addresses, certificates and redirects: what lies between a client and its service."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from cronofy_async import (
    APIError,
    AsyncAccount,
    CertificateError,
    ConnectError,
    TransportTimeoutError,
)
from cronofy_async.operations import ListCalendars
from tests.transports.cases import TransportCase, wire_transports
from tests.transports.conftest import MakeTransport, authority, certify, trusting
from tests.transports.servers import FaultServer, Read, Send, Wait, answer, settled, unused_port

from .never import bounded, until
from .proxy import Link, Proxy
from .scene import Connect, Scene

__all__ = ("authority", "certify", "trusting")

pytestmark = pytest.mark.anyio

Reach = Callable[..., AsyncAccount]
Failing = Callable[..., Any]
Certify = Callable[..., ssl.SSLContext]

NAME = "service.localhost"
"""A name of this machine, so that plain HTTP to it is allowed; nobody resolves it but we."""

Found = list[tuple[Any, ...]]


class Resolver:
    """
    Knows the addresses of one name.

    Attributes:
        asked: How often it was asked.
        answers: The addresses at each time; none: there is no such name. The last one stays.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.answers: list[list[str]] = [["127.0.0.1"]]
        self.is_silent = False

    async def find(self, host: Any, port: Any) -> Found:
        """The addresses, in the form of `socket.getaddrinfo`."""
        name = host.decode() if isinstance(host, bytes) else host
        if name != NAME:
            flags = socket.AI_NUMERICHOST
            return list(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=flags))
        self.asked += 1
        if self.is_silent:
            await anyio.sleep_forever()
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        tcp = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*tcp, (address, int(port))) for address in addresses]

    async def getaddrinfo(self, host: Any, port: Any, *_: Any) -> Found:
        """What trio asks."""
        return await self.find(host, port)

    async def getnameinfo(self, *_: Any) -> Any:
        """Nobody asks."""
        raise NotImplementedError


@pytest.fixture
def resolver() -> Resolver:
    """What names mean in the event loop of the test."""
    return Resolver()


@pytest.fixture
def anyio_backend(case: TransportCase, resolver: Resolver) -> tuple[str, dict[str, Any]]:
    """An event loop that asks our resolver; trio is told while it runs."""

    class Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Found:
            return await resolver.find(host, port)

    return case.backend, {"loop_factory": Loop} if case.backend == "asyncio" else {}


@pytest.fixture
async def service(case: TransportCase, resolver: Resolver) -> Any:
    """Where the name leads to, and that trio knows it."""
    if case.backend == "trio":
        from trio.socket import set_custom_hostname_resolver

        set_custom_hostname_resolver(resolver)  # type: ignore[arg-type]  # it has what is asked
    with FaultServer([Read(), Send(answer({"calendars": []})), Wait()]) as server:
        yield f"http://{NAME}:{server.port}", server


@pytest.mark.fault(41)
@wire_transports
async def test_a_name_that_is_not_found_at_first(
    reach: Reach, service: Any, resolver: Resolver
) -> None:
    """Nothing was sent, so anything is tried again."""
    url, server = service
    resolver.answers = [[], ["127.0.0.1"]]

    assert 2 == (await reach(url).send_raw(ListCalendars())).attempts
    assert (2, 1) == (resolver.asked, len(server.requests))


@pytest.mark.fault(41)
@wire_transports
async def test_a_name_that_is_not_found(
    reach: Reach, failing: Failing, service: Any, resolver: Resolver
) -> None:
    """The error says which, after all attempts."""
    resolver.answers = [[]]

    error = await failing(ConnectError, reach(service[0]).list_calendars())

    assert (3, False) == (error.attempts, error.was_sent)
    assert f"{NAME}:{service[1].port}: its name cannot be resolved" in str(error)


@pytest.mark.fault(41)
@wire_transports
async def test_a_name_that_takes_for_ever(
    reach: Reach, make: MakeTransport, failing: Failing, service: Any, resolver: Resolver
) -> None:
    """Looking it up is part of the call's time."""
    resolver.is_silent = True
    transport = make()
    call = reach(service[0], transport=transport, timeout=0.1).list_calendars()

    error = await bounded(0.1, lambda: failing(TransportTimeoutError, call))

    assert error.elapsed >= 0.1
    assert [] == service[1].requests
    # aiohttp goes on looking, for whoever asks next, until it is closed.
    await transport.aclose()


@contextmanager
def deaf(address: str, port: int) -> Generator[None]:
    """An address where connections are neither made nor refused: its queue is full."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind((address, port))
        listening.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex((address, port))
        yield


@pytest.mark.fault(41)
@wire_transports
@pytest.mark.parametrize("first", ["refuses", "is deaf"])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
async def test_a_dead_first_address(
    reach: Reach, service: Any, resolver: Resolver, first: str
) -> None:
    """The second one is tried after a moment, within the same attempt."""
    url, server = service
    resolver.answers = [["127.0.0.2", "127.0.0.1"]]
    with deaf("127.0.0.2", server.port if first == "is deaf" else unused_port()):
        answered = await reach(url, timeout=20).send_raw(ListCalendars())

    assert (1, 1) == (answered.attempts, len(server.requests))


@pytest.mark.fault(42)
@wire_transports
@pytest.mark.parametrize(
    ("names", "options"),
    [(["127.0.0.1"], {"expired": True}), (["other.example"], {})],
    ids=["expired", "wrong host"],
)
async def test_a_refused_certificate(
    make: MakeTransport,
    connect: Connect,
    failing: Failing,
    certify: Certify,
    trusting: ssl.SSLContext,
    names: list[str],
    options: dict[str, Any],
) -> None:
    """It is tried once, and nothing is sent."""
    server = FaultServer([Read()], tls=certify(*names, **options))
    # The server itself counts no connection whose handshake fails.
    with server, Proxy(server.port, Link()) as counting:
        url = f"https://127.0.0.1:{counting.port}"
        client = connect(url, transport=make(ssl_context=trusting))
        call = client.account(access_token="canary-token").list_calendars()
        error = await failing(CertificateError, call)

        assert (1, 1, []) == (error.attempts, counting.connections, server.requests)
        await until(lambda: counting.open == 0)


@pytest.mark.fault(42)
@wire_transports
async def test_a_handshake_that_hangs(
    make: MakeTransport, connect: Connect, failing: Failing, trusting: ssl.SSLContext
) -> None:
    """It is part of the call's time."""
    with FaultServer([Wait()]) as server:
        url = server.url.replace("http:", "https:")
        client = connect(url, transport=make(ssl_context=trusting), timeout=0.2)
        call = client.account(access_token="canary-token").list_calendars()
        await bounded(0.2, lambda: failing(TransportTimeoutError, call))

        assert await settled(server)


@pytest.mark.fault(40)
@wire_transports
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["elsewhere", "here"])
async def test_a_redirect(scene: Scene, failing: Failing, status: int, where: str) -> None:
    """Neither a token nor a secret in a body goes where it leads."""
    person = scene.somebody()
    with FaultServer([Read()]) as foreign:
        path = "/v1/elsewhere" if where == "here" else f"{foreign.url}/v1/calendars"
        scene.fault("redirect", status=status, location=path)
        client = scene.connect()
        calls = (
            scene.view(client, person).list_calendars(),
            client.request_token(code="canary-code", redirect_uri="https://a.example/"),
        )
        for call in calls:
            error = await failing(APIError, call)
            assert (status, 1) == (error.status, error.attempts)

        assert (0, 2) == (foreign.connections, scene.asked())


@pytest.mark.fault(43)
@wire_transports
async def test_an_environment(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Proxies and a netrc file are there, and the client goes its way with its own token."""
    person = scene.somebody()
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login me password canary-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
        monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{unused_port()}")

    assert 1 == len(await scene.account(person).list_calendars())
    assert [person.sub] == [entry.account for entry in scene.sandbox.journal]
