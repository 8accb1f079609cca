"""Putting exactly one credential on a request."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any, Protocol

from ..core.errors import CredentialError
from ..core.operation import JSON_TYPE, Credential, Operation
from ..core.secret import Secret
from ..core.wire import Request
from .holders import TokenHolder
from .options import Settings

__all__ = ("AccountCredentials", "ApplicationCredentials", "Credentials")


class Credentials(Protocol):
    """Whatever can authenticate a request."""

    @property
    def renewable(self) -> bool:
        """Whether a refused credential can be replaced."""
        ...

    @property
    def at_hand(self) -> bool:
        """Whether it is there without asking anybody."""
        ...

    @property
    def account(self) -> Hashable:
        """Whose it is: accounts take turns when requests have to wait."""
        ...

    @property
    def borrowed(self) -> bool:
        """Whether it is one that another process got, some time ago."""
        ...

    async def prepare(self) -> None:
        """Look for the credential where it may be kept."""
        ...

    async def authenticate(
        self, operation: Operation[Any], request: Request, *, renew: bool = False
    ) -> Request:
        """
        Add the operation's credential to a request.

        Raises:
            CredentialError: It is not there.
        """
        ...


class ApplicationCredentials:
    """The application's own: client secret or admin key."""

    renewable = False
    at_hand = True
    account: Hashable = None
    borrowed = False

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self) -> None:
        """Do nothing: secrets are at hand."""

    async def authenticate(
        self, operation: Operation[Any], request: Request, *, renew: bool = False
    ) -> Request:
        """Add what the operation asks for; *renew* changes nothing, as secrets do not expire."""
        del renew
        settings = self._settings
        match operation.credential:
            case Credential.NONE:
                return request
            case Credential.CLIENT_SECRET | Credential.SECRET_OR_TOKEN:
                return _bearer(request, _needed("client_secret", settings.client_secret))
            case Credential.ADMIN_KEY:
                return _bearer(request, _needed("admin_api_key", settings.admin_api_key))
            case Credential.CLIENT_BODY:
                secret = _needed("client_secret", settings.client_secret)
                return _in_body(request, _needed("client_id", settings.client_id), secret)
            case _:
                raise CredentialError(
                    f"{type(operation).__name__} acts for one account: "
                    "call it on client.account(access_token=...)"
                )


class AccountCredentials:
    """One account's access token."""

    def __init__(self, holder: TokenHolder) -> None:
        self._holder = holder

    @property
    def renewable(self) -> bool:
        """Whether there is a refresh token and a client that can use it."""
        return self._holder.renewable

    @property
    def at_hand(self) -> bool:
        """Whether there is an access token."""
        return self._holder.at_hand

    @property
    def account(self) -> Hashable:
        """The account's sub, or its token where that is unknown."""
        holder = self._holder
        return holder.sub or holder.current.access_token or holder.current.refresh_token

    @property
    def borrowed(self) -> bool:
        """Whether the access token is one that another process got."""
        return self._holder.borrowed

    async def prepare(self) -> None:
        """Look for tokens in the store."""
        await self._holder.load()

    async def authenticate(
        self, operation: Operation[Any], request: Request, *, renew: bool = False
    ) -> Request:
        """Add the access token, a new one if the last was refused."""
        if operation.credential is Credential.NONE:
            return request
        if operation.credential not in (Credential.ACCESS_TOKEN, Credential.SECRET_OR_TOKEN):
            raise CredentialError(
                f"{type(operation).__name__} acts for the application: call it on the client "
                "itself, not on an account view"
            )
        if renew:
            token = await self._holder.renew(_token_of(request))
        else:
            token = await self._holder.access_token()
        return _bearer(request, token)


def _token_of(request: Request) -> Secret | None:
    # Here, so that the frames of a failed renewal hold no token as text.
    header = request.header("authorization")
    return Secret(header.removeprefix("Bearer ")) if header else None


def _needed(name: str, value: Any) -> Any:
    if value is None:
        raise CredentialError(
            f"this call needs the application's {name}: give it to the client, "
            f"or set CRONOFY_{name.upper()}"
        )
    return value


def _bearer(request: Request, secret: Secret) -> Request:
    return request.with_headers({"authorization": f"Bearer {secret.reveal()}"})


def _in_body(request: Request, client_id: str, client_secret: Secret) -> Request:
    body = json.loads(request.body or b"{}")
    body |= {"client_id": client_id, "client_secret": client_secret.reveal()}
    return request.replace(body=json.dumps(body, ensure_ascii=False).encode()).with_headers(
        {"content-type": JSON_TYPE}
    )
