"""The edges of reading page after page: what comes after an end, an error or a circle."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import DecodeError, InvalidArgumentError, PaginationError, TransportError
from cronofy_async.core.wire import Response

from .paging import API, Service, address, event, page, uids
from .test_pagers_resume import book, cursor_of, read, told

pytestmark = pytest.mark.anyio

UNREADABLE = Response(200, (), b'{"events": [{}]}')


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("trouble", [UNREADABLE, TransportError("cut")])
async def test_a_page_that_failed_comes_next(trouble: Any, depth: int) -> None:
    """Whatever was asked for ahead of it, and then the others in their order."""
    service = book(4)
    service.answers[address(2)] = [trouble, page(2, 4, event("2a"))]
    pages = read(service).with_prefetch(depth).pages()
    found: list[str] = []
    errors = 0
    while True:
        try:
            found += uids((await anext(pages)).items)
        except StopAsyncIteration:
            break
        except (DecodeError, TransportError):
            errors += 1
    assert (1, ["1a", "1b", "2a", "3a", "3b", "4a", "4b"]) == (errors, found)


@pytest.mark.parametrize("depth", [0, 1])
async def test_an_end_is_an_end(depth: int) -> None:
    """Nothing is asked for after it, however often."""
    service = book(2)
    pages = read(service).with_prefetch(depth).pages()
    assert 2 == len([each async for each in pages])
    service.asked.clear()
    for _ in range(3):
        with pytest.raises(StopAsyncIteration):
            await anext(pages)
    assert [] == service.asked
    assert pages.cursor.at_end


async def test_a_closed_read_gives_nothing_more() -> None:
    """It neither asks nor hands out what was there already; its cursor stays."""
    service = book(4)
    pages = read(service).with_prefetch(2).pages()
    await anext(pages)
    await pages.aclose()
    service.asked.clear()
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await anext(pages)
    assert [] == service.asked
    assert (1, False) == (pages.cursor.pages, pages.cursor.at_end)


async def test_a_resumed_read_does_not_go_round_in_circles() -> None:
    """The page that it began with is one that it has read."""
    service = book(3)
    service.answers[address(2)] = page(2, 3, event("2a"), next_page=API + address(2))
    with pytest.raises(PaginationError) as caught:
        await read(service).resume(cursor_of()).collect()
    assert [address(2)] == service.asked
    assert 2 == told(caught).pages


async def test_a_read_does_not_lead_back_to_its_first_page() -> None:
    """However its query is written."""
    service = book(2)
    service.answers[address(1)] = page(1, 2, next_page=f"{API}/v1/events?tzid=Etc/UTC")
    with pytest.raises(PaginationError, match="page 1"):
        await read(service).collect()


@pytest.mark.parametrize("depth", [-1, 17, True, 1.0, "1", None])
async def test_an_odd_depth_is_refused_by_name(depth: Any) -> None:
    """From none to sixteen."""
    with pytest.raises(InvalidArgumentError) as caught:
        read(book(1)).with_prefetch(depth)
    assert "depth" == caught.value.field
    for good in (0, 16):
        assert 2 == len(await read(book(1)).with_prefetch(good).collect())


async def test_a_page_says_where_it_stands() -> None:
    """As the service counts, from its first to its last."""
    stands = [(each.current, each.total, each.is_last) async for each in read(book(3)).pages()]
    assert [(1, 3, False), (2, 3, False), (3, 3, True)] == stands


class TestShortAnswers:
    """A page tells as little as it may."""

    async def test_pages_may_say_nothing_of_themselves(self) -> None:
        """Then there is one."""
        service = Service(Response(200, (), b'{"events": []}'))
        assert [] == await read(service).collect()
        assert 1 == len(service.asked)

    @pytest.mark.parametrize("body", [b"[]", b"{}", b'{"events": {}}', b'{"pages": {}}', b"null"])
    async def test_what_is_no_page_is_an_error(self, body: bytes) -> None:
        """It is never taken for an empty one."""
        with pytest.raises(DecodeError) as caught:
            await read(Service(Response(200, (), body))).collect()
        assert ("events",) == caught.value.paths

    @pytest.mark.parametrize("pages", [b'"x"', b'{"next_page": 7}', b'{"current": "1"}'])
    async def test_an_odd_place_is_an_error(self, pages: bytes) -> None:
        """A next page that cannot be read must not look like none."""
        body = b'{"pages": ' + pages + b', "events": []}'
        with pytest.raises(DecodeError, match="not a page"):
            await read(Service(Response(200, (), body))).collect()

    async def test_an_entry_that_cannot_be_read_is_named(self) -> None:
        """By its place on the page and the field in it."""
        service = Service(page(1, 1, event("1a"), {"calendar_id": "cal_1"}))
        with pytest.raises(DecodeError, match=r"events\[1\]\.event_uid") as caught:
            await read(service).collect()
        assert ("events[1].event_uid",) == caught.value.paths
