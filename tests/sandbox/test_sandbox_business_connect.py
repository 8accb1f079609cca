"""The pages of Enterprise and Business Connect, and calendars that are shared, over the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.core.wire import Response

from .browsing import Browser, Page
from .delegating import BACK, CALLBACK, ROOM, SCOPE, domain, exchange, outcomes, sent_back
from .wire import ORIGIN, Person, Wire, errors, keys


@pytest.fixture
def wire() -> Wire:
    """A sandbox with one domain: Ada, and a room."""
    return domain()


def url(wire: Wire, path: str = "/enterprise_connect/oauth/authorize", **changes: Any) -> str:
    """The URL that an administrator goes to."""
    query = {
        "response_type": "code",
        "client_id": wire.sandbox.client_id,
        "redirect_uri": BACK,
        "scope": SCOPE,
        "delegated_scope": "read_write",
        "state": "s&1",
        **changes,
    }
    given = {name: value for name, value in query.items() if value is not None}
    return f"{ORIGIN}{path}?{urlencode(given)}"


# The page -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/enterprise_connect/oauth/authorize", "/service_accounts/oauth/authorize"]
)
def test_an_administrator_grants_a_domain(wire: Wire, path: str) -> None:
    """The code becomes a service account's tokens, good for half an hour."""
    browser = Browser(wire)
    page = Page.of(browser.open(url(wire, path)))
    assert {"example.com", "elsewhere.example"} == set(page.choices)
    answer = sent_back(browser.submit(page, choice="example.com", decision="approve"))
    assert "s&1" == answer["state"]
    assert 32 == len(answer["code"])
    response = exchange(wire, answer["code"], BACK)
    assert 200 == response.status
    tokens = response.json()
    assert ("bearer", 1800, SCOPE) == (
        tokens["token_type"],
        tokens["expires_in"],
        tokens["scope"],
    )
    assert tokens["service_account_id"].startswith("ser_")
    assert not {"account_id", "linking_profile", "userinfo"} & set(tokens)
    wire.command("advance", seconds=1799)
    userinfo = wire.send("GET", "/v1/userinfo", token=tokens["access_token"]).json()
    assert "service_account" == userinfo["cronofy.type"]
    assert {
        "authorization": {"scope": SCOPE, "status": "active", "delegated_scope": "read_write"},
        "service_account": {"provider_name": "google", "domain": "example.com"},
    } == userinfo["cronofy.data"]
    assert tokens["service_account_id"] == userinfo["sub"]
    wire.command("advance", seconds=1)
    assert 401 == wire.send("GET", "/v1/userinfo", token=tokens["access_token"]).status
    body = {
        **wire.client,
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
    }
    assert 1800 == wire.send("POST", "/oauth/token", body).json()["expires_in"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "read_write"}, "invalid_scope"),
        ({"delegated_scope": "service_account/all"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_request_is_sent_back(wire: Wire, changes: dict[str, Any], error: str) -> None:
    """OAuth's errors go to the redirect URI."""
    assert error == sent_back(Browser(wire).open(url(wire, **changes)))["error"]


def test_an_administrator_can_refuse(wire: Wire) -> None:
    """Refusing is access_denied, an unknown domain is refused, and nothing is sent elsewhere."""
    browser = Browser(wire)
    page = Page.of(browser.open(url(wire)))
    assert "access_denied" == sent_back(browser.submit(page, decision="deny"))["error"]
    wrong = browser.submit(page, choice="other.example", decision="approve")
    assert "invalid_request" == sent_back(wrong)["error"]
    assert 400 == browser.open(url(wire, client_id="x")).status
    assert 400 == browser.open(url(wire, redirect_uri="javascript:1")).status
    empty = Wire()
    assert "invalid_request" == sent_back(Browser(empty).open(url(empty)))["error"]


# Business Connect ---------------------------------------------------------------------


def delegating(wire: Wire, scope: str = "read_only") -> Person:
    """Somebody who authorized the application with a delegated scope, on the consent page."""
    person = wire.person()
    browser = Browser(wire)
    query = {
        "response_type": "code",
        "client_id": wire.sandbox.client_id,
        "redirect_uri": BACK,
        "scope": "read_write",
        "delegated_scope": scope,
    }
    page = Page.of(browser.open(f"{ORIGIN}/oauth/authorize?{urlencode(query)}"))
    answer = sent_back(browser.submit(page, choice=person.sub, decision="approve"))
    tokens = exchange(wire, answer["code"], BACK).json()
    return Person(person.sub, tokens["access_token"], "", person.calendar_id, person.profile_id)


def colleague(wire: Wire, email: str = "kim@example.com") -> str:
    """Somebody else of the domain."""
    world = wire.sandbox.world
    account = world.add_account(email=email, name="Kim")
    profile = world.add_profile(
        account, name=email, provider_name="google", provider_service="gsuite"
    )
    world.add_calendar(profile, "Kim's", primary=True)
    return account.sub


def test_shared_calendars_are_listed_and_asked_for(wire: Wire) -> None:
    """Rooms of the domain and people who share theirs; the code comes by a callback."""
    person, sub = delegating(wire), colleague(wire)
    wire.command("share_calendar", email="kim@example.com", profile_id=person.profile_id)
    path = "/v1/accessible_calendars"
    listed = wire.get(path, person, profile_id=person.profile_id)["accessible_calendars"]
    kim = {"email": "kim@example.com", "name": "Kim", "calendar_type": "unknown"}
    assert {"email": ROOM, "name": "Room 4", "calendar_type": "resource"} in listed
    assert kim in listed
    assert 3 == len(listed)
    unknown = wire.get(path, person, profile_id=person.profile_id, calendar_type="unknown")
    assert [kim] == unknown["accessible_calendars"]
    body = {
        "profile_id": person.profile_id,
        "email": "kim@example.com",
        "callback_url": CALLBACK,
        "scope": "read_only",
        "state": "9",
    }
    response = wire.send("POST", "/v1/delegated_authorizations", body, token=person.token)
    assert (202, b"") == (response.status, response.body)
    (outcome,) = outcomes(wire)
    assert "9" == outcome["state"]
    assert sub == exchange(wire, outcome["code"]).json()["sub"]
    for email in (ROOM, "nobody@example.com", "room-4@elsewhere.example"):
        body["email"] = email
        wire.send("POST", "/v1/delegated_authorizations", body, token=person.token)
    assert [True, False, False] == ["code" in each for each in outcomes(wire)]


def test_business_connect_refuses(wire: Wire) -> None:
    """Without a delegated scope it is 403; a wrong profile 404; too much or too little 422."""
    plain, person = wire.person(), delegating(wire, "free_busy")
    path = "/v1/delegated_authorizations"
    body = {
        "profile_id": person.profile_id,
        "email": ROOM,
        "callback_url": CALLBACK,
        "scope": "free_busy",
    }

    def send(person: Person, **changes: Any) -> Response:
        given = {name: each for name, each in {**body, **changes}.items() if each is not None}
        return wire.send("POST", path, given, token=person.token)

    assert 403 == send(plain, profile_id=plain.profile_id).status
    accessible = f"/v1/accessible_calendars?profile_id={plain.profile_id}"
    assert 403 == wire.send("GET", accessible, token=plain.token).status
    assert 404 == send(person, profile_id="pro_x").status
    assert 401 == wire.send("POST", path, body, token=wire.secret).status
    assert ["scope"] == list(errors(send(person, scope="read_only")))
    assert {"email": ["errors.required"]} == keys(send(person, email=None))
    assert {"profile_id": ["errors.required"]} == keys(send(person, profile_id=None))
    missing = wire.send("GET", "/v1/accessible_calendars", token=person.token)
    assert {"profile_id": ["errors.required"]} == keys(missing)


@pytest.mark.parametrize("scope", ["read_write", "free_busy read_only"])
def test_only_two_scopes_can_be_delegated_by_people(wire: Wire, scope: str) -> None:
    """Exactly one of free_busy and read_only."""
    query = {
        "response_type": "code",
        "client_id": wire.sandbox.client_id,
        "redirect_uri": BACK,
        "scope": "read_write",
        "delegated_scope": scope,
    }
    response = Browser(wire).open(f"{ORIGIN}/oauth/authorize?{urlencode(query)}")
    assert "invalid_scope" == sent_back(response)["error"]
