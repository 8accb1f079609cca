"""Worlds that are described: what is made of a description, and what is written down again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.wire import Request
from cronofy_transports.sandbox import Clock, Sandbox
from cronofy_transports.sandbox.__main__ import main

from .wire import NOW, ORIGIN, Wire, errors

ADA: dict[str, Any] = {
    "email": "ada@example.com",
    "name": "Ada",
    "zone": "Europe/Paris",
    "profiles": [
        {
            "provider_name": "google",
            "calendars": [
                {
                    "name": "Work",
                    "primary": True,
                    "permission_level": "unrestricted",
                    "conferencing": "google_meet",
                    "events": [
                        {
                            "summary": "Talk",
                            "start": "2030-01-02T10:00:00",
                            "end": "2030-01-02T11:00:00",
                            "attendees": [
                                "bo@example.com",
                                {"email": "cy@example.com", "status": "declined"},
                            ],
                            "location": "Room 4",
                            "event_private": True,
                        },
                        {"summary": "Fair", "start": "2030-01-03", "end": "2030-01-05"},
                        {
                            "event_id": "own-1",
                            "summary": "Ours",
                            "start": "2030-01-02T12:00:00Z",
                            "end": "2030-01-02T13:00:00Z",
                            "conferencing": "https://meet.example/1",
                        },
                        {
                            "summary": "Weekly",
                            "start": {"time": "2030-01-07T09:00:00", "tzid": "Europe/Paris"},
                            "end": {"time": "2030-01-07T09:30:00", "tzid": "Europe/Paris"},
                            "recurrence": {"rules": [{"frequency": "weekly", "count": 3}]},
                            "invited": True,
                            "organizer": "bo@example.com",
                            "participation_status": "tentative",
                        },
                    ],
                },
                {"name": "Holidays", "readonly": True},
            ],
        },
        {
            "provider_name": "exchange",
            "name": "ada@work.example",
            "connected": False,
            "calendars": [{"name": "Kalender", "primary": True}],
        },
    ],
    "conferencing_profiles": [{"provider_name": "zoom"}],
    "availability_rules": [
        {
            "availability_rule_id": "default",
            "tzid": "Europe/Paris",
            "weekly_periods": [{"day": "monday", "start_time": "09:00", "end_time": "17:00"}],
        }
    ],
    "available_periods": [
        {
            "available_period_id": "extra",
            "start": "2030-01-05T10:00:00Z",
            "end": "2030-01-05T12:00:00Z",
        }
    ],
}
WORLD: dict[str, Any] = {
    "application": {"name": "Diary", "redirect_uris": ["https://app.example/back"]},
    "accounts": [
        ADA,
        {"email": "bo@example.com", "scope": None, "profiles": [{"provider_name": "apple"}]},
        {"application_calendar_id": "queue-1"},
    ],
}


def sandbox(world: Any = WORLD, seed: int = 7) -> Sandbox:
    """A sandbox with a world of its own."""
    return Sandbox(seed, clock=Clock(lambda: NOW), world=world)


def get(box: Sandbox, path: str, number: int = 0) -> Any:
    """What an account reads."""
    token = box.accounts()[number]["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    response = box.handle(Request("GET", ORIGIN + path, headers, b""))
    assert (200, response.body) == (response.status, response.body)
    return response.json()


READ = "/v1/events?tzid=Etc/UTC&include_managed=true&include_deleted=true&include_geo=true"
READS = (
    f"{READ}&localized_times=true",
    "/v1/calendars",
    "/v1/userinfo",
    "/v1/availability_rules",
    "/v1/available_periods",
    "/v1/free_busy?tzid=Etc/UTC&include_managed=true",
)


def seen(box: Sandbox) -> list[Any]:
    """Everything that the application can read of every account, over all pages."""
    found: list[Any] = []
    for number in range(len(box.accounts())):
        for path in READS:
            page = get(box, path, number)
            found.append(page)
            while "next_page" in page.get("pages", {}):
                page = get(box, page["pages"].pop("next_page").removeprefix(ORIGIN), number)
                found.append(page)
    return found


# From a description -------------------------------------------------------------------


def test_a_described_world_is_read_as_it_was_described() -> None:
    """Accounts, profiles, calendars, events and working hours are all there."""
    box = sandbox()
    events = get(box, READ)["events"]
    assert ["Talk", "Ours", "Fair", "Weekly", "Weekly", "Weekly"] == [e["summary"] for e in events]
    talk, ours, fair, *weekly = events
    # A wall-clock time of no zone is one of the owner's.
    assert ("2030-01-02T09:00:00Z", True) == (talk["start"], talk["event_private"])
    assert ["needs_action", "declined"] == [each["status"] for each in talk["attendees"]]
    assert {"description": "Room 4"} == talk["location"]
    assert {"delete": True, "update": True} == {
        name: talk["options"][name] for name in ("delete", "update")
    }
    assert ("own-1", "https://meet.example/1") == (ours["event_id"], ours["meeting_url"])
    assert ("2030-01-03", "2030-01-05") == (fair["start"], fair["end"])
    assert ["2030-01-07T08:00:00Z", "2030-01-14T08:00:00Z", "2030-01-21T08:00:00Z"] == [
        each["start"] for each in weekly
    ]
    assert {(True, "tentative", True)} == {
        (each["recurring"], each["participation_status"], "organizer" in each) for each in weekly
    }
    assert 1 == len({each["series_identifier"] for each in weekly})
    calendars = get(box, "/v1/calendars")["calendars"]
    assert [("Work", "unrestricted", False), ("Holidays", "sandbox", True)] == [
        (each["calendar_name"], each["permission_level"], each["calendar_readonly"])
        for each in calendars[:2]
    ]
    profiles = get(box, "/v1/userinfo")["cronofy.data"]["profiles"]
    assert [("gsuite", "ada@example.com", True), ("office365", "ada@work.example", False)] == [
        (each["provider_service"], each["profile_name"], each["profile_connected"])
        for each in profiles
    ]
    assert (
        "default"
        == get(box, "/v1/availability_rules")["availability_rules"][0]["availability_rule_id"]
    )


def test_accounts_that_have_not_authorized_are_there_without_tokens() -> None:
    """Only authorized accounts are listed; the others can be granted."""
    box = sandbox()
    assert ["acc", "apc"] == [each["sub"].partition("_")[0] for each in box.accounts()]
    assert ["ada@example.com", "bo@example.com", None] == [
        each.email for each in box.world.accounts.values()
    ]
    _, other, queue = box.world.accounts.values()
    assert box.control.grant(other.sub)["access_token"]
    assert "queue-1" == queue.application_calendar_id
    assert "Diary" == box.application.name
    assert ["https://app.example/back"] == box.application.redirect_uris


def test_a_reset_makes_the_described_world_anew() -> None:
    """What was described is there again, and nothing besides."""
    box = sandbox()
    box.control.create_event(
        box.accounts()[0]["calendars"][0]["calendar_id"], "More", date(2030, 1, 2), date(2030, 1, 3)
    )
    assert 7 == len(get(box, READ)["events"])
    box.reset()
    assert 6 == len(get(box, READ)["events"])


@pytest.mark.parametrize(
    ("path", "value", "field", "says"),
    [
        (("profiles", 1, "provider_name"), "gogle", "profiles[1].provider_name", "must be one of"),
        (("profiles", 0, "colour"), "red", "profiles[0].colour", "is not a known parameter"),
        (("zone",), "Mars/Olympus", "zone", "IANA name"),
        (("email",), None, "email", "must be given"),
        (("scope",), "read_evrything", "scope", "read_evrything"),
        (("profiles", 0, "connected"), "yes", "profiles[0].connected", "must be a boolean"),
        (
            ("profiles", 0, "calendars", 0, "events", 0, "end"),
            "2030-01-02T09:59:59",
            "profiles[0].calendars[0].events[0].end",
            "must be after start",
        ),
        (
            ("profiles", 0, "calendars", 0, "events", 0, "status"),
            "sure",
            "profiles[0].calendars[0].events[0].status",
            "must be one of confirmed",
        ),
        (
            ("profiles", 0, "calendars", 1, "primary"),
            True,
            "profiles[0].calendars",
            "one primary calendar",
        ),
        (("scope",), None, "profiles[0].calendars[0].permission_level", "scope is null"),
        (
            ("profiles", 0, "calendars", 0, "events", 0, "event_id"),
            "own-1",
            "profiles[0].calendars[0].events[2].event_id",
            "another event",
        ),
        (
            ("availability_rules", 0, "calendar_ids"),
            ["cal_x"],
            "availability_rules[0].calendar_ids",
            "account's own",
        ),
    ],
)
def test_what_is_wrong_in_a_description_is_named_by_its_path(
    path: tuple[Any, ...], value: Any, field: str, says: str
) -> None:
    """In process and over HTTP alike; nothing of the description is made."""
    world = json.loads(json.dumps(WORLD))
    place = world["accounts"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InvalidArgumentError, match=says) as refused:
        Wire().sandbox.control.load_world(world)
    assert f"description.accounts[0].{field}" == refused.value.field
    wire = Wire()
    found = errors(wire.send("POST", "/_sandbox/load_world", {"description": world}))
    assert [refused.value.field] == list(found)[:1]
    assert {} == wire.sandbox.world.accounts
    with pytest.raises(InvalidArgumentError, match=says):
        sandbox(world)


def test_ids_that_are_taken_are_refused() -> None:
    """A dump cannot be loaded beside what it was taken of."""
    box = sandbox()
    with pytest.raises(
        InvalidArgumentError, match=r"description.accounts\[0\].sub must be another: acc_"
    ):
        box.control.load_world(box.control.dump_world())
    assert 3 == len(box.world.accounts)


# Down again ---------------------------------------------------------------------------


@pytest.mark.parametrize("people", [False, True])
def test_a_dumped_world_is_the_same_when_loaded(people: bool) -> None:
    """Whatever the application can read of it is equal, also after changes, and without secrets."""
    box = Sandbox(7, clock=Clock(lambda: NOW)) if people else sandbox()
    (account, *_) = box.accounts()
    calendar_id = account["calendars"][0]["calendar_id"]
    uid = box.control.create_event(
        calendar_id,
        "Gone",
        datetime(2030, 1, 2, 10, tzinfo=UTC),
        datetime(2030, 1, 2, 11, tzinfo=UTC),
        tzid="Asia/Tokyo",
    )
    box.control.cancel_event(uid)
    profile_id = box.control.add_profile(account["sub"], "apple", initial_sync_required=True)
    box.control.disconnect(profile_id)
    dumped = json.dumps(box.control.dump_world())
    again = Sandbox(8, clock=Clock(lambda: NOW), world=json.loads(dumped))
    before = seen(box)
    assert before == seen(again)
    assert any(each["event_uid"] == uid for each in get(again, READ)["events"])
    assert dumped == json.dumps(again.control.dump_world())
    for secret in (box.client_secret, account["access_token"], account["refresh_token"]):
        assert secret not in dumped


def test_a_series_of_the_application_stays_one() -> None:
    """Written again after a dump, its occurrences follow it as before."""
    wire = Wire()
    person = wire.person()
    rule: dict[str, Any] = {"recurrence": {"rules": [{"frequency": "daily", "count": 3}]}}
    wire.write(person, **rule)
    box = sandbox(wire.sandbox.control.dump_world())
    wire.sandbox = box
    token = box.accounts()[0]["access_token"]
    wire.secret = box.client_secret
    later = attrs.evolve(person, token=token)
    wire.write(later, summary="New", recurrence={"rules": [{"frequency": "daily", "count": 2}]})
    found = wire.events(later, include_managed=True)
    assert ["New", "New"] == [each["summary"] for each in found]


# Files --------------------------------------------------------------------------------


def test_worlds_come_from_files(tmp_path: Path) -> None:
    """Several are put beside each other."""
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text(json.dumps({"accounts": [ADA]}))
    second.write_text(json.dumps({"accounts": [{"email": "bo@example.com"}]}))
    box = sandbox([first, str(second)])
    assert ["ada@example.com", "bo@example.com"] == [
        each.email for each in box.world.accounts.values()
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", r"a.json: world must be JSON"),
        ("a.json", "[]", r"a.json: world must be an object"),
        ("a.json", '{"accounts": [{}]}', r"a.json: accounts\[0\].email must be given"),
        ("a.yaml", "", r"must be a .json or .ics file"),
        ("a.ics", "nonsense", r"a.ics: text must be an iCalendar file"),
    ],
)
def test_a_wrong_file_is_named(
    tmp_path: Path, name: str, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In Python by an error, and on the command line by a sentence and status 2."""
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InvalidArgumentError, match=says):
        sandbox(path)
    assert 2 == main(["--world", str(path)])
    assert "cannot load the world: " in capsys.readouterr().err


def test_a_file_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The sandbox does not begin with another world instead."""
    assert 2 == main(["--world", "missing.json"])
    assert "missing.json" in capsys.readouterr().err
