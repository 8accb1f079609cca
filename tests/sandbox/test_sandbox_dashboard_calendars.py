"""The dashboard's accounts, and what is done there in their owners' name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from .browsing import Sheet, Surfer, flaws
from .wire import Person, Wire

BELOW = "/_sandbox/dashboard/"
MORNING = {"start": "2030-01-03T09:00", "end": "2030-01-03T10:00"}


@pytest.fixture
def person(wire: Wire) -> Person:
    """Somebody in Tokyo, where it is nine hours later than in UTC."""
    return wire.person(tzid="Asia/Tokyo")


def week(surfer: Surfer, person: Person, day: str = "2030-01-01") -> Sheet:
    """The page of an account's week."""
    return surfer.open(f"{BELOW}account?{urlencode({'sub': person.sub, 'week': day})}")


def create(surfer: Surfer, person: Person, **fields: str) -> Sheet:
    """Make an event in the morning of Thursday."""
    page = week(surfer, person)
    return surfer.submit(page, "Create the event", **{"summary": "Visit", **MORNING, **fields})


def shown(page: Sheet) -> list[str]:
    """The events of a week, as they are read out."""
    return [
        each.text
        for each in page.root.all("td", "div")
        if "event" in each.given.get("class", "").split()
    ]


def only(wire: Wire, person: Person) -> dict[str, Any]:
    """The one event that there is."""
    (event,) = wire.events(person)
    return event


# Events -------------------------------------------------------------------------------


def test_an_event_is_made_in_the_zone_of_its_calendar(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """The week that it is in is shown, with its title, times, calendar, and what was done."""
    page = create(surfer, person, start="2030-02-07T09:00", end="2030-02-07T10:30")
    event = only(wire, person)
    assert ("Visit", "2030-02-07T00:00:00Z", "2030-02-07T01:30:00Z") == tuple(
        event[name] for name in ("summary", "start", "end")
    )
    assert "The event was made." in page.text
    assert "4 February 2030 to 10 February 2030" in page.text
    assert ["Visit 09:00 to 10:30 Work"] == shown(page)


@pytest.mark.parametrize(
    ("fields", "detail", "said"),
    [
        ({"kind": "free"}, ("transparency", "transparent"), "Work, free"),
        ({"kind": "tentative"}, ("status", "tentative"), "Work, tentative"),
        (
            {"invited_by": "kai@example.com"},
            ("participation_status", "needs_action"),
            "Work, needs action",
        ),
    ],
)
def test_what_an_event_is_like_is_said_in_words(
    wire: Wire,
    person: Person,
    surfer: Surfer,
    fields: dict[str, str],
    detail: tuple[str, str],
    said: str,
) -> None:
    """No state is told by its colour alone."""
    page = create(surfer, person, **fields)
    assert detail[1] == only(wire, person)[detail[0]]
    assert [f"Visit 09:00 to 10:00 {said}"] == shown(page)


def test_an_event_of_whole_days_stands_on_each_of_them(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """The last day that was given belongs to it, and times do not count."""
    page = create(surfer, person, all_day="yes", end="2030-01-05T08:00")
    event = only(wire, person)
    assert ("2030-01-03", "2030-01-06") == (event["start"], event["end"])
    assert ["Visit Work"] * 3 == shown(page)
    (row,) = [tr for tr in page.root.all("tr") if tr.text.startswith("All day")]
    assert [3, 4, 5] == [n for n, cell in enumerate(row.all("td")) if cell.text]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"summary": " "}, "must be specified"),
        ({"calendar_id": "cal_none"}, "must be one of this account"),
        ({"start": "tomorrow"}, "must be a date with a time"),
        ({"end": ""}, "must be a date with a time"),
        ({"end": "2030-01-03T08:00"}, "must be after start"),
        ({"all_day": "yes", "end": "2030-01-01T08:00"}, "must be after start"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_entered_is_kept(
    wire: Wire, person: Person, surfer: Surfer, fields: dict[str, str], complaint: str
) -> None:
    """The page is 422, has no flaw, and makes nothing."""
    page = create(surfer, person, invited_by="kai@example.com", **fields)
    assert (422, []) == (page.status, flaws(page))
    assert complaint in page.text
    assert "kai@example.com" == page.form("Create the event").fields["invited_by"]
    assert [] == wire.events(person)


def test_an_event_is_moved_and_cancelled(wire: Wire, person: Person, surfer: Surfer) -> None:
    """Its page is reached from the week; the application's channels hear of both."""
    made = create(surfer, person)
    wire.send("POST", "/v1/channels", {"callback_url": "https://x.example"}, token=person.token)
    wire.sandbox.world.outbox.due()
    page = surfer.open(made.link("Visit"))
    assert [] == flaws(page)
    assert MORNING.items() <= page.form("Move the event").fields.items()
    moved = {"start": "2030-01-04T12:00", "end": "2030-01-04T13:00"}
    page = surfer.submit(page, "Move the event", **moved)
    assert "The event was moved." in page.text
    assert "2030-01-04T03:00:00Z" == only(wire, person)["start"]
    waiting = [each.type for each in wire.sandbox.world.outbox.open()]
    assert "change" in waiting
    page = surfer.submit(page, "Cancel the event")
    assert "The event was cancelled." in page.text
    assert [] == shown(page)
    assert [] == wire.events(person)
    gone = surfer.open(made.link("Visit"))
    assert "The owner has deleted this event." in gone.text
    assert [] == flaws(gone)


def test_an_event_of_days_is_moved_by_days(wire: Wire, person: Person, surfer: Surfer) -> None:
    """The fields hold its first and its last day, and it can become one of hours."""
    made = create(surfer, person, all_day="yes", end="2030-01-04T00:00")
    page = surfer.open(made.link("Visit"))
    fields = page.form("Move the event").fields
    assert ("2030-01-03T00:00", "2030-01-04T00:00", "yes") == tuple(
        fields[name] for name in ("start", "end", "all_day")
    )
    surfer.submit(
        page, "Move the event", all_day="yes", start="2030-01-05T00:00", end="2030-01-05T00:00"
    )
    assert ("2030-01-05", "2030-01-06") == tuple(only(wire, person)[n] for n in ("start", "end"))
    surfer.submit(page, "Move the event", all_day="", **MORNING)
    assert "2030-01-03T00:00:00Z" == only(wire, person)["start"]


def test_people_reply_on_the_page_of_an_event(wire: Wire, person: Person, surfer: Surfer) -> None:
    """The owner to an invitation, and others to that of the application."""
    made = create(surfer, person, invited_by="kai@example.com")
    page = surfer.submit(
        surfer.open(made.link("Visit")), "Send the owner's reply", status="declined"
    )
    assert "The owner's reply was taken." in page.text
    assert "declined" == only(wire, person)["participation_status"]
    wire.write(person, summary="Talk", attendees={"invite": [{"email": "bo@example.com"}]})
    page = surfer.open(week(surfer, person).link("Talk"))
    page = surfer.submit(page, "Send the reply", status="tentative")
    assert "bo@example.com (tentative)" in page.text
    form = page.form("Send the reply")
    assert 422 == surfer.post(form, status="perhaps").status
    assert 404 == surfer.post(form, email="cy@example.com").status


# Weeks --------------------------------------------------------------------------------


def test_weeks_lead_to_each_other(wire: Wire, person: Person, surfer: Surfer) -> None:
    """One back, one on, and the one that the sandbox's clock is in, by the account's zone."""
    page = surfer.open(f"{BELOW}account?sub={person.sub}")
    assert "31 December 2029 to 6 January 2030" in page.text
    assert "7 January 2030" in surfer.open(page.link("Week after")).text
    before = surfer.open(page.link("Week before"))
    assert "24 December 2029 to 30 December 2029" in before.text
    assert page.heading == before.heading
    assert "31 December 2029" in surfer.open(before.link("This week")).text
    # It is Sunday in UTC and Monday in Tokyo.
    wire.command("advance", seconds=(5 * 24 + 10) * 3600)
    assert "7 January 2030 to" in surfer.open(f"{BELOW}account?sub={person.sub}").text


@pytest.mark.parametrize("day", ["soon", "9999-12-31", "0001-01-01", "2030-13-01", ""])
def test_a_week_that_there_is_not_is_this_week(person: Person, surfer: Surfer, day: str) -> None:
    """What stands in a URL cannot break the page."""
    page = week(surfer, person, day)
    assert (200, True) == (page.status, "31 December 2029" in page.text)


def test_a_day_is_a_heading_and_so_is_a_time(person: Person, surfer: Surfer) -> None:
    """Whoever hears the table knows where they are; the columns of a day span its lanes."""
    for _ in range(2):
        create(surfer, person)
    page = week(surfer, person)
    assert [] == flaws(page)
    heads = page.root.all("thead")[0].all("th")
    assert ["Time", "Mon 31 Dec", "Tue 1 Jan", "Wed 2 Jan", "Thu 3 Jan"] == [
        h.text for h in heads[:5]
    ]
    assert ["1", "1", "1", "2", "1", "1", "1"] == [h.given["colspan"] for h in heads[1:]]
    assert ["date"] == [h.given["aria-current"] for h in heads if "aria-current" in h.given]


def test_every_row_of_the_table_has_the_same_width(person: Person, surfer: Surfer) -> None:
    """However events overlap, each cell is where its day and time are."""
    for start, end in (
        ("09:00", "11:00"),
        ("09:30", "10:00"),
        ("10:00", "12:30"),
        ("11:00", "11:01"),
        ("14:00", "15:00"),
        ("14:00", "15:00"),
        ("16:00", "17:00"),
        ("16:00", "17:00"),
        ("16:30", "17:00"),
    ):
        create(surfer, person, start=f"2030-01-03T{start}", end=f"2030-01-03T{end}")
    page = week(surfer, person)
    width = sum(int(h.given.get("colspan", "1")) for h in page.root.all("thead")[0].all("th"))
    pending: list[tuple[int, int]] = []
    for row in page.root.all("tbody")[0].all("tr"):
        cells = [
            (int(each.given.get("rowspan", "1")), int(each.given.get("colspan", "1")))
            for each in row.all("th", "td")
        ]
        assert width == sum(wide for _, wide in cells) + sum(wide for _, wide in pending)
        pending = [(rows - 1, wide) for rows, wide in pending + cells if rows > 1]
    assert [] == pending


# Profiles and access ------------------------------------------------------------------


def test_a_profile_is_disconnected_and_connected_again(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """As the commands do it; the page says how it stands."""
    page = surfer.open(f"{BELOW}accounts")
    assert "google ada@example.com: connected" in page.text
    page = surfer.submit(page, "Disconnect")
    assert "google ada@example.com: disconnected" in page.text
    assert 423 == wire.write(person).status
    page = surfer.submit(page, "Reconnect")
    assert "The profile was connected again." in page.text
    assert 202 == wire.write(person).status


def test_the_initial_sync_is_completed(wire: Wire, person: Person, surfer: Surfer) -> None:
    """The page says that it is required, and ends it."""
    wire.command("begin_initial_sync", profile_id=person.profile_id)
    page = surfer.open(f"{BELOW}accounts")
    assert "its events are not read yet" in page.text
    page = surfer.submit(page, "Complete the initial sync")
    assert "not read yet" not in page.text


def test_access_is_taken_away(wire: Wire, person: Person, surfer: Surfer) -> None:
    """The token ends, and there is nothing more to take."""
    page = surfer.submit(surfer.open(f"{BELOW}accounts"), "Revoke")
    assert "has no access" in page.text
    assert 401 == wire.send("GET", "/v1/calendars", token=person.token).status
    assert [] == [each for each in page.forms() if each.fields["do"] == "revoke"]


def test_only_some_of_very_many_accounts_are_listed(wire: Wire, surfer: Surfer) -> None:
    """The page says how many are left out."""
    for number in range(203):
        wire.sandbox.world.add_account(name=f"Person {number}")
    assert "3 more are not listed." in surfer.open(f"{BELOW}accounts").text


def test_a_day_after_which_there_is_none_is_refused(
    wire: Wire, person: Person, surfer: Surfer
) -> None:
    """The end of the last day of all cannot be told."""
    page = create(surfer, person, end="9999-12-31T00:00", all_day="yes")
    assert (422, []) == (page.status, wire.events(person))
