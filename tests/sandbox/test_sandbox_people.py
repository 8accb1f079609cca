"""The people of the sandbox, and that a seed makes them the same each time."""

from __future__ import annotations

import json

import pytest

from cronofy_transports.sandbox import Clock, Sandbox

from .wire import NOW, Wire


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox with its people, at a time that stands still."""
    return Sandbox(7, clock=Clock(lambda: NOW))


def life(seed: int | None) -> list[str]:
    """Everything that a short life of a sandbox says."""
    wire = Wire()
    wire.sandbox = Sandbox(seed, clock=Clock(lambda: NOW))
    accounts = wire.sandbox.accounts()
    said = [json.dumps(accounts), wire.sandbox.client_secret]
    token = accounts[0]["access_token"]
    for method, path, body in (
        ("GET", "/v1/userinfo", None),
        ("GET", "/v1/events?tzid=Etc%2FUTC", None),
        ("POST", "/v1/channels", {"callback_url": "http://127.0.0.1:1/"}),
        ("GET", "/v1/channels", None),
    ):
        said.append(wire.send(method, path, body, token=token).body.decode())
    return said


def test_a_seed_makes_everything_the_same() -> None:
    """Ids, secrets, events and pages are those of the seed; without one they differ."""
    assert life(3) == life(3)
    assert all(a != b for a, b in zip(life(3), life(4), strict=True))
    assert life(None)[1] != life(None)[1]


def test_the_people_have_what_programs_trip_over(sandbox: Sandbox) -> None:
    """Three accounts, two profiles each; one with 250 events or more, of every kind."""
    wire = Wire()
    wire.sandbox = sandbox
    assert 3 == len(sandbox.accounts())
    services, events = set(), []
    for account in sandbox.accounts():
        token = account["access_token"]
        profiles = wire.send("GET", "/v1/profiles", token=token).json()["profiles"]
        assert 2 == len(profiles)
        services |= {each["provider_service"] for each in profiles}
        page = wire.send("GET", "/v1/events?tzid=Etc%2FUTC", token=token).json()
        mine = page["events"]
        while "next_page" in page["pages"]:
            page = wire.send("GET", page["pages"]["next_page"], token=token).json()
            mine += page["events"]
        events.append(mine)
    assert {"gsuite", "office365", "icloud", "exchange"} <= services
    assert len(events[0]) >= 250
    every = [event for mine in events for event in mine]
    assert not any("event_id" in event for event in every)
    for trait in (
        lambda e: len(e["start"]) == 10,
        lambda e: e["start"] == e["end"],
        lambda e: e["recurring"],
        lambda e: e["status"] == "tentative",
        lambda e: e["transparency"] == "transparent",
        lambda e: e["participation_status"] == "declined",
        lambda e: e["participation_status"] == "needs_action",
        lambda e: e["event_private"],
        lambda e: e["summary"] == "Night shift",
        lambda e: not e["summary"].isascii(),
        lambda e: e["attendees"],
    ):
        assert any(trait(event) for event in every)


def test_a_reset_begins_again(sandbox: Sandbox) -> None:
    """The application keeps its credentials; all that was done is forgotten."""
    wire = Wire()
    wire.sandbox = sandbox
    before, secret = sandbox.accounts(), wire.command("add_secret")
    token = before[0]["access_token"]
    wire.send("POST", "/v1/channels", {"callback_url": "http://a.example"}, token=token)
    wire.command("reset")
    assert secret == sandbox.client_secret
    assert [] == list(sandbox.journal)
    assert [each["sub"] for each in before] == [each["sub"] for each in sandbox.accounts()]
    token = sandbox.accounts()[0]["access_token"]
    assert {"channels": []} == wire.send("GET", "/v1/channels", token=token).json()
