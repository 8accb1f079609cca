"""What is left when nothing should be: tasks, objects of the client, sockets, threads."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from pathlib import Path

__all__ = ("of_the_client", "of_the_process")

_CLIENT = "cronofy_async.client"
# What the token store keeps of each account is there to stay.
_KEPT = frozenset({"TokenLease", "TokenRecord", "Tokens", "UnsettledExchange"})
_OPEN = Path("/proc/self/fd")


def of_the_client() -> Counter[str]:
    """The tasks of the running loop but the one that asks, and the objects of the client."""
    gc.collect()
    found = Counter(
        type(each).__qualname__
        for each in gc.get_objects()
        if str(type(each).__module__).startswith(_CLIENT) and type(each).__qualname__ not in _KEPT
    )
    found["tasks"] = len(asyncio.all_tasks()) - 1
    return found


def of_the_process() -> Counter[str]:
    """Its threads, and its open files and sockets where the system lists them."""
    gc.collect()
    descriptors = len(list(_OPEN.iterdir())) if _OPEN.is_dir() else 0
    return Counter(threads=threading.active_count(), descriptors=descriptors)
