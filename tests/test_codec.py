"""From Python values to JSON and back, strictly and tolerantly."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_async.core import codec
from cronofy_async.core.errors import DecodeError, RequestParseError
from cronofy_async.core.secret import Secret
from cronofy_async.core.unset import UNSET, Unset
from cronofy_async.core.wire import Response
from cronofy_async.models import (
    Calendar,
    Duration,
    Event,
    EventStatus,
    EventTime,
    Moment,
    ProviderName,
    Userinfo,
    ZonedTime,
)
from cronofy_async.operations import ReadEvents

from .strategies import instances, json_values

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Inner:
    """A nested value."""

    size: int
    color: Literal["red", "blue"] = "red"


@attrs.frozen(kw_only=True)
class Outer:
    """A value with every kind of field."""

    name: str | None = None
    flag: bool | None = None
    from_: str | Unset = UNSET
    odd: str | Unset = attrs.field(default=UNSET, metadata=codec.named("very.odd"))
    items: tuple[str, ...] | Unset | None = UNSET
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    table: Mapping[str, Any] | None = None


# Writing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Outer(), {}),
        (Outer(items=None), {"items": None}),
        (Outer(items=()), {"items": []}),
        (Outer(items=("a",)), {"items": ["a"]}),
        (Outer(flag=False), {"flag": False}),
        (Outer(flag=True), {"flag": True}),
        (Outer(name=""), {"name": ""}),
        (Outer(from_="x", odd="y"), {"from": "x", "very.odd": "y"}),
        (Outer(inner=Inner(size=0)), {"inner": {"size": 0}}),
        (Outer(inner=Inner(size=0, color="blue")), {"inner": {"size": 0, "color": "blue"}}),
        (Outer(table={"a": [1, None, {}]}), {"table": {"a": [1, None, {}]}}),
    ],
)
def test_absent_null_empty_and_false_are_different_things(value: Outer, expected: Any) -> None:
    """Only a default is left out; null, an empty list and false are sent as what they are."""
    assert expected == codec.unstructure(value)
    assert value == codec.structure(expected, Outer, strict=True)


@attrs.frozen
class Defaults:
    """Values whose defaults are equal to others in Python, but not on the wire."""

    off: Any = False
    none_left: Any = 0
    once: Any = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Defaults(), {}),
        (Defaults(False, 0, 1), {}),
        (Defaults(off=0), {"off": 0}),
        (Defaults(none_left=False), {"none_left": False}),
        (Defaults(once=True), {"once": True}),
        (Defaults(once=1.0), {"once": 1.0}),
    ],
)
def test_only_the_very_default_is_left_out(value: Defaults, expected: Any) -> None:
    """In Python 0 equals False and 1 equals True; on the wire they are different things."""
    assert repr(expected) == repr(codec.unstructure(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NINE, "2030-01-07T09:00:00Z"),
        (NINE.astimezone(timezone(timedelta(hours=-5))), "2030-01-07T09:00:00Z"),
        (datetime(2030, 1, 7, 9), "2030-01-07T09:00:00"),  # noqa: DTZ001
        (date(2030, 1, 7), "2030-01-07"),
        (ZonedTime(date(2030, 1, 7), "Etc/UTC"), {"time": "2030-01-07", "tzid": "Etc/UTC"}),
        (Duration(90), {"minutes": 90}),
        (Secret("t0k3n"), "t0k3n"),
        (EventStatus("new"), "new"),
        ({1: (NINE, {"x"})}, {"1": ["2030-01-07T09:00:00Z", ["x"]]}),
        (UNSET, "UNSET"),
    ],
)
def test_values_have_one_form_on_the_wire(value: Any, expected: Any) -> None:
    """Moments are sent in UTC with Z, days as dates, durations in minutes, secrets as text."""
    assert expected == codec.unstructure(value)


@pytest.mark.parametrize("value", [object(), b"bytes", 1j])
def test_what_has_no_form_on_the_wire_is_refused(value: object) -> None:
    """A value without a JSON form is never sent as its repr."""
    with pytest.raises(TypeError, match=type(value).__name__):
        codec.unstructure(value)


# Reading strictly ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "complaints"),
    [
        ({"colour": 1}, {"colour": "is not a known parameter"}),
        ({"name": 1}, {"name": "must be a string"}),
        ({"flag": "false"}, {"flag": "must be a boolean"}),
        ({"flag": 1}, {"flag": "must be a boolean"}),
        ({"from": None}, {"from": "must not be null"}),
        ({"items": "a"}, {"items": "must be a list"}),
        ({"items": ["a", 2]}, {"items[1]": "must be a string"}),
        ({"inner": {}}, {"inner.size": "must be specified"}),
        ({"inner": {"size": True}}, {"inner.size": "must be an integer"}),
        ({"inner": {"size": 1.5}}, {"inner.size": "must be an integer"}),
        ({"inner": []}, {"inner": "must be an object"}),
        ({"inners": [{"size": 1}, {"size": 1, "x": 2}]}, {"inners[1].x": "is not a known"}),
        ({"inner": {"size": 1, "color": "pink"}}, {"inner.color": "must be one of red, blue"}),
        (
            {"name": 1, "inners": [{}, 3]},
            {"name": "a string", "inners[0].size": "specified", "inners[1]": "an object"},
        ),
        ([], {"": "must be an object"}),
    ],
)
def test_strict_reading_names_every_fault(raw: Any, complaints: Mapping[str, str]) -> None:
    """All that is wrong is told at once, each under the path of its field on the wire."""
    with pytest.raises(RequestParseError) as caught:
        codec.structure(raw, Outer, strict=True)

    assert complaints.keys() == caught.value.errors.keys()
    for path, words in complaints.items():
        assert words in caught.value.errors[path][0].description


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        (Moment, "2030-01-07T09:00:00"),
        (Moment, "2030-01-07T09:00:00.5Z"),
        (Moment, "2030-01-07"),
        (EventTime, "2030-01-07T09:00:00.001Z"),
        (EventTime, {"time": "2030-01-07T09:00:00.001Z", "tzid": "Etc/UTC"}),
        (EventTime, {"time": "2030-01-07T09:00:00Z", "tzid": "Mars/Base"}),
        (EventTime, {"time": "2030-01-07T09:00:00Z"}),
        (EventTime, "2030-02-30"),
        (Duration, {"minutes": -1}),
        (Duration, {"hours": 1, "minutes": 60}),
        (Duration, {"seconds": 1}),
        (Duration, 30),
        (Secret, ""),
        (Secret, "a\r\nb"),
    ],
)
def test_strict_reading_keeps_to_the_forms_of_the_reference(type_: Any, raw: Any) -> None:
    """What the service would refuse is refused: naive moments, fractions, unknown zones."""
    with pytest.raises(RequestParseError) as caught:
        codec.structure(raw, type_, strict=True)
    assert [""] == list(caught.value.errors)


def test_a_duration_is_read_in_hours_too() -> None:
    """Hours and minutes make minutes."""
    assert Duration(150) == codec.structure({"hours": 2, "minutes": 30}, Duration, strict=True)


# Reading tolerantly ----------------------------------------------------------------------


def read(raw: Any, type_: Any = Event) -> Any:
    """Read a JSON value as an answer's bytes."""
    return codec.decode(json.dumps(raw).encode(), type_)


EVENT = {"calendar_id": "cal_1", "event_uid": "evt_1"}


@pytest.mark.fault(22)
def test_unknown_keys_are_passed_over() -> None:
    """The service adds attributes at any time, also deep inside."""
    raw = {**EVENT, "new": [{}], "options": {"delete": True, "fly": True}}

    assert read({**EVENT, "options": {"delete": True}}) == read(raw)


@pytest.mark.fault(22)
def test_unknown_values_of_enums_are_kept() -> None:
    """A value that this version does not know is still readable and still equals its text."""
    event = read({**EVENT, "status": "postponed"})

    assert event.status == "postponed"
    assert isinstance(event.status, EventStatus)
    assert {"status": "postponed"} == {"status": codec.unstructure(event)["status"]}


@pytest.mark.fault(22)
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None], {"description": 3}])
@pytest.mark.parametrize("field", ["location", "attendees", "recurring", "created", "categories"])
def test_what_cannot_be_read_falls_back_to_its_default(
    field: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A null or a wrong type in one field costs that field alone, and the log names it."""
    caplog.set_level(logging.WARNING, "cronofy_async")
    event = read({**EVENT, "summary": "s", field: value})

    assert "s" == event.summary
    if value is None:
        assert getattr(event, field) is None
        assert "" == caplog.text
    elif getattr(event, field) is None:
        assert field in caplog.text


def test_the_log_holds_no_content(caplog: pytest.LogCaptureFixture) -> None:
    """What could not be read is named by its field, never shown."""
    caplog.set_level(logging.DEBUG)
    read({**EVENT, "recurring": "canary"})

    assert "recurring" in caplog.text
    assert "canary" not in caplog.text


def test_what_identifies_a_thing_must_be_there() -> None:
    """An answer without its ids is an error that says where, not an empty object."""
    with pytest.raises(DecodeError) as caught:
        read({"calendar_id": "cal_1"})
    assert ("event_uid",) == caught.value.paths


def test_names_with_dots_are_read() -> None:
    """The two keys of userinfo that are no Python names become fields."""
    raw = {"sub": "acc_1", "cronofy.type": "account", "cronofy.data": {"profiles": []}}
    userinfo = read(raw, Userinfo)

    assert "account" == userinfo.type
    assert () == userinfo.data.profiles
    assert raw == codec.unstructure(userinfo)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2030-01-07T09:00:00Z", NINE),
        ("2030-01-07T11:00:00+02:00", NINE),
        ("2030-01-07 09:00:00Z", NINE),
        ("2030-01-07T09:00:00", datetime(2030, 1, 7, 9)),  # noqa: DTZ001
        ("2030-01-07T09:00:00.250Z", NINE.replace(microsecond=250_000)),
        ("0000-12-29T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-01:00", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2030-01-07", date(2030, 1, 7)),
        (
            {"time": "2030-01-07T10:00:00+01:00", "tzid": "Europe/Paris"},
            ZonedTime(NINE, "Europe/Paris"),
        ),
        (
            {"time": "2030-01-07", "tzid": "Europe/Paris"},
            ZonedTime(date(2030, 1, 7), "Europe/Paris"),
        ),
    ],
)
def test_times_of_answers_are_read_in_all_their_forms(raw: Any, expected: Any) -> None:
    """Naive times stay naive, moments come in UTC, and years beyond Python's are clamped."""
    event = read({**EVENT, "start": raw})

    assert expected == event.start
    assert repr(expected) == repr(event.start)


def test_stamps_before_year_one_are_clamped() -> None:
    """Exchange's oldest items are stamped in year 0, which `datetime` cannot hold."""
    event = read({**EVENT, "created": "0000-12-29T00:00:00Z", "updated": "2030-01-07T09:00:00Z"})

    assert datetime(1, 1, 1, tzinfo=UTC) == event.created
    assert NINE == event.updated


@pytest.mark.fault(20, 21)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b'{"calendar_id": "c", "event_uid": "e", "x": NaN}',
        b'{"calendar_id": "c", "event_uid": "e", "x": Infinity}',
        b"[" * 100_000,
        b"\xff\xfe{}",
        b"null",
        b"[]",
    ],
)
def test_what_is_no_json_object_is_an_error_of_ours(body: bytes) -> None:
    """Broken, endless or foreign bodies raise `DecodeError`, never a bare error of a library."""
    with pytest.raises(DecodeError):
        codec.decode(body, Event)


@pytest.mark.fault(20)
def test_a_byte_order_mark_is_passed_over() -> None:
    """Some gateways put one in front of a body."""
    body = b"\xef\xbb\xbf" + json.dumps(EVENT).encode()

    assert read(EVENT) == codec.decode(body, Event)


def test_models_are_filled_without_the_converter() -> None:
    """The types that come by the thousand take the fast way."""
    for type_ in (Event, Calendar, list[Calendar]):
        assert codec.decoder(type_) is not None


# The fast way and the tolerant way -----------------------------------------------------

ODD_TIMES = (
    "0000-12-29T00:00:00Z",
    "2026-03-01 14:30:00Z",
    "2026-03-01T14:30:00",
    "2026-03-01T14:30:00.123Z",
    "2026-03-01T14:30:00+05:45",
    "2026-03-01T14:30Z",
    "2026-03-01",
    "20260301T143000Z",
    "2026-02-30T00:00:00Z",
    "soon",
    "",
)
odd_values = st.one_of(
    st.none(),
    st.sampled_from(ODD_TIMES),
    st.sampled_from([{"time": "2026-03-01", "tzid": "Mars/Base"}, {"time": None}, {"tzid": "x"}]),
    json_values,
    st.floats(allow_nan=False, allow_infinity=False),
)


RICH: dict[str, Any] = {
    **EVENT,
    "event_id": "booking-42",
    "summary": "Board meeting",
    "description": "",
    "start": {"time": "2026-03-01T15:30:00+01:00", "tzid": "Europe/Paris"},
    "end": "2026-03-01T16:00:00Z",
    "deleted": False,
    "created": "2026-02-01T08:00:01Z",
    "updated": "2026-02-01T09:24:16Z",
    "location": {"description": "High St", "lat": "48.85", "long": "2.35"},
    "participation_status": "accepted",
    "attendees": [{"email": "a@example.com", "display_name": None, "status": "declined"}],
    "organizer": {"email": "b@example.com"},
    "transparency": "opaque",
    "status": "confirmed",
    "categories": ["x"],
    "recurring": True,
    "conferencing": {"pending": True},
    "options": {"delete": True, "update": False},
}
FIELDS = sorted({field.name for field in attrs.fields(Event)} - EVENT.keys())
INNER = ("location", "organizer", "conferencing", "options")


@st.composite
def odd_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event as the service might write it, with some odd values in it."""
    event = dict(RICH)
    for field in draw(st.lists(st.sampled_from(sorted(RICH)), max_size=2)):
        # A missing id is an error by itself, so let it be rare.
        if field not in EVENT or draw(st.integers(0, 4)) == 0:
            event.pop(field, None)
    event |= draw(st.dictionaries(st.sampled_from([*FIELDS, "new"]), odd_values, max_size=3))
    inner = draw(st.sampled_from(INNER))
    if isinstance(event.get(inner), dict):
        names = st.sampled_from([*RICH[inner], "new"])
        event[inner] = event[inner] | draw(st.dictionaries(names, odd_values, max_size=2))
    return event


def tolerant(events: list[Any]) -> list[Event] | DecodeError:
    """The events of a page by the tolerant way alone, or why it cannot be read."""
    try:
        return [codec.structure(event, Event) for event in events]
    except DecodeError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.lists(odd_events(), min_size=1, max_size=4))
def test_the_fast_way_equals_the_tolerant_way(events: list[Any]) -> None:
    """Whatever a page holds, both ways read the same events or refuse it for the same cause."""
    body = json.dumps({"pages": {"current": 1, "total": 1}, "events": events}).encode()
    expected = tolerant(events)
    if isinstance(expected, DecodeError):
        with pytest.raises(DecodeError) as caught:
            ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))
        assert expected.paths[0] in caught.value.paths[0]
    else:
        page = ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))
        assert expected == page.items


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_one_odd_event_never_loses_the_page(data: st.DataObject) -> None:
    """Its neighbours are read in full, and of itself all that can be read."""
    good = [codec.unstructure(data.draw(instances(Event))) for _ in range(2)]
    wrong = data.draw(st.dictionaries(st.sampled_from(FIELDS), odd_values, min_size=1, max_size=4))
    body = json.dumps({"events": [good[0], {**EVENT, **wrong, "url": "u"}, good[1]]}).encode()
    page = ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))

    first, odd, last = page.items
    assert [codec.structure(each, Event) for each in good] == [first, last]
    assert (EVENT["event_uid"], "u") == (odd.event_uid, odd.url)


def test_half_a_character_costs_nothing_else() -> None:
    """Text that is no Unicode, in one event, leaves the page and the event readable."""
    events = b'{"calendar_id": "c", "event_uid": "a", "summary": "\\ud800", "recurring": 7},'
    body = b'{"pages": {"current": 1}, "events": [' + events + json.dumps(RICH).encode() + b"]}"
    page = ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))

    assert ["a", "evt_1"] == [event.event_uid for event in page.items]
    assert (1, "\ud800") == (page.current, page.items[0].summary)


@pytest.mark.parametrize("next_page", [b"7", b'null, "next_page": []', b'{"url": "x"}'])
@pytest.mark.parametrize("summary", [b'"s"', b'"\\ud800"'])
def test_a_next_page_that_cannot_be_read_is_no_last_page(next_page: bytes, summary: bytes) -> None:
    """A read never ends early in silence because the way on was not understood."""
    body = b'{"pages": {"next_page": %b}, "events": [{"calendar_id": "c", "event_uid": "a", '
    body = body % next_page + b'"summary": ' + summary + b"}]}"

    with pytest.raises(DecodeError):
        ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))


def test_the_place_of_what_is_unreadable_is_always_told() -> None:
    """Also where not even the entry's fields can be told apart."""
    events = b'{"calendar_id": "c", "event_uid": "a", "summary": ' + b"9" * 5000 + b"}"
    body = b'{"events": [{"calendar_id": "c", "event_uid": "b"}, ' + events + b"]}"

    with pytest.raises(DecodeError) as caught:
        ReadEvents(tzid="Etc/UTC").from_response(Response(200, (), body))
    assert ("events[1]",) == caught.value.paths


@pytest.mark.parametrize("strict", [False, True])
def test_enums_become_members_on_every_path(strict: bool) -> None:
    """A string of an enum is its member however it is read, not only equal to it."""
    raw = {"calendar_id": "cal_1", "provider_name": "google"}
    read = codec.structure(raw, Calendar, strict=strict)
    fast = codec.decode(json.dumps(raw).encode(), Calendar)

    assert read.provider_name is fast.provider_name is ProviderName.GOOGLE


def test_a_type_without_a_form_on_the_wire_is_no_answer() -> None:
    """A class that nobody registered cannot be read, fast or not."""

    @attrs.frozen
    class Odd:
        value: complex

    with pytest.raises(DecodeError):
        codec.decode(b'{"value": "1+2j"}', Odd)


def test_what_has_no_json_form_is_refused() -> None:
    """A value that JSON cannot say is an error of whoever wrote it."""
    with pytest.raises(TypeError, match="complex"):
        codec.unstructure({"a": [1j]})
