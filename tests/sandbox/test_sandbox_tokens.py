"""Tokens over the wire: codes, refreshing, application calendars, revoking, element tokens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from cronofy_async.core.wire import Response
from cronofy_transports.sandbox import Choices

from .wire import Person, Wire, keys

REDIRECT = "https://app.example.com/oauth/callback?tenant=1"


def exchange(wire: Wire, code: str, **changes: Any) -> Response:
    """Exchange a code for tokens."""
    body = {
        **wire.client,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        **changes,
    }
    return wire.send("POST", "/oauth/token", {k: v for k, v in body.items() if v is not None})


def refresh(wire: Wire, token: str, **changes: Any) -> Response:
    """Exchange a refresh token for an access token."""
    body = {**wire.client, "grant_type": "refresh_token", "refresh_token": token, **changes}
    return wire.send("POST", "/oauth/token", body)


def status_of(wire: Wire, token: str) -> int:
    """The status that a token gets where any token is good enough."""
    return wire.send("GET", "/v1/account", token=token).status


def code_for(wire: Wire, person: Person, **changes: Any) -> str:
    """A code as the consent page gives it."""
    body = {"sub": person.sub, "redirect_uri": REDIRECT, "scope": "read_write", **changes}
    return str(wire.command("authorize", **body))


# Codes --------------------------------------------------------------------------------


def test_a_code_gives_tokens_and_who_they_are_of(wire: Wire) -> None:
    """The answer to a code has the fields of the reference, and is not to be stored."""
    person = wire.person()
    response = exchange(wire, code_for(wire, person))
    tokens = response.json()
    assert 200 == response.status
    assert "no-store" == response.header("cache-control")
    assert "no-cache" == response.header("pragma")
    assert {
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "read_write",
        "sub": person.sub,
        "account_id": person.sub,
        "linking_profile": {
            "provider_name": "google",
            "provider_service": "gsuite",
            "profile_id": person.profile_id,
            "profile_name": "ada@example.com",
        },
    } == {k: v for k, v in tokens.items() if not k.endswith("_token") and k != "userinfo"}
    for name in ("access_token", "refresh_token"):
        assert 32 == len(tokens[name])
        assert tokens[name].isalnum()
    assert 200 == status_of(wire, tokens["access_token"])
    assert person.sub == tokens["userinfo"]["sub"]


def test_a_code_is_good_once(wire: Wire) -> None:
    """A second exchange of a code is refused, and the first one's tokens stay good."""
    code = code_for(wire, wire.person())
    first = exchange(wire, code)
    second = exchange(wire, code)
    assert (400, {"error": "invalid_grant"}) == (second.status, second.json())
    assert 200 == status_of(wire, first.json()["access_token"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "x" * 32}, "invalid_grant"),
        ({"redirect_uri": REDIRECT + "&x=1"}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
        ({"client_secret": 5}, "invalid_client"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": 7}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": 5}, "invalid_request"),
    ],
)
def test_a_wrong_exchange_is_refused_in_oauths_words(
    wire: Wire, changes: dict[str, Any], error: str
) -> None:
    """Every refusal is 400 with RFC 6749's error, and does not use up the code."""
    code = code_for(wire, wire.person())
    refused = exchange(wire, **{"code": code, **changes})
    assert (400, {"error": error}) == (refused.status, refused.json())
    assert 200 == exchange(wire, code).status


def test_a_code_expires(wire: Wire) -> None:
    """After its short life a code is refused."""
    code = code_for(wire, wire.person())
    wire.command("advance", seconds=Choices().code_lifetime)
    assert {"error": "invalid_grant"} == exchange(wire, code).json()


def test_a_code_of_another_application_is_refused(wire: Wire) -> None:
    """A code can be exchanged by the application that asked for it only."""
    wire.sandbox.world.add_application("Other", client_id="other", secret="hush")
    code = code_for(wire, wire.person())
    other = exchange(wire, code, client_id="other", client_secret="hush")
    assert {"error": "invalid_grant"} == other.json()


def test_a_second_approval_joins_the_first(wire: Wire) -> None:
    """Approving again changes the scope and gives the same refresh token."""
    person = wire.person()
    tokens = exchange(wire, code_for(wire, person, scope="free_busy")).json()
    assert person.refresh_token == tokens["refresh_token"]
    assert "free_busy" == tokens["scope"]
    assert 403 == wire.send("GET", "/v1/events?tzid=Etc%2FUTC", token=person.token).status


def test_wrong_client_credentials_can_be_401() -> None:
    """A dial makes wrong client credentials 401, as some clients expect."""
    wire = Wire(Choices(invalid_client_status=401))
    response = refresh(wire, "x", client_secret="wrong")
    assert (401, {"error": "invalid_client"}) == (response.status, response.json())


# Refreshing ---------------------------------------------------------------------------


def test_refreshing_gives_a_new_access_token_and_the_same_refresh_token(wire: Wire) -> None:
    """By default the refresh token stays, and the earlier access token is good until it expires."""
    person = wire.person()
    tokens = refresh(wire, person.refresh_token).json()
    assert {"token_type", "access_token", "expires_in", "refresh_token", "scope"} == set(tokens)
    assert person.refresh_token == tokens["refresh_token"]
    assert person.token != tokens["access_token"]
    assert [200, 200] == [status_of(wire, each) for each in (person.token, tokens["access_token"])]


def test_refresh_tokens_can_rotate() -> None:
    """With the dial turned, each refresh token is good once."""
    wire = Wire(Choices(refresh_tokens="rotating"))
    person = wire.person()
    tokens = refresh(wire, person.refresh_token).json()
    assert person.refresh_token != tokens["refresh_token"]
    assert {"error": "invalid_grant"} == refresh(wire, person.refresh_token).json()
    assert 200 == refresh(wire, tokens["refresh_token"]).status


def test_access_tokens_expire_on_the_sandboxs_clock(wire: Wire) -> None:
    """An access token is good for just its expires_in."""
    person = wire.person()
    wire.command("advance", seconds=3599)
    assert 200 == status_of(wire, person.token)
    wire.command("advance", seconds=1)
    assert 401 == status_of(wire, person.token)
    assert 200 == refresh(wire, person.refresh_token).status


def test_an_unknown_refresh_token_is_refused(wire: Wire) -> None:
    """What is no refresh token of this application is an invalid grant."""
    wire.sandbox.world.add_application("Other", client_id="other", secret="hush")
    person = wire.person()
    assert {"error": "invalid_grant"} == refresh(wire, "nothing").json()
    assert {"error": "invalid_grant"} == refresh(wire, person.token).json()
    other = refresh(wire, person.refresh_token, client_id="other", client_secret="hush")
    assert {"error": "invalid_grant"} == other.json()


# Revoking -----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["token", "refresh_token", "sub"])
def test_revoking_by_anything_ends_everything(wire: Wire, what: str) -> None:
    """A refresh token, an access token or a sub each end the authorization; the answer is empty."""
    person, other = wire.person(), wire.person()
    further = refresh(wire, person.refresh_token).json()["access_token"]
    name = "sub" if what == "sub" else "token"
    response = wire.send(
        "POST", "/oauth/token/revoke", {**wire.client, name: getattr(person, what)}
    )
    assert (200, b"") == (response.status, response.body)
    assert [401, 401] == [status_of(wire, each) for each in (person.token, further)]
    assert {"error": "invalid_grant"} == refresh(wire, person.refresh_token).json()
    assert 200 == status_of(wire, other.token)


def test_revoking_what_is_unknown_is_done(wire: Wire) -> None:
    """Unknown tokens and subs are answered like known ones."""
    for body in ({"token": "x"}, {"sub": "acc_x"}):
        assert 200 == wire.send("POST", "/oauth/token/revoke", {**wire.client, **body}).status


def test_revoking_needs_credentials_and_something_to_revoke(wire: Wire) -> None:
    """Wrong client credentials are 400; neither token nor sub is 422."""
    person = wire.person()
    wrong = {**wire.client, "client_secret": "x", "token": person.token}
    refused = wire.send("POST", "/oauth/token/revoke", wrong)
    assert (400, {"error": "invalid_client"}) == (refused.status, refused.json())
    assert 200 == status_of(wire, person.token)
    nothing = wire.send("POST", "/oauth/token/revoke", wire.client)
    assert {"token": ["errors.required"]} == keys(nothing)


def test_a_new_approval_brings_an_account_back(wire: Wire) -> None:
    """After revocation a new code works, with a new refresh token."""
    person = wire.person()
    wire.send("POST", "/oauth/token/revoke", {**wire.client, "sub": person.sub})
    tokens = exchange(wire, code_for(wire, person)).json()
    assert person.refresh_token != tokens["refresh_token"]
    assert 401 == status_of(wire, person.token)
    assert 200 == status_of(wire, tokens["access_token"])


def test_revoking_a_profile_hides_it_and_keeps_the_authorization(wire: Wire) -> None:
    """The profile's calendars are gone, the token is still good; an unknown profile is 404."""
    person = wire.person()
    path = f"/v1/profiles/{person.profile_id}/revoke"
    response = wire.send("POST", path, token=person.token)
    assert (202, b"") == (response.status, response.body)
    assert [] == wire.get("/v1/calendars", person)["calendars"]
    assert 404 == wire.send("POST", path, token=person.token).status
    assert 404 == wire.write(person).status
    wire.command("grant", sub=person.sub)
    assert 1 == len(wire.get("/v1/calendars", person)["calendars"])


# Application calendars ----------------------------------------------------------------


def test_an_application_calendar_is_made_once(wire: Wire) -> None:
    """The first request makes it, further ones give the same sub and refresh token."""
    body = {**wire.client, "application_calendar_id": "bay-3"}
    first = wire.send("POST", "/v1/application_calendars", body).json()
    second = wire.send("POST", "/v1/application_calendars", body).json()
    assert {
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "read_write",
        "application_calendar_id": "bay-3",
    } == {k: first[k] for k in ("token_type", "expires_in", "scope", "application_calendar_id")}
    assert first["sub"].startswith("apc_")
    assert 28 == len(first["sub"])
    assert "account_id" not in first
    suffix = first["linking_profile"]["profile_id"].removeprefix("pro_")
    assert suffix == first["linking_profile"]["profile_name"]
    assert "cronofy" == first["linking_profile"]["provider_name"]
    for same in ("sub", "refresh_token", "linking_profile"):
        assert first[same] == second[same]


def test_an_application_calendar_has_one_calendar_that_can_be_written(wire: Wire) -> None:
    """Its one calendar is primary and unrestricted, and takes events."""
    body = {**wire.client, "application_calendar_id": "bay-3"}
    tokens = wire.send("POST", "/v1/application_calendars", body).json()
    person = Person(tokens["sub"], tokens["access_token"], "", "", "")
    (calendar,) = wire.get("/v1/calendars", person)["calendars"]
    assert {
        "provider_name": "cronofy",
        "calendar_readonly": False,
        "calendar_deleted": False,
        "calendar_primary": True,
        "permission_level": "unrestricted",
    }.items() <= calendar.items()
    assert calendar["calendar_id"].endswith("_0000000000")
    room = Person(person.sub, person.token, "", calendar["calendar_id"], "")
    assert 202 == wire.write(room).status
    invited = wire.write(room, attendees={"invite": [{"email": "bo@example.com"}]})
    assert ["attendees"] == list(keys(invited))


def test_an_application_calendars_userinfo_has_its_id(wire: Wire) -> None:
    """Its userinfo has its kind and id, and no email, name or zone."""
    body = {**wire.client, "application_calendar_id": "bay-3"}
    tokens = wire.send("POST", "/v1/application_calendars", body).json()
    person = Person(tokens["sub"], tokens["access_token"], "", "", "")
    info = wire.get("/v1/userinfo", person)
    assert "application_calendar" == info["cronofy.type"]
    assert "bay-3" == info["application_calendar_id"]
    data = info["cronofy.data"]
    assert {"application_calendar_id": "bay-3"} == data["application_calendar"]
    assert not {"email", "name", "zoneinfo"} & set(info)


def test_an_application_calendar_needs_an_id_and_credentials(wire: Wire) -> None:
    """Without an id 422, with wrong credentials 401: they are no request for tokens."""
    path = "/v1/application_calendars"
    assert ["errors.required"] == keys(wire.send("POST", path, wire.client))[
        "application_calendar_id"
    ]
    wrong = {**wire.client, "client_secret": "x", "application_calendar_id": "y"}
    refused = wire.send("POST", path, wrong)
    assert (401, b"") == (refused.status, refused.body)


# Element tokens -----------------------------------------------------------------------


def test_an_element_token_is_made_with_the_client_secret(wire: Wire) -> None:
    """The answer has the permissions and the origin, and not the subs."""
    person = wire.person()
    body = {
        "version": "1",
        "permissions": ["agenda"],
        "subs": [person.sub],
        "origin": "http://localhost",
    }
    response = wire.send("POST", "/v1/element_tokens", body, token=wire.secret)
    token = response.json()["element_token"]
    secret = token.pop("token")
    assert 32 == len(secret)
    assert {
        "permissions": ["agenda"],
        "origin": "http://localhost",
        "expires_in": 64800,
    } == token
    unknown = wire.send(
        "POST", "/v1/element_tokens", {**body, "subs": ["acc_x"]}, token=wire.secret
    )
    assert ["subs[0]"] == list(keys(unknown))
    held = wire.sandbox.world.vault.element_token(secret)
    assert held is not None
    assert ((person.sub,), ("agenda",)) == (held.subs, held.permissions)
    wire.command("advance", seconds=64800)
    assert wire.sandbox.world.vault.element_token(secret) is None


# Kinds of credentials -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/calendars", None),
        ("GET", "/v1/userinfo", None),
        ("GET", "/v1/events?tzid=Etc%2FUTC", None),
        ("POST", "/v1/channels", {"callback_url": "https://a.example"}),
        ("POST", "/v1/batch", {"batch": []}),
        ("GET", "/v1/availability_rules", None),
    ],
)
def test_a_client_secret_is_unknown_where_a_token_is_needed(
    wire: Wire, method: str, path: str, body: Any
) -> None:
    """A secret, a wrong token, another scheme and nothing at all are 401 on user endpoints."""
    for headers in (
        {"Authorization": f"Bearer {wire.secret}"},
        {"Authorization": "Bearer None"},
        {"Authorization": f"Basic {wire.person().token}"},
        {},
    ):
        assert 401 == wire.send(method, path, body, headers=headers).status


def test_a_token_is_unknown_where_the_client_secret_is_needed(wire: Wire) -> None:
    """A user's token is 401 on the application's endpoints, before its parameters are read."""
    person = wire.person()
    assert 401 == wire.send("POST", "/v1/element_tokens", {}, token=person.token).status
    path = "/v1/real_time_scheduling/sch_x"
    assert 401 == wire.send("GET", path, token=person.token).status
    assert 404 == wire.send("GET", path, token=wire.secret).status


@pytest.mark.parametrize("header", ["Bearer None", "Bearer undefined", "Bearer {token}"])
def test_the_header_is_passed_over_where_credentials_are_in_the_body(
    wire: Wire, header: str
) -> None:
    """Clients send nonsense or a user's token beside credentials in the body."""
    person = wire.person()
    body = {**wire.client, "grant_type": "refresh_token", "refresh_token": person.refresh_token}
    headers = {"Authorization": header.format(token=person.token)}
    assert 200 == wire.send("POST", "/oauth/token", body, headers=headers).status


def test_every_active_secret_is_good(wire: Wire) -> None:
    """While the secret is replaced both are good, and then the new one only."""
    person = wire.person()
    new = wire.command("add_secret")
    for secret in (wire.secret, new):
        assert 200 == refresh(wire, person.refresh_token, client_secret=secret).status
    wire.command("retire_secret")
    refused = refresh(wire, person.refresh_token)
    assert {"error": "invalid_client"} == refused.json()
    assert 200 == refresh(wire, person.refresh_token, client_secret=new).status


def test_tokens_can_be_asked_for_in_a_form(wire: Wire) -> None:
    """Form bodies are taken like JSON ones."""
    person = wire.person()
    form = urlencode(
        {**wire.client, "grant_type": "refresh_token", "refresh_token": person.refresh_token}
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = wire.send("POST", "/oauth/token", form.encode(), headers=headers)
    assert 200 == response.status
