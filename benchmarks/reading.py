"""What it costs to read events over a network, each time in a fresh process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from . import client, pages
from .group import Group
from .server import serve

__all__ = ("GROUPS",)

_LATENCY: Final = 0.05
_RATE: Final = 50
_REQUESTS: Final = 400


def _cost(
    name: str,
    what: str,
    *,
    accounts: int = 50,
    count: int = 20,
    latency: float = _LATENCY,
    scale: float = 1000.0,
) -> Callable[[], float]:
    def measure() -> float:
        """One read, in milliseconds or megabytes."""
        with serve(latency=latency, pages=count) as origin:
            cost = client.run(name, origin, accounts)
        expected = accounts * count * pages.EVENTS
        if cost["entries"] != expected:
            raise AssertionError(f"{name} read {cost['entries']} of {expected}")
        return cost[what] * scale

    return measure


def _ideal() -> Mapping[str, float]:
    """What the quota allows, whose bucket is full at first."""
    return {"wall": ((_REQUESTS - _RATE) / _RATE + _LATENCY) * 1000}


def _paced() -> Mapping[str, float]:
    """Milliseconds of 400 requests by the quota, and how many of them were refused."""
    with serve(rate=_RATE, latency=_LATENCY) as origin:
        cost = client.run("paced", origin)
    return {"wall": cost["wall"] * 1000, "refused": _REQUESTS - cost["entries"]}


def _fixed(value: float) -> Callable[[], float]:
    def measure() -> float:
        """What cannot be beaten."""
        return value

    return measure


def _received(accounts: int, count: int) -> Callable[[], float]:
    def measure() -> float:
        """Megabytes of JSON in the pages of all accounts."""
        one = sum(len(pages.events(n * pages.EVENTS)) for n in range(count))
        return one * accounts / 1e6

    return measure


_MB: Final = 1e-6

GROUPS: Final = {
    "tax": Group(
        {
            "bare aiohttp and msgspec structs": _cost("bare", "cpu"),
            "our stream, limiter and hooks on": _cost("stream_defaults", "cpu"),
            "our stream": _cost("stream", "cpu"),
            "our stream, by pages": _cost("stream_pages", "cpu"),
            "the floor": _cost("floor", "cpu"),
        },
        unit="ms CPU",
        rounds=5,
    ),
    "keep": Group(
        {
            "our stream": _cost("stream", "cpu"),
            "collect, each entry touched": _cost("keep", "cpu"),
        },
        unit="ms CPU",
        rounds=5,
    ),
    "memory": Group(
        {
            "bytes received": _received(50, 20),
            "collect, each entry touched": _cost("keep", "memory", scale=_MB),
            "our stream": _cost("stream", "memory", scale=_MB),
        },
        unit="MB",
        rounds=5,
    ),
    "latency": Group(
        {
            "20 pages of 50 ms": _fixed(20 * _LATENCY * 1000),
            "50 accounts, our stream": _cost("stream", "wall"),
            "50 accounts, the floor": _cost("floor", "wall"),
            "50 accounts, collected": _cost("keep", "wall"),
        },
        rounds=5,
    ),
    "prefetch": Group(
        {
            "50 ms for each page, none ahead": _cost("slowly", "wall", accounts=1),
            "50 ms for each page, one ahead": _cost("slowly_ahead", "wall", accounts=1),
        },
        rounds=5,
    ),
    "limit": Group(
        {
            "1000 pages of 50 ms in 16": _fixed(_LATENCY * 1000 / 16 * 1000),
            "our stream, 16 requests at once": _cost("limited", "wall"),
            "the floor, 16 requests at once": _cost("floor_limited", "wall"),
        },
        rounds=3,
    ),
    "pacing": Group(
        {
            "the ideal": _ideal,
            "ours, by the quota": _paced,
        },
        rounds=3,
    ),
    "a million": Group(
        {
            "10,000 events": _cost("stream", "memory", accounts=1, count=100, latency=0, scale=_MB),
            "1,000,000 events": _cost(
                "stream", "memory", accounts=1, count=10_000, latency=0, scale=_MB
            ),
        },
        unit="MB",
        rounds=3,
    ),
}
"""Costs of whole reads; the first variant of each is what the others are compared with."""
