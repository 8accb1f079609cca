"""Asking for more than an authorization grants: further rights, profiles and services."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from .checks import not_empty
from .shorthands import one_of

__all__ = (
    "CalendarPermission",
    "ConferencingAuthorization",
    "LinkableConferencingProvider",
    "PermissionsRequest",
    "RequestablePermissionLevel",
)

RequestablePermissionLevel: TypeAlias = Literal["unrestricted", "sandbox"]
"""What to ask for. Source: /developers/api/authorization/extended-permissions/"""

LinkableConferencingProvider: TypeAlias = Literal["ms_teams", "go_to", "zoom"]
"""Whose service to connect. Source: /developers/api/conferencing-services/authorization/"""


@attrs.frozen
class CalendarPermission:
    """
    What to ask for on one calendar.

    Args:
        calendar_id: The calendar.
        permission_level: ``unrestricted``, to change events of others as well; it is what
            the reference asks for. An official SDK also shows ``sandbox``.

    Raises:
        InvalidArgumentError: The id is empty, or the level is not known.

    Source: /developers/api/authorization/extended-permissions/
    """

    calendar_id: str = attrs.field(validator=not_empty)
    permission_level: RequestablePermissionLevel = attrs.field(
        validator=one_of(RequestablePermissionLevel)
    )


@attrs.frozen(kw_only=True)
class PermissionsRequest:
    """
    What became of a request for permissions.

    Attributes:
        url: The page where the account's owner grants or refuses them; absent if nobody
            has to be asked.
        accepted: True if they are granted already, as for accounts that a service account
            has authorized.

    Source: /developers/api/authorization/extended-permissions/
    """

    url: str | None = None
    accepted: bool | None = None


@attrs.frozen(kw_only=True)
class ConferencingAuthorization:
    """
    The way to connect a conferencing service.

    Attributes:
        url: The page to send the account's owner to.

    Source: /developers/api/conferencing-services/authorization/
    """

    url: str
