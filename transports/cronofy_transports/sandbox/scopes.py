"""What a scope allows. Source: /developers/authorization/permissions/"""

from __future__ import annotations

from typing import Final

from cronofy_async.models.authorization import Scope
from cronofy_async.models.scopes import STANDS_FOR, expanded

__all__ = ("allows", "covers", "unknown")

# Decision.SIMPLIFIED_SCOPES
_expanded: Final = expanded


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
        or (name in STANDS_FOR and name != Scope.READ_EVENTS and within >= {*STANDS_FOR[name]})
        for name in asked.split()
    )
