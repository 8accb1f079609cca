"""Links for joining and what is told of them, over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_transports.sandbox import Choices
from cronofy_transports.sandbox.state.accounts import ConferencingProfile

from .wire import Person, Wire, keys

DELAY = Choices().conferencing_delay


def own(wire: Wire, person: Person) -> dict[str, Any]:
    """The one event that the application manages."""
    (event,) = wire.events(person, only_managed=True)
    return event


def test_a_link_is_pending_and_then_there(wire: Wire) -> None:
    """Right after the write it is pending, a moment later it has a provider and a URL."""
    person = wire.person()
    wire.write(person, conferencing={"profile_id": "default"})
    event = own(wire, person)
    assert ({"pending": True}, False) == (event["conferencing"], "meeting_url" in event)
    wire.command("advance", seconds=DELAY + 60)
    event = own(wire, person)
    assert "2030-01-01T08:00:02Z" == event["updated"]
    assert "google_meet" == event["conferencing"]["provider_name"]
    assert event["conferencing"]["join_url"].startswith("https://meet.google.com/")
    assert event["conferencing"]["join_url"] == event["meeting_url"]
    assert "location" not in event
    assert 1 == len(wire.events(person, only_managed=True, last_modified=event["updated"]))


def test_a_link_can_be_provided_at_will(wire: Wire) -> None:
    """A test need not wait: it provides the link itself."""
    person = wire.person()
    wire.write(person, conferencing={"profile_id": "integrated"})
    uid = own(wire, person)["event_uid"]
    assert wire.command("resolve_conferencing", event_uid=uid) is True
    assert wire.command("resolve_conferencing", event_uid=uid) is False
    first = own(wire, person)["conferencing"]
    wire.command("advance", seconds=DELAY)
    assert first == own(wire, person)["conferencing"]


def test_the_default_is_the_accounts_service_before_the_calendars(wire: Wire) -> None:
    """default takes the account's own service, then the calendar's, then none."""
    person = wire.person()
    account = wire.sandbox.world.accounts[person.sub]
    account.conferencing_profiles.append(
        ConferencingProfile(profile_id="pro_zoom", name="ada", provider_name="zoom")
    )
    for event_id, profile_id in (("a", "default"), ("b", "integrated"), ("c", "pro_zoom")):
        wire.write(person, event_id, conferencing={"profile_id": profile_id})
    wire.command("advance", seconds=DELAY)
    assert {"a": "zoom", "b": "google_meet", "c": "zoom"} == {
        event["event_id"]: event["conferencing"]["provider_name"]
        for event in wire.events(person, only_managed=True)
    }
    (profile,) = wire.get("/v1/userinfo", person)["cronofy.data"]["conferencing_profiles"]
    assert ("zoom", "pro_zoom", True) == (
        profile["provider_name"],
        profile["profile_id"],
        profile["profile_connected"],
    )


def test_without_any_service_there_is_no_link(wire: Wire) -> None:
    """default on a calendar without one gives none; integrated is refused."""
    person = wire.person(conferencing=None)
    assert 202 == wire.write(person, conferencing={"profile_id": "default"}).status
    assert "conferencing" not in own(wire, person)
    refused = wire.write(person, conferencing={"profile_id": "integrated"})
    assert ["conferencing.profile_id"] == list(keys(refused))


@pytest.mark.parametrize(
    ("provider", "start"),
    [
        ("ms_teams", "https://teams.microsoft.com/l/meetup-join/"),
        ("zoom", "https://zoom.us/j/"),
        ("go_to", "https://meet.goto.com/"),
        ("own_service", "https://own_service.sandbox.localhost/"),
    ],
)
def test_a_link_looks_like_its_provider_s(wire: Wire, provider: str, start: str) -> None:
    """Each provider's links have their own form, and no two are alike."""
    person = wire.person(conferencing=provider)
    for event_id in ("a", "b"):
        wire.write(person, event_id, conferencing={"profile_id": "integrated"})
    wire.command("advance", seconds=DELAY)
    links = [e["conferencing"]["join_url"] for e in wire.events(person, only_managed=True)]
    assert all(link.startswith(start) for link in links)
    assert 2 == len(set(links))


def test_a_link_that_is_there_is_not_made_anew(wire: Wire) -> None:
    """Asking again for the same service keeps the link, also while it is pending."""
    person = wire.person()
    wire.write(person, conferencing={"profile_id": "default"})
    wire.write(person, conferencing={"profile_id": "default"})
    wire.command("advance", seconds=DELAY)
    before = own(wire, person)["conferencing"]
    wire.write(person, conferencing={"profile_id": "integrated"})
    assert before == own(wire, person)["conferencing"]


def test_a_link_for_a_deleted_event_does_not_come(wire: Wire) -> None:
    """What was deleted while its link was pending stays as it was."""
    person = wire.person()
    wire.write(person, conferencing={"profile_id": "default"})
    uid = own(wire, person)["event_uid"]
    wire.command("cancel_event", event_uid=uid)
    wire.command("advance", seconds=DELAY)
    (event,) = wire.events(person, only_managed=True, include_deleted=True)
    assert {"pending": True} == event["conferencing"]


def test_a_link_goes_to_the_place_where_a_calendar_has_no_field_for_it(wire: Wire) -> None:
    """The URL becomes the location if that is empty, and not otherwise."""
    person = wire.person(conferencing=None)
    account = wire.sandbox.world.accounts[person.sub]
    account.conferencing_profiles.append(
        ConferencingProfile(profile_id="pro_zoom", name="ada", provider_name="zoom")
    )
    wire.write(person, "a", conferencing={"profile_id": "default"})
    wire.write(
        person, "b", conferencing={"profile_id": "default"}, location={"description": "Room"}
    )
    wire.command("advance", seconds=DELAY)
    first, second = wire.events(person, only_managed=True)
    if first["event_id"] == "b":
        first, second = second, first
    assert first["conferencing"]["join_url"] == first["location"]["description"]
    assert "Room" == second["location"]["description"]


def test_an_explicit_link_is_there_at_once_and_can_be_removed(wire: Wire) -> None:
    """explicit shows what was given; leaving it out keeps it, none takes it away."""
    person = wire.person()
    given = {
        "profile_id": "explicit",
        "provider_description": "Our bridge",
        "join_url": "https://bridge.example/1",
    }
    wire.write(person, conferencing=given)
    shown = {"provider_name": "Our bridge", "join_url": "https://bridge.example/1"}
    assert shown == own(wire, person)["conferencing"]
    wire.write(person, summary="New")
    assert shown == own(wire, person)["conferencing"]
    wire.write(person, conferencing={"profile_id": "none"})
    assert "conferencing" not in own(wire, person)


def test_nothing_is_provided_for_the_past(wire: Wire) -> None:
    """An event that has begun gets no link."""
    person = wire.person()
    past = {"start": "2029-12-31T10:00:00Z", "end": "2029-12-31T11:00:00Z"}
    wire.write(person, conferencing={"profile_id": "default"}, **past)
    wire.command("advance", seconds=DELAY)
    assert "conferencing" not in own(wire, person)


def test_an_event_without_a_link_any_more_gets_none(wire: Wire) -> None:
    """A link that was asked for and then removed or deleted does not arrive."""
    person = wire.person()
    wire.write(person, conferencing={"profile_id": "default"})
    wire.write(person, conferencing={"profile_id": "none"})
    wire.command("advance", seconds=DELAY)
    assert "conferencing" not in own(wire, person)


def test_subscribers_are_told_of_the_link(wire: Wire) -> None:
    """conferencing_assigned is posted, signed, with the event and its link."""
    person = wire.person()
    subscription = {
        "type": "webhook",
        "uri": "https://app.example/hook?x=1",
        "interactions": [{"type": "conferencing_assigned"}],
    }
    wire.write(person, conferencing={"profile_id": "default"}, subscriptions=[subscription])
    assert [] == wire.sandbox.world.outbox.due()
    wire.command("advance", seconds=DELAY)
    (posting,) = wire.sandbox.world.outbox.due()
    body = json.loads(posting.body)
    assert "https://app.example/hook?x=1" == posting.url
    assert {
        "type": "event_subscription",
        "interactions": [{"type": "conferencing_assigned"}],
    } == body["notification"]
    assert own(wire, person)["conferencing"] == body["event"]["conferencing"]
    assert "e1" == body["event"]["event_id"]


def test_subscriptions_can_be_taken_away(wire: Wire) -> None:
    """An empty list clears them."""
    person = wire.person()
    subscription = {
        "type": "webhook",
        "uri": "https://app.example/hook",
        "interactions": [{"type": "conferencing_assigned"}],
    }
    wire.write(person, conferencing={"profile_id": "default"}, subscriptions=[subscription])
    wire.write(person, subscriptions=[])
    wire.command("advance", seconds=DELAY)
    assert [] == wire.sandbox.world.outbox.due()


def test_a_trigger_fires_at_its_moment_and_moves_with_its_event(wire: Wire) -> None:
    """A transition is told of once, at its offset from where the event is in the end."""
    person = wire.person()
    subscription = {
        "type": "webhook",
        "uri": "https://app.example/hook",
        "transitions": [{"before": "event_start", "offset": {"minutes": 30}}],
    }
    wire.write(person, subscriptions=[subscription])
    wire.write(person, start="2030-01-03T10:00:00Z", end="2030-01-03T11:00:00Z")
    # Now is 08:00 on the first: half past nine on the third is 49.5 hours away.
    wire.command("advance", seconds=int(49.5 * 3600) - 1)
    assert [] == wire.sandbox.world.outbox.due()
    wire.command("advance", seconds=1)
    (posting,) = wire.sandbox.world.outbox.due()
    assert [{"before": "event_start", "offset": {"minutes": 30}}] == json.loads(posting.body)[
        "notification"
    ]["transitions"]


@pytest.mark.parametrize(
    ("transition", "hours"),
    [
        ({"after": "event_start", "offset": {"minutes": 0}}, 26),
        ({"after": "event_end", "offset": {"hours": 1}}, 28),
        ({"before": "event_end", "offset": {"minutes": 30}}, 26.5),
        ({"before": "event_start", "offset": {"hours": 48}}, None),
    ],
)
def test_a_trigger_is_counted_from_start_or_end(
    wire: Wire, transition: dict[str, Any], hours: float | None
) -> None:
    """Before or after either, and never if its moment has passed already."""
    person = wire.person()
    hook = {"type": "webhook", "uri": "https://app.example/hook", "transitions": [transition]}
    # Tomorrow at ten is 26 hours away.
    wire.write(person, subscriptions=[hook])
    if hours is not None:
        wire.command("advance", seconds=hours * 3600 - 1)
        assert [] == wire.sandbox.world.outbox.due()
    wire.command("advance", seconds=1 if hours is not None else 7 * 86400)
    assert (0 if hours is None else 1) == len(wire.sandbox.world.outbox.due())


def test_a_trigger_of_a_deleted_event_does_not_fire(wire: Wire) -> None:
    """Deleting takes its moments away."""
    person = wire.person()
    hook = {
        "type": "webhook",
        "uri": "https://app.example/hook",
        "transitions": [{"after": "event_end", "offset": {"minutes": 0}}],
    }
    wire.write(person, subscriptions=[hook])
    wire.command("cancel_event", event_uid=own(wire, person)["event_uid"])
    wire.command("advance", seconds=7 * 86400)
    assert [] == wire.sandbox.world.outbox.due()


def test_whoever_edits_an_external_event_may_subscribe_to_it(wire: Wire) -> None:
    """The callback goes to the application that asked for it, without an event_id."""
    person = wire.person()
    uid = wire.external(person, "2030-01-02T10:00:00Z", "2030-01-02T11:00:00Z")
    wire.command("unrestrict", calendar_id=person.calendar_id)
    body = {
        "event_uid": uid,
        "summary": "Edited",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
        "conferencing": {"profile_id": "default"},
        "subscriptions": [
            {
                "type": "webhook",
                "uri": "https://app.example/hook",
                "interactions": [{"type": "conferencing_assigned"}],
            }
        ],
    }
    path = f"/v1/calendars/{person.calendar_id}/events"
    assert 202 == wire.send("POST", path, body, token=person.token).status
    wire.command("advance", seconds=DELAY)
    (posting,) = wire.sandbox.world.outbox.due()
    event = json.loads(posting.body)["event"]
    assert (uid, False) == (event["event_uid"], "event_id" in event)
