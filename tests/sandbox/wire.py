"""A sandbox spoken to in raw JSON, the way a stranger's client would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Choices, Clock, Sandbox

__all__ = ("NOW", "ORIGIN", "Person", "Wire", "errors", "keys", "until")

NOW = int(datetime(2030, 1, 1, 8, tzinfo=UTC).timestamp())
"""A Tuesday; the sandbox's time stands still unless it is moved."""

ORIGIN = "http://sandbox.localhost"


@attrs.frozen
class Person:
    """Somebody with one calendar, and what the application may do there."""

    sub: str
    token: str
    refresh_token: str
    calendar_id: str
    profile_id: str


class Wire:
    """
    An empty sandbox, and people put into it one by one.

    Args:
        choices: The dials of the sandbox.
        db: The file that its world is kept in, if it is.
    """

    def __init__(self, choices: Choices | None = None, *, db: Path | None = None) -> None:
        self.sandbox = Sandbox(7, clock=Clock(lambda: NOW), choices=choices, people=False, db=db)
        self.secret = self.sandbox.client_secret
        self.client = {
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
        }

    def person(
        self,
        scope: str = "read_write",
        *,
        tzid: str = "Europe/London",
        conferencing: str | None = "google_meet",
        readonly: bool = False,
    ) -> Person:
        """Put somebody into the world who has authorized the application."""
        world = self.sandbox.world
        account = world.add_account(email="ada@example.com", name="Ada", zoneinfo=tzid)
        profile = world.add_profile(
            account,
            name="ada@example.com",
            provider_name="google",
            provider_service="gsuite",
            unique_names=True,
        )
        calendar = world.add_calendar(
            profile, "Work", primary=True, readonly=readonly, conferencing=conferencing
        )
        tokens = self.sandbox.control.grant(account.sub, scope)
        return Person(account.sub, **_tokens(tokens), **_ids(calendar.calendar_id, profile))

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request; a body that is no bytes is sent as JSON."""
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json; charset=utf-8")
        url = path if path.startswith("http") else ORIGIN + path
        return self.handle(Request(method, url, given, body or b""))

    def handle(self, request: Request) -> Response:
        """Hand a request over; elsewhere, by other means."""
        return self.sandbox.handle(request)

    def get(self, path: str, person: Person, **query: Any) -> Any:
        """Read something as a person, and give the JSON of its 200."""
        text = urlencode({k.rstrip("_"): _text(v) for k, v in query.items()}, doseq=True)
        response = self.send("GET", f"{path}?{text}" if text else path, token=person.token)
        assert (200, response.body) == (response.status, response.body)
        return response.json()

    def events(self, person: Person, **query: Any) -> list[dict[str, Any]]:
        """Read all events that match, over all pages."""
        page = self.get("/v1/events", person, **{"tzid": "Etc/UTC", **query})
        events: list[dict[str, Any]] = page["events"]
        while "next_page" in page["pages"]:
            page = self.get(page["pages"]["next_page"], person)
            events += page["events"]
        return events

    def write(self, person: Person, event_id: str = "e1", **details: Any) -> Response:
        """Upsert an event of an hour tomorrow."""
        event = {
            "event_id": event_id,
            "summary": "Talk",
            "start": "2030-01-02T10:00:00Z",
            "end": "2030-01-02T11:00:00Z",
            **details,
        }
        path = f"/v1/calendars/{quote(person.calendar_id, safe='')}/events"
        return self.send("POST", path, event, token=person.token)

    def external(self, person: Person, start: str, end: str, **details: Any) -> str:
        """Have a person make an event themselves; gives its uid."""
        body = {
            "calendar_id": person.calendar_id,
            "summary": "Private",
            "start": start,
            "end": end,
            **details,
        }
        return str(self.command("create_event", **body))

    def command(self, name: str, /, **parameters: Any) -> Any:
        """Pull one of the sandbox's own strings."""
        response = self.send("POST", f"/_sandbox/{name}", parameters)
        assert (200, response.body) == (response.status, response.body)
        return response.json()["result"]


async def until(condition: Callable[[], bool]) -> None:
    """Wait, not for long, until something that happens in the background has happened."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.005)


def _tokens(tokens: Mapping[str, Any]) -> dict[str, str]:
    return {"token": tokens["access_token"], "refresh_token": tokens["refresh_token"]}


def _ids(calendar_id: str, profile: Any) -> dict[str, str]:
    return {"calendar_id": calendar_id, "profile_id": profile.profile_id}


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def errors(response: Response) -> dict[str, list[dict[str, str]]]:
    """The complaints of a 422, by parameter."""
    assert (422, response.body) == (response.status, response.body)
    found: dict[str, list[dict[str, str]]] = response.json()["errors"]
    return found


def keys(response: Response) -> dict[str, list[str]]:
    """The same by their keys alone."""
    return {field: [each["key"] for each in found] for field, found in errors(response).items()}
