"""
Reading one account into a mirror: all of it, or what changed.

What changed since a moment is asked for by the service's own clock, with an overlap. A read of
several pages may miss an event: where pages are cut anew for each request, one that is deleted
or moved meanwhile makes others slip past the border of a page. So after such a read what changed
since its beginning is read as well, and if there is anything, it is done once more. Only a read
that nothing disturbed moves the cursor, or removes what it has not seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import attrs

from ..client.fanout.gathering import Way, read_account
from ..client.fanout.splitting import Part
from ..client.fanout.stream import Places
from ..client.walks import Memory, Walk
from ..core.errors import AuthenticationError, CredentialError, CronofyError, PermissionDeniedError
from ..core.paging import Page
from ..operations.events import ReadEvents
from .errors import MirrorStoreError, OvertakenError
from .pages import Entry, read_page
from .records import MirrorOutcome, RemovalReason
from .spans import Span
from .stores import Batch, MirrorStore, Row, Standing, Tally

if TYPE_CHECKING:
    from ..client.clients import AsyncAccount

__all__ = ("AccountReader", "Aim")

_ROUNDS: Final = 3
"""How often everything is read at the most because something disturbed it."""

_REFUSALS: Final = (AuthenticationError, CredentialError, PermissionDeniedError)


@attrs.frozen(kw_only=True)
class Aim:
    """
    What a mirror is of.

    Attributes:
        operation: What is read of each account, without its window.
        days: The first day of the window and the one after its last, counted from today.
        overlap: How many seconds are read again each time.
        reconcile_every: After how many seconds everything is read again.
    """

    operation: ReadEvents
    days: tuple[int, int]
    overlap: int
    reconcile_every: float

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which days begin."""
        return ZoneInfo(self.operation.tzid)

    @property
    def settings(self) -> str:
        """What makes one mirror another than this one."""
        return self.operation.to_request().url

    def window(self, now: float) -> tuple[date, date]:
        """The first day, and the one after the last."""
        today = datetime.fromtimestamp(now, self.tz).date()
        first, last = (today + timedelta(days=each) for each in self.days)
        return first, last

    def is_full_due(self, standing: Standing, now: float) -> bool:
        """Whether all of an account has to be read."""
        read = standing.reconciled_at
        return (
            standing.cursor is None
            or standing.settings != self.settings
            or self.window(now)[0].isoformat() < standing.first
            or read is None
            or not now - self.reconcile_every < read <= now + self.overlap
        )


class AccountReader:
    """
    Reads one account once.

    Args:
        aim: What is wanted.
        store: Where to.
        account: Whom.
        standing: How the account stands, with the turn of this read.
        places: Those that are idle are taken where splitting pays.
    """

    def __init__(
        self,
        aim: Aim,
        store: MirrorStore,
        account: AsyncAccount,
        standing: Standing,
        places: Places,
    ) -> None:
        self._aim = aim
        self._store = store
        self._account = account
        self._standing = standing
        self._places = places
        self.tz: ZoneInfo = aim.tz
        self._runtime = account.driver.runtime
        self._now = self._runtime.now()
        self._window = aim.window(self._now)
        self.span: Span = Span.of_days(*self._window, aim.tz)
        self._total = Tally()
        self._is_full = False

    async def read(self, *, is_full: bool) -> MirrorOutcome:
        """
        Read what is due.

        Args:
            is_full: Whether to read everything in any case.

        Raises:
            MirrorStoreError: The store cannot be used.
        """
        self._is_full = is_full or self._aim.is_full_due(self._standing, self._now)
        error: CronofyError | None = None
        try:
            await (self._read_all() if self._is_full else self._read_changes())
        except MirrorStoreError:
            raise
        except _REFUSALS as befell:
            error = befell
            await self._mark(str(befell))
        except CronofyError as befell:
            error = befell
        total = self._total
        return MirrorOutcome(
            sub=self._standing.sub,
            is_full=self._is_full,
            added=total.added,
            changed=total.changed,
            removed=total.removed,
            error=error,
        )

    async def _mark(self, refused: str) -> None:
        standing = attrs.evolve(self._standing, refused=refused)
        with suppress(OvertakenError):
            await self.write(Batch(standing=standing))

    async def _read_all(self) -> None:
        whole = partial(self._read, windows="auto")
        cursor, held = await self._read_surely(whole, is_seen=True)
        if cursor is None:
            # What was not seen may be there all the same: it stays until the next time.
            await self.write(Batch(standing=attrs.evolve(self._standing, reconciled_at=None)))
        else:
            end = self._end(cursor, self._now, sweep=True)
            await self.write(_together(held, end))

    async def _read_changes(self) -> None:
        standing = self._standing
        assert standing.cursor is not None, "that of an account that was read"
        cursor, held = await self._read_surely(partial(self._read, since=standing.cursor))
        edge = date.fromisoformat(standing.last)
        if edge < self._window[1] and cursor is not None:
            # Nobody is told of what the window moves over as time goes on.
            await self.write(held)
            entered, held = await self._read_surely(partial(self._read, first=edge))
            cursor = None if entered is None else cursor
        if cursor is None:
            # What was read is kept, and read again the next time.
            await self.write(held)
        else:
            await self.write(_together(held, self._end(cursor, standing.reconciled_at)))

    async def _read_surely(
        self, read: Callable[..., Awaitable[int]], *, is_seen: bool = False
    ) -> tuple[int | None, Batch]:
        """
        Read something, and again as long as it is disturbed.

        Answer: the service's time of the beginning, `None` if it was disturbed to the end; and
        the one page that came, if it was but one, which is still to be written.
        """
        for _ in range(_ROUNDS):
            taking = _Taking(self, is_seen=is_seen)
            began = await read(taking)
            if taking.pages <= 1:
                # Nothing comes between the pages of a read that has but one.
                return began, taking.held
            await self.write(taking.held)
            after = _Taking(self, is_seen=is_seen, since=began)
            await self._read(after, since=began)
            await self.write(after.held)
            if not after.is_disturbed:
                return began, Batch()
        return None, Batch()

    def _end(self, cursor: int, reconciled_at: float | None, *, sweep: bool = False) -> Batch:
        first, last = self._window
        standing = attrs.evolve(
            self._standing,
            cursor=cursor,
            first=first.isoformat(),
            last=last.isoformat(),
            settings=self._aim.settings,
            caught_up_at=self._now,
            reconciled_at=reconciled_at,
            refused=None,
        )
        return Batch(standing=standing, span=self.span, sweep=sweep)

    async def _read(
        self,
        taking: _Taking,
        *,
        windows: Any = None,
        since: int | None = None,
        first: date | None = None,
    ) -> int:
        """
        Read the window, or what changed in it; gives the service's time of the beginning.

        Args:
            taking: Takes the pages.
            windows: How to split it.
            since: What changed since then, in seconds since the epoch; `None`: all.
            first: Where to begin in the window; left out: at its first day.
        """
        operation = attrs.evolve(
            self._aim.operation, from_=first or self._window[0], to=self._window[1]
        )
        if since is not None:
            operation = attrs.evolve(
                operation,
                last_modified=datetime.fromtimestamp(max(0, since - self._aim.overlap), UTC),
                include_deleted=True,
                include_moved=True,
            )
        began, wall = self._runtime.monotonic(), self._runtime.now()
        way = Way(operation=operation, windows=windows, now=self._now)
        await read_account(self._account, way, taking, self._places)
        now = self._account.driver.clock.now()
        # A service that does not tell the time is taken to have ours.
        at = wall if now is None else now - (self._runtime.monotonic() - began)
        return int(at)

    async def write(self, batch: Batch) -> Tally:
        """Write a batch."""
        standing = self._standing
        tally = await self._store.write(standing.sub, standing.turn, batch)
        self._total += tally
        return tally


def _together(page: Batch, end: Batch) -> Batch:
    """The last page and the end of a read, as one."""
    return attrs.evolve(page, standing=end.standing, span=end.span, sweep=end.sweep)


@attrs.define
class _Remembering:
    """Whatever comes again is recognised by the store."""

    is_whole: bool = True


class _Taking:
    """
    Takes the pages of one read.

    Args:
        reader: Whose read.
        is_seen: Whether to remember what came.
        since: When the read began that this one is to check.

    Attributes:
        pages: How many came.
        held: The last one, which is not written yet.
        is_disturbed: Whether something changed since then.
    """

    def __init__(self, reader: AccountReader, *, is_seen: bool = False, since: int = 0) -> None:
        self._reader = reader
        self._is_seen = is_seen
        self._since = Span.between(datetime.fromtimestamp(since, UTC), None, reader.tz).first_moment
        self.memory: Memory = _Remembering()
        self.pages: int = 0
        self.held: Batch = Batch()
        self.is_disturbed: bool = False

    def expect(self, more: int) -> None:
        """Nothing hangs on it."""

    def keep(self, whole: Any, windows: int, key: tuple[int, int]) -> _Taking:  # noqa: ARG002  # the protocol's
        """What keeps a part: this, as the store tells events apart."""
        return self

    def reader(self, part: Part) -> Callable[[bytes], Page[Entry]]:
        """How to read a page."""
        operation: Any = part.operation
        return partial(read_page, operation, tz=self._reader.tz)

    async def take(self, part: Part, walk: Walk[Any], page: Page[Entry], body: bytes) -> None:  # noqa: ARG002  # the protocol's
        """Write a page."""
        rows: list[Row] = []
        gone: list[tuple[str, str, RemovalReason]] = []
        holds = self._reader.span.holds
        for row, is_deleted in page.items:
            self.is_disturbed |= not row.updated or row.updated >= self._since
            if not is_deleted and holds(*row[2:5]):
                rows.append(row)
            else:
                reason = RemovalReason.DELETED if is_deleted else RemovalReason.MOVED
                gone.append((row.calendar_id, row.event_uid, reason))
        self.pages += 1
        # Windows of one account are read side by side.
        batch = Batch(
            rows=rows, gone=gone, is_seen=self._is_seen, keeps_newer=part.owns is not None
        )
        if page.is_last and not self.held.rows and not self.held.gone:
            self.held = batch
        else:
            # Of windows that are read side by side, each has a last page.
            await self._reader.write(batch)
        walk.count(page, len(page.items))
