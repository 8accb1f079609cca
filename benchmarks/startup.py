"""What it costs to begin: importing the package, and starting the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

__all__ = ("VARIANTS",)

_TIMED = "import time; t = time.process_time(); {}; print((time.process_time() - t) * 1000)"


def _import(statement: str) -> Callable[[], float]:
    def measure() -> float:
        """Milliseconds of the processor that a statement takes in a fresh interpreter."""
        command = [sys.executable, "-c", _TIMED.format(statement)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    return measure


def _process() -> float:
    """Milliseconds from starting the sandbox's process to its line on stdout."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "cronofy_transports.sandbox", "--port", "0", "--ready-json"],
        stdout=subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdout is not None
    json.loads(process.stdout.readline())
    took = (time.perf_counter() - began) * 1000
    process.terminate()
    process.communicate()
    return took


def _thread() -> float:
    """Milliseconds until a sandbox answers from a thread, everything being imported."""
    from cronofy_transports.sandbox import Sandbox, run_in_thread

    began = time.perf_counter()
    sandbox = Sandbox(seed=1)
    with run_in_thread(sandbox):
        return (time.perf_counter() - began) * 1000


VARIANTS: dict[str, Callable[[], float]] = {
    "import aiohttp": _import("import aiohttp"),
    "import cronofy_async": _import("import cronofy_async"),
    "from cronofy_async import AsyncCronofy": _import("from cronofy_async import AsyncCronofy"),
    "sandbox ready as a process": _process,
    "sandbox ready in a thread": _thread,
}
"""Name to measurement, in milliseconds; the first is what the others are compared with."""
