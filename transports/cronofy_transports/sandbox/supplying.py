"""Commands to the sandbox that bring a world in, and write one down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusals import Invalid, NotFound

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .state.accounts import Account, Calendar
    from .world import World
    from .worlds import Description

__all__ = ("Supplying",)


class Supplying:
    """Worlds from descriptions and files; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

        def _account(self, sub: str) -> Account: ...

        def _calendar(self, calendar_id: str) -> Calendar: ...

    def load_world(self, description: Description) -> list[str]:
        """
        Put what is described beside what is there; all of it, or nothing if it is wrong.

        Args:
            description: A `DescribedWorld`, or the same as JSON has it.

        Returns:
            The subs of the new accounts.
        """
        from .building import build
        from .worlds import DescribedWorld

        assert isinstance(description, DescribedWorld)
        try:
            return build(self._world, self._sandbox.application, description)
        except Invalid as refusal:
            raise refusal.under("description") from None

    def dump_world(self) -> dict[str, Any]:
        """
        The description of what is there: `load_world` makes the same of it.

        Accounts with their calendars, events and working hours are in it, under their
        ids. Tokens, channels, subscriptions, links, rooms and other applications are not.
        """
        from .describing import dump

        return dump(self._world, self._sandbox.application)

    def load_ics(
        self,
        text: str,
        calendar_id: str | None = None,
        sub: str | None = None,
        calendar_name: str | None = None,
    ) -> list[str]:
        """
        Have the events of an iCalendar file come into a calendar.

        Args:
            text: The file itself.
            calendar_id: Where; or else both of the following.
            sub: The account.
            calendar_name: One of its calendars, by name.

        Returns:
            The uids of the events, one for each occurrence of a series.
        """
        from .building import write_events
        from .calendars_from_ics import read

        calendar = self._wanted(calendar_id, sub, calendar_name)
        account = calendar.account
        found = read(
            text,
            zone=account.zoneinfo,
            now=self._world.now(),
            owner=(account.email or "", calendar.profile.name),
        )
        written = write_events(self._world, self._sandbox.application, calendar, found.events)
        return [each.uid for each in written]

    def _wanted(self, calendar_id: str | None, sub: str | None, name: str | None) -> Calendar:
        if calendar_id is not None and sub is None and name is None:
            return self._calendar(calendar_id)
        if calendar_id is not None or sub is None or name is None:
            raise Invalid.field("calendar_id", "must be given, or else both sub and calendar_name")
        found = [
            each
            for each in self._account(sub).calendars()
            if each.name == name and not each.deleted
        ]
        if not found:
            raise NotFound
        if len(found) > 1:
            raise Invalid.field(
                "calendar_name", "must be of one calendar: give the calendar_id instead"
            )
        return found[0]
