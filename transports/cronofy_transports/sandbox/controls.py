"""
The strings that the service does not have: what people and time do to the world.

Each method is a command: called from Python, or by its name over HTTP (see `control`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .administration import Administration
from .arranging import Arranging
from .demo import SCOPE
from .refusals import Invalid, NotFound
from .state.accounts import Account, Calendar, Profile
from .state.events import Attendee, Event

if TYPE_CHECKING:
    from datetime import datetime

    from cronofy_async.models.times import EventTime

    from .sandbox import Sandbox
    from .world import World

__all__ = ("Controls",)


class Controls(Administration, Arranging):
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

    def journal(self) -> list[dict[str, Any]]:
        """Every request so far, the oldest first."""
        return [attrs.asdict(entry) for entry in self._sandbox.journal]

    def accounts(self) -> list[dict[str, Any]]:
        """The people of the world with tokens and the calendars that can be written to."""
        return self._sandbox.accounts()

    # Events, as people make them in their calendars -----------------------------------

    def create_event(
        self,
        calendar_id: str,
        summary: str,
        start: EventTime,
        end: EventTime,
        tzid: str | None = None,
        description: str = "",
        location: str | None = None,
        transparency: str = "opaque",
        status: str = "confirmed",
        participation_status: str = "accepted",
        recurring: bool = False,
        invited_by: str | None = None,
    ) -> str:
        """
        Have somebody make an event.

        Args:
            calendar_id: Where.
            summary: Its title.
            start: When it starts; two days make it an all-day event.
            end: When it ends; exclusive.
            tzid: Its zone, in which times without offset are meant too.
            description: Its text.
            location: Where it takes place.
            transparency: Whether it takes up its time.
            status: How certain it is.
            participation_status: What the calendar's owner replied.
            recurring: Whether it is one of a series.
            invited_by: The address of who invited the owner; `None`: it is their own.

        Returns:
            Its uid.
        """
        event = self._world.add_event(
            self._calendar(calendar_id),
            summary=summary,
            description=description,
            location=location,
            transparency=transparency,
            status=status,
            participation_status=participation_status,
            recurring=recurring,
            invited=invited_by is not None,
            organizer=None if invited_by is None else Attendee(email=invited_by),
            **_span(start, end, tzid),
        )
        return event.uid

    def move_event(
        self, event_uid: str, start: EventTime, end: EventTime, tzid: str | None = None
    ) -> None:
        """Have somebody move an event, whoever made it."""
        self._world.change_event(self._event(event_uid), **_span(start, end, tzid))

    def cancel_event(self, event_uid: str) -> None:
        """Have somebody delete an event, whoever made it."""
        self._world.change_event(self._event(event_uid), deleted=True)

    def reply(self, event_uid: str, email: str, status: str) -> None:
        """Have somebody who is invited reply: ``accepted``, ``tentative`` or ``declined``."""
        event = self._event(event_uid)
        if email not in {each.email for each in event.attendees}:
            raise NotFound
        attendees = tuple(
            attrs.evolve(each, status=status) if each.email == email else each
            for each in event.attendees
        )
        self._world.change_event(event, attendees=attendees)

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

    def unrestrict(self, calendar_id: str) -> None:
        """Have somebody let the application change events that it did not make."""
        calendar = self._calendar(calendar_id)
        for authorization in self._world.vault.of_account(calendar.account):
            authorization.unrestricted.add(calendar_id)

    def add_secret(self) -> str:
        """Begin to replace the client secret: a second one is good too; returns it."""
        secret = self._world.ids.client_secret()
        self._sandbox.application.secrets.append(secret)
        return secret

    def retire_secret(self) -> None:
        """End the replacing of the client secret: only the newest one is good."""
        del self._sandbox.application.secrets[:-1]

    def disconnect(self, profile_id: str) -> None:
        """Have a calendar service refuse the credentials of a profile."""
        profile = self._profile(profile_id)
        profile.connected = False
        self._tell(profile.account, "profile_disconnected")

    def reconnect(self, profile_id: str) -> None:
        """Have somebody connect a profile anew."""
        self._profile(profile_id).connected = True

    def _tell(self, account: Account, type_: str) -> None:
        for channel in self._world.channels.get(account.sub, ()):
            if not channel.closed and channel.authorization.active:
                self._world.outbox.notify(channel, type_)

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

    def _profile(self, profile_id: str) -> Profile:
        for account in self._world.accounts.values():
            for profile in account.profiles:
                if profile.profile_id == profile_id:
                    return profile
        raise NotFound

    def _event(self, uid: str) -> Event:
        for calendar in self._world.calendars.values():
            event = calendar.events.get(uid)
            if event is not None:
                return event
        raise NotFound


def _span(start: EventTime, end: EventTime, tzid: str | None) -> dict[str, Any]:
    from .moments import span

    return span(start, end, tzid)
