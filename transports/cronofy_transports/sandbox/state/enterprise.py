"""Whole domains: their rooms, the accounts that reach all of them, and what is shared there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from .accounts import Account, Profile

__all__ = ("Enterprise", "Room", "ServiceAccount", "domain_of")


@attrs.define(kw_only=True, eq=False)
class ServiceAccount(Account):
    """
    What reaches every account and resource of a domain, and has no calendar of its own.

    Attributes:
        domain: The domain.
        provider_name: Whose calendars the domain has.
    """

    domain: str
    provider_name: str


@attrs.define(kw_only=True, eq=False)
class Room:
    """
    A room or a piece of equipment of a domain.

    Attributes:
        sub: ``res_`` and 24 hex digits: its id in an Organizational Unit.
        profile: The profile that its calendar is in.
        capacity: For how many people it is, if that is known.
        location: Where it is, as answers show it, if that is known.
        scheduler: Whether the Scheduler may book it.
    """

    sub: str
    email: str
    name: str
    profile: Profile
    capacity: int | None = None
    location: Mapping[str, Any] | None = None
    scheduler: bool = True


class Enterprise:
    """The domains of one world."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        """By their addresses."""
        self.service_accounts: dict[str, ServiceAccount] = {}
        """By their domains."""
        self.limits: dict[str, str] = {}
        """The most that a domain's server lets anybody see, by domain; others have no limit."""
        self._shared: dict[str, set[str]] = {}

    def rooms_of(self, domain: str) -> Iterator[Room]:
        """The rooms of a domain, in the order in which they came."""
        return (each for each in self.rooms.values() if domain_of(each.email) == domain)

    def share(self, email: str, profile: Profile) -> None:
        """Have somebody share their calendar with the owner of a profile."""
        self._shared.setdefault(profile.profile_id, set()).add(email.lower())

    def shared_with(self, profile: Profile) -> frozenset[str]:
        """The addresses of those who share their calendars with the owner of a profile."""
        return frozenset(self._shared.get(profile.profile_id, ()))


def domain_of(email: str) -> str:
    """The part of an address that names a domain; nothing if it has none."""
    return email.rpartition("@")[2].lower() if "@" in email else ""
