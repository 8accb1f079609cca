"""Availability over the wire: the worked cases, members and their events, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import MONDAY, ask, at, busy, found, period
from .wire import Person, Wire, errors, keys


def hours(first: int, last: int) -> list[str]:
    """Full hours."""
    return [f"{hour:02}:00" for hour in range(first, last + 1)]


# The worked cases of the reference ----------------------------------------------------


@pytest.mark.parametrize(
    ("events", "changes", "expected"),
    [
        ([("11:00", "12:00")], {}, ["09:00-11:00", "12:00-17:00"]),
        ([("11:00", "12:00")], {"response_format": "slots"}, [*hours(9, 10), *hours(12, 16)]),
        ([("10:15", "10:45")], {"response_format": "slots"}, ["09:00", *hours(11, 16)]),
        (
            [("10:15", "10:45")],
            {"response_format": "overlapping_slots", "start_interval": {"minutes": 30}},
            ["09:00", *sorted([*hours(11, 16), *(f"{h}:30" for h in range(11, 16))])],
        ),
        (
            [("10:15", "10:45")],
            {
                "response_format": "slots",
                "start_interval": {"minutes": 15},
                "query_periods": [period("09:00", "13:00")],
            },
            ["09:00", "10:45", "11:45"],
        ),
        (
            [("11:30", "13:00")],
            {
                "buffer": {"before": {"minutes": 30}, "after": {"minutes": 15}},
                "query_periods": [period("09:00", "18:00")],
            },
            ["09:00-11:15", "13:30-18:00"],
        ),
        (
            [("11:30", "13:00")],
            {
                "buffer": {
                    "before": {"minimum": {"minutes": 30}},
                    "after": {"minimum": {"minutes": 15}},
                },
                "query_periods": [period("09:00", "18:00")],
                "response_format": "slots",
            },
            ["09:00", "10:00", *hours(14, 17)],
        ),
        (
            [("08:00", "08:45"), ("18:05", "19:00")],
            {
                "buffer": {"before": {"minutes": 30}, "after": {"minutes": 15}},
                "query_periods": [period("09:00", "18:00")],
            },
            ["09:15-17:50"],
        ),
        (
            [("10:00", "11:00")],
            {
                "query_periods": None,
                "query_slots": [{"start": at(c)} for c in ("09:00", "10:30", "14:00")],
            },
            ["09:00", "14:00"],
        ),
        (
            [("11:00", "12:00")],
            {"response_format": "slots", "max_results": 3},
            ["09:00", "10:00", "12:00"],
        ),
        ([("09:00", "17:00")], {"response_format": "slots"}, []),
        (
            [],
            {"required_duration": {"hours": 1, "minutes": 30}, "response_format": "slots"},
            ["09:00", "10:30", "12:00", "13:30", "15:00"],
        ),
    ],
)
def test_the_worked_cases_of_one_member(
    wire: Wire,
    person: Person,
    events: list[tuple[str, str]],
    changes: dict[str, Any],
    expected: list[str],
) -> None:
    """One person with these events is free at these times."""
    for start, end in events:
        busy(wire, person, start, end)
    assert expected == found(ask(wire, person, **changes))


def test_an_answer_has_the_shape_of_the_reference(wire: Wire, person: Person) -> None:
    """Slots and periods lie under different keys, in UTC, with everybody who is free."""
    other = wire.person()
    slots = ask(
        wire, person, other, response_format="slots", query_periods=[period("09:00", "10:00")]
    )
    entry = {
        "start": at("09:00"),
        "end": at("10:00"),
        "participants": [{"sub": person.sub}, {"sub": other.sub}],
    }
    assert {"available_slots": [entry]} == slots.json()
    periods = ask(wire, person, other, query_periods=[period("09:00", "10:00")])
    assert {"available_periods": [entry]} == periods.json()
    assert {"available_periods": []} == ask(
        wire, person, query_periods=[period("09:00", "09:30")]
    ).json()


def test_some_of_a_group_may_be_enough(wire: Wire) -> None:
    """With required 1 either will do, and everybody who is free is named."""
    a, b = wire.person(), wire.person()
    busy(wire, a, "09:00", "10:00")
    busy(wire, b, "10:00", "11:00")
    query: dict[str, Any] = {
        "participants": [{"members": [{"sub": a.sub}, {"sub": b.sub}], "required": 1}],
        "query_periods": [period("09:00", "12:00")],
        "response_format": "slots",
    }
    slots = ask(wire, **query).json()["available_slots"]
    assert [("09:00", [b.sub]), ("10:00", [a.sub]), ("11:00", [a.sub, b.sub])] == [
        (each["start"][11:16], [who["sub"] for who in each["participants"]]) for each in slots
    ]


def test_every_group_must_be_satisfied(wire: Wire) -> None:
    """Groups are combined: everybody of the first and a room of the second."""
    a, b, room, other_room = (wire.person() for _ in range(4))
    busy(wire, b, "09:00", "10:00")
    busy(wire, room, "10:00", "11:00")
    busy(wire, other_room, "09:00", "17:00")
    groups = [
        {"members": [{"sub": a.sub}, {"sub": b.sub}], "required": "all"},
        {"members": [{"sub": room.sub}, {"sub": other_room.sub}], "required": 1},
    ]
    response = ask(wire, participants=groups, response_format="slots")
    assert hours(11, 16) == found(response)
    (first, *_) = response.json()["available_slots"]
    assert [a.sub, b.sub, room.sub] == [each["sub"] for each in first["participants"]]


@pytest.mark.parametrize("old_name", [True, False])
@pytest.mark.parametrize("as_user", [True, False])
def test_old_names_and_either_credential_are_taken(
    wire: Wire, person: Person, old_name: bool, as_user: bool
) -> None:
    """available_periods is query_periods; a client secret and a user's token both do."""
    periods = [period("09:00", "10:00")]
    changes: dict[str, Any] = {"query_periods": periods}
    if old_name:
        changes = {"query_periods": None, "available_periods": periods}
    response = ask(wire, person, token=person.token if as_user else None, **changes)
    assert ["09:00-10:00"] == found(response)


def test_required_may_be_left_out(wire: Wire, person: Person) -> None:
    """A group without required means everybody."""
    groups = [{"members": [{"sub": person.sub}]}]
    assert ["09:00-17:00"] == found(ask(wire, participants=groups))


# Which events block -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "member", "blocks"),
    [
        ({}, {}, True),
        ({"transparency": "transparent"}, {}, False),
        ({"status": "tentative"}, {}, True),
        ({"status": "tentative"}, {"ignore_tentative": True}, False),
        ({"participation_status": "tentative"}, {"ignore_tentative": True}, False),
        ({"status": "cancelled"}, {}, False),
        ({"participation_status": "declined"}, {}, False),
        ({"participation_status": "needs_action"}, {}, True),
        ({}, {"only_managed_events": True}, False),
        ({}, {"calendar_ids": []}, False),
    ],
)
def test_an_event_blocks_or_not(
    wire: Wire, person: Person, details: dict[str, Any], member: dict[str, Any], blocks: bool
) -> None:
    """What an event is, and what the member says about events, decides."""
    busy(wire, person, "09:00", "17:00", **details)
    assert blocks is (found(ask(wire, {"sub": person.sub, **member})) == [])


def test_deleted_events_do_not_block(wire: Wire, person: Person) -> None:
    """An event that is cancelled gives its time back."""
    uid = busy(wire, person, "09:00", "17:00")
    wire.command("cancel_event", event_uid=uid)
    assert ["09:00-17:00"] == found(ask(wire, person))


def test_managed_events_block_and_can_be_left_out(wire: Wire, person: Person) -> None:
    """The application's own events block like others, unless they are excluded by either id."""
    wire.write(person, "mine", start=at("10:00"), end=at("11:00"))
    uid = busy(wire, person, "12:00", "13:00")
    assert ["09:00-10:00", "11:00-12:00", "13:00-17:00"] == found(ask(wire, person))
    only_managed = {"sub": person.sub, "only_managed_events": True}
    assert ["09:00-10:00", "11:00-17:00"] == found(ask(wire, only_managed))
    excluded = [{"event_id": "mine"}, {"event_uid": uid}]
    assert ["09:00-17:00"] == found(ask(wire, person, excluded_events=excluded))


@pytest.mark.parametrize(
    ("tzid", "expected"),
    [
        ("Etc/UTC", ["23:00-00:00", "00:00-01:00"]),
        # Monday in New York is 05:00 to 05:00 in UTC, in Tokyo 15:00 to 15:00.
        ("America/New_York", ["23:00-05:00"]),
        ("Asia/Tokyo", ["15:00-01:00"]),
    ],
)
def test_a_day_begins_where_its_person_lives(wire: Wire, tzid: str, expected: list[str]) -> None:
    """An opaque all-day event takes away the local day."""
    person = wire.person(tzid=tzid)
    wire.external(person, MONDAY, "2030-01-08", transparency="opaque")
    window = {"start": "2030-01-06T23:00:00Z", "end": "2030-01-08T01:00:00Z"}
    assert expected == found(ask(wire, person, query_periods=[window]))


def test_calendars_can_be_chosen(wire: Wire, person: Person) -> None:
    """Only events in these calendars count; a calendar of somebody else is refused."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    second = wire.sandbox.world.add_calendar(profile, "Second")
    busy(wire, person, "09:00", "12:00")
    busy(wire, Person(person.sub, "", "", second.calendar_id, ""), "13:00", "14:00")
    chosen = {"sub": person.sub, "calendar_ids": [second.calendar_id]}
    assert ["09:00-13:00", "14:00-17:00"] == found(ask(wire, chosen))
    stranger = {"sub": person.sub, "calendar_ids": [wire.person().calendar_id]}
    assert ["participants[0].members[0].calendar_ids"] == list(keys(ask(wire, stranger)))


def test_a_member_may_have_windows_and_a_buffer_of_its_own(wire: Wire) -> None:
    """Each member's periods and buffer hold for that member only."""
    a, b = wire.person(), wire.person()
    busy(wire, b, "10:00", "10:30")
    limited = {"sub": b.sub, "available_periods": [period("09:00", "12:00")]}
    assert ["09:00-10:00", "10:30-12:00"] == found(
        ask(wire, a, limited, query_periods=[period("09:00", "18:00")])
    )
    careful = {"sub": b.sub, "buffer": {"before": {"minutes": 30}}}
    assert ["09:00-10:00", "11:00-17:00"] == found(ask(wire, a, careful))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_constraints_limit_the_applications_own_events(
    wire: Wire, person: Person, limit: int
) -> None:
    """A day that holds as many of the application's events as allowed has no more room."""
    wire.write(person, "a", start=at("07:00"), end=at("07:30"), tags={"private": [{"value": "x"}]})
    wire.write(person, "b", start=at("07:30"), end=at("08:00"))
    busy(wire, person, "06:00", "06:30")
    for tags, count in ((None, 2), ("x", 1), ("y", 0)):
        rule: dict[str, Any] = {"period": "day", "limit": limit, "tzid": "Europe/London"}
        if tags is not None:
            rule["tags"] = {"private": [{"value": tags}]}
        member = {"sub": person.sub, "availability_constraints": [rule]}
        expected = [] if count >= limit else ["09:00-17:00"]
        assert expected == found(ask(wire, member))


# Statuses and refusals ----------------------------------------------------------------


def test_member_statuses_tell_how_far_to_rely_on_calendars(wire: Wire) -> None:
    """A disconnected or unread member does not make the query fail."""
    a, b, c = wire.person(), wire.person(), wire.person()
    wire.command("disconnect", profile_id=b.profile_id)
    wire.sandbox.world.accounts[c.sub].profiles[0].initial_sync_required = True
    response = ask(wire, a, b, c, include_member_statuses=True).json()
    assert [
        {"sub": a.sub, "sync_status": "active"},
        {"sub": b.sub, "sync_status": "disconnected"},
        {"sub": c.sub, "sync_status": "pending"},
    ] == response["member_statuses"]
    assert 1 == len(response["available_periods"])
    assert "member_statuses" not in ask(wire, a).json()


@pytest.mark.parametrize(
    ("changes", "field", "key"),
    [
        ({"participants": None}, "participants", "errors.required"),
        ({"required_duration": None}, "required_duration", "errors.required"),
        ({"query_periods": None}, "query_periods", "errors.required"),
        ({"query_periods": []}, "query_periods", None),
        ({"participants": []}, "participants", None),
        ({"required_duration": {"minutes": 0}}, "required_duration", None),
        ({"required_duration": {"hours": 1, "minutes": 60}}, "required_duration", None),
        ({"required_duration": 60}, "required_duration", None),
        ({"start_interval": {"minutes": 7}}, "start_interval", None),
        ({"max_results": 513}, "max_results", None),
        ({"max_results": 0}, "max_results", None),
        ({"response_format": "list"}, "response_format", None),
        ({"query_slots": [{"start": at("09:00")}]}, "query_periods", None),
        ({"query_periods": [period("10:00", "09:00")]}, "query_periods[0].end", None),
        (
            {"query_periods": [period("09:00", "10:00", "2029-12-31")]},
            "query_periods[0].end",
            None,
        ),
        (
            {"query_periods": None, "query_slots": [{"start": at("09:00", "2029-12-31")}]},
            "query_slots[0].start",
            None,
        ),
        (
            {"query_periods": [{"start": "2030-02-01T00:00:00Z", "end": "2030-03-08T00:00:01Z"}]},
            "query_periods[0].end",
            None,
        ),
        ({"query_period": []}, "query_period", "errors.not_recognized"),
    ],
)
def test_a_wrong_question_is_refused(
    wire: Wire, person: Person, changes: dict[str, Any], field: str, key: str | None
) -> None:
    """What is missing, out of bounds or past is 422 under its path."""
    response = ask(wire, person, **changes)
    assert {field: [key or "errors.invalid"]} == keys(response)


def test_exactly_35_days_are_allowed(wire: Wire, person: Person) -> None:
    """The limit belongs to the window."""
    window = {"start": "2030-02-01T00:00:00Z", "end": "2030-03-08T00:00:00Z"}
    assert 200 == ask(wire, person, query_periods=[window]).status


def test_a_period_that_has_begun_is_searched_from_now(wire: Wire, person: Person) -> None:
    """It is eight o'clock: nothing earlier is offered."""
    window = {"start": "2030-01-01T06:00:00Z", "end": "2030-01-01T10:00:00Z"}
    assert ["08:00-10:00"] == found(ask(wire, person, query_periods=[window]))


def test_members_must_be_known_and_have_scope(wire: Wire, person: Person) -> None:
    """An unknown sub is 422 on it; a scope without free-busy is 403."""
    response = ask(wire, person, {"sub": "acc_x"})
    assert ["participants[0].members[1].sub"] == list(errors(response))
    writer = wire.person("create_event delete_event")
    assert 403 == ask(wire, person, writer).status
    wire.command("revoke", sub=writer.sub)
    assert ["participants[0].members[1].sub"] == list(errors(ask(wire, person, writer)))


def test_an_application_calendar_can_take_part(wire: Wire, person: Person) -> None:
    """Its sub is a member like others."""
    body = {**wire.client, "application_calendar_id": "bay-3"}
    tokens = wire.send("POST", "/v1/application_calendars", body).json()
    room = Person(tokens["sub"], tokens["access_token"], "", "", "")
    (calendar,) = wire.get("/v1/calendars", room)["calendars"]
    room = Person(room.sub, room.token, "", calendar["calendar_id"], "")
    wire.write(room, start=at("09:00"), end=at("16:00"))
    assert ["16:00-17:00"] == found(ask(wire, person, room))


def test_clients_may_send_empty_buffers_and_nulls(wire: Wire, person: Person) -> None:
    """What official clients send for nothing is taken for nothing."""
    body = {
        "participants": [{"members": [{"sub": person.sub}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [{"start": "2030-01-07 09:00:00Z", "end": "2030-01-07T17:00:00.000Z"}],
        "buffer": {},
        "start_interval": None,
    }
    response = wire.send("POST", "/v1/availability", body, token=wire.secret)
    assert ["09:00-17:00"] == found(response)
