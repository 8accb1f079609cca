"""What the tests of transports share."""

from __future__ import annotations

import datetime as dt
import functools
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import sniffio
import trustme

from cronofy_async.core.transport import Transport

from .cases import TransportCase
from .servers import EchoServer

MakeTransport = Callable[..., Transport]


@pytest.fixture
def case(request: pytest.FixtureRequest) -> TransportCase:
    """The transport under test."""
    param: TransportCase = request.param
    return param


@pytest.fixture
def anyio_backend(case: TransportCase) -> str:
    """Runs each test on the event loop of its transport."""
    return case.backend


@pytest.fixture
async def make(case: TransportCase) -> AsyncIterator[MakeTransport]:
    """Makes transports of the kind under test, and closes them after the test."""
    made: list[Transport] = []

    def make_one(**options: Any) -> Transport:
        made.append(case.make(**options))
        return made[-1]

    yield make_one
    for transport in made:
        await transport.aclose()


@pytest.fixture
def transport(make: MakeTransport) -> Transport:
    """A transport with its defaults."""
    return make()


@pytest.fixture(autouse=True)
def backend_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that runs on another event loop than its id says."""
    if "case" not in request.fixturenames:
        yield
        return
    ran_on: list[str] = []
    test: Callable[..., Any] = request.node.obj

    @functools.wraps(test)
    async def watched(**arguments: Any) -> None:
        ran_on.append(sniffio.current_async_library())
        await test(**arguments)

    request.node.obj = watched
    yield
    assert re.findall("asyncio|trio", request.node.callspec.id) == ran_on


@pytest.fixture(scope="module")
def echo() -> Iterator[EchoServer]:
    """A server that tells what it was sent."""
    with EchoServer() as server:
        yield server


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates of test servers."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Verifies certificates, and knows the test authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def certify(authority: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """Makes a server's TLS context for names, expired if asked for."""

    def context(*names: str, expired: bool = False) -> ssl.SSLContext:
        past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        valid: dict[str, Any] = {"not_before": past, "not_after": past} if expired else {}
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **valid).configure_cert(made)
        return made

    return context
