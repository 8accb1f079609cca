"""Who is told of what happens to an event, and when, over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .wire import Person, Wire, errors

HOUR = 3600
BEFORE = {"before": "event_start", "offset": {"minutes": 30}}


def hook(uri: str = "https://app.example/hook", **what: Any) -> dict[str, Any]:
    """A subscription."""
    return {"type": "webhook", "uri": uri, **what}


def told(wire: Wire, after: float) -> list[dict[str, Any]]:
    """The notifications of so many seconds."""
    wire.command("advance", seconds=after)
    found: list[dict[str, Any]] = []
    for posting in wire.sandbox.world.outbox.due():
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
        found.append(json.loads(posting.body)["notification"])
    return found


def test_a_trigger_fires_once_however_often_its_event_is_written(
    wire: Wire, person: Person
) -> None:
    """Writing the event again without subscriptions keeps them as they are."""
    wire.write(person, subscriptions=[hook(transitions=[BEFORE])])
    wire.write(person, summary="New")
    wire.write(person, summary="Newer", subscriptions=[hook(transitions=[BEFORE])])
    wire.write(person, summary="Newest")
    (notification,) = told(wire, 7 * 24 * HOUR)
    assert {"type": "event_subscription", "transitions": [BEFORE]} == notification


@pytest.mark.parametrize(
    ("start", "hours"), [("2030-01-01T20:00:00Z", 11.5), ("2030-01-04T20:00:00Z", 83.5)]
)
def test_a_trigger_follows_an_event_that_its_owner_moves(
    wire: Wire, person: Person, start: str, hours: float
) -> None:
    """Earlier or later, without any call of the application."""
    wire.write(person, subscriptions=[hook(transitions=[BEFORE])])
    (event,) = wire.events(person, only_managed=True)
    end = start.replace("T20", "T21")
    wire.command("move_event", event_uid=event["event_uid"], start=start, end=end)
    assert [] == told(wire, hours * HOUR - 1)
    assert [[BEFORE]] == [each["transitions"] for each in told(wire, 1)]
    assert [] == told(wire, 7 * 24 * HOUR)


def test_a_trigger_that_is_taken_away_does_not_fire(wire: Wire, person: Person) -> None:
    """An empty list clears it; another takes its place."""
    wire.write(person, subscriptions=[hook(transitions=[BEFORE])])
    after = {"after": "event_end", "offset": {"minutes": 15}}
    wire.write(person, subscriptions=[hook(transitions=[after])])
    assert [[after]] == [each["transitions"] for each in told(wire, 7 * 24 * HOUR)]
    future = {"start": "2030-02-02T10:00:00Z", "end": "2030-02-02T11:00:00Z"}
    wire.write(person, subscriptions=[hook(transitions=[BEFORE])], **future)
    wire.write(person, subscriptions=[], **future)
    assert [] == told(wire, 60 * 24 * HOUR)


def test_a_link_that_cannot_be_made_is_told_of_and_tried_again(wire: Wire, person: Person) -> None:
    """conferencing_failing first, conferencing_assigned once it works."""
    both = [{"type": "conferencing_assigned"}, {"type": "conferencing_failing"}]
    link = {"profile_id": "default"}
    wire.write(person, conferencing=link, subscriptions=[hook(interactions=both)])
    uid = wire.events(person, only_managed=True)[0]["event_uid"]
    wire.command("fail_conferencing", event_uid=uid, delay=60)
    assert [[{"type": "conferencing_failing"}]] == [each["interactions"] for each in told(wire, 59)]
    assert {"pending": True} == wire.events(person, only_managed=True)[0]["conferencing"]
    assert [[{"type": "conferencing_assigned"}]] == [each["interactions"] for each in told(wire, 1)]
    assert "join_url" in wire.events(person, only_managed=True)[0]["conferencing"]
    again = wire.send("POST", "/_sandbox/fail_conferencing", {"event_uid": uid})
    assert ["event_uid"] == list(errors(again))
    missing = wire.send("POST", "/_sandbox/fail_conferencing", {"event_uid": "x"})
    assert 404 == missing.status


@pytest.mark.parametrize(
    ("subscription", "field"),
    [
        ({"uri": "https://a.example", "type": "email"}, "subscriptions[0].type"),
        ({"type": "webhook", "uri": "mailto:a@b.example"}, "subscriptions[0].uri"),
        (hook(transitions=[{"offset": {"minutes": 1}}]), "subscriptions[0].transitions[0].before"),
        (
            hook(transitions=[{"before": "event_start"}]),
            "subscriptions[0].transitions[0].offset",
        ),
        (
            hook(transitions=[{"before": "sunrise", "offset": {"minutes": 1}}]),
            "subscriptions[0].transitions[0].before",
        ),
    ],
)
def test_wrong_subscriptions_are_refused(
    wire: Wire, person: Person, subscription: dict[str, Any], field: str
) -> None:
    """What is missing or wrong is named, and nothing is written."""
    assert [field] == list(errors(wire.write(person, subscriptions=[subscription])))
    assert [] == wire.events(person, only_managed=True)
