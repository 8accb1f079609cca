"""What a scope allows. Source: /developers/authorization/permissions/"""

from __future__ import annotations

from functools import cache
from typing import Final

from cronofy_async.models.authorization import Scope

__all__ = ("allows", "covers", "unknown")

_READING: Final = (Scope.READ_EVENTS, Scope.READ_FREE_BUSY)
_WRITING: Final = (Scope.CREATE_CALENDAR, Scope.CREATE_EVENT, Scope.DELETE_EVENT)

# Decision.SIMPLIFIED_SCOPES
_STANDS_FOR: Final[dict[str, tuple[Scope, ...]]] = {
    Scope.READ_EVENTS: (Scope.READ_FREE_BUSY,),
    Scope.READ_ONLY: _READING,
    Scope.WRITE_ONLY: _WRITING,
    Scope.READ_WRITE: (*_READING, *_WRITING, Scope.CHANGE_PARTICIPATION_STATUS),
    Scope.FREE_BUSY: (Scope.READ_FREE_BUSY,),
    Scope.FREE_BUSY_WRITE: (Scope.READ_FREE_BUSY, *_WRITING),
}


def allows(granted: str, needed: Scope) -> bool:
    """Whether the granted scopes, separated by spaces, reach as far as *needed*."""
    return needed in _expanded(granted)


def unknown(asked: str) -> list[str]:
    """The names among the scopes asked for that no scope has."""
    return [name for name in asked.split() if name not in set(Scope)]


def covers(granted: str, asked: str) -> bool:
    """Whether everything that is asked for is within what is granted."""
    within = _expanded(granted) | {Scope.READ_ACCOUNT, Scope.LIST_CALENDARS}
    return all(
        name in within
        # What read_events stands for is not all of it.
        or (name in _STANDS_FOR and name != Scope.READ_EVENTS and within >= {*_STANDS_FOR[name]})
        for name in asked.split()
    )


@cache
def _expanded(granted: str) -> frozenset[str]:
    names = granted.split()
    return frozenset([*names, *(each for name in names for each in _STANDS_FOR.get(name, ()))])
