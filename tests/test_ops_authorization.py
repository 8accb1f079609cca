"""Getting, renewing and giving up access: shorthands, bounds and what is kept secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import BadRequestError, DecodeError, InvalidArgumentError
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.secret import Secret
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import ProviderName, Scope, TokenSet
from cronofy_async.operations import (
    Authorize,
    AuthorizeEnterprise,
    CreateElementToken,
    RefreshToken,
    RequestToken,
    RevokeBySub,
    RevokeByToken,
    RevokeProfile,
    UpsertApplicationCalendar,
    parse,
)

AUTHORIZE: dict[str, Any] = {
    "client_id": "app1",
    "redirect_uri": "https://shop.example/cb",
    "scope": "read_write",
}
ELEMENT: dict[str, Any] = {"permissions": ["agenda"], "origin": "http://localhost"}


def test_the_url_has_what_was_given_and_the_response_type() -> None:
    """Nothing that was left out is in the URL, not even blank."""
    request = Authorize(**AUTHORIZE, state="a&b=c", avoid_linking=True).to_request()

    assert (
        ("client_id", "app1"),
        ("redirect_uri", "https://shop.example/cb"),
        ("scope", "read_write"),
        ("state", "a&b=c"),
        ("avoid_linking", "true"),
        ("response_type", "code"),
    ) == request.query
    assert ("/oauth/authorize", b"") == (request.path, request.body)


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        ("read_write", "read_write"),
        ("create_event  delete_event", "create_event  delete_event"),
        (["create_event", "delete_event"], "create_event delete_event"),
        (("read_only",), "read_only"),
        ((name for name in ["a", "b"]), "a b"),
        (Scope.READ_WRITE, "read_write"),
        ([Scope.MANAGE_ACCOUNTS, "x"], "service_account/accounts/manage x"),
    ],
)
def test_scopes_are_names_one_by_one_or_joined(scope: Any, sent: str) -> None:
    """However they are given, they are sent as one text, plain."""
    operation = Authorize(**{**AUTHORIZE, "scope": scope})

    assert sent == operation.scope
    assert str is type(operation.scope)


@pytest.mark.parametrize(
    ("cls", "given", "field", "words"),
    [
        (Authorize, {**AUTHORIZE, "client_id": ""}, "client_id", "give a string"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "shop.example"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "ftp://a.b/"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "https://"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "https://a.b/\r\nx"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "https://a.b/ x"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": "https://[::1"}, "redirect_uri", "http"),
        (Authorize, {**AUTHORIZE, "redirect_uri": None}, "redirect_uri", "string"),
        (Authorize, {**AUTHORIZE, "redirect_uri": 1}, "redirect_uri", "string"),
        (Authorize, {**AUTHORIZE, "scope": ""}, "scope", "one or more"),
        (Authorize, {**AUTHORIZE, "scope": " "}, "scope", "one or more"),
        (Authorize, {**AUTHORIZE, "scope": []}, "scope", "one or more"),
        (Authorize, {**AUTHORIZE, "scope": 1}, "scope", "give a list"),
        (Authorize, {**AUTHORIZE, "delegated_scope": []}, "delegated_scope", "one or more"),
        (Authorize, {**AUTHORIZE, "provider_name": ""}, "provider_name", "give a string"),
        (
            AuthorizeEnterprise,
            {**AUTHORIZE, "delegated_scope": ""},
            "delegated_scope",
            "one or more",
        ),
        (RequestToken, {"code": "c", "redirect_uri": "cb"}, "redirect_uri", "http"),
        (RevokeBySub, {"sub": ""}, "sub", "give a string"),
        (RevokeProfile, {"profile_id": ""}, "profile_id", "give a string"),
        (UpsertApplicationCalendar, {"application_calendar_id": ""}, "application_calendar_id", ""),
        (CreateElementToken, {**ELEMENT, "permissions": []}, "permissions", "one entry or more"),
        (CreateElementToken, {**ELEMENT, "permissions": "all"}, "permissions", "agenda, account"),
        (CreateElementToken, {**ELEMENT, "origin": "https://a.b/"}, "origin", "scheme and host"),
        (CreateElementToken, {**ELEMENT, "origin": "https://a.b?c"}, "origin", "scheme and host"),
        (CreateElementToken, {**ELEMENT, "origin": "https://u@a.b"}, "origin", "scheme and host"),
        (CreateElementToken, {**ELEMENT, "origin": "a.b"}, "origin", "http"),
        (CreateElementToken, {**ELEMENT, "subs": ["a", ""]}, "subs[1]", "give a string"),
        (CreateElementToken, {**ELEMENT, "subs": 7}, "subs", "give a list"),
        (CreateElementToken, {**ELEMENT, "subs": b"acc"}, "subs", "give a list"),
        (CreateElementToken, {**ELEMENT, "subs": {"a": 1}}, "subs", "give a list"),
    ],
)
def test_what_the_reference_bounds_is_refused_with_a_remedy(
    cls: type[Operation[Any]], given: dict[str, Any], field: str, words: str
) -> None:
    """A wrong parameter is named, with what to do, before anything is sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


@pytest.mark.parametrize(
    ("cls", "name", "rest"),
    [
        (Authorize, "link_token", AUTHORIZE),
        (RequestToken, "code", {"redirect_uri": "https://a.b/cb"}),
        (RefreshToken, "refresh_token", {}),
        (RevokeByToken, "token", {}),
    ],
)
@pytest.mark.parametrize("bad", ["", "canary x", "canary\n", b"canary", None, "canary\u00fc"])
def test_a_token_that_is_none_is_refused_and_not_shown(
    cls: type[Operation[Any]], name: str, rest: dict[str, Any], bad: Any
) -> None:
    """Tokens are visible ASCII; what is wrong with one never shows it."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**rest, **{name: bad})

    assert name == caught.value.field
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("wrap", [str, Secret])
def test_a_token_is_given_as_text_or_as_a_secret(wrap: Any) -> None:
    """Either becomes a secret, and is sent as its text."""
    operation = RefreshToken(refresh_token=wrap("canary"))

    assert Secret("canary") == operation.refresh_token
    assert {"refresh_token": "canary", "grant_type": "refresh_token"} == json.loads(
        operation.to_request().body
    )


ANSWER = {
    "token_type": "bearer",
    "access_token": "canary1",
    "expires_in": 3600,
    "refresh_token": "canary2",
    "scope": "read_write",
    "sub": "acc_1",
    "linking_profile": {"provider_name": "new_provider", "profile_id": "pro_1"},
}


def read(answer: dict[str, Any]) -> TokenSet:
    """Read an answer to a token request."""
    response = Response(200, (), json.dumps(answer).encode())
    return RefreshToken(refresh_token="r").from_response(response)


def test_no_token_of_an_answer_is_shown() -> None:
    """The set of tokens can be printed and logged."""
    tokens = read(ANSWER)

    assert ("canary1", "canary2") == (
        tokens.access_token.reveal(),
        tokens.refresh_token.reveal() if tokens.refresh_token else None,
    )
    for shown in (repr(tokens), str(tokens), f"{tokens}", f"{tokens!r}"):
        assert "canary" not in shown
        assert "acc_1" in shown


def test_a_provider_that_is_new_is_kept() -> None:
    """The list of providers is open."""
    profile = read(ANSWER).linking_profile

    assert profile is not None
    assert ProviderName("new_provider") == profile.provider_name


@pytest.mark.parametrize("missing", [None, "", "a b", 7])
def test_tokens_without_an_access_token_are_an_error(missing: Any) -> None:
    """An answer without its token is never taken for one, and is not shown."""
    with pytest.raises(DecodeError) as caught:
        read({**ANSWER, "access_token": missing})
    assert ("access_token",) == caught.value.paths
    assert "canary" not in str(caught.value)


def test_an_odd_detail_does_not_cost_the_tokens() -> None:
    """What cannot be read beside the tokens is left out."""
    tokens = read({**ANSWER, "expires_in": "soon", "userinfo": {"sub": None}, "scope": None})

    assert (None, None, None) == (tokens.expires_in, tokens.userinfo, tokens.scope)
    assert Secret("canary1") == tokens.access_token


def test_a_refusal_says_which_and_shows_no_secret() -> None:
    """The error holds OAuth's code, and neither code nor token."""
    operation = RequestToken(code="canary", redirect_uri="https://a.b/cb?x=canary")
    with pytest.raises(BadRequestError) as caught:
        operation.from_response(Response(400, (), b'{"error": "invalid_grant"}'))

    assert "invalid_grant" == caught.value.error
    assert "canary" not in f"{caught.value} {caught.value.response!r}"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (ELEMENT, {"version": "1", "permissions": ["agenda"], "origin": "http://localhost"}),
        (
            {"permissions": "agenda", "origin": "https://a.b:8080", "subs": "acc_1"},
            {
                "version": "1",
                "permissions": ["agenda"],
                "origin": "https://a.b:8080",
                "subs": ["acc_1"],
            },
        ),
        (
            {**ELEMENT, "version": "2", "bookable_event_ids": iter(["b"]), "subs": []},
            {**ELEMENT, "version": "2", "bookable_event_ids": ["b"], "subs": []},
        ),
    ],
)
def test_one_permission_and_one_account_need_no_list(
    given: dict[str, Any], sent: dict[str, Any]
) -> None:
    """The version is always sent."""
    assert sent == json.loads(CreateElementToken(**given).to_request().body)


@pytest.mark.parametrize(
    ("body", "cls"),
    [
        ({"token": "t", "sub": "acc_1"}, RevokeByToken),
        ({"refresh_token": "t"}, RevokeByToken),
        ({"sub": "acc_1"}, RevokeBySub),
    ],
)
def test_the_token_counts_before_the_sub(body: Any, cls: type[Operation[Any]]) -> None:
    """Where both are sent, and where an older client calls the token refresh_token."""
    request = Request("POST", "/oauth/token/revoke", (), json.dumps(body).encode())

    assert cls is type(parse(request, strict=False))


@pytest.mark.parametrize(
    ("cls", "credential", "retry"),
    [
        (Authorize, Credential.NONE, Retry.READ),
        (AuthorizeEnterprise, Credential.NONE, Retry.READ),
        (RequestToken, Credential.CLIENT_BODY, Retry.TOKEN),
        (RefreshToken, Credential.CLIENT_BODY, Retry.TOKEN),
        (RevokeByToken, Credential.CLIENT_BODY, Retry.KEYED),
        (RevokeBySub, Credential.CLIENT_BODY, Retry.KEYED),
        (RevokeProfile, Credential.ACCESS_TOKEN, Retry.KEYED),
        (UpsertApplicationCalendar, Credential.CLIENT_BODY, Retry.KEYED),
        (CreateElementToken, Credential.CLIENT_SECRET, Retry.CREATE),
    ],
)
def test_each_call_has_its_credential_and_retry_class(
    cls: type[Operation[Any]], credential: Credential, retry: Retry
) -> None:
    """As the matrix of the reference has it; what uses up a code is never repeated blindly."""
    assert (credential, retry) == (cls.credential, cls.retry)
