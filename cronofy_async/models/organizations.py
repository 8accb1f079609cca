"""The people and rooms of an Organizational Unit."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum

__all__ = (
    "OrganizationalUnitMember",
    "OrganizationalUnitResource",
    "OrganizationalUnitRole",
    "SchedulerSettings",
)


class OrganizationalUnitRole(OpenEnum):
    """
    What a member may do in an Organizational Unit.

    Source: /developers/api-alpha/organizational-unit-members/
    """

    MEMBER = "member"
    DEVELOPER = "developer"
    DEVELOPER_ADMIN = "developer_admin"
    OWNER = "owner"


@attrs.frozen(kw_only=True)
class SchedulerSettings:
    """
    Whether somebody can be scheduled in the Scheduler.

    Attributes:
        enabled: Whether the Scheduler is switched on for them.
        public_url: A member's public page for booking; absent if there is none.

    Source: /developers/api-alpha/organizational-unit-members/
    """

    enabled: bool | None = None
    public_url: str | None = None


@attrs.frozen(kw_only=True)
class OrganizationalUnitMember:
    """
    A member of an Organizational Unit. Alpha.

    Attributes:
        sub: The permanent id of their account.
        email: Their main email address.
        roles: What they may do.
        scheduler: Whether they can be scheduled.

    Source: /developers/api-alpha/organizational-unit-members/
    """

    sub: str
    email: str | None = None
    roles: tuple[OrganizationalUnitRole, ...] | None = None
    scheduler: SchedulerSettings | None = None


@attrs.frozen(kw_only=True)
class OrganizationalUnitResource:
    """
    A room or a piece of equipment of an Organizational Unit. Alpha.

    Attributes:
        sub: Its permanent id, which begins with ``res_``.
        email: Its address.
        name: What people call it.
        scheduler: Whether it can be scheduled.

    Source: /developers/api-alpha/organizational-unit-resources/
    """

    sub: str
    email: str | None = None
    name: str | None = None
    scheduler: SchedulerSettings | None = None
