"""What tests of Enterprise and Business Connect have in common."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cronofy_async.core.wire import Response

from .wire import Wire

__all__ = (
    "BACK",
    "CALLBACK",
    "ROOM",
    "SCOPE",
    "domain",
    "exchange",
    "grant",
    "outcomes",
    "sent_back",
)

BACK = "https://app.example.com/ec?tenant=1"
CALLBACK = "https://app.example.com/outcome?row=17"
SCOPE = "service_account/accounts/manage service_account/resources/manage"
ROOM = "room-4@example.com"


def domain() -> Wire:
    """A sandbox with one domain: Ada, and a room."""
    wire = Wire()
    wire.person()
    wire.command(
        "add_room",
        email=ROOM,
        title="Room 4",
        capacity=14,
        location={"building_name": "HQ", "coordinates": {"lat": 51.5, "long": -0.09}},
    )
    wire.command("add_room", email="printer@example.com", title="3D printer")
    wire.command("add_room", email="room-4@elsewhere.example", title="Room 4")
    return wire


def grant(wire: Wire, scope: str = SCOPE, delegated_scope: str = "read_write") -> str:
    """A service account's token."""
    return str(
        wire.command(
            "grant_domain", domain="example.com", scope=scope, delegated_scope=delegated_scope
        )["access_token"]
    )


def outcomes(wire: Wire) -> list[dict[str, Any]]:
    """What is told after a moment."""
    wire.command("advance", seconds=1)
    found = []
    for posting in wire.sandbox.world.outbox.due():
        wire.sandbox.world.outbox.delivered(posting.delivery_id, ok=True)
        body = json.loads(posting.body)
        assert ["authorization"] == list(body)
        found.append(body["authorization"])
    return found


def exchange(wire: Wire, code: str, redirect_uri: str = CALLBACK) -> Response:
    """Exchange a code."""
    body = {
        **wire.client,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
    }
    return wire.send("POST", "/oauth/token", body)


def sent_back(response: Response) -> dict[str, str]:
    """The parameters with which a browser is sent back."""
    assert 302 == response.status
    query = parse_qs(urlsplit(response.header("location") or "").query)
    found = {name: value for name, (value,) in query.items()}
    assert "1" == found.pop("tenant")
    return found
