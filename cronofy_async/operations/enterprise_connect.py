"""
Access to the calendars of others, without asking each of them.

Enterprise Connect goes by a service account, which reaches a whole domain. Business
Connect goes by an account, which reaches what others share with it.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..core.codec import named
from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.enterprise_connect import AccessibleCalendar, AccessRequest, AccessTerms, Resource
from ..models.shorthands import entries
from .checks import at_most, instance, not_empty, one_or_more

__all__ = (
    "AuthorizeManyWithServiceAccount",
    "AuthorizeWithServiceAccount",
    "ListAccessibleCalendars",
    "ListResources",
    "RequestDelegatedAuthorization",
)


def _authorizations(value: AccessRequest | Iterable[AccessRequest]) -> tuple[AccessRequest, ...]:
    return (value,) if isinstance(value, AccessRequest) else entries("authorizations", value)


def _details(value: str | Iterable[str] | Unset) -> str | Unset:
    if isinstance(value, (str, Unset)):
        return value
    return " ".join(map(str, entries("include_details", value)))


@attrs.frozen(kw_only=True)
class AuthorizeWithServiceAccount(
    AccessTerms,
    Operation[None],
    method="POST",
    path="/v1/service_account_authorizations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/enterprise-connect/delegated-access/",
    selector="email",
    lookup="the callback_url is told if it was",
):
    """
    Ask for access to one account or resource of a service account's domain.

    The outcome comes to *callback_url* as an `AuthorizationNotification`. The code in it
    is exchanged by `RequestToken`, with *callback_url* as its `redirect_uri`; from then on
    the account is like any other.

    Answer: nothing, as the service carries it out a little later.

    Args:
        email: The address of the account, resource or shared mailbox.
        callback_url: Where the outcome is sent: an http or https URL that can be reached
            from outside.
        scope: What to ask for: names of scopes, as a list or joined by spaces; at most
            what the service account's ``delegated_scope`` covers.
        state: Comes back with the outcome as it is.

    Raises:
        InvalidArgumentError: The address is empty, the URL is no http or https URL, or no
            scope is named.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PermissionDeniedError: This is no service account, or its scope does not allow it.

    Source: /developers/api/enterprise-connect/delegated-access/
    """


@attrs.frozen(kw_only=True)
class AuthorizeManyWithServiceAccount(
    Operation[None],
    method="POST",
    path="/v1/service_account_authorizations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/enterprise-connect/delegated-access/",
    selector="service_account_authorizations",
    lookup="the callback_url is told if it was",
):
    """
    Ask for access to many accounts or resources of a service account's domain at once.

    Each has an outcome of its own; see `AuthorizeWithServiceAccount`.

    Answer: nothing, as the service carries it out a little later.

    Args:
        authorizations: From 1 to 50 requests, each for another address; one needs no list.

    Raises:
        InvalidArgumentError: There are none or too many, or two are for one address.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PermissionDeniedError: This is no service account, or its scope does not allow it.

    Source: /developers/api/enterprise-connect/delegated-access/
    """

    authorizations: tuple[AccessRequest, ...] = attrs.field(
        converter=_authorizations,
        validator=[instance(AccessRequest), one_or_more, at_most(50)],
        metadata=named("service_account_authorizations"),
    )

    def __attrs_post_init__(self) -> None:
        seen: set[str] = set()
        for index, each in enumerate(self.authorizations):
            if each.email in seen:
                raise InvalidArgumentError(
                    f"authorizations[{index}].email",
                    "is there twice",
                    "ask for each address once",
                )
            seen.add(each.email)


@attrs.frozen(kw_only=True)
class RequestDelegatedAuthorization(
    AccessTerms,
    Operation[None],
    method="POST",
    path="/v1/delegated_authorizations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api-alpha/business-connect/delegated-authorization/",
    stability=Stability.PRERELEASE,
    lookup="the callback_url is told if it was",
):
    """
    Ask for access to a calendar that somebody else shares with an account. Prerelease.

    The account must have been authorized with a ``delegated_scope``. The outcome comes to
    *callback_url* as an `AuthorizationNotification`. The code in it is exchanged by
    `RequestToken`, with *callback_url* as its `redirect_uri`.

    Answer: nothing, as the service carries it out a little later.

    Args:
        profile_id: The account's profile that the calendar is shared with.
        email: The address of the account or resource, for example from
            `ListAccessibleCalendars`.
        callback_url: Where the outcome is sent: an http or https URL that can be reached
            from outside.
        scope: What to ask for: names of scopes, as a list or joined by spaces; at most
            what the ``delegated_scope`` covers.
        state: Comes back with the outcome as it is.

    Raises:
        InvalidArgumentError: An id or address is empty, the URL is no http or https URL,
            or no scope is named.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PermissionDeniedError: The account was authorized without ``delegated_scope``.

    Source: /developers/api-alpha/business-connect/delegated-authorization/
    """

    profile_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class ListResources(
    Operation[list[Resource]],
    method="GET",
    path="/v1/resources",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/enterprise-connect/list-resources/",
    envelope="resources",
):
    """
    List the rooms and equipment of a service account's domain.

    The service account needs the scope ``service_account/resources/manage``.

    Answer: every resource. It has no pages.

    Args:
        include_details: What to tell besides address and name: ``capacity`` and
            ``location`` are known, as a list or joined by spaces. Left out: nothing more.

    Raises:
        PermissionDeniedError: This is no service account, or its scope does not allow it.

    Source: /developers/api/enterprise-connect/list-resources/
    """

    include_details: str | Unset = attrs.field(
        default=UNSET, converter=_details, validator=not_empty
    )


@attrs.frozen(kw_only=True)
class ListAccessibleCalendars(
    Operation[list[AccessibleCalendar]],
    method="GET",
    path="/v1/accessible_calendars",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api-alpha/business-connect/accessible-calendars/",
    stability=Stability.PRERELEASE,
    envelope="accessible_calendars",
):
    """
    List the calendars that others share with an account. Prerelease.

    The account must have been authorized with a ``delegated_scope``.

    Answer: the calendars that the provider tells of; there may be more.

    Args:
        profile_id: The account's profile that they are shared with.
        calendar_type: Only calendars of this `AccessibleCalendarType`. Left out: of any.

    Raises:
        PermissionDeniedError: The account was authorized without ``delegated_scope``.

    Source: /developers/api-alpha/business-connect/accessible-calendars/
    """

    profile_id: str = attrs.field(validator=not_empty)
    calendar_type: str | Unset = attrs.field(default=UNSET, validator=not_empty)
