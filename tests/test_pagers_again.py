"""Reads that begin anew and break off then: nothing is taken for read that was not."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import PageExpiredError, ServerError
from cronofy_async.core.wire import Response

from .paging import Service, address, drain, event, page, uids
from .test_pagers_resume import GONE, book, read, told

pytestmark = pytest.mark.anyio

FAULT = Response(500, ())


def broken(failing: int, *, pages: int = 4) -> Service:
    """A service whose third page is gone, and one of whose pages then fails once."""
    service = book(pages)

    def whole(number: int) -> Any:
        return service.answers[address(number)]

    third: list[Response | Exception] = [GONE] if failing < 3 else [GONE, FAULT]
    service.answers[address(3)] = [*third, whole(3)]
    if failing < 3:
        again: list[Response | Exception] = [whole(failing), FAULT, whole(failing)]
        service.answers[address(failing)] = again
    return service


@pytest.mark.parametrize("failing", [1, 2, 3])
@pytest.mark.parametrize("depth", [0, 1, 3])
async def test_what_follows_is_read_from_where_it_broke_off(failing: int, depth: int) -> None:
    """Every entry comes, and none twice, if the page that was gone is there after all."""
    service = broken(failing)
    found: list[str] = []
    with pytest.raises(ServerError) as caught:
        await drain(read(service).with_prefetch(depth), found)
    assert ["1a", "1b", "2a", "2b"] == found
    assert not told(caught).at_end

    rest = await read(service).with_prefetch(depth).resume(told(caught)).collect()
    assert ["3a", "3b", "4a", "4b"] == uids(rest)


async def test_a_page_that_stays_gone_is_told() -> None:
    """The rest is never taken for nothing: the read has to begin at the start."""
    service = book(4)
    first = service.answers[address(1)]
    service.answers[address(3)] = GONE
    service.answers[address(1)] = [first, FAULT, first]  # type: ignore[list-item]  # one answer
    with pytest.raises(ServerError) as caught:
        await read(service).collect()
    with pytest.raises(PageExpiredError):
        await read(service).resume(told(caught)).collect()


async def test_beyond_what_was_known_the_cursor_goes_on() -> None:
    """Once a read that began anew has given something new, it goes on behind that."""
    service = book(5)
    service.answers[address(3)] = [GONE, page(3, 5, event("3a"))]
    service.answers[address(4)] = [FAULT, page(4, 5, event("4a"))]
    found: list[str] = []
    with pytest.raises(ServerError) as caught:
        await drain(read(service), found)
    assert ["1a", "1b", "2a", "2b", "3a"] == found
    service.asked.clear()
    assert ["4a", "5a", "5b"] == uids(await read(service).resume(told(caught)).collect())
    assert [address(4), address(5)] == service.asked
