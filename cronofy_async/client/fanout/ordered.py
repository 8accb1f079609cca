"""The entries of many accounts in the order of their starts."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

import attrs

from ...core.errors import InvalidArgumentError
from ...core.unset import UNSET
from .members import Member, Roll
from .outcomes import AccountEntry, AccountOutcome, AccountsFailedError, Tally
from .plans import Plan, outcome_of
from .splitting import Part, check_windows, instant, split, zone_of
from .stream import Buffer, Each, Places, Stream

if TYPE_CHECKING:
    from ..clients import AsyncAccount

__all__ = ("AsyncByStart",)

T = TypeVar("T")

_WEEK: Final = timedelta(days=7)


class AsyncByStart(Generic[T]):
    """
    Entries of many accounts in the order of their starts; made by `AsyncFanOut.by_start`.

    Raises:
        AccountsFailedError: In the end, if some accounts could not be read.
    """

    def __init__(self, plan: Plan, tally: Tally, slices: int | timedelta | None) -> None:
        operation = plan.way.operation
        check_windows(slices)
        if getattr(operation, "include_moved", UNSET) is True:
            raise InvalidArgumentError(
                "include_moved", "gives entries outside of the window", "leave it out here"
            )
        if plan.state is not None:
            raise InvalidArgumentError("state", "is of no use by start", "read outcomes or pages")
        given: Any = plan.accounts
        if isinstance(given, AsyncIterable) or iter(given) is given:
            raise InvalidArgumentError(
                "accounts", "are gone through for each slice of time", "give a list of them"
            )
        self._accounts: Any = given
        self._plan = plan
        self._tally = tally
        self._tz = zone_of(operation)
        try:
            parts = split(operation, _WEEK if slices is None else slices, plan.way.now)
        except InvalidArgumentError as error:
            raise InvalidArgumentError("slices", error.problem, error.remedy) from None
        self._parts = iter(parts)
        self._members: list[Member] | None = None
        self._failures: list[AccountOutcome[AsyncAccount, T]] = []
        self._entries: Iterator[AccountEntry[AsyncAccount, T]] = iter(())
        self._stream: Stream[AccountOutcome[AsyncAccount, Any]] | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AccountEntry[AsyncAccount, T]:
        while True:
            for entry in self._entries:
                return entry
            part = next(self._parts, None)
            if part is None:
                self._end()
                raise StopAsyncIteration
            self._entries = iter(await self._slice(part))

    async def _slice(self, part: Part) -> list[AccountEntry[AsyncAccount, T]]:
        """The entries of one slice of time, in their order."""
        if self._members is None:
            self._tally.begin()
            roll = Roll(self._plan.client, self._plan.kind)
            self._members = [roll.member(index, each) for index, each in enumerate(self._accounts)]
        found: list[tuple[Any, int, AccountEntry[AsyncAccount, T]]] = []
        failed: set[int] = set()
        stream = self._stream = self._read(self._members, part)
        while True:
            try:
                outcome = await stream.get()
            except StopAsyncIteration:
                break
            if outcome.error is not None:
                self._failures.append(outcome)
                failed.add(outcome.index)
                self._tally.account(failed=True)
            account = outcome.account
            if account is None or not outcome.ok:
                continue
            for entry in outcome.entries:
                if part.owns is None or part.owns(entry) is not False:
                    given: Any = entry
                    at = instant(given.start, self._tz)
                    found.append((at, outcome.index, AccountEntry(outcome.sub, account, entry)))
        self._members = [each for each in self._members if each.index not in failed]
        found.sort(key=lambda each: each[:2])
        return [entry for _, _, entry in found]

    def _read(self, members: list[Member], part: Part) -> Stream[AccountOutcome[AsyncAccount, Any]]:
        plan, tally = self._plan, self._tally
        places = Places(plan.at_once)
        buffer: Buffer[AccountOutcome[AsyncAccount, Any]] = Buffer(plan.at_once)
        # A slice is short already, unless it turns out to be long.
        windows = plan.way.windows if plan.way.windows == "auto" else None
        way = attrs.evolve(plan.way, operation=part.operation, windows=windows)

        async def work(member: Member) -> None:
            await buffer.put(await outcome_of(way, member, tally, places))

        crew = Each(members, lambda _, member: member, work, places=places, buffer=buffer)
        return Stream(crew, plan.client.driver.ahead)

    def _end(self) -> None:
        for _ in self._members or ():
            self._tally.account(failed=False)
        self._members = []
        failures, self._failures = self._failures, []
        if failures:
            raise AccountsFailedError(tuple(sorted(failures, key=lambda each: each.index)))

    async def aclose(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        self._parts, self._entries = iter(()), iter(())
        self._failures, self._members = [], []
        if self._stream is not None:
            await self._stream.aclose()
