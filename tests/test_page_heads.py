"""The next page, out of the first bytes of a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async.core.errors import DecodeError
from cronofy_async.core.head import read_head
from cronofy_async.core.paging import Place
from cronofy_async.operations import ReadEvents

from .strategies import json_values, texts

NEXT = "https://api.cronofy.com/v1/events/pages/2"
HERE = Place(1, 2, NEXT)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"pages":{"current":1,"total":2,"next_page":"%b"},"events":[' % NEXT.encode(), HERE),
        (b' \n{ "pages" :\t{"total":2,"next_page":"%b","current":1} ,' % NEXT.encode(), HERE),
        (b'{"p\\u0061ges":{"current":1,"total":2,"next_page":"%b"}}' % NEXT.encode(), HERE),
        (
            b'{"pages":{"current":1,"total":2,"next_page":"%b"}}'
            % NEXT.replace("/", "\\/").encode(),
            HERE,
        ),
        (b'{"pages":{"current":1,"total":1}}', Place(1, 1)),
        (b'{"pages":{"current":1,"total":1,"next_page":null}}', Place(1, 1)),
        (b'{"x":{"pages":{"current":7}},"y":["pages"],"pages":{"current":1}}', Place(1)),
        (b'{"x":"{\\"pages\\":{}","pages":{"current":1}}', Place(1)),
        ('{"x":"ü€","pages":{"current":1}}'.encode(), Place(1)),
        (b'{"pages":{"current":1,"more":{"a":[1]}}}', Place(1)),
        (b'{"events":[],"pages":{"current":1}}', Place(1)),
    ],
)
def test_a_head_tells_where_the_page_stands(body: bytes, place: Place) -> None:
    """Escapes, blanks, the order of keys and nested keys of the same name do not confuse."""
    assert place == read_head(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"pages"',
        b"{}",
        b'{"events":[]}',
        b'{"pages":null}',
        b'{"pages":[1]}',
        b'{"pages":{"current":"1"}}',
        b'{"pages":{"next_page":7}}',
        b'{"pages":{"current":1',
        b'{"pages"}',
        b'{pages:{"current":1}}',
        b'{"events":[' + b'"x",' * 400 + b'"x"],"pages":{"current":1}}',
        b'{"x":"' + b"y" * 1010 + b'","pages":{"current":1}}',
        b'{"pages":{"next_page":"' + b"y" * 1010 + b'"}}',
        b"\xef\xbb\xbf" + b'{"pages":{"current":1}}',
        b"[" * 1024,
        b'{"pages":' + b"[" * 1024,
        b'{"x":' + b"9" * 1024,
    ],
)
def test_a_head_that_does_not_tell_says_so(body: bytes) -> None:
    """What is no page, or has its place further on, is left to the decoder."""
    assert None is read_head(body)


places = st.fixed_dictionaries(
    {},
    optional={
        "current": st.integers(1, 9) | st.none(),
        "total": st.integers(1, 9) | st.none(),
        "next_page": st.none() | texts,
        "other": json_values,
    },
)
bodies = st.dictionaries(texts.filter(lambda t: t not in ("pages", "events")), json_values).flatmap(
    lambda more: st.permutations([*more.items(), ("pages", None), ("events", [])]).flatmap(
        lambda pairs: places.map(lambda place: {k: place if k == "pages" else v for k, v in pairs})
    )
)


@given(bodies, st.booleans(), st.none() | st.integers(0, 2), st.integers(0, 2000))
def test_a_head_never_contradicts_the_page(
    body: dict[str, Any], plain: bool, indent: int | None, cut: int
) -> None:
    """Whatever a head tells is what the decoded page says; of a part, nothing else."""
    raw = json.dumps(body, ensure_ascii=plain, indent=indent).encode()
    try:
        place = ReadEvents(tzid="Etc/UTC").read_body(raw).place
    except DecodeError:
        assert read_head(raw) is None
        return
    assert read_head(raw) in (place, None)
    assert read_head(raw[:cut]) in (place, None)
    if len(raw) <= 1024:
        assert place == read_head(raw)
