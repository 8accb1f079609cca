"""
``python -m benchmarks``: every goal measured side by side, in interleaved rounds.

Every variant of a group runs once a round, in shuffled order, and a ratio is formed within
each round: what else the machine does then falls on both sides. Absolute values are an aside.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from . import docs, plots
from .goals import GROUPS
from .measuring import Samples, measure
from .results import Results, compare, goal_table, group_table

__all__ = ("main",)

BASELINE: Final = Path(__file__).parent / "results" / "baseline.json"
_QUICK: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; 0, or 1 if a goal got worse than in the results compared with."""
    options = _parser().parse_args(arguments)
    if options.saved is not None:
        results = Results.load(options.saved)
    else:
        results = _run(options.groups, is_quick=options.quick, with_plots=options.plots)
    print(f"\n{goal_table(results)}")
    if options.json is not None:
        results.save(options.json)
    if options.write_docs:
        docs.write(results)
    return 0 if options.compare is None else _compare(Results.load(options.compare), results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="groups: " + ", ".join(GROUPS),
    )
    add = parser.add_argument
    add("groups", nargs="*", metavar="group", help="which to run; all by default", type=_group)
    add("--quick", action="store_true", help=f"{_QUICK} rounds of each at the most, and no plots")
    add("--plots", action="store_true", help="measure what the plots show, too")
    add("--json", type=Path, metavar="FILE", help="save the results")
    add("--from", dest="saved", type=Path, metavar="FILE", help="take saved results; run nothing")
    add("--write-docs", action="store_true", help="put table and plots into docs/")
    add(
        "--compare",
        nargs="?",
        type=Path,
        const=BASELINE,
        metavar="FILE",
        help="compare with saved results, by default the baseline; exits 1 if a goal got worse",
    )
    return parser


def _group(name: str) -> str:
    if name not in GROUPS:
        raise argparse.ArgumentTypeError(f"there is no group {name!r}")
    return name


def _run(groups: Sequence[str], *, is_quick: bool, with_plots: bool) -> Results:
    found: dict[str, Samples] = {}
    for name in groups or GROUPS:
        group = GROUPS[name]
        rounds = min(group.rounds, _QUICK) if is_quick else group.rounds
        found[name] = measure(group.variants, rounds)
        print(f"\n{group_table(name, found[name])}", flush=True)
    # Measured with all of a full run, so that one run makes the whole page.
    wanted = with_plots or not (groups or is_quick)
    lines = {name: plots.measure(plot) for name, plot in plots.PLOTS.items()} if wanted else {}
    return Results(groups=found, plots=lines, is_quick=is_quick)


def _compare(baseline: Results, now: Results) -> int:
    compared = compare(baseline, now)
    print(f"\n{'goal':22}{'before':>10}{'now':>10}{'ratio':>8}")
    for each in compared:
        print(each)
    return int(any(each.is_worse for each in compared))


if __name__ == "__main__":
    sys.exit(main())
