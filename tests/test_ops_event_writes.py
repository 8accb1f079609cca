"""Writing events: their times, their bounds and the shorthands of their parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from cronofy_async.core.errors import InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request
from cronofy_async.models import (
    AttachmentRef,
    AttendeeChanges,
    Conferencing,
    Duration,
    EventTags,
    Interaction,
    InteractionType,
    Invitee,
    Location,
    MeetingAgent,
    Recurrence,
    RecurrenceRule,
    Reminder,
    Subscription,
    Tag,
    Transition,
    ZonedTime,
)
from cronofy_async.operations import EditExternalEvent, UpsertEvent, parse

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
WALL = datetime(2030, 1, 7, 9)  # noqa: DTZ001
DAY = date(2030, 1, 7)
PARIS = "Europe/Paris"
# In the night to 27 October 2030 the clocks in Paris show the hour from 2 to 3 twice.
TWICE = datetime(2030, 10, 27, 2, 30)  # noqa: DTZ001
# In the night to 31 March 2030 they do not show it at all.
NEVER = datetime(2030, 3, 31, 2, 30)  # noqa: DTZ001


def upsert(**given: Any) -> UpsertEvent:
    """An event with these parts."""
    usual: dict[str, Any] = {"calendar_id": "c", "event_id": "e", "summary": "s"}
    if "start" not in given and "end" not in given:
        usual |= {"start": NINE, "end": TEN}
    return UpsertEvent(**{**usual, **given})


def sent(operation: UpsertEvent | EditExternalEvent) -> dict[str, Any]:
    """The body of its request."""
    body: dict[str, Any] = json.loads(operation.to_request().body)
    return body


# Times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"start": NINE, "end": TEN},
            {"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z"},
        ),
        (
            {"start": NINE.astimezone(ZoneInfo(PARIS)), "end": TEN, "tzid": PARIS},
            {"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z", "tzid": PARIS},
        ),
        (
            {"start": WALL, "end": WALL, "tzid": PARIS},
            {"start": "2030-01-07T09:00:00", "end": "2030-01-07T09:00:00", "tzid": PARIS},
        ),
        ({"start": DAY, "end": date(2030, 1, 9)}, {"start": "2030-01-07", "end": "2030-01-09"}),
        (
            {"start": ZonedTime(WALL, PARIS), "end": ZonedTime(TEN, "Asia/Tokyo")},
            {
                "start": {"time": "2030-01-07T09:00:00", "tzid": PARIS},
                "end": {"time": "2030-01-07T10:00:00Z", "tzid": "Asia/Tokyo"},
            },
        ),
        (
            {"start": WALL, "end": TEN, "tzid": PARIS},
            {"start": "2030-01-07T09:00:00", "end": "2030-01-07T10:00:00Z", "tzid": PARIS},
        ),
        (
            {"start": ZonedTime(DAY, PARIS), "end": DAY},
            {"start": {"time": "2030-01-07", "tzid": PARIS}, "end": "2030-01-07"},
        ),
        # In Tokyo the day has begun long before, but days are days.
        (
            {"start": ZonedTime(DAY, PARIS), "end": ZonedTime(DAY, "Asia/Tokyo")},
            {"end": {"time": "2030-01-07", "tzid": "Asia/Tokyo"}},
        ),
    ],
)
def test_times_are_sent_in_the_form_given(given: dict[str, Any], expected: Any) -> None:
    """A moment with Z, a wall-clock time without, a day as a date, a zone beside its time."""
    operation = upsert(**given)

    assert expected == {name: sent(operation)[name] for name in expected}
    assert operation == parse(operation.to_request())


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"start": WALL, "end": TEN}, "start", "give a tzid"),
        ({"start": NINE, "end": WALL}, "end", "give a tzid"),
        ({"start": NINE.replace(microsecond=1), "end": TEN}, "start", "microsecond=0"),
        ({"start": NINE, "end": TEN.replace(microsecond=999_999)}, "end", "microsecond=0"),
        ({"start": DAY, "end": TEN}, "end", "two dates or two times"),
        ({"start": NINE, "end": DAY}, "end", "two dates or two times"),
        ({"start": ZonedTime(DAY, PARIS), "end": TEN}, "end", "two dates or two times"),
        ({"start": TEN, "end": NINE}, "end", "later"),
        ({"start": DAY, "end": date(2030, 1, 6)}, "end", "later"),
        ({"start": ZonedTime(DAY, PARIS), "end": date(2030, 1, 6)}, "end", "later"),
        (
            {"start": WALL, "end": WALL - timedelta(seconds=1), "tzid": PARIS},
            "end",
            "later",
        ),
        # Nine in Paris is eight in UTC, and midnight in Tokyo of that day long ago.
        ({"start": ZonedTime(WALL, PARIS), "end": ZonedTime(WALL, "Asia/Tokyo")}, "end", "later"),
        (
            {"start": WALL, "end": datetime(2030, 1, 7, 7, 59, tzinfo=UTC), "tzid": PARIS},
            "end",
            "later",
        ),
        ({"start": "2030-01-07T09:00:00Z", "end": TEN}, "start", "give a datetime"),
        ({"start": NINE, "end": None}, "end", "give a datetime"),
        (
            {
                "start": datetime.max.replace(microsecond=0, tzinfo=timezone(-timedelta(hours=1))),
                "end": TEN,
            },
            "start",
            "nearer",
        ),
        ({"start": WALL, "end": WALL, "tzid": "Europe/Atlantis"}, "tzid", "IANA"),
    ],
)
def test_times_that_cannot_be_meant_are_refused(
    given: dict[str, Any], field: str, words: str
) -> None:
    """Naive without a zone, fractions, a day beside a time, an end before its start."""
    with pytest.raises(InvalidArgumentError) as caught:
        upsert(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # From the first half past two to the second quarter past.
        (TWICE, TWICE.replace(minute=15)),
        (TWICE, datetime(2030, 10, 27, 0, 30, tzinfo=UTC)),
        (datetime(2030, 10, 27, 1, 30, tzinfo=UTC), TWICE),
        (NEVER, datetime(2030, 3, 31, 0, 30, tzinfo=UTC)),
        (datetime(2030, 3, 31, 1, 30, tzinfo=UTC), NEVER),
    ],
)
def test_times_that_may_be_meant_are_left_to_the_service(start: datetime, end: datetime) -> None:
    """On the nights when clocks change, a time is refused only if it is wrong either way."""
    operation = upsert(start=start, end=end, tzid=PARIS)

    assert (start, end) == (operation.start, operation.end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2030, 10, 27, 1, 30, 1, tzinfo=UTC), TWICE),
        (datetime(2030, 3, 31, 1, 30, 1, tzinfo=UTC), NEVER),
        (TWICE, datetime(2030, 10, 27, 0, 29, 59, tzinfo=UTC)),
    ],
)
def test_times_that_are_wrong_either_way_are_refused(start: datetime, end: datetime) -> None:
    """One second further there is no reading left that is right."""
    with pytest.raises(InvalidArgumentError, match="before start"):
        upsert(start=start, end=end, tzid=PARIS)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"start": "2030-01-07T09:00:00.5Z"}, "start", "fraction"),
        ({"start": "2030-01-07T09:00:00"}, "start", "naive"),
        ({"start": "2030-01-07"}, "end", "two dates or two times"),
        ({"start": "2030-01-08T09:00:00Z"}, "end", "before start"),
        ({"start": {"time": "2030-01-07T09:00:00Z", "tzid": "x"}}, "start", "time zone"),
        ({"reminders": [{"minutes": -1}]}, "reminders[0].minutes", "negative"),
        ({"reminders": [{"minutes": 1}] * 6}, "reminders", "at most 5"),
        ({"transparency": "unknown"}, "transparency", "opaque, transparent"),
        ({"summary": ""}, "summary", "empty"),
        ({"subscriptions": [{"type": "email", "uri": "https://a.b"}]}, "subscriptions[0].type", ""),
        ({"attendees": {"uninvite": []}}, "attendees.uninvite", "not a known parameter"),
    ],
)
def test_a_request_is_held_to_the_same_rules(
    body: Mapping[str, Any], field: str, words: str
) -> None:
    """What cannot be made cannot be parsed, and the complaint has the field's path."""
    given = {"event_id": "e", "summary": "s", "end": "2030-01-07T10:00:00Z"}
    given |= {"start": "2030-01-07T09:00:00Z", **body}
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", "/v1/calendars/c/events", (), json.dumps(given).encode()))

    assert [field] == list(caught.value.errors)
    assert words in caught.value.errors[field][0].description


# Bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"calendar_id": ""}, "calendar_id", "give a string"),
        ({"event_id": ""}, "event_id", "give a string"),
        ({"event_id": 42}, "event_id", "give a string"),
        ({"summary": ""}, "summary", "give a string"),
        ({"summary": "x" * 1025}, "summary", "at most 1024"),
        ({"description": "x" * 4097}, "description", "at most 4096"),
        ({"transparency": "unknown"}, "transparency", "opaque, transparent"),
        ({"color": "red"}, "color", "#49BED8"),
        ({"extended_transparency": "unknown"}, "extended_transparency", "out_of_office"),
        ({"color": "#49BED"}, "color", "#49BED8"),
        ({"color": "49BED8"}, "color", "#49BED8"),
        ({"reminders": [1, 2, 3, 4, 5, 6]}, "reminders", "at most 5"),
        ({"reminders": [-1]}, "minutes", "minutes as an int"),
        ({"reminders": [True]}, "minutes", "minutes as an int"),
        ({"reminders": [1.5]}, "minutes", "minutes as an int"),
        ({"reminders": [timedelta(seconds=90)]}, "minutes", "whole minutes"),
        ({"reminders": 30}, "reminders", "give a list"),
        ({"reminders": "30"}, "reminders", "give a list"),
        ({"subscriptions": "https://a.b"}, "subscriptions", "give a list"),
        ({"attachments": 7}, "attachments", "give a list"),
        ({"attendees": {"invite": []}}, "attendees", "give a list"),
    ],
)
@pytest.mark.parametrize("cls", [UpsertEvent, EditExternalEvent])
def test_what_the_reference_bounds_is_refused_with_a_remedy(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """A wrong part is named, with what to do, before anything is sent."""
    key = str(cls.selector)
    named = {name.replace("event_id", key): value for name, value in given.items()}
    usual = {"calendar_id": "c", key: "e", "summary": "s", "start": NINE, "end": TEN}
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**{**usual, **named})

    assert field.replace("event_id", key) == caught.value.field
    assert words in caught.value.remedy


def test_bounds_are_inclusive() -> None:
    """The longest texts and the most reminders are taken."""
    operation = upsert(summary="x" * 1024, description="x" * 4096, reminders=[0, 1, 2, 3, 4])

    assert (1024, 4096, 5) == (
        len(operation.summary),
        len(sent(operation)["description"]),
        len(sent(operation)["reminders"]),
    )


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Conferencing("explicit"), "provider_description"),
        (lambda: Conferencing("explicit", "Bridge"), "join_url"),
        (lambda: Conferencing("explicit", join_url="https://a.b"), "provider_description"),
        (lambda: Conferencing("explicit", "Bridge", "a.b"), "join_url"),
        (lambda: Subscription(uri="a.b"), "uri"),
        (lambda: Subscription(uri="ftp://a.b"), "uri"),
        (lambda: Subscription(uri="https://a.b", type="email"), "type"),  # type: ignore[arg-type]
        (lambda: Subscription(uri="https://a.b", interactions=3), "interactions"),  # type: ignore[arg-type]
        (lambda: Transition(offset=1), "before"),
        (lambda: Transition(before="event_start", after="event_end", offset=1), "before"),
        (lambda: Transition(before="noon", offset=1), "before"),  # type: ignore[arg-type]
        (lambda: Transition(before="event_start", offset=-1), "offset"),
        (lambda: RecurrenceRule(frequency="hourly"), "frequency"),  # type: ignore[arg-type]
        (lambda: RecurrenceRule(frequency="daily", interval=0), "interval"),
        (lambda: RecurrenceRule(frequency="daily", by_day=["monday"]), "by_day"),
        (lambda: RecurrenceRule(frequency="weekly", by_day=["Monday"]), "by_day"),  # type: ignore[list-item]
        (lambda: RecurrenceRule(frequency="daily", until=NINE.replace(microsecond=1)), "until"),
        (lambda: RecurrenceRule(frequency="daily", until="2030-01-07"), "until"),  # type: ignore[arg-type]
        (lambda: Recurrence(3), "rules"),  # type: ignore[arg-type]
    ],
)
def test_a_part_that_cannot_be_meant_is_refused(make: Any, field: str) -> None:
    """Each part of an event checks itself when it is made."""
    with pytest.raises(InvalidArgumentError) as caught:
        make()
    assert field == caught.value.field


# Shorthands ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "short", "whole", "wire"),
    [
        ("location", "Room 4", Location(description="Room 4"), {"description": "Room 4"}),
        (
            "reminders",
            [30, timedelta(hours=1), Duration(0), Reminder(5)],
            (Reminder(30), Reminder(60), Reminder(0), Reminder(5)),
            [{"minutes": 30}, {"minutes": 60}, {"minutes": 0}, {"minutes": 5}],
        ),
        ("reminders", [], (), []),
        (
            "attendees",
            ["bo@example.com", Invitee("al@example.com", "Al")],
            AttendeeChanges(invite=[Invitee("bo@example.com"), Invitee("al@example.com", "Al")]),
            {
                "invite": [
                    {"email": "bo@example.com"},
                    {"email": "al@example.com", "display_name": "Al"},
                ]
            },
        ),
        (
            "attendees",
            AttendeeChanges(invite=(), remove="bo@example.com"),
            AttendeeChanges(invite=[], remove=[Invitee("bo@example.com")]),
            {"invite": [], "remove": [{"email": "bo@example.com"}]},
        ),
        ("conferencing", "default", Conferencing("default"), {"profile_id": "default"}),
        ("conferencing", "pro_1", Conferencing("pro_1"), {"profile_id": "pro_1"}),
        (
            "conferencing",
            Conferencing("explicit", "Bridge", "https://a.b/j"),
            Conferencing("explicit", "Bridge", "https://a.b/j"),
            {
                "profile_id": "explicit",
                "provider_description": "Bridge",
                "join_url": "https://a.b/j",
            },
        ),
        (
            "subscriptions",
            [
                Subscription(
                    uri="https://a.b/h",
                    interactions=["conferencing_assigned", Interaction(type="new")],
                    transitions=[Transition(before="event_start", offset=timedelta(hours=1))],
                )
            ],
            (
                Subscription(
                    uri="https://a.b/h",
                    interactions=(
                        Interaction(type=InteractionType.CONFERENCING_ASSIGNED),
                        Interaction(type=InteractionType("new")),
                    ),
                    transitions=(Transition(before="event_start", offset=Duration(60)),),
                ),
            ),
            [
                {
                    "type": "webhook",
                    "uri": "https://a.b/h",
                    "interactions": [{"type": "conferencing_assigned"}, {"type": "new"}],
                    "transitions": [{"before": "event_start", "offset": {"minutes": 60}}],
                }
            ],
        ),
        ("subscriptions", [], (), []),
        ("attachments", "att_1", (AttachmentRef("att_1"),), [{"attachment_id": "att_1"}]),
        ("attachments", ["att_1"], (AttachmentRef("att_1"),), [{"attachment_id": "att_1"}]),
        ("meeting_agent", "cronofy", MeetingAgent("cronofy"), {"profile_id": "cronofy"}),
        (
            "recurrence",
            RecurrenceRule(frequency="weekly", by_day="monday", interval=2),
            Recurrence([RecurrenceRule(frequency="weekly", by_day=["monday"], interval=2)]),
            {"rules": [{"frequency": "weekly", "interval": 2, "by_day": ["monday"]}]},
        ),
        ("recurrence", [], Recurrence([]), {"rules": []}),
        (
            "tags",
            ["Interview", Tag("Urgent")],
            EventTags(private=(Tag("Interview"), Tag("Urgent"))),
            {"private": [{"value": "Interview"}, {"value": "Urgent"}]},
        ),
        ("url", None, None, None),
        ("event_private", False, False, False),
    ],
)
def test_shorthands_stand_for_whole_values(field: str, short: Any, whole: Any, wire: Any) -> None:
    """A converter gives the value that it stands for, and leaves such a value alone."""
    operation = upsert(**{field: short})

    assert whole == getattr(operation, field)
    assert operation == upsert(**{field: whole})
    assert wire == sent(operation)[field]


def test_a_series_ends_by_the_clock_of_its_event() -> None:
    """A naive datetime needs no zone of its own there; the exceptions are taken over as a copy."""
    exceptions: dict[str, Any] = {"dates": [{"x": 1}]}
    rule = RecurrenceRule(frequency="daily", until=WALL, count=3, exceptions=exceptions)
    operation = upsert(recurrence=rule)
    exceptions.clear()

    assert {
        "frequency": "daily",
        "until": "2030-01-07T09:00:00",
        "count": 3,
        "exceptions": {"dates": [{"x": 1}]},
    } == sent(operation)["recurrence"]["rules"][0]
    assert operation == parse(operation.to_request())


def test_only_what_was_given_is_sent() -> None:
    """A default is the service's business: what was left out stays as it is there."""
    assert {"event_id", "summary", "start", "end"} == sent(upsert()).keys()


def test_an_external_event_is_named_by_its_uid() -> None:
    """The same details go to the same place, told apart by which id is there."""
    operation = EditExternalEvent(
        calendar_id="c", event_uid="evt_external_1", summary="s", start=NINE, end=TEN
    )
    request = operation.to_request()

    assert upsert().to_request().url == request.url
    assert "evt_external_1" == sent(operation)["event_uid"]
    assert "event_id" not in sent(operation)
    assert operation == parse(request)


def test_both_writes_have_the_fields_of_the_reference() -> None:
    """Every field of the reference's table, except the one of which no shape is known."""
    documented = (
        "summary description start end tzid location url transparency extended_transparency "
        "event_private color reminders reminders_create_only attendees conferencing "
        "subscriptions attachments meeting_agent recurrence locale tags include_userinfo"
    )
    for cls in (UpsertEvent, EditExternalEvent):
        own = {"calendar_id", str(cls.selector), "extra"}
        fields = {field.name for field in attrs.fields(cls)}
        assert {*documented.split(), *own} == fields
