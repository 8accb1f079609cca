"""Finding events by account, calendar and time."""

from __future__ import annotations

from typing import Any, Final

from .spans import Span
from .stores import Place, Query
from .tables import listed

__all__ = ("search",)

_FIND: Final = (
    "SELECT e.account, e.start_at, e.id, a.sub, e.body FROM mirror_events e "
    "JOIN mirror_accounts a ON a.id = e.account {} "
    "ORDER BY e.account, e.start_at, e.id LIMIT :limit"
)
_OF: Final = "e.account IN (SELECT id FROM mirror_accounts WHERE sub IN ({}))"
_IN: Final = "e.calendar_id IN ({})"


def search(query: Query, after: Place | None) -> tuple[str, dict[str, Any]]:
    """The statement that finds what is wanted behind a place, and its values but the limit."""
    conditions: list[str] = []
    given: dict[str, Any] = {}
    if query.subs is not None:
        names, given = listed("s", query.subs)
        conditions.append(_OF.format(names))
    if query.calendar_ids is not None:
        names, more = listed("c", query.calendar_ids)
        conditions.append(_IN.format(names))
        given |= more
    if query.span is not None:
        overlapping, more = _overlap(query.span)
        conditions += overlapping
        given |= more
    if after is not None:
        conditions.append("(e.account, e.start_at, e.id) > (:account, :start, :id)")
        given |= dict(zip(("account", "start", "id"), after, strict=True))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return _FIND.format(where), given


def _overlap(span: Span) -> tuple[list[str], dict[str, Any]]:
    conditions = ["e.start_at <> ''"]
    given: dict[str, Any] = {}
    if span.first_moment:
        # Who starts in it is in it, be it for no time at all.
        conditions.append(
            "(e.whole_days = 0 AND (e.end_at > :first_moment OR e.start_at >= :first_moment)"
            " OR e.whole_days = 1 AND e.end_at > :first_day)"
        )
        given |= {"first_moment": span.first_moment, "first_day": span.first_day}
    if span.last_moment:
        conditions.append(
            "(e.whole_days = 0 AND e.start_at < :last_moment"
            " OR e.whole_days = 1 AND e.start_at < :last_day)"
        )
        # For the index: both are below it.
        conditions.append("e.start_at < :latest")
        latest = max(span.last_moment, span.last_day)
        given |= {"last_moment": span.last_moment, "last_day": span.last_day, "latest": latest}
    return conditions, given
