"""Accounts, their profiles and calendars: what belongs to people, whichever application asks."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from . import DERIVED
from .events import EventBook

__all__ = ("Account", "Calendar", "ConferencingProfile", "Profile")


@attrs.define(kw_only=True, eq=False)
class Calendar:
    """
    One calendar.

    Attributes:
        conferencing: The provider of its own links for joining, such as
            ``google_meet``; `None` if it has none.
    """

    calendar_id: str
    name: str | None
    profile: Profile = attrs.field(repr=False)
    readonly: bool = False
    deleted: bool = False
    primary: bool = False
    conferencing: str | None = None
    attachments: bool = False
    color: str | None = None
    events: EventBook = attrs.field(factory=EventBook, repr=False, metadata=DERIVED)

    @property
    def account(self) -> Account:
        """Whose it is."""
        return self.profile.account


@attrs.define(kw_only=True, eq=False)
class Profile:
    """
    One connection of an account to a calendar service.

    Attributes:
        connected: Whether the service's credentials work. Without them calendars are
            read from what was last seen, and nothing can be written.
        initial_sync_required: Whether nothing has been read from the service yet.
        untold: What changed while the service could not be reached, by when and where, with
            the client ids of who manages it and of who changed it.
        unique_names: Whether the service refuses two calendars of one name.
    """

    profile_id: str
    name: str
    provider_name: str
    provider_service: str
    account: Account = attrs.field(repr=False)
    connected: bool = True
    initial_sync_required: bool = False
    unique_names: bool = False
    calendars: list[Calendar] = attrs.field(factory=list)
    untold: list[tuple[int, Calendar, str | None, str | None]] = attrs.field(
        factory=list, repr=False
    )

    @property
    def known_calendars(self) -> list[Calendar]:
        """What has been read from the service, deleted ones too."""
        # Decision.INITIAL_SYNC
        return [] if self.initial_sync_required else self.calendars


@attrs.define(kw_only=True, eq=False)
class ConferencingProfile:
    """One connection of an account to a conferencing service."""

    profile_id: str
    name: str
    provider_name: str
    connected: bool = True


@attrs.define(kw_only=True, eq=False)
class Account:
    """
    A person, or an application calendar.

    Attributes:
        sub: ``acc_`` or ``apc_`` and 24 hex digits.
        zoneinfo: The zone in which the person's days begin.
        application_calendar_id: The application's own id of it; `None` for people.
        conferencing_profiles: The first one is the default.
    """

    sub: str
    email: str | None = None
    name: str | None = None
    zoneinfo: str = "Etc/UTC"
    application_calendar_id: str | None = None
    profiles: list[Profile] = attrs.field(factory=list)
    conferencing_profiles: list[ConferencingProfile] = attrs.field(factory=list)

    @property
    def is_application_calendar(self) -> bool:
        """Whether it is an application calendar rather than a person."""
        return self.application_calendar_id is not None

    def calendars(self) -> Iterator[Calendar]:
        """The calendars of all its profiles, deleted ones too."""
        for profile in self.profiles:
            yield from profile.calendars
