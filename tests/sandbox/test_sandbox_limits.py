"""What is too much, too long or too far away is refused, and how the service says so."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from cronofy_async.core.operation import Operation
from cronofy_transports.sandbox import Choices
from cronofy_transports.sandbox.error_keys import ERROR_KEYS
from cronofy_transports.sandbox.handlers.registry import HANDLERS

from .asking import ask, at, period
from .digest import digest
from .furnishing import OPERATIONS, SAMPLED, Furnished, sample_of
from .test_sandbox_strictness import at as value_at
from .test_sandbox_strictness import dotted, name_of, places, put, written
from .wire import Person, Wire, errors, keys

AnyOperation = type[Operation[Any]]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MONTHS = {"minutes": 35 * 24 * 60 + 1}


# Lengths and numbers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"required_duration": MONTHS}, "required_duration"),
        ({"buffer": {"before": MONTHS}}, "buffer.before"),
        ({"buffer": {"after": {"minimum": MONTHS}}}, "buffer.after"),
        ({"buffer": {"after": {"maximum": MONTHS}}}, "buffer.after"),
    ],
)
def test_meetings_and_buffers_are_not_longer_than_a_search(
    wire: Wire, person: Person, changes: dict[str, Any], field: str
) -> None:
    """More than 35 days are out of range; for a meeting of a sequence too."""
    assert {field: ["errors.out_of_range"]} == keys(ask(wire, person, **changes))
    longest = {"minutes": 35 * 24 * 60}
    assert 200 == ask(wire, person, required_duration=longest).status
    item = {
        "sequence_id": "a",
        "participants": [{"members": [{"sub": person.sub}]}],
        "required_duration": {"minutes": 60},
        **changes,
    }
    body = {"query_periods": [period("09:00", "17:00")], "sequence": [item]}
    response = wire.send("POST", "/v1/sequenced_availability", body, token=wire.secret)
    assert [f"sequence[0].{field}"] == list(errors(response))


def test_a_members_buffer_is_named_with_the_member(wire: Wire, person: Person) -> None:
    """Where it lies among the groups."""
    member = {"sub": person.sub, "buffer": {"before": MONTHS}}
    field = "participants[0].members[1].buffer.before"
    assert [field] == list(errors(ask(wire, person, member)))


@pytest.mark.parametrize("required", [0, -1, 2, "some", True])
def test_no_more_can_be_required_than_there_are(wire: Wire, person: Person, required: Any) -> None:
    """From one to the number of members, or all."""
    groups = [{"members": [{"sub": person.sub}], "required": required}]
    (field,) = errors(ask(wire, participants=groups))
    assert "participants[0].required" == field


def test_a_conversation_searches_no_longer_than_a_question(wire: Wire, person: Person) -> None:
    """35 days from the earliest start, as for availability."""
    periods = [period("09:00", "17:00"), {"start": at("09:00"), "end": "9030-01-01T00:00:00Z"}]
    body = {"participants": [{"sub": person.sub}], "available_periods": periods}
    response = wire.send("POST", "/v1/scheduling_conversations", body, token=person.token)
    assert {"available_periods[1].end": ["errors.out_of_range"]} == keys(response)


def test_slots_and_sequences_lie_as_near_together_as_periods(wire: Wire, person: Person) -> None:
    """35 days hold for the slots of a question, and for the periods of a sequence and its items."""
    slots = [{"start": "2030-02-11T09:00:01Z"}, {"start": at("09:00")}]
    response = ask(wire, person, query_periods=None, query_slots=slots)
    assert {"query_slots[0].start": ["errors.out_of_range"]} == keys(response)
    long = [{"start": at("09:00"), "end": "9030-01-01T00:00:00Z"}]
    item = {
        "sequence_id": "a",
        "participants": [{"members": [{"sub": person.sub}]}],
        "required_duration": {"minutes": 60},
    }
    for body, field in (
        ({"query_periods": long, "sequence": [item]}, "query_periods[0].end"),
        ({"sequence": [{**item, "query_periods": long}]}, "sequence[0].query_periods[0].end"),
    ):
        response = wire.send("POST", "/v1/sequenced_availability", body, token=wire.secret)
        assert {field: ["errors.out_of_range"]} == keys(response)


# Times --------------------------------------------------------------------------------

IN_UTC = [cls for cls in OPERATIONS if HANDLERS[cls].in_utc]


@pytest.mark.parametrize("cls", IN_UTC, ids=name_of)
@pytest.mark.parametrize("offset", ["+01:00", "-0530"])
def test_availability_is_in_utc(cls: AnyOperation, offset: str) -> None:
    """A time with another offset is named; one that is written as +00:00 is in UTC."""
    furnished = Furnished()
    sample = sample_of(cls)
    request, body = furnished.request(sample), furnished.body(sample)
    times = [
        path
        for path in places(body)
        if path[-1] in ("start", "end", "time") and str(value_at(body, path)).endswith("Z")
    ]
    assert times
    for path in times:
        text = value_at(body, path).removesuffix("Z")
        response = furnished.sandbox.handle(written(request, put(body, path, text + offset)))
        assert [dotted(path)] == list(errors(response))
        fine = written(request, put(body, path, f"{text}+00:00"))
        assert 2 == furnished.sandbox.handle(fine).status // 100


@pytest.mark.parametrize("tzid", ["Pacific/Kiritimati", "Etc/GMT+12", None])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01", "0001-01-03"),
        ("9999-12-29", "9999-12-31"),
        ("0001-01-01T00:00:00", "0001-01-01T01:00:00"),
        ("9999-12-31T22:00:00", "9999-12-31T23:59:59"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T01:00:00+14:00"),
        ("2030-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_no_event_is_at_the_end_of_time(
    wire: Wire, person: Person, start: str, end: str, tzid: str | None
) -> None:
    """What could not be shown in every zone is out of range; so are available periods."""
    zone = {} if tzid is None else {"tzid": tzid}
    found = keys(wire.write(person, start=start, end=end, **zone))
    assert ["errors.out_of_range"] in found.values()
    if len(start) > 20:
        body = {"available_period_id": "p", "start": start[:19] + "Z", "end": end[:19] + "Z"}
        response = wire.send("POST", "/v1/available_periods", body, token=person.token)
        assert ["errors.out_of_range"] in keys(response).values()


@pytest.mark.parametrize(
    "rule",
    [
        {"frequency": "daily", "interval": 2**31 - 1},
        {"frequency": "weekly", "interval": 2**31 - 1, "by_day": ["monday", "friday"]},
        {"frequency": "monthly", "interval": 2**31 - 1},
        {"frequency": "yearly", "interval": 2**31 - 1},
        {"frequency": "yearly", "count": 2**31 - 1},
    ],
)
def test_a_series_may_have_one_occurrence(wire: Wire, person: Person, rule: dict[str, Any]) -> None:
    """Whatever does not come again within two years, or ever, is left out."""
    assert 202 == wire.write(person, recurrence={"rules": [rule]}).status
    later = {"from_": "2030-01-03", "to": "2031-01-01", "only_managed": True}
    assert [] == wire.events(person, **later)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"end": "2040-01-02T11:00:00Z"}, "recurrence"),
        ({"start": "9999-01-01", "end": "9999-01-02"}, "end"),
        ({}, "recurrence.rules[0].until"),
    ],
)
def test_a_series_ends_before_time_does(
    wire: Wire, person: Person, details: dict[str, Any], field: str
) -> None:
    """Events longer than a series and series into the last days are refused, and not begun."""
    rule = {"frequency": "daily", "until": "9999-12-31"}
    response = wire.write(person, recurrence={"rules": [rule]}, **details)
    assert {field: ["errors.out_of_range"]} == keys(response)
    assert [] == wire.events(person, only_managed=True)


# Forms and batches --------------------------------------------------------------------


def test_a_form_is_not_nested_without_end(wire: Wire, person: Person) -> None:
    """Some dozens of brackets are enough for everybody."""
    path = f"/v1/calendars/{quote(person.calendar_id, safe='')}/events"
    for content in (b"a" + b"[b]" * 40 + b"=1", b"a" + b"[b]" * 20_000 + b"=1"):
        assert errors(wire.send("POST", path, content, token=person.token, headers=FORM))


BATCHABLE = [each for each in SAMPLED if each.cls.batchable]


@pytest.mark.parametrize("sample", BATCHABLE, ids=lambda sample: sample.name)
def test_an_entry_of_a_batch_is_judged_as_a_call_of_its_own(sample: Any) -> None:
    """The same is taken and refused, with the same words, and refusals change nothing."""
    alone, batched = Furnished(), Furnished()
    good = alone.body(sample)
    wrong = [good, {}, *(put(good, path, {"x": 1}) for path in places(good))]
    for body in (*wrong, {**good, "x": 1}):
        expected = alone.sandbox.handle(written(alone.request(sample), body))
        entry = {"method": sample.cls.method, "relative_url": alone.request(sample).path}
        before = digest(batched.sandbox.world)
        whole = {"batch": [{**entry, "data": body}]}
        response = batched.send("POST", "/v1/batch", whole, token=batched.person_.token)
        (answer,) = response.json()["batch"]
        assert (207, expected.status) == (response.status, answer["status"])
        assert (expected.json() if expected.body else None) == answer.get("data")
        if expected.status >= 400:
            assert before == digest(batched.sandbox.world)


# Words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("errors.required", ("POST", "/v1/calendars/{calendar}/events", {})),
        ("errors.must_be_boolean", ("DELETE", "/v1/events", {"delete_all": "yes"})),
        ("errors.invalid_calendar_ids", ("DELETE", "/v1/events", {"calendar_ids": ["cal_x"]})),
        (
            "errors.must_be_external_event_uid",
            ("DELETE", "/v1/calendars/{calendar}/events", {"event_uid": "evt_x"}),
        ),
        (
            "errors.duplicate_calendar_name",
            ("POST", "/v1/calendars", {"profile_id": "{profile}", "name": "Work"}),
        ),
    ],
)
def test_known_complaints_have_the_services_words(
    wire: Wire, person: Person, key: str, request_: tuple[str, str, dict[str, Any]]
) -> None:
    """The key and description that its pages and official clients show."""
    method, path, body = request_
    path = path.replace("{calendar}", quote(person.calendar_id, safe=""))
    body = {k: person.profile_id if v == "{profile}" else v for k, v in body.items()}
    found = errors(wire.send(method, path, body, token=person.token))
    known = ERROR_KEYS[key]
    assert known.words is not None
    assert known.source is not None
    for field, complaints in found.items():
        words = known.words.format(name=field)
        assert [{"key": key, "description": words}] == complaints


def test_every_documented_key_is_tried() -> None:
    """The list above has all keys whose words are known."""
    (mark,) = [
        each
        for each in getattr(test_known_complaints_have_the_services_words, "pytestmark", [])
        if each.name == "parametrize"
    ]
    tried = {key for key, _ in mark.args[1]}
    assert {key for key, each in ERROR_KEYS.items() if each.words is not None} == tried


def test_unknown_parameters_can_be_passed_over() -> None:
    """A dial lets a program through that sends more than the sandbox knows."""
    wire = Wire(Choices(unknown_parameters="ignore"))
    person = wire.person()
    path = f"/v1/calendars/{quote(person.calendar_id, safe='')}/events?x=1"
    event = {"event_id": "e1", "summary": "s", "start": at("09:00"), "end": at("10:00"), "x": 1}
    assert 202 == wire.send("POST", path, event, token=person.token).status
    entry = {"method": "POST", "relative_url": "/v1/nothing"}
    batch = {"batch": [entry], "x": 1}
    assert 207 == wire.send("POST", "/v1/batch", batch, token=person.token).status
