"""A real Redis of the tests' own on loopback, for as long as some of them run."""

from __future__ import annotations

import shutil
import socket
import subprocess
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def redis_server(folder: Path) -> Generator[str]:
    """
    Start one that keeps nothing; skips, loudly, where none is installed.

    Yields:
        Its URL.
    """
    program = shutil.which("redis-server")
    if program is None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("NOT TESTED: nothing of Redis, as there is no redis-server", stacklevel=2)
        pytest.skip("NOT TESTED: there is no redis-server; install it from the system's packages")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--port {port} --bind 127.0.0.1 --save  --appendonly no --dir {folder}".split(" ")
    process = subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ready to accept connections" in line:
                break
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.communicate()
