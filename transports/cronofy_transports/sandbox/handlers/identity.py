"""Who an account is."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import attrs

from cronofy_async.models.calendars import ProviderName
from cronofy_async.models.identity import (
    Account,
    AccountType,
    ApplicationCalendarInfo,
    AuthorizationInfo,
    AuthorizationStatus,
    ConferencingProfile,
    ConferencingProvider,
    Profile,
    ProviderService,
    Userinfo,
    UserinfoData,
)
from cronofy_async.operations.identity import GetAccount, GetUserinfo, ListProfiles

from ..caller import Caller
from ..state import accounts
from ..state.access import Authorization
from ..state.enterprise import ServiceAccount
from ..world import World
from .calendars import described
from .registry import Reply, handles
from .service_accounts import of_service_account

__all__ = ("RELINK", "userinfo")

RELINK: Final = "/v2/relink/"
"""Where a profile is connected anew; its provider follows."""


@handles(GetUserinfo, domain_wide=True)
def get_userinfo(_: World, caller: Caller, __: GetUserinfo) -> Userinfo:
    """An account with its profiles and their calendars."""
    return userinfo(caller.authorization, caller.origin)


@handles(GetAccount, domain_wide=True)
def get_account(_: World, caller: Caller, __: GetAccount) -> Reply[Account]:
    """An account in short."""
    account = caller.authorization.account
    return Reply(
        value=Account(
            account_id=account.sub,
            email=account.email,
            name=account.name,
            scope=caller.authorization.scope,
            default_tzid=account.zoneinfo,
        ),
        beside={"sub": account.sub},
    )


@handles(ListProfiles)
def list_profiles(_: World, caller: Caller, __: ListProfiles) -> list[Profile]:
    """An account's profiles."""
    return [_profile(each, caller.origin) for each in caller.authorization.profiles()]


def userinfo(authorization: Authorization, origin: str) -> Userinfo:
    """
    Everything that an application may know about an account.

    Args:
        authorization: What the account allows the application.
        origin: Where the pages for people are.
    """
    account = authorization.account
    if isinstance(account, ServiceAccount):
        return of_service_account(authorization, account)
    profiles = tuple(
        attrs.evolve(
            _profile(profile, origin),
            profile_calendars=tuple(
                attrs.evolve(
                    described(calendar, authorization),
                    provider_name=None,
                    profile_id=None,
                    profile_name=None,
                )
                for calendar in profile.known_calendars
            ),
        )
        for profile in authorization.profiles()
    )
    data = UserinfoData(
        authorization=AuthorizationInfo(
            scope=authorization.scope, status=AuthorizationStatus.ACTIVE
        ),
        profiles=profiles,
    )
    key = account.application_calendar_id
    if key is not None:
        info = ApplicationCalendarInfo(application_calendar_id=key)
        return Userinfo(
            sub=account.sub,
            type=AccountType.APPLICATION_CALENDAR,
            data=attrs.evolve(data, application_calendar=info),
            application_calendar_id=key,
        )
    conferencing = tuple(
        _conferencing_profile(each, origin) for each in account.conferencing_profiles
    )
    return Userinfo(
        sub=account.sub,
        email=account.email,
        name=account.name,
        zoneinfo=account.zoneinfo,
        type=AccountType.ACCOUNT,
        data=attrs.evolve(data, conferencing_profiles=conferencing),
    )


def _profile(profile: accounts.Profile, origin: str) -> Profile:
    return Profile(
        provider_name=ProviderName(profile.provider_name),
        provider_service=ProviderService(profile.provider_service),
        profile_id=profile.profile_id,
        profile_name=profile.name,
        profile_connected=profile.connected,
        profile_initial_sync_required=profile.initial_sync_required,
        profile_relink_url=_relink_url(profile, origin),
    )


def _conferencing_profile(
    profile: accounts.ConferencingProfile, origin: str
) -> ConferencingProfile:
    return ConferencingProfile(
        provider_name=ConferencingProvider(profile.provider_name),
        profile_id=profile.profile_id,
        profile_name=profile.name,
        profile_connected=profile.connected,
        profile_relink_url=_relink_url(profile, origin),
    )


def _relink_url(
    profile: accounts.Profile | accounts.ConferencingProfile, origin: str
) -> str | None:
    if profile.connected:
        return None
    query = urlencode({"email": profile.name})
    return f"{origin}{RELINK}{profile.provider_name}?{query}"
