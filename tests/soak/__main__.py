"""
``python -m tests.soak``: the soak, and what retries and the quota cost.

The operations are shared out between the seeds. Some of them go over real HTTP.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .discipline import herd, outage, quota_over, third_call
from .running import Report, soak_in_process, soak_over_http


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of one shape, one below the other."""
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in cells
    )


def _tell(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    print(f"\n{name}\n{table(rows)}", flush=True)


def _soak(arguments: argparse.Namespace) -> list[Report]:
    reports: list[Report] = []
    operations = arguments.operations // arguments.seeds
    over_http = round(operations * arguments.over_http)
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        share = arguments.faults
        ways: list[tuple[Callable[..., Report], int]] = [
            (soak_in_process, operations - over_http),
            (soak_over_http, over_http),
        ]
        for soak, count in ways:
            if count:
                reports.append(soak(seed, count, share))
                print(table([reports[-1].told]), flush=True)
                print("\n".join([*reports[-1].wrong[:20], *reports[-1].left]), flush=True)
    return reports


def main() -> None:
    """Do what the command line says; the status is 1 if anything came out wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--operations", type=int, default=200_000, help="how many calls")
    parser.add_argument("--over-http", type=float, default=0.05, help="the share over real HTTP")
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--faults", type=float, default=0.1, help="the share that goes wrong")
    parser.add_argument("--hours", type=float, default=24, help="of the quota's scan; 0: none")
    arguments = parser.parse_args()
    # Accounts that need a new consent are a part of it.
    logging.getLogger("cronofy_async").setLevel(logging.CRITICAL)
    logging.getLogger("cronofy_transports").setLevel(logging.ERROR)
    reports = _soak(arguments) if arguments.seeds else []
    if reports:
        _tell("The soak", [each.told for each in reports])
        failures = sum((each.outcomes for each in reports[1:]), reports[0].outcomes)
        rows = [{"times": n, "what": name} for name, n in failures.most_common() if "Error" in name]
        _tell("How calls failed", rows)
    verdicts = [outage(), third_call(), third_call(at_once=50, attempts=10), herd()]
    if arguments.hours:
        verdicts.append(quota_over(arguments.hours))
    _tell("Retries and the quota", [each.told for each in verdicts])
    is_good = all(each.is_kept for each in verdicts) and not any(each.is_bad for each in reports)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
