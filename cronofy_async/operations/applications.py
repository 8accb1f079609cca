"""Making an application, and taking it into production."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Operation, Retry, Stability
from ..models.applications import ProvisionedApplication, VerificationContact
from ..models.shorthands import http_url, strings
from .checks import instance, not_empty, one_or_more

__all__ = ("ProvisionApplication", "SubmitApplicationVerification")


def _contact(value: str | VerificationContact) -> VerificationContact:
    return VerificationContact(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class SubmitApplicationVerification(
    Operation[None],
    method="POST",
    path="/v1/application_verification",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/admin-api/verify-application/",
    stability=Stability.PRERELEASE,
):
    """
    Say where an application's authorizations come back to, and take it into production.

    May be sent again: the redirect URIs are added to those there are. Prerelease.

    Answer: nothing; the service carries it out a little later, and writes to the contact.

    Args:
        redirect_uris: The http and https URLs that browsers may come back to; one needs no
            list. In the host, ``*.`` stands for the subdomains of a domain of yours.
        contact: Whom to write to; text is an address.

    Raises:
        InvalidArgumentError: There is no redirect URI, one is no http or https URL, or the
            address is empty.
        InvalidRequestError: The service refuses a value; `errors` says which.

    Source: /developers/admin-api/verify-application/
    """

    redirect_uris: tuple[str, ...] = attrs.field(converter=strings, validator=one_or_more)
    contact: VerificationContact = attrs.field(
        converter=_contact, validator=instance(VerificationContact)
    )

    def __attrs_post_init__(self) -> None:
        for index, each in enumerate(self.redirect_uris):
            http_url(f"redirect_uris[{index}]", each)


@attrs.frozen(kw_only=True)
class ProvisionApplication(
    Operation[ProvisionedApplication],
    method="POST",
    path="/v1/applications",
    credential=Credential.ADMIN_KEY,
    retry=Retry.CREATE,
    source="/developers/admin-api/provision-application/",
    stability=Stability.PRERELEASE,
    envelope="oauth_client",
    lookup="the developer dashboard shows whether there is the application",
):
    """
    Make an application in the Organizational Unit of the Admin API key. Prerelease.

    It begins in development mode; `SubmitApplicationVerification`, sent with its own
    secret, takes it into production.

    Answer: its id and secret. Keep them: the secret is shown only in the dashboard
    besides.

    Args:
        name: What people see when they grant it access.
        url: Its home page; not a redirect URI.

    Raises:
        InvalidArgumentError: The name or the URL is empty.
        InvalidRequestError: The service refuses a value; `errors` says which.

    Source: /developers/admin-api/provision-application/
    """

    name: str = attrs.field(validator=not_empty)
    url: str = attrs.field(validator=not_empty)
