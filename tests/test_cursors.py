"""Cursors as values: what they hold, and what is none."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from cronofy_async import Cursor, InvalidArgumentError
from cronofy_async.core.hosts import Hosts
from cronofy_async.core.wire import Request
from cronofy_async.operations import ReadEvents

API = "https://api.cronofy.com"
WHAT = ReadEvents(tzid="Etc/UTC")


def text(*state: Any) -> str:
    """Some state as the text of a cursor."""
    return urlsafe_b64encode(json.dumps(state).encode()).decode()


def test_it_is_its_text() -> None:
    """Which goes into URLs and file names as it is."""
    cursor = Cursor.of(WHAT, f"{API}/v1/events/pages/2", 1, 2)
    assert cursor == str(cursor)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert vars(cursor) == vars(Cursor(str(cursor)))


@pytest.mark.parametrize(
    ("next_page", "pages", "at_end"),
    [(None, 0, False), (None, 1, True), (f"{API}/p", 0, False), (f"{API}/p", 1, False)],
)
def test_an_end_is_where_nothing_follows_what_was_read(
    next_page: str | None, pages: int, at_end: bool
) -> None:
    """Before the first page nothing follows either, but that is the beginning."""
    assert at_end is Cursor.of(WHAT, next_page, pages, 0).at_end


def test_it_leads_to_the_next_page() -> None:
    """Asked for with its path alone, as requests are; at first there is none."""
    hosts = Hosts.of()
    cursor = Cursor.of(WHAT, f"{API}/v1/events/pages/2?a=b", 1, 2)
    assert Request("GET", "/v1/events/pages/2?a=b") == cursor.request(WHAT, hosts)
    assert Cursor.of(WHAT, None, 0, 0).request(WHAT, hosts) is None


@pytest.mark.parametrize(
    "odd",
    [
        text("x", None, -1, 0),
        text("x", None, 0, -1),
        text("x", None, "1", 0),
        text("x", 7, 0, 0),
        text("x", None, 0),
        text("x", None, 0, 0, 0),
        "%",
        "é",
    ],
)
def test_what_is_none_is_refused_by_name(odd: str) -> None:
    """With what to give instead."""
    with pytest.raises(InvalidArgumentError, match="same read") as caught:
        Cursor(odd)
    assert "cursor" == caught.value.field
    assert (0, 0) == (Cursor(text("x", None, 0, 0)).pages, Cursor(text("x", None, 0, 0)).entries)


def test_one_of_another_read_is_refused_by_name() -> None:
    """As its page would not be of this read."""
    cursor = Cursor.of(ReadEvents(tzid="Europe/Paris"), None, 0, 0)
    assert not cursor.is_of(WHAT)
    with pytest.raises(InvalidArgumentError) as caught:
        cursor.request(WHAT, Hosts.of())
    assert "cursor" == caught.value.field
