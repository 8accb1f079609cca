"""Deleting in bulk and answering invitations, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .wire import Person, Wire, errors

TIMES = ("2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")


def second_calendar(wire: Wire, person: Person) -> Person:
    """The same person with another calendar."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    calendar = wire.sandbox.world.add_calendar(profile, "Second")
    return Person(person.sub, person.token, "", calendar.calendar_id, "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events", {"delete_all": True}),
        ("/v1/events?delete_all=True", {}),
        ("/v1/events?delete_all=true", None),
    ],
)
def test_all_managed_events_are_deleted(wire: Wire, person: Person, path: str, body: Any) -> None:
    """202 without a body, in every calendar; events of others stay, and those of people."""
    second, other = second_calendar(wire, person), wire.person()
    for each in (person, second, other):
        wire.write(each)
    wire.write(person, "series", recurrence={"rules": [{"frequency": "daily", "count": 3}]})
    wire.external(person, *TIMES)
    response = wire.send("DELETE", path, body, token=person.token)
    assert (202, b"") == (response.status, response.body)
    assert [] == wire.events(person, only_managed=True)
    assert 1 == len(wire.events(person))
    assert 1 == len(wire.events(other, only_managed=True))


@pytest.mark.parametrize("in_query", [False, True])
def test_the_events_of_calendars_are_deleted(wire: Wire, person: Person, in_query: bool) -> None:
    """Only those in the calendars that are named, in the body or in the query."""
    second = second_calendar(wire, person)
    wire.write(person)
    wire.write(second)
    path, body = "/v1/events", {"calendar_ids": [second.calendar_id]}
    if in_query:
        path, body = f"{path}?calendar_ids[]={second.calendar_id}", {}
    assert 202 == wire.send("DELETE", path, body, token=person.token).status
    (left,) = wire.events(person, only_managed=True)
    assert person.calendar_id == left["calendar_id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"delete_all": False},
        {"delete_all": "true"},
        {"calendar_ids": []},
        {"calendar_ids": ["cal_x"]},
        {"delete_all": True, "calendar_ids": ["cal_x"]},
    ],
)
def test_it_must_be_said_what_to_delete(wire: Wire, person: Person, body: Any) -> None:
    """Exactly one of the two, and delete_all only true; otherwise nothing is deleted."""
    wire.write(person)
    assert errors(wire.send("DELETE", "/v1/events", body, token=person.token))
    assert 1 == len(wire.events(person, only_managed=True))


def reply(wire: Wire, person: Person, uid: str, status: str) -> Response:
    """Answer an invitation."""
    path = f"/v1/calendars/{person.calendar_id}/events/{uid}/participation_status"
    return wire.send("POST", path, {"status": status}, token=person.token)


def invite(wire: Wire, person: Person) -> str:
    """Have somebody else invite a person."""
    return wire.external(
        person, *TIMES, invited_by="bo@example.com", participation_status="needs_action"
    )


@pytest.mark.parametrize("status", ["accepted", "tentative", "declined"])
def test_an_invitation_is_answered(wire: Wire, person: Person, status: str) -> None:
    """The event's options allow it, 202 without a body, and the reply is read back."""
    uid = invite(wire, person)
    (event,) = wire.events(person)
    assert event["options"]["change_participation_status"] is True
    assert ({"email": "bo@example.com"}, "needs_action") == (
        event["organizer"],
        event["participation_status"],
    )
    response = reply(wire, person, uid, status)
    assert (202, b"") == (response.status, response.body)
    (event,) = wire.events(person)
    assert status == event["participation_status"]


def test_exchange_takes_out_what_is_declined(wire: Wire, person: Person) -> None:
    """There a declined event is deleted, and an accepted one is not."""
    wire.sandbox.world.accounts[person.sub].profiles[0].provider_name = "exchange"
    uid = invite(wire, person)
    reply(wire, person, uid, "accepted")
    assert 1 == len(wire.events(person))
    reply(wire, person, uid, "declined")
    assert [] == wire.events(person)
    assert 404 == reply(wire, person, uid, "accepted").status


def test_not_everything_can_be_answered(wire: Wire, person: Person) -> None:
    """403 for one's own event and for the scope, 404 for what is unknown, 422 for a wrong word."""
    own = wire.external(person, *TIMES)
    assert 403 == reply(wire, person, own, "accepted").status
    assert 404 == reply(wire, person, "evt_external_x", "accepted").status
    uid = invite(wire, person)
    for wrong in ("needs_action", "yes"):
        assert ["status"] == list(errors(reply(wire, person, uid, wrong)))
    reader = wire.person("read_only")
    uid = invite(wire, reader)
    assert 403 == reply(wire, reader, uid, "accepted").status
    assert wire.events(reader)[0]["options"]["change_participation_status"] is False
