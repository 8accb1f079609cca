"""Further pages, whatever they list."""

from __future__ import annotations

from typing import Any

from ..world import World
from . import reading, working_time

__all__ = ("entry_before",)


def entry_before(world: World, token: str) -> Any:
    """The last entry of the page before a further page, as it looks now, if there is one."""
    renders = {**reading.renders(world), **working_time.renders(world)}
    return world.shelf.entry_before(token, renders)
