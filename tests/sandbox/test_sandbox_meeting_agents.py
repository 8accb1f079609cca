"""Agents that join meetings, over the wire."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import attrs
import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices

from .wire import ORIGIN, Person, Wire, errors, keys

HOOK = "https://app.example/agents"
HOUR = 3600
SUBSCRIPTION = {
    "type": "webhook",
    "uri": HOOK,
    "interactions": [
        {"type": f"meeting_agent_{each}"} for each in ("activated", "complete", "failed")
    ],
}


def send(wire: Wire, token: str | None = None, **changes: Any) -> Response:
    """Send an agent to a meeting."""
    body = {
        "join_url": "https://zoom.us/j/1",
        "on_behalf_of_attendee": {"email": "ada@example.com"},
        "subscriptions": [SUBSCRIPTION],
        **changes,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", "/v1/meeting_agents", given, token=token or wire.secret)


def later(wire: Wire, token: str | None = None, **changes: Any) -> Response:
    """Send one in an hour."""
    given = {"scheduling_key": "k1", "join_time": "2030-01-01T09:00:00Z", **changes}
    return send(wire, token, **given)


def told(wire: Wire, after: float = 0) -> list[dict[str, Any]]:
    """What is told after so many seconds."""
    wire.command("advance", seconds=after)
    found: list[dict[str, Any]] = []
    for posting in wire.sandbox.world.outbox.due():
        assert HOOK == posting.url
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
        found.append(json.loads(posting.body))
    return found


def happened(bodies: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was told: the interaction and the agent's state."""
    for body in bodies:
        assert "event_subscription" == body["notification"]["type"]
    return [
        (body["notification"]["interactions"][0]["type"], body["meeting_agent"]["state"])
        for body in bodies
    ]


ACTIVATED = ("meeting_agent_activated", "activated")
COMPLETE = ("meeting_agent_complete", "complete")
FAILED = ("meeting_agent_failed", "failed")


# Of their own -------------------------------------------------------------------------


def test_an_agent_is_created_joins_and_completes(wire: Wire) -> None:
    """The answer is the agent with its page; later it has something to fetch."""
    response = send(wire)
    assert 200 == response.status
    agent = response.json()
    dashboard = {
        "category": "cronofy",
        "type": "dashboard",
        "url": f"{ORIGIN}/meeting_agents/{agent['sub']}",
    }
    assert {"sub": agent["sub"], "state": "created", "resources": [dashboard]} == agent
    assert agent["sub"].startswith("agt_")
    assert [] == told(wire, 4)
    (first,) = told(wire, 1)
    assert [ACTIVATED] == happened([first])
    assert {"notification", "meeting_agent"} == set(first)
    assert [dashboard] == first["meeting_agent"]["resources"]
    (last,) = told(wire, 1800)
    assert [COMPLETE] == happened([last])
    assert agent["sub"] == last["meeting_agent"]["sub"]
    assert {("cronofy", "dashboard"), ("transcript", "cronofy"), ("audio", "voice")} == {
        (each["category"], each["type"]) for each in last["meeting_agent"]["resources"]
    }
    page = wire.send("GET", dashboard["url"])
    assert 200 == page.status
    assert "complete" in page.body.decode()


def test_newer_answers_have_an_envelope() -> None:
    """A dial puts the agent under its key."""
    wire = Wire(Choices(agent_answers="enveloped"))
    body = send(wire).json()
    assert ["meeting_agent"] == list(body)
    assert "created" == body["meeting_agent"]["state"]


def test_resources_are_fetched_by_way_of_a_redirect(wire: Wire) -> None:
    """302 with the same URL in header and body; that is good for a while, without credentials."""
    agent = send(wire).json()["sub"]
    early = f"{ORIGIN}/v1/meeting_agents/{agent}/transcript"
    assert 404 == wire.send("GET", early, token=wire.secret).status
    resources = {
        each["category"]: each["url"]
        for each in told(wire, 5 + 1800)[-1]["meeting_agent"]["resources"]
    }
    contents: dict[str, bytes] = {}
    for category in ("transcript", "audio"):
        url = resources[category]
        assert 401 == wire.send("GET", url).status
        assert 401 == wire.send("GET", url, token=wire.person().token).status
        answer = wire.send("GET", url, token=wire.secret)
        assert 302 == answer.status
        assert {"resource": {"download_url": answer.header("location")}} == answer.json()
        fetched = wire.send("GET", answer.header("location") or "")
        assert 200 == fetched.status
        contents[category] = fetched.body
    assert contents["transcript"].startswith(b"WEBVTT\n")
    assert b"00:00:00.000 --> 00:30:00.000" in contents["transcript"]
    with wave.open(io.BytesIO(contents["audio"])) as sound:
        assert 1 == sound.getnframes() / sound.getframerate()
    location = wire.send("GET", resources["audio"], token=wire.secret).header("location") or ""
    wire.command("advance", seconds=300)
    assert 403 == wire.send("GET", location).status
    for wrong in ("agt_x/audio", f"{agent}/video", f"{agent}/dashboard", agent):
        url = f"{ORIGIN}/v1/meeting_agents/{wrong}"
        assert 404 == wire.send("GET", url, token=wire.secret).status
    assert 404 == wire.send("GET", f"{ORIGIN}/meeting_agents/agt_x").status


def test_an_agent_is_sent_later(wire: Wire, person: Person) -> None:
    """202 without a body, by secret and by token; it joins at its time."""
    for index, token in enumerate((wire.secret, person.token)):
        response = later(wire, token, scheduling_key=f"k{index}")
        assert (202, b"") == (response.status, response.body)
    assert [] == told(wire, HOUR - 1)
    assert [ACTIVATED, ACTIVATED] == happened(told(wire, 1))
    assert [COMPLETE, COMPLETE] == happened(told(wire, 1800))


def test_a_scheduling_key_sends_one_agent(wire: Wire) -> None:
    """The same key again moves the agent; once it joined, nothing is sent any more."""
    later(wire)
    later(wire, join_time="2030-01-01T10:00:00Z")
    assert [] == told(wire, HOUR)
    assert [ACTIVATED] == happened(told(wire, HOUR))
    later(wire, join_time="2030-01-01T11:00:00Z")
    assert [COMPLETE] == happened(told(wire, 4 * HOUR))
    first, again = send(wire, scheduling_key="k2").json(), send(wire, scheduling_key="k2").json()
    assert first["sub"] == again["sub"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"join_url": None}, "join_url"),
        ({"join_url": "zoom"}, "join_url"),
        ({"join_time": "2029-12-31T09:00:00Z", "scheduling_key": "k"}, "join_time"),
        ({"join_time": "2030-01-01T09:00:00.5Z", "scheduling_key": "k"}, "join_time"),
        ({"join_time": "2030-01-01T09:00:00Z"}, "scheduling_key"),
        ({"on_behalf_of_attendee": {}}, "on_behalf_of_attendee.email"),
        ({"subscriptions": [{"type": "webhook"}]}, "subscriptions[0].uri"),
    ],
)
def test_wrong_agents_are_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """What is missing or wrong is named, and no agent is sent."""
    assert [field] == list(errors(send(wire, **changes)))
    assert {} == wire.sandbox.world.agents.by_id


def test_a_key_is_required_for_later(wire: Wire) -> None:
    """The key is the reference's; without credentials nothing goes."""
    assert {"scheduling_key": ["errors.required"]} == keys(later(wire, scheduling_key=None))
    assert 401 == send(wire, "nobody").status


def test_an_agent_can_fail(wire: Wire) -> None:
    """At any time before it is complete, once; nothing becomes of it afterwards."""
    agent = send(wire).json()["sub"]
    assert wire.command("fail_agent", agent_id=agent) is True
    assert wire.command("fail_agent", agent_id=agent) is False
    assert [FAILED] == happened(told(wire, HOUR))
    assert 404 == wire.send("POST", "/_sandbox/fail_agent", {"agent_id": "agt_x"}).status


def test_nobody_is_told_who_did_not_subscribe(wire: Wire) -> None:
    """Only of what was asked for, or of nothing."""
    send(wire, subscriptions=None)
    only = {**SUBSCRIPTION, "interactions": [{"type": "meeting_agent_complete"}]}
    send(wire, subscriptions=[only])
    assert [COMPLETE] == happened(told(wire, HOUR))


# With an event ------------------------------------------------------------------------


def renewed(wire: Wire, person: Person) -> Person:
    """The same person with a token that is good now."""
    return attrs.evolve(person, token=wire.command("grant", sub=person.sub)["access_token"])


# The event begins tomorrow at ten, 26 hours from now, and lasts an hour.
START = 26 * HOUR


def write(wire: Wire, person: Person, **details: Any) -> Response:
    """Write an event with a link, an agent and somebody who is told."""
    given: dict[str, Any] = {
        "conferencing": {"profile_id": "integrated"},
        "meeting_agent": {"profile_id": "cronofy", "display_name": "Notes"},
        "subscriptions": [SUBSCRIPTION],
        **details,
    }
    return wire.write(person, **given)


def test_an_event_s_agent_comes_and_goes_with_it(wire: Wire, person: Person) -> None:
    """It joins at the start and is complete at the end, and the event is told with it."""
    assert 202 == write(wire, person).status
    assert [] == told(wire, START - 1)
    (first,) = told(wire, 1)
    assert [ACTIVATED] == happened([first])
    (last,) = told(wire, HOUR)
    assert [COMPLETE] == happened([last])
    (event,) = wire.events(renewed(wire, person), only_managed=True)
    assert ("e1", "cronofy") == (
        last["event"]["event_id"],
        last["event"]["meeting_agent"]["profile_id"],
    )
    assert event["conferencing"] == last["event"]["conferencing"]
    assert first["meeting_agent"]["sub"] == last["meeting_agent"]["sub"]
    assert "meeting_agent" not in event
    urls = [each["url"] for each in last["meeting_agent"]["resources"]]
    assert all(url.startswith(f"{ORIGIN}/") for url in urls)


def test_an_agent_can_be_sent_away(wire: Wire, person: Person) -> None:
    """none takes it away, leaving it out keeps it, and cronofy sends another."""
    write(wire, person)
    uid = wire.events(person, only_managed=True)[0]["event_uid"]
    first = wire.command("agent_of", event_uid=uid)
    wire.write(person, summary="New")
    assert first == wire.command("agent_of", event_uid=uid)
    wire.write(person, meeting_agent={"profile_id": "none"})
    assert wire.command("fail_agent", agent_id=first) is False
    wire.write(person, meeting_agent={"profile_id": "cronofy"})
    second = wire.command("agent_of", event_uid=uid)
    assert first != second
    bodies = told(wire, START + HOUR)
    assert [ACTIVATED, COMPLETE] == happened(bodies)
    assert {second} == {each["meeting_agent"]["sub"] for each in bodies}


def test_an_agent_of_a_deleted_event_does_not_join(wire: Wire, person: Person) -> None:
    """Whoever deleted it."""
    write(wire, person)
    uid = wire.events(person, only_managed=True)[0]["event_uid"]
    wire.command("cancel_event", event_uid=uid)
    assert [] == told(wire, START + HOUR)


@pytest.mark.parametrize("by", ["the application", "its owner"])
@pytest.mark.parametrize("day", ["2030-01-01", "2030-01-03"], ids=["earlier", "later"])
def test_an_agent_follows_its_event(wire: Wire, person: Person, by: str, day: str) -> None:
    """To another time, earlier or later, once."""
    write(wire, person)
    times = {"start": f"{day}T20:00:00Z", "end": f"{day}T20:30:00Z"}
    if by == "the application":
        wire.write(person, **times)
    else:
        uid = wire.events(person, only_managed=True)[0]["event_uid"]
        wire.command("move_event", event_uid=uid, **times)
    start = 12 * HOUR if day == "2030-01-01" else 60 * HOUR
    assert [] == told(wire, start - 1)
    assert [ACTIVATED] == happened(told(wire, 1))
    assert [COMPLETE] == happened(told(wire, 1800))
    assert [] == told(wire, 7 * 24 * HOUR)


def test_an_agent_without_a_link_fails(wire: Wire, person: Person) -> None:
    """There is nothing to join at the start."""
    write(wire, person, conferencing=None)
    assert [FAILED] == happened(told(wire, START + HOUR))


def test_no_agent_is_sent_to_what_is_over(wire: Wire, person: Person) -> None:
    """It joins at once what has begun, and nothing that has ended; an unknown one is refused."""
    link = {"profile_id": "explicit", "provider_description": "X", "join_url": "https://x.example"}
    past = {"start": "2030-01-01T06:00:00Z", "end": "2030-01-01T07:00:00Z"}
    write(wire, person, conferencing=link, **past)
    assert {} == wire.sandbox.world.agents.by_id
    now = {"start": "2030-01-01T07:30:00Z", "end": "2030-01-01T08:30:00Z"}
    write(wire, person, conferencing=link, **now)
    assert [ACTIVATED] == happened(told(wire, 5))
    assert [COMPLETE] == happened(told(wire, HOUR))
    person = renewed(wire, person)
    refused = wire.write(person, "e2", meeting_agent={"profile_id": "pro_x"})
    assert ["meeting_agent.profile_id"] == list(errors(refused))
    assert 1 == len(wire.events(person, only_managed=True))
