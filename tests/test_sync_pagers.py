"""Pagers without awaiting: pages are ahead on the background loop, and nothing stays there."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from cronofy_async import Cronofy, Cursor, RetryPolicy, ServerError
from cronofy_async.core.wire import Request, Response

from .paging import address, page
from .support import FrozenTime


class Book:
    """A transport with so many pages; those that are held never come."""

    def __init__(self, pages: int, *held: int) -> None:
        self.pages = {address(n): page(n, pages) for n in range(1, pages + 1)}
        self.held = {address(number) for number in held}
        self.asked: list[str] = []
        self.threads: set[str] = set()
        self.under_way = 0

    async def send(self, request: Request, *, timeout: float) -> Response:
        import asyncio

        self.asked.append(request.path)
        self.threads.add(threading.current_thread().name)
        self.under_way += 1
        try:
            if request.path in self.held:
                await asyncio.get_running_loop().create_future()
            return self.pages[request.path]
        finally:
            self.under_way -= 1

    async def aclose(self) -> None:
        """Nothing to close."""


def read(book: Book) -> Any:
    """A pager over a book's events."""
    cronofy = Cronofy(
        "id", "s", transport=book, runtime=FrozenTime().runtime(), retry=RetryPolicy(attempts=1)
    )
    return cronofy.account(access_token="canary-tok-1").read_events(tzid="Etc/UTC")


def until(condition: Callable[[], bool]) -> None:
    """Give the background loop some time to get there."""
    limit = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.001)


def test_the_next_page_is_fetched_while_the_caller_works() -> None:
    """Page 2 comes on the background loop without a call that waits for it."""
    book = Book(3)
    pages = read(book).pages()
    next(pages)
    until(lambda: book.asked == [address(1), address(2)])

    assert [2, 3] == [each.current for each in pages]
    assert {"cronofy_async"} == book.threads


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_entries_come_in_their_order(depth: int) -> None:
    """Whatever is ahead, iterating, collecting and reading fields give the same."""
    pager = read(Book(5)).with_prefetch(depth)
    names = [f"e{number}" for number in range(1, 6)]
    assert names == [event.event_uid for event in pager]
    assert names == [event.event_uid for event in pager.collect()]
    assert names == [row.event_uid for row in pager.only("summary")]


def test_leaving_the_loop_ends_what_is_under_way() -> None:
    """A pager that is left half-way has its request cancelled, from another thread than its own."""
    book = Book(3, 2)
    for _ in read(book):
        until(lambda: book.under_way == 1)
        break
    gc.collect()
    until(lambda: book.under_way == 0)


def test_closing_waits_until_nothing_is_under_way() -> None:
    """After close nothing is under way and no page comes."""
    book = Book(3, 2)
    with closing(read(book).pages()) as pages:
        next(pages)
        until(lambda: book.under_way == 1)
    assert 0 == book.under_way
    assert [] == list(pages)


def test_closing_the_client_ends_what_is_under_way() -> None:
    """Pages that are ahead do not outlive their client."""
    book = Book(3, 2)
    with Cronofy("id", "s", transport=book) as cronofy:
        pages = cronofy.account(access_token="t").read_events(tzid="Etc/UTC").pages()
        next(pages)
        until(lambda: book.under_way == 1)
    assert 0 == book.under_way


def test_a_read_goes_on_from_its_cursor() -> None:
    """An error has a cursor, pages have one, and both go on in a new read."""
    book = Book(3)
    book.pages[address(2)] = Response(500, ())
    pages = read(book).pages()
    next(pages)
    with pytest.raises(ServerError) as caught:
        next(pages)
    assert isinstance(caught.value.cursor, Cursor)
    assert pages.cursor == caught.value.cursor

    book.pages[address(2)] = page(2, 3)
    assert ["e2", "e3"] == [e.event_uid for e in read(book).resume(str(pages.cursor))]
