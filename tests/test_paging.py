"""Chains of pages, without loop or network."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import DecodeError, PaginationError, UnsafeURLError
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.operation import Credential, Retry
from cronofy_async.core.paging import Page, PagedOperation, Trail
from cronofy_async.core.wire import Request, Response

API = "https://api.cronofy.com"


@attrs.frozen(kw_only=True)
class Thing:
    """An entry."""

    name: str
    size: int | None = None


@attrs.frozen(kw_only=True)
class ReadThings(PagedOperation[Thing]):
    """A paged call."""

    method, path, source = "GET", "/v1/things", "/"
    credential, retry = Credential.ACCESS_TOKEN, Retry.READ
    items = "things"


def read(body: Any) -> Page[Thing]:
    """Read a page out of a JSON value or bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ReadThings().from_response(Response(200, (), content))


def test_a_page_is_read_with_its_place() -> None:
    """Entries come in order, with the page's number, the count and the next page."""
    body = {
        "pages": {"current": 1, "total": 2, "next_page": f"{API}/p2"},
        "things": [{"name": "a"}, {"name": "b", "size": 3, "new": {}}],
    }

    assert Page([Thing(name="a"), Thing(name="b", size=3)], 1, 2, f"{API}/p2") == read(body)


def test_one_odd_entry_does_not_lose_the_page() -> None:
    """A field that cannot be read falls back to its default; the other entries are whole."""
    page = read({"things": [{"name": "a", "size": 1}, {"name": "b", "size": "big"}]})

    assert [Thing(name="a", size=1), Thing(name="b")] == page.items


def test_an_entry_that_cannot_be_read_at_all_is_an_error_with_its_place() -> None:
    """An entry without what identifies it is never dropped in silence."""
    with pytest.raises(DecodeError) as caught:
        read({"things": [{"name": "a"}, {"size": 1}]})
    assert ("things[1].name",) == caught.value.paths


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"things": 1}'])
def test_what_is_no_page_is_an_error(body: bytes) -> None:
    """A body without a list of entries is never taken for an empty page."""
    with pytest.raises(DecodeError):
        read(body)


@pytest.mark.parametrize(
    ("current", "total", "next_page", "last"),
    [
        (1, 1, None, True),
        (1, 2, None, True),
        (1, 1, f"{API}/p2", True),
        (1, 2, f"{API}/p2", False),
        (None, None, f"{API}/p2", False),
        (3, 2, f"{API}/p4", False),
    ],
)
def test_the_last_page_is_known_by_both_signs(
    current: int | None, total: int | None, next_page: str | None, last: bool
) -> None:
    """The last page has no next page, or is the one that the total counts last."""
    assert last == Page([], current, total, next_page).is_last


def test_the_trail_follows_pages_on_the_own_origin() -> None:
    """The next request is a plain GET of the next page's path and query."""
    page = Page[Thing]([], 1, 3, f"{API}/v1/things/pages/2?x=1")

    assert Request("GET", "/v1/things/pages/2?x=1") == Trail(Hosts.of()).after(page)
    assert Trail(Hosts.of()).after(Page[Thing]([], 1, 1)) is None


@pytest.mark.fault(36)
def test_the_trail_does_not_leave_the_origin() -> None:
    """A next page on another origin is refused before anything is sent there."""
    with pytest.raises(UnsafeURLError):
        Trail(Hosts.of()).after(Page[Thing]([], 1, 2, "https://evil.test/v1/things/pages/2"))


@pytest.mark.fault(36)
def test_the_trail_does_not_go_in_circles() -> None:
    """A page that leads to one already read is an error, not an endless loop."""
    trail = Trail(Hosts.of())
    for number in (2, 3):
        trail.after(Page[Thing]([], number - 1, 9, f"{API}/p{number}"))

    with pytest.raises(PaginationError):
        trail.after(Page[Thing]([], 3, 9, f"{API}/p2"))


@pytest.mark.fault(36)
@pytest.mark.parametrize("query", ["tzid=Etc%2FUTC&from=2030", "from=2030&tzid=Etc/UTC"])
def test_the_trail_does_not_lead_back_to_the_first_page(query: str) -> None:
    """The first request counts as read, however the service quotes and orders its query."""
    trail = Trail(Hosts.of(), Request("GET", "/v1/things?tzid=Etc%2FUTC&from=2030"))

    assert trail.after(Page[Thing]([], 1, 9, f"{API}/v1/things?tzid=Etc%2FUTC")) is not None
    with pytest.raises(PaginationError):
        trail.after(Page[Thing]([], 2, 9, f"{API}/v1/things?{query}"))
