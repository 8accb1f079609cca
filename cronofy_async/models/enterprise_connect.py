"""Access to the calendars of others: of a domain, or of those who share theirs with somebody."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum
from ..core.unset import UNSET, Unset
from .checks import not_empty, scope_names
from .shorthands import is_http_url, scopes

__all__ = (
    "AccessRequest",
    "AccessTerms",
    "AccessibleCalendar",
    "AccessibleCalendarType",
    "Resource",
    "ResourceAddress",
    "ResourceCoordinates",
    "ResourceLocation",
)


# Without slots, so that it can be a base beside Operation: two sets of slots do not mix.
@attrs.frozen(kw_only=True, slots=False)
class AccessTerms:
    """What a request for access says, whether it is sent alone or with others."""

    email: str = attrs.field(validator=not_empty)
    callback_url: str = attrs.field(validator=[not_empty, is_http_url])
    scope: str = attrs.field(converter=scopes, validator=scope_names)
    state: str | Unset = UNSET


@attrs.frozen(kw_only=True)
class AccessRequest(AccessTerms):
    """
    A request for access to one account or resource of a domain.

    Args:
        email: The address of the account, resource or shared mailbox.
        callback_url: Where the outcome is sent, as an `AuthorizationNotification`: an http
            or https URL that can be reached from outside. Keep it: the code that comes is
            exchanged with it.
        scope: What to ask for: names of scopes, as a list or joined by spaces; at most
            what the service account's ``delegated_scope`` covers.
        state: Comes back with the outcome as it is.

    Raises:
        InvalidArgumentError: The address is empty, the URL is no http or https URL, or no
            scope is named.

    Source: /developers/api/enterprise-connect/delegated-access/
    """


@attrs.frozen(kw_only=True)
class ResourceAddress:
    """
    Where a building is.

    Attributes:
        lines: The street and the like.
        locality: The town.
        region: The county or state.
        postal_code: The postal code.
        country: The two letters of a country, in capitals.

    Source: /developers/api/enterprise-connect/list-resources/
    """

    lines: tuple[str, ...] | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


@attrs.frozen(kw_only=True)
class ResourceCoordinates:
    """
    A place on the map.

    Attributes:
        lat: Latitude in decimal degrees.
        long: Longitude in decimal degrees.

    Source: /developers/api/enterprise-connect/list-resources/
    """

    lat: float | None = None
    long: float | None = None


@attrs.frozen(kw_only=True)
class ResourceLocation:
    """
    Where a resource is; what is not known is absent.

    Attributes:
        building_name: The building.
        floor_name: The floor, as people call it.
        floor_section: The part of the floor.
        address: Where the building is.
        coordinates: The same on the map.

    Source: /developers/api/enterprise-connect/list-resources/
    """

    building_name: str | None = None
    floor_name: str | None = None
    floor_section: str | None = None
    address: ResourceAddress | None = None
    coordinates: ResourceCoordinates | None = None


@attrs.frozen(kw_only=True)
class Resource:
    """
    A room or a piece of equipment of a domain.

    Attributes:
        email: Its address, by which `AuthorizeWithServiceAccount` gets access to it.
        name: What people call it.
        capacity: For how many people it is; only if `ListResources` asked for it, and it
            is known.
        location: Where it is; on the same condition.

    Source: /developers/api/enterprise-connect/list-resources/
    """

    email: str
    name: str | None = None
    capacity: int | None = None
    location: ResourceLocation | None = None


class AccessibleCalendarType(OpenEnum):
    """
    What a calendar is of.

    Source: /developers/api-alpha/business-connect/accessible-calendars/
    """

    RESOURCE = "resource"
    UNKNOWN = "unknown"
    """Anything that is not certain to be a resource."""


@attrs.frozen(kw_only=True)
class AccessibleCalendar:
    """
    A calendar that somebody else shares with an account. Prerelease.

    Attributes:
        email: Its address, by which `RequestDelegatedAuthorization` gets access to it.
        name: What people call it.
        calendar_type: What it is of.

    Source: /developers/api-alpha/business-connect/accessible-calendars/
    """

    email: str
    name: str | None = None
    calendar_type: AccessibleCalendarType | None = None
