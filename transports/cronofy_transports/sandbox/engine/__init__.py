"""
The availability engine: who can meet when, as arithmetic on integers.

Theory. Every instant is an ``int``, seconds since the Unix epoch in UTC; every
stretch of time is half open, ``(start, end)``. The engine is pure: no HTTP, no
models, no clock, no randomness. Three things reduce to one representation each:

- What a person *cannot* do (events, grown by buffers) is subtracted from what they
  *may* do (query windows, working hours): the rest is where they are free.
- Somebody with whom a meeting of length ``D`` can begin at ``t`` is free over
  ``[t, t + D)``; so a free stretch ``[s, e)`` is a run of *starts* ``[s, e - D]``.
  Cutting the runs of all people at their borders gives `openings`: runs of starts
  with the same people. Slots, query slots and sequences are ways to walk them.
- Local rules (weekly hours, limits per day or week) become UTC stretches once, in
  `managed` and `constrained`, and are plain windows from there on.

Where the reference is silent the choice is named in the docstring of the function
that makes it.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from .constraints import constrained
from .intervals import Interval, Intervals, clip, intersect, normalise, subtract, union
from .managed import Rule, managed
from .query import Format, Group, Member, Query, Result
from .sequence import SequenceItem, SequenceQuery, SequenceResult, solve_sequence
from .solve import solve

__all__ = (
    "Format",
    "Group",
    "Interval",
    "Intervals",
    "Member",
    "Query",
    "Result",
    "Rule",
    "SequenceItem",
    "SequenceQuery",
    "SequenceResult",
    "clip",
    "constrained",
    "intersect",
    "managed",
    "normalise",
    "solve",
    "solve_sequence",
    "subtract",
    "union",
)
