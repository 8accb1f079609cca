"""What the tests of the catalogue share: clients on each way to the wire, and who they meet."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from cronofy_async import AsyncAccount, AsyncCronofy, CronofyError, RetryPolicy
from cronofy_transports.sandbox import run_in_thread
from tests.transports.conftest import MakeTransport, anyio_backend, backend_guard, case, make

from .never import CANARY, output_of, shown
from .scene import Connect, Scene

__all__ = ("anyio_backend", "backend_guard", "case", "make")

AT_ONCE = RetryPolicy(attempts=3, wait_initial=0)
"""Three attempts without a wait between them."""


@pytest.fixture
def secrets(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[set[str]]:
    """What no output of the test may show; more may be put in."""
    caplog.set_level(logging.INFO)
    found = {CANARY}
    yield found
    output = output_of(request.node)
    assert [] == [each for each in found if each in output]


@pytest.fixture
async def connect(make: MakeTransport, secrets: set[str]) -> AsyncIterator[Connect]:
    """Makes clients that go the way under test, and closes them after the test."""
    made: list[AsyncCronofy] = []

    def connect(
        url: str, client_id: str = "client", secret: str = f"{CANARY}secret", **options: Any
    ) -> AsyncCronofy:
        secrets.add(secret)
        given: dict[str, Any] = {"transport": make(), "retry": AT_ONCE, "limits": None}
        made.append(AsyncCronofy(client_id, secret, api_url=url, **{**given, **options}))
        return made[-1]

    yield connect
    for each in made:
        await each.aclose()


@pytest.fixture
def reach(connect: Connect) -> Callable[..., AsyncAccount]:
    """Makes views of an account whose token is a canary, at a server of canned answers."""

    def reach(url: str, **options: Any) -> AsyncAccount:
        return connect(url, **options).account(access_token=f"{CANARY}token")

    return reach


@pytest.fixture
def scene(connect: Connect, secrets: set[str]) -> Iterator[Scene]:
    """A sandbox with people, served over HTTP."""
    made = Scene(connect, secrets)
    with run_in_thread(made.sandbox) as urls:
        made.url = urls.api_url
        yield made
    secrets.update(each["access_token"] for each in made.sandbox.accounts())


@pytest.fixture
def failing(secrets: set[str]) -> Callable[..., Any]:
    """Awaits what must fail, and gives its error, which shows no secret."""

    async def failing(kind: type[CronofyError], call: Any) -> Any:
        with pytest.raises(CronofyError) as caught:
            await call
        assert kind is type(caught.value)
        told = shown(caught.value)
        assert [] == [each for each in secrets if each in told]
        return caught.value

    return failing
