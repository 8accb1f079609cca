"""
Entries in their order, of which a part can be taken as it is now and read later.

A sorted list would do but for two things: to put an entry in moves all that come
after it, and to keep an answer of a hundred thousand entries for its later pages
copies them. Entries are therefore kept in chunks, and a part of them is a list of chunks.
From then on a chunk is not changed any more but replaced by a changed copy, so that what
is written later does not reach the part.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

__all__ = ("Ordered",)

T = TypeVar("T", bound=tuple[Any, ...])

_LONGEST: Final = 2048
_last: Final = itemgetter(-1)


class Ordered(Generic[T]):
    """
    Tuples in ascending order, each at most once.

    Args:
        longest: How many a chunk holds at most, 2 or more.
    """

    __slots__ = ("_chunks", "_longest", "_own")

    def __init__(self, longest: int = _LONGEST) -> None:
        self._longest = longest
        # None of them is empty.
        self._chunks: list[list[T]] = []
        # The ids of those chunks that nobody else has.
        self._own: set[int] = set()

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    def __iter__(self) -> Iterator[T]:
        for chunk in self._chunks:
            yield from chunk

    def add(self, entry: T) -> None:
        """Put an entry where it belongs."""
        last = len(self._chunks) - 1
        if last < 0:
            self._replace(0, 0, [[entry]])
            return
        index = min(bisect_left(self._chunks, entry, key=_last), last) if last else 0
        chunk = self._own_chunk(index)
        insort(chunk, entry)
        if len(chunk) > self._longest:
            half = len(chunk) // 2
            self._replace(index, index + 1, [chunk[:half], chunk[half:]])

    def fill(self, entries: Iterable[T]) -> None:
        """Put in many while there are none, in whatever order they come."""
        ordered, longest = sorted(entries), self._longest
        starts = range(0, len(ordered), longest)
        self._replace(0, 0, [ordered[start : start + longest] for start in starts])

    def remove(self, entry: T) -> None:
        """
        Take an entry out.

        Raises:
            KeyError: It is not there.
        """
        index = bisect_left(self._chunks, entry, key=_last)
        chunk = self._chunks[index] if index < len(self._chunks) else []
        place = bisect_left(chunk, entry)
        if place == len(chunk) or chunk[place] != entry:
            raise KeyError(entry)
        del self._own_chunk(index)[place]
        if not self._chunks[index]:
            self._replace(index, index + 1, [])

    def between(self, first: tuple[Any, ...] | None, end: tuple[Any, ...] | None) -> list[list[T]]:
        """
        The entries from *first* on and before *end*, in lists that later changes do not touch.

        Args:
            first: Inclusive, and may be shorter than an entry; `None`: from the first one.
            end: The same, exclusive; `None`: to the last one.
        """
        chunks = self._chunks
        self._own.clear()
        start = 0 if first is None else bisect_left(chunks, first, key=_last)
        # One further than the last chunk that lies before the end as a whole.
        stop = len(chunks) if end is None else bisect_left(chunks, end, key=_last) + 1
        parts = chunks[start:stop]
        if parts and end is not None:
            parts[-1] = parts[-1][: bisect_left(parts[-1], end)]
        if parts and first is not None:
            parts[0] = parts[0][bisect_left(parts[0], first) :]
        return [part for part in parts if part]

    def _own_chunk(self, index: int) -> list[T]:
        """A chunk that can be changed."""
        chunk = self._chunks[index]
        if id(chunk) in self._own:
            return chunk
        self._replace(index, index + 1, [chunk.copy()])
        return self._chunks[index]

    def _replace(self, start: int, stop: int, chunks: list[list[T]]) -> None:
        self._own.difference_update(map(id, self._chunks[start:stop]))
        self._own.update(map(id, chunks))
        self._chunks[start:stop] = chunks
