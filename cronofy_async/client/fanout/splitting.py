"""
One read as several over parts of its window, which together give the same entries.

Inner borders are days in the zone of the read. An entry belongs to the part in which it
starts; what starts before the whole window belongs to the first. Each part also gets
entries that only reach into it, and leaves them to the part that they belong to: so
nothing comes twice, also where entries have no ids, and no memory is needed for it.

Where a read also gives what was moved away, an entry may lie outside the window and come
with any part: those are told apart by their ids, of which such reads have one each.

Source: /developers/api/events/read-events/
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from ...core.errors import InvalidArgumentError
from ...core.paging import PagedOperation
from ...core.unset import Unset
from ...models.times import ZonedTime
from ...operations.event_fields import DEFAULT_DAYS, WindowRead

__all__ = ("Part", "Windows", "bounds", "check_windows", "instant", "split", "worthwhile")

Windows: TypeAlias = int | timedelta | None
"""How to split: into so many parts, into parts so long, or not at all."""

MOST_WINDOWS: Final = 1000

# A window costs half a page on the average, which is an eighth of four: whatever a read's
# length, it takes an eighth more requests, and the time of five or six pages.
_PAGES_EACH: Final = 4

Owner: TypeAlias = Callable[[Any], bool | None]
"""Whether an entry belongs to a part; `None`: to whichever part it came with first."""


@attrs.frozen
class Part:
    """
    A part of a read.

    Attributes:
        operation: What to ask for it.
        owns: Tells its entries from those of its neighbours; `None`: it has none.
    """

    operation: PagedOperation[Any]
    owns: Owner | None = None


def worthwhile(total: int | None, idle: int) -> int:
    """
    Into how many parts to split a read whose first page is there.

    Args:
        total: How many pages the service counts.
        idle: How many parts can be read beside the first.
    """
    return max(1, min((total or 0) // _PAGES_EACH, idle + 1))


def bounds(operation: PagedOperation[Any], now: float) -> tuple[Any, Any] | None:
    """
    Where the window of a read begins and ends; `None` if nothing bounds it.

    Args:
        operation: The read.
        now: Seconds since the epoch, for bounds that are left to the service.
    """
    fields = attrs.fields_dict(type(operation))
    if not fields.keys() >= {"from_", "to", "tzid"}:
        return None
    given: Any = operation
    from_, to = given.from_, given.to
    if not (isinstance(from_, Unset) or isinstance(to, Unset)):
        return from_, to
    # The default window does not bound what the application created itself, and reads of
    # another kind have none.
    managed = [name for name in ("include_managed", "only_managed") if name in fields]
    if not isinstance(operation, WindowRead) or any(getattr(given, n) is True for n in managed):
        return None
    today = datetime.fromtimestamp(now, ZoneInfo(given.tzid)).date()
    back, ahead = (today + timedelta(days=days) for days in DEFAULT_DAYS)
    return back if isinstance(from_, Unset) else from_, ahead if isinstance(to, Unset) else to


def split(operation: PagedOperation[Any], windows: Windows, now: float) -> list[Part]:
    """
    The parts of a read, in the order of time; the read itself if it cannot be shorter.

    Args:
        operation: The read.
        windows: How to split it.
        now: As in `bounds`.

    Raises:
        InvalidArgumentError: *windows* makes no sense, or nothing bounds the read.
    """
    check_windows(windows)
    if windows is None or windows == 1:
        return [Part(operation)]
    found = bounds(operation, now)
    if found is None:
        raise InvalidArgumentError(
            "windows", "cannot split a read without bounds", "give it from_ and to"
        )
    tz = zone_of(operation)
    first, last = (_day(each, tz) for each in found)
    borders = _borders(first, last, windows)
    if not borders:
        return [Part(operation)]
    # Where it is a moment, the last day has begun.
    outer = None
    if getattr(operation, "include_moved", None) is True:
        outer = (first, last)
    edges: Sequence[Any] = (found[0], *borders, found[1])
    return [
        Part(_between(operation, start, end), _owner(tz, borders, index, outer))
        for index, (start, end) in enumerate(pairwise(edges))
    ]


def check_windows(windows: Any) -> None:
    """
    Refuse what is no way to split.

    Raises:
        InvalidArgumentError: It is none.
    """
    if windows is None:
        return
    if isinstance(windows, timedelta):
        if windows < timedelta(days=1) or windows % timedelta(days=1):
            raise InvalidArgumentError("windows", f"is {windows}", "give one or more whole days")
    elif isinstance(windows, bool) or not isinstance(windows, int):
        raise InvalidArgumentError(
            "windows", f"is a {type(windows).__name__}", "give a number or a timedelta of days"
        )
    elif not 1 <= windows <= MOST_WINDOWS:
        raise InvalidArgumentError("windows", f"is {windows}", f"give 1 to {MOST_WINDOWS}")


def _borders(first: date, last: date, windows: int | timedelta) -> list[date]:
    """The days at which a window of whole days is cut."""
    days = (last - first).days
    if isinstance(windows, timedelta):
        count = -(-days // windows.days)
        borders = [first + windows * index for index in range(1, count)]
    else:
        count = min(windows, days)
        borders = [first + timedelta(days=days * index // count) for index in range(1, count)]
    if len(borders) >= MOST_WINDOWS:
        raise InvalidArgumentError(
            "windows", f"makes {len(borders) + 1} parts of it", f"make at most {MOST_WINDOWS}"
        )
    return borders


def _between(operation: Any, start: Any, end: Any) -> PagedOperation[Any]:
    changed: PagedOperation[Any] = attrs.evolve(operation, from_=start, to=end)
    return changed


def _owner(
    tz: ZoneInfo, borders: Sequence[date], index: int, outer: tuple[date, date] | None
) -> Owner:
    def owns(entry: Any) -> bool | None:
        start = entry.start
        if start is None:
            return None
        day = _day(start, tz)
        # On the first and the last day, too, it may lie outside a window of moments.
        if outer is not None and not outer[0] < day < outer[1]:
            return None
        return bisect_right(borders, day) == index

    return owns


def zone_of(operation: Any) -> ZoneInfo:
    """The zone in which the days of a read begin."""
    tzid = getattr(operation, "tzid", "Etc/UTC")
    return ZoneInfo("Etc/UTC" if isinstance(tzid, Unset) else tzid)


def _day(time: Any, tz: ZoneInfo) -> date:
    """The day on which a time lies in a zone."""
    if isinstance(time, ZonedTime):
        time = time.moment() if isinstance(time.time, datetime) else time.time
    if not isinstance(time, datetime):
        day: date = time
        return day
    try:
        return time.date() if time.tzinfo is None else time.astimezone(tz).date()
    except OverflowError:
        return time.date()


def instant(time: Any, tz: ZoneInfo) -> datetime:
    """
    The moment at which a time lies, to be ordered by; a day begins at its midnight in *tz*.

    What has no time at all comes last.
    """
    if isinstance(time, ZonedTime):
        time = time.moment() if isinstance(time.time, datetime) else time.time
    if time is None:
        return datetime.max.replace(tzinfo=UTC)
    if not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)  # noqa: DTZ001  # the zone follows
    if time.tzinfo is None:
        time = time.replace(tzinfo=tz)
    try:
        moment: datetime = time.astimezone(UTC)
    except OverflowError:
        moment = time.replace(tzinfo=UTC)
    return moment
