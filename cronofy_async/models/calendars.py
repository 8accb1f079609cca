"""Calendars and what an application may do with them."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum

__all__ = ("Calendar", "PermissionLevel", "ProviderName")


class ProviderName(OpenEnum):
    """Who keeps a calendar. Source: /developers/api/calendars/list-calendars/"""

    APPLE = "apple"
    CRONOFY = "cronofy"
    EXCHANGE = "exchange"
    GOOGLE = "google"
    LIVE_CONNECT = "live_connect"
    OFFICE365 = "office365"
    GOOGLE_FREE_BUSY = "google_free_busy"
    MS_GRAPH_FREE_BUSY = "ms_graph_free_busy"


class PermissionLevel(OpenEnum):
    """
    What an application may do with the events of a calendar.

    Source: /developers/api/authorization/extended-permissions/
    """

    SANDBOX = "sandbox"
    """Change only the events that it created."""
    UNRESTRICTED = "unrestricted"
    """Change events of others as well."""


@attrs.frozen(kw_only=True)
class Calendar:
    """
    A calendar of an account.

    Attributes:
        calendar_id: Names it in every other call.
        provider_name: Who keeps it.
        profile_id: The profile, that is the connected calendar service, it belongs to.
        profile_name: That profile's name, usually an email address.
        calendar_name: Its name; absent for some application calendars.
        calendar_readonly: Whether events cannot be written to it.
        calendar_deleted: Whether it is deleted; deleted calendars stay in the list.
        calendar_primary: Whether it is its profile's main calendar; one of each profile is.
        calendar_integrated_conferencing_available: Whether its provider makes links to meet.
        calendar_attachments_available: Whether events in it can carry attachments.
        permission_level: What the application may do with its events.

    Source: /developers/api/calendars/list-calendars/
    """

    calendar_id: str
    provider_name: ProviderName | None = None
    profile_id: str | None = None
    profile_name: str | None = None
    calendar_name: str | None = None
    calendar_readonly: bool | None = None
    calendar_deleted: bool | None = None
    calendar_primary: bool | None = None
    calendar_integrated_conferencing_available: bool | None = None
    calendar_attachments_available: bool | None = None
    permission_level: PermissionLevel | None = None
