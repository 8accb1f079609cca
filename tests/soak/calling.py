"""How a soak makes a call and holds what comes of it against what there was on the wire."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final, TypeVar

import anyio

from cronofy_async import (
    APIError,
    AsyncAccount,
    AsyncCronofy,
    CronofyError,
    DecodeError,
    InvalidArgumentError,
    OutcomeUnknownError,
    ReauthorizationRequiredError,
    TransportError,
)
from cronofy_async.core.operation import Operation, Retry

from .place import TAG, Person, Place

__all__ = ("Calling", "WrongError", "may_be_done", "must")

T = TypeVar("T")

CALLBACK: Final = "https://app.example.com/consent"


class WrongError(AssertionError):
    """Something came out that must not."""


def must(condition: bool, wrong: str) -> None:
    """Raise `WrongError` unless *condition* holds."""
    if not condition:
        raise WrongError(wrong)


def may_be_done(error: BaseException) -> bool:
    """Whether a call that ended so may have been carried out, as far as its caller can know."""
    if isinstance(error, asyncio.CancelledError):
        return True
    if isinstance(error, (OutcomeUnknownError, DecodeError)):
        return True
    if isinstance(error, TransportError) and error.was_sent:
        return True
    if isinstance(error, APIError) and error.status >= 500:
        return True
    assert isinstance(error, CronofyError)
    return any(each.was_sent and (each.status or 500) >= 500 for each in error.history)


class Calling:
    """
    Makes calls, or begins them and gives up, and counts what they came to.

    Args:
        place: Where.
        cronofy: The client.
        random: Chance.
        give_up: How likely a call is cancelled half-way.

    Attributes:
        outcomes: How often which call came to what.
        longest: Seconds after which a call is cancelled that is to be cancelled, at most.
        origin: Where callbacks are to go.
    """

    def __init__(
        self, place: Place, cronofy: AsyncCronofy, random: Random, give_up: float = 0.02
    ) -> None:
        self.place = place
        self.cronofy = cronofy
        self.outcomes: Counter[str] = Counter()
        self.longest = 3.0
        self.origin = "http://app.example.com"
        self._random = random
        self._give_up = give_up
        self._last = 0

    # Making a call -------------------------------------------------------------------

    def view(self, person: Person, tag: str | None = None) -> AsyncAccount:
        """Somebody's account; its requests are known by *tag*."""
        account = self.cronofy.account(person.sub)
        return account if tag is None else account.with_options(headers={TAG: tag})

    def _tag(self) -> str:
        self._last += 1
        return str(self._last)

    async def _try(self, name: str, work: Awaitable[T]) -> tuple[T | None, BaseException | None]:
        """Do some work, or begin it and give up; what came of it."""
        try:
            if self._random.random() < self._give_up:
                task = asyncio.ensure_future(work)
                await anyio.sleep(self._random.random() ** 3 * self.longest)
                task.cancel()
                await asyncio.wait([task])
                found = task.result()
            else:
                found = await work
        except (CronofyError, asyncio.CancelledError) as error:
            self.outcomes[f"{name} {type(error).__name__}"] += 1
            must(not isinstance(error, InvalidArgumentError), f"{name}: {error!r}")
            return None, error
        self.outcomes[f"{name} ok"] += 1
        return found, None

    async def _call(
        self, person: Person, operation: Operation[Any], tag: str
    ) -> tuple[Any, BaseException | None]:
        """Send one operation; its attempts must be the requests that there were."""
        name = type(operation).__name__
        answer, error = await self._try(name, self.view(person, tag).send_raw(operation))
        entries = self.place.take(tag)
        if answer is not None:
            told = [(each.status, each.fault) for each in entries]
            refused = sum(each in ((401, None), (401, "status")) for each in told)
            # A refusal of which nothing arrived was an attempt; one that arrived was none.
            spoilt = sum(status == 401 for status, _ in told) - refused
            renewed = len(entries) - answer.attempts
            must(
                refused <= renewed <= min(2, refused + spoilt),
                f"{name}: {answer.attempts} attempts, requests {told}",
            )
        elif isinstance(error, CronofyError):
            must(
                len(entries) <= error.attempts + 2,
                f"{name}: {error.attempts} attempts, {len(entries)} requests: {error!r}",
            )
            must(
                not isinstance(error, OutcomeUnknownError) or operation.retry is Retry.CREATE,
                f"{name} is no creation: {error!r}",
            )
        await self._consent_after(person, error)
        return (None if answer is None else answer.value), error

    async def _consent_after(self, person: Person, error: BaseException | None) -> None:
        if not isinstance(error, ReauthorizationRequiredError) or person.in_consent:
            return
        person.in_consent = True
        try:
            await self.consent(person)
        finally:
            person.in_consent = False

    async def consent(self, person: Person) -> None:
        """Have somebody give their consent anew, as often as it takes."""
        while True:
            code = self.place.sandbox.control.authorize(person.sub, CALLBACK)
            try:
                answer = await self.cronofy.request_token(code=code, redirect_uri=CALLBACK)
                await self.cronofy.keep_tokens(answer, person.sub)
            except CronofyError as error:
                self.outcomes[f"RequestToken {type(error).__name__}"] += 1
            else:
                self.outcomes["RequestToken ok"] += 1
                return

    async def _surely(self, person: Person, work: Callable[[], Awaitable[T]]) -> T:
        """Look until there is an answer."""
        while True:
            try:
                return await work()
            except ReauthorizationRequiredError as error:
                await self._consent_after(person, error)
                await anyio.sleep(0.001)
            except CronofyError:
                self.outcomes["looked again"] += 1
