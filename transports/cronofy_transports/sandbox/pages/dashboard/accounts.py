"""The people of the world: their profiles, and what the application may do there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...state.accounts import Account, ConferencingProfile, Profile
from ..html import Html, text
from .frame import Action, Page, View, Visit
from .parts import button, join, link, table
from .places import link_to

__all__ = ("PAGE", "name_of")

_MOST: Final = 200
"""So many are listed, as a page of thousands is of no use to anybody."""

_ON_PROFILES: Final = {
    "disconnect": "Disconnect",
    "reconnect": "Reconnect",
    "complete": "Complete the initial sync",
}


def name_of(account: Account) -> str:
    """What an account is called."""
    own = account.name or account.email or account.application_calendar_id
    return own or account.sub


def _show(visit: Visit) -> View:
    everybody = list(visit.world.accounts.values())
    rest = len(everybody) - _MOST
    return View(
        title="Accounts",
        body=join(
            table(
                "Accounts and application calendars",
                ("Account", "Calendars", "Profiles", "The application"),
                (tuple(_row(visit, each)) for each in everybody[:_MOST]),
            ),
            f'<p class="none">{rest} more are not listed.</p>\n' if rest > 0 else "",
        ),
    )


def _row(visit: Visit, account: Account) -> Iterator[Html]:
    name, at = name_of(account), link_to("account", sub=account.sub)
    address = account.email if account.email not in (None, name) else ""
    yield join(link(at, name), f"<br><small>{text(address)}</small><br><code>{account.sub}</code>")
    calendars = sum(not each.deleted for each in account.calendars())
    yield join(text(f"{calendars} in {account.zoneinfo}"), "<br>", link(at, "Week", f"of {name}"))
    profiles: list[Profile | ConferencingProfile] = [
        *account.profiles,
        *account.conferencing_profiles,
    ]
    listed = (f"<li>{_profile(visit, each)}</li>\n" for each in profiles)
    yield join('<ul class="plain">\n', *listed, "</ul>\n")
    yield _access(visit, account)


def _profile(visit: Visit, profile: Profile | ConferencingProfile) -> Html:
    about = f"{profile.provider_name} {profile.name}"
    state = "connected" if profile.connected else "disconnected"
    kind = " (conferencing)" if isinstance(profile, ConferencingProfile) else ""
    actions = ["disconnect" if profile.connected else "reconnect"]
    if isinstance(profile, Profile) and profile.initial_sync_required:
        state += ", its events are not read yet"
        actions.append("complete")
    forms = (
        visit.form(each, button(_ON_PROFILES[each], about), profile_id=profile.profile_id)
        for each in actions
    )
    return join(f"<span>{text(f'{about}{kind}: {state}')}</span> ", *forms)


def _access(visit: Visit, account: Account) -> Html:
    found = visit.world.vault.authorization(visit.sandbox.application, account.sub)
    if found is None:
        return Html("has no access")
    return join(
        text(f"may: {found.scope}"),
        visit.form("revoke", button("Revoke", f"for {name_of(account)}"), sub=account.sub),
    )


def _disconnect(visit: Visit) -> None:
    visit.control.disconnect(visit.given.get("profile_id", ""))


def _reconnect(visit: Visit) -> None:
    visit.control.reconnect(visit.given.get("profile_id", ""))


def _complete(visit: Visit) -> None:
    visit.control.complete_initial_sync(visit.given.get("profile_id", ""))


def _revoke(visit: Visit) -> None:
    visit.control.revoke(visit.given.get("sub", ""))


PAGE: Final = Page(
    show=_show,
    menu="Accounts",
    actions={
        "disconnect": Action(_disconnect, "The profile was disconnected."),
        "reconnect": Action(_reconnect, "The profile was connected again."),
        "complete": Action(_complete, "All events of the profile have been read."),
        "revoke": Action(_revoke, "The application has no access any more."),
    },
)
