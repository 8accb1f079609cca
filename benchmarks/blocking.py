"""The sync client: small requests from one thread and from many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from . import fresh, work
from .group import Group
from .server import serve

__all__ = ("GROUPS",)


def _call(prepare: Callable[..., work.Work], threads: int, calls: int) -> Mapping[str, float]:
    """Cost of so many calls in each thread, on loopback without latency."""
    with serve(pages=1) as origin:
        return fresh.times(prepare, origin, threads, calls)


def _group(threads: int, calls: int) -> Group:
    return Group(
        {
            "a requests.Session per thread": partial(
                _call, work.call_with_requests, threads, calls
            ),
            "ours, one client": partial(_call, work.call_blocking, threads, calls),
            # What a background loop costs with nothing of ours: below this is no way.
            "the floor: bare aiohttp behind a lock": partial(
                _call, work.call_with_floor, threads, calls
            ),
        },
        unit="s",
        rounds=9,
    )


GROUPS: Final = {
    "blocking, 16 threads": _group(16, 100),
    "blocking, 1 thread": _group(1, 1000),
}
"""Costs of small calls; the first variant of each is what the others are compared with."""
