"""An account's tokens, and where they can be kept."""

from __future__ import annotations

import json
from threading import Lock
from typing import Any, Protocol, runtime_checkable

import attrs

from ..core.secret import Secret

__all__ = (
    "LeasingTokenStore",
    "MemoryTokenStore",
    "TokenLease",
    "TokenRecord",
    "TokenStore",
    "Tokens",
    "UnsettledExchange",
)


@attrs.frozen(kw_only=True)
class Tokens:
    """
    What is needed to act for one account; equal if the tokens are.

    Attributes:
        access_token: Sent with each call; expires.
        refresh_token: Gets a new access token; may change whenever it is used.
        expires_at: When the access token expires: seconds since the epoch by the
            service's clock; `None` if that is not known.
        scope: What was granted with them, separated by spaces; `None` if that is not known.
    """

    access_token: Secret | None = None
    refresh_token: Secret | None = None
    expires_at: float | None = attrs.field(default=None, eq=False)
    scope: str | None = attrs.field(default=None, eq=False)


@attrs.frozen(kw_only=True)
class TokenLease:
    """
    Somebody exchanges an account's refresh token; others wait until it is over.

    Attributes:
        owner: Which process, for people who look into the store.
        until: When it is over if its owner is gone: seconds since the epoch by the
            owner's clock. Who waits trusts that clock only roughly: a lease that is not
            extended for its whole length is over.
    """

    owner: str
    until: float


@attrs.frozen(kw_only=True)
class UnsettledExchange:
    """
    An exchange that was begun and whose outcome nobody has written down.

    Attributes:
        at: When it began, in seconds since the epoch.
        generation: That of the tokens whose refresh token it used.
    """

    at: float
    generation: int


@attrs.frozen(kw_only=True)
class TokenRecord:
    """
    All that a `LeasingTokenStore` keeps of one account.

    Attributes:
        tokens: The last ones; they stay even when they are refused.
        version: Grows with each change of the record.
        generation: Grows with each new tokens.
        pending: The exchange under way, or one that was cut off.
        lease: Who exchanges them.
        needs_reauth: Whether the service refused the refresh token for good.
    """

    tokens: Tokens
    version: int = 0
    generation: int = 0
    pending: UnsettledExchange | None = None
    lease: TokenLease | None = None
    needs_reauth: bool = False

    def change(self, **changes: Any) -> TokenRecord:
        """The next version of this record."""
        return attrs.evolve(self, version=self.version + 1, **changes)

    def renewed(self, tokens: Tokens) -> TokenRecord:
        """The record with new tokens: no exchange is under way, and none was refused."""
        return self.change(
            tokens=tokens,
            generation=self.generation + 1,
            pending=None,
            lease=None,
            needs_reauth=False,
        )

    def reveal(self) -> str:
        """The record as JSON text, tokens included: for stores, to keep it safe."""
        tokens = self.tokens
        plain: dict[str, Any] = attrs.asdict(self, filter=lambda field, _: field.name != "tokens")
        plain["tokens"] = {
            "access_token": tokens.access_token and tokens.access_token.reveal(),
            "refresh_token": tokens.refresh_token and tokens.refresh_token.reveal(),
            "expires_at": tokens.expires_at,
            "scope": tokens.scope,
        }
        return json.dumps(plain)

    @classmethod
    def read(cls, text: str | bytes) -> TokenRecord:
        """
        Read what `reveal` gave.

        Raises:
            ValueError: It is something else; the error does not show it.
        """
        try:
            plain = json.loads(text)
            found = plain["tokens"]
            pending, lease = plain["pending"], plain["lease"]
            if not (isinstance(plain["version"], int) and isinstance(plain["generation"], int)):
                raise TypeError
            return cls(
                tokens=Tokens(
                    access_token=found["access_token"] and Secret(found["access_token"]),
                    refresh_token=found["refresh_token"] and Secret(found["refresh_token"]),
                    expires_at=found["expires_at"],
                    # Records of older versions do not have it.
                    scope=found.get("scope"),
                ),
                version=plain["version"],
                generation=plain["generation"],
                pending=pending and UnsettledExchange(**pending),
                lease=lease and TokenLease(**lease),
                needs_reauth=plain["needs_reauth"],
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ValueError("this is no record of tokens") from None


class TokenStore(Protocol):
    """
    Keeps the tokens of accounts by their ``sub``, over the life of a process or longer.

    These two methods are enough for one process. Where several share a store, let it be
    a `LeasingTokenStore`.
    """

    async def get(self, sub: str) -> Tokens | None:
        """The tokens of an account, or `None`."""
        ...

    async def put(self, sub: str, tokens: Tokens) -> None:
        """Keep the tokens of an account in place of its former ones."""
        ...


@runtime_checkable
class LeasingTokenStore(TokenStore, Protocol):
    """
    A token store that processes share without using up each other's refresh tokens.

    A subclass writes `read` and `swap` alone: `get` and `put` follow from them.
    """

    async def read(self, sub: str) -> TokenRecord | None:
        """The record of an account, or `None`."""
        ...

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        """
        Put *after* in the place of *before*, in one step and for good.

        Returns:
            False if the record in the store has another version than *before*, or is
            there though *before* is `None`; nothing is changed then.
        """
        ...

    async def get(self, sub: str) -> Tokens | None:
        """The tokens of an account, or `None`."""
        record = await self.read(sub)
        return None if record is None else record.tokens

    async def put(self, sub: str, tokens: Tokens) -> None:
        """Keep the tokens of an account in place of its former ones, as after a new consent."""
        while True:
            record = await self.read(sub)
            if await self.swap(sub, record, (record or TokenRecord(tokens=tokens)).renewed(tokens)):
                return


class MemoryTokenStore(LeasingTokenStore):
    """A token store that lasts as long as the process; clients may share it."""

    def __init__(self) -> None:
        self._records: dict[str, TokenRecord] = {}
        # Clients on the event loops of several threads may share the store.
        self._lock = Lock()

    async def read(self, sub: str) -> TokenRecord | None:
        """The record of an account, or `None`."""
        return self._records.get(sub)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        """Put *after* in the place of *before*, unless the record has changed since."""
        with self._lock:
            found = self._records.get(sub)
            if (found and found.version) != (before and before.version):
                return False
            self._records[sub] = after
            return True
