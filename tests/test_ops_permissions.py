"""Asking an account's owner for more: shorthands, bounds and answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError
from cronofy_async.core.secret import Secret
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import CalendarPermission, PermissionsRequest
from cronofy_async.operations import AuthorizeConferencing, CreateLinkToken, RequestPermissions

from .support import answer

PAGE = "https://shop.example/permission"


def unrestricted(*calendars: str) -> list[dict[str, str]]:
    """Permissions as they are sent."""
    return [{"calendar_id": each, "permission_level": "unrestricted"} for each in calendars]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("cal_1", unrestricted("cal_1")),
        (["cal_1", "cal_2"], unrestricted("cal_1", "cal_2")),
        (CalendarPermission("cal_1", "unrestricted"), unrestricted("cal_1")),
        (
            ("cal_1", CalendarPermission("cal_2", "sandbox")),
            [*unrestricted("cal_1"), {"calendar_id": "cal_2", "permission_level": "sandbox"}],
        ),
        ((each for each in ["cal_1"]), unrestricted("cal_1")),
    ],
)
def test_a_calendar_stands_for_all_rights_on_it(given: Any, sent: Any) -> None:
    """The level is always sent, as nothing else is asked for in practice."""
    request = RequestPermissions(permissions=given).to_request()

    assert {"permissions": sent} == json.loads(request.body)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"permissions": []}, "permissions", "one entry"),
        ({"permissions": ""}, "calendar_id", "string"),
        ({"permissions": [1]}, "permissions[0]", "CalendarPermission"),
        ({"permissions": 1}, "permissions", "list"),
        ({"permissions": {"cal_1": "unrestricted"}}, "permissions", "list"),
        ({"permissions": "cal_1", "redirect_uri": "shop.example"}, "redirect_uri", "https://"),
        ({"permissions": "cal_1", "redirect_uri": ""}, "redirect_uri", "https://"),
    ],
)
def test_a_request_for_permissions_is_checked(
    given: dict[str, Any], field: str, words: str
) -> None:
    """A request that cannot be granted is not sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        RequestPermissions(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


def test_only_known_levels_are_asked_for() -> None:
    """What is asked for is one of two, while what is read may be anything."""
    with pytest.raises(InvalidArgumentError) as caught:
        CalendarPermission("cal_1", "all")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the point of the test

    assert "permission_level" == caught.value.field
    assert "unrestricted, sandbox" in caught.value.remedy


@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"url": "https://a.example"}, PermissionsRequest(url="https://a.example")),
        ({"accepted": True}, PermissionsRequest(accepted=True)),
        ({"accepted": True, "new": 1}, PermissionsRequest(accepted=True)),
    ],
)
def test_permissions_are_granted_or_asked_for(
    status: int, raw: Any, expected: PermissionsRequest
) -> None:
    """The answer says where to send somebody, or that nobody has to be asked."""
    operation = RequestPermissions(permissions="cal_1", redirect_uri=PAGE)

    assert expected == operation.from_response(answer(status, {"permissions_request": raw}))


def test_a_link_token_is_asked_for_without_a_word_and_kept_secret() -> None:
    """The request has no body; the token is in no repr."""
    operation = CreateLinkToken()
    token = operation.from_response(answer(200, {"link_token": "lnk_canary"}))

    assert Request("POST", "/v1/link_tokens") == operation.to_request()
    assert Secret("lnk_canary") == token
    assert "canary" not in repr(token)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"link_token": null}', b'{"link_token": ""}'])
def test_an_answer_without_a_token_is_an_error(body: bytes) -> None:
    """Never an empty token."""
    with pytest.raises(DecodeError):
        CreateLinkToken().from_response(Response(200, (), body))


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"redirect_uri": ""}, "redirect_uri", "string"),
        ({"redirect_uri": "ftp://a.example"}, "redirect_uri", "https://"),
        ({"redirect_uri": PAGE, "provider_name": "webex"}, "provider_name", "ms_teams, go_to"),
    ],
)
def test_a_conferencing_authorization_is_checked(
    given: dict[str, Any], field: str, words: str
) -> None:
    """A page that no browser can come back to, and a service that cannot be chosen, are refused."""
    with pytest.raises(InvalidArgumentError) as caught:
        AuthorizeConferencing(**given)

    assert field == caught.value.field
    assert words in caught.value.remedy


def test_a_conferencing_authorization_gives_a_page() -> None:
    """The page is what the answer is for: without it there is none."""
    operation = AuthorizeConferencing(redirect_uri=PAGE, provider_name="zoom")
    good = answer(200, {"authorization_request": {"url": "https://app.example/x"}})

    assert "https://app.example/x" == operation.from_response(good).url
    with pytest.raises(DecodeError):
        operation.from_response(answer(200, {"authorization_request": {}}))
