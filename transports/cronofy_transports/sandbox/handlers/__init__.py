"""What each operation does; a module for each chapter of the reference."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from cronofy_async.core.operation import Operation

__all__ = ("CHAPTERS", "LEGACY", "load")

CHAPTERS: Final = (
    "tokens",
    "identity",
    "calendars",
    "reading",
    "writing",
    "bulk",
    "channels",
    "batch",
    "availability",
    "working_time",
    "scheduling",
    "sequencing",
    "invites",
    "bookable",
    "conversations",
    "requests",
    "offers",
    "permissions",
    "enterprise_connect",
    "organizations",
    "applications",
    "attachments",
    "meeting_agents",
)

LEGACY: Final[set[type[Operation[Any]]]] = set()
"""Operations that take the application's credentials in the body too."""


def load() -> None:
    """Register every handler."""
    for chapter in CHAPTERS:
        import_module(f"{__name__}.{chapter}")
