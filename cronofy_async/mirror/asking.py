"""What can be asked of a mirror, without asking the service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import anyio

from ..client.runtime import Runtime
from ..models.events import Event
from ..models.times import zone
from .changes import AsyncChanges
from .records import MirroredAccount, read_event
from .spans import Span
from .stores import MirrorStore, Place, Query, Standing

__all__ = ("Asking",)

_FOUND_AT_ONCE: Final = 500


class Asking:
    """
    Looks things up in a mirror; `AsyncEventMirror` is one.

    Args:
        store: Where the mirror is.
        tz: The zone in which days begin, unless another is given.
        runtime: Time and chance.
    """

    def __init__(self, store: MirrorStore, tz: ZoneInfo, runtime: Runtime) -> None:
        self._store = store
        self._tz = tz
        self._runtime = runtime
        self._news = anyio.Event()

    async def accounts(self) -> list[MirroredAccount]:
        """All accounts, and how their mirrors stand."""
        return [_account(each) for each in await self._store.standings()]

    def events(
        self,
        sub: str | Iterable[str] | None = None,
        *,
        calendar_id: str | Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        tzid: str | None = None,
    ) -> AsyncIterator[Event]:
        """
        Events of the mirror, account after account, each in the order of their starts.

        Nothing is sent. Events overlap what you ask for: they start before *end*, and end
        after *start* or start at it. All-day events lie in the days of *tzid*; those without
        any time come only if you give neither bound.

        Args:
            sub: Of which account, or accounts; left out: all.
            calendar_id: In which calendar, or calendars; left out: all.
            start: An aware datetime, or a day from its beginning on, inclusive.
            end: The same, exclusive: of a day nothing is included.
            tzid: The zone in which days begin; left out: that of the mirror.

        Raises:
            InvalidArgumentError: A bound is naive, *end* is not after *start*, or the zone is
                unknown.
        """
        tz = self._tz if tzid is None else ZoneInfo(zone("tzid", tzid))
        span = None
        if start is not None or end is not None:
            span = Span.between(start, end, tz)
        query = Query(subs=_several(sub), calendar_ids=_several(calendar_id), span=span)
        return self._find(query)

    async def _find(self, query: Query) -> AsyncIterator[Event]:
        after: Place | None = None
        while True:
            found = await self._store.find(query, after, _FOUND_AT_ONCE)
            for each in found:
                yield read_event(each.body)
            if len(found) < _FOUND_AT_ONCE:
                return
            after = found[-1].place

    def changes(
        self,
        consumer: str,
        *,
        after: int | None = None,
        from_now: bool = False,
        follow: bool = True,
        look_every: float = 1.0,
    ) -> AsyncChanges:
        """
        The changes that a consumer has not acknowledged, in their order, each once.

        A consumer comes into being when its changes are first asked for. It is then told of
        every event that is there as of one that was added. From then on changes are kept until
        it has acknowledged them: `forget` one that will not come again.

        Args:
            consumer: Its name.
            after: The number of the last change that you have dealt with, if you keep that
                yourself; it is acknowledged.
            from_now: Whether a new consumer is told only of what happens from now on.
            follow: Whether to wait for further changes at the end.
            look_every: Seconds after which to look for changes that other processes wrote.
        """

        async def wait() -> None:
            await self._runtime.wait(self._news, look_every)

        return AsyncChanges(
            self._store, consumer, after=after, from_now=from_now, wait=wait if follow else None
        )

    async def forget(self, consumer: str) -> None:
        """Forget a consumer, and the changes that were kept for it alone."""
        await self._store.leave(consumer)

    def _tell(self) -> None:
        self._news.set()
        self._news = anyio.Event()


def _several(given: str | Iterable[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    return (given,) if isinstance(given, str) else tuple(given)


def _account(standing: Standing) -> MirroredAccount:
    def moment(seconds: float | None) -> datetime | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return MirroredAccount(
        sub=standing.sub,
        is_loaded=standing.cursor is not None,
        refused=standing.refused,
        caught_up_at=moment(standing.caught_up_at),
        reconciled_at=moment(standing.reconciled_at),
        from_=day(standing.first),
        to=day(standing.last),
    )
