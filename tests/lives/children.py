"""
Processes that live and end as a program of a user does.

An interpreter takes seconds to start with all imports. So one is started, and each
program is a fork of it from before anything was made: it begins with one thread and no
client, and ends with all that the end of an interpreter is.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self

import attrs

import cronofy_transports.aiohttp
import cronofy_transports.httpx2

from . import forking, interrupting, leaving
from .given import Given

__all__ = ("Children", "End")

ROOT = Path(__file__).parents[2]
PROGRAMS = (leaving, interrupting, forking)
"""Where the programs are: functions of their names."""

# Imported once, for all the forks.
TRANSPORTS = (cronofy_transports.aiohttp, cronofy_transports.httpx2)

DESCRIPTORS = (1, 2, 99)
"""Where a program prints, complains, and notes that its own work is done."""


@attrs.frozen(kw_only=True)
class End:
    """
    How a program ended.

    Attributes:
        status: Its exit status; the number of the signal that ended it, below zero.
        out: What it printed.
        err: What it complained of.
        pid: Which process it was.
        done: When its own work was done, by `time.monotonic`; `None` if it did not say.
        over: When it was over.
    """

    status: int
    out: str
    err: str
    pid: int
    done: float | None
    over: float


class Children:
    """
    Runs programs, each in a process of its own.

    Args:
        options: For the interpreter.
    """

    def __init__(self, *options: str) -> None:
        paths = [str(ROOT), str(ROOT / "transports")]
        self._process = subprocess.Popen(
            [sys.executable, *options, "-c", "from tests.lives.children import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def run(self, program: str, given: Given) -> End:
        """Run a program to its end; one that takes 25 seconds is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([program, attrs.asdict(given)]) + "\n")
        self._process.stdin.flush()
        return End(**json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


# In the other interpreter ---------------------------------------------------------------


def serve() -> None:
    """Run the programs that are asked for; returns in a new process, once it has run one."""
    for line in sys.stdin:
        # Each is closed when it has been read.
        out, err, mark = files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            live(json.loads(line), files)
            return
        status, over = wait(pid)
        noted = text(mark)
        end: dict[str, Any] = {
            "status": status,
            "out": text(out),
            "err": text(err),
            "pid": pid,
            "done": float(noted) if noted else None,
            "over": over,
        }
        print(json.dumps(end), flush=True)


def live(orders: tuple[str, dict[str, Any]], files: Sequence[IO[bytes]]) -> None:
    """Run one program, in its own process."""
    for file, descriptor in zip(files, DESCRIPTORS, strict=True):
        os.dup2(file.fileno(), descriptor)
        file.close()
    sys.stdin.close()
    name, given = orders
    for module in PROGRAMS:
        program: Any = getattr(module, name, None)
        if program is not None:
            program(Given(**given))
    done()


def done() -> None:
    """Note that the program's own work is done."""
    os.write(DESCRIPTORS[2], str(time.monotonic()).encode())


def wait(pid: int) -> tuple[int, float]:
    """Wait for a process; its status, and when it was over."""
    latest = time.monotonic() + 25
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status), time.monotonic()
        if time.monotonic() > latest:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.002)


def text(file: IO[bytes]) -> str:
    """What was written into a file."""
    with file:
        file.seek(0)
        return file.read().decode()
