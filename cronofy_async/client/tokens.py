"""An account's tokens: held, renewed once for everybody, and kept in a store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import attrs

from ..core.errors import BadRequestError, CredentialError
from ..core.secret import Secret
from .owned import SingleFlight

__all__ = ("MemoryTokenStore", "TokenHolder", "TokenStore", "Tokens")


@attrs.frozen(kw_only=True)
class Tokens:
    """
    What is needed to act for one account.

    Attributes:
        access_token: Sent with each call; expires.
        refresh_token: Gets a new access token; may change whenever it is used.
    """

    access_token: Secret | None = None
    refresh_token: Secret | None = None


class TokenStore(Protocol):
    """Keeps the tokens of accounts by their ``sub``, over the life of a process or longer."""

    async def get(self, sub: str) -> Tokens | None:
        """The tokens of an account, or `None`."""
        ...

    async def put(self, sub: str, tokens: Tokens) -> None:
        """Keep the tokens of an account in place of its former ones."""
        ...


class MemoryTokenStore:
    """A token store that lasts as long as the process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Tokens] = {}

    async def get(self, sub: str) -> Tokens | None:
        """The tokens of an account, or `None`."""
        return self._tokens.get(sub)

    async def put(self, sub: str, tokens: Tokens) -> None:
        """Keep the tokens of an account in place of its former ones."""
        self._tokens[sub] = tokens


class TokenHolder:
    """
    The tokens of one account view.

    Args:
        tokens: Those that the view was made with.
        sub: The account, if the tokens are to be found and kept in *store*.
        store: Where they are kept.
        exchange: Uses up a refresh token and gives back the new tokens; `None` if the
            client cannot.
        under_way: Where a renewal stands while it runs.
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        sub: str | None,
        store: TokenStore,
        exchange: Callable[[Secret], Awaitable[Tokens]] | None,
        under_way: set[Callable[[], Awaitable[Any]]],
    ) -> None:
        self.current: Tokens = tokens
        self.sub: str | None = sub
        self._store = store
        self._exchange = exchange
        self._renewal = SingleFlight(self._renew, under_way)

    @property
    def renewable(self) -> bool:
        """Whether a refused access token can be replaced."""
        return self._exchange is not None and self.current.refresh_token is not None

    @property
    def at_hand(self) -> bool:
        """Whether there is an access token without asking anybody."""
        return self.current.access_token is not None

    async def load(self) -> None:
        """Look into the store, if there are no tokens yet."""
        if self.current == Tokens() and self.sub is not None:
            stored = await self._store.get(self.sub)
            # Somebody may have given tokens to a view of this account in the meantime.
            if stored is not None and self.current == Tokens():
                self.current = stored

    async def access_token(self) -> Secret:
        """
        The access token to send.

        Raises:
            CredentialError: There is none, and no way to get one.
        """
        await self.load()
        if self.current.access_token is None and self.renewable:
            return await self._renewal.join()
        if self.current.access_token is None:
            raise CredentialError(
                f"there are no tokens of {self.sub}: authorize the account first"
                if self.sub is not None
                else "this view has no access token: give account() one, or a refresh token "
                "and the client its client_id and client_secret"
            )
        return self.current.access_token

    async def renew(self, refused: Secret | None) -> Secret:
        """Get a token newer than *refused*; only one exchange is ever under way."""
        token = self.current.access_token
        if token is not None and token != refused:
            return token
        return await self._renewal.join()

    async def _renew(self) -> Secret:
        before = self.current
        # Another process may have renewed the token: its refresh token may then be used up.
        token = await self._from_store(before)
        if token is not None:
            return token
        assert self._exchange is not None, "only what is renewable is renewed"
        assert before.refresh_token is not None, "only what is renewable is renewed"
        try:
            renewed = await self._exchange(before.refresh_token)
        except BadRequestError:
            token = await self._from_store(before)
            if token is None:
                raise
            return token
        # The service may leave the refresh token as it was by not naming it.
        tokens = Tokens(
            access_token=renewed.access_token,
            refresh_token=renewed.refresh_token or before.refresh_token,
        )
        assert tokens.access_token is not None
        if self.current is not before:
            # The account was authorized anew meanwhile: those tokens are the ones to keep.
            return self.current.access_token or tokens.access_token
        self.current = tokens
        if self.sub is not None:
            await self._store.put(self.sub, tokens)
        return tokens.access_token

    async def _from_store(self, before: Tokens) -> Secret | None:
        """The access token in the store, if it is another than ours."""
        stored = await self._store.get(self.sub) if self.sub is not None else None
        if stored is None or stored.access_token in (None, before.access_token):
            return None
        if self.current is before:
            self.current = stored
        return stored.access_token
