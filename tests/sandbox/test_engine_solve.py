"""Border cases of queries that the random worlds leave out, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import attrs
import pytest

from cronofy_transports.sandbox.engine import (
    Format,
    Group,
    Interval,
    Member,
    Query,
    Result,
    SequenceItem,
    SequenceQuery,
    solve,
)

HOUR = 3600
DAY = 24 * HOUR


def ask(*members: Member, required: int | None = None, hours: int = 3) -> Query:
    """One hour with one group, from the first hours of 1970."""
    return Query(
        groups=[Group(members=members, required=required)],
        duration=HOUR,
        windows=[(0, hours * HOUR)],
    )


def found(query: Query) -> list[Interval]:
    """Starts and ends, in hours."""
    return [(result.start // HOUR, result.end // HOUR) for result in solve(query)]


@pytest.mark.parametrize(
    ("buffer", "expected"),
    [
        pytest.param(0, [(0, 4)], id="without-buffers"),
        pytest.param(HOUR, [(0, 1), (3, 4)], id="with-buffers"),
    ],
)
def test_event_of_no_length(buffer: int, expected: list[Interval]) -> None:
    """An event of no length takes nothing but its buffers away."""
    moment = Member(sub="a", busy=[(2 * HOUR, 2 * HOUR)], before=buffer, after=buffer)
    assert expected == found(ask(moment, hours=4))


def test_sub_in_two_groups_is_named_once() -> None:
    """Somebody in two groups is named at the first place at which they are free."""
    query = Query(
        groups=[
            Group(members=[Member(sub="a", busy=[(0, HOUR)]), Member(sub="b")], required=1),
            Group(members=[Member(sub="c"), Member(sub="a"), Member(sub="b")]),
        ],
        duration=HOUR,
        windows=[(0, 2 * HOUR)],
        format="slots",
    )
    assert [
        Result(start=0, end=HOUR, subs=("b", "c", "a")),
        Result(start=HOUR, end=2 * HOUR, subs=("a", "b", "c")),
    ] == solve(query)


def test_slots_do_not_overlap_where_people_change() -> None:
    """A slot begins after the end of the last, even when other people have become free."""
    early = Member(sub="a", windows=[(0, HOUR + 600)])
    late = Member(sub="b", windows=[(600, 3 * HOUR)])
    query = attrs.evolve(ask(early, late, required=1), interval=900, format="slots")
    assert [
        Result(start=0, end=HOUR, subs=("a",)),
        Result(start=HOUR, end=2 * HOUR, subs=("b",)),
        Result(start=2 * HOUR, end=3 * HOUR, subs=("b",)),
    ] == solve(query)


def test_periods_of_some_before_1970() -> None:
    """Negative instants are as good as others."""
    pair = (Member(sub="a", windows=[(-9 * HOUR, -7 * HOUR)]), Member(sub="b"))
    query = attrs.evolve(ask(*pair, required=1), windows=[(-9 * HOUR, -6 * HOUR)])
    assert [Result(start=-9 * HOUR, end=-6 * HOUR, subs=("b",))] == solve(query)
    assert not solve(attrs.evolve(query, groups=[Group(members=[*pair, pair[0]], required=4)]))


@pytest.mark.parametrize("form", ["periods", "slots", "overlapping_slots"])
def test_more_required_than_there_are(form: Format) -> None:
    """A group that wants more people than it has is never satisfied."""
    query = attrs.evolve(ask(Member(sub="a"), Member(sub="b"), required=3), format=form)
    assert not solve(query)


def test_everybody_by_number_is_everybody() -> None:
    """Wanting as many as there are is the same as wanting all."""
    pair = (Member(sub="a", busy=[(0, HOUR)]), Member(sub="b", busy=[(2 * HOUR, 3 * HOUR)]))
    assert solve(ask(*pair)) == solve(ask(*pair, required=2))
    expected = [(1, 2)]
    assert expected == found(ask(*pair, required=2))


def test_shorter_period_with_more_people_stays() -> None:
    """A period inside another is kept when it has people whom the longer one lacks."""
    late = Member(sub="b", windows=[(HOUR, 3 * HOUR)])
    assert [
        Result(start=0, end=3 * HOUR, subs=("a",)),
        Result(start=HOUR, end=3 * HOUR, subs=("a", "b")),
    ] == solve(ask(Member(sub="a"), late, required=1))


def test_period_moved_to_the_grid_gains_people() -> None:
    """Who is free from the moved start on is named, and the same period only once."""
    late = Member(sub="b", windows=[(HOUR + 60, 4 * HOUR)])
    early = Member(sub="a", windows=[(HOUR + 30, 4 * HOUR)])
    query = attrs.evolve(ask(early, late, required=1, hours=4), interval=HOUR)
    assert [Result(start=2 * HOUR, end=4 * HOUR, subs=("a", "b"))] == solve(query)


def test_period_moved_to_the_grid_may_become_too_short() -> None:
    """A period is measured after its start has moved."""
    member = Member(sub="a", windows=[(60, 2 * HOUR - 60)])
    query = ask(member)
    assert [Result(start=60, end=2 * HOUR - 60, subs=("a",))] == solve(query)
    assert not solve(attrs.evolve(query, interval=HOUR))


def test_period_moved_beyond_its_end_vanishes() -> None:
    """A period without any start on the grid is left out."""
    query = attrs.evolve(ask(Member(sub="a", windows=[(60, HOUR + 60)])), interval=2 * HOUR)
    assert not solve(query)


def test_grid_begins_anew_each_day() -> None:
    """An interval that does not divide the day is counted from midnight again."""
    query = attrs.evolve(
        ask(Member(sub="a")), windows=[(22 * HOUR, 34 * HOUR)], duration=5 * HOUR, format="slots"
    )
    expected = [(24, 29), (29, 34)]
    assert expected == found(query)


def test_interval_longer_than_a_day() -> None:
    """An interval beyond a day permits midnight alone."""
    query = attrs.evolve(
        ask(Member(sub="a")), windows=[(HOUR, 3 * DAY)], interval=2 * DAY, format="slots"
    )
    expected = [(24, 25), (48, 49)]
    assert expected == found(query)


def test_touching_windows_merge() -> None:
    """A meeting may lie across windows that touch, in whatever order they come."""
    query = attrs.evolve(
        ask(Member(sub="a")), windows=[(HOUR, 2 * HOUR), (0, HOUR)], duration=2 * HOUR
    )
    expected = [(0, 2)]
    assert expected == found(query)


def test_given_starts_ignore_grid_and_format() -> None:
    """Given starts are answered as slots, sorted, each once, on the grid or not."""
    query = Query(
        groups=[Group(members=[Member(sub="a", busy=[(2 * HOUR, 3 * HOUR)])])],
        duration=HOUR,
        starts=[3 * HOUR, 1800, 1801, 1800, HOUR + 1],
        interval=900,
        format="periods",
    )
    assert [
        Result(start=start, end=start + HOUR, subs=("a",)) for start in (1800, 1801, 3 * HOUR)
    ] == solve(query)


def test_nothing_to_search() -> None:
    """No windows and no starts give no results."""
    query = ask(Member(sub="a"))
    assert not solve(attrs.evolve(query, windows=[]))
    assert not solve(attrs.evolve(query, windows=None, starts=[]))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        pytest.param(lambda: attrs.evolve(ask(), duration=0), "duration", id="duration"),
        pytest.param(lambda: attrs.evolve(ask(), interval=0), "interval", id="interval"),
        pytest.param(lambda: attrs.evolve(ask(), max_results=0), "max_results", id="max-results"),
        pytest.param(
            lambda: attrs.evolve(ask(), format=cast("Format", "days")), "format", id="format"
        ),
        pytest.param(lambda: attrs.evolve(ask(), starts=[0]), "windows or starts", id="both"),
        pytest.param(lambda: attrs.evolve(ask(), windows=None), "windows or starts", id="neither"),
        pytest.param(lambda: Member(sub="a", before=-1), "before", id="before"),
        pytest.param(lambda: Member(sub="a", after=-1), "after", id="after"),
        pytest.param(lambda: Group(members=[], required=0), "required", id="required"),
        pytest.param(
            lambda: SequenceItem(sequence_id=1, groups=[], duration=1, before_max=-1),
            "before_max",
            id="before-max",
        ),
        pytest.param(
            lambda: SequenceQuery(items=[SequenceItem(sequence_id=1, groups=[], duration=1)]),
            "windows",
            id="item-without-windows",
        ),
    ],
)
def test_refused(make: Callable[[], object], field: str) -> None:
    """A question without meaning is refused, and the error names the field."""
    with pytest.raises(ValueError, match=field):
        make()
