"""One client and several event loops: after one another it works, side by side it says no."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trio

from cronofy_async import AsyncAccount, Limits
from cronofy_async.client.runtime import checkpoint
from cronofy_async.operations import ListCalendars, ReadEvents

from ..tokens.bench import Bench, SlowExchange, given
from .given import HOLD, PID
from .servers import Service

pytestmark = pytest.mark.fault(45)

READ = ReadEvents(tzid="Etc/UTC")
LONG = 1e6
Run = Callable[[Callable[[], Any]], Any]


def by_asyncio(main: Callable[[], Any]) -> Any:
    """Run in a loop of `asyncio.run`."""
    return asyncio.run(main())


def by_trio(main: Callable[[], Any]) -> Any:
    """Run in a loop of `trio.run`."""
    return trio.run(main)


def by_hand(main: Callable[[], Any]) -> Any:
    """Run in a loop that is left standing, with all that it has not done."""
    loop = asyncio.new_event_loop()
    standing.append(loop)
    return loop.run_until_complete(main())


async def end() -> None:
    """Cancel what a loop has not done; what is forgotten meanwhile is closed first."""
    for _ in range(20):
        await asyncio.sleep(0)
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


standing: list[asyncio.AbstractEventLoop] = []
"""Loops to be ended after a test."""


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """End the loops that were left."""
    yield
    while standing:
        loop = standing.pop()
        loop.run_until_complete(end())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A server that holds calls."""
    with Service() as server:
        yield server


def connect(service: Service, **options: Any) -> AsyncAccount:
    """A view over a real connection."""
    return service.given.async_account(**options)


@pytest.mark.parametrize(
    ("transport", "runs"),
    [
        ("aiohttp", [by_asyncio, by_asyncio]),
        ("aiohttp", [by_hand, by_asyncio, by_hand]),
        ("httpx2", [by_asyncio, by_trio, by_hand, by_trio]),
    ],
    ids=["asyncio", "standing", "mixed"],
)
def test_one_loop_after_another(service: Service, transport: str, runs: list[Run]) -> None:
    """The same client works in each of several loops, fan-outs included."""
    cronofy = service.given.async_cronofy(transport=transport)

    async def use() -> int:
        account = service.given.views(cronofy)[0]
        await account.list_calendars()
        await account.read_events(tzid="Etc/UTC").collect()
        return len([each async for each in cronofy.read_many(READ, service.given.views(cronofy))])

    assert [9] * len(runs) == [run(use) for run in runs]
    runs[0](cronofy.aclose)


def test_a_loop_that_was_left_in_the_middle_holds_nobody_up(service: Service) -> None:
    """Calls and a queue that stand still with their loop take no place in the next loop."""
    cronofy = service.given.async_cronofy(limits=Limits(concurrent=2), timeout=10)
    held = cronofy.with_options(headers={HOLD: "nothing", PID: "0"})

    async def leave() -> None:
        view = held.account(access_token=service.given.token)
        begun.extend(asyncio.ensure_future(view.list_calendars()) for _ in range(4))
        while service.held < 2:  # noqa: ASYNC110 - it is another thread's
            await asyncio.sleep(0.01)

    async def use() -> None:
        await cronofy.account(access_token=service.given.token).list_calendars()
        quota = cronofy.quota
        assert quota is not None
        assert (0, 0) == (quota.under_way, quota.waiting)
        await cronofy.aclose()

    begun: list[Any] = []
    by_hand(leave)
    by_asyncio(use)


def test_a_renewal_that_was_left_in_the_middle_is_begun_again() -> None:
    """A renewal that stands still with its loop does not keep the next loop waiting."""

    async def make() -> Bench:
        return Bench("fixed")

    async def leave() -> None:
        left.append(asyncio.ensure_future(account.list_calendars()))
        for _ in range(20):
            await checkpoint()
        assert account.driver.under_way

    async def use() -> None:
        b.time.time += 2 * LONG
        await account.list_calendars()
        assert set() == account.driver.under_way

    left: list[Any] = []
    b = asyncio.run(make())
    slow = SlowExchange(b.service, b.time, LONG)
    account = b.client(slow).account("acc_1", **given(b.service.grant("acc_1", expired=True)))
    by_hand(leave)
    asyncio.run(use())

    assert 1 == b.service.exchanges


@pytest.mark.parametrize("other", [by_asyncio, by_trio])
def test_two_loops_at_the_same_time(service: Service, other: Run) -> None:
    """While one loop runs that uses a client, another one is told what to do; nothing hangs."""
    account = connect(service, transport="httpx2")
    used, over = threading.Event(), threading.Event()

    async def first() -> None:
        await account.list_calendars()
        used.set()
        await asyncio.to_thread(over.wait, 20)
        # It is as good as before.
        await account.list_calendars()
        await account.driver.aclose()

    async def second() -> None:
        for call in (account.list_calendars, account.read_events(tzid="Etc/UTC").collect):
            with pytest.raises(RuntimeError, match="one for each loop, or share a Cronofy"):
                await call()

    thread = threading.Thread(target=by_asyncio, args=(first,))
    thread.start()
    assert used.wait(20)
    other(second)
    over.set()
    thread.join(20)
    # Its loop is over now: the client may be used elsewhere, if it were not closed.
    assert not thread.is_alive()


def test_trio_and_then_asyncio(service: Service) -> None:
    """A loop of trio that runs keeps a client, and one that is over does not."""
    account = connect(service, transport="httpx2")
    used, over = threading.Event(), threading.Event()

    async def first() -> None:
        await account.list_calendars()
        used.set()
        await trio.to_thread.run_sync(over.wait, 20)

    async def refused() -> None:
        with pytest.raises(RuntimeError, match="one for each loop"):
            await account.list_calendars()

    async def welcome() -> None:
        await account.list_calendars()
        await account.driver.aclose()

    thread = threading.Thread(target=by_trio, args=(first,))
    thread.start()
    assert used.wait(20)
    by_asyncio(refused)
    over.set()
    thread.join(20)
    by_asyncio(welcome)


def test_closing_from_another_loop(service: Service) -> None:
    """A client may be closed while its loop runs elsewhere; that loop's calls then say so."""
    account = connect(service)
    used, over = threading.Event(), threading.Event()

    async def first() -> None:
        await account.list_calendars()
        used.set()
        await asyncio.to_thread(over.wait, 20)
        with pytest.raises(Exception, match="closed"):
            await account.list_calendars()

    thread = threading.Thread(target=by_asyncio, args=(first,))
    thread.start()
    assert used.wait(20)
    by_asyncio(account.driver.aclose)
    over.set()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("run", [by_asyncio, by_trio])
def test_the_facade_inside_a_loop(service: Service, run: Run) -> None:
    """Each way into the facade that would freeze a running loop says what to use instead."""
    with service.given.cronofy() as cronofy:
        views = service.given.views(cronofy)

        async def main() -> None:
            for way in (
                views[0].list_calendars,
                views[0].read_events(tzid="Etc/UTC").collect,
                lambda: next(iter(views[0].read_events(tzid="Etc/UTC"))),
                lambda: next(iter(cronofy.read_many(READ, views))),
                cronofy.send_many([(views[0], ListCalendars())]).collect,
                cronofy.close,
            ):
                with pytest.raises(RuntimeError, match="use AsyncCronofy here"):
                    way()

        run(main)
        # From a thread beside the loop it is welcome.
        assert views[0].list_calendars()


def test_the_facade_beside_a_loop_of_its_own(service: Service) -> None:
    """A thread of a running loop may use the facade, whose loop is another one."""
    with service.given.cronofy() as cronofy:
        account = cronofy.account(access_token=service.given.token)

        async def main() -> int:
            own = service.given.async_account()
            both = await asyncio.gather(
                asyncio.to_thread(account.list_calendars), own.list_calendars()
            )
            await own.driver.aclose()
            return len({len(each) for each in both})

        assert 1 == asyncio.run(main())
