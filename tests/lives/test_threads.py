"""Many threads over one client, one of which closes it."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from cronofy_async import Cronofy, CronofyError, Limits
from cronofy_async.operations import ListCalendars, ReadEvents

from .given import HOLD, PID
from .servers import Service

pytestmark = pytest.mark.fault(45)

READ = ReadEvents(tzid="Etc/UTC")
THREADS = 16


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A server that holds calls."""
    with Service() as server:
        yield server


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do each in a thread of its own, all at once; the results, errors included."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def one(number: int) -> None:
        start.wait(20)
        try:
            results[number] = works[number]()
        except BaseException as error:
            results[number] = error

    threads = [threading.Thread(target=one, args=(n,), daemon=True) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [] == [thread for thread in threads if thread.is_alive()]
    return results


def ways(cronofy: Cronofy, service: Service) -> list[Callable[[], Any]]:
    """The ways to use a client."""
    views = service.given.views(cronofy)
    return [
        views[0].list_calendars,
        lambda: len(list(views[0].read_events(tzid="Etc/UTC"))),
        lambda: good(cronofy.read_many(READ, views)),
        lambda: good(cronofy.send_many([(view, ListCalendars()) for view in views])),
    ]


def good(outcomes: Iterable[Any]) -> int:
    """How many there are; raises the first error of any."""
    found = [getattr(each, "outcome", each) for each in outcomes]
    for each in found:
        if each.error is not None:
            raise each.error
    return len(found)


@pytest.mark.parametrize("transport", ["aiohttp", "httpx2"])
def test_closing_under_sixteen_threads(service: Service, transport: str) -> None:
    """Each thread's calls are answered until one of them is told that the client is closed."""
    cronofy = service.given.cronofy(transport=transport, limits=None)
    go_on = threading.Barrier(THREADS + 1, timeout=20)

    def work(way: Callable[[], Any]) -> BaseException:
        way()
        go_on.wait()
        while True:
            try:
                way()
            except BaseException as error:
                return error

    def close() -> None:
        go_on.wait()
        cronofy.close()

    works = [lambda w=way: work(w) for way in ways(cronofy, service) * 4]
    *ends, closed = together(*works, close)

    assert closed is None
    assert THREADS == len(ends)
    assert [] == [repr(end) for end in ends if not isinstance(end, CronofyError)]
    assert set() == cronofy._async.driver.ahead


def test_closing_ends_calls_that_are_held(service: Service) -> None:
    """Whoever waits for an answer, or for a place in the queue, learns that nothing will come."""
    cronofy = service.given.cronofy(limits=Limits(concurrent=8), timeout=20)
    held = cronofy.with_options(headers={HOLD: "nothing", PID: "0"})
    call = held.account(access_token=service.given.token).list_calendars

    def close() -> None:
        while service.held < 8:
            threading.Event().wait(0.01)
        cronofy.close()

    *ends, closed = together(*[call] * THREADS, close)

    assert closed is None
    assert [] == [repr(end) for end in ends if not isinstance(end, CronofyError)]
    quota = cronofy.quota
    assert quota is not None
    assert (0, 0) == (quota.under_way, quota.waiting)


def test_sixteen_threads_close_at_once(service: Service) -> None:
    """Any number of threads may close a client, at the same time."""
    cronofy = service.given.cronofy()
    cronofy.account(access_token=service.given.token).list_calendars()

    assert {None: THREADS} == Counter(together(*[cronofy.close] * THREADS))


def test_sixteen_threads_make_and_forget_clients(service: Service) -> None:
    """Clients of many threads, never closed, leave no connection open."""

    def work() -> int:
        return sum(len(service.given.account().list_calendars()) > 0 for _ in range(4))

    assert [4] * THREADS == together(*[work] * THREADS)
    gc.collect()
    for _ in range(200):
        if service.open == 0:
            break
        threading.Event().wait(0.01)
    assert 0 == service.open
