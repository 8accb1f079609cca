"""Commands to the sandbox about domains, Organizational Units, files and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import Invalid, NotFound
from .state.organizations import Member

if TYPE_CHECKING:
    from cronofy_async.models.enterprise_connect import ResourceLocation

    from .sandbox import Sandbox
    from .state.events import Event
    from .world import World

__all__ = ("Administration",)


class Administration:
    """What administrators, providers and screeners do; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

        def _event(self, uid: str) -> Event: ...

    # Domains -------------------------------------------------------------------------

    def add_room(
        self,
        email: str,
        title: str,
        capacity: int | None = None,
        location: ResourceLocation | None = None,
    ) -> str:
        """Have a domain get a room or a piece of equipment; returns its sub."""
        from cronofy_async.core import codec

        from .premises import open_room

        place = None if location is None else codec.unstructure(location)
        return open_room(self._world, email, title, capacity=capacity, location=place).sub

    def grant_domain(self, domain: str, scope: str, delegated_scope: str) -> dict[str, Any]:
        """Have a domain's administrator approve the application; returns tokens at once."""
        from .handlers.enterprise_connect import service_account

        vault = self._world.vault
        account = service_account(self._world, domain)
        authorization = vault.authorize(self._sandbox.application, account, scope)
        authorization.delegated_scope = delegated_scope
        return {
            "access_token": vault.issue(authorization),
            "refresh_token": authorization.refresh_token,
            "service_account_id": account.sub,
        }

    def revoke_domain(self, domain: str) -> None:
        """Have a domain's administrator take the application's authorization away."""
        account = self._world.enterprise.service_accounts.get(domain)
        if account is None:
            raise NotFound
        found = self._world.vault.authorization(self._sandbox.application, account.sub)
        if found is None:
            raise NotFound
        self._world.vault.revoke(found)

    def limit_domain(self, domain: str, scope: str | None) -> None:
        """Have a domain's server let nobody see more than this; `None`: everything."""
        if scope is None:
            self._world.enterprise.limits.pop(domain, None)
        else:
            self._world.enterprise.limits[domain] = scope

    def share_calendar(self, email: str, profile_id: str) -> None:
        """Have somebody share their calendar with the owner of a profile."""
        from .handlers.enterprise_connect import mailbox

        profiles = (each for a in self._world.accounts.values() for each in a.profiles)
        profile = next((each for each in profiles if each.profile_id == profile_id), None)
        if profile is None or mailbox(self._world, email) is None:
            raise NotFound
        self._world.enterprise.share(email, profile)

    # Organizational Units ------------------------------------------------------------

    def join_unit(
        self,
        sub: str,
        roles: list[str] | None = None,
        scheduler: bool = True,
        public_url: str | None = None,
    ) -> None:
        """Have somebody join the Organizational Unit."""
        account = self._world.accounts.get(sub)
        if account is None:
            raise NotFound
        self._world.unit.members[sub] = Member(
            account=account,
            roles=tuple(roles or ("member",)),
            scheduler=scheduler,
            public_url=public_url,
        )

    def link_to_unit(self, linked: bool = True) -> None:
        """Make the application an internal one of the Organizational Unit, or not any more."""
        if linked:
            self._world.unit.internal.add(self._sandbox.application.client_id)
        else:
            self._world.unit.internal.discard(self._sandbox.application.client_id)

    def add_admin_key(self) -> str:
        """Make a key of the Admin API; returns it."""
        key = self._world.ids.client_secret()
        self._world.unit.admin_keys.add(key)
        return key

    def retire_admin_key(self, key: str) -> None:
        """Revoke a key of the Admin API."""
        if key not in self._world.unit.admin_keys:
            raise NotFound
        self._world.unit.admin_keys.remove(key)

    # Files, agents and links ---------------------------------------------------------

    def screen_attachment(self, attachment_id: str, approved: bool) -> bool:
        """Screen a file now; returns whether it was still to be screened."""
        from .handlers.attachments import screen

        attachment = self._world.attachments.get(attachment_id)
        if attachment is None:
            raise NotFound
        return screen(self._world, attachment, approved=approved)

    def fail_agent(self, agent_id: str) -> bool:
        """Have a meeting's agent fail; returns whether it was still under way."""
        from .handlers.meeting_agents import fail

        agent = self._world.agents.by_id.get(agent_id)
        if agent is None:
            raise NotFound
        return fail(self._world, agent)

    def agent_of(self, event_uid: str) -> str | None:
        """The id of an event's latest agent; `None` if it never had one."""
        agent = self._world.agents.by_event.get(self._event(event_uid).uid)
        return None if agent is None else agent.agent_id

    def fail_conferencing(self, event_uid: str, delay: int = 60) -> None:
        """
        Have the making of an event's link fail; it is tried again.

        Args:
            event_uid: The event; it must wait for a link.
            delay: After how many seconds it is tried again.
        """
        from .handlers.failures import postpone

        if not postpone(self._world, self._event(event_uid), delay):
            raise Invalid.field("event_uid", "is not that of an event that waits for a link")
