"""What Cronofy calls the application about when access was asked for on behalf of others."""

from __future__ import annotations

import attrs

from ..core.codec import OpenEnum
from ..core.secret import Secret

__all__ = ("AuthorizationFailure", "AuthorizationNotification", "DelegatedAuthorization")


class AuthorizationFailure(OpenEnum):
    """
    Why access was not granted.

    Source: /developers/authorization/enterprise-connect/free-busy-only/
    """

    ACCESS_DENIED = "access_denied"
    UNABLE_TO_GRANT_SCOPE = "unable_to_grant_scope"
    """The calendar server lets the service account see less than was asked for."""


@attrs.frozen(kw_only=True)
class DelegatedAuthorization:
    """
    What came of a request for access to an account or resource.

    Attributes:
        code: For `RequestToken`, with the request's ``callback_url``, to the letter, as its
            `redirect_uri`; absent if access was not granted.
        error: Why it was not granted; absent if it was.
        error_key: The same, more exactly.
        error_description: The same for people; its wording may change.
        state: What was given as *state* with the request.

    Source: /developers/api/enterprise-connect/delegated-access/
    """

    code: Secret | None = None
    error: AuthorizationFailure | None = None
    error_key: str | None = None
    error_description: str | None = None
    state: str | None = None


@attrs.frozen(kw_only=True)
class AuthorizationNotification:
    """
    Access that was asked for on behalf of somebody was granted, or was not.

    It answers `AuthorizeWithServiceAccount` and `RequestDelegatedAuthorization` alike;
    which request it answers, `state` or the URL that is called has to tell.

    Attributes:
        authorization: What came of it.

    Source: /developers/api/enterprise-connect/delegated-access/
    """

    authorization: DelegatedAuthorization
