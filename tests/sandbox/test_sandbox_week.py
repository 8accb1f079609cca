"""How a week is laid out: rows by the clocks of a zone, and lanes side by side."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports.sandbox.pages.dashboard.week import Piece, Week, lanes
from cronofy_transports.sandbox.state.events import Event

from .wire import Person, Wire


def person(wire: Wire, tzid: str) -> Person:
    """Somebody in a zone."""
    return wire.person(tzid=tzid)


def at(words: str) -> int:
    """A moment in UTC."""
    return int(datetime.fromisoformat(words).replace(tzinfo=UTC).timestamp())


def laid(wire: Wire, who: Person, day: str) -> dict[str, list[tuple[str, int, int]]]:
    """What is on each day of a week: titles and rows, and whole days as row -1."""
    week = Week.of(wire.sandbox.world.accounts[who.sub], date.fromisoformat(day))
    events = week.events()
    found: dict[str, list[tuple[str, int, int]]] = {}
    for each in week.days:
        pieces = [(p.event.summary, p.first, p.end) for p in week.pieces(events, each)]
        pieces += [(e.summary, -1, -1) for e in week.all_day(events, each)]
        if pieces:
            found[str(each)] = pieces
    return found


@pytest.mark.parametrize(
    ("tzid", "start", "end", "rows"),
    [
        ("Etc/UTC", "2030-01-09T09:00", "2030-01-09T10:00", {"2030-01-09": (18, 20)}),
        ("Etc/UTC", "2030-01-09T09:10", "2030-01-09T09:20", {"2030-01-09": (18, 19)}),
        ("Etc/UTC", "2030-01-09T09:20", "2030-01-09T10:10", {"2030-01-09": (18, 21)}),
        ("Etc/UTC", "2030-01-09T09:00", "2030-01-09T09:00", {"2030-01-09": (18, 19)}),
        ("Etc/UTC", "2030-01-09T22:00", "2030-01-10T00:00", {"2030-01-09": (44, 48)}),
        (
            "Etc/UTC",
            "2030-01-09T23:30",
            "2030-01-10T00:10",
            {"2030-01-09": (47, 48), "2030-01-10": (0, 1)},
        ),
        ("Asia/Tokyo", "2030-01-09T22:00", "2030-01-10T00:00", {"2030-01-10": (14, 18)}),
        # Clocks go forward at 1:00 in London, and back at 2:00.
        ("Europe/London", "2030-03-31T00:30", "2030-03-31T01:30", {"2030-03-31": (1, 5)}),
        ("Europe/London", "2030-10-27T00:30", "2030-10-27T01:00", {"2030-10-27": (3, 4)}),
        (
            "Europe/London",
            "2030-10-26T22:00",
            "2030-10-27T06:00",
            {"2030-10-26": (46, 48), "2030-10-27": (0, 12)},
        ),
    ],
)
def test_rows_are_those_of_the_clocks(
    wire: Wire, tzid: str, start: str, end: str, rows: dict[str, tuple[int, int]]
) -> None:
    """An event takes up each half hour that it touches, on each day that it is on."""
    who = person(wire, tzid)
    wire.external(who, f"{start}:00Z", f"{end}:00Z")
    found = laid(wire, who, start[:10])
    assert {day: [("Private", *each)] for day, each in rows.items()} == found


def test_a_week_has_what_is_in_it_and_nothing_else(wire: Wire) -> None:
    """What begins before and ends in it too; deleted events and calendars are left out."""
    who = person(wire, "Etc/UTC")
    for name, start, end in (
        ("before", "2030-01-06T22:00:00Z", "2030-01-07T00:00:00Z"),
        ("into", "2030-01-06T22:00:00Z", "2030-01-07T01:00:00Z"),
        ("out", "2030-01-13T23:00:00Z", "2030-01-14T01:00:00Z"),
        ("after", "2030-01-14T00:00:00Z", "2030-01-14T01:00:00Z"),
        ("gone", "2030-01-08T09:00:00Z", "2030-01-08T10:00:00Z"),
        ("days", "2030-01-05", "2030-01-08"),
        ("later", "2030-01-14", "2030-01-15"),
    ):
        uid = wire.external(who, start, end, summary=name)
        if name == "gone":
            wire.command("cancel_event", event_uid=uid)
    expected: dict[str, list[Any]] = {
        "2030-01-07": [("into", 0, 2), ("days", -1, -1)],
        "2030-01-13": [("out", 46, 48)],
    }
    assert expected == laid(wire, who, "2030-01-10")
    wire.sandbox.world.calendars[who.calendar_id].deleted = True
    assert {} == laid(wire, who, "2030-01-10")


@given(st.lists(st.tuples(st.integers(0, 47), st.integers(1, 8)), max_size=12))
def test_lanes_keep_pieces_apart_and_are_no_more_than_needed(spans: list[tuple[int, int]]) -> None:
    """No two of a lane overlap, and there are as many lanes as overlap at the worst moment."""
    event: Any = object()
    pieces = [Piece(event=event, first=first, end=first + length) for first, length in spans]
    found = lanes(pieces)
    for lane in found:
        assert all(one.end <= other.first for one, other in pairwise(lane))
    assert sorted(spans) == sorted((p.first, p.end - p.first) for lane in found for p in lane)
    most = max((sum(p.first <= row < p.end for p in pieces) for row in range(56)), default=0)
    assert max(1, most) == len(found)


def test_only_some_of_very_many_events_are_shown(wire: Wire) -> None:
    """The table says how many there are."""
    from cronofy_transports.sandbox.pages.dashboard.week import week_table

    who = person(wire, "Etc/UTC")
    world = wire.sandbox.world
    calendar = world.calendars[who.calendar_id]
    for number in range(310):
        start = at("2030-01-08T09:00") + number * 60
        made: Event = world.add_event(calendar, summary=f"E{number}", start=start, end=start + 60)
        assert made.uid
    table = week_table(Week.of(calendar.account, date(2030, 1, 8)), date(2030, 1, 8))
    assert "300 events of 310" in table
    assert 300 == table.count("rowspan=")
