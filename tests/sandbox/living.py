"""Anything that may happen in a world, in few words, to be played out more than once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cronofy_transports.sandbox import Choices

from .wire import NOW, Person, Wire

__all__ = ("CHOICES", "STEPS", "Life", "Step")

Step = tuple[str, int]
"""What happens, and a number that says to what."""

CHOICES = Choices(page_size=2, page_lifetime=600)

URL = "https://app.example/hook"


class Life:
    """
    Two people with a channel each, and what happens to them.

    Args:
        db: The file that their world is kept in, if it is.
    """

    def __init__(self, db: Path | None = None) -> None:
        self.db = db
        self.wire = Wire(CHOICES, db=db)
        self.people = [self.wire.person(), self.wire.person()]
        self.urls: list[str] = []
        for person in self.people:
            self._call("POST", "/v1/channels", person, {"callback_url": URL})
        for calendar in self.wire.sandbox.world.calendars.values():
            calendar.attachments = True
        self.wire.sandbox.keep()

    def reopened(self) -> None:
        """End the sandbox, and go on with one that finds its file."""
        before = self.wire
        before.sandbox.close()
        self.wire = Wire(CHOICES, db=self.db)
        # A client knows no newer secret than it was told.
        self.wire.secret, self.wire.client = before.secret, before.client

    def play(self, steps: list[Step]) -> list[Any]:
        """What each step was answered with."""
        return [self.do(step) for step in steps]

    def do(self, step: Step) -> Any:
        """Let one thing happen; gives whatever can be seen of it."""
        name, number = step
        action: Callable[[Person, int], Any] = getattr(self, f"_{name}")
        return action(self.people[number % 2], number // 2)

    def everything(self) -> list[Any]:
        """What can be seen of the world as a whole."""
        return [
            [
                self._call("GET", "/v1/events?tzid=Etc/UTC&include_deleted=true", person),
                self._call("GET", "/v1/free_busy?tzid=Etc/UTC", person),
                self._call("GET", "/v1/channels", person),
                self._call("GET", "/v1/calendars", person),
                self._call("GET", "/v1/available_periods?tzid=Etc/UTC", person),
            ]
            for person in self.people
        ] + [self._advance(self.people[0], 4000), self._call("GET", "/v1/userinfo", self.people[0])]

    def _call(self, method: str, path: str, person: Person, body: Any = None) -> Any:
        answer = self.wire.send(method, path, body, token=person.token)
        found = (answer.status, answer.body)
        if b"next_page" in answer.body:
            self.urls.append(answer.json()["pages"]["next_page"])
        return found

    def _command(self, name: str, **parameters: Any) -> Any:
        answer = self.wire.send("POST", f"/_sandbox/{name}", parameters)
        return answer.status, answer.body

    # What may happen -----------------------------------------------------------------

    def _write(self, person: Person, number: int) -> Any:
        start = datetime(2030, 1, 2 + number % 9, 10, tzinfo=UTC)
        details: dict[str, Any] = {}
        if number % 3 == 0:
            details["conferencing"] = {"profile_id": "integrated"}
        if number % 3 == 1:
            details["meeting_agent"] = {"profile_id": "cronofy"}
        if number % 4 == 0:
            transition = {"before": "event_start", "offset": {"minutes": 5}}
            details["subscriptions"] = [
                {"type": "webhook", "uri": URL, "transitions": [transition]},
            ]
        answer = self.wire.write(
            person,
            f"e{number % 5}",
            start=start.isoformat(),
            end=(start + timedelta(hours=1)).isoformat(),
            **details,
        )
        return answer.status, answer.body

    def _delete(self, person: Person, number: int) -> Any:
        path = f"/v1/calendars/{person.calendar_id}/events"
        return self._call("DELETE", path, person, {"event_id": f"e{number % 5}"})

    def _external(self, person: Person, number: int) -> Any:
        day = f"2030-01-{2 + number % 9:02}"
        return self.wire.external(person, f"{day}T12:00:00Z", f"{day}T13:00:00Z")

    def _move(self, person: Person, number: int) -> Any:
        events = list(self.wire.sandbox.world.calendars[person.calendar_id].events)
        if not events:
            return None
        event, day = events[number % len(events)], f"2030-01-{2 + number % 5:02}"
        times = {"start": f"{day}T15:00:00Z", "end": f"{day}T16:00:00Z"}
        self.wire.command("move_event", event_uid=event.uid, **times)
        return event.uid

    def _read(self, person: Person, number: int) -> Any:
        paths = ("/v1/events?tzid=Etc/UTC&include_moved=true", "/v1/free_busy?tzid=Etc/UTC")
        return self._call("GET", paths[number % 2], person)

    def _follow(self, person: Person, number: int) -> Any:
        url = self.urls[number % len(self.urls)] if self.urls else "/v1/events/pages/none"
        return self._call("GET", url, person)

    def _refresh(self, person: Person, number: int) -> Any:
        body = {
            **self.wire.client,
            "grant_type": "refresh_token",
            "refresh_token": person.refresh_token,
        }
        answer = self.wire.send("POST", "/oauth/token", body)
        return answer.status, answer.body

    def _period(self, person: Person, number: int) -> Any:
        body = {
            "available_period_id": f"p{number % 3}",
            "start": f"2030-01-{2 + number % 9:02}T09:00:00Z",
            "end": f"2030-01-{2 + number % 9:02}T17:00:00Z",
        }
        return self._call("POST", "/v1/available_periods", person, body)

    def _unperiod(self, person: Person, number: int) -> Any:
        body = {"available_period_id": f"p{number % 3}"}
        return self._call("DELETE", "/v1/available_periods", person, body)

    def _attach(self, person: Person, number: int) -> Any:
        file = {
            "file_name": "brief.pdf",
            "content_type": "application/pdf",
            "base64_content": base64.b64encode(b"%PDF" + bytes([number % 256])).decode(),
        }
        subscription = {
            "type": "webhook",
            "uri": URL,
            "interactions": [{"type": "attachment_approved"}],
        }
        body = {"attachment": file, "subscriptions": [subscription]}
        return self._call("POST", "/v1/attachments", person, body)

    def _channel(self, person: Person, number: int) -> Any:
        body = {"callback_url": f"{URL}/{number % 3}", "filters": {"only_managed": False}}
        return self._call("POST", "/v1/channels", person, body)

    def _link(self, person: Person, number: int) -> Any:
        body = {
            "event": {"event_id": f"l{number}", "summary": "Interview", "tzid": "Europe/London"},
            "oauth": {"redirect_uri": "https://example.org/back"},
            "availability": {
                "participants": [{"members": [{"sub": person.sub}], "required": 1}],
                "required_duration": {"minutes": 60},
                "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T12:00:00Z"}],
            },
            "target_calendars": [{"sub": person.sub, "calendar_id": person.calendar_id}],
        }
        answer = self.wire.send("POST", "/v1/real_time_scheduling", body, token=self.wire.secret)
        if answer.status != 200:
            return answer.status, answer.body
        made = answer.json()["real_time_scheduling"]["real_time_scheduling_id"]
        if number % 2:
            chosen = {"real_time_scheduling_id": made, "start": "2030-01-07T10:00:00Z"}
            return answer.body, self.wire.command("choose_slot", **chosen)
        return answer.body

    def _secret(self, person: Person, number: int) -> Any:
        if number % 2:
            return self.wire.command("retire_secret")
        return self.wire.command("add_secret")

    def _choose(self, person: Person, number: int) -> Any:
        dials: list[dict[str, Any]] = [
            {"page_size": 1 + number % 3},
            {"refresh_tokens": ("fixed", "rotating", "rotating_with_grace")[number % 3]},
            {"unknown_parameters": ("refuse", "ignore")[number % 2], "conferencing_delay": 30},
        ]
        return self._command("choose", **dials[number // 3 % 3])

    def _disconnect(self, person: Person, number: int) -> Any:
        command = ("disconnect", "reconnect")[number % 2]
        return self._command(command, profile_id=person.profile_id)

    def _sync(self, person: Person, number: int) -> Any:
        (profile,) = self.wire.sandbox.world.accounts[person.sub].profiles
        command = "complete" if profile.initial_sync_required else "begin"
        return self._command(f"{command}_initial_sync", profile_id=person.profile_id)

    def _tokens(self, person: Person, number: int) -> Any:
        command = ("expire_tokens", "invalidate_refresh_token")[number % 2]
        return self._command(command, sub=person.sub)

    def _owner(self, person: Person, number: int) -> Any:
        if number % 2:
            body = {"calendar_id": person.calendar_id, "calendar_name": f"Work {number}"}
            return self._command("rename_calendar", **body)
        return self._command("dump_world")

    def _advance(self, person: Person, number: int) -> Any:
        self.wire.command("advance", seconds=number)
        outbox = self.wire.sandbox.world.outbox
        due = sorted(outbox.due(), key=lambda each: each.delivery_id)
        for each in due:
            outbox.delivered(each.delivery_id, ok=each.delivery_id % 3 != 0)
        self.wire.sandbox.keep()
        return self.wire.sandbox.world.now() - NOW, due


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("write", "write", "delete", "external", "move", "read", "follow", "refresh"),
                *("period", "unperiod", "attach", "channel", "link", "secret", "advance"),
                *("choose", "disconnect", "sync", "tokens", "owner"),
            ]
        ),
        st.integers(0, 200),
    ),
    max_size=12,
)
"""What happens in a life."""
