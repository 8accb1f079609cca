"""
The availability engine: that of `cronofy_async.engine`, and what only the service does.

Local rules (weekly hours, limits per day or week) become UTC stretches once, in
`managed` and `constrained`, and are plain windows from there on. Sequences are a
further way to walk the openings.

Where the reference is silent the choice is named in the docstring of the function
that makes it.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from cronofy_async.engine.intervals import (
    Interval,
    Intervals,
    clip,
    intersect,
    normalise,
    subtract,
    union,
)
from cronofy_async.engine.query import Format, Group, Member, Query, Result
from cronofy_async.engine.solve import solve

from .constraints import constrained
from .managed import Rule, managed
from .sequence import SequenceItem, SequenceQuery, SequenceResult, solve_sequence

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
