"""What every transport promises: one request, one answer, nothing of its own in either."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from cronofy_async.core.errors import ConnectError, InvalidArgumentError, TransportTimeoutError
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request, Response

from .cases import TransportCase, any_transport, every_transport, wire_transports
from .conftest import MakeTransport
from .servers import EchoServer, unused_port

pytestmark = pytest.mark.anyio


def get(url: str, *headers: tuple[str, str]) -> Request:
    """A request that asks for something."""
    return Request("GET", url, headers)


async def echoed(transport: Transport, request: Request) -> dict[str, Any]:
    """What an echo server received."""
    response = await transport.send(request, timeout=5)
    assert 200 == response.status
    received: dict[str, Any] = response.json()
    return received


@pytest.fixture
def probe(case: TransportCase, echo: EchoServer) -> Request:
    """A request that the transport under test answers."""
    return get(case.probe or f"{echo.url}/echo")


@any_transport
async def test_a_transport_is_one(transport: Transport) -> None:
    """Every transport has the methods of the protocol."""
    assert isinstance(transport, Transport)


@any_transport
async def test_an_answer_is_plain_values(transport: Transport, probe: Request) -> None:
    """An answer has a final status, headers with names in lower case, and bytes."""
    response = await transport.send(probe, timeout=5)

    assert 200 <= response.status < 600
    assert isinstance(response.body, bytes)
    assert response.headers
    assert all(name == name.lower() for name, _ in response.headers)


@any_transport
async def test_many_at_once(transport: Transport, probe: Request) -> None:
    """A transport is used by many tasks at the same time."""
    statuses: list[int] = []

    async def one() -> None:
        statuses.append((await transport.send(probe, timeout=5)).status)

    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(one)

    assert (100, 1) == (len(statuses), len(set(statuses)))


@any_transport
async def test_a_call_that_is_cancelled_at_once(transport: Transport, probe: Request) -> None:
    """A cancelled call ends as cancelled, and the next one is answered."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        await transport.send(probe, timeout=5)

    assert scope.cancelled_caught
    assert (await transport.send(probe, timeout=5)).status


@any_transport
async def test_closing_twice(make: MakeTransport, probe: Request) -> None:
    """A transport may be closed twice, and before its first use."""
    unused, used = make(), make()
    await used.send(probe, timeout=5)

    for transport in (unused, used):
        await transport.aclose()
        await transport.aclose()


@every_transport
@pytest.mark.parametrize("status", [200, 201, 202, 400, 401, 404, 422, 429, 500, 503])
async def test_the_status_is_given(transport: Transport, echo: EchoServer, status: int) -> None:
    """Whatever the status, the answer is given and nothing is raised."""
    response = await transport.send(get(f"{echo.url}/status/{status}"), timeout=5)

    assert (status, {"status": status}) == (response.status, response.json())


@every_transport
@pytest.mark.parametrize("status", [202, 204, 304])
async def test_an_answer_without_a_body(
    transport: Transport, echo: EchoServer, status: int
) -> None:
    """An answer that has no body gives empty bytes."""
    response = await transport.send(Request("HEAD", f"{echo.url}/status/{status}"), timeout=5)

    assert (status, b"") == (response.status, response.body)


@every_transport
@pytest.mark.parametrize(
    "target",
    [
        "/echo",
        "/echo?",
        "/echo?calendar_ids%5B%5D=b&calendar_ids%5B%5D=a&calendar_ids%5B%5D=b",
        "/echo?tzid=Etc%2FUTC&empty=&plus=a+b&space=a%20b",
        "/echo/a%2Fb%3Fc%23d",
        "/echo/%2e%2e/%2E/x",
        "/echo//double//",
        "/echo/;v=1,2:@!$&'()*+=~",
        "/echo?q=%C3%A9%E2%82%AC",
    ],
)
async def test_the_url_is_sent_as_it_is_encoded(
    transport: Transport, echo: EchoServer, target: str
) -> None:
    """Path and query reach the server byte for byte, repeated names and all."""
    received = await echoed(transport, get(echo.url + target))

    assert target.removesuffix("?") == received["target"]


@every_transport
async def test_an_origin_alone_is_its_root(transport: Transport, echo: EchoServer) -> None:
    """A URL without a path asks for the root."""
    assert "/" == (await echoed(transport, get(echo.url)))["target"]


@every_transport
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_every_method_may_have_a_body(
    transport: Transport, echo: EchoServer, method: str
) -> None:
    """A body is sent with any method, also with DELETE and GET."""
    body = json.dumps({"event_id": "é€"}).encode()
    request = Request(method, f"{echo.url}/echo", {"content-type": "application/json"}, body)

    received = await echoed(transport, request)

    assert (method, body.decode("latin-1")) == (received["method"], received["body"])


@every_transport
async def test_a_long_body_is_sent_whole(transport: Transport, echo: EchoServer) -> None:
    """A body of some megabytes arrives as it is."""
    body = b'"' + b"abcdefgh" * 300_000 + b'"'

    received = await echoed(transport, Request("POST", f"{echo.url}/echo", (), body))

    assert body.decode() == received["body"]
    assert ["content-length", str(len(body))] in received["headers"]


@wire_transports
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_nothing_is_added_to_the_headers(
    transport: Transport, echo: EchoServer, method: str, body: bytes
) -> None:
    """The server gets the request's headers, the host, the length and what we can decode."""
    given = [["authorization", "Bearer abc"], ["x-twice", "1"], ["x-twice", "2, 3"]]
    request = Request(method, f"{echo.url}/echo", [(name, value) for name, value in given], body)

    received = await echoed(transport, request)

    length = [] if method == "GET" and not body else [["content-length", str(len(body))]]
    expected = [*given, ["accept-encoding", "gzip, deflate"], ["host", echo.url[7:]], *length]
    assert sorted(expected) == sorted(received["headers"])


@wire_transports
async def test_given_headers_stand_instead_of_ours(transport: Transport, echo: EchoServer) -> None:
    """A header that the request has is not sent a second time."""
    headers = (("accept-encoding", "identity"), ("user-agent", "cronofy_async/1.0"))

    received = await echoed(transport, get(f"{echo.url}/echo", *headers))

    assert [list(pair) for pair in headers] == [
        pair for pair in received["headers"] if pair[0] in dict(headers)
    ]


@every_transport
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"headers": (("x-a", "1\r\nx-b: 2"),)}, "headers"),
        ({"headers": (("x-a", "1\n2"),)}, "headers"),
        ({"headers": (("x-a", "1\x002"),)}, "headers"),
        ({"headers": (("x-a", " 1"),)}, "headers"),
        ({"headers": (("x-a", "1\t"),)}, "headers"),
        ({"headers": (("x-a: 1\r\nx-b", "2"),)}, "headers"),
        ({"headers": (("", "2"),)}, "headers"),
        ({"url": "http://127.0.0.1:1/a b"}, "url"),
        ({"url": "http://127.0.0.1:1/a\r\nx: y"}, "url"),
        ({"url": "http://127.0.0.1:1/é"}, "url"),
        ({"url": "http://user:word@127.0.0.1:1/"}, "url"),
        ({"url": "/v1/events"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"method": "GET / HTTP/1.1\r\nx: y\r\n\r\nGET"}, "method"),
        ({"method": ""}, "method"),
    ],
)
async def test_a_malformed_request_is_not_sent(
    transport: Transport, echo: EchoServer, changes: dict[str, Any], field: str
) -> None:
    """What could say something else on the wire is refused, without repeating the value."""
    seen = len(echo.seen)

    with pytest.raises(InvalidArgumentError) as caught:
        await transport.send(get(f"{echo.url}/echo").replace(**changes), timeout=5)

    assert (field, seen) == (caught.value.field, len(echo.seen))
    assert "\r" not in str(caught.value)
    assert "word" not in str(caught.value)


@every_transport
@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw-deflate", "members"])
async def test_an_encoded_body_is_decoded(
    transport: Transport, echo: EchoServer, kind: str
) -> None:
    """Gzip and both sorts of deflate are undone, gzip in several members too."""
    response = await transport.send(get(f"{echo.url}/{kind}"), timeout=5)

    assert {"coded": True} == response.json()


@every_transport
async def test_a_chunked_body_is_joined(transport: Transport, echo: EchoServer) -> None:
    """The chunks of a body arrive as one."""
    response = await transport.send(get(f"{echo.url}/chunked"), timeout=5)

    assert {"chunked": True} == response.json()


@pytest.mark.fault(40)
@every_transport
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer(transport: Transport, echo: EchoServer, status: int) -> None:
    """A redirect is given as it is, and nothing goes where it leads."""
    request = Request("POST", f"{echo.url}/redirect/{status}", (), b'{"client_secret": "x"}')

    response = await transport.send(request, timeout=5)

    assert (status, "/echo/elsewhere") == (response.status, response.header("location"))
    assert "/echo/elsewhere" not in echo.seen


@pytest.mark.fault(4)
@every_transport
async def test_a_timeout_is_an_error_of_its_own(transport: Transport, echo: EchoServer) -> None:
    """When the time is over the call ends, then and not later."""
    started = anyio.current_time()

    with pytest.raises(TransportTimeoutError, match=r"within 0\.05 seconds"):
        await transport.send(get(f"{echo.url}/slow"), timeout=0.05)

    assert 0.05 <= anyio.current_time() - started < 0.3


@every_transport
async def test_a_refused_connection(transport: Transport) -> None:
    """Where nobody listens there is no connection, and the message says where and why."""
    port = unused_port()

    with pytest.raises(ConnectError) as caught:
        await transport.send(get(f"http://127.0.0.1:{port}/v1/me?code=abc"), timeout=5)

    expected = f"could not connect to http://127.0.0.1:{port}: connection refused"
    assert expected == str(caught.value)


@pytest.mark.fault(41)
@every_transport
async def test_an_unknown_name(transport: Transport) -> None:
    """A host that does not exist cannot be connected to."""
    with pytest.raises(ConnectError, match=r"nowhere\.invalid: its name cannot be resolved"):
        await transport.send(get("http://nowhere.invalid/"), timeout=5)


@every_transport
async def test_errors_carry_their_request(transport: Transport) -> None:
    """An error of the transport knows the request that it came from."""
    request = get(f"http://127.0.0.1:{unused_port()}/")

    with pytest.raises(ConnectError) as caught:
        await transport.send(request, timeout=5)

    assert request is caught.value.request


@every_transport
async def test_a_hundred_at_once(transport: Transport, echo: EchoServer) -> None:
    """Requests that are sent together get each its own answer."""
    answers: dict[int, Any] = {}

    async def one(number: int) -> None:
        request = Request("POST", f"{echo.url}/echo?n={number}", (), str(number).encode())
        answers[number] = (await echoed(transport, request))["body"]

    async with anyio.create_task_group() as group:
        for number in range(100):
            group.start_soon(one, number)

    assert {number: str(number) for number in range(100)} == answers


@every_transport
async def test_use_after_closing(make: MakeTransport, echo: EchoServer) -> None:
    """A closed transport sends nothing and says that it is closed."""
    unused, used = make(), make()
    await used.send(get(f"{echo.url}/echo"), timeout=5)
    seen = len(echo.seen)

    for transport in (unused, used):
        await transport.aclose()
        with pytest.raises(InvalidArgumentError, match="transport: is closed"):
            await transport.send(get(f"{echo.url}/echo"), timeout=5)

    assert seen == len(echo.seen)


@every_transport
async def test_cancellation_is_not_converted(transport: Transport, echo: EchoServer) -> None:
    """A cancelled call ends as cancelled, and the transport works on."""
    ended: list[str] = []

    async def cancelled() -> None:
        try:
            await transport.send(get(f"{echo.url}/slow"), timeout=5)
        except anyio.get_cancelled_exc_class():
            ended.append("cancelled")
            raise

    async with anyio.create_task_group() as group:
        group.start_soon(cancelled)
        await anyio.sleep(0.03)
        group.cancel_scope.cancel()

    response: Response = await transport.send(get(f"{echo.url}/echo"), timeout=5)
    assert (["cancelled"], 200) == (ended, response.status)
