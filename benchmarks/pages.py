"""
Pages of events as they may come from the service, made up, and the same every time.

A page has 100 events and about 127 KB of JSON. The size of a real page is not known: no
conclusion may hang on it. Starts and ends come in all three forms, one status in a hundred is
one that no enum has, and each event has a key that no model has.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

__all__ = ("EVENTS", "body", "event", "events", "number_on")

EVENTS: Final = 100
"""How many events a page has."""

_FIRST: Final = datetime(2030, 1, 7, 8, tzinfo=UTC)
_WORDS: Final = (
    "review",
    "the",
    "plan",
    "with",
    "everybody",
    "who",
    "has",
    "a",
    "part",
    "in",
    "it",
    "and",
    "agree",
    "on",
    "what",
    "comes",
    "next",
)
_ANSWERS: Final = ("accepted", "tentative", "declined", "needs_action")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words))


def _time(moment: datetime, number: int) -> Any:
    """Seven of ten as a moment, two as a day, one with its zone."""
    if number % 10 in (3, 6):
        return moment.strftime("%Y-%m-%d")
    if number % 10 == 9:
        return {"time": moment.strftime("%Y-%m-%dT%H:%M:%S+01:00"), "tzid": "Europe/Paris"}
    return _moment(moment)


def event(number: int) -> dict[str, Any]:
    """The event of that number, from 0 on."""
    random = Random(number)
    start = _FIRST + timedelta(minutes=15 * number)
    long = timedelta(days=1) if number % 10 in (3, 6) else timedelta(minutes=30)
    return {
        "calendar_id": f"cal_U9uuErStTG@EAAAB_IsAsykA2DBTWqQTf{number % 7}",
        "event_uid": f"evt_external_{random.getrandbits(64):016x}{number:08d}",
        "summary": _text(random, 6),
        "description": _text(random, 36),
        "start": _time(start, number),
        "end": _time(start + long, number),
        "deleted": False,
        "created": _moment(start - timedelta(days=60)),
        "updated": _moment(start - timedelta(days=random.randint(1, 50))),
        "location": {"description": _text(random, 4)},
        "participation_status": "delegated" if number % 20 == 7 else random.choice(_ANSWERS),
        "attendees": [
            {
                "email": f"person.{random.randrange(500)}@example.com",
                "display_name": _text(random, 2),
                "status": random.choice(_ANSWERS),
            }
            for _ in range(4)
        ],
        "organizer": {"email": "organizer@example.com", "display_name": "The Organizer"},
        "transparency": "opaque",
        "status": "confirmed",
        "event_status": "confirmed",
        "categories": ["work", "planning"],
        "recurring": False,
        "event_private": False,
        "options": {"delete": True, "update": True, "change_participation_status": True},
        "unheard_of": {"since": 2031},
    }


def number_on(day: str) -> int:
    """The number of the first event on a day in UTC."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return int((midnight - _FIRST) / timedelta(minutes=15))


def events(first: int, count: int = EVENTS) -> bytes:
    """Events as the list that a page holds, as JSON."""
    made = [event(number) for number in range(first, first + count)]
    return json.dumps(made, separators=(",", ":")).encode()


def body(listed: bytes, number: int, total: int, next_page: str | None) -> bytes:
    """A page of the list of events that `events` made, as JSON."""
    pages = {"current": number, "total": total} | ({"next_page": next_page} if next_page else {})
    return b'{"pages":%b,"events":%b}' % (json.dumps(pages).encode(), listed)
