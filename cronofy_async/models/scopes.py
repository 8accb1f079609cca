"""What scopes allow. Source: /developers/authorization/permissions/"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from .authorization import Scope

__all__ = ("STANDS_FOR", "allows", "expanded")

_READING: Final = (Scope.READ_EVENTS, Scope.READ_FREE_BUSY)
_WRITING: Final = (Scope.CREATE_CALENDAR, Scope.CREATE_EVENT, Scope.DELETE_EVENT)

STANDS_FOR: Final[Mapping[str, tuple[Scope, ...]]] = {
    Scope.READ_EVENTS: (Scope.READ_FREE_BUSY,),
    Scope.READ_ONLY: _READING,
    Scope.WRITE_ONLY: _WRITING,
    Scope.READ_WRITE: (*_READING, *_WRITING, Scope.CHANGE_PARTICIPATION_STATUS),
    Scope.FREE_BUSY: (Scope.READ_FREE_BUSY,),
    Scope.FREE_BUSY_WRITE: (Scope.READ_FREE_BUSY, *_WRITING),
}
"""Scopes that include others."""


def allows(granted: str, needed: Scope) -> bool:
    """Whether the granted scopes, separated by spaces, reach as far as *needed*."""
    return needed in expanded(granted)


@cache
def expanded(granted: str) -> frozenset[str]:
    """The granted scopes, and all that they include."""
    names = granted.split()
    return frozenset([*names, *(each for name in names for each in STANDS_FOR.get(name, ()))])
