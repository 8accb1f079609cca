"""What comes with the package, and what importing it does."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

ALLOWED = {
    # Ours.
    "aiohttp", "anyio", "attrs", "cattrs", "msgspec",
    # aiohttp's.
    "aiohappyeyeballs", "aiosignal", "frozenlist", "multidict", "propcache", "yarl",
    # anyio's, aiohttp's and yarl's.
    "idna",
    # For older Pythons.
    "typing-extensions", "sniffio",
}  # fmt: skip
"""The distributions that may come with the package; a new one is a decision."""

WATCHED = """
import importlib, pkgutil, sys

touched = []

def note(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "subprocess.")):
        touched.append(f"{event} {arguments[0]}" if event == "subprocess.Popen" else event)

sys.addaudithook(note)
import socket
socket.getaddrinfo
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for each in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
print(sorted(set(touched)))
"""


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(requirements: list[str]) -> set[str]:
    """The distributions that a plain installation brings here, with what they need in turn."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement, _, marker = waiting.pop().partition(";")
        if "extra" in marker or "win32" in marker:
            continue
        name = canonical(re.split(r"[\s\[<>=!~(]", requirement.strip(), maxsplit=1)[0])
        if name in found:
            continue
        try:
            package: Distribution = distribution(name)
        except PackageNotFoundError:
            # Needed elsewhere: by another Python, or another system.
            assert marker
            continue
        found.add(name)
        waiting += package.requires or []
    return found


def test_an_installation_brings_few_others() -> None:
    """Five that we name, and what they need; each further one would be trusted like our own."""
    found = needed(PROJECT["dependencies"])

    assert set() == found - ALLOWED
    assert len(found) <= 14


def test_old_versions_with_known_holes_are_not_accepted() -> None:
    """aiohttp before 3.14.4 unpacks a body of many gzip members in quadratic time."""
    floors = dict(
        re.findall(r"^([a-z]+)>=([\d.]+)", "\n".join(PROJECT["dependencies"]), re.MULTILINE)
    )

    assert (3, 14, 4) <= tuple(map(int, floors["aiohttp"].split(".")))


@pytest.mark.parametrize("package", ["cronofy_async", "cronofy_transports"])
def test_importing_touches_no_network(package: str) -> None:
    """No module of ours connects, looks a name up or runs a program when it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, package],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )

    touched = set(re.findall(r"'([^']+)'", done.stdout))
    # Looking whether there is IPv6 takes a socket; trio asks the system for a library of C.
    assert set() == touched - {
        "socket.__new__",
        "socket.bind",
        "subprocess.Popen /sbin/ldconfig",
    }
