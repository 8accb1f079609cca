"""What can go wrong with a mirror besides what can go wrong with its reads."""

from __future__ import annotations

from ..core.errors import CronofyError

__all__ = ("MirrorStoreError", "OvertakenError")


class MirrorStoreError(CronofyError):
    """
    The store of a mirror cannot be used: it is full, locked, damaged or not ours.

    Nothing of what was being written is in it; what was written before is, together with
    the place from which the mirror goes on. The mirror stops.
    """


class OvertakenError(CronofyError):
    """Another read of the same account began later, and does what this one set out to do."""
