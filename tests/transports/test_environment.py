"""What the environment or a server would like to add to requests, and what a proxy may."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from cronofy_async.core.errors import ConnectError, InvalidArgumentError, TransportTimeoutError
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request

from .cases import TransportCase, every_transport, wire_transports
from .conftest import MakeTransport
from .servers import (
    Close,
    EchoServer,
    FaultServer,
    Read,
    Send,
    Tunnel,
    Wait,
    answer,
    settled,
    unused_port,
)

pytestmark = pytest.mark.anyio


@pytest.mark.fault(43)
@wire_transports
async def test_a_proxy_in_the_environment_is_ignored(
    make: MakeTransport, echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests go straight to the server, whatever proxies the environment names."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{unused_port()}")
    monkeypatch.delenv("no_proxy", raising=False)

    response = await make().send(Request("GET", f"{echo.url}/echo"), timeout=5)

    assert 200 == response.status


@pytest.mark.fault(43)
@wire_transports
async def test_netrc_is_ignored(
    make: MakeTransport, echo: EchoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A netrc file neither replaces nor adds credentials."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\ndefault login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    transport = make()
    bearer = {"authorization": "Bearer abc"}

    with_one = await transport.send(Request("GET", f"{echo.url}/echo", bearer), timeout=5)
    without = await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)

    assert ["authorization", "Bearer abc"] in with_one.json()["headers"]
    assert "authorization" not in dict(without.json()["headers"])


@pytest.mark.fault(43)
@wire_transports
async def test_cookies_are_not_sent_back(transport: Transport, echo: EchoServer) -> None:
    """A cookie that a server sets is given to the caller, and kept by nobody."""
    first = await transport.send(Request("GET", f"{echo.url}/cookie"), timeout=5)
    second = await transport.send(Request("GET", f"{echo.url}/echo"), timeout=5)

    assert "who=tenant-a; Path=/" == first.header("set-cookie")
    assert "cookie" not in dict(second.json()["headers"])


@wire_transports
@pytest.mark.parametrize("login", ["", "me:p%40ss@"])
async def test_a_proxy_that_is_given(make: MakeTransport, login: str) -> None:
    """An unencrypted request is asked of the proxy, with the proxy's own credentials."""
    with FaultServer([Read(), Send(answer({"by": "proxy"}))] * 2) as proxy:
        transport = make(proxy=f"http://{login}127.0.0.1:{proxy.port}")
        request = Request("POST", "http://localhost:1/v1/x?a=%2F", {"x-a": "1"}, b"{}")
        for _ in range(2):
            assert {"by": "proxy"} == (await transport.send(request, timeout=5)).json()

        head = proxy.requests[1].lower()
        assert head.startswith(b"post http://localhost:1/v1/x?a=%2f http/1.1\r\n")
        expected = base64.b64encode(b"me:p@ss").lower()
        assert bool(login) == (b"proxy-authorization: basic " + expected in head)
        assert b"host: localhost:1\r\n" in head
        assert 1 == proxy.connections


@wire_transports
@pytest.mark.parametrize("login", ["", "me:p%40ss@"])
async def test_a_tunnel_through_a_proxy(
    make: MakeTransport,
    certify: Callable[..., ssl.SSLContext],
    trusting: ssl.SSLContext,
    login: str,
) -> None:
    """An encrypted request goes through a tunnel; the proxy sees the host's name only."""
    with EchoServer(tls=certify("localhost")) as server:
        opened = b"HTTP/1.1 200 Connection established\r\n\r\n"
        with FaultServer([Read(), Send(opened), Tunnel(server.port)]) as proxy:
            transport = make(proxy=f"http://{login}127.0.0.1:{proxy.port}", ssl_context=trusting)
            url = f"https://localhost:{server.port}/echo"
            request = Request("POST", url, {"authorization": "Bearer abc"}, b"{}")
            for _ in range(3):
                received = (await transport.send(request, timeout=5)).json()

                assert ["authorization", "Bearer abc"] in received["headers"]
                assert "proxy-authorization" not in dict(received["headers"])
            seen = b"".join(proxy.requests)
            await transport.aclose()
            assert await settled(proxy)

        assert seen.startswith(f"CONNECT localhost:{server.port} HTTP/1.1\r\n".encode())
        assert bool(login) == (b"proxy-authorization: basic" in seen.lower())
        assert b"Bearer" not in seen
        assert 1 == proxy.connections


@every_transport
async def test_a_proxy_that_refuses(make: MakeTransport) -> None:
    """A tunnel that the proxy does not open means that nothing was sent."""
    refusal = answer(b"secret reasons", status=407)
    with FaultServer([Read(), Send(refusal), Close()]) as proxy:
        transport = make(proxy=f"http://me:password@127.0.0.1:{proxy.port}")
        with pytest.raises(ConnectError) as caught:
            await transport.send(Request("GET", "https://api.example/v1/me"), timeout=5)

        assert "the proxy does not lead to https://api.example" == str(caught.value)
        assert await settled(proxy)


@every_transport
async def test_a_proxy_that_is_not_there(make: MakeTransport) -> None:
    """A proxy that cannot be connected to means that nothing was sent."""
    transport = make(proxy=f"http://me:password@127.0.0.1:{unused_port()}")

    with pytest.raises(ConnectError, match="connection refused") as caught:
        await transport.send(Request("GET", "https://api.example/v1/me"), timeout=5)

    assert "password" not in repr(caught.value) + repr(caught.value.__cause__)


@wire_transports
async def test_a_tunnel_that_is_given_up(make: MakeTransport) -> None:
    """A call that ends while its tunnel is dug leaves no connection to the proxy."""
    with FaultServer([Read(), Wait()]) as proxy:
        transport = make(proxy=f"http://127.0.0.1:{proxy.port}")
        for _ in range(3):
            with pytest.raises(TransportTimeoutError):
                await transport.send(Request("GET", "https://api.example/v1/me"), timeout=0.03)

        assert await settled(proxy)


@pytest.mark.parametrize(
    "proxy",
    [
        "127.0.0.1:8080",
        "https://127.0.0.1:8080",
        "socks5://127.0.0.1:8080",
        "http://me:password@/",
        "http://127.0.0.1",
        "http://127.0.0.1:password",
        "http://127.0.0.1:8080/path",
        "",
    ],
)
@every_transport
async def test_a_malformed_proxy(case: TransportCase, proxy: str) -> None:
    """Only plain HTTP proxies are taken, and a refusal does not repeat the URL."""
    with pytest.raises(InvalidArgumentError, match="proxy: is not an HTTP proxy") as caught:
        case.make(proxy=proxy)

    assert "127" not in str(caught.value)
