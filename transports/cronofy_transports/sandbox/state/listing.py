"""The events of an answer, put in order only as far as somebody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING

from .spans import Entry

if TYPE_CHECKING:
    from .accounts import Calendar
    from .events import Event

__all__ = ("Listing",)


class Listing:
    """
    Events by start, then calendar, then uid.

    Which they are is settled when they are put in; how many they are is known at once.
    """

    def __init__(self) -> None:
        self._count = 0
        self._sources: list[Iterator[tuple[int, str, str, Calendar]]] = []
        self._ordered: Iterator[tuple[int, str, str, Calendar]] | None = None
        self._read: list[Event] = []

    def put(self, calendar: Calendar, *parts: list[Entry]) -> None:
        """Add events of a calendar that are in no other part; parts and entries ascend."""
        self._count += sum(map(len, parts))
        self._sources.append(_source(calendar, parts))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, wanted: slice) -> list[Event]:
        if self._ordered is None:
            self._ordered = merge(*self._sources)
        missing = wanted.indices(self._count)[1] - len(self._read)
        for _, _, uid, calendar in islice(self._ordered, max(0, missing)):
            event = calendar.events.get(uid)
            assert event is not None, "books lose no event"
            self._read.append(event)
        return self._read[wanted]


def _source(
    calendar: Calendar, parts: Iterable[list[Entry]]
) -> Iterator[tuple[int, str, str, Calendar]]:
    for start, uid in chain.from_iterable(parts):
        yield start, calendar.calendar_id, uid, calendar
