"""What is measured side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

__all__ = ("Group",)


@attrs.frozen
class Group:
    """
    Variants of one thing.

    Attributes:
        variants: Name to measurement; the first is what the others are compared with.
        unit: Of what the measurements give.
        goals: The ratio that a variant should not exceed.
        rounds: How often each is measured at the most.
    """

    variants: Mapping[str, Callable[[], float]]
    unit: str = "ms"
    goals: Mapping[str, float] = {}
    rounds: int = 15
