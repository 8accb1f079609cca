"""
The worked cases of the availability reference, by their numbers.

Cases 11 and 12 (rules over changes of clocks) are in `test_engine_managed`. Cases 19 (the
35-day limit) and 21 (member statuses) are about requests, of which the engine knows
nothing. Monday is 7 January 2030; all times are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import attrs
import pytest

from cronofy_transports.sandbox.engine import (
    Group,
    Interval,
    Member,
    Query,
    Result,
    SequenceItem,
    SequenceQuery,
    constrained,
    solve,
    solve_sequence,
    subtract,
)

MINUTES = 60
HOURLY = 60 * MINUTES


def at(clock: str, day: int = 7) -> int:
    """An instant of January 2030."""
    hour, minute = divmod(int(clock.replace(":", "")), 100)
    midnight = int(datetime(2030, 1, day, tzinfo=UTC).timestamp())
    return midnight + (hour * 60 + minute) * MINUTES


def spans(text: str, day: int = 7) -> list[Interval]:
    """Intervals written as ``09:00-10:00 11:00-12:30``."""
    pairs = [span.split("-") for span in text.split()]
    return [(at(start, day), at(end, day)) for start, end in pairs]


def periods(text: str, *subs: str, day: int = 7) -> list[Result]:
    """Results of these spans, all with the same people."""
    return [Result(start=start, end=end, subs=subs) for start, end in spans(text, day)]


def slots(starts: str, *subs: str, day: int = 7, minutes: int = 60) -> list[Result]:
    """Results that start at these times."""
    return [
        Result(start=at(start, day), end=at(start, day) + minutes * MINUTES, subs=subs)
        for start in starts.split()
    ]


def alone(member: Member) -> list[Group]:
    """One group of one."""
    return [Group(members=[member])]


def a_query(windows: str = "09:00-17:00", busy: str = "") -> Query:
    """One person, one hour."""
    return Query(
        groups=alone(Member(sub="a", busy=spans(busy))),
        duration=60 * MINUTES,
        windows=spans(windows),
    )


def a_choice(*members: Member, required: int, windows: str) -> Query:
    """One hour with some of a group."""
    return Query(
        groups=[Group(members=members, required=required)],
        duration=60 * MINUTES,
        windows=spans(windows),
    )


CASE_2 = attrs.evolve(a_query(busy="11:00-12:00"), format="slots")
CASE_3 = attrs.evolve(a_query(busy="10:15-10:45"), format="slots")
BUFFERED = Member(sub="a", busy=spans("11:30-13:00"), before=30 * MINUTES, after=15 * MINUTES)
CASE_4 = attrs.evolve(a_query("09:00-18:00"), groups=alone(BUFFERED))
CASE_5 = attrs.evolve(
    CASE_4, groups=alone(attrs.evolve(BUFFERED, busy=spans("08:00-08:45 18:05-19:00")))
)
CASE_6 = attrs.evolve(
    a_choice(
        Member(sub="a", busy=spans("09:00-10:00")),
        Member(sub="b", busy=spans("10:00-11:00")),
        required=1,
        windows="09:00-11:00",
    ),
    format="slots",
)
CASE_7 = attrs.evolve(
    a_choice(Member(sub="a"), Member(sub="b"), required=1, windows="09:00-11:00"),
    format="slots",
)
CASE_8 = a_choice(
    Member(sub="a"),
    Member(sub="b", windows=spans("09:00-10:00")),
    Member(sub="c", windows=spans("10:00-12:00")),
    required=2,
    windows="09:00-12:00",
)
CASE_9 = a_choice(
    Member(sub="a", busy=spans("11:00-12:00")),
    Member(sub="b", busy=spans("09:00-10:00")),
    required=1,
    windows="09:00-12:00",
)
CASE_13 = Query(
    groups=[
        Group(
            members=[
                Member(sub="a"),
                Member(sub="b", busy=spans("10:00-10:30"), windows=spans("09:00-12:00")),
            ]
        )
    ],
    duration=60 * MINUTES,
    windows=spans("09:00-18:00"),
)
ALL_DAY = [(at("00:00"), at("00:00", day=8))]
CASE_16 = Query(
    groups=alone(Member(sub="a", busy=spans("10:00-11:00"))),
    duration=60 * MINUTES,
    starts=[at("09:00"), at("10:30"), at("14:00")],
    format="slots",
)


def case_17() -> Query:
    """Two events of the application on 7 January, of which two a day are allowed."""
    booked = spans("10:00-11:00 14:00-15:00")
    window = (at("00:00"), at("00:00", day=9))
    blocked = constrained(booked, "day", 2, "Europe/London", window)
    return attrs.evolve(
        a_query(),
        groups=alone(Member(sub="a", busy=booked, windows=subtract([window], blocked))),
        windows=[*spans("09:00-17:00"), *spans("09:00-17:00", day=8)],
    )


def case_20() -> Query:
    """The example of the reference: two people, and one of three rooms."""

    def member(sub: str, busy: Sequence[Interval]) -> Member:
        return Member(sub=sub, busy=busy, before=30 * MINUTES, after=15 * MINUTES)

    first, second = [(at("09:00"), at("18:00"))], [(at("09:00", 8), at("18:00", 8))]
    busy = [*spans("10:15-18:00"), *spans("09:00-09:30 12:15-18:00", day=8)]
    return Query(
        groups=[
            Group(members=[member("a", busy), member("b", [])]),
            Group(
                members=[member("r1", second), member("r2", second), member("r3", first)],
                required=1,
            ),
        ],
        duration=60 * MINUTES,
        windows=first + second,
        format="slots",
    )


def case_24(busy: str) -> Query:
    """Half hours with a quarter after each, by the log of a live account."""
    member = Member(sub="a", busy=spans(busy), after=15 * MINUTES, windows=spans("10:00-17:00"))
    return Query(
        groups=alone(member),
        duration=30 * MINUTES,
        windows=[(at("00:00"), at("00:00", day=8))],
        interval=30 * MINUTES,
        format="overlapping_slots",
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            a_query(busy="11:00-12:00"), periods("09:00-11:00 12:00-17:00", "a"), id="case-1"
        ),
        pytest.param(CASE_2, slots("09:00 10:00 12:00 13:00 14:00 15:00 16:00", "a"), id="case-2"),
        pytest.param(CASE_3, slots("09:00 11:00 12:00 13:00 14:00 15:00 16:00", "a"), id="case-3a"),
        pytest.param(
            attrs.evolve(CASE_3, interval=30 * MINUTES),
            slots("09:00 11:00 12:00 13:00 14:00 15:00 16:00", "a"),
            id="case-3b",
        ),
        pytest.param(
            attrs.evolve(CASE_3, interval=30 * MINUTES, format="overlapping_slots"),
            slots("09:00 11:00 11:30 12:00 12:30 13:00 13:30 14:00 14:30 15:00 15:30 16:00", "a"),
            id="case-3c",
        ),
        pytest.param(
            attrs.evolve(CASE_3, interval=15 * MINUTES, windows=spans("09:00-13:00")),
            slots("09:00 10:45 11:45", "a"),
            id="case-3d",
        ),
        pytest.param(CASE_4, periods("09:00-11:15 13:30-18:00", "a"), id="case-4-periods"),
        pytest.param(
            attrs.evolve(CASE_4, format="slots"),
            slots("09:00 10:00 14:00 15:00 16:00 17:00", "a"),
            id="case-4-slots",
        ),
        pytest.param(CASE_5, periods("09:15-17:50", "a"), id="case-5-periods"),
        pytest.param(
            attrs.evolve(CASE_5, format="slots"),
            slots("10:00 11:00 12:00 13:00 14:00 15:00 16:00", "a"),
            id="case-5-slots",
        ),
        pytest.param(CASE_6, slots("09:00", "b") + slots("10:00", "a"), id="case-6"),
        pytest.param(CASE_7, slots("09:00 10:00", "a", "b"), id="case-7"),
        pytest.param(
            attrs.evolve(CASE_8, format="slots"),
            slots("09:00", "a", "b") + slots("10:00 11:00", "a", "c"),
            id="case-8-slots",
        ),
        pytest.param(
            CASE_8,
            periods("09:00-10:00", "a", "b") + periods("10:00-12:00", "a", "c"),
            id="case-8-periods",
        ),
        pytest.param(
            CASE_9,
            periods("09:00-11:00", "a") + periods("10:00-12:00", "b"),
            id="case-9-periods",
        ),
        pytest.param(
            attrs.evolve(CASE_9, format="slots"),
            slots("09:00", "a") + slots("10:00", "a", "b") + slots("11:00", "b"),
            id="case-9-slots",
        ),
        pytest.param(
            attrs.evolve(a_query("09:00-11:00"), interval=900, format="overlapping_slots"),
            slots("09:00 09:15 09:30 09:45 10:00", "a"),
            id="case-10",
        ),
        pytest.param(CASE_13, periods("09:00-10:00 10:30-12:00", "a", "b"), id="case-13"),
        pytest.param(
            attrs.evolve(a_query("09:00-11:00"), format="slots"),
            slots("09:00 10:00", "a"),
            id="case-14-no-calendars",
        ),
        pytest.param(
            attrs.evolve(a_query(), groups=alone(Member(sub="a", busy=ALL_DAY))),
            [],
            id="case-15-opaque",
        ),
        pytest.param(a_query(), periods("09:00-17:00", "a"), id="case-15-transparent"),
        pytest.param(CASE_16, slots("09:00 14:00", "a"), id="case-16"),
        pytest.param(case_17(), periods("09:00-17:00", "a", day=8), id="case-17"),
        pytest.param(
            attrs.evolve(CASE_2, max_results=3), slots("09:00 10:00 12:00", "a"), id="case-18"
        ),
        pytest.param(
            case_20(),
            slots("09:00", "a", "b", "r1", "r2") + slots("10:00 11:00", "a", "b", "r3", day=8),
            id="case-20",
        ),
        pytest.param(
            case_24("12:30-13:00 14:00-15:00"),
            slots("10:00 10:30 11:00 11:30 13:00 15:00 15:30 16:00 16:30", "a", minutes=30),
            id="case-24",
        ),
        pytest.param(
            case_24("12:30-13:00 14:00-15:00 15:00-15:30"),
            slots("10:00 10:30 11:00 11:30 13:00 15:30 16:00 16:30", "a", minutes=30),
            id="case-24-one-more-event",
        ),
    ],
)
def test_worked_case(query: Query, expected: list[Result]) -> None:
    """Each worked case of the reference comes out as written there."""
    assert expected == solve(query)


def loop(**second: int) -> SequenceQuery:
    """Two items of an hour each, with everybody free from 9 to 13."""
    first = SequenceItem(
        sequence_id="one", ordinal=1, groups=alone(Member(sub="a")), duration=HOURLY
    )
    following = SequenceItem(
        sequence_id="two",
        ordinal=2,
        groups=alone(Member(sub="b")),
        duration=HOURLY,
        interval=HOURLY if second else None,
        before_min=second.get("before_min", 0),
        before_max=second.get("before_max"),
    )
    return SequenceQuery(items=[first, following], windows=spans("09:00-13:00"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(loop(), ["09:00-10:00 10:00-11:00", "11:00-12:00 12:00-13:00"], id="case-22"),
        pytest.param(
            loop(before_min=15 * MINUTES, before_max=60 * MINUTES),
            ["09:00-10:00 11:00-12:00"],
            id="case-23",
        ),
    ],
)
def test_worked_sequence(query: SequenceQuery, expected: list[str]) -> None:
    """Each worked sequence of the reference comes out as written there."""
    found = solve_sequence(query)
    assert [spans(each) for each in expected] == [
        [(item.start, item.end) for item in each] for each in found
    ]
    assert [[("one", ("a",)), ("two", ("b",))]] * len(expected) == [
        [(item.sequence_id, item.subs) for item in each] for each in found
    ]
