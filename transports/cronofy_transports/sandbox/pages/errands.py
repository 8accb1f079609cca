"""
The pages on which an account's owner grants further rights, or connects a conferencing service.

Source: /developers/api/authorization/extended-permissions/,
/developers/api/conferencing-services/authorization/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cronofy_async.core.wire import Request, Response
from cronofy_async.models.calendars import PermissionLevel

from ..handlers.permissions import CONFERENCING, grant_levels
from ..state.accounts import Account, ConferencingProfile
from ..state.errands import ConferencingErrand, Errand, PermissionErrand
from ..world import World
from .grants import Grant
from .html import Html, document, text

__all__ = ("errand_page",)

_TITLES = {"zoom": "Zoom", "ms_teams": "Microsoft Teams", "go_to": "GoTo"}


def errand_page(world: World, request: Request) -> Response:
    """Show a page of this kind or act on its form; 404 if there is none."""
    token = request.path.rpartition("/")[2]
    errand = world.errands.get(token)
    wanted = ConferencingErrand if request.path.startswith(CONFERENCING) else PermissionErrand
    if not isinstance(errand, wanted) or not errand.authorization.active:
        return document(
            "This link does not work", Html("<p>There is no such link.</p>"), status=404
        )

    # Decision.ERRANDS_ONCE
    def close() -> None:
        world.errands.pop(token, None)

    return _form(world, errand, close).answer(world, request)


def _form(world: World, errand: Errand, close: Callable[[], None]) -> Grant:
    if isinstance(errand, ConferencingErrand):
        return _conferencing(world, errand, close)
    assert isinstance(errand, PermissionErrand)
    return _permissions(errand, close)


def _permissions(errand: PermissionErrand, close: Callable[[], None]) -> Grant:
    authorization = errand.authorization
    names = {each.calendar_id: each.name for each in authorization.calendars()}
    items = "".join(
        f"<li>{text(names.get(calendar_id) or calendar_id)}: {text(_meaning(level))}</li>"
        for calendar_id, level in errand.levels.items()
    )

    def approve(_: str) -> Mapping[str, str]:
        grant_levels(authorization, errand.levels)
        return {}

    return Grant(
        title="Allow changes to your calendars",
        introduction=Html(
            f"<p><strong>{text(authorization.application.name)}</strong> would like to change "
            f"events in:</p>\n<ul>{items}</ul>"
        ),
        redirect_uri=errand.redirect_uri,
        approve=approve,
        close=close,
    )


def _meaning(level: str) -> str:
    return "all events" if level == PermissionLevel.UNRESTRICTED else "only its own events"


def _conferencing(world: World, errand: ConferencingErrand, close: Callable[[], None]) -> Grant:
    authorization = errand.authorization

    def approve(choice: str) -> Mapping[str, str]:
        profile = _connect(world, authorization.account, choice)
        return {"last_linked_profile_id": profile.profile_id}

    return Grant(
        title="Connect a conferencing service",
        introduction=Html(
            f"<p><strong>{text(authorization.application.name)}</strong> would like to make "
            "links for your meetings.</p>"
        ),
        legend="By which service?",
        choices={name: _TITLES.get(name, name) for name in errand.provider_names},
        redirect_uri=errand.redirect_uri,
        approve=approve,
        close=close,
    )


def _connect(world: World, account: Account, provider_name: str) -> ConferencingProfile:
    name = account.email or account.sub
    for profile in account.conferencing_profiles:
        # Decision.SAME_CONFERENCING
        if (profile.provider_name, profile.name) == (provider_name, name):
            profile.connected = True
            return profile
    made = ConferencingProfile(
        profile_id=world.ids.profile(), name=name, provider_name=provider_name
    )
    account.conferencing_profiles.append(made)
    return made
