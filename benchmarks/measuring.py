"""
Sides measured against each other, in rounds.

Every round runs every side once, in shuffled order, and a ratio is formed within each round:
what else the machine does then falls on both sides. Absolute times are an aside.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import attrs

__all__ = ("MAIN", "Group", "Samples", "Side", "Spread", "measure", "of_sides", "ratios")

MAIN: Final = "time"
"""The figure of a side that gives only one."""

Side = Callable[[], float | Mapping[str, float]]
"""Measures once: one figure, or several by name."""

Samples = dict[str, dict[str, list[float]]]
"""Side to figure to what each round gave."""


def _rounds(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{field.name}: {value} rounds measure nothing")


@attrs.frozen(kw_only=True)
class Group:
    """
    Sides that are measured in the same rounds.

    Attributes:
        opened: Gives the sides, and holds what they need as long as they are measured. The
            first is what the others are compared with where no goal says otherwise.
        rounds: How many a full run has.
        quick_rounds: How many a quick run has.
        unit: Of the figure called `MAIN`, where there is one.
    """

    opened: Callable[[], AbstractContextManager[Mapping[str, Side]]]
    rounds: int = attrs.field(default=15, validator=_rounds)
    quick_rounds: int = attrs.field(default=3, validator=_rounds)
    unit: str = "ms"


def of_sides(sides: Mapping[str, Side]) -> Callable[[], AbstractContextManager[Mapping[str, Side]]]:
    """What `Group.opened` is for sides that need nothing else."""
    return lambda: nullcontext(sides)


def measure(
    sides: Mapping[str, Side],
    rounds: int,
    *,
    shuffle: Callable[[list[str]], None] = random.shuffle,
    tell: Callable[[int], None] = lambda _: None,
) -> Samples:
    """
    Run every side once a round.

    Args:
        sides: What to run.
        rounds: How often.
        shuffle: Orders the names of a round, in place.
        tell: Is told the number of each round, from 1, before it begins.
    """
    samples: Samples = {name: {} for name in sides}
    for number in range(1, rounds + 1):
        tell(number)
        order = list(sides)
        shuffle(order)
        for name in order:
            given = sides[name]()
            figures = given if isinstance(given, Mapping) else {MAIN: given}
            for figure, value in figures.items():
                samples[name].setdefault(figure, []).append(value)
    return samples


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """
    The ratio of each round.

    Raises:
        ValueError: One side has more rounds than the other.
    """
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


@attrs.frozen
class Spread:
    """The middle of some values, and the quarters on both sides of it."""

    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """
        The spread of at least one value.

        Raises:
            ValueError: There is none.
        """
        given = sorted(values)
        if not given:
            raise ValueError("there is nothing to take the median of")
        if len(given) == 1:
            return cls(given[0], given[0], given[0], 1)
        low, middle, high = statistics.quantiles(given, n=4, method="inclusive")
        return cls(middle, low, high, len(given))
