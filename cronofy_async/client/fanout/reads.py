"""One read of many accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs

from ...core.errors import CronofyError
from ...core.paging import PagedOperation
from .gathering import Paging, read_account
from .ledger import Ledger, Mark
from .members import Member, Roll, known_total
from .ordered import AsyncByStart
from .outcomes import AccountOutcome, AccountPage, Progress, Tally
from .plans import Plan, outcome_of
from .stream import Buffer, Each, Places, Stream

if TYPE_CHECKING:
    from datetime import timedelta

    from ..clients import AsyncAccount

__all__ = ("AsyncAccountOutcomes", "AsyncAccountPages", "AsyncFanOut")

T = TypeVar("T")
R = TypeVar("R")


class AsyncFanOut(Generic[T]):
    """
    One read of many accounts: ``async for outcome in reading`` gives them as they are done.

    `pages` gives pages as they arrive, in flat memory; `by_start` all entries in the order
    of their starts. It is one of these, and once: for another, make another.

    Nothing is sent before the first is asked for. Then so many accounts are under way, and
    no more than so many results wait for you: while you work, the wire rests. Accounts are
    taken from the iterable when there is a place for them. What befalls an account is in its
    outcome; only what the iterable itself raises, or *on_progress*, ends the rest.

    Leave it half-way and it ends what is under way; ``async with`` waits for that end. Whoever
    is cancelled while waiting ends it too. `state` says where another one goes on.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        runtime = plan.client.driver.runtime
        self._ledger = Ledger(plan.way.operation, plan.way.now, plan.state)
        self._tally = Tally(known_total(plan.accounts), runtime.monotonic, plan.on_progress)
        self._reader: AsyncAccountOutcomes[T] | AsyncAccountPages[T] | AsyncByStart[T] | None = None

    @property
    def operation(self) -> PagedOperation[T]:
        """What is read."""
        return self._plan.way.operation

    @property
    def progress(self) -> Progress:
        """How far it is: usable at any time, and in any thread."""
        return self._tally.progress

    def state(self) -> dict[str, Any]:
        """
        Where it stands, to be stored as JSON and given to ``read_many(..., state=...)``.

        It names what was handed out, by the places of the accounts: give the same accounts
        in the same order, and the same options. It has no tokens in it. Of accounts whose pages
        you were reading it has cursors, which the service keeps for a limited time.

        Raises:
            CronofyError: Entries are being read by their start, of which there is none.
        """
        if isinstance(self._reader, AsyncByStart):
            raise CronofyError("a read by start has no state: read outcomes or pages instead")
        return self._ledger.state()

    def __aiter__(self) -> AsyncIterator[AccountOutcome[AsyncAccount, T]]:
        return self.outcomes()

    def outcomes(self) -> AsyncAccountOutcomes[T]:
        """Account after account, as they are done: what going through the read itself gives."""
        return self._begin(AsyncAccountOutcomes(self._plan, self._ledger, self._tally))

    def pages(self) -> AsyncAccountPages[T]:
        """Pages of all accounts, as they arrive; one account's in no order if it is split."""
        return self._begin(AsyncAccountPages(self._plan, self._ledger, self._tally))

    def by_start(self, slices: int | timedelta | None = None) -> AsyncByStart[T]:
        """
        The entries of all accounts in the order of their starts.

        The window is read in slices of time, each of all accounts, and no more than one is
        kept. Days count as beginning at their midnight in the zone of the read. Accounts
        that fail are left out from there on, and raised in the end.

        Args:
            slices: How many slices, or how long each is in days; left out: a week.

        Raises:
            InvalidArgumentError: The window has no bounds, the read gives what lies outside
                of it, the accounts cannot be gone through more than once, or there is a state.
        """
        return self._begin(AsyncByStart(self._plan, self._tally, slices))

    def _begin(self, reader: R) -> R:
        if self._reader is not None:
            raise CronofyError("this read has begun already: make another one")
        made: Any = reader
        self._reader = made
        return reader

    async def aclose(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        if self._reader is not None:
            await self._reader.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"


class Reader(Generic[R]):
    """Results of accounts, as they are ready."""

    def __init__(self, plan: Plan, ledger: Ledger, tally: Tally) -> None:
        self._ledger = ledger
        self._tally = tally
        buffer: Buffer[tuple[R, Mark]] = Buffer(plan.at_once)
        places = Places(plan.at_once)
        roll = Roll(plan.client, plan.kind)
        crew: Each[Any, Member, tuple[R, Mark]] = Each(
            plan.accounts,
            _admit(roll, ledger),
            _work(self.read, plan, ledger, tally, buffer, places),
            places=places,
            buffer=buffer,
        )
        self.stream: Stream[tuple[R, Mark]] = Stream(crew, plan.client.driver.ahead)
        self._has_begun = False

    # Not a method: the tasks must not hold their reader.
    read: Callable[..., Any]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        self.start()
        result, mark = await self.stream.get()
        self._ledger.note(mark)
        return result

    def start(self) -> None:
        """Begin, if that is still to be done."""
        if not self._has_begun:
            self._has_begun = True
            self._tally.begin(self._ledger.done, self._ledger.failed)
            self.stream.start()

    async def aclose(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        await self.stream.aclose()


def _admit(roll: Roll, ledger: Ledger) -> Callable[[int, Any], Member | None]:
    def admit(index: int, given: Any) -> Member | None:
        if ledger.has(index):
            roll.pass_over(given)
            return None
        return roll.member(index, given)

    return admit


def _work(
    read: Callable[..., Any],
    plan: Plan,
    ledger: Ledger,
    tally: Tally,
    buffer: Buffer[Any],
    places: Places,
) -> Callable[[Member], Any]:
    async def work(member: Member) -> None:
        await read(plan, member, ledger, tally, buffer, places)

    return work


async def read_outcome(
    plan: Plan,
    member: Member,
    ledger: Ledger,  # noqa: ARG001  # as for pages
    tally: Tally,
    buffer: Buffer[tuple[AccountOutcome[AsyncAccount, Any], Mark]],
    places: Places,
) -> None:
    """Read one account into an outcome."""
    outcome = await outcome_of(plan.way, member, tally, places)
    tally.account(failed=not outcome.ok)
    await buffer.put((outcome, Mark(member.index, failed=not outcome.ok)))


async def read_pages(
    plan: Plan,
    member: Member,
    ledger: Ledger,
    tally: Tally,
    buffer: Buffer[tuple[AccountPage[AsyncAccount, Any], Mark]],
    places: Places,
) -> None:
    """Read one account page by page."""
    blank: AccountPage[AsyncAccount, Any] = AccountPage(
        index=member.index, sub=member.sub, account=member.account, entries=[], is_last=True
    )
    error = member.error
    if error is None and member.account is not None:
        paging = Paging(blank, plan.way.operation, buffer.put, tally)
        opened = ledger.opened(member.index)
        try:
            await read_account(member.account, plan.way, paging, places, opened)
        except CronofyError as befell:
            error = befell
    tally.account(failed=error is not None)
    if error is not None:
        await buffer.put((attrs.evolve(blank, error=error), Mark(member.index, failed=True)))


class AsyncAccountOutcomes(Reader["AccountOutcome[AsyncAccount, T]"], Generic[T]):
    """Accounts as they are done; made by `AsyncFanOut`."""

    read: Callable[..., Any] = staticmethod(read_outcome)


class AsyncAccountPages(Reader["AccountPage[AsyncAccount, T]"], Generic[T]):
    """
    Pages of many accounts, as they arrive; made by `AsyncFanOut.pages`.

    Left half-way it ends what is under way; `aclose` waits for that end, for
    `contextlib.aclosing`.
    """

    read: Callable[..., Any] = staticmethod(read_pages)
