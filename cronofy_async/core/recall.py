"""
Entries that come a second time while pages are read.

The service cuts its pages anew for each request. What is made, moved or deleted meanwhile
shifts the borders, so an entry of page n may come again on page n+1, perhaps changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

from .paging import PagedOperation

__all__ = ("Recall", "identify", "is_newer", "version_of")

T = TypeVar("T")

GENERATION: Final = 10_000
"""How many entries are remembered at least."""


class Recall:
    """
    What was handed out of late, to tell what comes again.

    Borders shift by as many entries as change during the read, which takes seconds: an
    entry comes again soon or not at all. So the last 10,000 entries are remembered, never
    more than 20,000 and a page, however long the read is.

    Attributes:
        is_whole: Whether everything handed out is remembered.
    """

    def __init__(self, operation: PagedOperation[Any]) -> None:
        self.is_whole: bool = True
        self._identity = identify(operation)
        self._version = version_of(operation)
        self._recent: dict[Any, Any] = {}
        self._former: dict[Any, Any] = {}

    def fresh(self, entries: list[T]) -> list[T]:
        """Those of a page's entries that are new, or newer than when they were handed out."""
        if self._identity is None:
            self.is_whole = self.is_whole and not entries
            return entries
        if len(self._recent) >= GENERATION:
            self.is_whole = self.is_whole and not self._former
            self._former, self._recent = self._recent, {}
        names = list(map(self._identity, entries))
        found = dict(zip(names, map(self._version, entries), strict=True))
        if (
            len(found) == len(entries)
            and self._recent.keys().isdisjoint(found)
            and self._former.keys().isdisjoint(found)
            and not _nameless(found)
        ):
            self._recent.update(found)
            return entries
        return [
            entry for name, entry in zip(names, entries, strict=True) if self._is_fresh(name, entry)
        ]

    def _is_fresh(self, name: Any, entry: Any) -> bool:
        if None in name:
            self.is_whole = False
            return True
        version = self._version(entry)
        for generation in (self._recent, self._former):
            if name in generation:
                if not is_newer(version, generation[name]):
                    return False
                break
        self._recent[name] = version
        return True


def _nameless(found: dict[Any, Any]) -> bool:
    return any(None in name for name in found)


def identify(operation: PagedOperation[Any]) -> Callable[[Any], tuple[Any, ...]] | None:
    """How to tell an operation's entries apart; `None` if nothing tells them apart."""
    fields = type(operation).identity
    if len(fields) == 1:
        # attrgetter gives a bare value for one name.
        only = attrgetter(*fields)
        return lambda entry: (only(entry),)
    return attrgetter(*fields) if fields else None


def version_of(operation: PagedOperation[Any]) -> Callable[[Any], Any]:
    """How to tell when an operation's entry was last changed; gives `None` if nothing says so."""
    field = type(operation).version
    return attrgetter(field) if field is not None else _unversioned


def _unversioned(_: Any) -> None:
    return None


def is_newer(version: Any, than: Any) -> bool:
    """Whether an entry that comes again is newer; one that does not say so is not."""
    if not isinstance(version, datetime) or not isinstance(than, datetime):
        return False
    if (version.tzinfo is None) != (than.tzinfo is None):
        return False
    return version > than
