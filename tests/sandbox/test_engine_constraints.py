"""Local days and weeks that are full."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfoNotFoundError

import attrs
import pytest

from cronofy_transports.sandbox.engine import (
    Group,
    Interval,
    Member,
    Query,
    constrained,
    solve,
    subtract,
)
from tests.sandbox.instants import DAY, HOUR, span, utc


def booked(*times: str) -> list[Interval]:
    """Events of an hour."""
    return [(utc(time), utc(time) + HOUR) for time in times]


@pytest.mark.parametrize(
    ("events", "limit", "tzid", "expected"),
    [
        pytest.param(
            booked("2030-07-09T10:00", "2030-07-09T12:00"),
            2,
            "Etc/UTC",
            "2030-07-09T00:00/2030-07-10T00:00",
            id="as-many-as-allowed",
        ),
        pytest.param(booked("2030-07-09T10:00"), 2, "Etc/UTC", None, id="fewer"),
        pytest.param(
            booked("2030-07-08T10:00", "2030-07-09T10:00"), 2, "Etc/UTC", None, id="two-days"
        ),
        pytest.param(
            booked("2030-07-08T23:00", "2030-07-09T22:00"),
            2,
            "Europe/London",
            "2030-07-08T23:00/2030-07-09T23:00",
            id="midnights-of-the-zone",
        ),
        pytest.param(
            booked("2030-07-08T23:00"),
            1,
            "Asia/Kathmandu",
            "2030-07-08T18:15/2030-07-09T18:15",
            id="midnights-off-the-hour",
        ),
        pytest.param(
            booked("2030-07-08T23:30"),
            1,
            "Etc/UTC",
            "2030-07-08T00:00/2030-07-10T00:00",
            id="over-midnight-counts-twice",
        ),
        pytest.param(
            booked("2030-07-08T23:00"),
            1,
            "Etc/UTC",
            "2030-07-08T00:00/2030-07-09T00:00",
            id="until-midnight-counts-once",
        ),
        pytest.param(
            [(utc("2030-07-09T00:00"), utc("2030-07-09T00:00"))],
            1,
            "Etc/UTC",
            "2030-07-09T00:00/2030-07-10T00:00",
            id="no-length-counts-where-it-starts",
        ),
        pytest.param([], 0, "Etc/UTC", "2030-07-08T00:00/2030-07-12T00:00", id="none-allowed"),
        pytest.param(
            booked("2030-07-11T23:30"),
            1,
            "America/New_York",
            "2030-07-11T04:00/2030-07-12T00:00",
            id="cut-to-the-window",
        ),
        pytest.param(
            booked("2030-07-07T21:00"),
            1,
            "Asia/Tokyo",
            "2030-07-08T00:00/2030-07-08T15:00",
            id="event-before-the-window",
        ),
    ],
)
def test_full_days(events: Sequence[Interval], limit: int, tzid: str, expected: str | None) -> None:
    """A local day that holds as many events as allowed is blocked from end to end."""
    window = span("2030-07-08T00:00/2030-07-12T00:00")
    assert ([] if expected is None else [span(expected)]) == constrained(
        events, "day", limit, tzid, window
    )


@pytest.mark.parametrize(
    ("events", "window", "expected"),
    [
        pytest.param(
            booked("2030-01-07T00:00", "2030-01-13T22:30"),
            "2030-01-01T00:00/2030-02-01T00:00",
            "2030-01-07T00:00/2030-01-14T00:00",
            id="monday-to-sunday",
        ),
        pytest.param(
            booked("2030-01-06T22:00", "2030-01-07T00:00"),
            "2030-01-01T00:00/2030-02-01T00:00",
            None,
            id="sunday-and-monday-are-two-weeks",
        ),
        pytest.param(
            booked("2030-01-07T10:00", "2030-01-12T10:00"),
            "2030-01-09T00:00/2030-01-10T00:00",
            "2030-01-09T00:00/2030-01-10T00:00",
            id="events-on-both-sides-of-the-window",
        ),
        pytest.param(
            booked("2030-01-07T10:00", "2030-01-07T12:00"),
            "2030-01-13T23:00/2030-01-14T09:00",
            "2030-01-13T23:00/2030-01-14T00:00",
            id="last-hour-of-a-full-week",
        ),
        pytest.param(
            booked("2030-01-13T10:00", "2030-01-13T12:00"),
            "2030-01-06T23:00/2030-01-07T01:00",
            "2030-01-07T00:00/2030-01-07T01:00",
            id="first-hour-of-a-full-week",
        ),
    ],
)
def test_full_weeks(events: Sequence[Interval], window: str, expected: str | None) -> None:
    """Weeks run from Monday to Sunday and count whole, whatever the window shows of them."""
    assert ([] if expected is None else [span(expected)]) == constrained(
        events, "week", 2, "Etc/UTC", span(window)
    )


@pytest.mark.parametrize(
    ("day", "hours"), [("2030-03-31", 23), ("2030-04-01", 24), ("2030-10-27", 25)]
)
def test_full_day_on_a_change_of_clocks(day: str, hours: int) -> None:
    """A blocked day is as long as the day is."""
    noon = utc(f"{day}T12:00")
    blocked = constrained([(noon, noon + 1)], "day", 1, "Europe/Paris", (noon - DAY, noon + DAY))
    assert [hours * HOUR] == [end - start for start, end in blocked]


def test_week_with_a_change_of_clocks() -> None:
    """A blocked week of the zone ends at the zone's midnight."""
    event = booked("2030-03-12T12:00")
    window = span("2030-03-01T00:00/2030-04-01T00:00")
    assert [span("2030-03-11T04:00/2030-03-18T04:00")] == constrained(
        event, "week", 1, "America/New_York", window
    )
    assert [span("2030-03-04T05:00/2030-03-11T04:00")] == constrained(
        booked("2030-03-05T12:00"), "week", 1, "America/New_York", window
    )


@pytest.mark.parametrize(
    ("tzid", "window", "event"),
    [
        pytest.param(
            "America/New_York",
            "2030-01-14T00:00/2030-01-14T05:00",
            "2030-01-07T05:00",
            id="sunday-night-sees-monday",
        ),
        pytest.param(
            "Asia/Tokyo",
            "2030-01-06T15:00/2030-01-06T18:00",
            "2030-01-13T14:00",
            id="monday-morning-sees-sunday",
        ),
    ],
)
def test_full_week_whose_dates_differ_from_utc(tzid: str, window: str, event: str) -> None:
    """A week counts to its very ends where local dates are not those of UTC."""
    assert [span(window)] == constrained(booked(event), "week", 1, tzid, span(window))


def test_full_day_taken_from_the_windows_spares_its_neighbours() -> None:
    """A blocked day is no event: buffers do not spill from it into the next day."""
    start, end = span("2030-01-07T00:00/2030-01-09T00:00")
    events = booked("2030-01-07T10:00")
    blocked = constrained(events, "day", 1, "Etc/UTC", (start, end))
    member = Member(
        sub="a",
        busy=events,
        before=HOUR,
        after=HOUR,
        windows=subtract([(start, end)], blocked),
    )
    query = Query(groups=[Group(members=[member])], duration=HOUR, windows=[(start, end)])
    assert [(start + DAY, end)] == [(each.start, each.end) for each in solve(query)]
    again = attrs.evolve(query, windows=None, starts=[start, start + DAY])
    assert [start + DAY] == [each.start for each in solve(again)]


def test_unknown_zone() -> None:
    """A zone that is not known is an error."""
    with pytest.raises(ZoneInfoNotFoundError, match="Mars/Olympus"):
        constrained([], "day", 1, "Mars/Olympus", (0, DAY))
