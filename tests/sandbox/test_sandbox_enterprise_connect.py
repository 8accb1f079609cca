"""Access to the calendars of a domain, over the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from cronofy_async.core.wire import Response

from .delegating import BACK, CALLBACK, ROOM, SCOPE, domain, exchange, grant, outcomes
from .wire import Person, Wire, errors, keys


@pytest.fixture
def wire() -> Wire:
    """A sandbox with one domain: Ada, and a room."""
    return domain()


def ask(wire: Wire, token: str, **changes: Any) -> Response:
    """Ask for access to Ada's account."""
    body = {
        "email": "ada@example.com",
        "callback_url": CALLBACK,
        "scope": "read_write",
        "state": "row-17",
        **changes,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return wire.send("POST", "/v1/service_account_authorizations", given, token=token)


# Asking for access --------------------------------------------------------------------


def test_access_comes_by_a_signed_callback(wire: Wire) -> None:
    """202 at once; the code in the callback is exchanged with the callback URL, once."""
    token = grant(wire)
    response = ask(wire, token)
    assert (202, b"") == (response.status, response.body)
    assert [] == wire.sandbox.world.outbox.due()
    wire.command("advance", seconds=1)
    (posting,) = wire.sandbox.world.outbox.due()
    assert CALLBACK == posting.url
    digest = hmac.digest(wire.secret.encode(), posting.body, hashlib.sha256)
    assert base64.b64encode(digest).decode() == posting.headers["Cronofy-HMAC-SHA256"]
    outcome = json.loads(posting.body)["authorization"]
    assert {"code", "state"} == set(outcome)
    assert "row-17" == outcome["state"]
    for wrong in ("https://app.example.com/outcome", BACK):
        refused = exchange(wire, outcome["code"], wrong)
        assert (400, {"error": "invalid_grant"}) == (refused.status, refused.json())
    tokens = exchange(wire, outcome["code"]).json()
    assert ("read_write", 3600) == (tokens["scope"], tokens["expires_in"])
    assert tokens["sub"] == tokens["account_id"]
    assert tokens["sub"].startswith("acc_")
    assert "ada@example.com" == tokens["linking_profile"]["profile_name"]
    (calendar,) = wire.send("GET", "/v1/calendars", token=tokens["access_token"]).json()[
        "calendars"
    ]
    assert "Work" == calendar["calendar_name"]
    assert 400 == exchange(wire, outcome["code"]).status


def test_a_room_has_a_calendar_to_write_to(wire: Wire) -> None:
    """A resource is an account like any other once it is authorized."""
    ask(wire, grant(wire), email=ROOM.upper(), state=None)
    (outcome,) = outcomes(wire)
    assert ["code"] == list(outcome)
    tokens = exchange(wire, outcome["code"]).json()
    listed = wire.send("GET", "/v1/calendars", token=tokens["access_token"]).json()
    room = Person(
        tokens["sub"], tokens["access_token"], "", listed["calendars"][0]["calendar_id"], ""
    )
    assert 202 == wire.write(room).status
    assert ["Talk"] == [each["summary"] for each in wire.events(room, only_managed=True)]


def test_many_are_asked_for_at_once(wire: Wire) -> None:
    """Each has an outcome of its own."""
    entries = [
        {"email": email, "callback_url": CALLBACK, "scope": "free_busy", "state": email}
        for email in ("ada@example.com", ROOM, "nobody@example.com")
    ]
    body = {"service_account_authorizations": entries}
    path = "/v1/service_account_authorizations"
    assert 202 == wire.send("POST", path, body, token=grant(wire)).status
    found = {each["state"]: each for each in outcomes(wire)}
    assert {"ada@example.com", ROOM, "nobody@example.com"} == set(found)
    assert "code" in found["ada@example.com"]
    assert "code" in found[ROOM]
    assert "access_denied" == found["nobody@example.com"]["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "a@example.com", "callback_url": CALLBACK}, "scope"),
        ({"email": "a@example.com", "scope": "read_only"}, "callback_url"),
        ({"callback_url": CALLBACK, "scope": "read_only"}, "email"),
        ({"email": "", "callback_url": CALLBACK, "scope": "read_only"}, "email"),
        ({"email": "a", "callback_url": "ftp://x", "scope": "read_only"}, "callback_url"),
        ({"email": "a", "callback_url": CALLBACK, "scope": "read_all"}, "scope"),
        ({"email": "a", "callback_url": CALLBACK, "scope": " "}, "scope"),
        (
            {"email": "a", "callback_url": CALLBACK, "scope": "read_only"}
            | {"service_account_authorizations": []},
            "service_account_authorizations",
        ),
        (
            {
                "service_account_authorizations": [
                    {"email": "a", "callback_url": CALLBACK, "scope": "read_only"},
                    {"email": "b", "callback_url": CALLBACK, "scope": "x"},
                ]
            },
            "service_account_authorizations[1].scope",
        ),
    ],
)
def test_wrong_requests_are_refused(wire: Wire, body: dict[str, Any], field: str) -> None:
    """What is missing, wrong or too much is named, and nothing is asked for."""
    path = "/v1/service_account_authorizations"
    assert [field] == list(errors(wire.send("POST", path, body, token=grant(wire))))
    assert [] == outcomes(wire)


@pytest.mark.parametrize("count", [0, 51])
def test_one_to_fifty_can_be_asked_for_at_once(wire: Wire, count: int) -> None:
    """None and too many are refused, and nothing is asked for; fifty are not too many."""
    path, token = "/v1/service_account_authorizations", grant(wire)

    def send(count: int) -> Response:
        entries = [
            {"email": f"a{n}@example.com", "callback_url": CALLBACK, "scope": "read_only"}
            for n in range(count)
        ]
        return wire.send("POST", path, {"service_account_authorizations": entries}, token=token)

    assert 422 == send(count).status
    assert [] == outcomes(wire)
    assert 202 == send(50).status
    assert 50 == len(outcomes(wire))


def test_a_missing_address_is_required(wire: Wire) -> None:
    """The key is the reference's."""
    assert {"email": ["errors.required"]} == keys(ask(wire, grant(wire), email=None))


@pytest.mark.parametrize(
    ("delegated", "scope", "status"),
    [
        ("read_free_busy", "read_events", 422),
        ("read_free_busy", "free_busy", 202),
        ("free_busy", "free_busy", 202),
        ("free_busy", "read_only", 422),
        ("read_only", "read_write", 422),
        ("read_write", "read_only", 202),
        ("read_write", "read_account read_events create_event delete_event", 202),
        ("read_only", "create_event", 422),
        ("read_write", "service_account/accounts/manage", 422),
    ],
)
def test_no_more_than_was_delegated_can_be_asked_for(
    wire: Wire, delegated: str, scope: str, status: int
) -> None:
    """read_events is refused if only read_free_busy was delegated, and so on."""
    response = ask(wire, grant(wire, delegated_scope=delegated), scope=scope)
    assert status == response.status
    if status == 422:
        assert ["scope"] == list(errors(response))


@pytest.mark.parametrize(
    ("scope", "email", "granted"),
    [
        ("service_account/accounts/manage", "ada@example.com", True),
        ("service_account/accounts/manage", ROOM, False),
        ("service_account/resources/manage", ROOM, True),
        ("service_account/resources/manage", "ada@example.com", False),
        (SCOPE, "room-4@elsewhere.example", False),
        (SCOPE, "nobody@example.com", False),
    ],
)
def test_what_is_out_of_reach_is_told_of(wire: Wire, scope: str, email: str, granted: bool) -> None:
    """Accounts and resources need their scopes; other domains are out of reach."""
    assert 202 == ask(wire, grant(wire, scope), email=email).status
    (outcome,) = outcomes(wire)
    assert granted == ("code" in outcome)
    if not granted:
        assert {"error", "error_key", "error_description", "state"} == set(outcome)
        assert "access_denied" == outcome["error"]
        assert outcome["error_key"].startswith("errors.")


def test_a_server_may_let_less_be_seen(wire: Wire) -> None:
    """More than the domain's server shows is unable_to_grant_scope."""
    token = grant(wire)
    wire.command("limit_domain", domain="example.com", scope="free_busy")
    ask(wire, token, scope="read_only")
    ask(wire, token, scope="free_busy")
    first, second = outcomes(wire)
    assert "unable_to_grant_scope" == first["error"]
    assert "code" in second
    wire.command("limit_domain", domain="example.com", scope=None)
    ask(wire, token, scope="read_only")
    assert "code" in outcomes(wire)[0]


def test_what_was_revoked_in_between_grants_nothing(wire: Wire) -> None:
    """A service account that is gone when it is settled gets no code."""
    token = grant(wire)
    ask(wire, token)
    wire.command("revoke_domain", domain="example.com")
    assert "access_denied" == outcomes(wire)[0]["error"]
    assert 401 == ask(wire, token).status
    assert 404 == wire.send("POST", "/_sandbox/revoke_domain", {"domain": "example.com"}).status


def test_a_service_account_can_be_revoked_by_its_id(wire: Wire) -> None:
    """The revoke call takes it as a sub."""
    tokens = wire.command(
        "grant_domain", domain="example.com", scope=SCOPE, delegated_scope="read_only"
    )
    body = {**wire.client, "sub": tokens["service_account_id"]}
    assert 200 == wire.send("POST", "/oauth/token/revoke", body).status
    assert 401 == wire.send("GET", "/v1/resources", token=tokens["access_token"]).status


def test_kinds_of_accounts_are_told_apart(wire: Wire) -> None:
    """A service account has no calendars, and a person no domain."""
    token = grant(wire, scope=f"{SCOPE} read_write")
    for method, path in (
        ("GET", "/v1/calendars"),
        ("GET", "/v1/events?tzid=Etc%2FUTC"),
        ("GET", "/v1/profiles"),
        ("GET", "/v1/channels"),
    ):
        assert 403 == wire.send(method, path, token=token).status
    assert 200 == wire.send("GET", "/v1/account", token=token).status
    person = wire.person()
    assert 403 == ask(wire, person.token).status
    assert 403 == wire.send("GET", "/v1/resources", token=person.token).status
    for secret in (wire.secret, "x"):
        assert 401 == ask(wire, secret).status
        assert 401 == wire.send("GET", "/v1/resources", token=secret).status


# Resources ----------------------------------------------------------------------------


def test_resources_have_the_details_that_are_asked_for(wire: Wire) -> None:
    """Address and name always; capacity and place if asked for and known."""
    token = grant(wire)

    def listed(query: str = "") -> Any:
        return wire.send("GET", f"/v1/resources{query}", token=token).json()["resources"]

    printer = {"email": "printer@example.com", "name": "3D printer"}
    assert [{"email": ROOM, "name": "Room 4"}, printer] == listed()
    assert [{"email": ROOM, "name": "Room 4", "capacity": 14}, printer] == listed(
        "?include_details=capacity"
    )
    assert {
        "email": ROOM,
        "name": "Room 4",
        "capacity": 14,
        "location": {"building_name": "HQ", "coordinates": {"lat": 51.5, "long": -0.09}},
    } == listed("?include_details=capacity%20location")[0]
    accounts_only = grant(wire, "service_account/accounts/manage")
    assert 403 == wire.send("GET", "/v1/resources", token=accounts_only).status


# Permissions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "further", "status"),
    [
        ("ada@example.com", "service_account/accounts/unrestricted_access", 200),
        ("ada@example.com", "service_account/resources/unrestricted_access", 403),
        (ROOM, "service_account/resources/unrestricted_access", 200),
        (ROOM, "service_account/accounts/unrestricted_access", 403),
        (ROOM, "", 403),
    ],
)
def test_nobody_is_asked_where_a_service_account_may_grant(
    wire: Wire, email: str, further: str, status: int
) -> None:
    """With its own scope for it, permissions are accepted at once, without a page."""
    ask(wire, grant(wire, f"{SCOPE} {further}".strip()), email=email)
    token = exchange(wire, outcomes(wire)[0]["code"]).json()["access_token"]
    (calendar,) = wire.send("GET", "/v1/calendars", token=token).json()["calendars"]
    wanted = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
    response = wire.send("POST", "/v1/permissions", {"permissions": [wanted]}, token=token)
    assert status == response.status
    if status == 200:
        assert {"permissions_request": {"accepted": True}} == response.json()
    (calendar,) = wire.send("GET", "/v1/calendars", token=token).json()["calendars"]
    assert ("unrestricted" if status == 200 else "sandbox") == calendar["permission_level"]
