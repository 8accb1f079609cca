"""Asking an account's owner for more: further rights, another profile, a conferencing service."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..core.operation import Credential, Operation, Retry, Stability
from ..core.secret import Secret
from ..core.unset import UNSET, Unset
from ..models.permissions import (
    CalendarPermission,
    ConferencingAuthorization,
    LinkableConferencingProvider,
    PermissionsRequest,
)
from ..models.shorthands import entries, is_http_url, one_of
from .checks import instance, not_empty, one_or_more

__all__ = ("AuthorizeConferencing", "CreateLinkToken", "RequestPermissions")


def _permissions(
    value: str | CalendarPermission | Iterable[str | CalendarPermission],
) -> tuple[CalendarPermission, ...]:
    listed: Iterable[str | CalendarPermission] = (
        (value,) if isinstance(value, (str, CalendarPermission)) else entries("permissions", value)
    )
    return tuple(
        CalendarPermission(each, "unrestricted") if isinstance(each, str) else each
        for each in listed
    )


@attrs.frozen(kw_only=True)
class CreateLinkToken(
    Operation[Secret],
    method="POST",
    path="/v1/link_tokens",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api-alpha/explicit-linking/",
    stability=Stability.ALPHA,
    envelope="link_token",
    lookup="nothing is lost: a token that nobody has seen expires, ask for another",
):
    """
    Make a token that joins the next authorization to this account. Alpha.

    Give it to `Authorize` as `link_token`, in whichever browser: the profile that is
    connected there becomes one of this account. It works for a short time only. Accounts
    that were joined cannot be taken apart again.

    Answer: the token.

    Raises:
        PermissionDeniedError: The feature is not enabled for the application.

    Source: /developers/api-alpha/explicit-linking/
    """


@attrs.frozen(kw_only=True)
class RequestPermissions(
    Operation[PermissionsRequest],
    method="POST",
    path="/v1/permissions",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/authorization/extended-permissions/",
    envelope="permissions_request",
    lookup="get_userinfo shows the permission_level of each calendar",
):
    """
    Ask for the right to change events of others in some calendars.

    Answer: a `url` to send the account's owner to. From there the browser comes back to
    *redirect_uri*, after a refusal with ``error=access_denied`` in its query; then see
    which `permission_level` the calendars have in `GetUserinfo`. For accounts that a
    service account has authorized, `accepted` is true at once if that may grant it.

    Args:
        permissions: What to ask for; the id of a calendar stands for ``unrestricted`` on
            it, and one needs no list.
        redirect_uri: Where the browser comes back to: an http or https URL. Leave it out
            only for accounts that a service account has authorized.

    Raises:
        InvalidArgumentError: There is no permission, an id is empty, a level is not known,
            or the redirect URI is no http or https URL.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PermissionDeniedError: The service account's scope does not allow it.

    Source: /developers/api/authorization/extended-permissions/
    """

    permissions: tuple[CalendarPermission, ...] = attrs.field(
        converter=_permissions, validator=[instance(CalendarPermission), one_or_more]
    )
    redirect_uri: str | Unset = attrs.field(default=UNSET, validator=is_http_url)


@attrs.frozen(kw_only=True)
class AuthorizeConferencing(
    Operation[ConferencingAuthorization],
    method="POST",
    path="/v1/conferencing_service_authorizations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/conferencing-services/authorization/",
    envelope="authorization_request",
    lookup="nothing is lost: nothing happens before the user opens the URL, ask for another",
):
    """
    Have an account's owner connect a conferencing service, such as Zoom.

    Answer: a `url` to send them to. From there the browser comes back to *redirect_uri*
    with ``last_linked_profile_id``, the id of the new `ConferencingProfile`, in its query;
    or with ``error=access_denied``.

    Args:
        redirect_uri: Where the browser comes back to: an http or https URL.
        provider_name: Leads straight to one service: ``ms_teams``, ``go_to`` or ``zoom``.
            Left out: the person chooses.

    Raises:
        InvalidArgumentError: The redirect URI is no http or https URL, or the service is
            not known.

    Source: /developers/api/conferencing-services/authorization/
    """

    redirect_uri: str = attrs.field(validator=[not_empty, is_http_url])
    provider_name: LinkableConferencingProvider | Unset = attrs.field(
        default=UNSET, validator=one_of(LinkableConferencingProvider)
    )
