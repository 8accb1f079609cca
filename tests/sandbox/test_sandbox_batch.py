"""Many calls in one request, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from .wire import Person, Wire, errors


def own(wire: Wire, person: Person, **query: Any) -> dict[str, Any]:
    """The one event that the application manages."""
    (event,) = wire.events(person, only_managed=True, **query)
    return event


def test_a_batch_answers_each_entry(wire: Wire, person: Person) -> None:
    """207, in order; a failed entry stops nothing, and only bodies that there are are given."""
    path = f"/v1/calendars/{person.calendar_id}/events"
    event = {
        "event_id": "b",
        "summary": "B",
        "start": "2030-01-02T10:00:00Z",
        "end": "2030-01-02T11:00:00Z",
    }
    entries = [
        {"method": "POST", "relative_url": path, "data": event},
        {"method": "POST", "relative_url": path, "data": {"event_id": "c"}},
        {"method": "POST", "relative_url": "/v1/calendars/cal_x/events", "data": event},
        {"method": "DELETE", "relative_url": path, "data": {"event_id": "c"}},
        {"method": "POST", "relative_url": "/v1/batch", "data": {"batch": []}},
        {"method": "GET", "relative_url": "/v1/calendars"},
        {"method": "POST", "relative_url": "/v1/nothing", "data": {}},
        {
            "method": "POST",
            "relative_url": "/v1/available_periods",
            "data": {
                "available_period_id": "p",
                "start": "2030-01-02T10:00:00Z",
                "end": "2030-01-02T11:00:00Z",
            },
        },
    ]
    response = wire.send("POST", "/v1/batch", {"batch": entries}, token=person.token)
    assert 207 == response.status
    answers = response.json()["batch"]
    assert [202, 422, 404, 202, 404, 404, 404, 202] == [each["status"] for each in answers]
    assert {"summary", "start", "end"} == set(answers[1].pop("data")["errors"])
    assert {"status"} == {name for each in answers for name in each}
    assert "b" == own(wire, person)["event_id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"batch": []},
        {"batch": {}},
        {"batch": [{"method": "POST", "relative_url": "/v1/x"}] * 51},
        {"batch": [{"method": "POST"}]},
        {"batch": ["x"]},
    ],
)
def test_a_malformed_batch_is_refused(wire: Wire, person: Person, body: Any) -> None:
    """None, too many or malformed entries are 422 on batch."""
    response = wire.send("POST", "/v1/batch", body, token=person.token)
    assert all(field.startswith("batch") for field in errors(response))


def test_an_entry_needs_its_own_scope(wire: Wire) -> None:
    """Each entry is judged as if it came alone."""
    person = wire.person("delete_event")
    path = f"/v1/calendars/{person.calendar_id}/events"
    entries = [
        {"method": method, "relative_url": path, "data": {"event_id": "c"}}
        for method in ("POST", "DELETE")
    ]
    response = wire.send("POST", "/v1/batch", {"batch": entries}, token=person.token)
    assert [403, 202] == [each["status"] for each in response.json()["batch"]]
