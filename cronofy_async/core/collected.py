"""All entries of a paged read, kept as they came over the wire."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import Any, ClassVar, Generic, TypeVar, overload

from .paging import Page, PagedOperation
from .recall import identify, is_newer, version_of

__all__ = ("Collected",)

T = TypeVar("T")


class Collected(Sequence[T], Generic[T]):
    """
    A read-only list of entries that takes the memory of their JSON.

    Pages are kept as bytes. An entry is decoded each time you touch it, together with its
    page: going through the list costs what a read costs, jumping about costs a page each
    time, except within the page that was last touched by an index. So ``collected[0]`` may
    be another object each time, though an equal one. `to_list` decodes all of it once.

    It equals a list of the same entries. Slices are lists; pickled or copied, it becomes a
    list. Each entry comes once, in its latest version, where the service's entries can be
    told apart.
    """

    def __init__(self, operation: PagedOperation[Any], read: Callable[[bytes], Page[T]]) -> None:
        self._read = read
        self._identity = identify(operation)
        self._version = version_of(operation)
        self._bodies: list[bytes] = []
        self._ends: list[int] = []
        self._outdated: dict[int, list[bool]] = {}
        self._latest: tuple[int, list[T]] = (-1, [])
        # Digests of the identities, while pages come in: a set of them would be a tenth of
        # what is kept.
        self._digests = array("q")
        self._counts: list[int] = []
        self.is_whole: bool = True
        """Whether each entry can be told from the others."""

    def add(self, body: bytes, entries: Sequence[Any]) -> None:
        """Take one page, with the identities of its entries."""
        self._bodies.append(body)
        self._counts.append(len(entries))
        if self._identity is None:
            self.is_whole = self.is_whole and not entries
            return
        names = list(map(self._identity, entries))
        if any(None in name for name in names):
            self.is_whole = False
            names = [name for name in names if None not in name]
        self._digests.extend(map(hash, names))

    def seal(self) -> None:
        """Settle what came more than once, when no page is left."""
        if len(set(self._digests)) < len(self._digests):
            self._settle({digest for digest, n in Counter(self._digests).items() if n > 1})
        self._digests = array("q")
        total = 0
        for index, count in enumerate(self._counts):
            kept = self._outdated.get(index)
            total += count if kept is None else sum(kept)
            self._ends.append(total)
        self._counts = []

    def _settle(self, doubtful: set[int]) -> None:
        assert self._identity is not None
        best: dict[Any, tuple[int, int, Any]] = {}
        for index, body in enumerate(self._bodies):
            entries = self._read(body).items
            kept = [True] * len(entries)
            self._outdated[index] = kept
            for at, entry in enumerate(entries):
                name = self._identity(entry)
                if None in name or hash(name) not in doubtful:
                    continue
                version = self._version(entry)
                if name in best:
                    former_index, former_at, former = best[name]
                    if not is_newer(version, former):
                        kept[at] = False
                        continue
                    self._outdated[former_index][former_at] = False
                best[name] = (index, at, version)
        self._outdated = {i: kept for i, kept in self._outdated.items() if not all(kept)}

    def _decoded(self, index: int) -> list[T]:
        entries = self._read(self._bodies[index]).items
        if index in self._outdated:
            entries = list(compress(entries, self._outdated[index]))
        return entries

    def _page(self, index: int) -> list[T]:
        latest, entries = self._latest
        if latest != index:
            entries = self._decoded(index)
            self._latest = (index, entries)
        return entries

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[T]:
        for index in range(len(self._bodies)):
            yield from self._decoded(index)

    def __reversed__(self) -> Iterator[T]:
        for index in reversed(range(len(self._bodies))):
            yield from reversed(self._decoded(index))

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        at = at.__index__()
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError("list index out of range")
        index = bisect_right(self._ends, place)
        return self._page(index)[place - (self._ends[index - 1] if index else 0)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Collected)):
            return NotImplemented
        return len(self) == len(other) and all(
            mine is theirs or mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    # As that of a list.
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # that is how it is said

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (self.to_list(),)

    def to_list(self) -> list[T]:
        """All entries, decoded once and for all: about twice the memory of their JSON."""
        return list(self)

    @property
    def size(self) -> int:
        """How many bytes of JSON are kept."""
        return sum(map(len, self._bodies))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} entries in {self.size} bytes>"
