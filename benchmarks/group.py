"""What is measured side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

__all__ = ("MAIN", "Group", "Variant")

MAIN: Final = "time"
"""The figure of a variant that gives only one."""

Variant = Callable[[], float | Mapping[str, float]]
"""Measures once: one figure, or several by name."""


def _rounds(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{field.name}: {value} rounds measure nothing")


@attrs.frozen
class Group:
    """
    Variants of one thing, measured in the same rounds.

    What they are to reach stands in `benchmarks.goals`.

    Attributes:
        variants: Name to measurement; the first is what the others are compared with, unless
            a goal says otherwise.
        unit: Of what the measurements give.
        rounds: How often each is measured at the most.
    """

    variants: Mapping[str, Variant]
    unit: str = "ms"
    rounds: int = attrs.field(default=15, validator=_rounds)
