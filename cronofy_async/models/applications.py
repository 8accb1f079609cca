"""Applications, as far as they are managed by calls."""

from __future__ import annotations

import attrs

from ..core.secret import Secret
from .checks import not_empty

__all__ = ("ProvisionedApplication", "VerificationContact")


@attrs.frozen
class VerificationContact:
    """
    Whom Cronofy writes to about the verification of an application.

    Args:
        email: Their address.
        display_name: How to address them.

    Raises:
        InvalidArgumentError: The address is empty.

    Source: /developers/admin-api/verify-application/
    """

    email: str = attrs.field(validator=not_empty)
    display_name: str | None = None


@attrs.frozen(kw_only=True)
class ProvisionedApplication:
    """
    A new application's credentials.

    Attributes:
        client_id: Its id.
        client_secret: Its secret, which is also its API key.

    Source: /developers/admin-api/provision-application/
    """

    client_id: str
    client_secret: Secret
