"""iCalendar files: what programs write, what it means, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_transports.sandbox import Clock, Sandbox
from cronofy_transports.sandbox.calendars_from_ics import read

from .wire import NOW, Person, Wire, errors

FILES = Path(__file__).parents[1] / "data" / "ics"


@pytest.fixture
def person(wire: Wire) -> Person:
    """Ada, in London."""
    return wire.person()


def calendar(*lines: str, before: str = "") -> str:
    """A file with one event, or with what its lines make of it."""
    body = "\n".join(lines)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{before}BEGIN:VEVENT\n{body}\nEND:VEVENT\n"
    return f"{text}END:VCALENDAR\n".replace("\n", "\r\n")


def events(text: str, zone: str = "Europe/London", **options: Any) -> list[dict[str, Any]]:
    """The described events of a file, as JSON has them."""
    from cronofy_async.core import codec

    found = read(text, zone=zone, now=NOW, **options)
    return [codec.unstructure(each) for each in found.events]


def starts(*lines: str, **options: Any) -> list[str]:
    """When the events of a file start, by the clock of their zone or in UTC."""
    found = read(calendar(*lines), zone="Europe/London", now=NOW, **options).events
    return [str(getattr(each.start, "time", each.start))[:16] for each in found]


# What programs write ------------------------------------------------------------------


def test_a_file_of_google_is_read(wire: Wire, person: Person) -> None:
    """A series with an exception, a day, a reply, and every detail."""
    text = (FILES / "google.ics").read_bytes().decode()
    uids = wire.command("load_ics", text=text, calendar_id=person.calendar_id)
    found = wire.events(person, include_geo=True, localized_times=True)
    assert sorted(uids) == sorted(each["event_uid"] for each in found)
    shown = [(each["summary"], each["start"]["time"]) for each in found]
    assert [
        ("Stand-up, short", "2030-01-07T09:00:00+01:00"),
        ("Fair", "2030-01-10"),
        ("Lunch", "2030-01-11T12:00:00+00:00"),
        ("Stand-up, long", "2030-01-22T14:00:00+01:00"),
        ("Stand-up, short", "2030-01-28T09:00:00+01:00"),
        ("Stand-up, short", "2030-02-04T09:00:00+01:00"),
    ] == shown
    fair, lunch = found[1], found[2]
    assert fair["description"].startswith("First line\nSecond line that is so long")
    assert "which wrote it" in fair["description"]
    assert "transparent" == fair["transparency"]
    assert {
        "participation_status": "tentative",
        "event_private": True,
        "location": {"description": "Room 4", "lat": "48.8584", "long": "2.2945"},
        "url": "https://example.com/invited?a=1",
        "categories": ["Work", "Travel"],
        "status": "tentative",
        "organizer": {"email": "bo@example.com", "display_name": "Bo"},
        "attendees": [
            {"email": "ada@example.com", "display_name": "Ada", "status": "tentative"},
            {"email": "cy@example.com", "status": "declined"},
        ],
    } == {
        name: [
            {key: value for key, value in each.items() if value is not None} for each in lunch[name]
        ]
        if name == "attendees"
        else lunch[name]
        for name in (
            "participation_status",
            "event_private",
            "location",
            "url",
            "categories",
            "status",
            "organizer",
            "attendees",
        )
    }
    assert lunch["options"]["change_participation_status"]
    series = [each for each in found if each["summary"].startswith("Stand-up")]
    assert {(True, "weekly@google.com")} == {
        (each["recurring"], each["series_identifier"]) for each in series
    }


def test_a_file_of_outlook_is_read() -> None:
    """Windows' names of zones, zones that the file defines, and times of no zone."""
    found = events((FILES / "outlook.ics").read_bytes().decode())
    assert [
        ("Windows zone", {"time": "2030-01-08T14:00:00Z", "tzid": "America/New_York"}),
        ("Own zone", "2030-07-08T07:00:00Z"),
        ("Own zone", "2030-07-09T07:00:00Z"),
        ("Own zone", "2030-07-15T07:00:00Z"),
        ("Floating", {"time": "2030-01-09T09:00:00Z", "tzid": "Europe/London"}),
    ] == [(each["summary"], each["start"]) for each in found]
    assert "2030-07-15T08:30:00Z" == found[3]["end"]
    assert "cancelled" == found[4]["status"]


def test_a_file_is_a_world_of_one_account() -> None:
    """Named after the file, in the zone that it says, with one calendar named as it says."""
    box = Sandbox(7, clock=Clock(lambda: NOW), world=FILES / "google.ics")
    (account,) = box.world.accounts.values()
    assert ("google@example.com", "Europe/Paris") == (account.email, account.zoneinfo)
    assert [["Ada Lovelace"]] == [
        [each["calendar_name"] for each in found["calendars"]] for found in box.accounts()
    ]
    (made,) = account.calendars()
    assert 6 == len(made.events)


# What it means ------------------------------------------------------------------------

START = "DTSTART;TZID=Europe/Paris:20300107T090000"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([START, "RRULE:FREQ=DAILY;COUNT=3"], ["07T09", "08T09", "09T09"]),
        ([START, "RRULE:FREQ=DAILY;UNTIL=20300108T080000Z"], ["07T09", "08T09"]),
        ([START, "RRULE:FREQ=DAILY;UNTIL=20300108T075959Z"], ["07T09"]),
        ([START, "RRULE:FREQ=DAILY;UNTIL=20300108"], ["07T09", "08T09"]),
        ([START, "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=2"], ["07T09", "08T09", "10T09"]),
        (
            [START, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20300108T080000Z"],
            ["07T09", "09T09"],
        ),
        (
            [START, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20300108"],
            ["07T09", "09T09"],
        ),
        ([START, "RDATE:20300109T110000Z,20300108T080000Z"], ["07T09", "08T09", "09T12"]),
        ([START, "RDATE;VALUE=PERIOD:20300109T110000Z/PT2H"], ["07T09", "09T12"]),
        ([START, "RRULE:FREQ=MONTHLY;BYDAY=2MO;COUNT=1"], ["07T09", "14T09"]),
    ],
)
def test_series_are_counted_out(lines: list[str], found: list[str]) -> None:
    """By the clock of the series; the first one takes place in any case."""
    zone = "Europe/Paris"
    from zoneinfo import ZoneInfo

    read_starts = read(calendar("UID:1", *lines), zone=zone, now=NOW).events
    local = [
        each.start.moment().astimezone(ZoneInfo(zone)).strftime("%dT%H")  # type: ignore[union-attr]  # all are zoned
        for each in read_starts
    ]
    assert found == local


def test_a_series_keeps_to_the_clock_on_the_wall() -> None:
    """Its moments move when clocks change, and no occurrence gets longer."""
    text = calendar(
        "UID:1",
        "DTSTART;TZID=Europe/London:20300330T230000",
        "DTEND;TZID=Europe/London:20300331T030000",
        "RRULE:FREQ=DAILY;COUNT=3",
    )
    found = [(each["start"]["time"], each["end"]["time"]) for each in events(text)]
    assert [
        ("2030-03-30T23:00:00Z", "2030-03-31T02:00:00Z"),
        ("2030-03-31T22:00:00Z", "2030-04-01T01:00:00Z"),
        ("2030-04-01T22:00:00Z", "2030-04-02T01:00:00Z"),
    ] == found


def test_days_recur_as_days() -> None:
    """All-day series, and one whose exceptions are days."""
    lines = ["UID:1", "DTSTART;VALUE=DATE:20300107", "RRULE:FREQ=DAILY;COUNT=3"]
    assert ["2030-01-07", "2030-01-08", "2030-01-09"] == starts(*lines)
    assert ["2030-01-07", "2030-01-09"] == starts(*lines, "EXDATE;VALUE=DATE:20300108")
    (single,) = events(calendar("UID:1", "DTSTART;VALUE=DATE:20300107"))
    assert ("2030-01-07", "2030-01-08") == (single["start"], single["end"])


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART;VALUE=DATE:20300107", "DTEND;VALUE=DATE:20300107"],
        ["DTSTART;TZID=America/New_York;VALUE=DATE:20300107"],
        ["DTSTART;VALUE=DATE:20300107", "CREATED:00001231T000000Z", "GEO:1", "SEQUENCE:x"],
    ],
)
def test_a_day_is_read_in_all_the_forms_that_programs_write(lines: list[str]) -> None:
    """Ending where it begins, with a zone that it does not have, beside a year 0."""
    (found,) = events(calendar("UID:1", *lines))
    assert ("2030-01-07", "2030-01-08") == (found["start"], found["end"])


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        ("20300101T090000Z", 731, "2032-01-01"),
        ("20240101T090000Z", 731 + 1461 - 1, "2031-12-31"),
        ("20400101T090000Z", 731, "2041-12-31"),
    ],
)
def test_endless_series_end(first: str, count: int, last: str) -> None:
    """Two years from their first one on, and two years around now."""
    found = starts("UID:1", f"DTSTART:{first}", "RRULE:FREQ=DAILY")
    assert (count, last) == (len(found), found[-1][:10])


def test_an_exception_replaces_its_occurrence_alone_or_all_that_follow() -> None:
    """RANGE=THISANDFUTURE moves those after it as far as itself; a day names what is on it."""
    for extent, expected in (
        ("", ["07T09", "08T10", "09T09"]),
        (
            ";RANGE=THISANDFUTURE",
            ["07T09", "08T10", "09T10"],
        ),
        (";VALUE=DATE", ["07T09", "08T10", "09T09"]),
    ):
        text = calendar(
            "UID:1",
            "DTSTART:20300107T090000Z",
            "RRULE:FREQ=DAILY;COUNT=3",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "UID:1",
            f"RECURRENCE-ID{extent}:20300108{'' if 'DATE' in extent else 'T090000Z'}",
            "DTSTART:20300108T100000Z",
            "DTEND:20300108T110000Z",
        )
        assert expected == [each["start"]["time"][8:13] for each in events(text)]


def test_the_later_of_two_versions_counts() -> None:
    """By their SEQUENCE."""
    lines = ["UID:1", "DTSTART:20300107T090000Z", "SUMMARY:New", "SEQUENCE:2", "END:VEVENT"]
    text = calendar(*lines, "BEGIN:VEVENT", "UID:1", "DTSTART:20300108T090000Z", "SUMMARY:Old")
    assert ["New"] == [each["summary"] for each in events(text)]


@pytest.mark.parametrize(
    ("lines", "reply", "invited"),
    [
        ([], "accepted", False),
        (["ORGANIZER:mailto:ADA@example.com"], "accepted", False),
        (
            [
                "ORGANIZER:mailto:bo@example.com",
                "ATTENDEE;PARTSTAT=DECLINED:mailto:Ada@Example.com",
            ],
            "declined",
            True,
        ),
        (
            ["ORGANIZER:mailto:bo@example.com", "ATTENDEE:mailto:ada@example.com"],
            "needs_action",
            True,
        ),
        (["ORGANIZER:mailto:bo@example.com"], "accepted", False),
    ],
)
def test_the_owners_reply_is_that_of_their_address(
    lines: list[str], reply: str, invited: bool
) -> None:
    """Whoever organizes, or is not listed, has accepted."""
    text = calendar("UID:1", "DTSTART:20300107T090000Z", *lines)
    (found,) = read(text, zone="Etc/UTC", now=NOW, owner=("ada@example.com",)).events
    assert (reply, invited) == (found.participation_status, found.invited)


# What is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "BEGIN:VCALENDAR"),
        ("hello", "must be an iCalendar file"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR"),
        (calendar("UID:1", "DTSTART:20300107T090000Z")[:-20], "to END:VCALENDAR"),
        (calendar("UID:x1", "SUMMARY:a"), r"VEVENT 1 \(x1\) cannot be read: DTSTART is missing"),
        (calendar("UID:1", "DTSTART:yesterday"), r"VEVENT 1 \(1\).*DTSTART"),
        (calendar("UID:1", "DTSTART;TZID=Nowhere/Land:20300107T090000"), "TZID Nowhere/Land"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "DTEND:20300106T090000Z"), "after DTSTART"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "DTEND;VALUE=DATE:20300108"), "be a day"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "RRULE:FREQ=SOMETIMES"), "VEVENT 1"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "RRULE:COUNT=2"), "FREQ"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "RRULE:FREQ=SECONDLY"), "10000 times"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), "INTERVAL"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "DTSTART:20300108T090000Z"), "than once"),
        (calendar("UID:1", "DTSTART:20300107T090000Z", "the rest of a line"), "VEVENT 1"),
        (
            calendar("UID:1", "DTSTART:20300107T090000Z", "END:VEVENT", "BEGIN:VEVENT", "UID:2"),
            r"VEVENT 2 \(2\)",
        ),
    ],
)
def test_a_malformed_file_is_refused_by_its_component(
    wire: Wire, person: Person, text: str, says: str
) -> None:
    """Nothing of it is written, in process and over HTTP alike."""
    with pytest.raises(InvalidArgumentError, match=says) as refused:
        wire.sandbox.control.load_ics(text, calendar_id=person.calendar_id)
    assert "text" == refused.value.field
    body = {"text": text, "calendar_id": person.calendar_id}
    assert ["text"] == list(errors(wire.send("POST", "/_sandbox/load_ics", body)))
    assert [] == wire.events(person)


def test_a_calendar_is_named_by_id_or_by_account_and_name(wire: Wire, person: Person) -> None:
    """Neither or both are refused, and so is a name that two have."""
    control, text = wire.sandbox.control, calendar("UID:1", "DTSTART:20300107T090000Z")
    assert 1 == len(control.load_ics(text, sub=person.sub, calendar_name="Work"))
    for wrong in ({}, {"sub": person.sub}, {"calendar_id": "x", "sub": person.sub}):
        with pytest.raises(InvalidArgumentError, match="calendar_id must be given"):
            control.load_ics(text, **wrong)
    other = wire.sandbox.world.add_profile(
        wire.sandbox.world.accounts[person.sub],
        name="x",
        provider_name="apple",
        provider_service="icloud",
    )
    wire.sandbox.world.add_calendar(other, "Work")
    with pytest.raises(InvalidArgumentError, match="must be of one calendar"):
        control.load_ics(text, sub=person.sub, calendar_name="Work")


def test_without_the_package_the_error_says_what_to_install() -> None:
    """The sandbox itself does without it."""
    code = (
        "import sys; sys.modules['icalendar'] = None\n"
        "from cronofy_transports.sandbox import Sandbox\n"
        "box = Sandbox()\n"
        "calendar = box.accounts()[0]['calendars'][0]['calendar_id']\n"
        "try:\n    box.control.load_ics('', calendar_id=calendar)\n"
        "except ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "python -m pip install 'cronofy_async[ics]'" in done.stdout


def test_reading_does_not_depend_on_files_read_before() -> None:
    """Two files may define one name of a zone differently."""
    rule = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{0}\nTZOFFSETTO:{0}\nEND:STANDARD"
    for offset, moment in (("+0300", "06:00"), ("-0500", "14:00")):
        zone = f"BEGIN:VTIMEZONE\nTZID:Ours\n{rule.format(offset)}\nEND:VTIMEZONE\n"
        text = calendar("UID:1", "DTSTART;TZID=Ours:20300107T090000", before=zone)
        assert f"2030-01-07T{moment}:00Z" == events(text)[0]["start"]
