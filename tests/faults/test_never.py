"""What holds tests to the catalogue can fail: each of its watchmen is shown what it looks for."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from cronofy_async.client.runtime import on_trio

from .never import CANARY, bounded, connections, nothing_stays, shown, watched

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


def test_a_connection_that_stays_is_seen() -> None:
    """On either side, and until it is closed."""
    before = connections()
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert 1 == len(connections() - before)
        with socket.create_connection(server.getsockname()) as client, server.accept()[0]:
            assert client.fileno() >= 0
            assert 3 == len(connections() - before)
    assert before == connections()


def test_a_secret_that_is_shown_is_seen() -> None:
    """In what a test prints or logs."""
    quiet = SimpleNamespace(_report_sections=[("call", "log", "renewed")])
    assert [None] == list(nothing_stays(quiet))
    loud = SimpleNamespace(_report_sections=[("call", "stdout", f"token {CANARY}1")])
    with pytest.raises(AssertionError):
        list(nothing_stays(loud))


def test_a_secret_in_an_error_is_seen() -> None:
    """In its text, its cause, its notes and the local variables of the package."""
    error = ValueError("a")
    error.__cause__ = KeyError("b")
    error.__cause__.add_note("c")
    assert all(f"'{each}'" in shown(error) for each in "abc")


async def test_a_task_that_stays_is_seen() -> None:
    """As long as it runs; what ends by itself soon is no harm."""
    over = anyio.Event()

    async def lasting() -> None:
        await over.wait()

    async def leaves() -> None:
        if on_trio():
            import trio

            trio.lowlevel.spawn_system_task(lasting)
        else:
            import asyncio

            tasks.append(asyncio.ensure_future(lasting()))

    tasks: list[Any] = []
    with pytest.raises(AssertionError, match="tasks that stay"):
        await watched(leaves, patience=0.02)()
    over.set()
    await anyio.wait_all_tasks_blocked()


async def test_a_call_that_hangs_is_seen() -> None:
    """A quarter of a second after its deadline; until then it may answer or fail."""

    async def answer() -> int:
        await anyio.sleep(0.01)
        return 7

    async def fail() -> None:
        raise KeyError("x")

    assert 7 == await bounded(0.0, answer)
    with pytest.raises(KeyError):
        await bounded(0.0, fail)
    with pytest.raises(AssertionError, match=r"hung for more than 0\.25 seconds"):
        await bounded(0.0, anyio.sleep_forever)
