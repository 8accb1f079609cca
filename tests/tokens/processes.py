"""Starting the processes that share a store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Process:
    """One process under orders."""

    def __init__(self, orders: dict[str, Any]) -> None:
        paths = [str(ROOT), str(ROOT / "transports")]
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.tokens.program", json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def be_ready(self) -> None:
        """Wait until it is."""
        assert self.popen.stdout is not None
        assert "ready\n" == self.popen.stdout.readline(), self.popen.communicate()

    def go(self) -> None:
        """Let it begin."""
        assert self.popen.stdin is not None
        self.popen.stdin.write("go\n")
        self.popen.stdin.flush()

    def results(self) -> dict[str, int]:
        """What came of its calls, by kind."""
        out, err = self.popen.communicate(timeout=50)
        # What befalls an account is logged; nothing else is, and no token.
        assert [] == [line for line in err.splitlines() if "invalid_grant" not in line]
        assert "canary" not in err
        found: dict[str, int] = json.loads(out)
        return found

    def end(self) -> None:
        """End it, if it still runs."""
        self.popen.kill()
        self.popen.communicate()


@contextmanager
def processes(*orders: dict[str, Any]) -> Generator[list[Process]]:
    """Processes that are ready, each under its own orders."""
    started = [Process(each) for each in orders]
    try:
        for each in started:
            each.be_ready()
        yield started
    finally:
        for each in started:
            each.end()
