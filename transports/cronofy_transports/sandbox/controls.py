"""
The strings that the service does not have: what people and time do to the world.

Each method is a command: called from Python, or by its name over HTTP (see `control`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from .administration import Administration
from .arranging import Arranging
from .commands import catalogue, commands
from .connecting import Connecting
from .demo import SCOPE
from .dials import Dials
from .disturbing import Disturbing
from .owners import Owners
from .refusals import Invalid, NotFound
from .snapshots import Snapshots
from .state.accounts import Account, Calendar, ConferencingProfile, Profile
from .state.events import Event
from .supplying import Supplying
from .telling import Telling

if TYPE_CHECKING:
    from datetime import datetime

    from .sandbox import Sandbox
    from .world import World

__all__ = ("READS", "Controls")

READS: Final = (
    "accounts",
    "commands",
    "dials",
    "dump_world",
    "faults",
    "journal",
    "snapshots",
)
"""What can be read over HTTP with GET: it changes nothing."""


@commands
class Controls(
    Administration,
    Arranging,
    Connecting,
    Dials,
    Disturbing,
    Owners,
    Snapshots,
    Supplying,
    Telling,
):
    """
    Commands to a sandbox.

    Args:
        sandbox: The one to command.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @property
    def _world(self) -> World:
        return self._sandbox.world

    # Time and the whole --------------------------------------------------------------

    def advance(self, seconds: float) -> int:
        """Move the clock forward; returns what it shows then, in seconds since the epoch."""
        try:
            self._world.clock.advance(seconds)
        except ValueError as error:
            raise Invalid.field("seconds", f"is wrong: {error}") from None
        self._world.settle()
        self._sandbox.on_queued()
        return self._world.now()

    def reset(self) -> None:
        """Make the world as it was at the start; the application and its secret stay."""
        self._sandbox.reset()

    def journal(
        self,
        operation: str | None = None,
        account: str | None = None,
        since: int = 0,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """
        The requests so far, the oldest first.

        Args:
            operation: Only those of the operation of this name.
            account: Only those of the account of this sub.
            since: Only those after the one of this number.
            limit: Only so many, the latest.
        """
        found = self._sandbox.journal.find(
            operation=operation, account=account, since=since, limit=limit
        )
        return [attrs.asdict(entry) for entry in found]

    def commands(self) -> dict[str, dict[str, Any]]:
        """Every command, with what it does and the defaults of its parameters."""
        return catalogue(type(self))

    def accounts(self) -> list[dict[str, Any]]:
        """The people of the world with tokens and the calendars that can be written to."""
        return self._sandbox.accounts()

    # What people make of an event -----------------------------------------------------

    def resolve_conferencing(self, event_uid: str) -> bool:
        """Provide the link that an event waits for now; returns whether it waited for one."""
        from .handlers.conferencing import resolve

        return resolve(self._world, self._event(event_uid))

    def choose_slot(
        self, real_time_scheduling_id: str, start: datetime, tzid: str = "Etc/UTC"
    ) -> bool:
        """Have a visitor choose a time by a link; returns whether it was still to be had."""
        from .handlers.scheduling import book

        link = self._world.links.get(real_time_scheduling_id)
        if link is None:
            raise NotFound
        return book(self._world, link, int(start.timestamp()), tzid)

    # Access --------------------------------------------------------------------------

    def authorize(self, sub: str, redirect_uri: str, scope: str = SCOPE) -> str:
        """Have somebody approve the application without a browser; returns the code."""
        return self._world.vault.new_code(
            self._sandbox.application, self._account(sub), scope=scope, redirect_uri=redirect_uri
        )

    def grant(self, sub: str, scope: str = SCOPE) -> dict[str, Any]:
        """Have somebody approve the application; returns tokens at once."""
        authorization = self._world.vault.authorize(
            self._sandbox.application, self._account(sub), scope
        )
        return {
            "access_token": self._world.vault.issue(authorization),
            "refresh_token": authorization.refresh_token,
        }

    def revoke(self, sub: str) -> None:
        """Have somebody take the application's authorization away."""
        authorization = self._world.vault.authorization(self._sandbox.application, sub)
        if authorization is None:
            raise NotFound
        self._world.vault.revoke(authorization)

    def add_secret(self) -> str:
        """Begin to replace the client secret: a second one is good too; returns it."""
        secret = self._world.ids.client_secret()
        self._sandbox.application.secrets.append(secret)
        return secret

    def retire_secret(self) -> None:
        """End the replacing of the client secret: only the newest one is good."""
        del self._sandbox.application.secrets[:-1]

    # Looking up ----------------------------------------------------------------------

    def _account(self, sub: str) -> Account:
        account = self._world.accounts.get(sub)
        if account is None:
            raise NotFound
        return account

    def _calendar(self, calendar_id: str) -> Calendar:
        calendar = self._world.calendars.get(calendar_id)
        if calendar is None:
            raise NotFound
        return calendar

    def _profile(self, profile_id: str) -> Profile | ConferencingProfile:
        for account in self._world.accounts.values():
            every: list[Profile | ConferencingProfile] = [*account.profiles]
            for profile in (*every, *account.conferencing_profiles):
                if profile.profile_id == profile_id:
                    return profile
        raise NotFound

    def _event(self, uid: str) -> Event:
        for calendar in self._world.calendars.values():
            event = calendar.events.get(uid)
            if event is not None:
                return event
        raise NotFound
