"""Who an account is, and its calendars, over the wire."""

from __future__ import annotations

import pytest

from .wire import ORIGIN, Wire, errors, keys


def test_userinfo_has_everything_under_its_dotted_keys(wire: Wire) -> None:
    """The document has literal keys with dots, and every profile with its calendars."""
    person = wire.person("read_events create_event")
    assert {
        "sub": person.sub,
        "email": "ada@example.com",
        "name": "Ada",
        "zoneinfo": "Europe/London",
        "cronofy.type": "account",
        "cronofy.data": {
            "authorization": {"scope": "read_events create_event", "status": "active"},
            "profiles": [
                {
                    "provider_name": "google",
                    "provider_service": "gsuite",
                    "profile_id": person.profile_id,
                    "profile_name": "ada@example.com",
                    "profile_connected": True,
                    "profile_initial_sync_required": False,
                    "profile_calendars": [
                        {
                            "calendar_id": person.calendar_id,
                            "calendar_name": "Work",
                            "calendar_readonly": False,
                            "calendar_deleted": False,
                            "calendar_primary": True,
                            "calendar_integrated_conferencing_available": True,
                            "calendar_attachments_available": False,
                            "permission_level": "sandbox",
                        }
                    ],
                }
            ],
            "conferencing_profiles": [],
        },
    } == wire.get("/v1/userinfo", person)


def test_account_has_its_sub_beside_it(wire: Wire) -> None:
    """The sub stands at the top level, and ids have 28 characters."""
    person = wire.person()
    assert {
        "sub": person.sub,
        "account": {
            "account_id": person.sub,
            "email": "ada@example.com",
            "name": "Ada",
            "scope": "read_write",
            "default_tzid": "Europe/London",
        },
    } == wire.get("/v1/account", person)
    assert 28 == len(person.sub)


def test_a_disconnected_profile_says_where_to_connect_it(wire: Wire) -> None:
    """Only a disconnected profile has a relink URL, and its tokens stay good."""
    person = wire.person()
    (profile,) = wire.get("/v1/profiles", person)["profiles"]
    assert "profile_relink_url" not in profile
    wire.command("disconnect", profile_id=person.profile_id)
    (profile,) = wire.get("/v1/profiles", person)["profiles"]
    assert profile["profile_connected"] is False
    assert profile["profile_relink_url"].startswith(f"{ORIGIN}/v2/relink/google?email=ada%40")
    wire.command("reconnect", profile_id=person.profile_id)
    (profile,) = wire.get("/v1/profiles", person)["profiles"]
    assert profile["profile_connected"] is True


def test_calendars_are_listed_with_the_sub_beside_them(wire: Wire) -> None:
    """Every calendar is listed, deleted ones too, one of each profile primary."""
    person = wire.person()
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    gone = wire.sandbox.world.add_calendar(profile, "Gone", deleted=True)
    answer = wire.get("/v1/calendars", person)
    assert {"sub", "calendars"} == set(answer)
    assert person.sub == answer["sub"]
    assert [(person.calendar_id, False, True), (gone.calendar_id, True, False)] == [
        (each["calendar_id"], each["calendar_deleted"], each["calendar_primary"])
        for each in answer["calendars"]
    ]
    assert {
        "provider_name": "google",
        "profile_id": person.profile_id,
        "profile_name": "ada@example.com",
        "calendar_name": "Work",
    }.items() <= answer["calendars"][0].items()


def test_a_calendar_is_created_in_a_profile(wire: Wire) -> None:
    """The new calendar is answered, listed, and takes events."""
    person = wire.person()
    body = {"profile_id": person.profile_id, "name": "Trips", "color": "#49BED8"}
    response = wire.send("POST", "/v1/calendars", body, token=person.token)
    created = response.json()["calendar"]
    assert 200 == response.status
    assert ("Trips", False, False) == (
        created["calendar_name"],
        created["calendar_readonly"],
        created["calendar_deleted"],
    )
    listed = [each["calendar_id"] for each in wire.get("/v1/calendars", person)["calendars"]]
    assert [person.calendar_id, created["calendar_id"]] == listed


def test_a_second_calendar_of_one_name_may_be_refused(wire: Wire) -> None:
    """Where the provider allows no duplicates the complaint is under name."""
    person = wire.person()
    body = {"profile_id": person.profile_id, "name": "Work"}
    refused = wire.send("POST", "/v1/calendars", body, token=person.token)
    assert {"name": ["errors.duplicate_calendar_name"]} == keys(refused)


def test_creating_a_calendar_can_fail_in_four_ways(wire: Wire) -> None:
    """403 for the scope, 404 for the profile, 422 for the parameters, 423 for the provider."""
    reader, person = wire.person("read_only"), wire.person()
    body = {"profile_id": person.profile_id, "name": "Trips"}
    path = "/v1/calendars"
    assert 403 == wire.send("POST", path, body, token=reader.token).status
    assert (
        404 == wire.send("POST", path, {**body, "profile_id": "pro_x"}, token=person.token).status
    )
    assert {"name", "profile_id"} == set(errors(wire.send("POST", path, {}, token=person.token)))
    wrong = wire.send("POST", path, {**body, "color": "blue"}, token=person.token)
    assert ["color"] == list(errors(wrong))
    wire.command("disconnect", profile_id=person.profile_id)
    assert 423 == wire.send("POST", path, body, token=person.token).status


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("read_write", {"create_calendar", "events", "free_busy", "upsert", "delete"}),
        ("read_only", {"events", "free_busy"}),
        ("read_events", {"events", "free_busy"}),
        ("write_only", {"create_calendar", "upsert", "delete"}),
        ("free_busy", {"free_busy"}),
        ("read_free_busy", {"free_busy"}),
        ("free_busy_write", {"create_calendar", "free_busy", "upsert", "delete"}),
        ("create_event", {"upsert"}),
        ("delete_event", {"delete"}),
        ("create_calendar", {"create_calendar"}),
        ("read_account list_calendars", set()),
    ],
)
def test_a_scope_allows_what_its_name_says(wire: Wire, scope: str, allowed: set[str]) -> None:
    """What the scope does not reach is 403; identity and own events can always be read."""
    person = wire.person(scope)
    calendar = f"/v1/calendars/{person.calendar_id}/events"
    calls = {
        "create_calendar": (
            "POST",
            "/v1/calendars",
            {"profile_id": person.profile_id, "name": "T"},
        ),
        "events": ("GET", "/v1/events?tzid=Etc%2FUTC", None),
        "free_busy": ("GET", "/v1/free_busy?tzid=Etc%2FUTC", None),
        "upsert": (
            "POST",
            calendar,
            {
                "event_id": "e",
                "summary": "s",
                "start": "2030-01-02T10:00:00Z",
                "end": "2030-01-02T11:00:00Z",
            },
        ),
        "delete": ("DELETE", calendar, {"event_id": "e"}),
    }
    statuses = {name: wire.send(*call, token=person.token).status for name, call in calls.items()}
    assert dict.fromkeys(calls.keys() - allowed, 403) == {
        name: status for name, status in statuses.items() if status == 403
    }
    assert {200, 202} >= {statuses[name] for name in allowed}
    wire.get("/v1/userinfo", person)
    wire.get("/v1/calendars", person)
    wire.get("/v1/events", person, tzid="Etc/UTC", only_managed=True)
