"""A read of many accounts goes on where another stopped: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import CronofyError, InvalidArgumentError
from cronofy_async.operations import ReadEvents

from .test_equality import one_by_one, reads, several, splits, world
from .worlds import TODAY, Wire, client, fill, person, sandbox, told, views

WHAT = ReadEvents(tzid="Etc/UTC", from_=TODAY, to=TODAY + timedelta(days=60))

breaks = st.lists(st.integers(0, 6), max_size=6)
"""After how many results each read is left, until one goes to the end."""


@given(several, breaks, st.integers(0, 2**32), st.integers(1, 4))
def test_outcomes_come_once_over_all_reads(
    all_lives: Any, stops: Sequence[int], seed: int, at_once: int
) -> None:
    """However often it is left and gone on with, each account comes once."""
    where, people = world(all_lives)

    async def main() -> None:
        cronofy = client(Wire(where, Random(seed)), where)
        found: dict[int, list[str]] = {}
        state: Any = None
        for stop in [*stops, None]:
            reading = cronofy.read_many(WHAT, views(cronofy, people), at_once=at_once, state=state)
            async with reading:
                outcomes = aiter(reading)
                while (stop is None or stop > 0) and (each := await anext(outcomes, None)):
                    assert each.index not in found
                    found[each.index] = told(each.result())
                    stop = None if stop is None else stop - 1
            assert len(found) == reading.progress.accounts_done or stop is not None
            state = json.loads(json.dumps(reading.state()))
        assert (len(people), [], []) == (state["done"], state["beyond"], state["opened"])
        expected = await one_by_one(cronofy, people, WHAT)
        assert expected == [found[index] for index in range(len(people))]

    asyncio.run(main())


@given(several, reads(), splits, breaks, st.integers(0, 2**32), st.integers(1, 4))
def test_pages_go_on_within_accounts(
    all_lives: Any, what: Any, windows: Any, stops: Sequence[int], seed: int, at_once: int
) -> None:
    """The pages of all reads together have each entry once, also of accounts that are split."""
    where, people = world(all_lives)
    if isinstance(what, ReadEvents):
        # What lies outside the window is told apart within one read only.
        what = attrs.evolve(what, include_moved=False)

    async def main() -> None:
        cronofy = client(Wire(where, Random(seed)), where)
        found: dict[int, list[Any]] = {index: [] for index in range(len(people))}
        over: list[int] = []
        state: Any = None
        for stop in [*stops, None]:
            reading = cronofy.read_many(
                what, views(cronofy, people), at_once=at_once, windows=windows, state=state
            )
            async with reading:
                pages = reading.pages()
                while (stop is None or stop > 0) and (page := await anext(pages, None)):
                    assert page.error is None
                    assert page.index not in over
                    found[page.index] += page.entries
                    over += [page.index] if page.is_last else []
                    stop = None if stop is None else stop - 1
            state = json.loads(json.dumps(reading.state()))
        assert sorted(over) == list(range(len(people)))
        expected = await one_by_one(cronofy, people, what)
        assert expected == [told(found[index]) for index in range(len(people))]

    asyncio.run(main())


def test_a_page_is_not_fetched_again() -> None:
    """An account whose pages were half handed out goes on with the next one."""
    where = sandbox()
    who = person(where)
    fill(where, who, 30)

    async def main() -> None:
        cronofy = client(Wire(where), where)
        (view,) = views(cronofy, [who])
        async with cronofy.read_many(WHAT, [view], windows=None) as reading:
            pages = reading.pages()
            first = [entry for _ in range(4) for entry in (await anext(pages)).entries]
        wire = Wire(where)
        cronofy = client(wire, where)
        (view,) = views(cronofy, [who])
        again = cronofy.read_many(WHAT, [view], windows=None, state=reading.state())
        assert 0 == again.progress.accounts_done
        async with again:
            second = (await anext(again.pages())).entries
        again = cronofy.read_many(WHAT, [view], windows=None, state=again.state())
        rest = [entry async for page in again.pages() for entry in page.entries]
        assert (12, 3, 15) == (len(first), len(second), len(rest))
        assert 30 == len(set(told([*first, *second, *rest])))
        assert "/v1/events" not in [each.path for each in wire.asked]

    asyncio.run(main())


def test_a_state_has_no_secrets_and_is_bound() -> None:
    """It has no token in it, and is refused for another operation."""
    where = sandbox()
    people = [person(where) for _ in range(3)]
    for each in people:
        fill(where, each, 9)

    async def main() -> None:
        cronofy = client(Wire(where), where)
        async with cronofy.read_many(WHAT, views(cronofy, people)) as reading:
            pages = reading.pages()
            await anext(pages)
            state = reading.state()
        text = json.dumps(state)
        assert state["opened"]
        assert not any(each.token in text or each.sub in text for each in people)
        assert where.client_secret not in text
        other = attrs.evolve(WHAT, include_managed=True)
        with pytest.raises(InvalidArgumentError, match="another operation"):
            cronofy.read_many(other, [], state=state)

    asyncio.run(main())


def test_a_duplicate_is_known_across_reads() -> None:
    """An account that was handed out before is not read under a later place either."""
    where = sandbox()
    who = person(where)

    async def main() -> None:
        cronofy = client(Wire(where), where)
        (view,) = views(cronofy, [who])
        async with cronofy.read_many(WHAT, [view, view], at_once=1) as reading:
            await anext(aiter(reading))
        (second,) = [
            each async for each in cronofy.read_many(WHAT, [view, view], state=reading.state())
        ]
        assert (1, InvalidArgumentError) == (second.index, type(second.error))

    asyncio.run(main())


GOOD: dict[str, Any] = {
    "operation": "x",
    "now": 1.0,
    "done": 1,
    "beyond": [],
    "failed": 0,
    "opened": [],
}


@pytest.mark.parametrize(
    "state",
    [
        {},
        [],
        "text",
        7,
        {**GOOD, "done": -1},
        {**GOOD, "done": "1"},
        {**GOOD, "beyond": [-1]},
        {**GOOD, "now": None},
        {**GOOD, "opened": [{"account": 1, "windows": {}, "cursors": ["?"]}]},
        {**GOOD, "opened": [{"account": 1, "windows": {"x": 0}, "cursors": []}]},
        {**GOOD, "opened": [{"account": -1, "windows": {}, "cursors": []}]},
    ],
)
def test_a_malformed_state_is_refused(state: Any) -> None:
    """Whatever is no state is refused by name, before anything is sent."""
    where = sandbox()
    with pytest.raises(InvalidArgumentError, match="state: is malformed"):
        client(Wire(where), where).read_many(WHAT, [], state=state)


def test_by_start_has_no_state() -> None:
    """Neither given nor taken."""
    where = sandbox()
    cronofy = client(Wire(where), where)
    reading = cronofy.read_many(WHAT, [])
    state = reading.state()
    reading.by_start()
    with pytest.raises(CronofyError, match="no state"):
        reading.state()
    with pytest.raises(InvalidArgumentError, match="state"):
        cronofy.read_many(WHAT, [], state=state).by_start()
