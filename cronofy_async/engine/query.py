"""What is asked of the engine, and what it answers. Seconds throughout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs
from attrs import validators

from .intervals import Intervals

__all__ = ("Format", "Group", "Member", "Query", "Result")

Format: TypeAlias = Literal["periods", "slots", "overlapping_slots"]
"""How an answer is laid out. Source: /developers/api/scheduling/availability/"""

_positive = validators.ge(1)
_not_negative = validators.ge(0)


@attrs.frozen(kw_only=True)
class Member:
    """
    One person or resource that may take part.

    Attributes:
        sub: The account's id, echoed in the answer.
        busy: What blocks, in any order; may overlap and may lie outside the query,
            where its buffers still reach in.
        before: Seconds that must be free before a meeting.
        after: Seconds that must be free after a meeting.
        windows: The only time in which meetings may lie, in any order; ``None``: no
            restriction. Buffers need not fit into it.
    """

    sub: str
    busy: Intervals = ()
    before: int = attrs.field(default=0, validator=_not_negative)
    after: int = attrs.field(default=0, validator=_not_negative)
    windows: Intervals | None = None


@attrs.frozen(kw_only=True)
class Group:
    """
    Members of whom all, or at least some, must be free.

    Attributes:
        members: In the order in which the answer shall name them. Each counts for
            one, even when two bear the same `sub`.
        required: At least that many of them, 1 or more; ``None``: all. More than
            there are can never be met.
    """

    members: Sequence[Member]
    required: int | None = attrs.field(default=None, validator=validators.optional(_positive))


@attrs.frozen(kw_only=True)
class Query:
    """
    When can these groups meet?

    Attributes:
        groups: All of them must be satisfied.
        duration: Length of the meeting in seconds.
        windows: The time to search, in any order; touching windows merge. Either
            this or `starts`.
        starts: The candidate start times, in any order; repeated ones count once.
        interval: Distance in seconds of the permitted starts (see `grid`). ``None``:
            slots start at multiples of the duration and periods start anywhere.
        format: The layout. With `starts` the answer is slots whatever it says.
        max_results: Keep only that many, the earliest; ``None``: keep all.

    Raises:
        ValueError: A number is too small, or not exactly one of `windows` and
            `starts` is given.
    """

    groups: Sequence[Group]
    duration: int = attrs.field(validator=_positive)
    windows: Intervals | None = None
    starts: Sequence[int] | None = None
    interval: int | None = attrs.field(default=None, validator=validators.optional(_positive))
    format: Format = attrs.field(
        default="periods", validator=validators.in_(("periods", "slots", "overlapping_slots"))
    )
    max_results: int | None = attrs.field(default=None, validator=validators.optional(_positive))

    def __attrs_post_init__(self) -> None:
        if (self.windows is None) == (self.starts is None):
            raise ValueError("a query takes windows or starts: give exactly one of the two")


@attrs.frozen(kw_only=True)
class Result:
    """
    One period or slot.

    Attributes:
        start: Inclusive.
        end: Exclusive. Buffers are not part of the result.
        subs: Everybody who is free for the whole of it, not just as many as required:
            groups, then members, in the order of the query; each `sub` once.
    """

    start: int
    end: int
    subs: tuple[str, ...]
