"""Sequenced availability over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .asking import at, busy, period
from .wire import Person, Wire, errors


def sequence(wire: Wire, *items: dict[str, Any], **changes: Any) -> Response:
    """Ask about meetings of an hour in a row, from 9 to 13 on Monday."""
    query = {
        "sequence": [{"required_duration": {"minutes": 60}, **item} for item in items],
        "query_periods": [period("09:00", "13:00")],
        **changes,
    }
    return wire.send("POST", "/v1/sequenced_availability", query, token=wire.secret)


def ways(response: Response) -> list[list[tuple[Any, str]]]:
    """Each way to hold the meetings, by their names and starts."""
    assert (200, response.body) == (response.status, response.body)
    return [
        [(each["sequence_id"], each["start"][11:16]) for each in way["sequence"]]
        for way in response.json()["sequences"]
    ]


def group(*people: Person) -> list[dict[str, Any]]:
    """One group of which everybody must be free."""
    return [{"members": [{"sub": each.sub} for each in people], "required": "all"}]


def test_meetings_follow_one_another(wire: Wire) -> None:
    """Two items in order give the two alternatives that do not overlap, with who is free."""
    a, b = wire.person(), wire.person()
    items = (
        {"sequence_id": "a", "ordinal": 1, "participants": group(a)},
        {"sequence_id": 2, "ordinal": 2, "participants": group(b)},
    )
    response = sequence(wire, *items)
    assert [
        [("a", "09:00"), (2, "10:00")],
        [("a", "11:00"), (2, "12:00")],
    ] == ways(response)
    assert {
        "sequence_id": "a",
        "start": at("09:00"),
        "end": at("10:00"),
        "participants": [{"sub": a.sub}],
    } == response.json()["sequences"][0]["sequence"][0]
    busy(wire, b, "10:00", "11:00")
    assert [[("a", "09:00"), (2, "11:00")]] == ways(sequence(wire, *items))[:1]


def test_gaps_between_meetings_have_bounds(wire: Wire, person: Person) -> None:
    """A gap of 15 to 60 minutes before the second puts an hour between them."""
    gap = {"before": {"minimum": {"minutes": 15}, "maximum": {"minutes": 60}}}
    found_ways = ways(
        sequence(
            wire,
            {"sequence_id": "a", "ordinal": 1, "participants": group(person)},
            {"sequence_id": "b", "ordinal": 2, "participants": group(person), "buffer": gap},
        )
    )
    assert [[("a", "09:00"), ("b", "11:00")]] == found_ways


def test_a_meeting_may_have_periods_of_its_own(wire: Wire, person: Person) -> None:
    """Its own periods hold for it; an empty list, which one client sends, is none."""
    items = [
        {
            "sequence_id": "a",
            "ordinal": 1,
            "participants": group(person),
            "query_periods": [period("10:00", "11:00")],
        },
        {
            "sequence_id": "b",
            "ordinal": 2,
            "participants": group(person),
            "available_periods": [],
        },
    ]
    assert [[("a", "10:00"), ("b", "11:00")]] == ways(sequence(wire, *items))
    busy(wire, person, "10:30", "10:45")
    assert [] == ways(sequence(wire, *items))


@pytest.mark.parametrize(
    ("items", "changes", "field"),
    [
        ([], {}, "sequence"),
        ([{"sequence_id": "a", "participants": []}], {}, "sequence[0].participants"),
        (
            [{"sequence_id": "a", "participants": [{"members": [{"sub": "acc_x"}]}]}],
            {},
            "sequence[0].participants[0].members[0].sub",
        ),
        (
            [{"sequence_id": "a", "participants": [{"members": [{"sub": "acc_x"}]}]}],
            {"query_periods": [period("09:00", "10:00", "2029-01-01")]},
            "query_periods[0].end",
        ),
    ],
)
def test_a_wrong_sequence_is_refused(
    wire: Wire, items: list[dict[str, Any]], changes: dict[str, Any], field: str
) -> None:
    """The complaint is under the item's path."""
    assert [field] == list(errors(sequence(wire, *items, **changes)))


def test_too_many_meetings_in_any_order_are_refused(wire: Wire, person: Person) -> None:
    """What would take for ever to work out is 422; with an order it is answered."""
    items = [{"sequence_id": n, "participants": group(person)} for n in range(11)]
    assert ["sequence"] == list(errors(sequence(wire, *items)))
    in_order = [{**item, "ordinal": item["sequence_id"]} for item in items]
    assert [] == ways(sequence(wire, *in_order))


def test_a_past_period_of_a_meeting_is_refused(wire: Wire, person: Person) -> None:
    """It is named with its meeting, also where no other time is given."""
    past = [period("09:00", "10:00", "2029-01-01")]
    item = {"sequence_id": "a", "participants": group(person), "query_periods": past}
    refused = sequence(wire, item)
    assert ["sequence[0].query_periods[0].end"] == list(errors(refused))
