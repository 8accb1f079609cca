"""Accounts of every kind, as they are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError
from cronofy_async.core.wire import Response
from cronofy_async.models import (
    Account,
    AccountType,
    AuthorizationStatus,
    Calendar,
    ConferencingProfile,
    ConferencingProvider,
    PermissionLevel,
    Profile,
    ProviderName,
    ProviderService,
    Userinfo,
)
from cronofy_async.operations import GetAccount, GetUserinfo, ListProfiles


def userinfo(**raw: Any) -> Userinfo:
    """Read an answer of the userinfo endpoint."""
    body = json.dumps({"sub": "acc_1", **raw}).encode()
    return GetUserinfo().from_response(Response(200, (), body))


def test_userinfo_has_profiles_with_their_calendars() -> None:
    """The keys with a dot in them become plain attributes."""
    raw = {
        "cronofy.type": "account",
        "cronofy.data": {
            "authorization": {"scope": "read_write", "status": "active"},
            "profiles": [
                {
                    "provider_name": "exchange",
                    "provider_service": "office365",
                    "profile_id": "pro_1",
                    "profile_connected": False,
                    "profile_relink_url": "https://app.cronofy.com/relink/exchange",
                    "profile_calendars": [
                        {"calendar_id": "cal_1", "permission_level": "unrestricted"}
                    ],
                }
            ],
            "conferencing_profiles": [{"provider_name": "zoom", "profile_id": "pro_2"}],
        },
    }
    answer = userinfo(**raw)

    assert AccountType.ACCOUNT == answer.type
    assert answer.data is not None
    assert answer.data.authorization is not None
    assert AuthorizationStatus.ACTIVE == answer.data.authorization.status
    assert (
        Profile(
            profile_id="pro_1",
            provider_name=ProviderName.EXCHANGE,
            provider_service=ProviderService.OFFICE365,
            profile_connected=False,
            profile_relink_url="https://app.cronofy.com/relink/exchange",
            profile_calendars=(
                Calendar(calendar_id="cal_1", permission_level=PermissionLevel.UNRESTRICTED),
            ),
        ),
    ) == answer.data.profiles
    assert (
        ConferencingProfile(profile_id="pro_2", provider_name=ConferencingProvider.ZOOM),
    ) == answer.data.conferencing_profiles


@pytest.mark.parametrize(
    ("raw", "path", "expected"),
    [
        ({"cronofy.type": "robot"}, "type", "robot"),
        ({"name": None}, "name", None),
        ({"name": ""}, "name", ""),
        ({"cronofy.data": None}, "data", None),
        ({"cronofy.data": {"service_account": {}}}, "data.service_account.domain", None),
        (
            {"cronofy.data": {"authorization": {"delegated_scope": "read_write"}}},
            "data.authorization.delegated_scope",
            "read_write",
        ),
        (
            {"cronofy.data": {"application_calendar": {"application_calendar_id": "bay"}}},
            "data.application_calendar.application_calendar_id",
            "bay",
        ),
        (
            {"cronofy.service_account.domain": "corp.example"},
            "service_account_domain",
            "corp.example",
        ),
    ],
)
def test_every_kind_of_account_is_read(raw: dict[str, Any], path: str, expected: Any) -> None:
    """Users, service accounts and application calendars, and what is new or blank in them."""
    value: Any = userinfo(**raw)
    for name in path.split("."):
        value = getattr(value, name)
    assert expected == value


def test_one_odd_profile_does_not_cost_the_rest() -> None:
    """A detail that cannot be read is left out where it stands."""
    answer = userinfo(
        **{"cronofy.data": {"profiles": [{"profile_id": "p", "profile_connected": "yes"}]}}
    )

    assert answer.data is not None
    assert (Profile(profile_id="p"),) == answer.data.profiles


def test_an_account_is_read_out_of_its_envelope() -> None:
    """The sub beside it says the same as its id."""
    body = b'{"account": {"account_id": "acc_1", "name": "", "new": 1}, "sub": "acc_1"}'

    assert Account(account_id="acc_1", name="") == GetAccount().from_response(
        Response(200, (), body)
    )


def test_a_profile_without_its_id_is_an_error_with_its_place() -> None:
    """It is not dropped in silence."""
    body = b'{"profiles": [{"profile_id": "p"}, {"profile_name": "n"}]}'

    with pytest.raises(DecodeError) as caught:
        ListProfiles().from_response(Response(200, (), body))
    assert ("[1].profile_id",) == caught.value.paths
