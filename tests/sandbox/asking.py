"""Questions about availability, and their answers, in raw JSON."""

from __future__ import annotations

from typing import Any

from cronofy_async.core.wire import Response

from .wire import Person, Wire

__all__ = ("MONDAY", "ask", "at", "busy", "found", "period")

MONDAY = "2030-01-07"


def at(clock: str, day: str = MONDAY) -> str:
    """A moment of a day, as the API writes it."""
    return f"{day}T{clock}:00Z"


def period(start: str, end: str, day: str = MONDAY) -> dict[str, str]:
    """A stretch of a day."""
    return {"start": at(start, day), "end": at(end, day)}


def busy(wire: Wire, person: Person, start: str, end: str, **details: Any) -> str:
    """Have a person make an event on Monday."""
    return wire.external(person, at(start), at(end), **details)


def ask(wire: Wire, *members: Any, token: str | None = None, **changes: Any) -> Response:
    """Ask about one group of which everybody must be free, from 9 to 17 on Monday."""
    group = [each if isinstance(each, dict) else {"sub": each.sub} for each in members]
    query = {
        "participants": [{"members": group, "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [period("09:00", "17:00")],
        **changes,
    }
    query = {name: value for name, value in query.items() if value is not None}
    return wire.send("POST", "/v1/availability", query, token=token or wire.secret)


def found(response: Response) -> list[str]:
    """The periods of an answer, or the starts of its slots."""
    assert (200, response.body) == (response.status, response.body)
    body = response.json()
    if "available_slots" in body:
        return [each["start"][11:16] for each in body["available_slots"]]
    return [f"{each['start'][11:16]}-{each['end'][11:16]}" for each in body["available_periods"]]
