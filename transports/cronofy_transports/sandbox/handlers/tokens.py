"""Codes for tokens, tokens for tokens, and their end."""

from __future__ import annotations

from typing import Final

from cronofy_async.core.secret import Secret
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import ElementToken, LinkingProfile, TokenSet
from cronofy_async.models.calendars import ProviderName
from cronofy_async.models.identity import ProviderService
from cronofy_async.operations.authorization import (
    CreateElementToken,
    RefreshToken,
    RequestToken,
    RevokeBySub,
    RevokeByToken,
    RevokeProfile,
    UpsertApplicationCalendar,
)
from cronofy_async.operations.permissions import CreateLinkToken

from ..caller import Caller
from ..refusals import Invalid, OAuthRefusal
from ..state.access import Authorization
from ..state.enterprise import ServiceAccount
from ..world import World
from .identity import userinfo
from .registry import Reply, handles

__all__ = ()

_NOT_STORED: Final = {"cache-control": "no-store", "pragma": "no-cache"}


@handles(RequestToken, oauth=True)
def request_token(world: World, caller: Caller, asked: RequestToken) -> Reply[TokenSet]:
    """Exchange a code, once."""
    authorization = world.vault.redeem(asked.code.reveal(), caller.application, asked.redirect_uri)
    if authorization is None:
        raise OAuthRefusal("invalid_grant")
    sub = authorization.account.sub
    if isinstance(authorization.account, ServiceAccount):
        return _tokens(world, authorization, service_account_id=sub)
    return _tokens(
        world,
        authorization,
        account_id=sub,
        sub=sub,
        linking_profile=_linking_profile(authorization),
        userinfo=userinfo(authorization, caller.origin),
    )


@handles(RefreshToken, oauth=True)
def refresh_token(world: World, caller: Caller, asked: RefreshToken) -> Reply[TokenSet]:
    """A new access token."""
    authorization = world.vault.refreshed(asked.refresh_token.reveal(), caller.application)
    if authorization is None:
        raise OAuthRefusal("invalid_grant")
    return _tokens(world, authorization)


@handles(UpsertApplicationCalendar)
def upsert_application_calendar(
    world: World, caller: Caller, asked: UpsertApplicationCalendar
) -> Reply[TokenSet]:
    """The application calendar of an id, with tokens; made when it is asked for first."""
    # Decision.APPLICATION_CALENDAR_AGAIN
    account = world.application_calendar(caller.application, asked.application_calendar_id)
    authorization = world.vault.authorize(caller.application, account, "read_write")
    authorization.unrestricted.update(each.calendar_id for each in account.calendars())
    return _tokens(
        world,
        authorization,
        sub=account.sub,
        application_calendar_id=account.application_calendar_id,
        linking_profile=_linking_profile(authorization),
    )


@handles(RevokeByToken)
def revoke_by_token(world: World, caller: Caller, asked: RevokeByToken) -> Reply[None]:
    """End the authorization of a token, if there is such a token."""
    authorization = world.vault.by_any_token(asked.token.reveal(), caller.application)
    if authorization is not None:
        world.vault.revoke(authorization)
    return Reply(value=None, status=200)


@handles(RevokeBySub)
def revoke_by_sub(world: World, caller: Caller, asked: RevokeBySub) -> Reply[None]:
    """End the authorization of an account, if it gave one."""
    authorization = world.vault.authorization(caller.application, asked.sub)
    if authorization is not None:
        world.vault.revoke(authorization)
    return Reply(value=None, status=200)


@handles(RevokeProfile)
def revoke_profile(_: World, caller: Caller, asked: RevokeProfile) -> None:
    """Take one profile out of the application's sight."""
    caller.authorization.hidden.add(caller.profile(asked.profile_id).profile_id)


@handles(CreateLinkToken)
def create_link_token(world: World, caller: Caller, _: CreateLinkToken) -> Secret:
    """A token that joins the next profile to this account."""
    account = caller.authorization.account
    return Secret(world.vault.new_link_token(caller.application, account))


@handles(CreateElementToken)
def create_element_token(world: World, caller: Caller, asked: CreateElementToken) -> ElementToken:
    """A token for a component in a browser."""
    subs = () if isinstance(asked.subs, Unset) else asked.subs
    for index, sub in enumerate(subs):
        if world.vault.authorization(caller.application, sub) is None:
            raise Invalid.field(f"subs[{index}]", "is not an account of this application")
    token = world.vault.new_element_token(
        caller.application, permissions=asked.permissions, subs=subs, origin=asked.origin
    )
    return ElementToken(
        token=Secret(token),
        permissions=asked.permissions,
        origin=asked.origin,
        expires_in=world.choices.element_token_lifetime,
    )


def _tokens(world: World, authorization: Authorization, **further: object) -> Reply[TokenSet]:
    access_token = world.vault.issue(authorization)
    assert authorization.refresh_token is not None
    tokens = TokenSet(
        token_type="bearer",  # noqa: S106  # the kind of the token, not the token
        access_token=Secret(access_token),
        expires_in=world.vault.lifetime(authorization),
        refresh_token=Secret(authorization.refresh_token),
        scope=authorization.scope,
        **further,  # type: ignore[arg-type]  # the keywords of TokenSet
    )
    return Reply(value=tokens, headers=_NOT_STORED)


def _linking_profile(authorization: Authorization) -> LinkingProfile | None:
    profile = authorization.linking_profile
    if profile is None:
        return None
    return LinkingProfile(
        provider_name=ProviderName(profile.provider_name),
        provider_service=ProviderService(profile.provider_service),
        profile_id=profile.profile_id,
        profile_name=profile.name,
    )
