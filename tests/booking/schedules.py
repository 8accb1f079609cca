"""
Every schedule of a few rivals, one request at a time.

The rules that run here are the package's own. The service is a set of events; each
request is carried out at one moment, which a schedule chooses. A rival may be stopped
for ever before any of its requests is carried out, or after it and before its answer, and
a request on its way then may still be carried out at any later time. Schedules that lead
to the same state are gone on with once; the state of a rival is that of its generator.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

import attrs

from cronofy_async.booking import contest as rules
from cronofy_async.booking.names import Hold
from cronofy_async.core.errors import CronofyError

EXTERNAL: Final = "external"
PATIENCE: Final = 0.05
"""Long enough for one wait."""

Events = frozenset[tuple[int, str]]
"""Calendars, each with the id of an event in it at the time in question."""


@attrs.frozen
class Rival:
    """
    One caller.

    Attributes:
        event_id: The id of its booking's event.
        calendars: What it wants to have.
        rounds: How often it begins at the most.
        call: What its holds are told by from those of an earlier exploration.
        answers: What it was answered so far, which leads to its place.
        place: Where in the rules it is, with all that it knows there.
        begun: How many holds it has made.
        requests: What is left to be carried out of its present step.
        seen: What the requests of its present step have found.
        doing: The name of its present step.
        came_of: How its call ended: won, lost, or with an error of this name.
        stopped: Whether its process is gone.
        forgets_to_look: Whether it breaks the rules by not looking after its hold.
    """

    event_id: str
    calendars: tuple[int, ...] = (0,)
    rounds: int = 2
    call: str = ""
    answers: tuple[Any, ...] = attrs.field(default=(), eq=False)
    place: tuple[Any, ...] = ()
    begun: int = 0
    requests: tuple[tuple[str, int, str], ...] = ()
    seen: tuple[Any, ...] = ()
    doing: str = ""
    came_of: bool | str | None = None
    stopped: bool = False
    forgets_to_look: bool = False


@attrs.frozen
class State:
    """Where everything stands."""

    rivals: tuple[Rival, ...]
    events: Events = frozenset()
    late: frozenset[tuple[str, int, str]] = frozenset()
    crashes: int = 0
    arrivals: int = 0


@attrs.frozen
class End:
    """How a rival's call ended: won, lost, or with an error."""

    came_of: bool | str


def replayed(rival: Rival) -> tuple[rules.Step | End, tuple[Any, ...]]:
    """What a rival does after the answers that it was given, and where in the rules it is."""
    flow = rules.contest(rival.event_id, patience=PATIENCE, lag=PATIENCE, rounds=rival.rounds)
    try:
        step = next(flow)
        for answer in rival.answers:
            step = flow.send(answer)
    except StopIteration as stop:
        return End(stop.value), (stop.value,)
    except CronofyError as error:
        return End(type(error).__name__), (type(error).__name__,)
    place: list[Any] = []
    inner: Any = flow
    while inner is not None:
        known = {
            name: tuple(vars(value).values()) if hasattr(value, "wait") else value
            for name, value in inspect.getgeneratorlocals(inner).items()
        }
        place += [inner.gi_frame.f_lasti, *known.items()]
        inner = inner.gi_yieldfrom
    return step, tuple(place)


def begun(rival: Rival, number: int) -> Rival:
    """A rival with the requests of its next step."""
    step, place = replayed(rival)
    if rival.forgets_to_look and isinstance(step, rules.Look) and rival.doing == "Place":
        holds = frozenset({rival.answers[-1]})
        blind = (rules.Sight(holds=holds),) * len(rival.calendars)
        return begun(attrs.evolve(rival, answers=(*rival.answers, blind), doing=""), number)
    mine = rival.event_id
    made: list[tuple[str, int, str]] = []
    match step:
        case End():
            return attrs.evolve(rival, place=place, came_of=step.came_of)
        case rules.Wait():
            # Others may do anything or nothing before its next request anyway.
            waited = (*rival.answers, None)
            return begun(attrs.evolve(rival, answers=waited), number)
        case rules.Look():
            made = [("look", each, "") for each in rival.calendars]
        case rules.Place():
            made = [
                ("put", each, f"{mine}/{rival.call}{number}.{rival.begun}")
                for each in rival.calendars
            ]
            rival = attrs.evolve(rival, begun=rival.begun + 1)
        case rules.Release():
            made = [("drop", each, step.hold.hold_id) for each in rival.calendars]
        case rules.Book():
            # Holds that another call with the same key has left are useless as well.
            for each, found in zip(rival.calendars, rival.answers[-1], strict=True):
                own = {hold.hold_id for hold in found.holds if hold.event_id == mine}
                made += [("put", each, mine), *(("drop", each, hold) for hold in sorted(own))]
        case rules.Undo():
            made = [("drop", each, mine) for each in rival.calendars]
    return attrs.evolve(rival, place=place, requests=tuple(made), doing=type(step).__name__)


def carried_out(request: tuple[str, int, str], events: Events) -> Events:
    """The events after a request."""
    what, calendar, name = request
    if what == "put":
        return events | {(calendar, name)}
    return events - {(calendar, name)} if what == "drop" else events


def sight(rival: Rival, calendar: int, events: Events) -> rules.Sight:
    """What a rival finds in a calendar."""
    names = {name for where, name in events if where == calendar}
    holds = {name for name in names if "/" in name}
    return rules.Sight(
        booked=rival.event_id in names,
        taken=bool(names - holds - {rival.event_id}),
        holds=frozenset(Hold(name.split("/")[0], 0, name) for name in holds),
    )


def advanced(rival: Rival, number: int, events: Events) -> tuple[Rival, Events]:
    """A rival whose next request is carried out and answered."""
    request, *left = rival.requests
    events = carried_out(request, events)
    seen = rival.seen
    if request[0] == "look":
        seen = (*seen, sight(rival, request[1], events))
    if left:
        return attrs.evolve(rival, requests=tuple(left), seen=seen), events
    answer: Any = {
        "Look": seen,
        "Place": Hold(rival.event_id, 0, request[2]),
        "Book": True,
    }.get(rival.doing)
    answers = (*rival.answers, answer)
    return begun(attrs.evolve(rival, answers=answers, requests=(), seen=()), number), events


def next_states(state: State, crashes: int, arrivals: int) -> Iterator[State]:
    """Every state that one more moment may lead to."""
    for number, rival in enumerate(state.rivals):
        if rival.stopped or not rival.requests:
            continue
        moved, events = advanced(rival, number, state.events)
        yield attrs.evolve(state, rivals=put(state.rivals, number, moved), events=events)
        if state.crashes < crashes:
            gone = attrs.evolve(rival, stopped=True, place=(), requests=(), seen=(), doing="")
            left = put(state.rivals, number, gone)
            after = attrs.evolve(state, rivals=left, crashes=state.crashes + 1)
            yield after
            request = rival.requests[0]
            if request[0] in ("put", "drop"):
                # It is on its way: carried out now, or whenever the service comes to it.
                yield attrs.evolve(after, late=state.late | {request})
    for request in state.late:
        yield attrs.evolve(
            state, events=carried_out(request, state.events), late=state.late - {request}
        )
    if state.arrivals < arrivals:
        yield attrs.evolve(
            state, events=state.events | {(0, EXTERNAL)}, arrivals=state.arrivals + 1
        )


def put(rivals: tuple[Rival, ...], number: int, rival: Rival) -> tuple[Rival, ...]:
    """The rivals with one of them replaced."""
    return (*rivals[:number], rival, *rivals[number + 1 :])


def explore(
    *rivals: Rival, crashes: int = 0, arrivals: int = 0, events: Events = frozenset()
) -> Iterator[State]:
    """
    Every state that these rivals can get to.

    Args:
        rivals: Who they are.
        crashes: How many of them may be stopped.
        arrivals: How many events may come from outside.
        events: What there is from the start.
    """
    first = State(tuple(begun(rival, n) for n, rival in enumerate(rivals)), events)
    known, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        yield state
        for each in next_states(state, crashes, arrivals):
            if each not in known:
                known.add(each)
                waiting.append(each)


def main() -> None:
    """Go through the larger cases, which take minutes."""
    a, b, c = (Rival(name) for name in "abc")
    both, crossed = Rival("a", (0, 1)), Rival("b", (1, 0))
    cases: dict[str, tuple[tuple[Rival, ...], int, int]] = {
        "two, 4 rounds": ((attrs.evolve(a, rounds=4), attrs.evolve(b, rounds=4)), 0, 0),
        "two, 2 crashes, 1 arrival": ((a, b), 2, 1),
        "two with one key, and another": ((a, a, b), 0, 0),
        "two calendars": ((both, crossed), 0, 0),
        "two calendars, 1 crash": ((both, crossed), 1, 0),
        "three": ((a, b, c), 0, 0),
    }
    for name, (rivals, crashes, arrivals) in cases.items():
        states = 0
        for state in explore(*rivals, crashes=crashes, arrivals=arrivals):
            states += 1
            assert len(winners(state)) <= 1, state
        print(f"{name}: {states} states, never more than one winner", flush=True)


def winners(state: State) -> set[str]:
    """Whose booking was said to be made."""
    return {rival.event_id for rival in state.rivals if rival.came_of is True}


def bookings(state: State) -> set[str]:
    """Whose events there are, in any calendar."""
    return {name for _, name in state.events if "/" not in name and name != EXTERNAL}


def is_final(state: State) -> bool:
    """Whether nothing can happen any more."""
    return not state.late and all(rival.stopped or not rival.requests for rival in state.rivals)


if __name__ == "__main__":
    main()
