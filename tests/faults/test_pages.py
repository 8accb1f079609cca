"""Pages that lead astray, fail, change or go: no entry lost or doubled, no token given away."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cronofy_async import (
    AsyncAccount,
    PageExpiredError,
    PaginationError,
    ServerError,
    UnsafeURLError,
)
from tests.paging import event, page
from tests.transports.cases import wire_transports
from tests.transports.servers import FaultServer, Read, Send, answer

from .scene import Scene

pytestmark = pytest.mark.anyio

Failing = Callable[..., Any]

STATM = Path("/proc/self/statm")


def read(account: AsyncAccount) -> Any:
    """A pager over all of somebody's events."""
    return account.read_events(tzid="Etc/UTC")


async def names(pager: Any) -> list[str]:
    """What it reads, in its order."""
    return [each.summary async for each in pager]


@pytest.mark.fault(36)
@wire_transports
@pytest.mark.parametrize("form", ["host", "scheme", "port"])
@pytest.mark.parametrize("depth", [0, 1])
async def test_a_next_page_elsewhere(scene: Scene, failing: Failing, form: str, depth: int) -> None:
    """It is refused before anything is sent there."""
    person = scene.somebody(7)
    with FaultServer([Read()]) as foreign:
        given = {"host": f"127.0.0.1:{foreign.port}"} if form == "host" else {}
        scene.fault("next_page", form=form, **given)
        pager = read(scene.account(person)).with_prefetch(depth)
        error = await failing(UnsafeURLError, pager.collect())

        assert (0, 1) == (foreign.connections, scene.asked())
    assert 3 == len(error.collected)


@pytest.mark.fault(36)
@wire_transports
@pytest.mark.parametrize(("form", "asked"), [("self", 1), ("cycle", 3)])
async def test_pages_in_a_circle(scene: Scene, failing: Failing, form: str, asked: int) -> None:
    """The page that leads back is the last to be asked for."""
    person = scene.somebody(12)
    scene.fault("next_page", form=form)

    error = await failing(PaginationError, read(scene.account(person)).collect())

    assert (asked, 3 * asked) == (scene.asked(), len(error.collected))


@pytest.mark.fault(36)
@wire_transports
@pytest.mark.parametrize("more", [1, 5])
async def test_a_total_that_lies(scene: Scene, more: int) -> None:
    """More pages than there are do not keep a read from its end."""
    person = scene.somebody(7)
    scene.fault("total", more=more)

    assert 7 == len(await names(read(scene.account(person))))
    assert 3 == scene.asked()


@pytest.mark.fault(37)
@wire_transports
@pytest.mark.parametrize("depth", [0, 1, 2])
async def test_page_3_of_7_fails_for_ever(scene: Scene, failing: Failing, depth: int) -> None:
    """The error tells how far the read came, and another read goes on from there."""
    person = scene.somebody(19)
    scene.fault("status", status=500, after=1, operation="ReadEventsPage")
    account = scene.account(person)

    error = await failing(ServerError, read(account).with_prefetch(depth).collect())

    assert (2, 6, 6) == (error.cursor.pages, error.cursor.entries, len(error.collected))
    scene.sandbox.control.clear_faults()
    rest = await read(account).resume(error.cursor).collect()
    both = [each.summary for each in (*error.collected, *rest)]
    assert [f"Event {number}" for number in range(19)] == both


@pytest.mark.fault(38)
@wire_transports
@pytest.mark.parametrize("form", ["doubled", "repeated", "reversed"])
async def test_entries_that_come_again(scene: Scene, form: str) -> None:
    """Each is there once, on whatever pages it stands."""
    person = scene.somebody(10)
    scene.fault("entries", form=form)

    assert [f"Event {number}" for number in range(10)] == sorted(
        await names(read(scene.account(person)))
    )


@pytest.mark.fault(38)
@wire_transports
async def test_entries_that_change_between_pages(scene: Scene) -> None:
    """A list has the latest version of what was changed, and all that did not change."""
    person = scene.somebody(10)
    scene.fault("entries", form="repeated")
    account, control = scene.account(person), scene.sandbox.control
    uids = [each.event_uid for each in await read(account).collect()]

    pages = read(account).with_prefetch(0).pages()
    found = {each.event_uid: each for each in (await anext(pages)).items}
    control.advance(60)
    for uid in (uids[2], uids[5]):
        control.change_event(uid, summary="Changed")
    control.cancel_event(uids[8])
    async for further in pages:
        found |= {each.event_uid: each for each in further.items}

    assert {*uids} - {uids[8]} <= {*found} <= {*uids}
    assert ["Changed"] * 2 == [found[uid].summary for uid in (uids[2], uids[5])]


@pytest.mark.fault(39)
@wire_transports
@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_has_expired(scene: Scene, failing: Failing, status: int) -> None:
    """The read begins anew, once, and hands out nothing twice; then it is an error."""
    person = scene.somebody(10)
    scene.fault("status", status=status, after=1, times=1, operation="ReadEventsPage")
    account = scene.account(person)

    assert [f"Event {number}" for number in range(10)] == await names(read(account))
    assert 2 == scene.asked("ReadEvents")

    scene.sandbox.control.clear_faults()
    scene.fault("status", status=status, operation="ReadEventsPage")
    error = await failing(PageExpiredError, read(account).collect())
    assert (4, status) == (scene.asked("ReadEvents"), error.__cause__.status)


def used() -> int:
    """How many bytes of memory this process has."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * resource.getpagesize()


@pytest.mark.fault(54)
@pytest.mark.skipif(not STATM.exists(), reason="only Linux tells how much memory is in use")
@wire_transports
async def test_a_long_stream(reach: Callable[..., AsyncAccount]) -> None:
    """Once as much is remembered as ever is, memory grows no more."""
    total = 500
    script: list[Any] = []
    server = FaultServer(script)
    with server:
        for number in range(1, total + 1):
            events = [event(f"{number}-{n}", summary="x" * 200) for n in range(100)]
            place = {"next_page": f"{server.url}/v1/events/pages/{number + 1}"}
            body = page(number, total, *events, **(place if number < total else {})).body
            script += [Read(), Send(answer(body))]
        count, sizes = 0, list[int]()
        async for each in read(reach(server.url)):
            assert each.event_uid
            count += 1
            if count % 10_000 == 0:
                sizes.append(used())

    assert 100 * total == count
    assert sizes[-1] - sizes[2] < 8 * 2**20
