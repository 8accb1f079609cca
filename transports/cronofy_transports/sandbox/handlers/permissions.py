"""Asking an account's owner for more, on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from cronofy_async.core.errors import REQUIRED
from cronofy_async.core.unset import Unset
from cronofy_async.models.authorization import Scope
from cronofy_async.models.calendars import PermissionLevel
from cronofy_async.models.permissions import (
    ConferencingAuthorization,
    LinkableConferencingProvider,
    PermissionsRequest,
)
from cronofy_async.operations.permissions import AuthorizeConferencing, RequestPermissions

from ..caller import Caller
from ..refusals import Forbidden, Invalid
from ..scopes import allows
from ..state.access import Authorization
from ..state.enterprise import ServiceAccount
from ..state.errands import ConferencingErrand, Errand, PermissionErrand
from ..world import World
from .enterprise_connect import is_room
from .registry import handles

__all__ = ("CONFERENCING", "PERMISSIONS", "grant_levels")

PERMISSIONS: Final = "/permissions/"
"""Where an account's owner grants further rights."""

CONFERENCING: Final = "/conferencing_services/"
"""Where an account's owner connects a conferencing service."""


@handles(RequestPermissions)
def request_permissions(
    world: World, caller: Caller, asked: RequestPermissions
) -> PermissionsRequest:
    """A page for the account's owner; nobody is asked about what a service account may grant."""
    authorization = caller.authorization
    known = {each.calendar_id for each in authorization.calendars() if not each.deleted}
    for index, each in enumerate(asked.permissions):
        if each.calendar_id not in known:
            raise Invalid.field(
                f"permissions[{index}].calendar_id", "is not a calendar of this account"
            )
    levels = {each.calendar_id: each.permission_level for each in asked.permissions}
    broker = authorization.broker
    if broker is not None and broker.active and isinstance(broker.account, ServiceAccount):
        needed = (
            Scope.UNRESTRICTED_RESOURCES
            if is_room(world, authorization.account)
            else Scope.UNRESTRICTED_ACCOUNTS
        )
        if not allows(broker.scope, needed):
            raise Forbidden
        grant_levels(authorization, levels)
        return PermissionsRequest(accepted=True)
    errand = PermissionErrand(
        authorization=authorization,
        redirect_uri=_redirect_uri(caller, asked.redirect_uri),
        levels=levels,
    )
    return PermissionsRequest(url=_page(world, caller, PERMISSIONS, errand))


@handles(AuthorizeConferencing)
def authorize_conferencing(
    world: World, caller: Caller, asked: AuthorizeConferencing
) -> ConferencingAuthorization:
    """A page for the account's owner."""
    wanted = asked.provider_name
    errand = ConferencingErrand(
        authorization=caller.authorization,
        redirect_uri=_redirect_uri(caller, asked.redirect_uri),
        provider_names=(
            get_args(LinkableConferencingProvider) if isinstance(wanted, Unset) else (wanted,)
        ),
    )
    return ConferencingAuthorization(url=_page(world, caller, CONFERENCING, errand))


def grant_levels(authorization: Authorization, levels: Mapping[str, str]) -> None:
    """Give an application the permission levels that it asked for, by calendar."""
    for calendar_id, level in levels.items():
        # Decision.SANDBOX_LEVEL
        if level == PermissionLevel.UNRESTRICTED:
            authorization.unrestricted.add(calendar_id)
        else:
            authorization.unrestricted.discard(calendar_id)


def _redirect_uri(caller: Caller, given: str | Unset) -> str:
    if isinstance(given, Unset):
        raise Invalid.field("redirect_uri", "must be specified", key=REQUIRED)
    # Decision.ERRANDS_COME_BACK
    if not caller.application.may_redirect_to(given):
        raise Invalid.field("redirect_uri", "is not one that the application may use")
    return given


def _page(world: World, caller: Caller, path: str, errand: Errand) -> str:
    token = world.ids.token()
    world.errands[token] = errand
    return f"{caller.origin}{path}{token}"
