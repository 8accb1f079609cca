"""
Whether a connection may be used for another request.

A request that is sent on a connection which the server has just closed is lost, and
nobody can tell whether the server acted on it. So a connection is looked at before it
is used again. That leaves the instant between the look and the send, in which a server
that closes right after each answer still gets its close in. So the first look at a
server's connection waits a little, to see whether it keeps what it promises; one that
does not is believed no more for a while, and its connections are used once each.
"""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable, Hashable
from typing import Final, Protocol

__all__ = ("KEEPALIVE", "Promises", "has_input")

KEEPALIVE: Final = 15.0
"""Seconds for which an idle connection is kept."""

GRACE: Final = 0.005
"""Seconds that a server is given, once, to close a connection which it will not keep."""
HASTY: Final = 1.0
"""Seconds after a request in which no server that keeps connections closes one."""
MEMORY: Final = 30.0
"""Seconds for which a server that broke its promise is not believed."""


class Descriptor(Protocol):
    """A socket, or what stands for one."""

    def fileno(self) -> int: ...


class Promises:
    """Remembers which servers keep their connections as they say."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._kept: set[Hashable] = set()
        self._broken: dict[Hashable, float] = {}

    def grace(self, server: Hashable) -> float:
        """Seconds to wait before looking at a server's connection."""
        return 0.0 if server in self._kept else GRACE

    def are_believed(self, server: Hashable) -> bool:
        """Whether a server's connections may be used again at all."""
        until = self._broken.get(server)
        return until is None or self.clock() >= until

    def kept(self, server: Hashable) -> None:
        """Take note that a connection was in order when it was looked at."""
        self._kept.add(server)

    def broken(self, server: Hashable, taken: float) -> None:
        """Take note of one that was not, and was taken before, at a time of the clock."""
        now = self.clock()
        if now - taken < HASTY:
            self._kept.discard(server)
            self._broken[server] = now + MEMORY


def has_input(sock: Descriptor | None) -> bool:
    """Whether reading would give something at once: bytes, the end, or an error."""
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return True
    if sys.platform == "win32":
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
