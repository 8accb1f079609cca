"""What can be wrong with the file of a world."""

from __future__ import annotations

__all__ = ("WorldFileError",)


class WorldFileError(Exception):
    """A file cannot hold a world, or not any more; the message names it and the remedy."""
