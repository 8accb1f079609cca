"""Access to the calendars of others: one at a time, many at a time, and whose there are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError, RequestParseError
from cronofy_async.core.operation import Credential, Operation, Retry
from cronofy_async.core.wire import Request
from cronofy_async.models import (
    AccessibleCalendar,
    AccessibleCalendarType,
    AccessRequest,
    Resource,
    ResourceCoordinates,
    ResourceLocation,
    Scope,
)
from cronofy_async.operations import (
    AuthorizeManyWithServiceAccount,
    AuthorizeWithServiceAccount,
    ListAccessibleCalendars,
    ListResources,
    RequestDelegatedAuthorization,
    parse,
)

from .support import answer

HOOK = "https://app.example/ec/cb?u=17"
ACCESS: dict[str, Any] = {
    "email": "room-4@corp.example",
    "callback_url": HOOK,
    "scope": "read_write",
}
OPERATIONS: dict[type[Operation[None]], dict[str, Any]] = {
    AuthorizeWithServiceAccount: ACCESS,
    RequestDelegatedAuthorization: {"profile_id": "pro_1", **ACCESS},
}


def ask(number: int, **changes: Any) -> AccessRequest:
    """A request for one of many rooms."""
    return AccessRequest(**(ACCESS | {"email": f"room-{number}@corp.example"} | changes))


@pytest.mark.parametrize("scope", ["read_write", ["read_write"], (Scope.READ_WRITE,)])
@pytest.mark.parametrize(("cls", "given"), OPERATIONS.items())
def test_scopes_are_joined_and_state_is_left_out(
    cls: type[Operation[None]], given: dict[str, Any], scope: Any
) -> None:
    """Scopes come as a list or as text; what was not given is not sent."""
    request = cls(**(given | {"scope": scope})).to_request()

    assert given == json.loads(request.body)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"email": ""}, "email", "string"),
        ({"callback_url": "app.example/cb"}, "callback_url", "https://"),
        ({"callback_url": ""}, "callback_url", "string"),
        ({"scope": " "}, "scope", "one or more"),
        ({"scope": []}, "scope", "one or more"),
        ({"scope": 1}, "scope", "list"),
    ],
)
@pytest.mark.parametrize("cls", [*OPERATIONS, AccessRequest])
def test_a_request_for_access_is_checked(
    cls: Any, changes: dict[str, Any], field: str, words: str
) -> None:
    """The same is wrong with it wherever it stands."""
    given = {**OPERATIONS.get(cls, ACCESS), **changes}
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


def test_delegated_authorization_goes_by_a_profile() -> None:
    """Without the profile that the calendar is shared with there is no way to it."""
    with pytest.raises(InvalidArgumentError) as caught:
        RequestDelegatedAuthorization(profile_id="", **ACCESS)
    assert "profile_id" == caught.value.field


def test_many_requests_are_sent_under_their_key() -> None:
    """One needs no list, and each keeps a state of its own."""
    request = AuthorizeManyWithServiceAccount(authorizations=ask(1, state="s1")).to_request()
    expected = {**ACCESS, "email": "room-1@corp.example", "state": "s1"}

    assert {"service_account_authorizations": [expected]} == json.loads(request.body)


@pytest.mark.parametrize("count", [1, 50])
def test_as_many_are_sent_as_the_service_takes(count: int) -> None:
    """From 1 to 50, both included."""
    asked = [ask(number) for number in range(count)]

    assert count == len(AuthorizeManyWithServiceAccount(authorizations=asked).authorizations)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ([], "authorizations", "one entry or more"),
        ([ask(number) for number in range(51)], "authorizations", "at most 50"),
        ([ask(1), ask(2), ask(1, state="other")], "authorizations[2].email", "once"),
        ([ACCESS], "authorizations[0]", "AccessRequest(...)"),
        ([AuthorizeWithServiceAccount(**ACCESS)], "authorizations[0]", "AccessRequest(...)"),
        ("room-4@corp.example", "authorizations", "list"),
    ],
)
def test_many_requests_are_checked(given: Any, field: str, words: str) -> None:
    """Too few, too many, two for one address, or something else."""
    with pytest.raises(InvalidArgumentError) as caught:
        AuthorizeManyWithServiceAccount(authorizations=given)

    assert field == caught.value.field
    assert words in caught.value.remedy


def test_one_form_is_not_mixed_with_the_other() -> None:
    """A request that has both is read as the single one, and refused for the rest."""
    body = {**ACCESS, "service_account_authorizations": [ACCESS]}
    path = AuthorizeWithServiceAccount.path
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", path, (), json.dumps(body).encode()))
    assert {"service_account_authorizations"} == caught.value.errors.keys()


def test_what_is_wrong_with_one_of_many_is_told_by_its_place() -> None:
    """The complaint names the entry and its field."""
    body = {"service_account_authorizations": [ACCESS, {**ACCESS, "scope": ""}]}
    path = AuthorizeManyWithServiceAccount.path
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", path, (), json.dumps(body).encode()))
    assert {"service_account_authorizations[1].scope"} == caught.value.errors.keys()


@pytest.mark.parametrize(
    "details", ["capacity location", ["capacity", "location"], iter(("capacity", "location"))]
)
def test_details_are_joined_by_spaces(details: Any) -> None:
    """They are one parameter, not a list in brackets."""
    request = ListResources(include_details=details).to_request()

    assert "/v1/resources?include_details=capacity%20location" == request.url
    assert "/v1/resources" == ListResources().to_request().url


@pytest.mark.parametrize("details", ["", []])
def test_no_details_are_left_out_instead(details: Any) -> None:
    """An empty list of details is a mistake."""
    with pytest.raises(InvalidArgumentError) as caught:
        ListResources(include_details=details)
    assert "include_details" == caught.value.field


def test_resources_are_read_however_little_is_known() -> None:
    """Coordinates are numbers here, whole ones too, and a place may be half known."""
    raw = [
        {"email": "a@b.example"},
        {
            "email": "c@d.example",
            "location": {"floor_name": "4", "coordinates": {"lat": 51, "long": -0.5}},
        },
        {"email": "e@f.example", "name": None, "capacity": None, "location": None},
    ]

    assert [
        Resource(email="a@b.example"),
        Resource(
            email="c@d.example",
            location=ResourceLocation(
                floor_name="4", coordinates=ResourceCoordinates(lat=51, long=-0.5)
            ),
        ),
        Resource(email="e@f.example"),
    ] == ListResources().from_response(answer(200, {"resources": raw}))


def test_types_of_calendars_may_be_new() -> None:
    """A type that is not known here is kept as text, and can be asked for."""
    operation = ListAccessibleCalendars(profile_id="pro_1", calendar_type="team")
    raw = [{"calendar_type": "team", "email": "a@b.example", "name": "A"}]

    assert [
        AccessibleCalendar(
            email="a@b.example", name="A", calendar_type=AccessibleCalendarType("team")
        )
    ] == operation.from_response(answer(200, {"accessible_calendars": raw}))
    assert ("calendar_type", "resource") in ListAccessibleCalendars(
        profile_id="pro_1", calendar_type=AccessibleCalendarType.RESOURCE
    ).to_request().query


@pytest.mark.parametrize("cls", [*OPERATIONS, AuthorizeManyWithServiceAccount])
def test_a_request_for_access_is_not_repeated_blindly(cls: type[Operation[None]]) -> None:
    """Each makes a code of its own, and all of them go by an account's token."""
    assert (Retry.CREATE, Credential.ACCESS_TOKEN) == (cls.retry, cls.credential)
