"""What accounts' owners are asked for on pages of their own."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .access import Authorization

__all__ = ("ConferencingErrand", "Errand", "PermissionErrand")


@attrs.frozen(kw_only=True, eq=False)
class Errand:
    """
    Something that an account's owner is to decide on.

    Attributes:
        authorization: What it would add to.
        redirect_uri: Where the browser goes afterwards.
    """

    authorization: Authorization
    redirect_uri: str


@attrs.frozen(kw_only=True, eq=False)
class PermissionErrand(Errand):
    """
    Further rights in some calendars.

    Attributes:
        levels: The permission levels that are asked for, by calendar.
    """

    levels: Mapping[str, str]


@attrs.frozen(kw_only=True, eq=False)
class ConferencingErrand(Errand):
    """
    Connecting a conferencing service.

    Attributes:
        provider_names: Those that can be chosen.
    """

    provider_names: tuple[str, ...]
