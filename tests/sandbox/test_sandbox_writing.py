"""Writing events over the wire: upserts, external events, deleting."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .wire import Person, Wire, errors, keys


def own(wire: Wire, person: Person, **query: Any) -> dict[str, Any]:
    """The one event that the application manages."""
    (event,) = wire.events(person, only_managed=True, **query)
    return event


def delete(wire: Wire, person: Person, **body: Any) -> Response:
    """Delete an event."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    return wire.send("DELETE", path, body, token=person.token)


def edit(wire: Wire, person: Person, uid: str, **details: Any) -> Response:
    """Change an external event."""
    body = {
        "event_uid": uid,
        "summary": "Changed",
        "start": "2030-01-04T10:00:00Z",
        "end": "2030-01-04T11:00:00Z",
        **details,
    }
    path = f"/v1/calendars/{person.calendar_id}/events"
    return wire.send("POST", path, body, token=person.token)


# Upserting ----------------------------------------------------------------------------


def test_an_upsert_creates_and_then_changes(wire: Wire, person: Person) -> None:
    """The first request creates, the second changes; both are 202 without a body."""
    created = wire.write(person, description="Q2")
    assert (202, b"") == (created.status, created.body)
    before = own(wire, person)
    wire.command("advance", seconds=10)
    assert 202 == wire.write(person, summary="Longer talk", end="2030-01-02T12:00:00Z").status
    after = own(wire, person)
    assert ("Longer talk", "Q2", "2030-01-02T12:00:00Z") == (
        after["summary"],
        after["description"],
        after["end"],
    )
    assert before["event_uid"] == after["event_uid"]
    assert before["created"] == after["created"] < after["updated"]


def test_two_calendars_have_events_of_their_own(wire: Wire, person: Person) -> None:
    """The key is calendar and event_id: the same id elsewhere is another event."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    second = wire.sandbox.world.add_calendar(profile, "Second")
    wire.write(person)
    wire.write(Person(person.sub, person.token, "", second.calendar_id, ""))
    assert 2 == len(wire.events(person, only_managed=True))


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        (
            {"start": "2030-01-02T10:00:00Z", "end": "2030-01-02T11:00:00Z"},
            "2030-01-02T10:00:00Z",
            "2030-01-02T11:00:00Z",
        ),
        (
            {
                "start": "2030-07-02T10:00:00",
                "end": "2030-07-02T11:00:00",
                "tzid": "Europe/Paris",
            },
            "2030-07-02T08:00:00Z",
            "2030-07-02T09:00:00Z",
        ),
        (
            {
                "start": "2030-07-02T10:00:00Z",
                "end": "2030-07-02T11:00:00Z",
                "tzid": "Europe/Paris",
            },
            "2030-07-02T10:00:00Z",
            "2030-07-02T11:00:00Z",
        ),
        (
            {
                "start": {"time": "2030-07-02T10:00:00", "tzid": "Europe/Paris"},
                "end": {"time": "2030-07-02T10:00:00", "tzid": "America/New_York"},
            },
            "2030-07-02T08:00:00Z",
            "2030-07-02T14:00:00Z",
        ),
        (
            {"start": "2030-01-02T10:00:00+05:30", "end": "2030-01-02 11:00:00Z"},
            "2030-01-02T04:30:00Z",
            "2030-01-02T11:00:00Z",
        ),
        (
            {"start": "2030-01-02T10:00:00", "end": "2030-01-02T11:00:00.000Z"},
            "2030-01-02T10:00:00Z",
            "2030-01-02T11:00:00Z",
        ),
        # The clocks of Paris skip 02:00 to 03:00, and show 02:00 to 03:00 twice.
        (
            {
                "start": "2030-03-31T02:30:00",
                "end": "2030-10-27T02:30:00",
                "tzid": "Europe/Paris",
            },
            "2030-03-31T01:30:00Z",
            "2030-10-27T00:30:00Z",
        ),
        ({"start": "2030-01-02", "end": "2030-01-04"}, "2030-01-02", "2030-01-04"),
        (
            {
                "start": {"time": "2030-01-02", "tzid": "Europe/Paris"},
                "end": {"time": "2030-01-03", "tzid": "Europe/Paris"},
            },
            "2030-01-02",
            "2030-01-03",
        ),
        (
            {"start": "2030-01-02T10:00:00Z", "end": "2030-01-02T10:00:00Z"},
            "2030-01-02T10:00:00Z",
            "2030-01-02T10:00:00Z",
        ),
    ],
)
def test_times_are_taken_in_every_documented_form(
    wire: Wire, person: Person, times: dict[str, Any], start: str, end: str
) -> None:
    """Moments, wall clocks with a zone, days, separate zones, spaces and clock changes."""
    response = wire.write(person, **times)
    assert (202, b"") == (response.status, response.body)
    event = own(wire, person)
    assert (start, end) == (event["start"], event["end"])


@pytest.mark.parametrize(
    ("changes", "field", "key"),
    [
        ({"summary": None}, "summary", "errors.required"),
        ({"start": None}, "start", "errors.required"),
        ({"end": None}, "end", "errors.required"),
        ({"summary": "x" * 1025}, "summary", "errors.invalid"),
        ({"description": "x" * 4097}, "description", "errors.invalid"),
        ({"start": "2030-01-02T10:00:00.500Z"}, "start", "errors.invalid"),
        ({"start": "tomorrow"}, "start", "errors.invalid"),
        ({"start": 5}, "start", "errors.invalid"),
        ({"tzid": "Mars/Olympus"}, "tzid", "errors.invalid"),
        ({"end": "2030-01-01T10:00:00Z"}, "end", "errors.invalid"),
        ({"end": "2030-01-03"}, "end", "errors.invalid"),
        ({"start": "2030-01-02", "end": "2030-01-02"}, "end", "errors.invalid"),
        ({"transparency": "unknown"}, "transparency", "errors.invalid"),
        ({"event_private": "yes"}, "event_private", "errors.must_be_boolean"),
        ({"color": "blue"}, "color", "errors.invalid"),
        ({"reminders": [{"minutes": n} for n in range(6)]}, "reminders", "errors.invalid"),
        ({"reminders": [{"minutes": -1}]}, "reminders[0].minutes", "errors.invalid"),
        ({"attendees": {"invite": [{}]}}, "attendees.invite[0].email", "errors.required"),
        (
            {"conferencing": {"profile_id": "pro_x"}},
            "conferencing.profile_id",
            "errors.invalid",
        ),
        (
            {"conferencing": {"profile_id": "explicit", "provider_description": "x"}},
            "conferencing.join_url",
            "errors.required",
        ),
        ({"locaton": {}}, "locaton", "errors.not_recognized"),
    ],
)
def test_a_wrong_event_is_refused_by_field(
    wire: Wire, person: Person, changes: dict[str, Any], field: str, key: str
) -> None:
    """What is missing, malformed or unknown is 422 under its dotted name; nothing is written."""
    event = {
        "event_id": "e1",
        "summary": "Talk",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
        **changes,
    }
    path = f"/v1/calendars/{person.calendar_id}/events"
    body = {name: value for name, value in event.items() if value is not None}
    response = wire.send("POST", path, body, token=person.token)
    assert {field: [key]} == keys(response)
    assert [] == wire.events(person, only_managed=True)


def test_every_complaint_is_made_at_once(wire: Wire, person: Person) -> None:
    """An empty upsert names all that it lacks, in the documented words."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    found = errors(wire.send("POST", path, {"event_id": "e"}, token=person.token))
    assert {"summary", "start", "end"} == set(found)
    assert [{"key": "errors.required", "description": "summary must be specified"}] == found[
        "summary"
    ]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"5" * 5000])
def test_a_body_that_is_no_object_is_refused(wire: Wire, person: Person, body: bytes) -> None:
    """Broken, huge and deeply nested JSON is 422, and never a fault."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    assert 422 == wire.send("POST", path, body, token=person.token).status


def test_text_of_any_kind_is_given_back(wire: Wire, person: Person) -> None:
    """Emoji, control characters, markup and other scripts come back as they were."""
    text = 'Grüße 👩‍👩‍👧 <b>"&amp;</b> \u2028 \u0007 日本語'
    wire.write(person, summary=text)
    assert text == own(wire, person)["summary"]


def test_text_that_is_no_unicode_is_refused(wire: Wire, person: Person) -> None:
    """Half a surrogate pair is 422: it could not be given back."""
    body = (
        b'{"event_id": "e", "summary": "\\ud83d", "start": "2030-01-02T10:00:00Z", '
        b'"end": "2030-01-02T11:00:00Z"}'
    )
    path = f"/v1/calendars/{person.calendar_id}/events"
    assert ["summary"] == list(errors(wire.send("POST", path, body, token=person.token)))


def test_what_an_update_leaves_out_stays(wire: Wire, person: Person) -> None:
    """Only what is given changes; null removes the URL."""
    wire.write(
        person,
        description="d",
        location={"description": "l"},
        url="https://a.example",
        transparency="transparent",
        event_private=True,
        attendees={"invite": [{"email": "bo@example.com", "display_name": "Bo"}]},
    )
    wire.write(person, summary="New")
    event = own(wire, person)
    assert {
        "summary": "New",
        "description": "d",
        "location": {"description": "l"},
        "url": "https://a.example",
        "transparency": "transparent",
        "event_private": True,
        "attendees": [{"email": "bo@example.com", "display_name": "Bo", "status": "needs_action"}],
        "organizer": {"email": "ada@example.com", "display_name": "Ada"},
    }.items() <= event.items()
    wire.write(person, url=None, description="", event_private=False)
    event = own(wire, person)
    assert ("", False, False) == (event["description"], event["event_private"], "url" in event)


def test_attendees_are_a_delta(wire: Wire, person: Person) -> None:
    """invite adds, remove (once reject) takes away by address in any case, replies stay."""
    wire.write(person, attendees={"invite": [{"email": "bo@example.com"}, {"email": "cy@x.io"}]})
    uid = own(wire, person)["event_uid"]
    wire.command("reply", event_uid=uid, email="bo@example.com", status="accepted")
    wire.write(
        person, attendees={"invite": [{"email": "di@x.io"}], "remove": [{"email": "CY@x.io"}]}
    )
    wire.write(person, attendees={"invite": [{"email": "bo@example.com", "display_name": "Bo"}]})
    wire.write(person, attendees={"invite": [{"email": "ed@x.io"}]})
    wire.write(person, attendees={"reject": [{"email": "ed@x.io"}]})
    assert [("bo@example.com", "accepted"), ("di@x.io", "needs_action")] == [
        (each["email"], each["status"]) for each in own(wire, person)["attendees"]
    ]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, ("opaque", "opaque")),
        ({"start": "2030-01-02", "end": "2030-01-03"}, ("transparent", "transparent")),
        ({"transparency": "transparent"}, ("transparent", "transparent")),
        ({"extended_transparency": "out_of_office"}, ("opaque", "out_of_office")),
        ({"extended_transparency": "working_elsewhere"}, ("transparent", "working_elsewhere")),
        ({"extended_transparency": "tentative"}, ("opaque", "tentative")),
    ],
)
def test_transparency_has_a_default_by_kind(
    wire: Wire, person: Person, details: dict[str, Any], expected: tuple[str, str]
) -> None:
    """All-day events are transparent and others opaque, unless the request says otherwise."""
    wire.write(person, **details)
    event = own(wire, person)
    assert expected == (event["transparency"], event["extended_transparency"])


def test_a_deleted_event_comes_back_blank(wire: Wire, person: Person) -> None:
    """Upserting a deleted event_id brings it back under its uid, without former details."""
    wire.write(person, description="old", location={"description": "old"})
    before = own(wire, person)
    assert 202 == delete(wire, person, event_id="e1").status
    assert [] == wire.events(person, only_managed=True)
    assert own(wire, person, include_deleted=True)["deleted"] is True
    wire.write(person, summary="New")
    after = own(wire, person)
    assert before["event_uid"] == after["event_uid"]
    assert ("New", "", False) == (after["summary"], after["description"], "location" in after)


def test_an_event_that_comes_back_is_not_shown_as_it_was(wire: Wire, person: Person) -> None:
    """A read after it gives what was written last, however often it was deleted before."""
    for number in range(6):
        wire.write(person, summary=f"Talk {number}")
        assert f"Talk {number}" == own(wire, person)["summary"]
        if number % 2:
            delete(wire, person, event_id="e1")


def test_event_id_goes_before_event_uid(wire: Wire, person: Person) -> None:
    """With both, a managed event is made and the external one stays as it is."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    assert 202 == wire.write(person, event_uid=uid).status
    assert ["Talk", "Private"] == [
        event["summary"] for event in wire.events(person, include_managed=True)
    ]


def test_userinfo_is_answered_when_asked_for(wire: Wire, person: Person) -> None:
    """include_userinfo puts the document into the 202 of a write or delete."""
    response = wire.write(person, include_userinfo=True)
    assert (202, person.sub) == (response.status, response.json()["userinfo"]["sub"])
    response = delete(wire, person, event_id="e1", include_userinfo=True)
    assert (202, person.sub) == (response.status, response.json()["userinfo"]["sub"])


def test_a_calendar_may_not_be_there_or_not_be_writable(wire: Wire, person: Person) -> None:
    """Unknown, foreign and deleted calendars are 404, read-only ones 403, unreachable ones 423."""
    stranger, reader = wire.person(), wire.person(readonly=True)
    elsewhere = Person(person.sub, person.token, "", stranger.calendar_id, "")
    nowhere = Person(person.sub, person.token, "", "cal_x/../y", "")
    assert [404, 404] == [wire.write(each).status for each in (elsewhere, nowhere)]
    assert [403, 403] == [
        wire.write(reader).status,
        delete(wire, reader, event_id="e1").status,
    ]
    wire.sandbox.world.calendars[stranger.calendar_id].deleted = True
    assert 404 == wire.write(stranger).status
    wire.command("disconnect", profile_id=person.profile_id)
    assert 423 == wire.write(person).status


# External events ----------------------------------------------------------------------


def test_external_events_need_an_unrestricted_calendar(wire: Wire, person: Person) -> None:
    """Without elevated permission editing and deleting are 403; with it they work."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    assert [403, 403] == [
        edit(wire, person, uid).status,
        delete(wire, person, event_uid=uid).status,
    ]
    wire.command("unrestrict", calendar_id=person.calendar_id)
    (calendar,) = wire.get("/v1/calendars", person)["calendars"]
    assert "unrestricted" == calendar["permission_level"]
    assert 202 == edit(wire, person, uid).status
    (event,) = wire.events(person)
    assert ("Changed", "2030-01-04T10:00:00Z", uid) == (
        event["summary"],
        event["start"],
        event["event_uid"],
    )
    assert "event_id" not in event
    assert {"delete": True, "update": True, "change_participation_status": False} == event[
        "options"
    ]
    assert 202 == delete(wire, person, event_uid=uid).status
    assert [] == wire.events(person)
    assert [404, 404] == [
        edit(wire, person, uid).status,
        delete(wire, person, event_uid=uid).status,
    ]


def test_recurring_external_events_stay_as_they_are(wire: Wire, person: Person) -> None:
    """A member of a series is 403 even on an unrestricted calendar, as its options say."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z", recurring=True)
    wire.command("unrestrict", calendar_id=person.calendar_id)
    (event,) = wire.events(person)
    assert (False, True) == (event["options"]["update"], event["recurring"])
    assert [403, 403] == [
        edit(wire, person, uid).status,
        delete(wire, person, event_uid=uid).status,
    ]


def test_an_external_uid_must_be_one(wire: Wire, person: Person) -> None:
    """An unknown uid, and that of a managed event, are named by their own key."""
    wire.write(person)
    wire.command("unrestrict", calendar_id=person.calendar_id)
    for uid in ("evt_external_x", own(wire, person)["event_uid"]):
        for response in (edit(wire, person, uid), delete(wire, person, event_uid=uid)):
            assert {"event_uid": ["errors.must_be_external_event_uid"]} == keys(response)


def test_deleting_what_is_not_there_is_done(wire: Wire, person: Person) -> None:
    """An unknown event_id is accepted; no id at all is 422."""
    assert 202 == delete(wire, person, event_id="nothing").status
    assert {"event_id": ["errors.required"]} == keys(delete(wire, person))
