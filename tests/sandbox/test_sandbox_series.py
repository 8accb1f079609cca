"""Events that recur, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .wire import Person, Wire


def own(wire: Wire, person: Person, **query: Any) -> dict[str, Any]:
    """The one event that the application manages."""
    (event,) = wire.events(person, only_managed=True, **query)
    return event


def delete(wire: Wire, person: Person, **body: Any) -> Response:
    """Delete an event."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    return wire.send("DELETE", path, body, token=person.token)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"frequency": "daily", "count": 3}, ["01-02", "01-03", "01-04"]),
        ({"frequency": "daily", "interval": 10, "count": 3}, ["01-02", "01-12", "01-22"]),
        ({"frequency": "weekly", "count": 2}, ["01-02", "01-09"]),
        (
            {"frequency": "weekly", "by_day": ["monday", "wednesday"], "count": 4},
            ["01-02", "01-07", "01-09", "01-14"],
        ),
        ({"frequency": "weekly", "interval": 2, "count": 2}, ["01-02", "01-16"]),
        ({"frequency": "monthly", "count": 3}, ["01-02", "02-02", "03-02"]),
        (
            {"frequency": "daily", "until": "2030-01-04T10:00:00Z"},
            ["01-02", "01-03", "01-04"],
        ),
    ],
)
def test_an_event_may_recur(
    wire: Wire, person: Person, rule: dict[str, Any], expected: list[str]
) -> None:
    """Each occurrence is an event of its own with the series' identifier."""
    wire.write(person, recurrence={"rules": [rule]})
    events = wire.events(person, only_managed=True)
    assert expected == [event["start"][5:10] for event in events]
    assert {True} == {event["recurring"] for event in events}
    assert 1 == len({event["series_identifier"] for event in events})
    assert len(events) == len({event["event_uid"] for event in events})


def test_a_series_keeps_to_the_wall_clock(wire: Wire, person: Person) -> None:
    """Occurrences stay at ten o'clock in their zone when clocks change."""
    wire.write(
        person,
        start="2030-03-30T10:00:00",
        end="2030-03-30T11:00:00",
        tzid="Europe/Paris",
        recurrence={"rules": [{"frequency": "daily", "count": 2}]},
    )
    assert ["2030-03-30T09:00:00Z", "2030-03-31T08:00:00Z"] == [
        event["start"] for event in wire.events(person, only_managed=True)
    ]


def test_a_month_without_the_day_is_left_out(wire: Wire, person: Person) -> None:
    """Monthly on the 31st skips the short months."""
    wire.write(
        person,
        start="2030-01-31",
        end="2030-02-01",
        recurrence={"rules": [{"frequency": "monthly", "count": 3}]},
    )
    assert ["2030-01-31", "2030-03-31", "2030-05-31"] == [
        event["start"] for event in wire.events(person, only_managed=True)
    ]


def test_a_series_follows_its_event(wire: Wire, person: Person) -> None:
    """An update changes all occurrences, an empty list of rules ends them, deleting takes all."""
    wire.write(person, recurrence={"rules": [{"frequency": "daily", "count": 3}]})
    wire.write(person, summary="Moved", start="2030-01-05T09:00:00Z", end="2030-01-05T10:00:00Z")
    assert [("Moved", f"2030-01-0{day}T09:00:00Z") for day in (5, 6, 7)] == [
        (event["summary"], event["start"]) for event in wire.events(person, only_managed=True)
    ]
    wire.write(person, recurrence={"rules": []})
    assert own(wire, person)["recurring"] is False
    wire.write(person, recurrence={"rules": [{"frequency": "daily", "count": 5}]})
    assert 5 == len(wire.events(person, only_managed=True))
    delete(wire, person, event_id="e1")
    assert [] == wire.events(person, only_managed=True)
