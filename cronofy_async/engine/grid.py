"""
The grid of permitted start times.

A start is permitted when its UTC second of the day is a multiple of the interval:
every 15 minutes means :00, :15, :30 and :45, and 60 minutes means on the hour. For
an interval that does not divide a day the count begins anew at each midnight. The
reference leaves that anchor open, and UTC against local time too.
"""

from __future__ import annotations

from typing import Final

__all__ = ("DAY", "next_start")

DAY: Final = 86_400
"""Seconds in a UTC day."""


def next_start(instant: int, interval: int) -> int:
    """The first permitted start at or after *instant*, with *interval* in seconds."""
    second = instant % DAY
    aligned = -(-second // interval) * interval
    return instant - second + min(aligned, DAY)
