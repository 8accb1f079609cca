"""
Questions about availability, put to the engine.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from collections.abc import Iterable

from cronofy_async.models.availability import LONGEST_SEARCH, MOST_RESULTS, AvailabilityQuery
from cronofy_async.models.participants import Buffer, BufferRange, Group, Period
from cronofy_async.models.sequenced_availability import SequencedAvailabilityQuery, SequenceItem
from cronofy_async.models.times import Duration

from . import engine
from .engine import Interval
from .error_keys import OUT_OF_RANGE
from .people import People, intervals, least, seconds
from .refusals import Invalid
from .state.access import Application
from .state.accounts import Account
from .world import World

__all__ = ("Question", "SequenceQuestion", "refuse_long_search")


class Question:
    """
    When can people meet?

    Args:
        world: Who is asked.
        application: Who asks.
        query: What is asked.
        notice: No time is found that starts sooner than so many seconds from now.

    Raises:
        Invalid: A member or calendar is unknown, or a time is past.
        Forbidden: A member's scope does not allow the question.
    """

    def __init__(
        self, world: World, application: Application, query: AvailabilityQuery, notice: int = 0
    ) -> None:
        self._query = query
        self._earliest = world.now() + notice
        _refuse_too_long(query.required_duration, query.buffer, query.participants)
        _refuse_past_periods(query.query_periods, world.now())
        for index, slot in enumerate(query.query_slots or ()):
            if slot.start.timestamp() <= world.now():
                raise Invalid.field(f"query_slots[{index}].start", "must be in the future")
        moments = [slot.start for slot in query.query_slots or ()]
        if moments and max(moments) - min(moments) > LONGEST_SEARCH:
            late = moments.index(max(moments))
            raise Invalid.field(
                f"query_slots[{late}].start",
                f"must be at most {LONGEST_SEARCH.days} days after the earliest one",
                key=OUT_OF_RANGE,
            )
        self._people = People(world, application, query.participants, query.excluded_events or ())

    def accounts(self) -> list[Account]:
        """Everybody who is asked about, each once."""
        return self._people.accounts()

    def answer(self) -> list[engine.Result]:
        """The times that suit, the earliest first."""
        query, duration = self._query, seconds(self._query.required_duration)
        starts = self._starts()
        windows = None if starts is not None else _from(self._earliest, query.query_periods)
        if starts:
            searched = min(starts), max(starts) + duration
        elif windows:
            searched = _hull(windows)
        else:
            return []
        interval = query.start_interval
        return engine.solve(
            engine.Query(
                groups=self._people.groups(searched, query.buffer),
                duration=duration,
                windows=windows,
                starts=starts,
                interval=None if interval is None else seconds(interval),
                format=query.response_format or "periods",
                max_results=query.max_results or MOST_RESULTS,
            )
        )

    def _starts(self) -> list[int] | None:
        if self._query.query_slots is None:
            return None
        starts = (int(slot.start.timestamp()) for slot in self._query.query_slots)
        return [start for start in starts if start >= self._earliest]


class SequenceQuestion:
    """
    When can people hold several meetings in a row?

    Args:
        world: Who is asked.
        application: Who asks.
        query: What is asked.

    Raises:
        Invalid: A member or calendar is unknown, or a time is past.
        Forbidden: A member's scope does not allow the question.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    def __init__(
        self, world: World, application: Application, query: SequencedAvailabilityQuery
    ) -> None:
        self._query, self._now = query, world.now()
        _refuse_past_periods(query.query_periods, self._now)
        refuse_long_search("query_periods", query.query_periods or ())
        self._people: list[People] = []
        for index, item in enumerate(query.sequence):
            try:
                _refuse_too_long(item.required_duration, item.buffer, item.participants)
                _refuse_past_periods(item.query_periods, self._now)
                refuse_long_search("query_periods", item.query_periods or ())
                self._people.append(People(world, application, item.participants))
            except Invalid as refusal:
                raise refusal.under(f"sequence[{index}]") from None

    def answer(self) -> list[list[engine.SequenceResult]]:
        """The ways to hold all the meetings, the earliest first."""
        windows = _from(self._now, self._query.query_periods)
        items = [
            self._item(item, people, windows)
            for item, people in zip(self._query.sequence, self._people, strict=True)
        ]
        if any(item is None for item in items):
            return []
        try:
            return engine.solve_sequence(
                engine.SequenceQuery(
                    items=[item for item in items if item is not None],
                    windows=windows or None,
                    max_results=MOST_RESULTS,
                )
            )
        except ValueError:
            raise Invalid.field("sequence", "has too many meetings in any order") from None

    def _item(
        self, item: SequenceItem, people: People, windows: list[Interval]
    ) -> engine.SequenceItem | None:
        own = _from(self._now, item.query_periods) if item.query_periods else None
        searched = own or windows
        if not searched:
            return None
        buffer = item.buffer or Buffer()
        return engine.SequenceItem(
            sequence_id=item.sequence_id,
            groups=people.groups(_hull(searched), item.buffer),
            duration=seconds(item.required_duration),
            ordinal=item.ordinal,
            windows=own,
            interval=None if item.start_interval is None else seconds(item.start_interval),
            before_min=least(buffer.before),
            before_max=_most(buffer.before),
            after_min=least(buffer.after),
            after_max=_most(buffer.after),
        )


def refuse_long_search(field: str, periods: Iterable[Period]) -> None:
    """
    Refuse to search for more than a query about availability may.

    Args:
        field: The parameter that has the periods.
        periods: Where to search.

    Raises:
        Invalid: A period ends too long after the earliest start.
    """
    # Decision.LONGEST_SEARCH
    listed = list(periods)
    for index, period in enumerate(listed):
        if period.end - min(each.start for each in listed) > LONGEST_SEARCH:
            raise Invalid.field(
                f"{field}[{index}].end",
                f"must be at most {LONGEST_SEARCH.days} days after the earliest start",
                key=OUT_OF_RANGE,
            )


def _refuse_too_long(duration: Duration, buffer: Buffer | None, groups: tuple[Group, ...]) -> None:
    # Decision.LONGEST_MEETING
    lengths: dict[str, Duration | BufferRange | None] = {"required_duration": duration}
    buffers = {"buffer": buffer} | {
        f"participants[{i}].members[{j}].buffer": member.buffer
        for i, group in enumerate(groups)
        for j, member in enumerate(group.members)
    }
    for path, each in buffers.items():
        if each is not None:
            lengths |= {f"{path}.before": each.before, f"{path}.after": each.after}
    for path, length in lengths.items():
        given = (length.minimum, length.maximum) if isinstance(length, BufferRange) else (length,)
        if any(part is not None and part.timedelta() > LONGEST_SEARCH for part in given):
            raise Invalid.field(
                path, f"must be at most {LONGEST_SEARCH.days} days", key=OUT_OF_RANGE
            )


def _refuse_past_periods(periods: tuple[Period, ...] | None, now: int) -> None:
    # Decision.PAST_PERIODS
    for index, period in enumerate(periods or ()):
        if period.end.timestamp() <= now:
            raise Invalid.field(f"query_periods[{index}].end", "must be in the future")


def _from(earliest: int, periods: tuple[Period, ...] | None) -> list[Interval]:
    """The part of periods that is not too soon."""
    given = intervals(periods or ())
    return [(max(start, earliest), end) for start, end in given if end > earliest]


def _hull(windows: list[Interval]) -> Interval:
    return min(start for start, _ in windows), max(end for _, end in windows)


def _most(buffer: Duration | BufferRange | None) -> int | None:
    if isinstance(buffer, BufferRange) and buffer.maximum is not None:
        return seconds(buffer.maximum)
    return None
