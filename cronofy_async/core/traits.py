"""What a call authenticates with, how it may be repeated, and what is promised of it."""

from __future__ import annotations

from enum import Enum

__all__ = ("Credential", "Retry", "Stability")


class Credential(Enum):
    """
    What a call authenticates with; exactly one is ever sent.

    Source: /developers/api/authentication/
    """

    NONE = "none"
    ACCESS_TOKEN = "access_token"  # noqa: S105
    """The token of one account, application calendar or service account."""
    CLIENT_SECRET = "client_secret"  # noqa: S105
    """The application's client secret as an API key."""
    CLIENT_BODY = "client_id + client_secret in the body"
    """The application's credentials as two fields of the body, and no header."""
    ADMIN_KEY = "admin_api_key"
    """The key of the Admin API, made in the developer dashboard."""
    SECRET_OR_TOKEN = "client_secret or access_token"  # noqa: S105
    """The client secret from an application client, the token from an account view."""


class Retry(Enum):
    """What may be done when it is unknown whether a request was carried out."""

    READ = "read"
    """Changes nothing: sent again freely."""
    KEYED = "keyed"
    """Names what it writes by an id of ours: sending again changes nothing more."""
    CREATE = "create"
    """Makes a new thing each time: never sent again blindly."""
    TOKEN = "token"  # noqa: S105
    """Uses up a code or token: never sent again blindly."""


class Stability(Enum):
    """What the reference promises about a call."""

    STABLE = "stable"
    BETA = "beta"
    ALPHA = "alpha"
    PRERELEASE = "prerelease"
