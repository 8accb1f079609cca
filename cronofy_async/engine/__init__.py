"""
When people can meet, as arithmetic on integers.

Theory. Every instant is an ``int``, seconds since the Unix epoch in UTC; every
stretch of time is half open, ``(start, end)``. The engine is pure: no HTTP, no
models, no clock, no randomness. Two things reduce to one representation each:

- What a person *cannot* do (events, grown by buffers) is subtracted from what they
  *may* do (query windows, working hours): the rest is where they are free.
- Somebody with whom a meeting of length ``D`` can begin at ``t`` is free over
  ``[t, t + D)``; so a free stretch ``[s, e)`` is a run of *starts* ``[s, e - D]``.
  Cutting the runs of all people at their borders gives `openings`: runs of starts
  with the same people. Slots and query slots are ways to walk them.

The sandbox answers with it, and the client puts the answers to the parts of a large
question together with it.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from .intervals import Interval, Intervals, clip, intersect, normalise, subtract, union
from .query import Format, Group, Member, Query, Result
from .solve import solve

__all__ = (
    "Format",
    "Group",
    "Interval",
    "Intervals",
    "Member",
    "Query",
    "Result",
    "clip",
    "intersect",
    "normalise",
    "solve",
    "subtract",
    "union",
)
