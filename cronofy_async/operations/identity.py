"""Who an account is."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Operation, Retry
from ..models.identity import Account, Profile, Userinfo

__all__ = ("GetAccount", "GetUserinfo", "ListProfiles")


@attrs.frozen(kw_only=True)
class GetUserinfo(
    Operation[Userinfo],
    method="GET",
    path="/v1/userinfo",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/identity/userinfo/",
):
    """
    Get everything that is known about an account, its profiles and their calendars.

    Answer: the account, also for application calendars and service accounts.

    Raises:
        AuthenticationError: The access token is expired and could not be renewed.

    Source: /developers/api/identity/userinfo/
    """


@attrs.frozen(kw_only=True)
class GetAccount(
    Operation[Account],
    method="GET",
    path="/v1/account",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/identity/account/",
    envelope="account",
):
    """
    Get an account's id, owner and zone.

    Answer: the account. The ``sub`` that stands beside it on the wire is its `account_id`.

    Raises:
        AuthenticationError: The access token is expired and could not be renewed.

    Source: /developers/api/identity/account/
    """


@attrs.frozen(kw_only=True)
class ListProfiles(
    Operation[list[Profile]],
    method="GET",
    path="/v1/profiles",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/identity/profile/",
    envelope="profiles",
):
    """
    List the calendar services that an account has connected.

    Answer: every profile, also disconnected ones, which have a `profile_relink_url`.

    Raises:
        AuthenticationError: The access token is expired and could not be renewed.

    Source: /developers/api/identity/profile/
    """
