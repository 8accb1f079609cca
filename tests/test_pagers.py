"""Pages are on their way before they are asked for, and nothing stays under way."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import anyio
import pytest

from cronofy_async import (
    CronofyError,
    DecodeError,
    InvalidArgumentError,
    PaginationError,
    RetryPolicy,
    ServerError,
    TransportError,
    UnsafeURLError,
)
from cronofy_async.core.wire import Response

from .paging import API, Service, address, connect, drain, event, page, settle, uids

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Both event loops."""
    return request.param


def book(pages: int = 4) -> Service:
    """A service with so many pages."""
    return Service(*[page(number, pages) for number in range(1, pages + 1)])


def read(service: Service, **options: Any) -> Any:
    """A pager over its events."""
    return connect(service, **options).read_events(tzid="Etc/UTC")


async def test_the_next_page_is_on_its_way_while_one_is_worked_on() -> None:
    """Page 2 is asked for before page 1 is handed out, and page 3 not before page 2 is taken."""
    service = book()
    pages = read(service).pages()
    await anext(pages)
    await settle()

    assert [address(1), address(2)] == service.asked
    await anext(pages)
    await settle()
    assert [address(1), address(2), address(3)] == service.asked
    await pages.aclose()


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 16])
async def test_no_more_pages_are_ahead_than_allowed(depth: int) -> None:
    """However long one page is worked on, only as many are fetched as may be ahead."""
    service = book(9)
    walk = read(service).with_prefetch(depth).pages()
    for taken in range(1, 10):
        await anext(walk)
        await settle(60)
        assert min(taken + depth, 9) == len(service.asked)
    assert None is await anext(walk, None)
    assert 9 == len(service.asked)


@pytest.mark.parametrize("depth", [0, 1, 3])
async def test_pages_come_in_their_order(depth: int) -> None:
    """Whatever is ahead, the entries come as the chain has them."""
    assert ["e1", "e2", "e3", "e4"] == [
        each.event_uid async for each in read(book()).with_prefetch(depth)
    ]


@pytest.mark.parametrize("depth", [-1, 17, True, 1.0, "1", None])
async def test_a_depth_is_a_number_of_pages(depth: Any) -> None:
    """Anything else is refused, with the field's name."""
    with pytest.raises(InvalidArgumentError, match="depth"):
        read(book()).with_prefetch(depth)


async def test_a_page_whose_head_does_not_tell_is_followed_once_decoded() -> None:
    """A page that names its place after its entries still has the next page fetched ahead."""
    first = page(1, 2).json()
    turned = {"events": [event("x" * 2000)], "pages": first["pages"]}
    service = Service(_answer(turned), page(2, 2))
    pages = read(service).pages()
    await anext(pages)
    await settle()

    assert [address(1), address(2)] == service.asked
    assert ["e2"] == uids((await anext(pages)).items)


def _answer(body: Any) -> Response:
    import json

    return Response(200, (), json.dumps(body).encode())


async def test_what_the_decoded_page_says_counts() -> None:
    """Of two places in one page the last one counts, and the other page is given up."""
    lie = b'{"pages":{"current":1,"total":3,"next_page":"%b"},' % (API + address(9)).encode()
    service = Service(
        Response(200, (), lie + page(1, 3).body[1:]), page(2, 3), page(3, 3, next_page=None)
    )
    service.answers[address(9)] = page(9, 9, event("wrong"))
    service.hold(9)

    assert ["e1", "e2", "e3"] == uids(await read(service).collect())
    assert address(9) in service.asked
    await settle()
    assert 0 == service.under_way


async def test_an_error_of_the_next_page_comes_after_this_one() -> None:
    """All entries of page 1 come before the error that page 2 met while they were read."""
    service = Service(page(1, 3, event("a"), event("b")))
    service.answers[address(2)] = TransportError("broken")
    found: list[str] = []
    with pytest.raises(TransportError, match="broken"):
        await drain(read(service, retry=RetryPolicy(attempts=1)), found, 30)
    assert ["a", "b"] == found


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    ("next_page", "error"),
    [
        ("https://evil.test/v1/events/pages/2", UnsafeURLError),
        ("http://api.cronofy.com/v1/events/pages/2", UnsafeURLError),
        (f"{API}:8443/v1/events/pages/2", UnsafeURLError),
        (f"{API}@evil.test/v1/events/pages/2", UnsafeURLError),
        (f"{API}/v1/events?tzid=Etc/UTC", PaginationError),
    ],
)
@pytest.mark.parametrize("depth", [0, 1, 2])
async def test_a_page_that_must_not_be_followed_is_never_asked_for(
    next_page: str, error: type[CronofyError], depth: int
) -> None:
    """Another origin or a circle: nothing is sent, and the error comes after the page."""
    service = Service(page(1, 3, next_page=next_page))
    pages = read(service).with_prefetch(depth).pages()
    assert ["e1"] == uids((await anext(pages)).items)
    await settle()
    for _ in range(2):
        with pytest.raises(error):
            await anext(pages)
    assert 1 == len(service.asked)


@pytest.mark.fault(36)
@pytest.mark.parametrize("depth", [0, 1, 3])
async def test_a_circle_further_on_is_found(depth: int) -> None:
    """A page that leads back to page 2 is an error, before page 2 is asked for again."""
    service = Service(page(1, 9), page(2, 9), page(3, 9, next_page=API + address(2)))
    found: list[str] = []
    with pytest.raises(PaginationError):
        await drain(read(service).with_prefetch(depth), found)
    assert ["e1", "e2", "e3"] == found
    assert [address(1), address(2), address(3)] == service.asked


async def test_a_page_that_cannot_be_read_can_be_asked_for_again() -> None:
    """A page without an entry's identity is an error where it stands, and then whole again."""
    broken = _answer({"pages": page(2, 3).json()["pages"], "events": [{"summary": "?"}]})
    service = Service(page(1, 3), page(2, 3), page(3, 3))
    service.answers[address(2)] = [broken, page(2, 3)]
    pages = read(service).pages()
    await anext(pages)
    with pytest.raises(DecodeError, match="event_uid"):
        await anext(pages)

    assert ["e2"] == uids((await anext(pages)).items)
    assert ["e3"] == uids((await anext(pages)).items)


async def test_leaving_the_loop_ends_what_is_under_way() -> None:
    """A pager that is left half-way has its request cancelled, without being closed."""
    service = book()
    service.hold(2)
    async for _ in read(service):
        await settle()
        assert 1 == service.under_way
        break
    gc.collect()
    await settle()

    assert [address(2)] == service.cancelled
    assert 0 == service.under_way


async def test_closing_waits_until_nothing_is_under_way() -> None:
    """After aclose nothing is under way and no page comes; closing twice does nothing."""
    service = book()
    service.hold(2)
    pages = read(service).pages()
    await anext(pages)
    await settle()
    await pages.aclose()
    await pages.aclose()

    assert 0 == service.under_way
    assert None is await anext(pages, None)


async def test_closing_the_client_ends_what_is_under_way() -> None:
    """A client that is closed cuts off the pages ahead, and whoever waits for one is told."""
    service = book()
    service.hold(2)
    account = connect(service)
    pages = account.read_events(tzid="Etc/UTC").pages()
    await anext(pages)
    await settle()
    async with anyio.create_task_group() as group:

        async def wait() -> None:
            with pytest.raises(CronofyError, match="closed"):
                await anext(pages)

        group.start_soon(wait)
        await settle()
        await account.driver.aclose()
    assert 0 == service.under_way


async def test_a_cancelled_reader_leaves_nothing_under_way_and_may_go_on() -> None:
    """Giving up on a page cancels its request; asked for again, it comes."""
    service = book(2)
    service.hold(2)
    pages = read(service).pages()
    await anext(pages)
    await settle()
    with anyio.move_on_after(0.01):
        await anext(pages)
    await settle()
    assert 0 == service.under_way

    service.let_go(2)
    assert ["e2"] == uids((await anext(pages)).items)
    assert None is await anext(pages, None)


async def test_a_page_that_failed_ahead_is_sent_again_when_asked_for() -> None:
    """An error does not stick: the page is asked for anew."""
    service = book(3)
    service.answers[address(2)] = [Response(503, ()), page(2, 3)]
    pages = read(service, retry=RetryPolicy(attempts=1)).pages()
    await anext(pages)
    with pytest.raises(ServerError):
        await anext(pages)

    assert ["e2"] == uids((await anext(pages)).items)
    assert ["e3"] == uids((await anext(pages)).items)


async def test_a_failure_that_nobody_waits_for_is_silent() -> None:
    """A page ahead that fails after its reader left is not reported anywhere."""
    service = Service(page(1, 2))
    service.answers[address(2)] = Response(500, ())
    async for _ in read(service, retry=RetryPolicy(attempts=1)):
        await settle()
        break
    gc.collect()
    await settle()
    assert 0 == service.under_way


def test_a_reader_that_outlives_its_loop_is_freed_in_silence() -> None:
    """What was under way ended with the loop; freeing its reader later does no harm."""
    service = book()
    kept: list[Any] = []

    async def main() -> None:
        service.hold(2)
        pages = read(service).pages()
        await anext(pages)
        await settle()
        kept.append(pages)

    asyncio.run(main())
    kept.clear()
    gc.collect()
    assert 0 == service.under_way
