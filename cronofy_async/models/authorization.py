"""Tokens, and what was granted with them."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum
from ..core.secret import Secret
from .calendars import ProviderName
from .identity import ProviderService, Userinfo

__all__ = ("ElementPermission", "ElementToken", "LinkingProfile", "Scope", "TokenSet")

ElementPermission: TypeAlias = Literal[
    "agenda", "account_management", "availability", "managed_availability"
]
"""What an element token allows. Source: /developers/ui-elements/authentication/"""


class Scope(OpenEnum):
    """
    The names of scopes, for `Authorize` and its like; any other name may be given as text.

    Source: /developers/authorization/permissions/
    """

    READ_ONLY = "read_only"
    """Read events."""
    WRITE_ONLY = "write_only"
    """Create, change and delete the application's own events."""
    READ_WRITE = "read_write"
    """Read events and free-busy; create, change and delete events."""
    FREE_BUSY = "free_busy"
    """Read free-busy only."""
    FREE_BUSY_WRITE = "free_busy_write"
    """Read free-busy; create, change and delete the application's own events."""
    CREATE_CALENDAR = "create_calendar"
    READ_EVENTS = "read_events"
    CREATE_EVENT = "create_event"
    DELETE_EVENT = "delete_event"
    READ_FREE_BUSY = "read_free_busy"
    CHANGE_PARTICIPATION_STATUS = "change_participation_status"
    READ_ACCOUNT = "read_account"
    LIST_CALENDARS = "list_calendars"
    ORGANIZATIONAL_UNIT_SCHEDULER = "organizational_unit_scheduler"
    MANAGE_ACCOUNTS = "service_account/accounts/manage"
    """Enterprise Connect: authorize the accounts of a domain."""
    UNRESTRICTED_ACCOUNTS = "service_account/accounts/unrestricted_access"
    """Enterprise Connect: change events of others in accounts."""
    MANAGE_RESOURCES = "service_account/resources/manage"
    """Enterprise Connect: list and authorize resources."""
    UNRESTRICTED_RESOURCES = "service_account/resources/unrestricted_access"
    """Enterprise Connect: change events of others in resources."""


@attrs.frozen(kw_only=True)
class LinkingProfile:
    """
    The calendar service that was just connected.

    Attributes:
        provider_name: Who keeps its calendars.
        provider_service: Which of the provider's services it is.
        profile_id: Names the profile in other calls.
        profile_name: Usually an email address.

    Source: /developers/api/authorization/request-token/
    """

    provider_name: ProviderName | None = None
    provider_service: ProviderService | None = None
    profile_id: str | None = None
    profile_name: str | None = None


@attrs.frozen(kw_only=True)
class TokenSet:
    """
    The tokens of an account, application calendar or service account.

    Attributes:
        access_token: Sent with each call.
        token_type: Always ``bearer``.
        expires_in: For how many seconds the access token is good, about.
        refresh_token: Gets a new access token. It may change whenever it is used: keep
            the one that came last.
        scope: The scopes that were granted, separated by spaces.
        account_id: The account; the same as *sub*.
        sub: The permanent id of the account or application calendar; absent from
            answers to `RefreshToken`.
        linking_profile: The calendar service that was just connected.
        userinfo: The account with everything that is connected to it; newer answers
            have it.
        service_account_id: The service account, in Enterprise Connect.
        application_calendar_id: The id that the application gave an application calendar.

    Source: /developers/api/authorization/request-token/
    """

    access_token: Secret
    token_type: str | None = None
    expires_in: int | None = None
    refresh_token: Secret | None = None
    scope: str | None = None
    account_id: str | None = None
    sub: str | None = None
    linking_profile: LinkingProfile | None = None
    userinfo: Userinfo | None = None
    service_account_id: str | None = None
    application_calendar_id: str | None = None


@attrs.frozen(kw_only=True)
class ElementToken:
    """
    A token for a component in a web page.

    Attributes:
        token: Passed to the component.
        permissions: What it allows.
        origin: The only origin whose pages may use it.
        expires_in: For how many seconds it is good.

    Source: /developers/ui-elements/authentication/
    """

    token: Secret
    permissions: tuple[str, ...] | None = None
    origin: str | None = None
    expires_in: int | None = None
