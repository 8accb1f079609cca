"""The edges of pages: how an operation declares them, and what only the tolerant way reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import DecodeError, PaginationError
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.paging import Page, PagedOperation, Trail
from cronofy_async.core.wire import Request
from cronofy_async.operations import ReadEvents

from .test_paging import API, ReadThings, Thing

READS: tuple[Callable[[bytes], Page[Thing]], ...] = (
    ReadThings().read_body,
    ReadThings().read_sketch,
)


@attrs.frozen(kw_only=True)
class Told(ReadThings, identity=("name",), version="size"):
    """A paged call whose entries can be told apart."""


@attrs.frozen(kw_only=True)
class Heir(Told):
    """A call that says nothing of its own."""


class TestDeclared:
    """What a paged operation says of its entries."""

    def test_by_default_nothing_tells_entries_apart(self) -> None:
        """Nor when they were changed."""
        assert ((), None) == (ReadThings.identity, ReadThings.version)

    @pytest.mark.parametrize("kind", [Told, Heir])
    def test_what_is_declared_holds_for_heirs(self, kind: type[PagedOperation[Any]]) -> None:
        """Unless they declare it anew."""
        assert (("name",), "size") == (kind.identity, kind.version)

    def test_an_answer_is_a_page_of_entries(self) -> None:
        """As the documentation shows it."""
        assert Page[Thing] == ReadThings.answer_type()
        assert Thing is ReadThings.item_type()


@pytest.mark.parametrize("read", READS)
class TestTolerantWay:
    """Pages that no strict decoder reads."""

    @pytest.mark.parametrize(
        "body",
        [
            (
                b'\xef\xbb\xbf{"pages":{"current":1,"total":2,"next_page":"%b"},'
                b'"things":[{"name":"a"}]}'
            ),
            (
                b'{"things":[{"name":"a","more":"\\ud800"}],'
                b'"pages":{"current":1,"total":2,"next_page":"%b"}}'
            ),
        ],
    )
    def test_a_mark_or_half_a_character_does_not_lose_the_page(
        self, read: Callable[[bytes], Page[Thing]], body: bytes
    ) -> None:
        """Nor where it stands."""
        page = read(body % f"{API}/p2".encode())
        assert (1, 2, f"{API}/p2") == (page.current, page.total, page.next_page)
        assert ["a"] == [each.name for each in page.items]

    def test_a_page_that_says_nothing_of_itself_is_the_only_one(
        self, read: Callable[[bytes], Page[Thing]]
    ) -> None:
        """Also on this way."""
        for mark in (b"", b"\xef\xbb\xbf"):
            page = read(mark + b'{"things":[{"name":"a"},{"name":"b"}]}')
            assert (2, None, True) == (len(page.items), page.next_page, page.is_last)

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize(
        ("entry", "path"), [(b"{}", "things[1].name"), (b"7", "things[1]"), (b"null", "things[1]")]
    )
    def test_an_entry_that_is_none_is_named_by_its_place(
        self, read: Callable[[bytes], Page[Thing]], mark: bytes, entry: bytes, path: str
    ) -> None:
        """And by the field in it, if it has fields."""
        with pytest.raises(DecodeError, match="the page cannot be read at") as caught:
            read(mark + b'{"things":[{"name":"a"},' + entry + b"]}")
        assert (path,) == caught.value.paths

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("body", [b"[]", b"{}", b'{"things":{}}', b'{"things":[],"pages":7}'])
    def test_what_is_no_page_is_named_by_its_entries(
        self, read: Callable[[bytes], Page[Thing]], mark: bytes, body: bytes
    ) -> None:
        """It is never taken for an empty one."""
        with pytest.raises(DecodeError, match="not a page") as caught:
            read(mark + body)
        assert ("things",) == caught.value.paths


def test_a_sketch_passes_over_what_it_does_not_need() -> None:
    """But not over what is no text at all, which could not be read later."""
    operation = ReadEvents(tzid="Etc/UTC")
    body = '{"events":[{"calendar_id":"c","event_uid":"e","summary":"ü"}]}'.encode()
    (whole,), (sketch,) = operation.read_body(body).items, operation.read_sketch(body).items
    assert (whole.event_uid, "ü") == (sketch.event_uid, whole.summary)
    assert not isinstance(sketch, type(whole))
    with pytest.raises(DecodeError):
        operation.read_sketch(body.replace("ü".encode(), b"\xff"))


class TestTrail:
    """Which pages are one."""

    def test_an_empty_parameter_is_one(self) -> None:
        """A page with it is another than the one without."""
        trail = Trail(Hosts.of(), Request("GET", "/v1/things?x=1"))
        assert trail.after(Page[Thing]([], 1, 9, f"{API}/v1/things?x=1&y=")) is not None
        assert trail.after(Page[Thing]([], 2, 9, f"{API}/v1/things?x=1&y=2")) is not None

    def test_a_fragment_is_none(self) -> None:
        """It is not sent, so it leads to the same page."""
        trail = Trail(Hosts.of(), Request("GET", "/v1/things#top"))
        with pytest.raises(PaginationError, match="page 1"):
            trail.after(Page[Thing]([], 1, 9, f"{API}/v1/things"))

    def test_a_page_that_was_forgotten_may_come_again(self) -> None:
        """And one that was noted may not."""
        trail = Trail(Hosts.of())
        page = Page[Thing]([], 1, 9, f"{API}/p2?a=1&b=2")
        request = trail.after(page)
        assert request is not None
        trail.forget(request)
        assert request == trail.after(page)
        trail.forget(request)
        trail.note(Request("GET", "/p2?b=2&a=1"))
        with pytest.raises(PaginationError):
            trail.after(page)
