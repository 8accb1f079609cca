"""The mirror: which accounts are read when, and what can be asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final

import anyio

from ..client.fanout.plans import check_at_once
from ..client.fanout.stream import Buffer, Each, Places, Stream
from ..core.errors import InvalidArgumentError
from ..core.unset import UNSET
from ..models.notifications import ChannelNotification, NotificationType
from ..operations.events import ReadEvents
from .asking import Asking
from .reading import AccountReader, Aim
from .records import MirrorOutcome
from .stores import MirrorStore

if TYPE_CHECKING:
    from ..client.clients import AsyncAccount, AsyncCronofy

__all__ = ("AsyncEventMirror",)

_LONGEST: Final = 36_500

_FULL: Final = frozenset({NotificationType.PROFILE_INITIAL_SYNC_COMPLETED})
_IDLE: Final = frozenset({NotificationType.VERIFICATION, NotificationType.GDPR_REQUESTED})


class AsyncEventMirror(Asking):
    """
    A local copy of the events of many accounts that stays right.

    `add` names the accounts, once: the store remembers them. `catch_up` reads what is new of
    them; `run` does so for good, as often as `hint` or time tells. `events` looks things up
    without asking the service, and `changes` tells what happened to the copy.

    Everything that must survive is in the store, and each page is written together with where
    the mirror goes on: it can be stopped at any point. Several processes may share a store;
    each account is then read by whoever began last.

    Args:
        cronofy: The client. Accounts that are added by their ids have their tokens in its
            token store.
        store: Where the copy is kept; you close it yourself.
        tzid: IANA name of the zone in which the days of the window begin.
        days: The window: its first day and the day after its last, counted from today. The
            default is the widest that the service promises. Events that come into it as time
            goes on are read on the first occasion of a day; those that have passed leave the
            mirror, as removed.
        include_managed: Whether events that the application created are in it too; those as
            well only as far as they are in the window.
        localized_times: Whether starts and ends come with their zones, as `ZonedTime`.
        include_geo: Whether locations have coordinates.
        google_event_ids: Whether Google's own ids come too.
        pause: Seconds that `run` waits after a hint for others of the same account: one read
            is for all of them.
        catch_up_every: Seconds after which `run` reads an account of which it heard nothing.
        reconcile_every: Seconds after which all events of an account are read anew, to find
            what no notification told of.
        overlap: Seconds before the last read whose changes are read again each time, as clocks
            differ and a change may become visible later than its stamp says.
        at_once: How many accounts are read at once; left out: as many as requests may be.
        on_outcome: Called by `run` with each `MirrorOutcome`; must not block.

    Raises:
        InvalidArgumentError: The zone is unknown, the window has no days or is too long, or a
            number makes no sense.
    """

    def __init__(
        self,
        cronofy: AsyncCronofy,
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
        given: Any = store
        if isinstance(given, type) or not isinstance(given, MirrorStore):
            raise InvalidArgumentError(
                "store",
                "is no store of a mirror",
                "give for example SQLiteMirrorStore('events.db')",
            )
        for name, value in (
            ("pause", pause),
            ("catch_up_every", catch_up_every),
            ("reconcile_every", reconcile_every),
            ("overlap", overlap),
        ):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
                raise InvalidArgumentError(name, "is no length of time", "give seconds from 0 on")
        _check_days(days)
        self._aim = Aim(
            operation=ReadEvents(
                tzid=tzid,
                include_managed=include_managed or UNSET,
                localized_times=localized_times or UNSET,
                include_geo=include_geo or UNSET,
                google_event_ids=google_event_ids or UNSET,
            ),
            days=(days[0], days[1]),
            overlap=int(overlap),
            reconcile_every=reconcile_every,
        )
        self._cronofy = cronofy
        super().__init__(store, self._aim.tz, cronofy.driver.runtime)
        self._pause = pause
        self._catch_up_every = catch_up_every
        self._at_once = check_at_once(at_once, cronofy)
        self._on_outcome = on_outcome
        self._views: dict[str, AsyncAccount] = {}
        # Hints by account; true: all of it has to be read.
        self._hints: dict[str, bool] = {}
        self._owed: set[str] = set()
        self._busy: dict[str, anyio.Event] = {}
        self._hinted = anyio.Event()

    # Accounts --------------------------------------------------------------------------

    async def add(self, *accounts: AsyncAccount | str) -> None:
        """
        Take accounts into the mirror; those that are in it stay as they are.

        Args:
            accounts: Views that were made with their subs, or subs.

        Raises:
            InvalidArgumentError: One is no account, or nobody knows its sub.
            MirrorStoreError: The store cannot be used.
        """
        subs: list[str] = []
        for each in accounts:
            sub = each if isinstance(each, str) else each.sub
            if not sub:
                raise InvalidArgumentError(
                    "accounts", "have one without a sub", "make the view with account(sub, ...)"
                )
            if not isinstance(each, str):
                self._views[sub] = each
            subs.append(sub)
        for sub in subs:
            await self._store.add(sub)
            self._hint(sub, is_full=False)

    async def remove(self, sub: str) -> None:
        """
        Take an account out of the mirror, with all of its events.

        They are changes too: until every consumer has seen them removed, the log holds what
        they were.
        """
        self._views.pop(sub, None)
        self._hints.pop(sub, None)
        self._owed.discard(sub)
        await self._store.drop(sub)
        self._tell()

    # Reading ---------------------------------------------------------------------------

    async def catch_up(self, *subs: str, full: bool = False) -> list[MirrorOutcome]:
        """
        Read what is new, of some accounts or of all.

        One request for each account, unless what changed does not fit on a page, the day has
        changed since the last time, or everything is due to be read again.

        Args:
            subs: Which accounts; left out: all of them.
            full: Whether to read everything of them again.

        Raises:
            MirrorStoreError: The store cannot be used. What was written before stays, and
                the next time goes on from there.
        """
        wanted = list(dict.fromkeys(subs))
        if not wanted:
            wanted = [each.sub for each in await self._store.standings()]
        return [each async for each in self._read(dict.fromkeys(wanted, full))]

    async def _read(self, wanted: dict[str, bool]) -> AsyncIterator[MirrorOutcome]:
        buffer: Buffer[MirrorOutcome] = Buffer(self._at_once)
        places = Places(self._at_once)

        async def work(sub: str) -> None:
            outcome = await self._read_one(sub, places, is_full=wanted[sub])
            if outcome is not None:
                await buffer.put(outcome)

        crew: Each[str, str, MirrorOutcome] = Each(
            wanted, lambda _, sub: sub, work, places=places, buffer=buffer
        )
        stream = Stream(crew, self._cronofy.driver.ahead)
        try:
            while True:
                try:
                    outcome = await stream.get()
                except StopAsyncIteration:
                    return
                yield outcome
        finally:
            await stream.aclose()

    async def _read_one(self, sub: str, places: Places, *, is_full: bool) -> MirrorOutcome | None:
        while sub in self._busy:
            # What changed since that read began is not in it.
            await self._busy[sub].wait()
        done = self._busy[sub] = anyio.Event()
        is_full |= self._hints.pop(sub, False) or sub in self._owed
        try:
            standing = await self._store.begin(sub)
            if standing is None:
                return None
            account = self._views.get(sub) or self._cronofy.account(sub)
            reader = AccountReader(self._aim, self._store, account, standing, places)
            outcome = await reader.read(is_full=is_full)
        except BaseException:
            self._hint(sub, is_full=is_full)
            raise
        finally:
            del self._busy[sub]
            done.set()
        if outcome.error is None:
            self._owed.discard(sub)
        elif is_full:
            # The next read is of everything again, whenever it comes: at once would help nobody.
            self._owed.add(sub)
        if outcome.changes:
            self._tell()
        return outcome

    def hint(self, sub: str, *, full: bool = False) -> None:
        """
        Say that something of an account may have changed; `run` reads it soon.

        It returns at once and may be called as often as you like, from where the mirror runs.

        Args:
            sub: The account; one that is not in the mirror is passed over.
            full: Whether all of it has to be read again.
        """
        self._hint(sub, is_full=full)

    def _hint(self, sub: str, *, is_full: bool) -> None:
        self._hints[sub] = self._hints.get(sub, False) or is_full
        self._hinted.set()

    def notify(self, sub: str, callback: object) -> None:
        """
        Hand a notification on as the hint that it is.

        Nothing that it says is trusted: the mirror reads from where it stands itself. So it
        may come late, twice or never.

        Args:
            sub: The account of its channel; put it into the channel's callback URL.
            callback: What `read_callback` gave; what is no notification of a channel is
                passed over.
        """
        if isinstance(callback, ChannelNotification):
            kind = callback.notification.type
            if kind not in _IDLE:
                self._hint(sub, is_full=kind in _FULL)

    async def run(self) -> None:
        """
        Keep the mirror right until cancelled.

        It begins by catching up with everything, and then reads accounts of which it is
        hinted, or of which it has heard nothing for long.

        Raises:
            MirrorStoreError: The store cannot be used; what was written stays.
        """
        for each in await self._store.standings():
            self._hint(each.sub, is_full=False)
        async with anyio.create_task_group() as group:
            group.start_soon(self._tick)
            while True:
                await self._hinted.wait()
                await self._runtime.sleep(self._pause)
                self._hinted = anyio.Event()
                free = {s: full for s, full in self._hints.items() if s not in self._busy}
                if free:
                    group.start_soon(self._read_and_tell, free)

    async def _read_and_tell(self, wanted: dict[str, bool]) -> None:
        async for outcome in self._read(wanted):
            if self._on_outcome is not None:
                self._on_outcome(outcome)
        if self._hints:
            self._hinted.set()

    async def _tick(self) -> None:
        while True:
            await self._runtime.sleep(self._catch_up_every)
            now = self._runtime.now()
            for each in await self._store.standings():
                read = each.caught_up_at
                if read is None or not now - self._catch_up_every < read <= now:
                    self._hint(each.sub, is_full=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} in {self._store!r}>"


def _check_days(days: Any) -> None:
    whole = isinstance(days, tuple) and len(days) == 2 and all(type(each) is int for each in days)
    if not whole:
        raise InvalidArgumentError(
            "days", "are no two whole numbers", "give for example (-42, 201)"
        )
    if not days[0] < days[1]:
        raise InvalidArgumentError("days", "have no day between them", "give the earlier one first")
    if max(map(abs, days)) > _LONGEST:
        raise InvalidArgumentError("days", "reach too far", f"give at most {_LONGEST} either way")
