"""
Everything that the sandbox knows, and what happens when something in it changes.

The world knows no HTTP. Its clock, its ids and its choices are given to it; what is
to happen later (a link for joining arrives) stands in an agenda that `World.settle`
works through before the world is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec

import attrs

from .agenda import Act, Agenda, Function
from .choices import Choices
from .clock import Clock
from .ids import Ids
from .push import Outbox, Write
from .state.access import Application
from .state.accounts import Account, Calendar, Profile
from .state.agents import Agents
from .state.arrangements import Arrangements
from .state.browsers import Browsers
from .state.enterprise import Enterprise
from .state.events import Event
from .state.organizations import OrganizationalUnit
from .state.rows import RowCache
from .state.shelf import Shelf
from .state.vault import Vault
from .state.working_time import WorkingTime

if TYPE_CHECKING:
    from .state.attachments import StoredAttachment
    from .state.channels import Channel
    from .state.errands import Errand
    from .state.links import Link

__all__ = ("World",)

P = ParamSpec("P")


class World:
    """
    The state of one sandbox.

    Args:
        clock: The time.
        ids: Where ids and secrets come from.
        choices: What to do where the reference is silent.
        write: Makes the headers and body of a callback.
    """

    # What follows from the rest, and is not kept with it.
    DERIVED: ClassVar[frozenset[str]] = frozenset({"rows"})

    def __init__(self, clock: Clock, ids: Ids, choices: Choices, write: Write) -> None:
        self.clock, self.ids, self.choices = clock, ids, choices
        self._given = choices
        self.applications: dict[str, Application] = {}
        self.accounts: dict[str, Account] = {}
        self.calendars: dict[str, Calendar] = {}
        self.application_calendars: dict[tuple[str, str], Account] = {}
        self.channels: dict[str, list[Channel]] = {}
        """By the sub of the account they tell of."""
        self.links: dict[str, Link] = {}
        self.errands: dict[str, Errand] = {}
        """By the last part of their pages' URLs."""
        self.attachments: dict[str, StoredAttachment] = {}
        self.agents = Agents()
        self.enterprise = Enterprise()
        self.unit = OrganizationalUnit()
        self.origin = ""
        """Where it was reached last, for URLs in what it sends of itself."""
        self.arrangements = Arrangements()
        self._working_times: dict[tuple[str, str], WorkingTime] = {}
        self.vault = Vault(clock, ids, choices)
        self.shelf = Shelf(clock, ids, choices)
        self.rows = RowCache()
        self.outbox = Outbox(clock, choices, write)
        self.browsers = Browsers(ids)
        self.agenda = Agenda()

    # Time ----------------------------------------------------------------------------

    def now(self) -> int:
        """Seconds since the epoch."""
        return self.clock.now()

    def later(
        self, moment: int, function: Function[P], *arguments: P.args, **nothing: P.kwargs
    ) -> None:
        """
        Have a function called with the world, *moment* and these arguments once it has come.

        Args:
            moment: Seconds since the epoch.
            function: One that is registered with `act`.
            arguments: Plain data, or what the world holds.
            nothing: An argument cannot be given by name.
        """
        self.agenda.enter(moment, Act.of(function, *arguments, **nothing))

    def settle(self) -> None:
        """Let everything happen that was to happen by now."""
        while (due := self.agenda.take(self.now())) is not None:
            moment, what = due
            what(self, moment)

    def seconds_to_next(self) -> float | None:
        """How long until something happens or a callback is due; `None`: nothing is to come."""
        both = (self.agenda.next_moment(), self.outbox.next_due())
        moments = [each for each in both if each is not None]
        return max(0.0, min(moments) - self.clock.time()) if moments else None

    # Applications, accounts and calendars --------------------------------------------

    def add_application(
        self, name: str, *, client_id: str, secret: str, **values: Any
    ) -> Application:
        """Register an application."""
        application = Application(client_id=client_id, name=name, secrets=[secret], **values)
        self.applications[client_id] = application
        return application

    def by_secret(self, secret: str) -> Application | None:
        """The application that one of its active secrets names."""
        for application in self.applications.values():
            if secret in application.secrets:
                return application
        return None

    def add_account(self, **values: Any) -> Account:
        """Let somebody have an account; its sub is made, unless one is given."""
        account = Account(sub=values.pop("sub", None) or self.ids.make("acc"), **values)
        self.accounts[account.sub] = account
        return account

    def add_profile(
        self,
        account: Account,
        *,
        name: str,
        provider_name: str,
        provider_service: str,
        **values: Any,
    ) -> Profile:
        """Connect an account to a calendar service."""
        profile = Profile(
            profile_id=values.pop("profile_id", None) or self.ids.profile(),
            name=name,
            provider_name=provider_name,
            provider_service=provider_service,
            account=account,
            **values,
        )
        account.profiles.append(profile)
        return profile

    def add_calendar(self, profile: Profile, name: str | None, **values: Any) -> Calendar:
        """Put a calendar into a profile."""
        calendar = Calendar(
            calendar_id=values.pop("calendar_id", None) or self.ids.calendar(profile.profile_id),
            name=name,
            profile=profile,
            **values,
        )
        profile.calendars.append(calendar)
        self.calendars[calendar.calendar_id] = calendar
        return calendar

    def application_calendar(self, application: Application, key: str) -> Account:
        """The application calendar of this id, made when it is asked for first."""
        found = self.application_calendars.get((application.client_id, key))
        if found is not None:
            return found
        account = Account(sub=self.ids.make("apc"), application_calendar_id=key)
        self.accounts[account.sub] = account
        self.application_calendars[application.client_id, key] = account
        profile = self.add_profile(
            account, name="", provider_name="cronofy", provider_service="cronofy"
        )
        suffix = profile.profile_id.removeprefix("pro_")
        profile.name = suffix
        self.add_calendar(profile, None, calendar_id=f"cal_{suffix}_0000000000", primary=True)
        return account

    def working_time(self, application: Application, account: Account) -> WorkingTime:
        """What an application has stored of an account's working hours."""
        return self._working_times.setdefault((application.client_id, account.sub), WorkingTime())

    # Events --------------------------------------------------------------------------

    def add_event(
        self, calendar: Calendar, *, by: Application | None = None, **values: Any
    ) -> Event:
        """
        Write a new event.

        Args:
            calendar: Where.
            by: The application that writes, and thereby manages it; `None`: a person.
            values: The attributes of `Event`; its uid is made, unless one is given.
        """
        event = Event(
            uid=values.pop("uid", None) or self.ids.external_event(),
            calendar=calendar,
            owner=by.client_id if by is not None else None,
            **values,
        )
        calendar.events.add(event, self.now())
        self.tell(calendar, event.owner, by=by)
        return event

    def change_event(
        self, event: Event, *, by: Application | None = None, at: int | None = None, **changes: Any
    ) -> Event:
        """Change an event, now or at a moment that has passed; *by* as in `add_event`."""
        before = (event.start, event.end)
        event.calendar.events.change(event, self.now() if at is None else at, **changes)
        if before != (event.start, event.end):
            for follow in list(event.when_moved.values()):
                follow(self, self.now())
        self.tell(event.calendar, event.owner, by=by)
        return event

    def tell(self, calendar: Calendar, owner: str | None, *, by: Application | None) -> None:
        """
        Tell the channels of an account that something in one of its calendars changed.

        An application is not told of what it did itself.

        Source: /developers/api/push-notifications/
        """
        client_id = None if by is None else by.client_id
        change = (self.now(), calendar, owner, client_id)
        if calendar.profile.connected:
            self._tell(*change)
        else:
            # Decision.DISCONNECTED
            calendar.profile.untold.append(change)

    def tell_untold(self, profile: Profile) -> None:
        """Tell of what changed in a profile while it was disconnected."""
        for change in profile.untold:
            self._tell(*change)
        profile.untold.clear()

    def _tell(self, since: int, calendar: Calendar, owner: str | None, by: str | None) -> None:
        for channel in self.channels.get(calendar.account.sub, ()):
            application = channel.authorization.application
            if application.client_id != by and channel.hears_of(calendar, owner):
                self.outbox.changed(channel, since)

    # Choices -------------------------------------------------------------------------

    def choose(self, choices: Choices) -> None:
        """Replace the choices, everywhere and at once."""
        self.choices = choices
        self.vault.choices = self.shelf.choices = self.outbox.choices = choices

    def turned(self) -> dict[str, Any]:
        """The choices that are not those that it was made with."""
        now, before = (attrs.asdict(each, recurse=False) for each in (self.choices, self._given))
        return {name: value for name, value in now.items() if value != before[name]}

    def turn(self, choices: dict[str, Any]) -> None:
        """Replace these of the choices that it was made with."""
        self.choose(attrs.evolve(self._given, **choices))
