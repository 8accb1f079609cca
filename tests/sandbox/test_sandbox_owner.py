"""What the owners of accounts do in their calendars, and what applications see of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.models.event_details import Recurrence, RecurrenceRule
from cronofy_async.models.events import Attendee

from .wire import Person, Wire, errors

URL = "https://app.example/hook"
START, END = "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z"


def listen(wire: Wire, person: Person, **body: Any) -> None:
    """Make a channel, and answer its verification well."""
    wire.send("POST", "/v1/channels", {"callback_url": URL, **body}, token=person.token)
    told(wire)


def told(wire: Wire, after: int = 10) -> list[dict[str, Any]]:
    """The notifications of the next seconds."""
    wire.command("advance", seconds=after)
    found: list[dict[str, Any]] = []
    for posting in wire.sandbox.world.outbox.due():
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
        found.append(json.loads(posting.body)["notification"])
    return found


def types(wire: Wire, after: int = 10) -> list[str]:
    """The types of the notifications of the next seconds."""
    return [each["type"] for each in told(wire, after)]


# Events -------------------------------------------------------------------------------


def test_somebody_makes_an_event_with_every_detail(wire: Wire, person: Person) -> None:
    """It is shown as the service would, and none of it is the application's."""
    wire.external(
        person,
        START,
        END,
        tzid="Europe/Paris",
        location={"description": "Room 4", "lat": "1", "long": "2"},
        attendees=["bo@example.com", {"email": "cy@example.com", "status": "accepted"}],
        event_private=True,
        conferencing="https://meet.example/1",
        url="https://example.com/e",
        categories=["Work"],
        status="tentative",
        extended_transparency="out_of_office",
    )
    (event,) = wire.events(person, include_geo=True, localized_times=True)
    assert {"time": "2030-01-03T11:00:00+01:00", "tzid": "Europe/Paris"} == event["start"]
    assert {"description": "Room 4", "lat": "1", "long": "2"} == event["location"]
    assert [("bo@example.com", "needs_action"), ("cy@example.com", "accepted")] == [
        (each["email"], each["status"]) for each in event["attendees"]
    ]
    assert ("https://meet.example/1", "google_meet") == (
        event["meeting_url"],
        event["conferencing"]["provider_name"],
    )
    assert (True, ["Work"], "tentative", "out_of_office", "https://example.com/e") == tuple(
        event[name]
        for name in ("event_private", "categories", "status", "extended_transparency", "url")
    )
    assert {"delete": False, "update": False, "change_participation_status": False} == event[
        "options"
    ]


def test_somebodys_event_recurs(wire: Wire, person: Person) -> None:
    """Each occurrence is an event, with the same details and the same reply."""
    control = wire.sandbox.control
    rule = RecurrenceRule(frequency="daily", count=3)
    control.create_event(
        person.calendar_id,
        "Daily",
        "2030-01-03T10:00:00",  # type: ignore[arg-type]  # text is read as over HTTP
        "2030-01-03T11:00:00",  # type: ignore[arg-type]  # the same
        recurrence=Recurrence(rule),
        invited_by="bo@example.com",
        participation_status="needs_action",
        attendees=(Attendee(email="ada@example.com"),),
    )
    found = wire.events(person)
    assert ["03", "04", "05"] == [each["start"][8:10] for each in found]
    assert {("needs_action", True, True, 1)} == {
        (
            each["participation_status"],
            each["recurring"],
            each["options"]["change_participation_status"],
            len(each["attendees"]),
        )
        for each in found
    }
    control.cancel_event(found[1]["event_uid"])
    assert ["03", "05"] == [each["start"][8:10] for each in wire.events(person)]


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"summary": "New"}, "summary", "New"),
        ({"start": "2030-01-04T10:00:00Z"}, "end", "2030-01-04T11:00:00Z"),
        ({"end": "2030-01-03T12:00:00Z"}, "end", "2030-01-03T12:00:00Z"),
        ({"start": "2030-01-04", "end": "2030-01-05"}, "start", "2030-01-04"),
        ({"location": "Room 5"}, "location", {"description": "Room 5"}),
        ({"transparency": "transparent"}, "transparency", "transparent"),
        ({"event_private": True}, "event_private", True),
        ({"attendees": []}, "attendees", []),
        ({"conferencing": "https://x.example/"}, "meeting_url", "https://x.example/"),
        ({"description": "Words"}, "description", "Words"),
        ({"status": "cancelled"}, "status", "cancelled"),
        ({"categories": ["A"]}, "categories", ["A"]),
        ({"url": "https://y.example/"}, "url", "https://y.example/"),
    ],
)
def test_somebody_changes_one_thing_of_an_event(
    wire: Wire, person: Person, change: dict[str, Any], field: str, value: Any
) -> None:
    """Everything else stays, and the application is told of a change."""
    listen(wire, person)
    uid = wire.external(person, START, END, attendees=["bo@example.com"], location="Room 4")
    told(wire)
    (before,) = wire.events(person)
    wire.command("change_event", event_uid=uid, **change)
    (after,) = wire.events(person)
    assert value == after[field]
    moved = {"start", "end"} if {"start", "end"} & set(change) else set()
    same = {"conferencing", "extended_transparency", "updated", field} | moved
    assert {k: v for k, v in before.items() if k not in same} == {
        k: v for k, v in after.items() if k not in same
    }
    assert ["change"] == types(wire)


def test_a_change_is_told_of_to_those_it_concerns(wire: Wire, person: Person) -> None:
    """What follows an event, such as a trigger, follows a change of its start too."""
    hook = {"type": "webhook", "uri": URL}
    before = {"before": "event_start", "offset": {"minutes": 30}}
    wire.write(person, subscriptions=[{**hook, "transitions": [before]}])
    (event,) = wire.events(person, only_managed=True)
    wire.command("change_event", event_uid=event["event_uid"], start="2030-01-01T20:00:00Z")
    assert ["event_subscription"] == types(wire, 12 * 3600)


@pytest.mark.parametrize("status", ["accepted", "declined", "tentative"])
def test_the_owner_replies_to_an_invitation(wire: Wire, person: Person, status: str) -> None:
    """The calendar shows it, the list of who is invited too, and channels are told."""
    listen(wire, person)
    uid = wire.external(
        person,
        START,
        END,
        invited_by="bo@example.com",
        participation_status="needs_action",
        attendees=["ada@example.com", "cy@example.com"],
    )
    told(wire)
    wire.command("respond", event_uid=uid, status=status)
    (event,) = wire.events(person)
    assert status == event["participation_status"]
    assert [status, "needs_action"] == [each["status"] for each in event["attendees"]]
    assert ["change"] == types(wire)


def test_only_who_was_invited_can_reply(wire: Wire, person: Person) -> None:
    """One's own event has nothing to reply to, and a reply is one of a few words."""
    uid = wire.external(person, START, END)
    body = {"event_uid": uid, "status": "accepted"}
    assert ["event_uid"] == list(errors(wire.send("POST", "/_sandbox/respond", body)))
    invited = wire.external(person, START, END, invited_by="bo@example.com")
    body = {"event_uid": invited, "status": "perhaps"}
    assert ["status"] == list(errors(wire.send("POST", "/_sandbox/respond", body)))


# Calendars ----------------------------------------------------------------------------


def test_somebody_makes_renames_and_deletes_a_calendar(wire: Wire, person: Person) -> None:
    """Each is a change, and a deleted one stays in the list."""
    listen(wire, person)

    def listed() -> list[tuple[str, bool]]:
        found = wire.get("/v1/calendars", person)["calendars"]
        return [(each["calendar_name"], each["calendar_deleted"]) for each in found]

    made = wire.command("create_calendar", profile_id=person.profile_id, calendar_name="Team")
    assert (["change"], ("Team", False)) == (types(wire), listed()[1])
    wire.command("rename_calendar", calendar_id=made, calendar_name="Squad")
    assert (["change"], ("Squad", False)) == (types(wire), listed()[1])
    wire.command("delete_calendar", calendar_id=made)
    assert (["change"], ("Squad", True)) == (types(wire), listed()[1])
    for name in ("Work", ""):
        body = {"profile_id": person.profile_id, "calendar_name": name}
        refused = wire.send("POST", "/_sandbox/create_calendar", body)
        assert ["calendar_name"] == list(errors(refused))


def test_another_applications_calendar_is_a_change_and_ones_own_is_not(
    wire: Wire, person: Person
) -> None:
    """Calendars are like events in that."""
    listen(wire, person)
    body = {"profile_id": person.profile_id, "name": "Mine"}
    assert 200 == wire.send("POST", "/v1/calendars", body, token=person.token).status
    assert [] == types(wire)
    world = wire.sandbox.world
    other = world.add_application("Other", client_id="other", secret="hush")
    authorization = world.vault.authorize(other, world.accounts[person.sub], "read_write")
    token = world.vault.issue(authorization)
    assert 200 == wire.send("POST", "/v1/calendars", {**body, "name": "X"}, token=token).status
    assert ["change"] == types(wire)


def test_somebody_sets_the_permission_of_a_calendar(wire: Wire, person: Person) -> None:
    """Unrestricted and back; another level is refused."""

    def level() -> str:
        found: str = wire.get("/v1/calendars", person)["calendars"][0]["permission_level"]
        return found

    for wanted in ("unrestricted", "sandbox"):
        wire.command("permit", calendar_id=person.calendar_id, permission_level=wanted)
        assert wanted == level()
    body = {"calendar_id": person.calendar_id, "permission_level": "all"}
    assert ["permission_level"] == list(errors(wire.send("POST", "/_sandbox/permit", body)))


# Profiles -----------------------------------------------------------------------------


def test_a_new_profile_shows_its_calendars_after_its_initial_sync(
    wire: Wire, person: Person
) -> None:
    """Until then it is listed with the flag of the reference, and nothing in it is told of."""
    listen(wire, person)
    added = wire.command(
        "add_profile", sub=person.sub, provider_name="apple", initial_sync_required=True
    )
    profile = wire.sandbox.world.accounts[person.sub].profiles[1]
    wire.command(
        "create_event",
        calendar_id=profile.calendars[0].calendar_id,
        summary="Early",
        start=START,
        end=END,
    )
    assert ([], []) == (types(wire), wire.events(person))

    def flags() -> list[tuple[bool, int]]:
        found = wire.get("/v1/userinfo", person)["cronofy.data"]["profiles"]
        return [
            (each["profile_initial_sync_required"], len(each["profile_calendars"]))
            for each in found
        ]

    assert [(False, 1), (True, 0)] == flags()
    assert 1 == len(wire.get("/v1/calendars", person)["calendars"])
    wire.command("complete_initial_sync", profile_id=added)
    assert ["profile_initial_sync_completed"] == types(wire)
    assert [(False, 1), (False, 1)] == flags()
    assert ["Early"] == [each["summary"] for each in wire.events(person)]
    again = wire.send("POST", "/_sandbox/complete_initial_sync", {"profile_id": added})
    assert ["profile_id"] == list(errors(again))
    wire.command("begin_initial_sync", profile_id=added)
    assert [] == wire.events(person)


def test_a_sync_that_ended_before_the_channel_is_not_told_of(wire: Wire, person: Person) -> None:
    """As a third party says."""
    added = wire.command(
        "add_profile", sub=person.sub, provider_name="apple", initial_sync_required=True
    )
    wire.command("complete_initial_sync", profile_id=added)
    listen(wire, person)
    assert [] == types(wire)


def test_a_new_profile_with_calendars_is_a_change(wire: Wire, person: Person) -> None:
    """One that has been read already is seen at once."""
    listen(wire, person)
    wire.command("add_profile", sub=person.sub, provider_name="exchange", calendar_name="Kalender")
    assert ["change"] == types(wire)
    names = [each["calendar_name"] for each in wire.get("/v1/calendars", person)["calendars"]]
    assert ["Work", "Kalender"] == names
    wrong = {"sub": person.sub, "provider_name": "gogle"}
    assert ["provider_name"] == list(errors(wire.send("POST", "/_sandbox/add_profile", wrong)))


def test_changes_in_a_disconnected_profile_wait_until_it_is_connected(
    wire: Wire, person: Person
) -> None:
    """Then one notification tells of the first of them."""
    listen(wire, person)
    wire.command("disconnect", profile_id=person.profile_id)
    wire.command("disconnect", profile_id=person.profile_id)
    assert ["profile_disconnected"] == types(wire, 0)
    wire.command("advance", seconds=50)
    wire.external(person, START, END)
    wire.command("advance", seconds=20)
    wire.external(person, START, END)
    assert [] == types(wire, 600)
    wire.command("reconnect", profile_id=person.profile_id)
    (notification,) = told(wire)
    assert {"type": "change", "changes_since": "2030-01-01T08:01:00Z"} == notification
    assert 2 == len(wire.events(person, last_modified=notification["changes_since"]))
    wire.external(person, START, END)
    assert ["change"] == types(wire)


def test_a_conferencing_profile_is_disconnected_too(wire: Wire, person: Person) -> None:
    """With a notification of its own, and a page to connect it on."""
    from cronofy_transports.sandbox.state.accounts import ConferencingProfile

    zoom = ConferencingProfile(profile_id="pro_zoom", name="ada", provider_name="zoom")
    wire.sandbox.world.accounts[person.sub].conferencing_profiles.append(zoom)
    listen(wire, person)
    wire.command("disconnect", profile_id="pro_zoom")
    assert ["conferencing_profile_disconnected"] == types(wire)

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = wire.get("/v1/userinfo", person)["cronofy.data"][
            "conferencing_profiles"
        ][0]
        return found

    assert "profile_relink_url" in shown()
    wire.command("reconnect", profile_id="pro_zoom")
    assert (True, False) == (shown()["profile_connected"], "profile_relink_url" in shown())
    assert (
        404 == wire.send("POST", "/_sandbox/begin_initial_sync", {"profile_id": "pro_zoom"}).status
    )


def test_somebody_asks_to_be_forgotten(wire: Wire, person: Person) -> None:
    """Channels are told, and it is up to the application what to do."""
    listen(wire, person)
    wire.command("request_erasure", sub=person.sub)
    assert ["gdpr_requested"] == types(wire)


def test_an_application_that_lost_a_profile_is_not_told_of_it(wire: Wire, person: Person) -> None:
    """Neither that it is disconnected, nor of changes in it."""
    listen(wire, person)
    added = wire.command("add_profile", sub=person.sub, provider_name="apple")
    assert ["change"] == types(wire)
    path = f"/v1/profiles/{added}/revoke"
    assert 202 == wire.send("POST", path, {}, token=person.token).status
    wire.command("disconnect", profile_id=added)
    assert [] == types(wire)


def test_nothing_is_told_once_consent_is_revoked(wire: Wire, person: Person) -> None:
    """Not even what was waiting, nor what subscriptions to events would tell."""
    listen(wire, person)
    hook = {"type": "webhook", "uri": URL}
    before = {"before": "event_start", "offset": {"minutes": 30}}
    wire.write(person, subscriptions=[{**hook, "transitions": [before]}])
    wire.external(person, START, END)
    wire.command("revoke", sub=person.sub)
    assert [] == types(wire, 7 * 24 * 3600)
