"""Applications, and what accounts allow them: authorizations, codes and tokens."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import urlsplit

import attrs

from .accounts import Account, Calendar, Profile

__all__ = ("Application", "Authorization", "Code", "ElementToken", "LinkToken")


# Nothing that could mean something else in a header or to a browser.
_HOST: Final = re.compile(r"([A-Za-z0-9_.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?")


@attrs.define(kw_only=True, eq=False)
class Application:
    """
    A registered application.

    Attributes:
        secrets: Every client secret that is active; during a rotation there are two.
        mode: In ``development`` any redirect URI goes; in ``production`` only those
            that are registered, where ``*`` stands for one label of a host's name.

    Source: /developers/faqs/verify-application/
    """

    client_id: str
    name: str
    secrets: list[str] = attrs.field(repr=False)
    mode: Literal["development", "production"] = "development"
    redirect_uris: list[str] = attrs.field(factory=list)

    def may_redirect_to(self, uri: str) -> bool:
        """Whether people may be sent back to *uri* with a code."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return False
        # What is split leaves out the ends of lines.
        if not uri.isprintable() or " " in uri:
            return False
        if parts.scheme not in ("http", "https") or parts.fragment:
            return False
        if not _HOST.fullmatch(parts.netloc):
            return False
        return self.mode == "development" or any(
            _matches(registered, uri) for registered in self.redirect_uris
        )


def _matches(registered: str, uri: str) -> bool:
    if "*" not in registered:
        return registered == uri
    pattern, given = urlsplit(registered), urlsplit(uri)
    host = re.escape(pattern.netloc).replace(r"\*", "[a-z0-9-]+")
    return re.fullmatch(host, given.netloc.lower()) is not None and pattern._replace(
        netloc=""
    ) == given._replace(netloc="")


@attrs.define(kw_only=True, eq=False)
class Authorization:
    """
    What one account allows one application.

    Attributes:
        scope: The granted scopes, as they were asked for.
        refresh_token: `None` once it is revoked.
        access_tokens: When each expires.
        former_tokens: Refresh tokens that another took the place of and that are still
            taken, and until when.
        hidden: Profiles that the application lost its access to.
        unrestricted: Calendars whose external events it may change.
        delegated_scope: The most that may be asked for on behalf of others.
        broker: The authorization by which this one was got, without asking its owner.
    """

    application: Application
    account: Account
    scope: str
    linking_profile: Profile | None = None
    refresh_token: str | None = attrs.field(default=None, repr=False)
    access_tokens: dict[str, int] = attrs.field(factory=dict, repr=False)
    former_tokens: dict[str, int] = attrs.field(factory=dict, repr=False)
    hidden: set[str] = attrs.field(factory=set)
    unrestricted: set[str] = attrs.field(factory=set)
    delegated_scope: str | None = None
    broker: Authorization | None = attrs.field(default=None, repr=False)

    @property
    def active(self) -> bool:
        """Whether it was not revoked."""
        return self.refresh_token is not None

    def profiles(self) -> list[Profile]:
        """The profiles that the application may see."""
        return [each for each in self.account.profiles if each.profile_id not in self.hidden]

    def calendars(self) -> list[Calendar]:
        """The calendars that the application may see, deleted ones too."""
        return [calendar for profile in self.profiles() for calendar in profile.known_calendars]


@attrs.frozen(kw_only=True)
class Code:
    """An authorization code, bound to who asked for it and where it was sent."""

    application: Application
    account: Account
    profile: Profile | None
    scope: str
    redirect_uri: str
    expires_at: int
    delegated_scope: str | None = None
    broker: Authorization | None = None


@attrs.frozen(kw_only=True)
class LinkToken:
    """Adds the next profile that is connected to an account that exists."""

    application: Application
    account: Account
    expires_at: int


@attrs.frozen(kw_only=True)
class ElementToken:
    """What a component in a browser may do, and on which page."""

    application: Application
    permissions: tuple[str, ...]
    subs: tuple[str, ...]
    origin: str
    expires_at: int
