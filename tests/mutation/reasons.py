"""Why mutants survive, by module and line; or by line and change, with a slash between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ("REASONS",)

REASONS: Final[Mapping[str, Mapping[str, str]]] = {}
