"""The events of an answer, put in order only as far as somebody reads."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

import attrs

from . import DERIVED
from .spans import Entry

if TYPE_CHECKING:
    from .accounts import Calendar
    from .events import Event

__all__ = ("Listing",)

Source: TypeAlias = "tuple[Calendar, tuple[list[Entry], ...]]"


@attrs.define(eq=False)
class Listing:
    """
    Events by start, then calendar, then uid.

    Which they are is settled when they are put in; how many they are is known at once.

    Attributes:
        sources: Calendars with parts, of which none is empty; parts and entries ascend.
    """

    sources: list[Source] = attrs.field(factory=list, repr=False)
    _ordered: Iterator[tuple[int, str, str, Calendar]] | None = attrs.field(
        default=None, init=False, repr=False, metadata=DERIVED
    )
    _read: list[Event] = attrs.field(factory=list, init=False, repr=False, metadata=DERIVED)

    def put(self, calendar: Calendar, *parts: list[Entry]) -> None:
        """Add events of a calendar that are in no other part; parts and entries ascend."""
        some = tuple(part for part in parts if part)
        if some:
            # Books do not give parts in an order of which anybody could be sure.
            insort(self.sources, (calendar, some), key=_first)

    def __len__(self) -> int:
        return sum(len(part) for _, parts in self.sources for part in parts)

    def __getitem__(self, wanted: slice) -> list[Event]:
        if self._ordered is None:
            self._ordered = merge(*(_entries(*source) for source in self.sources))
        missing = wanted.indices(len(self))[1] - len(self._read)
        for _, _, uid, calendar in islice(self._ordered, max(0, missing)):
            event = calendar.events.get(uid)
            assert event is not None, "books lose no event"
            self._read.append(event)
        return self._read[wanted]


def _first(source: Source) -> tuple[int, str, str]:
    calendar, parts = source
    start, uid = parts[0][0]
    return start, calendar.calendar_id, uid


def _entries(
    calendar: Calendar, parts: Iterable[list[Entry]]
) -> Iterator[tuple[int, str, str, Calendar]]:
    for start, uid in chain.from_iterable(parts):
        yield start, calendar.calendar_id, uid, calendar
