"""Commands: the same reading and the same errors in process as over HTTP, and their list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_transports.sandbox.agenda import act
from cronofy_transports.sandbox.controls import READS
from cronofy_transports.sandbox.refusals import NotFound, Refusal
from cronofy_transports.sandbox.world import World

from .wire import NOW, Person, Wire, errors

START, END = "2030-01-03T10:00:00Z", "2030-01-03T11:00:00Z"


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("create_event", {"start": START, "end": END, "summary": "A", "tzid": "bad"}, "tzid"),
    ("create_event", {"start": END, "end": START, "summary": "A"}, "end"),
    ("create_event", {"start": "soon", "end": END, "summary": "A"}, "start"),
    ("create_event", {"start": START, "end": END, "summary": 7}, "summary"),
    ("create_event", {"start": START, "end": END, "summary": "A", "status": "x"}, "status"),
    (
        "create_event",
        {"start": START, "end": END, "summary": "A", "attendees": [{"email": ""}]},
        "attendees[0].email",
    ),
    ("advance", {"seconds": -1}, "seconds"),
    ("advance", {"seconds": "1"}, "seconds"),
    ("choose", {"page_size": 0}, "page_size"),
]


@pytest.mark.parametrize(("name", "body", "field"), WRONG)
def test_a_command_refuses_the_same_in_process_as_over_http(
    wire: Wire, person: Person, name: str, body: dict[str, Any], field: str
) -> None:
    """By an error that names the parameter, with the complaints of the 422."""
    if name == "create_event":
        body = {"calendar_id": person.calendar_id, **body}
    with pytest.raises(InvalidArgumentError, match=field.replace("[", r"\[")) as refused:
        getattr(wire.sandbox.control, name)(**body)
    over_http = errors(wire.send("POST", f"/_sandbox/{name}", body))
    assert isinstance(refused.value, Refusal)
    assert (field, over_http) == (refused.value.field, (refused.value.body or {})["errors"])


def test_an_unknown_thing_is_not_found_in_process_either(wire: Wire) -> None:
    """404, as over HTTP."""
    with pytest.raises(NotFound) as refused:
        wire.sandbox.control.cancel_event("evt_external_x")
    assert isinstance(refused.value, Refusal)
    body = {"event_uid": "evt_external_x"}
    assert refused.value.status == wire.send("POST", "/_sandbox/cancel_event", body).status


def test_a_wrong_call_from_python_is_a_type_error(wire: Wire) -> None:
    """As of any method."""
    with pytest.raises(TypeError, match="missing"):
        wire.sandbox.control.cancel_event()  # type: ignore[call-arg]  # that is the point
    assert ["event_uid"] == list(errors(wire.send("POST", "/_sandbox/cancel_event", {})))


@act
def note(_: World, moment: int, happened: list[int]) -> None:
    """Note when it was done."""
    happened.append(moment)


def test_what_was_to_happen_happens_before_a_command(wire: Wire, person: Person) -> None:
    """Time that has passed by itself is made up for."""
    happened: list[int] = []
    wire.sandbox.world.later(NOW + 5, note, happened)
    wire.sandbox.world.clock.advance(10)
    wire.sandbox.control.accounts()
    assert [NOW + 5] == happened


def test_every_command_is_listed(wire: Wire) -> None:
    """With what it does and what it takes."""
    listed = wire.send("GET", "/_sandbox/commands").json()["result"]
    assert {"calendar_id": "required", "calendar_name": "required"} == listed["rename_calendar"][
        "parameters"
    ]
    assert [] == [name for name, each in listed.items() if not each["description"]]
    assert {"create_event", "load_ics", "choose", "reset"} <= listed.keys()
    assert not any(name.startswith("_") for name in listed)
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert [] == [name for name in listed if f"`{name}`" not in page]
    for name in READS:
        assert 200 == wire.send("GET", f"/_sandbox/{name}").status
