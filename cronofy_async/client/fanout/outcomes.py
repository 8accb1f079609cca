"""What comes out of one call for many accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import attrs

from ...core.collected import Collected
from ...core.errors import CronofyError

__all__ = (
    "AccountEntry",
    "AccountOutcome",
    "AccountPage",
    "AccountsFailedError",
    "Progress",
    "Tally",
)

A = TypeVar("A")
T = TypeVar("T")
A_co = TypeVar("A_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(kw_only=True)
class AccountOutcome(Generic[A_co, T_co]):
    """
    What came of reading one account.

    Attributes:
        index: Its place among the accounts, from 0.
        sub: Its id, as far as it is known.
        account: Its view; `None` if what was given is no account.
        entries: What was read: all of it, or what came before the error.
        error: Why it could not be read, or not to its end; else `None`.
    """

    index: int
    sub: str | None
    account: A_co | None
    entries: Collected[T_co]
    error: CronofyError | None = None

    @property
    def ok(self) -> bool:
        """Whether everything was read."""
        return self.error is None

    def result(self) -> Collected[T_co]:
        """
        The entries.

        Raises:
            CronofyError: Why they are not all.
        """
        if self.error is not None:
            raise self.error
        return self.entries


@attrs.frozen(kw_only=True)
class AccountPage(Generic[A_co, T_co]):
    """
    Some of the entries of one account.

    Attributes:
        index: The account's place among the accounts, from 0.
        sub: Its id, as far as it is known.
        account: Its view; `None` if what was given is no account.
        entries: The entries; there may be none.
        is_last: Whether nothing of this account follows.
        error: Why nothing of it follows although not all was read; else `None`.
    """

    index: int
    sub: str | None
    account: A_co | None
    entries: list[T_co]
    is_last: bool
    error: CronofyError | None = None


@attrs.frozen
class AccountEntry(Generic[A_co, T_co]):
    """
    An entry, and whose it is.

    Attributes:
        sub: The account's id, as far as it is known.
        account: Its view.
        entry: What was read.
    """

    sub: str | None
    account: A_co
    entry: T_co


class AccountsFailedError(CronofyError):
    """
    Some accounts could not be read, or not to their end.

    Attributes:
        failures: Their outcomes, with what befell each.
    """

    def __init__(self, failures: tuple[AccountOutcome[Any, Any], ...]) -> None:
        super().__init__(failures)
        self.failures: tuple[AccountOutcome[Any, Any], ...] = failures

    def __str__(self) -> str:
        number, first = len(self.failures), self.failures[0].error
        return f"{number} of the accounts could not be read; the first: {first}"


@attrs.frozen(kw_only=True)
class Progress:
    """
    How far one call for many accounts is.

    Attributes:
        accounts_done: Those that are over, failed ones included.
        accounts_failed: Those of them that failed.
        accounts_total: How many there are, if that is known.
        pages: Pages that were read.
        entries: Entries that were read.
        seconds: Since it began.
    """

    accounts_done: int
    accounts_failed: int
    accounts_total: int | None
    pages: int
    entries: int
    seconds: float

    @property
    def rate(self) -> float:
        """Entries in a second, on the average."""
        return self.entries / self.seconds if self.seconds > 0 else 0.0


class Tally:
    """
    Counts what was done.

    Args:
        total: How many accounts there are, if that is known.
        clock: Seconds that only grow.
        tell: Called after each change.
    """

    def __init__(
        self,
        total: int | None,
        clock: Callable[[], float],
        tell: Callable[[Progress], object] | None,
    ) -> None:
        self._total = total
        self._clock = clock
        self._tell = tell
        self._began: float | None = None
        self._done = self._failed = self._pages = self._entries = 0

    def begin(self, done: int = 0, failed: int = 0) -> None:
        """Note when it began, and what was done before."""
        self._began = self._clock()
        self._done, self._failed = done, failed

    def page(self, entries: int) -> None:
        """Count a page with so many entries."""
        self._pages += 1
        self._entries += entries
        self._told()

    def account(self, *, failed: bool) -> None:
        """Count an account that is over."""
        self._done += 1
        self._failed += failed
        self._told()

    def _told(self) -> None:
        if self._tell is not None:
            self._tell(self.progress)

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        return Progress(
            accounts_done=self._done,
            accounts_failed=self._failed,
            accounts_total=self._total,
            pages=self._pages,
            entries=self._entries,
            seconds=0.0 if self._began is None else self._clock() - self._began,
        )
