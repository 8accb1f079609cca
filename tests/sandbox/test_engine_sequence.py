"""Border cases of sequences: the choice among equals, dead ends, and the bound on work."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_transports.sandbox.engine import (
    Group,
    Intervals,
    Member,
    SequenceItem,
    SequenceQuery,
    solve_sequence,
)
from cronofy_transports.sandbox.engine.sequence import MAX_REMAINDERS

HOUR = 3600
DAY = 24 * HOUR


def item(name: str | int, busy: Intervals = (), **fields: Any) -> SequenceItem:
    """An hour with one person."""
    fields.setdefault("duration", HOUR)
    member = Member(sub=f"acc_{name}", busy=busy)
    return SequenceItem(sequence_id=name, groups=[Group(members=[member])], **fields)


def found(*items: SequenceItem, hours: int = 4) -> list[list[tuple[str | int, float]]]:
    """Alternatives as items and the hours at which they start."""
    query = SequenceQuery(items=items, windows=[(0, hours * HOUR)])
    return [
        [(each.sequence_id, each.start / HOUR) for each in alternative]
        for alternative in solve_sequence(query)
    ]


def test_equals_keep_the_order_of_the_query() -> None:
    """Of items that may swap and could both begin, the one first in the query does."""
    expected = [[("b", 0), ("a", 1)]]
    assert expected == found(item("b"), item("a"), hours=2)


def test_items_swap_when_only_that_fits() -> None:
    """Items without an ordinal come in the order in which they fit."""
    busy_first = item("a", busy=[(0, HOUR)])
    expected = [[("b", 0), ("a", 1)]]
    assert expected == found(busy_first, item("b"), hours=2)


def test_ordinals_forbid_to_swap() -> None:
    """Items with different ordinals do not swap, even when nothing else fits."""
    busy_first = item("a", busy=[(0, HOUR)], ordinal=1)
    assert not found(busy_first, item("b", ordinal=2), hours=2)


def test_answers_follow_the_ordinals() -> None:
    """Ordinals order the items, whatever their order in the query and their distance."""
    expected = [[("a", 0), ("b", 1), ("c", 2)]]
    assert expected == found(
        item("c", ordinal=70), item("a", ordinal=-3), item("b", ordinal=7), hours=3
    )


def test_earliest_fit_avoids_dead_ends() -> None:
    """The second item waits when the third could not follow closely otherwise."""
    third = item("c", busy=[(0, 4 * HOUR)], ordinal=3, before_max=0)
    expected = [[("a", 0), ("b", 3), ("c", 4)]]
    assert expected == found(item("a", ordinal=1), item("b", ordinal=2), third, hours=5)


def test_first_item_waits_for_the_rest() -> None:
    """The first item moves when the second must follow at once and is busy until later."""
    second = item("b", busy=[(0, 3 * HOUR)], ordinal=2, before_max=0)
    expected = [[("a", 2), ("b", 3)]]
    assert expected == found(item("a", ordinal=1), second)


def test_gaps_off_the_grid_are_kept() -> None:
    """A minimum between two starts of the grid moves the item to the next one."""
    second = item("b", ordinal=2, interval=1800, before_min=601, before_max=1801)
    expected = [[("a", 0), ("b", 1.5)]]
    assert expected == found(item("a", ordinal=1), second, hours=3)


def test_both_neighbours_bound_a_gap() -> None:
    """The larger minimum and the smaller maximum hold; contradictory ones fit nowhere."""
    first = item("a", ordinal=1, after_min=1800, after_max=3 * HOUR)
    second = item("b", ordinal=2, interval=1800, before_min=HOUR, before_max=HOUR)
    never = item("b", ordinal=2, interval=1800, before_max=900)
    expected = [[("a", 0), ("b", 2)]]
    assert expected == found(first, second, hours=4)
    assert not found(first, never, hours=4)


def test_windows_of_an_item_narrow_those_of_the_query() -> None:
    """An item keeps to its own windows within those of the query."""
    second = item("b", windows=[(2 * HOUR, 9 * HOUR)])
    expected = [[("a", 0), ("b", 2)]]
    assert expected == found(item("a"), second, hours=3)


def test_windows_of_the_items_alone() -> None:
    """A query needs no windows when every item has its own."""
    query = SequenceQuery(
        items=[item("a", windows=[(0, HOUR)]), item("b", windows=[(HOUR, 3 * HOUR)])]
    )
    starts = [[each.start for each in alternative] for alternative in solve_sequence(query)]
    expected = [[0, HOUR]]
    assert expected == starts


def test_next_alternative_begins_after_the_last() -> None:
    """Alternatives never overlap one another."""
    expected = [[("a", 0), ("b", 1.5)], [("a", 2.5), ("b", 4)]]
    assert expected == found(
        item("a", ordinal=1, interval=1800),
        item("b", ordinal=2, interval=1800, before_min=1800),
        hours=6,
    )


def test_before_1970() -> None:
    """Negative instants are as good as others."""
    query = SequenceQuery(items=[item("a"), item("b")], windows=[(-3 * HOUR, -HOUR)])
    [alternative] = solve_sequence(query)
    expected = [("a", -3 * HOUR), ("b", -2 * HOUR)]
    assert expected == [(each.sequence_id, each.start) for each in alternative]


def test_everybody_free_is_named() -> None:
    """An item names all who are free, by its own groups."""
    choice = Group(
        members=[Member(sub="r1", busy=[(0, HOUR)]), Member(sub="r2"), Member(sub="r3")],
        required=1,
    )
    query = SequenceQuery(
        items=[
            SequenceItem(sequence_id=1, ordinal=1, groups=[choice], duration=HOUR),
            SequenceItem(sequence_id="1", ordinal=2, groups=[choice], duration=HOUR),
        ],
        windows=[(0, 2 * HOUR)],
    )
    [alternative] = solve_sequence(query)
    expected = [(1, ("r2", "r3")), ("1", ("r1", "r2", "r3"))]
    assert expected == [(each.sequence_id, each.subs) for each in alternative]


def test_no_items() -> None:
    """A sequence of nothing has no alternatives."""
    assert not found()


def test_at_most_so_many_alternatives() -> None:
    """Only the earliest alternatives are kept."""
    query = SequenceQuery(items=[item("a")], windows=[(0, 9 * HOUR)], max_results=2)
    expected = [0, HOUR]
    assert expected == [each.start for [each] in solve_sequence(query)]


def test_ten_items_in_any_order_are_taken() -> None:
    """Ten items that may all swap are within the bound, and find the only order."""
    whole = 10 * HOUR
    puzzle = [item(n, busy=[(0, (9 - n) * HOUR), ((10 - n) * HOUR, whole)]) for n in range(10)]
    assert [[(n, float(9 - n)) for n in reversed(range(10))]] == found(*puzzle, hours=10)


def test_too_many_items_in_any_order_are_refused() -> None:
    """Beyond the bound on work the error says what to do; ordinals lift it."""
    loose = [item(n) for n in range(11)]
    with pytest.raises(ValueError, match=r"sequence.*ordinals"):
        found(*loose, hours=11)
    strict = [item(n, ordinal=n) for n in range(40)]
    assert [[(n, float(n)) for n in range(40)]] == found(*strict, hours=40)


def test_bound_counts_sets_of_remaining_items() -> None:
    """A chain as long as the bound is taken, and one item more is refused."""
    windows = [(0, HOUR)]
    chain = [item(n, ordinal=n, windows=windows) for n in range(MAX_REMAINDERS)]
    assert not found(*chain)
    with pytest.raises(ValueError, match=r"sequence.*ordinals"):
        found(*chain, item("last", ordinal=MAX_REMAINDERS, windows=windows))
