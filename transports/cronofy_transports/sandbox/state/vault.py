"""Authorizations, and the codes and tokens that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .access import Application, Authorization, Code, ElementToken, LinkToken
from .accounts import Account, Profile
from .enterprise import ServiceAccount

if TYPE_CHECKING:
    from ..choices import Choices
    from ..clock import Clock
    from ..ids import Ids

__all__ = ("Vault",)


class Vault:
    """
    Gives out codes and tokens, and knows what each of them is good for.

    Attributes:
        choices: Those that hold now; they may be replaced at any time.
    """

    def __init__(self, clock: Clock, ids: Ids, choices: Choices) -> None:
        self.choices = choices
        self._clock, self._ids = clock, ids
        self._authorizations: dict[tuple[str, str], Authorization] = {}
        self._access: dict[str, Authorization] = {}
        self._refresh: dict[str, Authorization] = {}
        self._codes: dict[str, Code] = {}
        self._links: dict[str, LinkToken] = {}
        self._elements: dict[str, ElementToken] = {}

    # Authorizations ------------------------------------------------------------------

    def authorization(self, application: Application, sub: str) -> Authorization | None:
        """What an account allows an application, unless that was revoked."""
        found = self._authorizations.get((application.client_id, sub))
        return found if found is not None and found.active else None

    def of_account(self, account: Account) -> list[Authorization]:
        """The authorizations of one account, for every application that has one."""
        return [
            each
            for each in self._authorizations.values()
            if each.account is account and each.active
        ]

    def of_application(self, application: Application) -> list[Authorization]:
        """The authorizations of one application, in the order in which they were given."""
        return [
            each
            for each in self._authorizations.values()
            if each.application is application and each.active
        ]

    def authorize(
        self, application: Application, account: Account, scope: str, profile: Profile | None = None
    ) -> Authorization:
        """
        Let an application use an account, or change what it may do there.

        There is one authorization for an application and an account, whichever of
        its profiles was connected last.

        Args:
            application: Who may use it.
            account: Whose it is.
            scope: What may be done, in place of what was granted before.
            profile: The one that was just connected; `None`: all of them are meant.
        """
        key = application.client_id, account.sub
        found = self._authorizations.get(key)
        if found is None:
            found = Authorization(application=application, account=account, scope=scope)
            self._authorizations[key] = found
        found.scope = scope
        if profile is not None:
            found.linking_profile = profile
            found.hidden.discard(profile.profile_id)
        else:
            found.hidden.clear()
            if found.linking_profile is None and account.profiles:
                found.linking_profile = account.profiles[0]
        if found.refresh_token is None:
            self._new_refresh_token(found)
        return found

    def revoke(self, authorization: Authorization) -> None:
        """End an authorization with every token of it."""
        self._forget_refresh_tokens(authorization)
        authorization.refresh_token = None
        for token in authorization.access_tokens:
            del self._access[token]
        authorization.access_tokens.clear()

    # Codes ---------------------------------------------------------------------------

    def new_code(
        self,
        application: Application,
        account: Account,
        *,
        scope: str,
        redirect_uri: str,
        profile: Profile | None = None,
        delegated_scope: str | None = None,
        broker: Authorization | None = None,
    ) -> str:
        """A code that can be exchanged once."""
        now = self._clock.now()
        for old in [code for code, each in self._codes.items() if each.expires_at <= now]:
            del self._codes[old]
        code = self._ids.token()
        self._codes[code] = Code(
            application=application,
            account=account,
            profile=profile,
            scope=scope,
            redirect_uri=redirect_uri,
            expires_at=now + self.choices.code_lifetime,
            delegated_scope=delegated_scope,
            broker=broker,
        )
        return code

    def redeem(
        self, code: str, application: Application, redirect_uri: str
    ) -> Authorization | None:
        """Use up a code; `None` if it is unknown, used, expired or another's."""
        found = self._codes.get(code)
        if (
            found is None
            or found.application is not application
            or found.redirect_uri != redirect_uri
            or found.expires_at <= self._clock.now()
        ):
            return None
        del self._codes[code]
        granted = self.authorize(application, found.account, found.scope, found.profile)
        granted.delegated_scope, granted.broker = found.delegated_scope, found.broker
        return granted

    # Tokens --------------------------------------------------------------------------

    def issue(self, authorization: Authorization) -> str:
        """
        A new access token. Earlier ones stay good until they expire.

        Raises:
            ValueError: The authorization is revoked.
        """
        if not authorization.active:
            raise ValueError("a revoked authorization gets no tokens")
        now = self._clock.now()
        for old in [token for token, end in authorization.access_tokens.items() if end <= now]:
            del authorization.access_tokens[old]
            del self._access[old]
        token = self._ids.token()
        authorization.access_tokens[token] = now + self.lifetime(authorization)
        self._access[token] = authorization
        return token

    def live(self, authorization: Authorization) -> str:
        """The access token that is good for longest; a new one if none is."""
        now = self._clock.now()
        good = {token: end for token, end in authorization.access_tokens.items() if end > now}
        return max(good, key=good.__getitem__) if good else self.issue(authorization)

    def expire(self, authorization: Authorization) -> int:
        """Let every access token expire now; returns how many were good."""
        now = self._clock.now()
        good = [token for token, end in authorization.access_tokens.items() if end > now]
        authorization.access_tokens.update(dict.fromkeys(good, now))
        return len(good)

    def invalidate(self, authorization: Authorization) -> None:
        """End the refresh tokens that were given out, and nothing else."""
        # Decision.INVALIDATED: the new one is not known to anybody yet.
        self._forget_refresh_tokens(authorization)
        self._new_refresh_token(authorization)

    def lifetime(self, authorization: Authorization) -> int:
        """For how many seconds an access token is good."""
        if isinstance(authorization.account, ServiceAccount):
            return self.choices.service_token_lifetime
        return self.choices.access_token_lifetime

    def refreshed(self, refresh_token: str, application: Application) -> Authorization | None:
        """The authorization that a refresh token is good for, the token changed if it rotates."""
        found = self._refresh.get(refresh_token)
        if found is None or found.application is not application:
            return None
        if refresh_token != found.refresh_token:
            return found if found.former_tokens[refresh_token] > self._clock.now() else None
        # The newest one is used now, which ends those before it.
        self._forget_former_tokens(found)
        if self.choices.refresh_tokens == "fixed":
            return found
        if self.choices.refresh_tokens == "rotating_with_grace":
            until = self._clock.now() + self.choices.refresh_token_grace
            found.former_tokens[refresh_token] = until
        else:
            del self._refresh[refresh_token]
        self._new_refresh_token(found)
        return found

    def by_access_token(self, token: str) -> Authorization | None:
        """Whom an access token stands for; `None` if it is unknown or expired."""
        found = self._access.get(token)
        if found is None or found.access_tokens[token] <= self._clock.now():
            return None
        return found

    def by_any_token(self, token: str, application: Application) -> Authorization | None:
        """Whom a refresh or access token stands for, expired or not."""
        found = self._refresh.get(token) or self._access.get(token)
        return found if found is not None and found.application is application else None

    def _forget_refresh_tokens(self, authorization: Authorization) -> None:
        self._forget_former_tokens(authorization)
        if authorization.refresh_token is not None:
            del self._refresh[authorization.refresh_token]

    def _forget_former_tokens(self, authorization: Authorization) -> None:
        for token in authorization.former_tokens:
            del self._refresh[token]
        authorization.former_tokens.clear()

    def _new_refresh_token(self, authorization: Authorization) -> None:
        authorization.refresh_token = self._ids.token()
        self._refresh[authorization.refresh_token] = authorization

    # Tokens of other kinds -----------------------------------------------------------

    def new_link_token(self, application: Application, account: Account) -> str:
        """A token that adds the next profile connected to this account."""
        token = self._ids.token()
        self._links[token] = LinkToken(
            application=application,
            account=account,
            expires_at=self._clock.now() + self.choices.link_token_lifetime,
        )
        return token

    def linked_account(self, token: str, application: Application) -> Account | None:
        """The account that a link token names, while it is good."""
        found = self._links.get(token)
        if (
            found is None
            or found.application is not application
            or found.expires_at <= self._clock.now()
        ):
            return None
        return found.account

    def new_element_token(
        self,
        application: Application,
        *,
        permissions: tuple[str, ...],
        subs: tuple[str, ...],
        origin: str,
    ) -> str:
        """A token for a component in a browser."""
        token = self._ids.token()
        self._elements[token] = ElementToken(
            application=application,
            permissions=permissions,
            subs=subs,
            origin=origin,
            expires_at=self._clock.now() + self.choices.element_token_lifetime,
        )
        return token

    def element_token(self, token: str) -> ElementToken | None:
        """What an element token allows, while it is good."""
        found = self._elements.get(token)
        return found if found is not None and found.expires_at > self._clock.now() else None
