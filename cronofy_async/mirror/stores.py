"""What a mirror needs of whatever keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

import attrs

from .records import Change, RemovalReason
from .spans import Span

__all__ = ("Batch", "Found", "MirrorStore", "Place", "Query", "Row", "Standing", "Tally")


Place: TypeAlias = tuple[Any, ...]
"""Where a search goes on; what it is made of is the store's matter."""


class Row(NamedTuple):
    """
    An event as it is kept.

    Times are text that sorts as they do: ``2030-01-07T09:00:00Z`` in UTC, ``2030-01-07`` for
    whole days, and empty where the service gives none.
    """

    calendar_id: str
    event_uid: str
    whole_days: int
    start: str
    end: str
    updated: str
    body: bytes
    """Its JSON, as it came over the wire."""


@attrs.frozen(kw_only=True)
class Standing:
    """
    How the mirror of one account stands; a store keeps it as it is.

    Attributes:
        sub: The account.
        turn: The number of the latest read that has begun.
        cursor: Seconds since the epoch at the service: what changed before that is here.
        first: The first day of what is mirrored, as text.
        last: The day after the last.
        settings: What else was asked for.
        caught_up_at: When it was last read to its end, in seconds since the epoch.
        reconciled_at: When all of it was last read.
        refused: Why it cannot be read any more.
    """

    sub: str
    turn: int = 0
    cursor: int | None = None
    first: str = ""
    last: str = ""
    settings: str = ""
    caught_up_at: float | None = None
    reconciled_at: float | None = None
    refused: str | None = None


@attrs.frozen(kw_only=True)
class Batch:
    """
    What one page brought, to be written in one transaction.

    Attributes:
        rows: Events that are in the mirror's window.
        gone: Events that are not in it any more: calendar, uid and why.
        keeps_newer: Whether an event stays that is here in a newer version, as pages may come
            in another order than they were cut in; otherwise what comes later counts.
        is_seen: Whether to remember what is in *rows* until everything else is removed.
        standing: How the account stands then, at the end of a read.
        sweep: Whether to remove what no page of this read has brought.
        span: At the end of a read, the mirror's window: what has left it is removed.
    """

    rows: Sequence[Row] = ()
    gone: Sequence[tuple[str, str, RemovalReason]] = ()
    keeps_newer: bool = False
    is_seen: bool = False
    standing: Standing | None = None
    sweep: bool = False
    span: Span | None = None


@attrs.frozen
class Tally:
    """How many events were added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.added + other.added, self.changed + other.changed, self.removed + other.removed
        )


@attrs.frozen(kw_only=True)
class Query:
    """
    Which events are wanted.

    Attributes:
        subs: Of which accounts; `None`: of all.
        calendar_ids: In which calendars; `None`: in all.
        span: What they overlap; `None`: at any time.
    """

    subs: tuple[str, ...] | None = None
    calendar_ids: tuple[str, ...] | None = None
    span: Span | None = None


class Found(NamedTuple):
    """An event that was found: where to go on behind it, whose it is, and its JSON."""

    place: Place
    sub: str
    body: bytes


@runtime_checkable
class MirrorStore(Protocol):
    """
    Keeps a mirror: accounts, events, changes and who has seen them.

    Each call is one transaction, carried out whole or not at all, and calls come one after
    the other, also from several processes. Whatever keeps it from that is raised as
    `MirrorStoreError`.
    """

    async def standings(self, subs: Sequence[str] | None = None) -> list[Standing]:
        """How accounts stand: those that are asked for, or all; unknown ones are left out."""
        ...

    async def add(self, sub: str) -> None:
        """Enter an account, unless it is there."""
        ...

    async def drop(self, sub: str) -> Tally:
        """Remove an account with its events, which are changes."""
        ...

    async def begin(self, sub: str) -> Standing | None:
        """Begin a read of an account, with a new turn; `None` if it is unknown."""
        ...

    async def write(self, sub: str, turn: int, batch: Batch) -> Tally:
        """
        Write a page, and each change together with it.

        An event that is here in just this form is no change.

        Raises:
            OvertakenError: *turn* is not the account's latest; nothing was written.
        """
        ...

    async def find(self, query: Query, after: Place | None, limit: int) -> Sequence[Found]:
        """Events behind a place: account after account, each in the order of their starts."""
        ...

    async def join(self, consumer: str, *, from_now: bool) -> int:
        """
        The number of the last change that a consumer has acknowledged.

        A new one has every event that is there still before it as an added one, unless
        *from_now*.
        """
        ...

    async def changes(self, consumer: str, after: int, limit: int) -> Sequence[Change]:
        """Changes behind one, in their order."""
        ...

    async def acknowledge(self, consumer: str, before: int, number: int) -> bool:
        """Move a consumer from one number to another; false if it is not at the former."""
        ...

    async def leave(self, consumer: str) -> None:
        """Forget a consumer; changes that nobody waits for are forgotten as well."""
        ...
