"""Certificates are verified, and nothing is sent to a server whose is not accepted."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from cronofy_async.core.errors import (
    CertificateError,
    ConnectError,
    TransportError,
    TransportTimeoutError,
)
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request

from .cases import every_transport, wire_transports
from .conftest import MakeTransport
from .servers import Close, EchoServer, FaultServer, Read, Send, Wait, answer, settled

pytestmark = pytest.mark.anyio

Certify = Callable[..., ssl.SSLContext]

REQUEST = Request("POST", "https://127.0.0.1", {"authorization": "Bearer abc"}, b"{}")


def to(server: FaultServer | EchoServer, path: str = "/echo") -> Request:
    """A request to a server."""
    return REQUEST.replace(url=server.url + path)


@every_transport
async def test_a_trusted_server(
    make: MakeTransport, certify: Certify, trusting: ssl.SSLContext
) -> None:
    """A server whose certificate is signed by an authority that we know is spoken to."""
    with EchoServer(tls=certify("127.0.0.1")) as server:
        transport = make(ssl_context=trusting)
        for _ in range(3):
            received = (await transport.send(to(server), timeout=5)).json()
            assert ("POST", "/echo", "{}") == tuple(
                received[k] for k in ("method", "target", "body")
            )
        await transport.aclose()


@pytest.mark.fault(42)
@every_transport
@pytest.mark.parametrize(
    ("names", "options", "reason"),
    [
        (["127.0.0.1"], {"expired": True}, "certificate has expired"),
        (["other.example"], {}, "IP address mismatch"),
    ],
    ids=["expired", "wrong host"],
)
async def test_a_certificate_that_is_not_accepted(
    make: MakeTransport,
    certify: Certify,
    trusting: ssl.SSLContext,
    names: list[str],
    options: dict[str, Any],
    reason: str,
) -> None:
    """A certificate that is expired or another's is refused, and the message says so."""
    with FaultServer([Read()], tls=certify(*names, **options)) as server:
        with pytest.raises(CertificateError, match=f"its certificate is not accepted .*{reason}"):
            await make(ssl_context=trusting).send(to(server), timeout=5)

        assert [] == server.requests
        assert await settled(server)


@pytest.mark.fault(42)
@every_transport
async def test_an_unknown_authority(make: MakeTransport, certify: Certify) -> None:
    """By default the system's authorities decide, and a certificate of ours is refused."""
    with FaultServer([Read()], tls=certify("127.0.0.1")) as server:
        with pytest.raises(CertificateError, match="unable to get local issuer certificate"):
            await make().send(to(server), timeout=5)

        assert [] == server.requests


@pytest.mark.fault(42)
@every_transport
async def test_an_old_protocol(
    make: MakeTransport, certify: Certify, trusting: ssl.SSLContext
) -> None:
    """A server that speaks only an outdated TLS is refused."""
    outdated = certify("127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        outdated.maximum_version = ssl.TLSVersion.TLSv1_1
    with FaultServer([Read()], tls=outdated) as server, pytest.raises(ConnectError):
        await make(ssl_context=trusting).send(to(server), timeout=5)


@pytest.mark.fault(42)
@every_transport
async def test_a_server_without_tls(make: MakeTransport, trusting: ssl.SSLContext) -> None:
    """A server that answers a TLS greeting in plain text is refused."""
    with FaultServer([Wait(0.01), Send(answer())]) as server:
        request = to(server).replace(url=server.url.replace("http:", "https:"))
        with pytest.raises(ConnectError, match="TLS failed") as caught:
            await make(ssl_context=trusting).send(request, timeout=5)

        assert ConnectError is type(caught.value)


@pytest.mark.fault(42)
@every_transport
async def test_a_greeting_that_is_not_answered(
    make: MakeTransport, trusting: ssl.SSLContext
) -> None:
    """A TLS handshake that hangs ends with the time, one that breaks off at once."""
    with FaultServer([Wait()], [Wait(0.01), Close()]) as server:
        request = to(server).replace(url=server.url.replace("http:", "https:"))
        transport = make(ssl_context=trusting)
        with pytest.raises(TransportTimeoutError):
            await transport.send(request, timeout=0.1)
        assert await settled(server)
        with pytest.raises(ConnectError):
            await transport.send(request, timeout=5)


@pytest.mark.fault(42)
@every_transport
async def test_a_body_cut_short_without_a_goodbye(
    make: MakeTransport, certify: Certify, trusting: ssl.SSLContext
) -> None:
    """A TLS connection that just ends in the middle of a body is an error."""
    short = answer(b"[1]", ("content-length", "12"))
    with FaultServer([Read(), Send(short), Close()], tls=certify("127.0.0.1")) as server:
        with pytest.raises(TransportError) as caught:
            await make(ssl_context=trusting).send(to(server), timeout=5)

        assert TransportError is type(caught.value)


@pytest.mark.fault(11)
@wire_transports
@pytest.mark.parametrize("length", [2, 16_384, 65_536, 262_144])
@pytest.mark.parametrize("apart", [False, True])
async def test_bytes_after_an_answer_are_no_answer(
    make: MakeTransport, certify: Certify, trusting: ssl.SSLContext, length: int, apart: bool
) -> None:
    """What comes after an answer under TLS is not used either, in its record or the next."""
    smuggled = answer({"smuggled": True})
    whole = answer(b"x" * length)
    sent = [Send(whole), Send(smuggled)] if apart else [Send(whole + smuggled)]
    own = [Read(), Send(answer({"own": True})), Wait()]
    with FaultServer([Read(), *sent, Wait()], own, tls=certify("127.0.0.1")) as server:
        transport = make(ssl_context=trusting)
        await transport.send(to(server), timeout=5)
        second = await transport.send(to(server), timeout=5)

        assert ({"own": True}, 2) == (second.json(), server.connections)
        await transport.aclose()


@wire_transports
async def test_secure_connections_are_kept(
    make: MakeTransport, certify: Certify, trusting: ssl.SSLContext
) -> None:
    """Requests one after the other go over one TLS connection."""
    script = [Read(), Send(answer())] * 20
    with FaultServer(script, tls=certify("127.0.0.1")) as server:
        transport: Transport = make(ssl_context=trusting)
        for _ in range(20):
            await transport.send(to(server), timeout=5)

        assert 1 == server.connections
        await transport.aclose()
