"""The garbage collector, held back where it can only lose time."""

from __future__ import annotations

import gc
from threading import Lock
from typing import Final

__all__ = ("paused",)


class _Pause:
    """
    A block without automatic garbage collection, in the whole process.

    Threads may be in it at once: the last to leave switches the collector on again, and
    only if it was on when the first came.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._was_on = False

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *exception: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._was_on:
                gc.enable()


paused: Final = _Pause()
