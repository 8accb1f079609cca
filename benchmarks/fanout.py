"""What it costs to read many accounts, or one account in several windows, over a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import client, pages
from .group import Group
from .server import serve

__all__ = ("GROUPS", "in_windows")

_LATENCY: Final = 0.05
_PAGES: Final = 20


def _wall(name: str, accounts: int, entries: int) -> Callable[[], float]:
    def measure() -> float:
        """Milliseconds that a read takes in a fresh process."""
        with serve(latency=_LATENCY, pages=_PAGES) as origin:
            cost = client.run(name, origin, accounts)
        if cost["entries"] != entries:
            raise AssertionError(f"{name} read {cost['entries']} entries")
        return cost["wall"] * 1000

    return measure


def _limit() -> float:
    """The chain of one account: nothing is faster unless it is split."""
    return _PAGES * _LATENCY * 1000


_WINDOWS: Final = {1: "windows_none", 2: "windows_two", 4: "windows_four", 8: "windows_eight"}


def in_windows(number: int) -> float:
    """Seconds that one account of 20 pages takes in so many windows: 1, 2, 4 or 8."""
    return _wall(_WINDOWS[number], 1, _DAYS)() / 1000


_ALL: Final = 50 * _PAGES * pages.EVENTS
# Twenty days with an event every quarter of an hour, and four on each side that reach in.
_DAYS: Final = 20 * 96 + 8

GROUPS: Final = {
    "many accounts": Group(
        {
            "20 pages of 50 ms": _limit,
            "50 accounts, pages": _wall("many_pages", 50, _ALL),
            "50 accounts, outcomes": _wall("many_outcomes", 50, _ALL),
        },
        rounds=5,
    ),
    "windows": Group(
        {
            "one account of 20 pages": _wall("windows_none", 1, _DAYS),
            "the same in 4 windows": _wall("windows_four", 1, _DAYS),
            "the same, split where it pays": _wall("windows_auto", 1, _DAYS),
        },
        rounds=5,
    ),
}
"""Times of whole reads; the first variant of each is what the others are compared with."""
