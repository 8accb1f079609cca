"""
Variants measured against each other, in rounds.

Every round runs every variant once, in shuffled order, and a ratio is formed within each
round: what else the machine does then falls on both sides. Absolute values are an aside.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from .group import MAIN, Variant

__all__ = ("Samples", "Spread", "measure", "ratios")

Samples = dict[str, dict[str, list[float]]]
"""Variant to figure to what each round gave."""


def measure(
    variants: Mapping[str, Variant],
    rounds: int,
    *,
    shuffle: Callable[[list[str]], None] = random.shuffle,
) -> Samples:
    """
    Run every variant once a round.

    Args:
        variants: What to run.
        rounds: How often.
        shuffle: Orders the names of a round, in place.
    """
    samples: Samples = {name: {} for name in variants}
    for _ in range(rounds):
        order = list(variants)
        shuffle(order)
        for name in order:
            given = variants[name]()
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
    """
    The middle of some values, and the middle half of them.

    Attributes:
        median: Half of the values are above it.
        low: A quarter of them is below this.
        high: A quarter of them is above this.
        rounds: How many there were.
    """

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
