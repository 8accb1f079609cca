"""Against pycronofy: many accounts on a distant peer over TLS, and availability queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import fresh, pages, work
from .distance import authority, distant
from .group import Group
from .server import serve

__all__ = ("GROUPS",)

_ACCOUNTS: Final = 50
_PAGES: Final = 20
_QUERIES: Final = 200


def _read(prepare: Callable[..., work.Work], concurrent: int) -> Mapping[str, float]:
    """Cost of a read of all accounts: a round trip of 30 ms, and 20 ms in the server."""
    with TemporaryDirectory() as folder:
        certificate, bundle = authority(Path(folder))
        # The first is read by aiohttp, the second by requests.
        environ = {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}
        with (
            serve(latency=0.02, pages=_PAGES, certificate=certificate) as near,
            distant(near, 0.03) as origin,
        ):
            expected = _ACCOUNTS * _PAGES * pages.EVENTS
            arguments = (origin, _ACCOUNTS, concurrent, expected)
            return fresh.times(prepare, *arguments, environ=environ)


def _query(prepare: Callable[..., work.Work], concurrent: int) -> Mapping[str, float]:
    """Cost of the availability queries, each answered after 50 ms."""
    with serve(latency=0.05) as origin:
        return fresh.times(prepare, origin, _QUERIES, concurrent)


GROUPS: Final = {
    "far": Group(
        {
            "pycronofy, 16 threads": partial(_read, work.read_with_pycronofy, 16),
            "ours, 50 accounts kept": partial(_read, work.read_accounts, _ACCOUNTS),
        },
        unit="s",
        rounds=5,
    ),
    "availability": Group(
        {
            "pycronofy, one by one": partial(_query, work.query_with_pycronofy, 1),
            "pycronofy, 16 threads": partial(_query, work.query_with_pycronofy, 16),
            "ours, 50 in flight": partial(_query, work.query_availability, 50),
            "the floor: bare aiohttp, 50 in flight": partial(_query, work.query_with_floor, 50),
        },
        unit="s",
        rounds=5,
    ),
}
"""Costs of whole reads; the first variant of each is what the others are compared with."""
