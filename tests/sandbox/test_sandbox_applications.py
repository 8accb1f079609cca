"""Making applications and taking them into production, over the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.core.wire import Response

from .browsing import Browser
from .wire import ORIGIN, Wire, errors, keys


def verify(wire: Wire, *uris: str, **changes: Any) -> Response:
    """Submit an application for verification."""
    body = {
        "redirect_uris": list(uris),
        "contact": {"email": "dev@example.com", "display_name": "Dev"},
        **changes,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", "/v1/application_verification", given, token=wire.secret)


def consent(wire: Wire, redirect_uri: str, client_id: str | None = None) -> int:
    """The status of the consent page for a redirect URI."""
    query = {
        "response_type": "code",
        "client_id": client_id or wire.sandbox.client_id,
        "redirect_uri": redirect_uri,
        "scope": "read_only",
    }
    return Browser(wire).open(f"{ORIGIN}/oauth/authorize?{urlencode(query)}").status


def test_verification_registers_redirect_uris(wire: Wire) -> None:
    """202 with an empty object; from then on only registered URIs go, and more can be added."""
    first, second = "https://app.example.com/a", "http://localhost:8000/b"
    assert 200 == consent(wire, second)
    response = verify(wire, first)
    assert (202, {}) == (response.status, response.json())
    assert (200, 400) == (consent(wire, first), consent(wire, second))
    assert 202 == verify(wire, second, contact={"email": "dev@example.com"}).status
    assert (200, 200) == (consent(wire, first), consent(wire, second))
    assert 400 == consent(wire, "https://app.example.com/a?x=1")


def test_a_wildcard_stands_for_subdomains(wire: Wire) -> None:
    """In the host, before a domain of one's own; nowhere else."""
    assert 202 == verify(wire, "https://*.example.com/back").status
    assert 200 == consent(wire, "https://tenant.example.com/back")
    assert 400 == consent(wire, "https://a.b.example.com/back")
    assert 400 == consent(wire, "https://tenant.example.com/other")
    for wrong in (
        "https://*.com/back",
        "https://app.example.com/*",
        "https://a*.example.com/",
        "https://*/",
    ):
        assert ["redirect_uris[1]"] == list(errors(verify(wire, "https://a.example", wrong)))
    assert 400 == consent(wire, "https://a.example")


@pytest.mark.parametrize(
    ("changes", "field", "key"),
    [
        ({"redirect_uris": None}, "redirect_uris", "errors.required"),
        ({"redirect_uris": []}, "redirect_uris", "errors.invalid"),
        ({"redirect_uris": ["urn:x"]}, "redirect_uris[0]", "errors.invalid"),
        ({"contact": None}, "contact", "errors.required"),
        ({"contact": {"display_name": "Dev"}}, "contact.email", "errors.required"),
        ({"contact": {"email": ""}}, "contact.email", "errors.invalid"),
    ],
)
def test_wrong_verifications_are_refused(
    wire: Wire, changes: dict[str, Any], field: str, key: str
) -> None:
    """What is missing or wrong is named, and the application stays as it is."""
    assert {field: [key]} == keys(verify(wire, "https://a.example", **changes))
    assert 200 == consent(wire, "https://anything.example")


def test_an_application_is_made_with_an_admin_key(wire: Wire) -> None:
    """It has credentials of its own, is in development, and shares no accounts."""
    key = wire.command("add_admin_key")
    body = {"name": "Second", "url": "https://second.example"}
    response = wire.send("POST", "/v1/applications", body, token=key)
    assert 200 == response.status
    made = response.json()["oauth_client"]
    assert {"client_id", "client_secret"} == set(made)
    assert 200 == consent(wire, "https://anything.example", made["client_id"])
    calendar = {**made, "application_calendar_id": "one"}
    mine = {**wire.client, "application_calendar_id": "one"}
    subs = [
        wire.send("POST", "/v1/application_calendars", each).json()["sub"]
        for each in (calendar, mine)
    ]
    assert subs[0] != subs[1]
    contact = {"redirect_uris": ["https://second.example/b"], "contact": {"email": "a@b.example"}}
    verified = wire.send(
        "POST", "/v1/application_verification", contact, token=made["client_secret"]
    )
    assert 202 == verified.status
    assert 400 == consent(wire, "https://anything.example", made["client_id"])
    assert 200 == consent(wire, "https://anything.example")


def test_only_an_admin_key_makes_applications(wire: Wire) -> None:
    """Secrets and tokens are not known there, nor is the key anywhere else, nor once revoked."""
    key = wire.command("add_admin_key")
    body = {"name": "Second", "url": "https://second.example"}
    for token in (wire.secret, wire.person().token, "", None):
        assert 401 == wire.send("POST", "/v1/applications", body, token=token).status
    assert 401 == wire.send("GET", "/v1/organizational_unit_members", token=key).status
    assert 401 == wire.send("GET", "/v1/userinfo", token=key).status
    wire.command("retire_admin_key", key=key)
    assert 401 == wire.send("POST", "/v1/applications", body, token=key).status
    assert 404 == wire.send("POST", "/_sandbox/retire_admin_key", {"key": key}).status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://a.example"}, "name"),
        ({"name": "", "url": "https://a.example"}, "name"),
        ({"name": "A"}, "url"),
        ({"name": "A", "url": "a.example"}, "url"),
        ({"name": "A", "url": "https://a.example", "redirect_uri": "x"}, "redirect_uri"),
    ],
)
def test_wrong_applications_are_refused(wire: Wire, body: dict[str, Any], field: str) -> None:
    """What is missing or wrong is named, and nothing is made."""
    key = wire.command("add_admin_key")
    assert [field] == list(errors(wire.send("POST", "/v1/applications", body, token=key)))
    assert 1 == len(wire.sandbox.world.applications)
