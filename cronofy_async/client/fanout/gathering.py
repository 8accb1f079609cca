"""Reading one account: as one chain, or by calendars and windows, several chains at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

import attrs

from ...core.collected import Collected
from ...core.cursors import Cursor, fingerprint
from ...core.errors import CronofyError, InvalidArgumentError
from ...core.paging import Page, PagedOperation
from ...core.recall import Recall, identify, is_newer, version_of
from ...core.rows import Rows
from ...core.unset import Unset
from ...operations.calendars import ListCalendars
from ..together import together
from ..walks import Memory, Walk
from .ledger import Mark, Opened, Place
from .outcomes import AccountPage, Tally
from .splitting import Part, Windows, bounds, check_windows, split, worthwhile
from .stream import Places

if TYPE_CHECKING:
    from ..clients import AsyncAccount

__all__ = ("Collecting", "Paging", "Way", "read_account")

T = TypeVar("T")

Auto: TypeAlias = Literal["auto"]
Each: TypeAlias = Literal["each"]


@attrs.frozen(kw_only=True)
class Way:
    """
    How accounts are read.

    Attributes:
        operation: What is read of each.
        windows: How its window is split; ``auto``: when that pays.
        calendars: ``each``: every calendar by itself; `None`: all at once.
        now: Seconds since the epoch, from which default windows count.
    """

    operation: PagedOperation[Any]
    windows: Windows | Auto = "auto"
    calendars: Each | None = None
    now: float

    def check(self) -> None:
        """
        Refuse what cannot be carried out for any account.

        Raises:
            InvalidArgumentError: A way of splitting is unknown, or does not fit the read.
        """
        if self.windows != "auto":
            if isinstance(self.windows, str):
                raise InvalidArgumentError(
                    "windows", f"is {self.windows!r}", "give 'auto', a number, a timedelta or None"
                )
            check_windows(self.windows)
            split(self.operation, self.windows, self.now)
        if self.calendars not in (None, "each"):
            raise InvalidArgumentError("calendars", f"is {self.calendars!r}", "give 'each' or None")
        if self.calendars is not None and not hasattr(self.operation, "calendar_ids"):
            raise InvalidArgumentError("calendars", "are no matter of this read", "leave it out")


class Keeper(Protocol):
    """What becomes of the pages of one account."""

    def expect(self, more: int) -> None:
        """So many further parts will be read."""
        ...

    def keep(self, whole: PagedOperation[Any], windows: int, key: tuple[int, int]) -> Kept:
        """What keeps a part's pages; its key says where it stands among all parts."""
        ...


class Kept(Protocol):
    """What becomes of the pages of one part."""

    @property
    def memory(self) -> Memory:
        """Knows what was kept."""
        ...

    def reader(self, part: Part) -> Callable[[bytes], Page[Any]]:
        """How to read a page of the part."""
        ...

    async def take(self, part: Part, walk: Walk[Any], page: Page[Any], body: bytes) -> None:
        """Keep a page, and count it."""
        ...


async def read_account(
    account: AsyncAccount,
    way: Way,
    keeper: Keeper,
    places: Places,
    opened: Opened | None = None,
) -> None:
    """
    Read an account to its end.

    Args:
        account: Whom.
        way: How.
        keeper: Gets the pages.
        places: Those that are idle are taken where splitting pays.
        opened: Where another read of this account stopped.

    Raises:
        CronofyError: What befell the first part that failed; the others are given up.
    """
    wholes = await _wholes(account, way)
    keeper.expect(len(wholes))
    section = _Section(account, way, keeper, places, opened)
    if len(wholes) == 1:
        await section.read(0, wholes[0])
        return
    try:
        await together(partial(section.read, index, whole) for index, whole in enumerate(wholes))
    except CronofyError as error:
        # It is that of a calendar, and would not fit what was asked for.
        error.cursor = None
        raise


async def _wholes(account: AsyncAccount, way: Way) -> list[PagedOperation[Any]]:
    """The reads that are split, if at all, by time alone."""
    given: Any = way.operation
    if way.calendars is None:
        return [given]
    ids = given.calendar_ids
    if isinstance(ids, Unset):
        calendars = await account.send(ListCalendars())
        ids = tuple(each.calendar_id for each in calendars if not each.calendar_deleted)
    return [attrs.evolve(given, calendar_ids=(each,)) for each in dict.fromkeys(ids)] or [given]


class _Section:
    """Reads an account, or one of its calendars."""

    def __init__(
        self,
        account: AsyncAccount,
        way: Way,
        keeper: Keeper,
        places: Places,
        opened: Opened | None,
    ) -> None:
        self._account = account
        self._way = way
        self._keeper = keeper
        self._places = places
        self._windows = {} if opened is None else opened.windows
        self._cursors = [] if opened is None else [Cursor(each) for each in opened.cursors]

    async def read(self, index: int, whole: PagedOperation[Any]) -> None:
        """Read all windows of a read."""
        way = self._way
        known = self._windows.get(fingerprint(whole)) if self._windows else None
        if known is not None and not isinstance(way.windows, timedelta):
            await self._parts(index, whole, split(whole, known, way.now))
        elif way.windows == "auto":
            await self._auto(index, whole)
        else:
            await self._parts(index, whole, split(whole, way.windows, way.now))

    async def _auto(self, index: int, whole: PagedOperation[Any]) -> None:
        """Read the first page, and then the rest in one chain or in several."""
        part, places = Part(whole), self._places
        may_split = places.idle > 0 and bounds(whole, self._way.now) is not None
        kept = self._keeper.keep(whole, 1, (index, 0))
        # What a page is split after is not read on: nothing is asked for ahead of that.
        pager = self._account.read(whole).with_prefetch(0 if may_split else 1)
        walk = pager.walk(kept.reader(part), kept.memory)
        try:
            first = await anext_page(walk)
            if may_split and first is not None:
                borrowed = places.take_idle(worthwhile(first[0].total, places.idle) - 1)
                try:
                    parts = split(whole, borrowed + 1, self._way.now)
                    if len(parts) > 1:
                        await self._parts(index, whole, parts)
                        return
                finally:
                    places.give(borrowed)
            walk.ahead(1)
            while first is not None:
                await kept.take(part, walk, *first)
                # While the next one is on its way, this one is not ours to hold.
                first = None
                first = await anext_page(walk)
        finally:
            walk.cancel()

    async def _parts(self, index: int, whole: PagedOperation[Any], parts: list[Part]) -> None:
        """Read windows, all at once."""
        works: list[Callable[[], Awaitable[None]]] = []
        for number, part in enumerate(parts):
            cursor = next((each for each in self._cursors if each.is_of(part.operation)), None)
            if cursor is None or not cursor.at_end:
                kept = self._keeper.keep(whole, len(parts), (index, number))
                works.append(partial(self._part, part, kept, cursor))
        self._keeper.expect(len(works) - 1)
        if len(works) == 1:
            await works[0]()
            return
        try:
            await together(works)
        except CronofyError as error:
            error.cursor = None
            raise

    async def _part(self, part: Part, kept: Kept, cursor: Cursor | None) -> None:
        pager = self._account.read(part.operation)
        if cursor is not None:
            pager = pager.resume(cursor)
        walk = pager.walk(kept.reader(part), kept.memory)
        try:
            while (found := await anext_page(walk)) is not None:
                await kept.take(part, walk, *found)
                # While the next one is on its way, this one is not ours to hold.
                found = None
        finally:
            walk.cancel()


async def anext_page(walk: Walk[T]) -> tuple[Page[T], bytes] | None:
    """The next page of a walk and its body, or `None` at the end."""
    try:
        return await walk.step()
    except StopAsyncIteration:
        return None


class Collecting(Generic[T]):
    """Keeps all of an account, as it came over the wire."""

    def __init__(self, operation: PagedOperation[T], tally: Tally) -> None:
        self._operation = operation
        self._tally = tally
        self._parts: dict[tuple[int, int], _CollectedPart] = {}

    def expect(self, more: int) -> None:
        """Nothing hangs on it."""

    def keep(self, whole: PagedOperation[Any], windows: int, key: tuple[int, int]) -> Kept:  # noqa: ARG002  # the protocol's
        """What keeps a part; the same key again begins it anew."""
        part = _CollectedPart(Collected(self._operation, self._operation.read_body), self._tally)
        self._parts[key] = part
        return part

    def collected(self) -> Collected[T]:
        """All that was kept, in the order of the parts."""
        whole = Collected(self._operation, self._operation.read_body)
        for key in sorted(self._parts):
            whole.absorb(self._parts[key].memory)
        whole.seal()
        return whole


@attrs.frozen
class _CollectedPart:
    memory: Collected[Any]
    tally: Tally

    def reader(self, part: Part) -> Callable[[bytes], Page[Any]]:
        if part.owns is None:
            return part.operation.read_sketch
        # Whose an entry is hangs on its start.
        return Rows(part.operation, ("start",)).read_body

    async def take(self, part: Part, walk: Walk[Any], page: Page[Any], body: bytes) -> None:
        owns = part.owns
        kept = None if owns is None else [owns(each) is not False for each in page.items]
        self.memory.add(body, page.items, kept)
        walk.count(page, len(page.items))
        self.tally.page(len(page.items) if kept is None else sum(kept))


class Paging:
    """
    Hands the pages of an account on as they come.

    Args:
        blank: A page of the account without entries.
        operation: What is read.
        put: Takes a page, with what its being handed out means.
        tally: Counts.
    """

    def __init__(
        self,
        blank: AccountPage[Any, Any],
        operation: PagedOperation[Any],
        put: Callable[[tuple[AccountPage[Any, Any], Mark]], Awaitable[None]],
        tally: Tally,
    ) -> None:
        self._blank = blank
        self._put = put
        self._tally = tally
        self._left = 0
        self._doubles = _Doubles(operation)

    def expect(self, more: int) -> None:
        """So many further parts will be read."""
        self._left += more

    def keep(self, whole: PagedOperation[Any], windows: int, key: tuple[int, int]) -> Kept:
        """What hands a part's pages on."""
        return _PagedPart(self, whole, windows, key)

    async def hand_on(self, part: Part, entries: list[Any], place: Place, *, is_end: bool) -> None:
        """Hand a page of a part on."""
        if part.owns is not None:
            entries = self._doubles.without(entries, part)
        self._left -= is_end
        is_last = self._left == 0
        self._tally.page(len(entries))
        page = attrs.evolve(self._blank, entries=entries, is_last=is_last)
        await self._put((page, Mark(self._blank.index, is_last, place=place)))


class _PagedPart:
    def __init__(
        self, paging: Paging, whole: PagedOperation[Any], windows: int, key: tuple[int, int]
    ) -> None:
        self._paging = paging
        self._whole = whole
        self._windows = windows
        self._key = key
        self.memory = Recall(whole)

    def reader(self, part: Part) -> Callable[[bytes], Page[Any]]:
        return part.operation.read_body

    async def take(self, part: Part, walk: Walk[Any], page: Page[Any], body: bytes) -> None:  # noqa: ARG002  # the protocol's
        entries = self.memory.fresh(page.items)
        walk.count(page, len(entries))
        place = Place(self._whole, self._windows, part.operation, self._key, *walk.standing)
        await self._paging.hand_on(part, entries, place, is_end=page.is_last)


class _Doubles:
    """
    What several parts of one account have given, to tell what comes again.

    That an entry which moves during the read comes with two parts is remembered as `Recall`
    does; what lies outside the window, and may come with any part, for good.
    """

    def __init__(self, operation: PagedOperation[Any]) -> None:
        self._recall = Recall(operation)
        self._identity = identify(operation)
        self._version = version_of(operation)
        self._outside: dict[Any, Any] = {}

    def without(self, entries: list[Any], part: Part) -> list[Any]:
        """Those of a part's entries that are its own, and new."""
        assert part.owns is not None
        told = [(part.owns(each), each) for each in entries]
        inside = iter(self._recall.fresh([each for owned, each in told if owned]))
        fresh = {id(each) for each in inside}
        return [
            each
            for owned, each in told
            if (id(each) in fresh if owned else owned is None and self._is_new(each))
        ]

    def _is_new(self, entry: Any) -> bool:
        name = self._identity(entry) if self._identity is not None else (None,)
        if None in name:
            return True
        version = self._version(entry)
        if name in self._outside and not is_newer(version, self._outside[name]):
            return False
        self._outside[name] = version
        return True
