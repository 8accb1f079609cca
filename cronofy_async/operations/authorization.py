"""Getting, renewing and giving up access to accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from ..core import codec
from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry
from ..core.secret import Secret
from ..core.unset import UNSET, Unset
from ..models.authorization import ElementPermission, ElementToken, TokenSet
from ..models.shorthands import (
    are_filled,
    entries,
    is_http_url,
    one_of,
    optional_scopes,
    optional_strings,
    scopes,
    secret,
)
from .checks import not_empty, one_or_more, scope_names

__all__ = (
    "Authorize",
    "AuthorizeEnterprise",
    "CreateElementToken",
    "RefreshToken",
    "RequestToken",
    "RevokeBySub",
    "RevokeByToken",
    "RevokeProfile",
    "UpsertApplicationCalendar",
)

_CODE: Final[Mapping[str, Any]] = MappingProxyType({"response_type": "code"})


def _code(value: str | Secret) -> Secret:
    return secret("code", value)


def _token(value: str | Secret) -> Secret:
    return secret("token", value)


def _refresh_token(value: str | Secret) -> Secret:
    return secret("refresh_token", value)


def _link_token(value: str | Secret | Unset) -> Secret | Unset:
    return UNSET if isinstance(value, Unset) else secret("link_token", value)


@attrs.frozen(kw_only=True)
class Authorize(
    Operation[None],
    method="GET",
    path="/oauth/authorize",
    host="app",
    credential=Credential.NONE,
    retry=Retry.READ,
    source="/developers/api/authorization/request-authorization/",
    fixed=_CODE,
):
    """
    Send a person's browser to the page where they grant access to their calendars.

    This call is not sent by the client: its URL is where the browser goes, on the host
    that shows pages. From there the browser comes back to *redirect_uri* with a ``code``
    for `RequestToken`, or with an ``error`` such as ``access_denied``; and with *state*.

    Args:
        client_id: The application's id; left out: that of the client.
        redirect_uri: Where the browser comes back to: an http or https URL. Once the
            application is in production, one that Cronofy has registered.
        scope: What to ask for: names of scopes, as a list or joined by spaces; see `Scope`.
        state: Comes back as it is. Give something random that you check afterwards, so
            that nobody can bring in a code of their own.
        avoid_linking: Whether to keep the new profile out of the account that this
            browser was used for before. Left out: false.
        link_token: Joins the new profile to the account that the token was made for. Alpha.
        provider_name: Leads straight to one calendar provider, for example ``google``,
            ``google_free_busy``, or ``cronofy`` for none.
        delegated_scope: With Business Connect: ``free_busy`` or ``read_only``, to be asked
            for on behalf of others later. Prerelease.
        locale: The language of the page, for example ``de``. Left out: the browser's.

    Raises:
        InvalidArgumentError: The redirect URI is no http or https URL, or no scope is named.

    Source: /developers/api/authorization/request-authorization/
    """

    client_id: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    redirect_uri: str = attrs.field(validator=[not_empty, is_http_url])
    scope: str = attrs.field(converter=scopes, validator=scope_names)
    state: str | Unset = UNSET
    avoid_linking: bool | Unset = UNSET
    link_token: Secret | Unset = attrs.field(default=UNSET, converter=_link_token)
    provider_name: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    delegated_scope: str | Unset = attrs.field(
        default=UNSET, converter=optional_scopes, validator=scope_names
    )
    locale: str | Unset = attrs.field(default=UNSET, validator=not_empty)


@attrs.frozen(kw_only=True)
class AuthorizeEnterprise(
    Operation[None],
    method="GET",
    path="/enterprise_connect/oauth/authorize",
    host="app",
    credential=Credential.NONE,
    retry=Retry.READ,
    source="/developers/api/enterprise-connect/request-authorization/",
    fixed=_CODE,
):
    """
    Send an administrator's browser to where they grant access to a whole domain.

    As `Authorize`, but what is granted is a service account, which in turn asks for
    access to the domain's accounts and resources.

    Args:
        client_id: The application's id; left out: that of the client.
        redirect_uri: Where the browser comes back to: an http or https URL.
        scope: What the service account may do: names such as
            ``service_account/accounts/manage``, as a list or joined by spaces.
        delegated_scope: The most that may be asked for on behalf of accounts and
            resources later; names of scopes in the same form.
        state: Comes back as it is; see `Authorize`.

    Raises:
        InvalidArgumentError: The redirect URI is no http or https URL, or no scope is named.

    Source: /developers/api/enterprise-connect/request-authorization/
    """

    client_id: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    redirect_uri: str = attrs.field(validator=[not_empty, is_http_url])
    scope: str = attrs.field(converter=scopes, validator=scope_names)
    delegated_scope: str = attrs.field(converter=scopes, validator=scope_names)
    state: str | Unset = UNSET


@attrs.frozen(kw_only=True)
class RequestToken(
    Operation[TokenSet],
    method="POST",
    path="/oauth/token",
    credential=Credential.CLIENT_BODY,
    retry=Retry.TOKEN,
    source="/developers/api/authorization/request-token/",
    fixed=MappingProxyType({"grant_type": "authorization_code"}),
    lookup=(
        "if it was, the code is used up, and invalid_grant is the answer to a second try: "
        "let the user authorize once more"
    ),
):
    """
    Exchange the code that an authorization gave for tokens. A code works once, and not for long.

    Answer: the tokens and, for accounts, whose they are and which profile was connected.

    Args:
        code: The ``code`` that came with the browser, or with a callback of Enterprise or
            Business Connect.
        redirect_uri: The same text as in the authorization; for a code that came with a
            callback, the whole ``callback_url``.

    Raises:
        BadRequestError: ``invalid_grant``: the code is unknown, used or expired, or
            belongs to another redirect URI.

    Source: /developers/api/authorization/request-token/
    """

    code: Secret = attrs.field(converter=_code)
    redirect_uri: str = attrs.field(validator=[not_empty, is_http_url])


@attrs.frozen(kw_only=True)
class RefreshToken(
    Operation[TokenSet],
    method="POST",
    path="/oauth/token",
    credential=Credential.CLIENT_BODY,
    retry=Retry.TOKEN,
    source="/developers/api/authorization/refresh-token/",
    fixed=MappingProxyType({"grant_type": "refresh_token"}),
    lookup=(
        "if it was, the refresh token may have been replaced, and invalid_grant is the answer to "
        "a second try: let the user authorize once more"
    ),
):
    """
    Get a new access token. Account views do this by themselves when a token is refused.

    Answer: the new tokens; whose they are is not repeated.

    Args:
        refresh_token: The one that came last.

    Raises:
        BadRequestError: ``invalid_grant``: the token is unknown or revoked; only a new
            authorization restores access.

    Source: /developers/api/authorization/refresh-token/
    """

    refresh_token: Secret = attrs.field(converter=_refresh_token)


@attrs.frozen(kw_only=True)
class RevokeByToken(
    Operation[None],
    method="POST",
    path="/oauth/token/revoke",
    credential=Credential.CLIENT_BODY,
    retry=Retry.KEYED,
    source="/developers/api/authorization/revoke/",
    selector="token",
):
    """
    Give up access to an account, application calendar or service account, by one of its tokens.

    All its tokens stop working. Revoking what is unknown or revoked already succeeds.

    Answer: nothing.

    Args:
        token: The refresh token, which cannot have expired, or an access token.
        request_pii_erasure: Whether to ask for personal data to be erased as well. Left
            out: false.

    Source: /developers/api/authorization/revoke/
    """

    # Older clients call it refresh_token.
    token: Secret = attrs.field(converter=_token, metadata=codec.formerly("refresh_token"))
    request_pii_erasure: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class RevokeBySub(
    Operation[None],
    method="POST",
    path="/oauth/token/revoke",
    credential=Credential.CLIENT_BODY,
    retry=Retry.KEYED,
    source="/developers/api/authorization/revoke/",
    selector="sub",
):
    """
    Give up access to an account, application calendar or service account, by its id.

    All its tokens stop working. Revoking what is unknown or revoked already succeeds.

    Answer: nothing.

    Args:
        sub: The id; that of an Organizational Unit too.
        request_pii_erasure: Whether to ask for personal data to be erased as well. Left
            out: false.

    Source: /developers/api/authorization/revoke/
    """

    sub: str = attrs.field(validator=not_empty)
    request_pii_erasure: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class RevokeProfile(
    Operation[None],
    method="POST",
    path="/v1/profiles/{profile_id}/revoke",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/authorization/revoke-profile/",
):
    """
    Give up access to one profile of an account; the account's other profiles stay.

    Answer: nothing; the service carries it out a little later.

    Args:
        profile_id: The calendar or conferencing profile.

    Raises:
        NotFoundError: The account has no such profile.

    Source: /developers/api/authorization/revoke-profile/
    """

    profile_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class UpsertApplicationCalendar(
    Operation[TokenSet],
    method="POST",
    path="/v1/application_calendars",
    credential=Credential.CLIENT_BODY,
    retry=Retry.KEYED,
    source="/developers/api/calendars/application-calendars/",
):
    """
    Get the tokens of an application calendar, which is created at the first call.

    An application calendar is an account of the application's own, with one profile and
    one calendar. It cannot invite attendees.

    Answer: its tokens and its `sub`, which stays the same.

    Args:
        application_calendar_id: Your id of it, unique within the application.

    Source: /developers/api/calendars/application-calendars/
    """

    application_calendar_id: str = attrs.field(validator=not_empty)


def _permissions(
    value: ElementPermission | Iterable[ElementPermission],
) -> tuple[ElementPermission, ...]:
    return (value,) if isinstance(value, str) else entries("permissions", value)


def _origin(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    is_http_url(_, field, value)
    parts = urlsplit(value)
    if (parts.path, parts.query, parts.fragment) != ("", "", "") or parts.username is not None:
        raise InvalidArgumentError(
            field.name,
            "is more than an origin",
            "give scheme and host alone, such as 'https://example.com'",
        )


def _version() -> str:
    return "1"


@attrs.frozen(kw_only=True)
class CreateElementToken(
    Operation[ElementToken],
    method="POST",
    path="/v1/element_tokens",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.CREATE,
    source="/developers/ui-elements/authentication/",
    envelope="element_token",
    lookup="nothing is lost: a token that nobody has seen expires, ask for another",
):
    """
    Make a token that lets a component in a web page act for some accounts.

    Answer: the token; in the service's examples it is good for 18 hours.

    Args:
        permissions: What it allows: ``agenda``, ``account_management``, ``availability``,
            ``managed_availability``; one needs no list.
        origin: Scheme and host of the page that shows the component, for example
            ``https://example.com``, without a path.
        subs: The accounts and application calendars that it may act for; one needs no list.
        bookable_event_ids: The bookable events that a Slot Picker offers.
        version: The version of the token's format.

    Raises:
        InvalidArgumentError: There is no permission or an unknown one, or the origin is none.

    Source: /developers/ui-elements/authentication/
    """

    permissions: tuple[ElementPermission, ...] = attrs.field(
        converter=_permissions, validator=[one_or_more, one_of(ElementPermission)]
    )
    origin: str = attrs.field(validator=[not_empty, _origin])
    subs: tuple[str, ...] | Unset = attrs.field(
        default=UNSET, converter=optional_strings, validator=are_filled
    )
    bookable_event_ids: tuple[str, ...] | Unset = attrs.field(
        default=UNSET, converter=optional_strings, validator=are_filled
    )
    # A default made by a factory is sent, as the service wants it.
    version: str = attrs.field(factory=_version, validator=not_empty)
