"""One account's record, in whatever store there is, and in memory while that fails."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Container
from typing import Any, Final

from ..core.errors import ReauthorizationRequiredError, TokenStoreError
from ..core.secret import Secret
from .runtime import Runtime, checkpoint
from .tokens import LeasingTokenStore, MemoryTokenStore, TokenLease, TokenRecord, Tokens, TokenStore

__all__ = ("Claim", "Records", "TokenHooks", "Watch", "lease")

log: Final = logging.getLogger("cronofy_async")

LEASE: Final = 10.0
"""Seconds for which an exchange is left to its owner without a sign of life."""

_LONG_GONE: Final = 3600.0
"""By so many seconds no two clocks differ; a lease that ended before is not waited for."""


class TokenHooks:
    """
    Tells a program what befell the tokens of its accounts.

    Args:
        on_needs_reauth: Called once for each refresh token that is refused.
        on_store_error: Called whenever the store cannot be used.
    """

    def __init__(
        self,
        on_needs_reauth: Callable[[ReauthorizationRequiredError], Any] | None = None,
        on_store_error: Callable[[TokenStoreError], Any] | None = None,
    ) -> None:
        self._on_needs_reauth = on_needs_reauth
        self._on_store_error = on_store_error

    def needs_reauth(self, error: ReauthorizationRequiredError) -> None:
        """Tell that an account's owner has to give their consent again."""
        log.error("%s", error)
        _call(self._on_needs_reauth, error)

    def store_error(self, error: TokenStoreError) -> None:
        """Tell that tokens are in memory alone."""
        log.error("the token store failed, tokens are kept in memory: %s", error)
        _call(self._on_store_error, error)


def _call(hook: Callable[[Any], Any] | None, error: Exception) -> None:
    try:
        if hook is not None:
            hook(error)
    except Exception as raised:
        # A hook that fails must not cost the tokens that it is told of.
        log.error("a hook raised %s", type(raised).__name__)


def owner() -> str:
    """Who this process is, for people who look into a store."""
    return f"{platform.node()}/{os.getpid()}"


class Records:
    """
    The record of one account.

    A store that cannot lease keeps the tokens; the rest of the record is kept here. While
    a store fails the whole record is, so that nothing stands still.

    Args:
        store: Where it is kept.
        sub: Whose it is.
        hooks: Told when the store fails.
    """

    def __init__(self, store: TokenStore, sub: str, hooks: TokenHooks) -> None:
        self._store = store
        self._sub = sub
        self._hooks = hooks
        self._known: TokenRecord | None = None
        self._leasing = store if isinstance(store, LeasingTokenStore) else None
        self.failure: TokenStoreError | None = None
        """Why the store could not be used last time, if it could not."""

    @property
    def can_lease(self) -> bool:
        """Whether others see that this client exchanges the tokens."""
        return self._leasing is not None

    @property
    def can_outlive(self) -> bool:
        """Whether others go on when this process dies, so that they wait for signs of life."""
        return self.can_lease and not isinstance(self._store, MemoryTokenStore)

    async def read(self) -> TokenRecord | None:
        """The record as it is now, or as it was last seen."""
        self.failure = None
        try:
            if self._leasing is not None:
                self._known = await self._leasing.read(self._sub)
            else:
                self._note(await self._store.get(self._sub))
        except Exception as error:
            self._fail("read", error)
        return self._known

    async def swap(self, before: TokenRecord | None, after: TokenRecord) -> bool:
        """Change the record; false if somebody else has changed it. In memory, if need be."""
        swapped = True
        if self.failure is None:
            try:
                if self._leasing is not None:
                    swapped = await self._leasing.swap(self._sub, before, after)
                elif before is None or after.generation != before.generation:
                    await self._store.put(self._sub, after.tokens)
            except Exception as error:
                self._fail("written", error)
        if swapped:
            self._known = after
        return swapped

    async def save(
        self, tokens: Tokens, held: TokenRecord | None, used: Container[Secret | None]
    ) -> TokenRecord:
        """
        Put new tokens in the place of those that got them, whoever has touched the record.

        Args:
            tokens: What came of an exchange.
            held: The record as we left it; `None` to look at it first.
            used: The refresh tokens that led to them.

        Returns:
            The record as it is now: with other tokens, if there are newer ones. `failure`
            tells whether it is in memory alone.
        """
        self.failure = None
        record = await self.read() if held is None else held
        while True:
            theirs = None if record is held else record
            if theirs is not None and theirs.tokens.refresh_token not in used:
                return theirs
            after = (record or TokenRecord(tokens=tokens)).renewed(tokens)
            if await self.swap(record, after):
                return after
            record = await self.read()

    def _note(self, tokens: Tokens | None) -> None:
        known = self._known
        if tokens is not None and (known is None or known.tokens != tokens):
            self._known = (known or TokenRecord(tokens=tokens)).renewed(tokens)

    def _fail(self, done: str, error: Exception) -> None:
        if not isinstance(error, TokenStoreError):
            kind = type(error).__name__
            told = TokenStoreError(f"the tokens of {self._sub} could not be {done}: {kind}")
            told.__cause__ = error
            error = told
        self.failure = error
        self._hooks.store_error(error)


class Watch:
    """
    Watches a record that somebody has leased.

    Args:
        runtime: Time and chance.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._version: int | None = None
        self._since = 0.0
        self._pause = 0.02

    def is_free(self, record: TokenRecord | None) -> bool:
        """
        Whether nobody has it, or has shown no sign of life for the length of a lease.

        The clocks of two machines are not compared for that, unless hours lie between.
        """
        if record is None or record.lease is None:
            return True
        now = self._runtime.monotonic()
        if record.version != self._version:
            self._version, self._since = record.version, now
        long_gone = self._runtime.now() - record.lease.until > _LONG_GONE
        return long_gone or now - self._since >= LEASE

    async def wait(self) -> None:
        """Wait before the next look."""
        await self._runtime.sleep(self._pause * (1 + self._runtime.draw()) / 2)
        self._pause = min(self._pause * 1.5, 0.5)


class Claim:
    """
    Our lease of a record, kept alive while it is used.

    Args:
        records: Where the record is.
        record: As we left it.
        runtime: Time and chance.
    """

    def __init__(self, records: Records, record: TokenRecord, runtime: Runtime) -> None:
        self.record: TokenRecord = record
        self._records = records
        self._runtime = runtime

    async def extend(self) -> None:
        """Extend the lease again and again, until cancelled or until it is lost."""
        while True:
            await self._runtime.sleep(LEASE / 3)
            await checkpoint()
            if self._records.failure is not None:
                continue
            longer = self.record.change(lease=lease(self._runtime))
            if not await self._records.swap(self.record, longer):
                return
            self.record = longer

    async def give_back(self, **changes: Any) -> bool:
        """End the lease and change the record; false if the lease was lost."""
        return await self._records.swap(self.record, self.record.change(lease=None, **changes))


def lease(runtime: Runtime) -> TokenLease:
    """A lease of this process from now on."""
    return TokenLease(owner=owner(), until=runtime.now() + LEASE)
