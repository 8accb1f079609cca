"""
``python -m benchmarks``: every variant once a round, in shuffled order, as ratios to the first.

A ratio is formed within each round, so that what else the machine does falls on both
sides; the table shows the median. Absolute times are an aside.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence

from . import decode, reading, startup
from .group import Group

GROUPS: Mapping[str, Group] = {
    "startup": Group(startup.VARIANTS, goals={"import cronofy_async": 0.20}),
    **decode.GROUPS,
    **reading.GROUPS,
}


def measure(
    variants: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, tuple[float, float]]:
    """The median ratio to the first variant, and the median time, of each variant."""
    anchor = next(iter(variants))
    ratios: dict[str, list[float]] = {name: [] for name in variants}
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        order = list(variants)
        random.shuffle(order)
        took = {name: variants[name]() for name in order}
        for name, value in took.items():
            times[name].append(value)
            ratios[name].append(value / took[anchor])
    return {
        name: (statistics.median(ratios[name]), statistics.median(times[name])) for name in variants
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds in place of fifteen")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="which; all by default")
    options = parser.parse_args(arguments)
    rounds = 3 if options.quick else 15
    for group in options.groups or GROUPS:
        chosen = GROUPS[group]
        times = min(rounds, chosen.rounds)
        print(f"\n{group}, {times} rounds, Python {sys.version.split()[0]}\n")
        print(f"{'':46}{'ratio':>8}{'goal':>8}{chosen.unit:>10}")
        for name, (ratio, value) in measure(chosen.variants, times).items():
            goal = f"{chosen.goals[name]:8.2f}" if name in chosen.goals else f"{'':8}"
            print(f"{name:46}{ratio:8.3f}{goal}{value:10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
