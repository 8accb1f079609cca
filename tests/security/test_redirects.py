"""No redirect is followed, and none carries a header or a body to another origin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from cronofy_async import APIError, AsyncCronofy, RetryPolicy
from cronofy_async.core.transport import Transport

from ..transports.cases import wire_transports
from ..transports.conftest import MakeTransport
from .listeners import Leading, Listener

pytestmark = pytest.mark.anyio

SECRET, TOKEN = "canary-secret-of-redirects", "canary-token-of-redirects"

Call = Callable[[AsyncCronofy], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "token": lambda c: c.request_token(code="canary-code", redirect_uri="https://a.example/cb"),
    "read": lambda c: c.account(access_token=TOKEN).list_calendars(),
    "write": lambda c: c.account(access_token=TOKEN).create_channel(
        callback_url="https://a.example/hook"
    ),
}


@pytest.fixture(scope="module")
def own() -> Iterator[Leading]:
    """The API."""
    with Leading() as server:
        yield server


@pytest.fixture(scope="module")
def foreign() -> Iterator[Listener]:
    """Another origin on this machine."""
    with Listener() as server:
        yield server


def places(own: Leading, foreign: Listener) -> list[str]:
    """Where a redirect may lead to, in the spellings of its header."""
    return [
        f"{foreign.url}/v1/x?q=canary-in-location",
        f"//127.0.0.1:{foreign.port}/v1/x",
        f"\\\\127.0.0.1:{foreign.port}\\v1\\x",
        f"{own.url}/v1/elsewhere",
        "/v1/elsewhere",
        "",
    ]


@wire_transports
@pytest.mark.parametrize("status", range(300, 309))
@pytest.mark.parametrize("call", CALLS)
async def test_a_redirect_ends_the_call(
    make: MakeTransport, own: Leading, foreign: Listener, status: int, call: str
) -> None:
    """It is an error that names the status alone; nothing goes where it leads, here or there."""
    for place in places(own, foreign):
        own.lead(status, {}, location=place)
        transport: Transport = make()
        cronofy = AsyncCronofy(
            "id", SECRET, api_url=own.url, transport=transport, retry=RetryPolicy(attempts=1)
        )
        with pytest.raises(APIError, match=rf"status {status}$") as caught:
            await CALLS[call](cronofy)

        assert 1 == len(own.targets)
        assert (status, f"with status {status}") == (caught.value.status, str(caught.value)[-15:])
    assert (0, b"") == (foreign.connections, foreign.received)
