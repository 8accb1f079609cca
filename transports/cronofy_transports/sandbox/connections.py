"""Profiles that lose and find the way to their service, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .state.accounts import Account, ConferencingProfile, Profile

if TYPE_CHECKING:
    from .world import World

__all__ = ("account_of", "complete_initial_sync", "disconnect", "reconnect", "tell_account")


def disconnect(world: World, profile: Profile | ConferencingProfile) -> None:
    """Have a service refuse the credentials of a profile; once is told once."""
    if not profile.connected:
        return
    profile.connected = False
    if isinstance(profile, Profile):
        tell_account(world, profile.account, "profile_disconnected", profile)
    else:
        tell_account(world, account_of(world, profile), "conferencing_profile_disconnected")


def reconnect(world: World, profile: Profile | ConferencingProfile) -> None:
    """Connect a profile anew; what changed in the meantime is told of."""
    profile.connected = True
    if isinstance(profile, Profile):
        world.tell_untold(profile)


def complete_initial_sync(world: World, profile: Profile) -> None:
    """Have everything in a new profile been read for the first time."""
    profile.initial_sync_required = False
    tell_account(world, profile.account, "profile_initial_sync_completed", profile)


def tell_account(
    world: World, account: Account, notification_type: str, profile: Profile | None = None
) -> None:
    """
    Tell all channels of an account something other than changes.

    Args:
        world: Where they are.
        account: Whose they are.
        notification_type: What they are told.
        profile: What it is about; an application that lost it is not told.
    """
    for channel in world.channels.get(account.sub, ()):
        authorization = channel.authorization
        sees = profile is None or profile.profile_id not in authorization.hidden
        if sees and authorization.active and not channel.closed:
            world.outbox.notify(channel, notification_type)


def account_of(world: World, profile: ConferencingProfile) -> Account:
    """Whose conferencing profile it is."""
    return next(each for each in world.accounts.values() if profile in each.conferencing_profiles)
