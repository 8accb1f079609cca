"""The rules under every schedule of a few rivals."""

from __future__ import annotations

import attrs
import pytest

from .schedules import EXTERNAL, Rival, State, begun, bookings, explore, is_final, winners

A, B, C = Rival("a"), Rival("b"), Rival("c")
BOTH, CROSSED = Rival("a", (0, 1)), Rival("b", (1, 0))


def once(*rivals: Rival) -> tuple[Rival, ...]:
    """Rivals who do not begin again."""
    return tuple(attrs.evolve(rival, rounds=1) for rival in rivals)


def finals(*rivals: Rival, crashes: int = 0, arrivals: int = 0) -> list[State]:
    """How it may end, when there was never more than one winner on the way."""
    found = []
    for state in explore(*rivals, crashes=crashes, arrivals=arrivals):
        assert len(winners(state)) <= 1, state
        if is_final(state):
            found.append(state)
    assert found
    return found


@pytest.mark.fault(50)
@pytest.mark.parametrize(
    "rivals",
    [(A, B), (A, Rival("b", (0, 1))), (BOTH, Rival("b", (1,))), once(BOTH, CROSSED)],
    ids=["one calendar", "one in two", "two and one", "crossed"],
)
def test_of_two_one_wins(rivals: tuple[Rival, ...]) -> None:
    """Whatever the order of their requests, one event stands, and its owner was told so."""
    for state in finals(*rivals):
        assert winners(state) == bookings(state)
        assert all(isinstance(rival.came_of, bool) for rival in state.rivals)
        # Nobody has it only if somebody has begun as often as allowed, in step with the other.
        assert winners(state) or any(rival.begun == rival.rounds for rival in state.rivals)


@pytest.mark.fault(50)
def test_of_three_at_most_one_wins() -> None:
    """Three at once give no room that two do not."""
    for state in finals(*once(A, B, C)):
        assert winners(state) == bookings(state)


@pytest.mark.fault(50)
def test_crashes_and_late_requests_make_no_second_winner() -> None:
    """Whoever is killed at any moment leaves at most its own event, and is not told."""
    for state in finals(A, B, crashes=2, arrivals=1):
        told = {rival.event_id for rival in state.rivals if rival.came_of is not None}
        killed = {"a", "b"} - told
        assert winners(state) <= bookings(state) <= winners(state) | killed


@pytest.mark.fault(51)
def test_who_was_killed_asks_again_and_then_all_have_been_told() -> None:
    """With its key a killed caller finds its event, or that somebody else has one."""
    killed = 0
    for state in finals(A, B, crashes=1):
        for rival in state.rivals:
            if rival.came_of is not None:
                continue
            killed += 1
            again = Rival(rival.event_id, call="again ")
            ends = [each for each in explore(again, events=state.events) if is_final(each)]
            won = winners(state)

            assert [won or {rival.event_id}] == [won | winners(each) for each in ends]
            assert [won or {rival.event_id}] == [bookings(each) for each in ends]
    assert killed


@pytest.mark.fault(51)
def test_two_calls_with_one_key_are_one_booking() -> None:
    """Two calls for one booking beside a rival: no second event, and no two bookings told of."""
    for state in finals(*once(A, A, B)):
        assert winners(state) == bookings(state)


@pytest.mark.fault(50)
def test_who_is_not_ours_wins_if_it_is_seen() -> None:
    """An event from outside that was there at the last look leaves no booking beside it."""
    for state in finals(A, arrivals=1):
        assert bookings(state) == winners(state)
        if not winners(state):
            assert (0, EXTERNAL) in state.events


def test_rivals_who_do_not_look_both_win() -> None:
    """The exploring finds a flaw where there is one: rules without the look after the hold."""
    blind = [attrs.evolve(each, forgets_to_look=True) for each in (A, B)]
    doubles = [state for state in explore(*blind) if len(bookings(state)) > 1]

    assert doubles


def test_one_id_for_a_time_would_let_two_win() -> None:
    """With an id made of calendar and time, two rivals would be told of one and the same event."""
    both = [
        state
        for state in explore(A, A)
        if is_final(state) and all(rival.came_of is True for rival in state.rivals)
    ]

    assert both
    assert {frozenset({"a"})} == {frozenset(bookings(state)) for state in both}


def test_a_rival_begins_with_a_look() -> None:
    """What is there already is found before anything is written."""
    assert (("look", 0, ""),) == begun(A, 0).requests
