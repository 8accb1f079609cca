"""Commands to the sandbox about what people do in their calendars."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from cronofy_async.core.unset import UNSET, Unset

from .refusals import Invalid, NotFound
from .state.accounts import Calendar, ConferencingProfile, Profile

if TYPE_CHECKING:
    from cronofy_async.models.event_details import Recurrence
    from cronofy_async.models.events import Attendee, EventConferencing, Location
    from cronofy_async.models.times import EventTime

    from .sandbox import Sandbox
    from .state.events import Event
    from .world import World

__all__ = ("Owners",)


class Owners:
    """What the owners of calendars do; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

        def _calendar(self, calendar_id: str) -> Calendar: ...

        def _profile(self, profile_id: str) -> Profile | ConferencingProfile: ...

        def _event(self, uid: str) -> Event: ...

    # Events --------------------------------------------------------------------------

    def create_event(
        self,
        calendar_id: str,
        summary: str,
        start: EventTime,
        end: EventTime,
        tzid: str | None = None,
        description: str = "",
        location: str | Location | None = None,
        transparency: str = "opaque",
        status: str = "confirmed",
        participation_status: str = "accepted",
        recurring: bool = False,
        invited_by: str | None = None,
        attendees: tuple[str | Attendee, ...] = (),
        recurrence: Recurrence | None = None,
        event_private: bool = False,
        conferencing: str | EventConferencing | None = None,
        url: str | None = None,
        categories: tuple[str, ...] = (),
        extended_transparency: str | None = None,
    ) -> str:
        """
        Have somebody make an event.

        Args:
            calendar_id: Where.
            summary: Its title.
            start: When it starts; two days make it an all-day event.
            end: When it ends; exclusive.
            tzid: Its zone, in which times without offset are meant too. Left out, those
                are in the zone of the calendar's owner.
            description: Its text.
            location: Where it takes place; a string stands for its description.
            transparency: Whether it takes up its time.
            status: How certain it is.
            participation_status: What the calendar's owner replied.
            recurring: Whether it is one of a series.
            invited_by: The address of who invited the owner; `None`: it is their own.
            attendees: Who is invited; a string stands for an address without a reply.
            recurrence: How it recurs; the further occurrences are events of their own.
            event_private: Whether others may not see what it is.
            conferencing: The link for joining; a string stands for its URL.
            url: Its address on the web.
            categories: Its labels.
            extended_transparency: How it takes up its time, in more words.

        Returns:
            Its uid.
        """
        from .building import write_events
        from .worlds import DescribedEvent

        described = DescribedEvent(
            summary=summary,
            start=start,
            end=end,
            tzid=tzid,
            description=description,
            location=location,
            transparency=transparency,
            extended_transparency=extended_transparency,
            status=status,
            participation_status=participation_status,
            recurring=True if recurring else None,
            invited=invited_by is not None,
            organizer=invited_by,
            attendees=attendees,
            recurrence=recurrence,
            event_private=event_private,
            conferencing=conferencing,
            url=url,
            categories=categories,
        )
        calendar = self._calendar(calendar_id)
        (event,) = write_events(self._world, self._sandbox.application, calendar, (described,))
        return event.uid

    def move_event(
        self, event_uid: str, start: EventTime, end: EventTime, tzid: str | None = None
    ) -> None:
        """Have somebody move an event, whoever made it."""
        self._change(event_uid, start=start, end=end, tzid=tzid)

    def change_event(
        self,
        event_uid: str,
        summary: str | Unset = UNSET,
        start: EventTime | Unset = UNSET,
        end: EventTime | Unset = UNSET,
        tzid: str | Unset | None = UNSET,
        description: str | Unset = UNSET,
        location: str | Location | Unset | None = UNSET,
        transparency: str | Unset = UNSET,
        extended_transparency: str | Unset | None = UNSET,
        status: str | Unset = UNSET,
        attendees: tuple[str | Attendee, ...] | Unset = UNSET,
        event_private: bool | Unset = UNSET,
        conferencing: str | EventConferencing | Unset | None = UNSET,
        url: str | Unset | None = UNSET,
        categories: tuple[str, ...] | Unset = UNSET,
    ) -> None:
        """
        Have somebody change an event, whoever made it.

        Args:
            event_uid: The event; of a series, this occurrence alone.
            summary: This and the others as in `create_event`; what is left out stays.
            start: If only this is given, the event keeps its length.
            end: If only this is given, the event keeps its start.
            tzid: The zone that the times are given and shown in.
            description: Its text.
            location: Where it takes place.
            transparency: Whether it takes up its time.
            extended_transparency: How it takes up its time, in more words.
            status: How certain it is.
            attendees: Who is invited, in place of those who were.
            event_private: Whether others may not see what it is.
            conferencing: The link for joining.
            url: Its address on the web.
            categories: Its labels.
        """
        self._change(
            event_uid,
            summary=summary,
            start=start,
            end=end,
            tzid=tzid,
            description=description,
            location=location,
            transparency=transparency,
            extended_transparency=extended_transparency,
            status=status,
            attendees=attendees,
            event_private=event_private,
            conferencing=conferencing,
            url=url,
            categories=categories,
        )

    def cancel_event(self, event_uid: str) -> None:
        """Have somebody delete an event, whoever made it."""
        self._world.change_event(self._event(event_uid), deleted=True)

    def reply(self, event_uid: str, email: str, status: str) -> None:
        """Have somebody who is invited reply: ``accepted``, ``tentative`` or ``declined``."""
        event = self._event(event_uid)
        if email not in {each.email for each in event.attendees}:
            raise NotFound
        self._world.change_event(event, attendees=_with_reply(event, {email}, _reply(status)))

    def respond(self, event_uid: str, status: str) -> None:
        """Have the owner of the calendar reply to an event that they were invited to."""
        event = self._event(event_uid)
        if not event.invited:
            raise Invalid.field("event_uid", "must be of an event that its owner was invited to")
        own = {event.calendar.account.email, event.calendar.profile.name}
        self._world.change_event(
            event,
            participation_status=_reply(status),
            attendees=_with_reply(event, own, status),
        )

    def _change(self, event_uid: str, **changes: Any) -> None:
        from .building import attributes
        from .describing import described_event

        event = self._event(event_uid)
        given = {name: value for name, value in changes.items() if value is not UNSET}
        before = described_event(event, self._sandbox.application)
        if "start" in given and "end" not in given:
            given["end"] = _later(given["start"], event.end - event.start)
        described = attrs.evolve(before, **given)
        values = attributes(described, event.calendar, self._world.now())
        names = _ATTRIBUTES.keys() & given.keys()
        changed = {each for name in names for each in _ATTRIBUTES[name]}
        self._world.change_event(event, **{name: values[name] for name in sorted(changed)})

    # Calendars -----------------------------------------------------------------------

    def create_calendar(
        self, profile_id: str, calendar_name: str, readonly: bool = False, color: str | None = None
    ) -> str:
        """Have somebody make a calendar; returns its id."""
        from .handlers.calendars import alike

        profile = self._profile(profile_id)
        if not isinstance(profile, Profile):
            raise NotFound
        _check_name(profile, calendar_name)
        calendar = self._world.add_calendar(
            profile, calendar_name, readonly=readonly, color=color, **alike(profile)
        )
        self._world.tell(calendar, None, by=None)
        return calendar.calendar_id

    def rename_calendar(self, calendar_id: str, calendar_name: str) -> None:
        """Have somebody give a calendar another name."""
        calendar = self._calendar(calendar_id)
        _check_name(calendar.profile, calendar_name)
        calendar.name = calendar_name
        self._world.tell(calendar, None, by=None)

    def delete_calendar(self, calendar_id: str) -> None:
        """Have somebody delete a calendar; it stays in lists, as deleted."""
        calendar = self._calendar(calendar_id)
        calendar.deleted = True
        self._world.tell(calendar, None, by=None)

    def permit(self, calendar_id: str, permission_level: str) -> None:
        """Have somebody set what applications may do with events that are not theirs."""
        from cronofy_async.models.calendars import PermissionLevel

        from .handlers.permissions import grant_levels

        if permission_level not in list(PermissionLevel):
            known = ", ".join(PermissionLevel)
            raise Invalid.field("permission_level", f"must be one of {known}")
        account = self._calendar(calendar_id).account
        for authorization in self._world.vault.of_account(account):
            grant_levels(authorization, {calendar_id: permission_level})

    def unrestrict(self, calendar_id: str) -> None:
        """Have somebody let applications change events that are not theirs."""
        self.permit(calendar_id, "unrestricted")


# Which attributes of an event each parameter stands for, where they are not the same.
_TIMES = ("start", "end", "all_day", "start_tzid", "end_tzid")
_SAME = (
    "summary",
    "description",
    "transparency",
    "extended_transparency",
    "status",
    "attendees",
    "conferencing",
    "url",
    "categories",
)
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in _SAME},
    "start": _TIMES,
    "end": _TIMES,
    "tzid": _TIMES,
    "location": ("location", "lat", "long"),
    "event_private": ("private",),
}


def _later(start: Any, seconds: int) -> Any:
    """The end of an event that starts then, in the form of its start."""
    from cronofy_async.models.times import ZonedTime

    if isinstance(start, ZonedTime):
        return ZonedTime(_later(start.time, seconds), start.tzid)
    if isinstance(start, datetime):
        return start + timedelta(seconds=seconds)
    return start + timedelta(days=max(1, -(-seconds // 86400)))


def _reply(status: str) -> str:
    from cronofy_async.models.events import ParticipationStatus

    if status not in list(ParticipationStatus):
        raise Invalid.field("status", f"must be one of {', '.join(ParticipationStatus)}")
    return status


def _with_reply(event: Event, emails: set[str | None], status: str) -> tuple[Any, ...]:
    return tuple(
        attrs.evolve(each, status=status) if each.email in emails else each
        for each in event.attendees
    )


def _check_name(profile: Profile, name: str) -> None:
    if not name:
        raise Invalid.field("calendar_name", "must not be empty")
    if profile.unique_names and any(
        each.name == name and not each.deleted for each in profile.calendars
    ):
        raise Invalid.field(
            "calendar_name", "must be another: the provider does not allow duplicates"
        )
