"""Pages that are cut anywhere: a read is whole, or an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from cronofy_async import TransportError
from tests.sandbox.wire import Person
from tests.transports.cases import wire_transports

from .proxy import Latency, Limit, Link, Proxy
from .scene import Scene

pytestmark = pytest.mark.anyio

How = Literal["close", "reset", "half"]

EVENTS = 7
"""On three pages, of about 2 kB on the wire."""


@pytest.mark.fault(1, 2, 5, 6)
@wire_transports
@pytest.mark.parametrize("how", ["close", "reset", "half"])
async def test_a_cut_anywhere(scene: Scene, how: How) -> None:
    """Whatever the byte after which the connection ends, no event is missing or doubled."""
    person = scene.somebody(EVENTS)
    whole = await names(scene, person)
    for after in range(0, 1_900, 111):
        with Proxy(scene.port, Link(down=(Limit(after, how),)), Link()) as proxy:
            assert whole == await names(scene, person, proxy.url)
            assert (after, 2) == (after, proxy.connections)


@pytest.mark.fault(6, 7)
@wire_transports
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_page_cut_short(scene: Scene, framing: str, how: str) -> None:
    """Be its length told or not, the page is asked for again."""
    person = scene.somebody(EVENTS)
    scene.fault("truncate", framing=framing, how=how, times=1, operation="ReadEventsPage")

    assert [f"Event {n}" for n in range(EVENTS)] == await names(scene, person)
    assert (1, 3) == (scene.asked("ReadEvents"), scene.asked("ReadEventsPage"))


@pytest.mark.fault(6, 7)
@wire_transports
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_page_that_is_always_cut_short(
    scene: Scene, failing: Callable[..., Any], framing: str
) -> None:
    """What of it came is not taken for the page, and the list not for the whole."""
    person = scene.somebody(EVENTS)
    scene.fault("truncate", framing=framing, after=1, path="/v1/events")

    error = await failing(
        TransportError, scene.account(person).read_events(tzid="Etc/UTC").collect()
    )

    assert 3 == len(error.collected)
    assert 3 == error.attempts
    scene.sandbox.control.clear_faults()
    pager = scene.account(person).read_events(tzid="Etc/UTC").resume(error.cursor)
    assert EVENTS - 3 == len(await pager.collect())


@pytest.mark.fault(1)
@wire_transports
async def test_a_reset_on_a_slow_line(scene: Scene) -> None:
    """What was on its way is lost with the connection, and asked for again."""
    person = scene.somebody(EVENTS)
    slow = (Latency(0.02), Limit(2_000, "reset"))
    with Proxy(scene.port, Link(down=slow), Link(down=(Latency(0.005),))) as proxy:
        assert EVENTS == len(await names(scene, person, proxy.url))
        assert 2 == proxy.connections


async def names(scene: Scene, person: Person, url: str = "") -> list[str | None]:
    """What events of somebody are read."""
    account = scene.account(person, url)
    return [event.summary async for event in account.read_events(tzid="Etc/UTC")]
