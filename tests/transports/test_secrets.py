"""No credential, query value or body shows in an error, however closely one looks."""

from __future__ import annotations

import logging
import pickle
import re
import ssl
import traceback
from collections.abc import Callable

import pytest

from cronofy_async.core.errors import TransportError
from cronofy_async.core.wire import Request

from .broken import BROKEN
from .cases import every_transport, wire_transports
from .conftest import MakeTransport
from .servers import Action, FaultServer, Read, Reset, Send, Wait, answer

pytestmark = pytest.mark.anyio

CANARY = "canary-d41d8cd98f00b204"

LEAKY: dict[str, list[Action]] = {
    **BROKEN,
    "quoted status line": [Read(), Send(f"HTTP/1.1 {CANARY}\r\n\r\n".encode())],
    "quoted header": [Read(), Send(f"HTTP/1.1 200 OK\r\n{CANARY} {CANARY}\r\n\r\n".encode())],
    "quoted half head": [Read(), Send(f"HTTP/1.1 200 OK\r\nSet-Cookie: {CANARY}".encode())],
    "quoted chunk": [
        Read(),
        Send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n".encode()),
    ],
    "quoted body": [Read(), Send(answer(CANARY.encode(), ("content-length", "99")))],
    "quoted encoding": [Read(), Send(answer(b"{}", ("content-encoding", CANARY)))],
    "quoted length": [Read(), Send(answer(b"{}", ("content-length", CANARY)))],
    "too long": [Read(), Send(answer(CANARY.encode() * 1_000))],
    "silence": [Read(), Wait()],
}
REFUSAL = [Read(), Send(answer(CANARY.encode(), status=407)), Reset()]


def secret_request(url: str) -> Request:
    """A request with a secret in every place that can hold one."""
    return Request(
        "POST",
        f"{url}/oauth/token?code={CANARY}",
        {"authorization": f"Bearer {CANARY}", "content-type": "application/json"},
        f'{{"client_secret": "{CANARY}"}}'.encode(),
    )


def everything_about(error: BaseException) -> str:
    """An error as tools show it: its text, its chain, and the locals of all its frames."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    hidden = [repr(each) + str(each) for each in (error, error.__cause__, error.__context__)]
    return "".join([*shown.format(), *hidden, repr(pickle.dumps(error.args))])


@every_transport
@pytest.mark.parametrize("fault", LEAKY)
async def test_an_error_shows_no_secret(
    make: MakeTransport, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither message nor chain, neither frames nor logs hold what was sent or received."""
    caplog.set_level(logging.INFO)
    transport = make(max_body=10_000)
    with FaultServer(LEAKY[fault]) as server, pytest.raises(TransportError) as caught:
        await transport.send(secret_request(server.url), timeout=0.1 if fault == "silence" else 5)

    assert CANARY not in everything_about(caught.value) + caplog.text
    assert caught.value.__context__ is None


@every_transport
async def test_a_failure_to_connect_shows_no_secret(
    make: MakeTransport, certify: Callable[..., ssl.SSLContext]
) -> None:
    """A refused certificate or proxy tells no secret either."""
    untrusted = FaultServer([Read()], tls=certify("127.0.0.1"))
    with untrusted as server, pytest.raises(TransportError) as refused:
        await make().send(secret_request(server.url), timeout=5)
    with FaultServer(REFUSAL) as proxy:
        transport = make(proxy=f"http://me:{CANARY}@127.0.0.1:{proxy.port}")
        with pytest.raises(TransportError) as unled:
            await transport.send(secret_request("https://api.example"), timeout=5)

    assert CANARY not in everything_about(refused.value) + everything_about(unled.value)
    assert CANARY not in repr(transport)


@wire_transports
async def test_the_cause_is_the_system_s(make: MakeTransport) -> None:
    """What the operating system said is kept as the cause, without its frames."""
    with FaultServer([Read(), Reset()]) as server, pytest.raises(TransportError) as caught:
        await make().send(Request("GET", server.url), timeout=5)

    cause = caught.value.__cause__
    assert isinstance(cause, ConnectionResetError)
    assert cause.__traceback__ is None


@wire_transports
async def test_a_foreign_cause_is_named_only(make: MakeTransport) -> None:
    """Of an HTTP library's exception the name is kept, to search for."""
    with FaultServer(BROKEN["no HTTP"]) as server, pytest.raises(TransportError) as caught:
        await make().send(Request("GET", server.url), timeout=5)

    assert re.fullmatch(r"(aiohttp|httpcore2)[\w.]*Error", str(caught.value.__cause__))
