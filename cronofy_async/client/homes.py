"""Which event loop a client is used in."""

from __future__ import annotations

import os
from typing import Any

from .runtime import is_alive, running_loop

__all__ = ("Home",)


class Home:
    """
    The event loop that a client is used in: any number, one after the other.

    Those who wait, for a token or for the quota, are woken by others of their own loop; in
    two loops at the same time some would never be.
    """

    def __init__(self) -> None:
        self._loop: Any = None
        self._pid = 0

    def enter(self) -> bool:
        """
        Be in the running loop.

        Returns:
            Whether another one was left for it, of which nothing goes on any more: it is
            over, it stands still, or this process was forked from the one that has it.

        Raises:
            RuntimeError: That other one runs.
        """
        loop = running_loop()
        if self._loop is loop:
            return False
        left = self._loop is not None
        if left and self.is_elsewhere:
            raise RuntimeError(
                "this AsyncCronofy is in use in another event loop, which still runs: make "
                "one for each loop, or share a Cronofy between threads"
            )
        self._loop, self._pid = loop, os.getpid()
        return left

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is in another loop, and that runs."""
        known = self._loop is not None and self._pid == os.getpid()
        return known and self._loop is not running_loop() and is_alive(self._loop)
