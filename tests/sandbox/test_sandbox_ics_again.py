"""iCalendar files that the sandbox writes itself, read again."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports.sandbox import icalendar
from cronofy_transports.sandbox.calendars_from_ics import read
from cronofy_transports.sandbox.icalendar import Component, Property

from .wire import NOW, Wire

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=90)


@given(summary=words, place=words, minutes=st.integers(0, 10_000), lasts=st.integers(0, 10_000))
def test_what_the_sandbox_writes_is_read_again(
    summary: str, place: str, minutes: int, lasts: int
) -> None:
    """Any words, folded or escaped, and any moments come back."""
    start = NOW + 60 * minutes
    moments = [
        icalendar.moment(datetime.fromtimestamp(s, UTC)) for s in (start, start + 60 * lasts)
    ]
    text = icalendar.write(
        Component(
            "VCALENDAR",
            [
                Property("VERSION", "2.0"),
                Property("PRODID", "test"),
                Component(
                    "VEVENT",
                    [
                        Property("UID", "1"),
                        Property("DTSTART", moments[0]),
                        Property("DTEND", moments[1]),
                        Property("SUMMARY", icalendar.text(summary)),
                        Property("LOCATION", icalendar.text(place)),
                        Property("ORGANIZER", icalendar.address("a b+c@example.com")),
                    ],
                ),
            ],
        )
    )
    (found,) = read(text, zone="Etc/UTC", now=NOW).events
    assert (summary, place) == (found.summary, getattr(found.location, "description", None))
    assert "a b+c@example.com" == getattr(found.organizer, "email", None)
    assert (start, start + 60 * lasts) == tuple(
        int(each.moment().timestamp())  # type: ignore[union-attr]  # both are zoned
        for each in (found.start, found.end)
    )


def test_the_file_of_an_invite_is_read_again() -> None:
    """Loaded into the calendar of whoever it went to, it is the event that it invites to."""
    wire = Wire()
    person = wire.person()
    body = {
        "smart_invite_id": "i1",
        "recipient": {"email": "ada@example.com"},
        "event": {
            "summary": "Interview, first",
            "description": "Bring:\n- a pen",
            "start": {"time": "2030-01-02T10:00:00+01:00", "tzid": "Europe/Paris"},
            "end": {"time": "2030-01-02T11:00:00+01:00", "tzid": "Europe/Paris"},
            "location": {"description": "Room 4", "lat": "48.5", "long": "2.5"},
        },
    }
    made = wire.send("POST", "/v1/smart_invites", body, token=wire.secret).json()
    wire.command("load_ics", text=made["attachments"]["icalendar"], calendar_id=person.calendar_id)
    (event,) = wire.events(person, include_geo=True)
    assert ("Interview, first", "Bring:\n- a pen", "needs_action") == (
        event["summary"],
        event["description"],
        event["participation_status"],
    )
    assert {"description": "Room 4", "lat": "48.5", "long": "2.5"} == event["location"]
    assert ("2030-01-02T09:00:00Z", "2030-01-02T10:00:00Z") == (event["start"], event["end"])
