"""An account's tokens in use: renewed in time, once for everybody, and never lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import anyio
import attrs

from ..core.errors import (
    APIError,
    BadRequestError,
    CredentialError,
    DecodeError,
    OutcomeUnknownError,
    ReauthorizationRequiredError,
    TransportError,
    TransportTimeoutError,
)
from ..core.secret import Secret
from .expiry import Expiry
from .owned import SingleFlight
from .records import Claim, Records, TokenHooks, Watch, lease
from .runtime import Runtime, start
from .service_clock import ServiceClock
from .tokens import MemoryTokenStore, TokenRecord, Tokens, TokenStore, UnsettledExchange

if TYPE_CHECKING:
    from ..core.exchange import Answer
    from ..models.authorization import TokenSet

__all__ = ("TokenHolder",)

_SECOND_LOOKS: Final = (0.1, 0.2, 0.4, 0.8)
"""Seconds between looks at a store in which another process may just be writing."""

_SAVE_AGAIN: Final = (1.0, 60.0)
"""Seconds until tokens that could not be stored are stored again: at first, at most."""


class TokenHolder:
    """
    The tokens of one account view.

    Args:
        tokens: Those that the view was made with.
        sub: The account, if the tokens are to be found and kept in *store*.
        store: Where they are kept.
        exchange: Uses up a refresh token and gives back the answer; `None` if the
            client cannot.
        under_way: Where a renewal stands while it runs, and tokens that are not stored.
        runtime: Time and chance.
        clock: What time it is at the service.
        hooks: Told what befell the tokens.
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        sub: str | None,
        store: TokenStore,
        exchange: Callable[[Secret], Awaitable[Answer[TokenSet]]] | None,
        under_way: set[Callable[[], Awaitable[Any]]],
        runtime: Runtime,
        clock: ServiceClock,
        hooks: TokenHooks,
    ) -> None:
        self.current: Tokens = tokens
        self.sub: str | None = sub
        self.borrowed: bool = False
        """Whether the last renewal took what another process had got."""
        self._exchange = exchange
        self._under_way = under_way
        self._runtime = runtime
        self._clock = clock
        self._hooks = hooks
        # Tokens of an account that has no name are nobody else's.
        self._is_shared = sub is not None
        self._records = Records(store if sub is not None else MemoryTokenStore(), sub or "", hooks)
        self._renewal = SingleFlight(self._renew, under_way)
        self._saving = SingleFlight(self._save_again, under_way)
        self._given = tokens.refresh_token
        self._outdated: frozenset[Secret | None] = frozenset()
        self._unsaved: tuple[Tokens, frozenset[Secret | None]] | None = None
        self._save_pause, self._save_at = _SAVE_AGAIN[0], 0.0
        self._expiry = Expiry(runtime, clock)

    @property
    def renewable(self) -> bool:
        """Whether a refused access token can be replaced."""
        return self._exchange is not None and self.current.refresh_token is not None

    @property
    def at_hand(self) -> bool:
        """Whether there is an access token without asking anybody."""
        return self.current.access_token is not None and not self._expiry.has_come()

    @property
    def _is_empty(self) -> bool:
        return self.current.access_token is None and self.current.refresh_token is None

    def give(self, tokens: Tokens) -> None:
        """Take tokens that the account was authorized with anew."""
        self._given = tokens.refresh_token
        self._use(tokens)

    async def load(self) -> None:
        """
        Look into the store, if there are no tokens yet.

        Raises:
            TokenStoreError: It cannot be read.
        """
        if self._is_empty and self._is_shared:
            record = await self._records.read()
            # Somebody may have given tokens to a view of this account in the meantime.
            if record is not None and self._is_empty:
                self._use(record.tokens)
            elif self._records.failure is not None and self._is_empty:
                raise self._records.failure

    async def access_token(self) -> Secret:
        """
        The access token to send.

        One that expires soon is renewed while it is still used.

        Raises:
            CredentialError: There is none, and no way to get one.
            TokenStoreError: The store cannot be read, and nothing is in memory.
        """
        await self.load()
        token = self.current.access_token
        if self._unsaved is not None and self._is_time_to_save():
            self._saving.start()
        if token is not None and not (self.renewable and self._expiry.has_come()):
            if self.renewable and self._expiry.is_near():
                self._renewal.start()
            return token
        if self.renewable:
            return await self._renewal.join()
        raise CredentialError(
            f"there are no tokens of {self.sub}: authorize the account first"
            if self.sub is not None
            else "this view has no access token: give account() one, or a refresh token "
            "and the client its client_id and client_secret"
        )

    async def renew(self, refused: Secret | None) -> Secret:
        """
        Get a token newer than *refused*; only one exchange is ever under way.

        Raises:
            ReauthorizationRequiredError: The refresh token was refused for good.
        """
        token = self.current.access_token
        if token is not None and token != refused:
            return token
        return await self._renewal.join()

    def _use(self, tokens: Tokens, life: float | None = None, since: float = 0.0) -> None:
        """Use tokens that are good for *life* seconds *since*, if that is known."""
        self.current = tokens
        self._expiry.follow(tokens, life, since)

    # Renewal --------------------------------------------------------------------------

    async def _renew(self) -> Secret:
        if self._unsaved is not None:
            await self._saving.join()
        before = self.current
        found = await self._claim(before)
        if isinstance(found, Tokens):
            return self._adopt(found, before)
        return await self._exchange_under(found, before)

    async def _claim(self, before: Tokens) -> Tokens | tuple[Claim, TokenRecord]:
        """Newer tokens, or the right to get some and the record as it was before that."""
        watch, runtime = Watch(self._runtime), self._runtime
        while True:
            record = await self._records.read()
            newer = self._newer(record, before)
            if newer is not None:
                return newer
            if record is not None and not self._candidates(record, before):
                raise ReauthorizationRequiredError(self.sub)
            if watch.is_free(record):
                was = record or TokenRecord(tokens=before)
                pending = UnsettledExchange(at=runtime.now(), generation=was.generation)
                ours = was.change(lease=lease(runtime), pending=pending)
                if await self._records.swap(record, ours):
                    return Claim(self._records, ours, runtime), was
            else:
                await watch.wait()

    async def _exchange_under(self, found: tuple[Claim, TokenRecord], before: Tokens) -> Secret:
        claim, was = found
        refusal: Exception | None = None
        candidates = self._candidates(was, before)
        for refresh_token in candidates:
            since = self._runtime.monotonic()
            try:
                answer = await self._extending(claim, self._trade(refresh_token))
            except Exception as error:
                if _is_refusal(error):
                    refusal = error
                    continue
                kept = claim.record.pending if _is_open(error) else was.pending
                await claim.give_back(pending=kept)
                raise
            return await self._settle(claim, answer, since, before, (refresh_token, *candidates))
        newer = await self._second_look(before)
        if newer is not None:
            return self._adopt(newer, before)
        return await self._refuse(claim.record, before, refusal)

    def _candidates(self, record: TokenRecord, before: Tokens) -> tuple[Secret, ...]:
        """The refresh tokens that may be good, the likeliest first."""
        kept = None if record.needs_reauth else record.tokens.refresh_token
        known = [kept, self._given]
        if record.tokens.access_token in self._outdated:
            # The store could not take what we have got since.
            known = [before.refresh_token, kept, self._given]
        refused = record.tokens.refresh_token if record.needs_reauth else None
        return tuple(dict.fromkeys(t for t in known if t is not None and t != refused))

    async def _trade(self, refresh_token: Secret) -> Answer[TokenSet]:
        assert self._exchange is not None, "only what is renewable is renewed"
        try:
            return await _plainly(self._exchange(refresh_token))
        except TransportError as error:
            if not error.was_sent or isinstance(error, TransportTimeoutError):
                raise
            lost = error
        # The answer is lost; often the old refresh token is as good as it was.
        try:
            return await _plainly(self._exchange(refresh_token))
        except Exception as error:
            if _is_refusal(error):
                raise
            raise lost from error

    async def _extending(self, claim: Claim, work: Awaitable[Answer[TokenSet]]) -> Answer[TokenSet]:
        """Do some work while the lease is extended."""
        done: list[Answer[TokenSet]] = []
        failure: Exception | None = None
        async with anyio.create_task_group() as group:
            if self._records.can_outlive:
                start(group, claim.extend)
            try:
                done.append(await work)
            except Exception as error:
                # Kept, as the group would wrap it.
                failure = error
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure
        return done[0]

    async def _settle(
        self,
        claim: Claim,
        answer: Answer[TokenSet],
        since: float,
        before: Tokens,
        used: tuple[Secret, ...],
    ) -> Secret:
        """Keep new tokens in the store, and only then use them."""
        got = answer.value
        self._clock.note(answer.response)
        now, life = self._clock.now(), got.expires_in
        tokens = Tokens(
            access_token=got.access_token,
            # The service may leave the refresh token as it was by not naming it.
            refresh_token=got.refresh_token or used[0],
            expires_at=None if now is None or life is None else now + life,
            scope=got.scope or before.scope,
        )
        if self.current is not before:
            # The account was authorized anew meanwhile: those tokens are the ones to keep.
            given = self.current
            tokens = attrs.evolve(given, refresh_token=given.refresh_token or tokens.refresh_token)
            life = None
        spent = frozenset({*used, claim.record.tokens.refresh_token})
        outdated = frozenset({before.access_token, claim.record.tokens.access_token})
        if self._unsaved is not None:
            # The store may still hold what led to these, some exchanges ago.
            spent |= self._unsaved[1]
            outdated |= self._outdated
        self._outdated = outdated
        if self.current is before:
            self._given = None
        record = await self._records.save(tokens, claim.record, spent)
        self._was_saved(tokens, spent)
        if self.current is not before:
            return self.current.access_token or got.access_token
        self.borrowed = record.tokens is not tokens
        if self.borrowed:
            self._use(record.tokens)
        else:
            self._use(tokens, life, since)
        return self.current.access_token or got.access_token

    async def _second_look(self, before: Tokens) -> Tokens | None:
        """Newer tokens that another process stored while our refresh token was refused."""
        newer = self._newer(await self._records.read(), before)
        if newer is None and self._is_shared and not self._records.can_lease:
            # The other process had no lease that would have kept us waiting.
            for pause in _SECOND_LOOKS:
                await self._runtime.sleep(pause)
                newer = self._newer(await self._records.read(), before)
                if newer is not None:
                    break
        return newer

    async def _refuse(
        self, record: TokenRecord, before: Tokens, refusal: Exception | None
    ) -> Secret:
        """Mark the account; nothing is deleted."""
        error = ReauthorizationRequiredError(self.sub)
        held: TokenRecord | None = record
        while held is not None:
            refused = held.change(lease=None, pending=None, needs_reauth=True)
            if await self._records.swap(held, refused):
                self._hooks.needs_reauth(error)
                break
            held = await self._records.read()
            newer = self._newer(held, before)
            if newer is not None:
                return self._adopt(newer, before)
            if held is not None and held.needs_reauth:
                break
        if self.current is before:
            # What the store does not know was refused as well.
            self._given = None
            self.current = attrs.evolve(before, refresh_token=record.tokens.refresh_token)
        raise error from refusal

    def _newer(self, record: TokenRecord | None, before: Tokens) -> Tokens | None:
        """The tokens in the store, if they are others than ours and may be good."""
        if record is None or record.needs_reauth:
            return None
        tokens, now = record.tokens, self._clock.now()
        if tokens.access_token in (None, before.access_token, *self._outdated):
            return None
        if tokens.expires_at is not None and now is not None and tokens.expires_at <= now:
            return None
        return tokens

    def _adopt(self, tokens: Tokens, before: Tokens) -> Secret:
        if self.current is before:
            self._use(tokens)
        self.borrowed = True
        assert tokens.access_token is not None, "only such tokens are newer"
        return tokens.access_token

    # Tokens that the store could not take ----------------------------------------------

    def _was_saved(self, tokens: Tokens, used: frozenset[Secret | None]) -> None:
        self._under_way.discard(self._save_at_last)
        if self._records.failure is None:
            self._unsaved, self._save_pause = None, _SAVE_AGAIN[0]
            return
        self._unsaved = tokens, used
        self._save_at = self._runtime.monotonic() + self._save_pause
        self._save_pause = min(2 * self._save_pause, _SAVE_AGAIN[1])
        # Closing tries once more; and the tokens stay in memory if their view is dropped.
        self._under_way.add(self._save_at_last)

    def _is_time_to_save(self) -> bool:
        return not self._renewal.is_under_way and self._runtime.monotonic() >= self._save_at

    async def _save_again(self) -> None:
        if self._unsaved is not None:
            tokens, used = self._unsaved
            await self._records.save(tokens, None, used)
            self._was_saved(tokens, used)

    async def _save_at_last(self) -> None:
        await self._saving.join()


async def _plainly(work: Awaitable[Answer[TokenSet]]) -> Answer[TokenSet]:
    """
    Do an exchange; one whose outcome is unknown fails with what left it so.

    An `OutcomeUnknownError` would be taken for the outcome of the call that needs the token,
    and that was not sent.
    """
    try:
        return await work
    except OutcomeUnknownError as error:
        cause = error.__cause__
        assert isinstance(cause, (APIError, TransportError)), "an unknown outcome has a cause"
        cause.attempts, cause.history, cause.elapsed = error.attempts, error.history, error.elapsed
    # Outside of the handler, as the cause would have its own effect as its context.
    raise cause


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, BadRequestError) and error.error == "invalid_grant"


def _is_open(error: Exception) -> bool:
    """Whether the service may have carried out an exchange that failed so."""
    if isinstance(error, APIError):
        return error.status >= 500
    if isinstance(error, TransportError):
        return error.was_sent
    return isinstance(error, DecodeError)
