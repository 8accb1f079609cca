"""Reading events and free-busy periods over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cronofy_transports.sandbox import Choices
from cronofy_transports.sandbox.error_keys import ERROR_KEYS

from .wire import NOW, ORIGIN, Person, Wire, errors, keys


def summaries(events: list[dict[str, Any]]) -> list[str]:
    """The titles of events."""
    return [event["summary"] for event in events]


def stamp(seconds: int) -> str:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(NOW + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# The shape of an event ----------------------------------------------------------------


def test_an_external_event_has_the_fields_of_the_reference(wire: Wire, person: Person) -> None:
    """An event that somebody made has a uid and no event_id, and cannot be changed."""
    uid = wire.external(person, "2030-01-03T14:30:00Z", "2030-01-03T15:00:00Z", location="High St")
    (event,) = wire.events(person)
    assert {
        "calendar_id": person.calendar_id,
        "event_uid": uid,
        "summary": "Private",
        "description": "",
        "start": "2030-01-03T14:30:00Z",
        "end": "2030-01-03T15:00:00Z",
        "deleted": False,
        "created": stamp(0),
        "updated": stamp(0),
        "location": {"description": "High St"},
        "participation_status": "accepted",
        "attendees": [],
        "transparency": "opaque",
        "extended_transparency": "opaque",
        "status": "confirmed",
        "categories": [],
        "recurring": False,
        "event_private": False,
        "options": {"delete": False, "update": False, "change_participation_status": False},
    } == event
    assert uid.startswith("evt_external_")
    assert 24 == len(uid.removeprefix("evt_external_"))


def test_managed_events_are_left_out_unless_asked_for(wire: Wire, person: Person) -> None:
    """include_managed adds the application's own events, only_managed reads no others."""
    wire.external(person, "2030-01-03T14:30:00Z", "2030-01-03T15:00:00Z")
    wire.write(person)
    assert ["Private"] == summaries(wire.events(person))
    assert ["Talk", "Private"] == summaries(wire.events(person, include_managed=True))
    (own,) = wire.events(person, only_managed=True)
    assert "e1" == own["event_id"]
    assert {"delete": True, "update": True, "change_participation_status": False} == own["options"]


def test_an_event_of_one_application_is_external_to_another(wire: Wire, person: Person) -> None:
    """Another application sees the event without its event_id, and may not change it."""
    wire.write(person)
    world = wire.sandbox.world
    other = world.add_application("Other", client_id="other", secret="hush")
    authorization = world.vault.authorize(other, world.accounts[person.sub], "read_write")
    stranger = Person(person.sub, world.vault.issue(authorization), "", person.calendar_id, "")
    (event,) = wire.events(stranger)
    assert "event_id" not in event
    assert event["options"]["update"] is False
    assert [] == wire.events(stranger, only_managed=True)


# Windows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        # 42 days before 2030-01-01 is 2029-11-20; 201 days after it is 2030-07-21.
        ("2029-11-19T22:00:00Z", "2029-11-19T23:59:59Z", False),
        ("2029-11-19T22:00:00Z", "2029-11-20T00:00:00Z", True),
        ("2030-07-20T23:59:59Z", "2030-07-21T01:00:00Z", True),
        ("2030-07-21T00:00:00Z", "2030-07-21T01:00:00Z", False),
        ("2029-11-19", "2029-11-20", False),
        ("2029-11-19", "2029-11-21", True),
        ("2030-07-20", "2030-07-21", True),
        ("2030-07-21", "2030-07-22", False),
    ],
)
def test_the_default_window_is_42_days_back_and_201_ahead(
    wire: Wire, person: Person, start: str, end: str, inside: bool
) -> None:
    """Events ending on its first day or later and starting before its last are read."""
    wire.external(person, start, end)
    assert (["Private"] if inside else []) == summaries(wire.events(person))


def test_the_default_window_does_not_bind_managed_events(wire: Wire, person: Person) -> None:
    """With neither from nor to, every managed event of all time is read; given bounds hold."""
    for year in (1999, 2030, 2099):
        start, end = f"{year}-06-01T10:00:00Z", f"{year}-06-01T11:00:00Z"
        wire.write(person, f"m{year}", summary=str(year), start=start, end=end)
        wire.external(person, start, end, summary=f"x{year}")
    assert ["1999", "2030", "x2030", "2099"] == summaries(
        sorted(wire.events(person, include_managed=True), key=lambda e: (e["start"], e["summary"]))
    )
    assert ["1999", "2030"] == summaries(wire.events(person, only_managed=True, to="2031-01-01"))
    assert ["2030", "2099"] == summaries(wire.events(person, only_managed=True, from_="2000-01-01"))


def test_wider_bounds_are_honoured(wire: Wire, person: Person) -> None:
    """from and to reach beyond the default window when they say so."""
    wire.external(person, "2020-06-01T10:00:00Z", "2020-06-01T11:00:00Z")
    assert ["Private"] == summaries(wire.events(person, from_="2020-01-01", to="2021-01-01"))


@pytest.mark.parametrize(
    ("tzid", "found"),
    [("Etc/UTC", True), ("America/New_York", True), ("Asia/Tokyo", False)],
)
def test_days_begin_in_the_zone_of_the_request(
    wire: Wire, person: Person, tzid: str, found: bool
) -> None:
    """to is exclusive at the midnight of tzid: 23:00 in UTC is the next day in Tokyo."""
    wire.external(person, "2030-01-03T23:00:00Z", "2030-01-03T23:30:00Z")
    query = {"tzid": tzid, "from_": "2030-01-03", "to": "2030-01-04"}
    assert found is bool(wire.events(person, **query))


def test_bounds_may_be_moments(wire: Wire, person: Person) -> None:
    """from and to take times as well as days."""
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.external(person, "2030-01-03", "2030-01-04", summary="Day")
    for from_, to, expected in (
        ("2030-01-03T11:00:00Z", "2030-01-03T12:00:00Z", ["Day", "Private"]),
        ("2030-01-03T11:00:01Z", "2030-01-03T12:00:00Z", ["Day"]),
        ("2030-01-02T10:00:00Z", "2030-01-03T10:00:00Z", ["Day"]),
        ("2030-01-02T10:00:00Z", "2030-01-03T00:00:00Z", []),
        ("2030-01-04T00:00:00Z", "2030-01-05T00:00:00Z", []),
    ):
        assert expected == summaries(wire.events(person, from_=from_, to=to))


def test_long_events_reach_into_the_window(wire: Wire, person: Person) -> None:
    """An event that began years ago and is not over is found, among many short ones."""
    wire.external(person, "2025-01-01T00:00:00Z", "2035-01-01T00:00:00Z", summary="Age")
    for day in range(1, 29):
        wire.external(person, f"2030-02-{day:02}T10:00:00Z", f"2030-02-{day:02}T10:30:00Z")
    found = wire.events(person, from_="2030-02-10", to="2030-02-12")
    assert ["Age", "Private", "Private"] == summaries(found)


# Times --------------------------------------------------------------------------------


def test_localized_times_have_the_offset_of_their_day(wire: Wire, person: Person) -> None:
    """Each time is in the event's own zone with the offset of that moment, over a DST night."""
    wire.external(person, "2030-03-30T22:00:00", "2030-03-31T06:00:00", tzid="Europe/London")
    wire.external(person, "2030-05-01T10:00:00Z", "2030-05-01T11:00:00Z", summary="No zone")
    wire.external(person, "2030-06-01", "2030-06-03", tzid="Europe/Paris", summary="Days")
    night, no_zone, days = wire.events(person, localized_times=True, tzid="Asia/Tokyo")
    assert {"time": "2030-03-30T22:00:00+00:00", "tzid": "Europe/London"} == night["start"]
    assert {"time": "2030-03-31T06:00:00+01:00", "tzid": "Europe/London"} == night["end"]
    assert {"time": "2030-05-01T10:00:00+00:00", "tzid": "Etc/UTC"} == no_zone["start"]
    assert {"time": "2030-06-01", "tzid": "Europe/Paris"} == days["start"]
    assert {"time": "2030-06-03", "tzid": "Europe/Paris"} == days["end"]
    (plain, *_) = wire.events(person, tzid="Asia/Tokyo")
    assert ("2030-03-30T22:00:00Z", "2030-03-31T05:00:00Z") == (plain["start"], plain["end"])


def test_geographic_places_are_shown_when_asked_for(wire: Wire, person: Person) -> None:
    """include_geo adds lat and long as text; without it there is the description only."""
    wire.write(person, location={"description": "Room", "lat": "48.85", "long": "2.35"})
    (plain,) = wire.events(person, only_managed=True)
    assert {"description": "Room"} == plain["location"]
    (geo,) = wire.events(person, only_managed=True, include_geo=True)
    assert {"description": "Room", "lat": "48.85", "long": "2.35"} == geo["location"]


# Changes ------------------------------------------------------------------------------


def test_deleted_events_are_shown_when_asked_for(wire: Wire, person: Person) -> None:
    """include_deleted shows what was deleted, marked as such, with a new stamp."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.command("advance", seconds=60)
    wire.command("cancel_event", event_uid=uid)
    assert [] == wire.events(person)
    (gone,) = wire.events(person, include_deleted=True)
    assert (uid, True, stamp(0), stamp(60)) == (
        gone["event_uid"],
        gone["deleted"],
        gone["created"],
        gone["updated"],
    )


def test_last_modified_finds_what_changed_at_or_after_it(wire: Wire, person: Person) -> None:
    """Incremental reads find new, changed and deleted events, each once, in order of start."""
    first = wire.external(person, "2030-01-05T10:00:00Z", "2030-01-05T11:00:00Z", summary="a")
    second = wire.external(person, "2030-01-04T10:00:00Z", "2030-01-04T11:00:00Z", summary="b")
    wire.command("advance", seconds=100)
    third = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z", summary="c")
    moved = {"start": "2030-01-06T10:00:00Z", "end": "2030-01-06T11:00:00Z"}
    wire.command("move_event", event_uid=first, **moved)
    wire.command("move_event", event_uid=first, **moved)
    assert [third, first] == [
        event["event_uid"] for event in wire.events(person, last_modified=stamp(100))
    ]
    assert [] == wire.events(person, last_modified=stamp(101))
    assert [third, second, first] == [
        event["event_uid"] for event in wire.events(person, last_modified=stamp(0))
    ]
    wire.command("cancel_event", event_uid=second)
    assert second in [
        event["event_uid"]
        for event in wire.events(person, last_modified=stamp(100), include_deleted=True)
    ]
    spaced = stamp(100).replace("T", " ")
    assert 2 == len(wire.events(person, last_modified=spaced))


def test_moved_events_are_shown_when_asked_for(wire: Wire, person: Person) -> None:
    """include_moved shows an event that was in the window once, where it is now."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.command(
        "move_event", event_uid=uid, start="2030-02-03T10:00:00Z", end="2030-02-03T11:00:00Z"
    )
    window = {"from_": "2030-01-01", "to": "2030-01-05"}
    assert [] == wire.events(person, **window)
    (moved,) = wire.events(person, **window, include_moved=True)
    assert "2030-02-03T10:00:00Z" == moved["start"]
    (moved,) = wire.events(person, **window, include_moved=True, last_modified=stamp(0))
    assert uid == moved["event_uid"]
    assert [] == wire.events(person, from_="2030-01-10", to="2030-01-20", include_moved=True)


# Paging -------------------------------------------------------------------------------


def crowd(wire: Wire, person: Person, count: int) -> list[str]:
    """So many events, an hour apart, in the order of their starts."""
    begin = datetime(2030, 1, 2, tzinfo=UTC)
    return [
        wire.external(
            person,
            (begin + timedelta(hours=n)).isoformat(),
            (begin + timedelta(hours=n, minutes=30)).isoformat(),
            summary=str(n),
        )
        for n in range(count)
    ]


def test_many_events_come_in_pages(wire: Wire, person: Person) -> None:
    """Every page but the last has the absolute URL of the next, on the host that was asked."""
    uids = crowd(wire, person, 251)
    host = "http://127.0.0.1:8080"
    page = wire.get(f"{host}/v1/events?tzid=Etc%2FUTC", person)
    numbers, found = [], []
    while True:
        numbers.append((page["pages"]["current"], page["pages"]["total"]))
        found += [event["event_uid"] for event in page["events"]]
        if "next_page" not in page["pages"]:
            break
        assert page["pages"]["next_page"].startswith(f"{host}/v1/events/pages/")
        page = wire.get(page["pages"]["next_page"], person)
    assert [(1, 3), (2, 3), (3, 3)] == numbers
    assert uids == found


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (99, 1), (100, 1), (101, 2), (200, 2)])
def test_a_full_page_has_no_empty_one_after_it(
    wire: Wire, person: Person, count: int, pages: int
) -> None:
    """The number of pages is that of the events, and an empty answer has one page."""
    crowd(wire, person, count)
    page = wire.get("/v1/events", person, tzid="Etc/UTC")
    assert pages == page["pages"]["total"]
    assert (pages > 1) is ("next_page" in page["pages"])


def test_pages_hold_still_while_the_world_changes(wire: Wire, person: Person) -> None:
    """Between two pages nothing is lost or doubled; what is deleted meanwhile is left out."""
    uids = crowd(wire, person, 250)
    first = wire.get("/v1/events", person, tzid="Etc/UTC")
    wire.external(person, "2030-01-02T00:15:00Z", "2030-01-02T00:45:00Z", summary="new")
    wire.command("cancel_event", event_uid=uids[0])
    wire.command("cancel_event", event_uid=uids[150])
    wire.command(
        "move_event", event_uid=uids[160], start="2030-01-02T00:00:00Z", end="2030-01-02T01:00:00Z"
    )
    second = wire.get(first["pages"]["next_page"], person)
    third = wire.get(second["pages"]["next_page"], person)
    read = [event["event_uid"] for page in (first, second, third) for event in page["events"]]
    assert [uid for uid in uids if uid != uids[150]] == read
    assert second == wire.get(first["pages"]["next_page"], person)


def test_a_page_is_only_for_who_asked_for_the_first(wire: Wire, person: Person) -> None:
    """A page is 404 for others, at another kind of list, and once it is too old."""
    crowd(wire, person, 101)
    page = wire.get("/v1/events", person, tzid="Etc/UTC")["pages"]["next_page"]
    assert 401 == wire.send("GET", page).status
    assert 404 == wire.send("GET", page, token=wire.person().token).status
    other = page.replace("/events/", "/free_busy/")
    assert 404 == wire.send("GET", other, token=person.token).status
    assert 404 == wire.send("GET", f"{ORIGIN}/v1/events/pages/00", token=person.token).status
    assert 200 == wire.send("GET", page + "?tzid=Etc%2FUTC&x=1", token=person.token).status
    wire.command("advance", seconds=Choices().page_lifetime)
    tokens = wire.command("grant", sub=person.sub)
    assert 404 == wire.send("GET", page, token=tokens["access_token"]).status


# Wrong questions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "key"),
    [
        ("", "tzid", "errors.required"),
        ("tzid=Mars%2FOlympus", "tzid", "errors.invalid"),
        ("tzid=Etc%2FUTC&from=yesterday", "from", "errors.invalid"),
        ("tzid=Etc%2FUTC&to=2030-13-01", "to", "errors.invalid"),
        ("tzid=Etc%2FUTC&include_deleted=maybe", "include_deleted", "errors.must_be_boolean"),
        ("tzid=Etc%2FUTC&last_modified=2030-01-01T00:00:00.5Z", "last_modified", "errors.invalid"),
        ("tzid=Etc%2FUTC&calendar_ids[]=cal_x", "calendar_ids", "errors.invalid_calendar_ids"),
        ("tzid=Etc%2FUTC&include_manged=true", "include_manged", "errors.not_recognized"),
    ],
)
def test_a_wrong_parameter_is_named(
    wire: Wire, person: Person, query: str, field: str, key: str
) -> None:
    """Missing, malformed and unknown parameters are 422 under their own names."""
    response = wire.send("GET", f"/v1/events?{query}", token=person.token)
    assert {field: [key]} == keys(response)
    ((complaint,),) = errors(response).values()
    words = ERROR_KEYS[key].words or f"{field} "
    assert complaint["description"].startswith(words.format(name=field))


def test_unknown_parameters_can_be_passed_over() -> None:
    """With the dial turned, the sandbox ignores parameters that it does not know."""
    wire = Wire(Choices(unknown_parameters="ignore"))
    person = wire.person()
    assert [] == wire.events(person, include_manged=True)


def test_calendars_can_be_chosen(wire: Wire, person: Person) -> None:
    """calendar_ids[] reads only these calendars; those of others are unknown."""
    profile = wire.sandbox.world.accounts[person.sub].profiles[0]
    second = wire.sandbox.world.add_calendar(profile, "Second")
    wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    assert [] == wire.events(person, **{"calendar_ids[]": second.calendar_id})
    both = [second.calendar_id, person.calendar_id]
    assert ["Private"] == summaries(wire.events(person, **{"calendar_ids[]": both}))
    stranger = wire.person()
    path = f"/v1/events?tzid=Etc%2FUTC&calendar_ids%5B%5D={person.calendar_id}"
    refused = wire.send("GET", path, token=stranger.token)
    assert {"calendar_ids": ["errors.invalid_calendar_ids"]} == keys(refused)


# Free-busy ----------------------------------------------------------------------------


def test_free_busy_shows_each_event_by_how_it_takes_up_time(wire: Wire, person: Person) -> None:
    """Opaque is busy, tentative is tentative; free ones are shown when asked for."""
    hours = iter(range(8, 20))

    def add(**details: Any) -> None:
        hour = next(hours)
        wire.external(
            person, f"2030-01-03T{hour:02}:00:00Z", f"2030-01-03T{hour:02}:30:00Z", **details
        )

    add()
    add(status="tentative")
    add(participation_status="tentative")
    add(transparency="transparent")
    add(participation_status="declined")
    add(status="cancelled")
    add(transparency="unknown")

    def statuses(**query: Any) -> list[str]:
        periods = wire.get("/v1/free_busy", person, tzid="Etc/UTC", **query)["free_busy"]
        return [each["free_busy_status"] for each in periods]

    assert ["busy", "tentative", "tentative", "unknown"] == statuses()
    assert ["busy", "tentative", "tentative", "free", "free", "free", "unknown"] == statuses(
        include_free=True
    )


def test_a_free_busy_period_has_no_details(wire: Wire, person: Person) -> None:
    """A period has its calendar, times and status; ids, deleted and zones when asked for."""
    uid = wire.external(person, "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z")
    wire.write(person, start="2030-01-02", end="2030-01-03", transparency="opaque")
    (plain,) = wire.get("/v1/free_busy", person, tzid="Etc/UTC")["free_busy"]
    assert {
        "calendar_id": person.calendar_id,
        "start": "2030-01-03T10:00:00Z",
        "end": "2030-01-03T11:00:00Z",
        "free_busy_status": "busy",
    } == plain
    own, other = wire.get(
        "/v1/free_busy", person, tzid="Etc/UTC", include_managed=True, include_ids=True
    )["free_busy"]
    assert ("2030-01-02", "e1") == (own["start"], own["event_id"])
    assert (uid, False) == (other["event_uid"], "event_id" in other)
    wire.command("cancel_event", event_uid=uid)
    (gone,) = wire.get("/v1/free_busy", person, tzid="Etc/UTC", include_deleted=True)["free_busy"]
    assert gone["deleted"] is True
    assert [] == wire.get("/v1/free_busy", person, tzid="Etc/UTC")["free_busy"]


def test_free_busy_comes_in_pages_too(wire: Wire, person: Person) -> None:
    """Its further pages lie below its own path."""
    crowd(wire, person, 101)
    first = wire.get("/v1/free_busy", person, tzid="Etc/UTC")
    assert first["pages"]["next_page"].startswith(f"{ORIGIN}/v1/free_busy/pages/")
    second = wire.get(first["pages"]["next_page"], person)
    assert [100, 1] == [len(each["free_busy"]) for each in (first, second)]
