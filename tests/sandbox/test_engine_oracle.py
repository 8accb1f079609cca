"""
The engine against the oracle, in small random worlds with a midnight in them.

``ENGINE_EXAMPLES`` in the environment sets how many worlds each test sees.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronofy_transports.sandbox.engine import (
    Format,
    Group,
    Interval,
    Member,
    Query,
    SequenceItem,
    SequenceQuery,
    solve,
    solve_sequence,
)
from tests.sandbox.oracle import Alternative, Answer, alternatives, answers

MINUTE = 60
LENGTH = 100
# The grid begins anew at midnight, so a world begins three quarters of an hour before one.
ORIGIN = int(datetime(2030, 1, 7, 23, 15, tzinfo=UTC).timestamp())

worlds = settings(
    max_examples=int(os.environ.get("ENGINE_EXAMPLES", "75")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def minutes(low: int, high: int) -> st.SearchStrategy[int]:
    """So many whole minutes, in seconds."""
    return st.integers(low, high).map(lambda count: count * MINUTE)


def instants(low: int = -20, high: int = LENGTH + 20) -> st.SearchStrategy[int]:
    """Instants of the world and a little around it."""
    return minutes(low, high).map(lambda offset: ORIGIN + offset)


def stretches(longest: int, most: int, fewest: int = 0) -> st.SearchStrategy[list[Interval]]:
    """Stretches of time in any order, which may overlap, touch or repeat."""
    stretch = st.builds(
        lambda start, length: (start, start + length), instants(), minutes(1, longest)
    )
    return st.lists(stretch, min_size=fewest, max_size=most)


buffers = st.one_of(st.just(0), minutes(0, 12))
members = st.builds(
    Member,
    sub=st.sampled_from(["acc_a", "acc_b", "acc_c", "res_d", "apc_e"]),
    busy=stretches(20, 3),
    before=buffers,
    after=buffers,
    windows=st.one_of(st.none(), st.none(), stretches(80, 3, fewest=1)),
)
# The bound is one more than there can be members: a demand that nobody meets.
groups = st.builds(
    Group,
    members=st.lists(members, min_size=1, max_size=5),
    required=st.one_of(st.none(), st.integers(1, 6), st.integers(1, 2), st.integers(1, 2)),
)
intervals = st.one_of(st.none(), st.sampled_from([5, 5, 7, 10, 15, 20, 30, 50, 60])).map(
    lambda count: count and count * MINUTE
)


# At least one window of some length: most questions shall have an answer.
searches = st.builds(
    lambda start, few: [(start, start + 50 * MINUTE), *few],
    instants(0, LENGTH - 50),
    stretches(LENGTH, 2),
)


def queries(form: Format) -> st.SearchStrategy[Query]:
    """Queries of one format over windows."""
    return st.builds(
        Query,
        groups=st.lists(groups, min_size=1, max_size=2),
        duration=minutes(1, 20),
        windows=searches,
        interval=intervals,
        format=st.just(form),
        max_results=st.one_of(st.none(), st.integers(1, 4)),
    )


def found(query: Query) -> list[Answer]:
    """The engine's answer in the terms of the oracle."""
    return [(result.start, result.end, result.subs) for result in solve(query)]


@worlds
@given(queries("periods"))
def test_periods(query: Query) -> None:
    """Periods are what a look at every minute finds."""
    assert answers(query) == found(query)


@worlds
@given(queries("slots"))
def test_slots(query: Query) -> None:
    """Slots are what a look at every minute finds."""
    assert answers(query) == found(query)


@worlds
@given(queries("overlapping_slots"))
def test_overlapping_slots(query: Query) -> None:
    """Overlapping slots are what a look at every minute finds."""
    assert answers(query) == found(query)


@worlds
@given(queries("periods"), st.lists(instants(), max_size=12))
def test_query_slots(query: Query, starts: list[int]) -> None:
    """Of the given starts, those remain that a look at every minute finds."""
    query = attrs.evolve(query, windows=None, starts=starts)
    assert answers(query) == found(query)


@worlds
@given(queries("periods"), st.lists(stretches(30, 5), min_size=4, max_size=6))
def test_periods_of_some_of_a_group(query: Query, diaries: list[list[Interval]]) -> None:
    """Periods of a group of which two are enough are maximal, and name everybody."""
    group = Group(
        members=[Member(sub=f"acc_{index}", busy=busy) for index, busy in enumerate(diaries)],
        required=2,
    )
    query = attrs.evolve(
        query,
        groups=[group],
        windows=[(ORIGIN, ORIGIN + LENGTH * MINUTE)],
        duration=5 * MINUTE,
        max_results=None,
    )
    assert answers(query) == found(query)


@worlds
@given(st.one_of(queries("slots"), queries("periods")), st.integers(-(10**7), 10**7))
def test_days_are_alike(query: Query, days: int) -> None:
    """An answer moves with its question by whole days, to before 1970 too."""
    shift = days * 24 * 60 * MINUTE

    def moved(stretches: list[Interval]) -> list[Interval]:
        return [(start + shift, end + shift) for start, end in stretches]

    elsewhere = attrs.evolve(
        query,
        windows=moved(list(query.windows or ())),
        groups=[
            attrs.evolve(
                group,
                members=[
                    attrs.evolve(
                        member,
                        busy=moved(list(member.busy)),
                        windows=member.windows and moved(list(member.windows)),
                    )
                    for member in group.members
                ],
            )
            for group in query.groups
        ],
    )
    assert [(start + shift, end + shift, subs) for start, end, subs in found(query)] == found(
        elsewhere
    )


gaps = st.one_of(st.just(0), st.sampled_from([5 * MINUTE, 8 * MINUTE]))
most = st.one_of(st.none(), st.sampled_from([count * MINUTE for count in (0, 5, 12, 30)]))
items = st.builds(
    SequenceItem,
    sequence_id=st.just(""),
    groups=st.lists(
        st.builds(
            Group,
            members=st.lists(members, min_size=1, max_size=3),
            required=st.sampled_from([1, 2]),
        ),
        min_size=1,
        max_size=1,
    ),
    duration=st.sampled_from([count * MINUTE for count in (5, 10, 12, 20)]),
    ordinal=st.one_of(st.none(), st.integers(1, 3)),
    windows=st.one_of(st.none(), st.none(), searches),
    interval=st.sampled_from([None, 5 * MINUTE, 10 * MINUTE]),
    before_min=gaps,
    before_max=most,
    after_min=gaps,
    after_max=most,
)
sequences = st.builds(
    lambda each, windows, max_results: SequenceQuery(
        items=[attrs.evolve(item, sequence_id=index) for index, item in enumerate(each)],
        windows=windows,
        max_results=max_results,
    ),
    st.lists(items, max_size=3),
    searches,
    st.one_of(st.none(), st.integers(1, 2)),
)


def found_in_sequence(query: SequenceQuery) -> list[Alternative]:
    """The engine's alternatives in the terms of the oracle."""
    return [
        [(item.sequence_id, item.start, item.end, item.subs) for item in alternative]
        for alternative in solve_sequence(query)
    ]


@worlds
@given(sequences)
def test_sequences(query: SequenceQuery) -> None:
    """Alternatives are what a try of every order and every start finds."""
    assert alternatives(query) == found_in_sequence(query)


@pytest.mark.parametrize(
    "ordinals",
    [
        pytest.param((1, 2, 3), id="ordered"),
        pytest.param((3, 1, 2), id="shuffled"),
        pytest.param((None, None, None), id="free"),
        pytest.param((2, None, 1), id="mixed"),
        pytest.param((5, 1, 5), id="equal"),
    ],
)
@worlds
@given(st.data())
def test_roomy_sequences(ordinals: tuple[int | None, ...], data: st.DataObject) -> None:
    """The same where nearly everything fits, so that gaps and order decide alone."""
    query = SequenceQuery(
        items=[
            attrs.evolve(
                data.draw(items),
                sequence_id=f"item {index}",
                ordinal=ordinal,
                windows=None,
                interval=5 * MINUTE,
                groups=[Group(members=[data.draw(members.map(_with_one_event))])],
            )
            for index, ordinal in enumerate(ordinals)
        ],
        windows=[(ORIGIN, ORIGIN + LENGTH * MINUTE)],
    )
    assert alternatives(query) == found_in_sequence(query)


def _with_one_event(member: Member) -> Member:
    return attrs.evolve(member, busy=member.busy[:1], windows=None)
