"""Bookable events and their registrations over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices

from .wire import ORIGIN, Wire, errors

EVENT = {
    "bookable_event_id": "be1",
    "start": "2030-01-07T12:30:00Z",
    "end": "2030-01-07T17:00:00Z",
    "status": "confirmed",
    "registration": {"capacity": 2},
}
PATH = "/v1/bookable_events"


@pytest.fixture
def wire() -> Wire:
    """An empty sandbox with pages of two."""
    return Wire(Choices(page_size=2))


def upsert(wire: Wire, **changes: Any) -> Response:
    """Make the event, with changes."""
    return wire.send("POST", PATH, {**EVENT, **changes}, token=wire.secret)


def register(
    wire: Wire, name: str, status: str = "accepted", event: str = "be1", **more: Any
) -> Response:
    """Register somebody."""
    body = {"registration_id": name, "status": status, **more}
    return wire.send("POST", f"{PATH}/{event}/registrations", body, token=wire.secret)


def remove(wire: Wire, name: str, event: str = "be1") -> Response:
    """Delete a registration."""
    return wire.send("DELETE", f"{PATH}/{event}/registrations/{name}", token=wire.secret)


def read(wire: Wire, event: str = "be1") -> Response:
    """Read the event."""
    return wire.send("GET", f"{PATH}/{event}", token=wire.secret)


def registration(response: Response) -> dict[str, Any]:
    """Who is registered, by a 200."""
    assert (200, response.body) == (response.status, response.body)
    found: dict[str, Any] = response.json()["registration"]
    return found


def test_a_new_event_is_answered_as_documented(wire: Wire) -> None:
    """It has no registrations yet, and no total of them."""
    response = upsert(wire)
    assert 200 == response.status
    empty = {"capacity": 2, "registered_count": 0, "registrations": []}
    assert {**EVENT, "registration": empty} == response.json()
    assert {**empty, "total_count": 0} == registration(read(wire))


def test_registrations_are_counted_by_their_status(wire: Wire) -> None:
    """Only accepted ones are registered; all of them count to the total."""
    upsert(wire)
    register(wire, "r1", metadata={"name": "A", "seat": 4})
    listed = {
        "capacity": 2,
        "registered_count": 1,
        "total_count": 2,
        "registrations": [
            {"registration_id": "r1", "status": "accepted", "metadata": {"name": "A", "seat": 4}},
            {"registration_id": "r2", "status": "pending", "metadata": {}},
        ],
    }
    assert listed == registration(register(wire, "r2", "pending"))
    assert listed == registration(read(wire))


def test_a_full_event_accepts_nobody(wire: Wire) -> None:
    """The next one is refused and leaves no trace; a place that is given up is free again."""
    upsert(wire)
    for name in ("r1", "r2", "r1"):
        assert 200 == register(wire, name).status
    register(wire, "r3", "pending")
    assert ["status"] == list(errors(register(wire, "r3")))
    assert ["status"] == list(errors(register(wire, "r4")))
    assert (2, 3) == tuple(
        registration(read(wire))[name] for name in ("registered_count", "total_count")
    )
    register(wire, "r1", "declined")
    assert 2 == registration(register(wire, "r3"))["registered_count"]


def test_a_deleted_registration_is_shown_once_more(wire: Wire) -> None:
    """As removed, without what was kept with it; then it is gone, and its place is free."""
    upsert(wire)
    register(wire, "r1", metadata={"name": "A"})
    gone = registration(remove(wire, "r1"))
    assert [{"registration_id": "r1", "status": "removed"}] == gone["registrations"]
    assert (0, 1) == (gone["registered_count"], gone["total_count"])
    assert [] == registration(read(wire))["registrations"]
    assert 404 == remove(wire, "r1").status


def test_registrations_come_in_pages(wire: Wire) -> None:
    """Each page leads to the next one by its URL; the last one leads nowhere."""
    upsert(wire, registration={"capacity": 5})
    for number in range(5):
        register(wire, f"r{number}")
    page = registration(read(wire))
    assert page["pages"].pop("next_page").startswith(f"{ORIGIN}{PATH}/be1/registrations/pages/")
    assert {"current": 1, "total": 3} == page["pages"]
    names: list[str] = []
    page = registration(read(wire))
    while True:
        names += [each["registration_id"] for each in page["registrations"]]
        if "next_page" not in page["pages"]:
            break
        response = wire.send("GET", page["pages"]["next_page"], token=wire.secret)
        assert 200 == response.status
        page = response.json()
    assert ([f"r{number}" for number in range(5)], 3) == (names, page["pages"]["current"])
    wrong = f"{PATH}/be1/registrations/pages/x"
    assert 404 == wire.send("GET", wrong, token=wire.secret).status


def test_an_event_can_be_changed(wire: Wire) -> None:
    """Its registrations stay; it cannot have fewer places than are taken."""
    upsert(wire)
    for name in ("r1", "r2"):
        register(wire, name)
    assert ["registration.capacity"] == list(errors(upsert(wire, registration={"capacity": 1})))
    moved = upsert(wire, end="2030-01-07T18:00:00Z", registration={"capacity": 3})
    assert "2030-01-07T18:00:00Z" == moved.json()["end"]
    assert (3, 2, 2) == tuple(
        registration(moved)[name] for name in ("capacity", "registered_count", "total_count")
    )


def test_nobody_is_accepted_at_a_cancelled_event(wire: Wire) -> None:
    """Whoever was stays, and can still decline."""
    upsert(wire)
    register(wire, "r1")
    assert "cancelled" == upsert(wire, status="cancelled").json()["status"]
    assert ["status"] == list(errors(register(wire, "r2")))
    assert 200 == register(wire, "r1").status
    assert 0 == registration(register(wire, "r1", "declined"))["registered_count"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bookable_event_id": "a b"}, "bookable_event_id"),
        ({"registration": {"capacity": 0}}, "registration.capacity"),
        ({"registration": {"capacity": 257}}, "registration.capacity"),
        ({"registration": {}}, "registration.capacity"),
        ({"status": "tentative"}, "status"),
        ({"end": "2030-01-07T12:00:00Z"}, "end"),
        ({"start": "2030-01-07"}, "start"),
    ],
)
def test_a_wrong_event_is_refused(wire: Wire, changes: dict[str, Any], field: str) -> None:
    """The complaint is under the field's path, and nothing is made."""
    assert [field] == list(errors(upsert(wire, **changes)))
    assert 404 == read(wire).status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"registration_id": "r 1", "status": "accepted"}, "registration_id"),
        ({"registration_id": "r1", "status": "maybe"}, "status"),
        (
            {
                "registration_id": "r1",
                "status": "accepted",
                "metadata": dict.fromkeys(map(str, range(11)), "x"),
            },
            "metadata",
        ),
    ],
)
def test_a_wrong_registration_is_refused(wire: Wire, body: dict[str, Any], field: str) -> None:
    """The complaint is under the field's path."""
    upsert(wire)
    refused = wire.send("POST", f"{PATH}/be1/registrations", body, token=wire.secret)
    assert [field] == list(errors(refused))


def test_unknown_events_are_404_and_users_401(wire: Wire) -> None:
    """To read, to register for, and to be removed from; only the application may ask."""
    assert [404, 404, 404] == [
        read(wire, "x").status,
        register(wire, "r1", event="x").status,
        remove(wire, "r1", event="x").status,
    ]
    assert 401 == wire.send("POST", PATH, EVENT, token=wire.person().token).status
