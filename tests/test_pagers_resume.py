"""Reads that break off: what was done is told, and another read goes on from there."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from cronofy_async import (
    Cursor,
    DecodeError,
    InvalidArgumentError,
    NotFoundError,
    PageExpiredError,
    PaginationError,
    RetryPolicy,
    ServerError,
    TransportError,
    UnsafeURLError,
)
from cronofy_async.core.recall import GENERATION
from cronofy_async.core.wire import Response
from cronofy_async.operations import ReadEvents

from .paging import API, Service, address, connect, drain, event, page, uids

pytestmark = pytest.mark.anyio

GONE = Response(410, ())


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Both event loops."""
    return request.param


def read(service: Service) -> Any:
    """A pager over a service's events."""
    return connect(service, retry=RetryPolicy(attempts=1)).read_events(tzid="Etc/UTC")


def book(pages: int) -> Service:
    """A service with so many pages of two events."""
    return Service(*[page(n, pages, event(f"{n}a"), event(f"{n}b")) for n in range(1, pages + 1)])


def told(caught: pytest.ExceptionInfo[Any]) -> Cursor:
    """The cursor of an error, which it must have."""
    cursor: Cursor = caught.value.cursor
    assert isinstance(cursor, Cursor)
    return cursor


@pytest.mark.fault(37)
async def test_a_page_that_fails_for_ever_tells_what_was_done() -> None:
    """The error has the numbers of pages and entries, and where to go on, as plain text."""
    service = book(7)
    service.answers[address(3)] = Response(500, ())
    found: list[str] = []
    with pytest.raises(ServerError) as caught:
        await drain(read(service), found)

    cursor = told(caught)
    assert (2, 4, False) == (cursor.pages, cursor.entries, cursor.at_end)
    stored = json.loads(json.dumps({"cursor": cursor}))["cursor"]
    service.answers[address(3)] = page(3, 7, event("3a"), event("3b"))
    found += [each.event_uid async for each in read(service).resume(stored)]
    assert [f"{number}{letter}" for number in range(1, 8) for letter in "ab"] == found


async def test_the_numbers_go_on_in_a_resumed_read() -> None:
    """A second failure counts what both reads handed out."""
    service = book(4)
    service.answers[address(2)] = [TransportError("broken"), page(2, 4)]
    service.answers[address(3)] = TransportError("broken")
    with pytest.raises(TransportError) as first:
        await read(service).collect()
    with pytest.raises(TransportError) as second:
        await read(service).resume(told(first)).collect()
    assert (1, 2) == (told(first).pages, told(first).entries)
    assert (2, 3) == (told(second).pages, told(second).entries)


async def test_pages_tell_where_they_stand() -> None:
    """The cursor of pages goes on after the last page that was handed out, to the very end."""
    pages = read(book(2)).pages()
    begin = pages.cursor
    assert (0, False) == (begin.pages, begin.at_end)
    await anext(pages)
    middle = pages.cursor
    await anext(pages)
    end = pages.cursor

    for cursor, left in ((begin, ["1a", "1b", "2a", "2b"]), (middle, ["2a", "2b"]), (end, [])):
        assert left == uids(await read(book(2)).resume(str(cursor)).collect())
    assert end.at_end


@pytest.mark.fault(37)
async def test_a_collected_read_that_breaks_off_keeps_what_it_has() -> None:
    """The entries before the page that failed are on the error, and no short list is returned."""
    service = book(3)
    service.answers[address(3)] = Response(500, ())
    with pytest.raises(ServerError) as caught:
        await read(service).collect()

    assert caught.value.collected is not None
    assert ["1a", "1b", "2a", "2b"] == uids(caught.value.collected)
    assert 2 == told(caught).pages
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (None, caught.value.cursor) == (copy.collected, copy.cursor)


async def test_an_error_of_another_call_has_no_cursor() -> None:
    """What is no read of pages has nothing to resume."""
    service = Service()
    service.answers["/v1/calendars"] = Response(404, ())
    with pytest.raises(NotFoundError) as caught:
        await connect(service).list_calendars()
    assert (None, None) == (caught.value.cursor, caught.value.collected)


def cursor_of(**changes: Any) -> Cursor:
    """A cursor of the read that these tests make."""
    given: dict[str, Any] = {
        "operation": ReadEvents(tzid="Etc/UTC"),
        "next_page": API + address(2),
    } | changes
    return Cursor.of(given["operation"], given["next_page"], 1, 2)


@pytest.mark.parametrize(
    "text",
    ["", "x", "@@", "é", "bnVsbA", "W10", str(cursor_of())[:-3], str(cursor_of()) + "x", 3, None],
)
async def test_a_malformed_cursor_is_refused(text: Any) -> None:
    """Text that is no cursor is refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="cursor"):
        read(book(1)).resume(text)


async def test_a_cursor_of_another_read_is_refused() -> None:
    """A cursor goes only with the operation and the parameters that it was made for."""
    with pytest.raises(InvalidArgumentError, match="other parameters"):
        read(book(1)).resume(cursor_of(operation=ReadEvents(tzid="Europe/Paris")))


async def test_a_cursor_to_another_origin_is_refused() -> None:
    """Whoever writes into the place where cursors are stored does not get our token."""
    with pytest.raises(UnsafeURLError):
        read(book(1)).resume(cursor_of(next_page="https://evil.test/v1/events/pages/2"))


async def test_a_cursor_shows_no_secret() -> None:
    """Neither the token nor a parameter can be read out of a cursor."""
    from base64 import urlsafe_b64decode

    secret = cursor_of(operation=ReadEvents(tzid="Etc/UTC", calendar_ids=["cal_private"]))
    assert b"cal_private" not in urlsafe_b64decode(secret + "==")


@pytest.mark.fault(39)
@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("depth", [0, 1, 2])
async def test_a_read_whose_page_is_gone_begins_anew_once(status: int, depth: int) -> None:
    """What was handed out does not come again, and what is new or newer does."""
    service = book(3)
    changed = event("1b", "2030-02-02T00:00:00Z")
    service.answers[address(1)] = [
        page(1, 3, event("1a"), event("1b")),
        page(1, 3, event("0z"), event("1a"), changed),
    ]
    service.answers[address(3)] = [Response(status, ()), page(3, 3, event("3a"))]
    found = [each.event_uid async for each in read(service).with_prefetch(depth)]
    assert ["1a", "1b", "2a", "2b", "0z", "1b", "3a"] == found

    service.answers[address(3)] = [Response(status, ()), page(3, 3, event("3a"))]
    service.answers[address(1)] = [
        page(1, 3, event("1a"), event("1b")),
        page(1, 3, event("0z"), event("1a"), changed),
    ]
    collected = await read(service).with_prefetch(depth).collect()
    assert ["1a", "2a", "2b", "0z", "1b", "3a"] == uids(collected)


@pytest.mark.fault(39)
async def test_a_page_that_is_gone_twice_is_an_error() -> None:
    """A read begins anew once; then the error says so, with a cursor and its cause."""
    service = book(3)
    service.answers[address(2)] = GONE
    with pytest.raises(PageExpiredError, match="from the start") as caught:
        await read(service).collect()
    assert isinstance(caught.value, PaginationError)
    assert 410 == caught.value.__cause__.status  # type: ignore[union-attr]
    assert [address(1), address(2)] * 2 == service.asked


@pytest.mark.fault(39)
async def test_a_resumed_read_does_not_begin_anew() -> None:
    """It does not know what was handed out before: the error says that the page is gone."""
    service = book(3)
    service.answers[address(2)] = GONE
    with pytest.raises(PageExpiredError):
        await read(service).resume(cursor_of()).collect()
    assert [address(2)] == service.asked


async def test_a_first_page_that_is_not_there_is_no_expired_page() -> None:
    """A refusal of the first page stays what it is."""
    service = Service()
    service.answers[address(1)] = Response(404, ())
    with pytest.raises(NotFoundError):
        await read(service).collect()
    assert 1 == len(service.asked)


async def test_a_long_stream_does_not_begin_anew() -> None:
    """Beyond what is remembered entries would come twice: that is an error, but collects."""

    def service() -> Service:
        events = [event(f"e{number}") for number in range(2 * GENERATION + 2)]
        made = Service(
            page(1, 4, *events[:GENERATION]),
            page(2, 4, *events[GENERATION : 2 * GENERATION]),
            page(3, 4, *events[2 * GENERATION :]),
            page(4, 4, event("last")),
        )
        made.answers[address(4)] = [GONE, page(4, 4, event("last"))]
        return made

    with pytest.raises(PageExpiredError):
        await drain(read(service()), [])
    assert 2 * GENERATION + 3 == len(await read(service()).collect())


@pytest.mark.parametrize("depth", [0, 1])
async def test_what_cannot_be_told_apart_does_not_begin_anew(depth: int) -> None:
    """Free-busy periods without ids would come twice."""
    busy = {"calendar_id": "cal_1", "start": "2030-01-07", "end": "2030-01-08"}
    service = Service()
    first = json.loads(page(1, 2).body) | {"free_busy": [busy, busy]}
    service.answers["/v1/free_busy"] = Response(200, (), json.dumps(first).encode())
    service.answers[address(2)] = GONE
    pager = connect(service).read_free_busy(tzid="Etc/UTC").with_prefetch(depth)
    with pytest.raises(PageExpiredError):
        await pager.collect()
    found: list[Any] = []
    with pytest.raises(PageExpiredError) as caught:
        await drain(pager, found)
    assert 2 == len(found) == told(caught).entries


async def test_the_cursor_of_an_unreadable_page_leads_to_that_page() -> None:
    """A page that cannot be read is the one to go on with."""
    service = book(3)
    service.answers[address(2)] = Response(200, (), b'{"events": [{}]}')
    with pytest.raises(DecodeError) as caught:
        await read(service).collect()
    assert (1, 2) == (told(caught).pages, told(caught).entries)
