"""The same mirror for code that does not await."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..models.events import Event
from ..sync import Account, Cronofy
from .changes import AsyncChanges
from .mirrors import AsyncEventMirror
from .records import Change, MirroredAccount, MirrorOutcome
from .stores import MirrorStore

if TYPE_CHECKING:
    from ..client.bridge import Call

__all__ = ("Changes", "EventMirror")

T = TypeVar("T")

_AT_ONCE = 500


class Changes(Iterator[Change]):
    """Changes in their order, each once, without awaiting; see `AsyncChanges`."""

    def __init__(self, changes: AsyncChanges, call: Call) -> None:
        self._changes = changes
        self._call = call

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Change:
        found = self._call(lambda: _some(self._changes, 1))
        if not found:
            raise StopIteration
        return found[0]

    def acknowledge(self) -> None:
        """Acknowledge the change that was given last; see `AsyncChanges.acknowledge`."""
        self._call(self._changes.acknowledge)


class EventMirror:
    """
    A local copy of the events of many accounts; `AsyncEventMirror` says how it goes.

    It takes the same arguments, with a `Cronofy`. *on_outcome* is called in another thread.
    """

    def __init__(
        self,
        cronofy: Cronofy,
        store: MirrorStore,
        *,
        tzid: str = "Etc/UTC",
        days: tuple[int, int] = (-42, 201),
        include_managed: bool = True,
        localized_times: bool = False,
        include_geo: bool = False,
        google_event_ids: bool = False,
        pause: float = 2.0,
        catch_up_every: float = 3600.0,
        reconcile_every: float = 86400.0,
        overlap: int = 120,
        at_once: int | None = None,
        on_outcome: Callable[[MirrorOutcome], object] | None = None,
    ) -> None:
        self._call: Call = cronofy.call
        # What waits in it belongs to the loop on which it runs.
        self._mirror = self._call(
            lambda: _made(
                cronofy,
                store,
                tzid=tzid,
                days=days,
                include_managed=include_managed,
                localized_times=localized_times,
                include_geo=include_geo,
                google_event_ids=google_event_ids,
                pause=pause,
                catch_up_every=catch_up_every,
                reconcile_every=reconcile_every,
                overlap=overlap,
                at_once=at_once,
                on_outcome=on_outcome,
            )
        )

    def add(self, *accounts: Account | str) -> None:
        """Take accounts into the mirror; see `AsyncEventMirror.add`."""
        inner = [each if isinstance(each, str) else each.unblocked for each in accounts]
        self._call(lambda: self._mirror.add(*inner))

    def remove(self, sub: str) -> None:
        """Take an account out of the mirror; see `AsyncEventMirror.remove`."""
        self._call(lambda: self._mirror.remove(sub))

    def accounts(self) -> list[MirroredAccount]:
        """All accounts, and how their mirrors stand."""
        return self._call(self._mirror.accounts)

    def catch_up(self, *subs: str, full: bool = False) -> list[MirrorOutcome]:
        """Read what is new; see `AsyncEventMirror.catch_up`."""
        return self._call(lambda: self._mirror.catch_up(*subs, full=full))

    def hint(self, sub: str, *, full: bool = False) -> None:
        """Say that something of an account may have changed; any thread may."""
        self._call(lambda: _later(self._mirror.hint, sub, full=full))

    def notify(self, sub: str, callback: object) -> None:
        """Hand a notification on as a hint; see `AsyncEventMirror.notify`. Any thread may."""
        self._call(lambda: _later(self._mirror.notify, sub, callback))

    def run(self) -> None:
        """Keep the mirror right until interrupted, in a thread that has nothing else to do."""
        self._call(self._mirror.run)

    def events(
        self,
        sub: str | Iterable[str] | None = None,
        *,
        calendar_id: str | Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        tzid: str | None = None,
    ) -> Iterator[Event]:
        """Events of the mirror; see `AsyncEventMirror.events`."""
        found = self._mirror.events(sub, calendar_id=calendar_id, start=start, end=end, tzid=tzid)
        return self._each(found)

    def _each(self, found: AsyncIterator[T]) -> Iterator[T]:
        while some := self._call(lambda: _some(found, _AT_ONCE)):
            yield from some

    def changes(
        self,
        consumer: str,
        *,
        after: int | None = None,
        from_now: bool = False,
        follow: bool = True,
        look_every: float = 1.0,
    ) -> Changes:
        """The changes for a consumer; see `AsyncEventMirror.changes`."""
        changes = self._mirror.changes(
            consumer, after=after, from_now=from_now, follow=follow, look_every=look_every
        )
        return Changes(changes, self._call)

    def forget(self, consumer: str) -> None:
        """Forget a consumer, and the changes that were kept for it alone."""
        self._call(lambda: self._mirror.forget(consumer))

    def __repr__(self) -> str:
        return repr(self._mirror).replace("Async", "", 1)


async def _made(cronofy: Cronofy, store: MirrorStore, **options: Any) -> AsyncEventMirror:
    return AsyncEventMirror(cronofy.unblocked, store, **options)


async def _later(work: Callable[..., None], *args: Any, **options: Any) -> None:
    work(*args, **options)


async def _some(found: AsyncIterator[T], most: int) -> list[T]:
    some: list[T] = []
    while len(some) < most and (one := await anext(found, None)) is not None:
        some.append(one)
    return some
