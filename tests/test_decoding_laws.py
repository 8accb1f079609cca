"""The short ways through a page give what the tolerant way gives."""

from __future__ import annotations

import gc
import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import pages as sample
from cronofy_async import InvalidArgumentError
from cronofy_async.core import codec
from cronofy_async.core.collector import paused
from cronofy_async.core.errors import DecodeError
from cronofy_async.core.paging import PagedOperation
from cronofy_async.core.rows import Rows
from cronofy_async.models import EventStatus, ZonedTime
from cronofy_async.operations import ReadAvailablePeriods, ReadEvents, ReadFreeBusy

from .strategies import json_values, texts

UTC_ZONE = "Etc/UTC"
READS: tuple[PagedOperation[Any], ...] = (
    ReadEvents(tzid=UTC_ZONE),
    ReadFreeBusy(tzid=UTC_ZONE),
    ReadAvailablePeriods(),
)

times = st.one_of(
    st.sampled_from(
        [
            "2030-01-07T09:00:00Z",
            "2030-01-07T09:00:00+01:00",
            "2030-01-07T09:00:00-00:00",
            "2030-01-07",
            "2030-01-07T09:00:00",
            "2030-01-07T09:00Z",
            "2030-01-07T09Z",
            "20300107T090000Z",
            "20300107T090000.123Z",
            "2030-W02-1T09:00:00Z",
            "2030-W02-1",
            "2030-01-07t09:00:00z",
            "2030-01-07 09:00:00Z",
            "2030-01-07T09:00:00.5Z",
            "2030-01-07T09:00:00.12345",
            "2030-01-07T09:00:00.1234567Z",
            "2030-01-07T09:00:00.123456789+01:00",
            "2030-01-07T09:00:60Z",
            "2030-01-07T24:00:00Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2030-13-07",
            "2030-02-30T09:00:00Z",
            "",
            "soon",
        ]
    ),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes(timezones=st.just(UTC)).map(lambda m: m.isoformat().replace("+00:00", "Z")),
    st.dates().map(date.isoformat),
    st.text("0123456789-:TZtz+. W", max_size=30),
)
zoned = st.fixed_dictionaries(
    {},
    optional={
        "time": times | json_values,
        "tzid": st.sampled_from(["Europe/Paris", "Nowhere/Land", "", "Etc/UTC"]) | json_values,
        "more": st.none(),
    },
)
values = times | zoned | json_values | st.sampled_from(["confirmed", "unheard_of", True, 1.5, -0.0])


def entries_of(operation: PagedOperation[Any]) -> Any:
    """Entries of an operation: mostly whole, each field perhaps odd or absent."""
    fields = attrs.fields(operation.item_type())
    needed = {f.name for f in fields if f.default is attrs.NOTHING}
    whole = {name: times if name in ("start", "end") else texts for name in needed}
    optional: dict[str, Any] = {
        codec.wire_name(f): values if f.name not in whole else whole[f.name] | values
        for f in fields
        if f.name not in needed
    }
    optional["unheard_of"] = json_values
    sound = st.fixed_dictionaries(whole, optional=optional)
    return st.lists(sound, max_size=3) | st.lists(sound | json_values, max_size=3)


bodies = st.sampled_from(READS).flatmap(
    lambda operation: st.tuples(st.just(operation), entries_of(operation), st.booleans())
)


def tolerant(operation: PagedOperation[Any], body: bytes) -> Any:
    """A page's entries, read by the converter of record alone; `None` if that is refused."""
    raw = codec.load(body)
    try:
        return [codec.structure(each, operation.item_type()) for each in raw[operation.items]]
    except DecodeError:
        return None


@given(bodies)
def test_the_fast_way_gives_what_the_tolerant_way_gives(
    case: tuple[PagedOperation[Any], list[Any], bool],
) -> None:
    """Entries are the same, field by field, or refused by both."""
    operation, entries, plain = case
    body = json.dumps({operation.items: entries}, ensure_ascii=plain).encode()
    expected = tolerant(operation, body)
    try:
        found = operation.read_body(body).items
    except DecodeError:
        assert expected is None
        return
    assert expected == found
    for mine, theirs in zip(expected, found, strict=True):
        assert [v.__class__ for v in attrs.astuple(mine, recurse=False)] == [
            v.__class__ for v in attrs.astuple(theirs, recurse=False)
        ]


@given(bodies)
def test_a_sketch_is_refused_when_the_page_is(
    case: tuple[PagedOperation[Any], list[Any], bool],
) -> None:
    """What is collected unread can be read later, and has the same identities."""
    operation, entries, plain = case
    body = json.dumps({operation.items: entries}, ensure_ascii=plain).encode()
    try:
        page = operation.read_body(body)
    except DecodeError:
        with pytest.raises(DecodeError):
            operation.read_sketch(body)
        return
    sketch = operation.read_sketch(body)
    assert page.place == sketch.place
    for name in type(operation).identity:
        assert [getattr(e, name) for e in page.items] == [getattr(e, name) for e in sketch.items]
    assert len(page.items) == len(sketch.items)


@given(bodies, st.data())
def test_rows_have_the_values_of_entries(
    case: tuple[PagedOperation[Any], list[Any], bool], data: st.DataObject
) -> None:
    """Each field that was asked for is what the whole entry has, read in any order of pages."""
    operation, entries, plain = case
    names = [field.name for field in attrs.fields(operation.item_type())]
    wanted = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    rows: Any = Rows(operation, wanted)
    body = json.dumps({operation.items: entries}, ensure_ascii=plain).encode()
    try:
        page = operation.read_body(body)
    except DecodeError:
        with pytest.raises(DecodeError):
            rows.read_body(body)
        return
    for _ in range(2):
        found = rows.read_body(body)
        assert page.place == found.place
        assert len(page.items) == len(found.items)
        for entry, row in zip(page.items, found.items, strict=True):
            for name in {*wanted, *type(operation).identity}:
                assert getattr(entry, name) == getattr(row, name)
                assert getattr(entry, name).__class__ is getattr(row, name).__class__


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"events": 1}',
        b'{"events": [{"calendar_id": "c", "event_uid": "e", "summary": "\xff"}]}',
        b'{"events": [{"calendar_id": "c", "event_uid": "e", "x": NaN}]}',
        b'{"events": [{"calendar_id": "c", "event_uid": "e"}], "pages": {"next_page": 1}}',
        b'{"events": [{"calendar_id": "c"}]}',
        b'{"events": [{"calendar_id": "c", "event_uid": null}]}',
    ],
)
def test_what_is_no_page_is_refused_on_every_way(body: bytes) -> None:
    """A short way does not see less than the long one."""
    operation = ReadEvents(tzid=UTC_ZONE)
    for read in (operation.read_body, operation.read_sketch, Rows(operation, ["end"]).read_body):
        with pytest.raises(DecodeError):
            read(body)


def test_the_sample_of_the_benchmarks_takes_the_fast_way() -> None:
    """The realistic page holds every form of time, and nothing that the decoder refuses."""
    operation = ReadEvents(tzid=UTC_ZONE)
    body = sample.body(sample.events(0), 1, 2, "https://api.cronofy.com/v1/events/pages/2")
    found = operation.read_body(body).items
    assert {datetime, date, ZonedTime} == {type(event.start) for event in found}
    assert found == tolerant(operation, body)
    assert 115_000 < len(body) < 135_000


def test_a_row_says_what_it_has_not() -> None:
    """What was not asked for is an error that tells how to ask for it, never a None."""
    rows: Any = Rows(ReadEvents(tzid=UTC_ZONE), ["summary"])
    (row,) = rows.read_body(
        b'{"events": [{"calendar_id": "c", "event_uid": "e", "summary": "s", "url": "u"}]}'
    ).items
    assert "EventRow(calendar_id='c', event_uid='e', summary='s', updated=None)" == repr(row)
    with pytest.raises(AttributeError, match=r"only\(\.\.\.\)"):
        _ = row.url
    with pytest.raises(AttributeError):
        row.summary = "t"
    assert {row} == {
        row,
        *rows.read_body(
            b'{"events": ['
            + b", ".join([b'{"calendar_id": "c", "event_uid": "e", "summary": "s"}'])
            + b"]}"
        ).items,
    }


@pytest.mark.parametrize("fields", [[], ["colour"], ["start", ""], [3]])
def test_only_fields_that_entries_have_can_be_asked_for(fields: list[Any]) -> None:
    """A name that is none is refused, with the ones that there are."""
    with pytest.raises(InvalidArgumentError, match="fields"):
        Rows(ReadEvents(tzid=UTC_ZONE), fields)


def test_an_unheard_of_status_is_made_once() -> None:
    """The same unknown text is the same member, which equals its text; no end of them is kept."""
    assert EventStatus("unheard_of") is EventStatus("unheard_of")
    assert "unheard_of" == EventStatus("unheard_of")
    assert type(EventStatus("unheard_of")) is EventStatus
    assert ["b0", "b4999"] == [EventStatus(f"b{n}").value for n in range(5000)][::4999]
    from cronofy_async.core.fields import _MAX_NEW_MEMBERS, _NEW_MEMBERS

    assert len(_NEW_MEMBERS) <= _MAX_NEW_MEMBERS


def test_the_collector_is_off_only_inside() -> None:
    """Nested and in threads at once, it is on again after the last, and off if it was off."""
    assert gc.isenabled()
    with paused:
        with paused:
            assert not gc.isenabled()
        assert not gc.isenabled()
        gate, out = threading.Event(), threading.Event()

        def other() -> None:
            with paused:
                gate.set()
                out.wait(5)

        thread = threading.Thread(target=other)
        thread.start()
        gate.wait(5)
    assert not gc.isenabled()
    out.set()
    thread.join()
    assert gc.isenabled()
    gc.disable()
    try:
        with paused:
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
