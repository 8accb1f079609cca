"""
Did we build this request? Asked of aioresponses, as users' own tests do.

It replaces aiohttp's request method whole, so nothing here says how a transport
behaves; the other tests in this folder do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aioresponses import CallbackResult, aioresponses
from yarl import URL

from cronofy_async.core.errors import ConnectError, TransportError
from cronofy_async.core.wire import Request
from cronofy_transports.aiohttp import AiohttpTransport

pytestmark = pytest.mark.asyncio

EVENTS = "https://api.cronofy.com/v1/events"


class MockedResponse(aiohttp.ClientResponse):
    """Supplies the argument that aiohttp 3.14 wants and aioresponses does not give."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("stream_writer", SimpleNamespace(output_size=0))
        super().__init__(*args, **options)


@pytest.fixture
def mocked() -> Iterator[aioresponses]:
    """Stands in for the network."""
    with aioresponses() as mock:
        yield mock


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    """A transport with its defaults."""
    transport = AiohttpTransport()
    yield transport
    await transport.aclose()


def sent(mocked: aioresponses, method: str, url: str) -> dict[str, Any]:
    """What the one request of a kind was made with."""
    (call,) = mocked.requests[(method, URL(url, encoded=True))]
    arguments: dict[str, Any] = call.kwargs
    return arguments


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_the_answer_is_given(
    mocked: aioresponses, transport: AiohttpTransport, method: str
) -> None:
    """Status, headers and body of a mocked answer arrive."""
    mocked.add(
        EVENTS,
        method,
        status=202,
        body=b'{"events": []}',
        headers={"x-request-id": "r1"},
        response_class=MockedResponse,
    )

    response = await transport.send(Request(method, EVENTS), timeout=5)

    assert (202, "r1", {"events": []}) == (
        response.status,
        response.header("X-Request-Id"),
        response.json(),
    )


async def test_headers_and_body_are_handed_over(
    mocked: aioresponses, transport: AiohttpTransport
) -> None:
    """The library is asked to send our headers and body, and to follow nothing."""
    mocked.post(EVENTS, response_class=MockedResponse)
    headers = {"authorization": "Bearer abc", "content-type": "application/json"}

    await transport.send(Request("POST", EVENTS, headers, b'{"a": 1}'), timeout=5)

    arguments = sent(mocked, "POST", EVENTS)
    assert {**headers, "accept-encoding": "gzip, deflate"} == dict(arguments["headers"])
    assert (b'{"a": 1}', False) == (arguments["data"], arguments["allow_redirects"])


async def test_the_url_is_handed_over_encoded(
    mocked: aioresponses, transport: AiohttpTransport
) -> None:
    """Escapes in the path stay as they are."""
    url = "https://api.cronofy.com/v1/calendars/a%2Fb/events"
    seen: list[str] = []

    def note(called: URL, **_: Any) -> CallbackResult:
        seen.append(called.raw_path)
        return CallbackResult(status=200, response_class=MockedResponse)

    mocked.get(URL(url, encoded=True), callback=note)
    await transport.send(Request("GET", url), timeout=5)

    assert ["/v1/calendars/a%2Fb/events"] == seen


async def test_mocked_failures_are_translated(
    mocked: aioresponses, transport: AiohttpTransport
) -> None:
    """What aioresponses raises becomes ours, as what aiohttp raises does."""
    mocked.get(EVENTS, exception=aiohttp.ServerDisconnectedError())

    with pytest.raises(TransportError, match="the connection was closed"):
        await transport.send(Request("GET", EVENTS), timeout=5)
    with pytest.raises(TransportError) as unmatched:
        await transport.send(Request("GET", "https://api.cronofy.com/other"), timeout=5)

    assert not isinstance(unmatched.value, ConnectError)


@pytest.mark.xfail(
    strict=True, raises=TypeError, reason="aioresponses does not give aiohttp 3.14's stream_writer"
)
async def test_the_shim_is_needed(mocked: aioresponses, transport: AiohttpTransport) -> None:
    """When this passes, aioresponses has caught up and `MockedResponse` can go."""
    mocked.get(EVENTS)

    await transport.send(Request("GET", EVENTS), timeout=5)
