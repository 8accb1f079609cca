"""
A piece of work in a fresh process: ``python -m benchmarks.fresh MODULE FUNCTION ARGUMENTS``.

The function prepares the work, which is no part of what it costs, and returns it. Printed is
the cost as JSON: seconds by the clock (``wall``) and of the processor (``cpu``), and megabytes
by which the process grew at most (``memory``). The work may give figures of its own as a
mapping.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ("peak", "run", "times")


def run(
    prepare: Callable[..., Callable[[], Any]],
    *arguments: object,
    environ: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """
    Have work done in a fresh process.

    Args:
        prepare: A function of a module's top, which returns the work.
        arguments: Its arguments, which JSON can hold.
        environ: Variables added to the environment.

    Raises:
        RuntimeError: The process failed; it says with what.
    """
    command = [sys.executable, "-m", "benchmarks.fresh", prepare.__module__, prepare.__name__]
    done = subprocess.run(
        [*command, json.dumps(arguments)],
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{prepare.__name__} failed: {done.stderr}")
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def times(
    prepare: Callable[..., Callable[[], Any]],
    *arguments: object,
    environ: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Have work done as `run` does; gives its seconds alone."""
    cost = run(prepare, *arguments, environ=environ)
    return {figure: cost[figure] for figure in ("wall", "cpu")}


def peak() -> float:
    """The most that this process has held, in megabytes."""
    if sys.platform == "linux":
        # Not what getrusage says, which begins with what the parent process held.
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _main(module: str, function: str, arguments: str) -> None:
    work = getattr(import_module(module), function)(*json.loads(arguments))
    gc.collect()
    before = peak()
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    cost = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": peak() - before,
    }
    if isinstance(found, Mapping):
        cost |= found
    print(json.dumps(cost))


if __name__ == "__main__":
    _main(*sys.argv[1:])
