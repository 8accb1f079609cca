"""The Organizational Unit in which applications are developed."""

from __future__ import annotations

import attrs

from .access import Application
from .accounts import Account

__all__ = ("Member", "OrganizationalUnit")


@attrs.frozen(kw_only=True)
class Member:
    """
    Somebody who belongs to an Organizational Unit.

    Attributes:
        roles: What they may do.
        scheduler: Whether they can be scheduled in the Scheduler.
        public_url: Their public page for booking, if they have one.
    """

    account: Account
    roles: tuple[str, ...] = ("member",)
    scheduler: bool = True
    public_url: str | None = None


@attrs.define(eq=False)
class OrganizationalUnit:
    """
    An Organizational Unit.

    Attributes:
        members: By the subs of their accounts.
        internal: The client ids of the applications that are linked to it.
        admin_keys: The keys of the Admin API.
        administration: Who calls with such a key: no application has it.
    """

    members: dict[str, Member] = attrs.field(factory=dict)
    internal: set[str] = attrs.field(factory=set)
    admin_keys: set[str] = attrs.field(factory=set, repr=False)
    administration: Application = attrs.field(
        factory=lambda: Application(client_id="", name="Admin API", secrets=[])
    )
