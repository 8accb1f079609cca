"""
What the sandbox knows, as plain values.

Classes with ``eq=False`` are things with an identity; all others are values, and frozen.
What follows from the rest, such as an index, is marked as `DERIVED` and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ("DERIVED",)

DERIVED: Final[Mapping[str, bool]] = {"derived": True}
"""The metadata of a field that follows from the rest of the world."""
