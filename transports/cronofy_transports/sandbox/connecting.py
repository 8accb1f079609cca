"""Commands to the sandbox about what people do with their accounts and the services in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusals import Invalid, NotFound
from .state.accounts import Account, ConferencingProfile, Profile

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .world import World

__all__ = ("Connecting",)


class Connecting:
    """What becomes of profiles; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

        def _account(self, sub: str) -> Account: ...

        def _profile(self, profile_id: str) -> Profile | ConferencingProfile: ...

    def add_profile(
        self,
        sub: str,
        provider_name: str,
        profile_name: str | None = None,
        provider_service: str | None = None,
        calendar_name: str | None = "Calendar",
        initial_sync_required: bool = False,
    ) -> str:
        """
        Have somebody connect a further calendar service.

        Args:
            sub: Whose account it becomes a part of.
            provider_name: The provider, for example ``google``.
            profile_name: Its name there; left out: the account's email address.
            provider_service: Left out: the usual one of the provider.
            calendar_name: That of its primary calendar; `None`: it has no calendar.
            initial_sync_required: Whether its calendars are still to be read; until
                `complete_initial_sync` nothing of it can be seen.

        Returns:
            Its id.
        """
        from .building import add_profile
        from .worlds import DescribedCalendar, DescribedProfile

        calendar = DescribedCalendar(name=calendar_name, primary=True)
        described = DescribedProfile(
            provider_name=provider_name,
            name=profile_name,
            provider_service=provider_service,
            initial_sync_required=initial_sync_required,
            calendars=() if calendar_name is None else (calendar,),
        )
        account, application = self._account(sub), self._sandbox.application
        profile = add_profile(self._world, application, account, described)
        for each in profile.calendars:
            self._world.tell(each, None, by=None)
        return profile.profile_id

    def disconnect(self, profile_id: str) -> None:
        """Have a calendar or conferencing service refuse the credentials of a profile."""
        from .connections import disconnect

        disconnect(self._world, self._profile(profile_id))

    def reconnect(self, profile_id: str) -> None:
        """Have somebody connect a profile anew; what changed meanwhile is told of."""
        from .connections import reconnect

        reconnect(self._world, self._profile(profile_id))

    def begin_initial_sync(self, profile_id: str) -> None:
        """Have a profile be read as if for the first time; till then it shows no calendars."""
        self._calendar_profile(profile_id).initial_sync_required = True

    def complete_initial_sync(self, profile_id: str) -> None:
        """Have everything in a profile been read for the first time."""
        from .connections import complete_initial_sync

        profile = self._calendar_profile(profile_id)
        if not profile.initial_sync_required:
            raise Invalid.field("profile_id", "must be of a profile whose initial sync is required")
        complete_initial_sync(self._world, profile)

    def request_erasure(self, sub: str) -> None:
        """Have somebody ask to be forgotten: the channels of their account are told."""
        from .connections import tell_account

        # Decision.ERASURE
        tell_account(self._world, self._account(sub), "gdpr_requested")

    def _calendar_profile(self, profile_id: str) -> Profile:
        profile = self._profile(profile_id)
        if not isinstance(profile, Profile):
            raise NotFound
        return profile
