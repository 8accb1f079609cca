"""A sandbox in another process, spoken to in raw JSON over HTTP."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cronofy_async.core.wire import Request, Response

from .fetching import fetch
from .test_sandbox_process import process
from .wire import NOW, ORIGIN, Person, Wire

__all__ = ("Remote", "running")

WORLD = {
    "accounts": [
        {
            "email": "ada@example.com",
            "name": "Ada",
            "zone": "Europe/London",
            "profiles": [
                {
                    "provider_name": "google",
                    "name": "ada@example.com",
                    "unique_names": True,
                    "calendars": [{"name": "Work", "primary": True, "conferencing": "google_meet"}],
                }
            ],
        }
    ]
}
"""The person that `Wire.person` puts into a sandbox of the same process."""


class Remote(Wire):
    """
    The same as `Wire`, with no way to the world but HTTP.

    Args:
        ready: What the process said when it was ready.
    """

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self.url: str = ready["api_url"]
        self.secret = ready["client_secret"]
        self.client = {name: ready[name] for name in ("client_id", "client_secret")}

    def handle(self, request: Request) -> Response:
        """Send a request."""
        url = self.url + request.url.removeprefix(self.url).removeprefix(ORIGIN)
        status, headers, body = fetch(
            url, method=request.method, body=request.body or None, headers=dict(request.headers)
        )
        return Response(status, headers, body)

    def begin_again(self, **choices: Any) -> None:
        """Have the world of the start again, with dials turned, not before `NOW`."""
        self.command("reset")
        self.command("choose", **choices)
        self.command("advance", seconds=max(0, NOW - self.command("advance", seconds=0)))

    def first_person(self) -> Person:
        """Whoever authorized the application first."""
        account = self.command("accounts")[0]
        calendar = account["calendars"][0]
        return Person(
            account["sub"],
            account["access_token"],
            account["refresh_token"],
            calendar["calendar_id"],
            calendar["profile_id"],
        )


@contextmanager
def running(folder: Path) -> Generator[Remote]:
    """A sandbox's process with one person, for as long as the block runs."""
    world = folder / "world.json"
    world.write_text(json.dumps(WORLD), encoding="utf-8")
    with process("--ready-json", "--world", str(world)) as started:
        assert started.stdout is not None
        yield Remote(json.loads(started.stdout.readline()))
