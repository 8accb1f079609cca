"""Who an account is, and which calendar and conferencing services it has connected."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum, named
from .calendars import Calendar, ProviderName

__all__ = (
    "Account",
    "AccountType",
    "ApplicationCalendarInfo",
    "AuthorizationInfo",
    "AuthorizationStatus",
    "ConferencingProfile",
    "ConferencingProvider",
    "Profile",
    "ProviderService",
    "ServiceAccountInfo",
    "Userinfo",
    "UserinfoData",
)


class ProviderService(OpenEnum):
    """Which service of a provider a profile is of. Source: /developers/api/identity/profile/"""

    CRONOFY = "cronofy"
    EXCHANGE = "exchange"
    GOOGLE = "google"
    GSUITE = "gsuite"
    ICLOUD = "icloud"
    OFFICE365 = "office365"
    OUTLOOK_COM = "outlook_com"
    GOOGLE_FREE_BUSY = "google_free_busy"
    MS_GRAPH_FREE_BUSY = "ms_graph_free_busy"


class AccountType(OpenEnum):
    """What kind of account a ``sub`` is. Source: /developers/api/identity/userinfo/"""

    ACCOUNT = "account"
    SERVICE_ACCOUNT = "service_account"
    APPLICATION_CALENDAR = "application_calendar"


class AuthorizationStatus(OpenEnum):
    """Whether an authorization can be used. Source: /developers/api/identity/userinfo/"""

    ACTIVE = "active"


class ConferencingProvider(OpenEnum):
    """
    Who makes the links to meet at.

    Source: /developers/api/conferencing-services/conferencing-profiles/
    """

    GO_TO = "go_to"
    GOOGLE_MEET = "google_meet"
    MS_TEAMS = "ms_teams"
    ZOOM = "zoom"


@attrs.frozen(kw_only=True)
class Account:
    """
    An account, in short.

    Attributes:
        account_id: The account's permanent id, the same as its ``sub`` everywhere else.
        email: Its main email address; a user name for some service accounts.
        name: Its owner's name, which may be blank.
        scope: The scopes that were granted, separated by spaces.
        default_tzid: IANA name of the zone that its owner lives by.

    Source: /developers/api/identity/account/
    """

    account_id: str
    email: str | None = None
    name: str | None = None
    scope: str | None = None
    default_tzid: str | None = None


@attrs.frozen(kw_only=True)
class Profile:
    """
    One connected calendar service of an account.

    Attributes:
        profile_id: Names it in other calls.
        provider_name: Who keeps its calendars.
        provider_service: Which of the provider's services it is.
        profile_name: Usually an email address.
        profile_connected: Whether Cronofy holds credentials that work.
        profile_initial_sync_required: Whether its calendars are still to be read for the
            first time.
        profile_relink_url: Where its owner connects it anew; only while it is disconnected.
        profile_calendars: Its calendars, also deleted ones; only in `Userinfo`. Provider
            and profile are not repeated in each.

    Source: /developers/api/identity/profile/
    """

    profile_id: str
    provider_name: ProviderName | None = None
    provider_service: ProviderService | None = None
    profile_name: str | None = None
    profile_connected: bool | None = None
    profile_initial_sync_required: bool | None = None
    profile_relink_url: str | None = None
    profile_calendars: tuple[Calendar, ...] | None = None


@attrs.frozen(kw_only=True)
class ConferencingProfile:
    """
    One connected conferencing service of an account.

    Attributes:
        profile_id: Names it in an event's `Conferencing`.
        provider_name: Whose service it is.
        profile_name: Usually an email address.
        profile_connected: Whether Cronofy holds credentials that work.
        profile_relink_url: Where its owner connects it anew; only while it is disconnected.

    Source: /developers/api/conferencing-services/conferencing-profiles/
    """

    profile_id: str
    provider_name: ConferencingProvider | None = None
    profile_name: str | None = None
    profile_connected: bool | None = None
    profile_relink_url: str | None = None


@attrs.frozen(kw_only=True)
class AuthorizationInfo:
    """
    What was granted to the application.

    Attributes:
        scope: The scopes that were granted, separated by spaces.
        status: Whether the authorization can be used.
        delegated_scope: What a service account may ask for on behalf of others.

    Source: /developers/api/identity/userinfo/
    """

    scope: str | None = None
    status: AuthorizationStatus | None = None
    delegated_scope: str | None = None


@attrs.frozen(kw_only=True)
class ServiceAccountInfo:
    """
    What is particular to a service account.

    Attributes:
        provider_name: Whose calendars it reaches.
        domain: The domain it reaches; not every provider has one.

    Source: /developers/api/identity/userinfo/
    """

    provider_name: ProviderName | None = None
    domain: str | None = None


@attrs.frozen(kw_only=True)
class ApplicationCalendarInfo:
    """
    What is particular to an application calendar.

    Attributes:
        application_calendar_id: The id that the application gave it.

    Source: /developers/api/identity/userinfo/
    """

    application_calendar_id: str | None = None


@attrs.frozen(kw_only=True)
class UserinfoData:
    """
    What Cronofy knows about an account.

    Attributes:
        authorization: What was granted to the application.
        profiles: The connected calendar services; absent for service accounts.
        conferencing_profiles: The connected conferencing services.
        service_account: Only for service accounts.
        application_calendar: Only for application calendars.

    Source: /developers/api/identity/userinfo/
    """

    authorization: AuthorizationInfo | None = None
    profiles: tuple[Profile, ...] | None = None
    conferencing_profiles: tuple[ConferencingProfile, ...] | None = None
    service_account: ServiceAccountInfo | None = None
    application_calendar: ApplicationCalendarInfo | None = None


@attrs.frozen(kw_only=True)
class Userinfo:
    """
    An account with everything that is connected to it.

    Attributes:
        sub: The account's permanent id.
        email: Its main email address; absent for application calendars.
        name: Its owner's name, which may be blank.
        zoneinfo: IANA name of the zone that its owner lives by, as far as it is known.
        type: What kind of account it is (``cronofy.type``).
        data: What Cronofy knows about it (``cronofy.data``).
        application_calendar_id: The id that the application gave an application calendar.
        service_account_domain: A service account's domain as older answers name it
            (``cronofy.service_account.domain``).

    Source: /developers/api/identity/userinfo/
    """

    sub: str
    email: str | None = None
    name: str | None = None
    zoneinfo: str | None = None
    type: AccountType | None = attrs.field(default=None, metadata=named("cronofy.type"))
    data: UserinfoData | None = attrs.field(default=None, metadata=named("cronofy.data"))
    application_calendar_id: str | None = None
    service_account_domain: str | None = attrs.field(
        default=None, metadata=named("cronofy.service_account.domain")
    )
