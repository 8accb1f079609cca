"""The rules under every schedule of a few rivals."""

from __future__ import annotations

import pytest

from .schedules import EXTERNAL, Rival, State, explore, is_final

A, B, C = Rival("a"), Rival("b"), Rival("c")


def winners(state: State) -> set[str]:
    """Whose booking was said to be made."""
    return {rival.event_id for rival in state.rivals if rival.came_of is True}


def bookings(state: State) -> set[str]:
    """Whose events there are."""
    return {name for _, name in state.events if "/" not in name and name != EXTERNAL}
