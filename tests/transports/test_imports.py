"""A transport imports its own HTTP library, and the package none."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIBRARIES = {"aiohttp", "httpcore2", "httpx2", "trio", "yarl", "h11", "ssl", "asyncio", "anyio"}

SCRIPT = """
import json, sys
sys.path[:0] = json.loads(sys.argv[2])
import {module}
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize(
    ("module", "expected", "unwanted"),
    [
        ("cronofy_transports", set[str](), LIBRARIES | {"cronofy_async"}),
        ("cronofy_transports.replay", {"anyio"}, {"aiohttp", "httpcore2", "httpx2"}),
        ("cronofy_transports.httpx2", {"httpcore2"}, {"aiohttp", "yarl"}),
        ("cronofy_transports.aiohttp", {"aiohttp"}, {"httpcore2", "httpx2", "trio"}),
    ],
)
def test_what_an_import_costs(module: str, expected: set[str], unwanted: set[str]) -> None:
    """Importing a transport does not import the others' libraries."""
    command = [sys.executable, "-c", SCRIPT.format(module=module), "", json.dumps(sys.path)]

    done = subprocess.run(command, capture_output=True, check=True, text=True)

    loaded = set(json.loads(done.stdout))
    assert expected <= loaded
    assert set() == unwanted & loaded
