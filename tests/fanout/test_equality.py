"""A read of many accounts gives what reading each of them by itself gives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import AsyncCronofy
from cronofy_async.client.fanout.splitting import instant, zone_of
from cronofy_async.core.paging import PagedOperation
from cronofy_async.operations import ReadAvailablePeriods, ReadEvents, ReadFreeBusy

from .worlds import (
    NOW,
    TODAY,
    ZONES,
    Happening,
    Person,
    Wire,
    client,
    live,
    lives,
    person,
    sandbox,
    told,
    views,
)

moments = st.one_of(
    st.integers(-20, 20).map(lambda days: TODAY + timedelta(days=days)),
    st.integers(-20 * 96, 20 * 96).map(
        lambda quarters: datetime.fromtimestamp(NOW + 900 * quarters, UTC)
    ),
)
flags = st.sampled_from([True, False])
rarely = st.sampled_from([False, False, False, True])
splits: st.SearchStrategy[Any] = st.one_of(
    st.just("auto"),
    st.integers(2, 30),
    st.integers(1, 60).map(lambda days: timedelta(days=days)),
)


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Any]:
    """A window in some zone, its bounds days or moments."""
    from_, to = draw(moments), draw(moments)
    day = [each.date() if isinstance(each, datetime) else each for each in (from_, to)]
    if day[1] - day[0] < timedelta(days=2):
        from_, to = TODAY - timedelta(days=9), TODAY + timedelta(days=9)
    return {"tzid": draw(st.sampled_from(ZONES)), "from_": from_, "to": to}


@st.composite
def reads(draw: st.DrawFn) -> PagedOperation[Any]:
    """Reads of events and of free and busy times, with all that they can be told."""
    shared: dict[str, Any] = {
        **draw(windows()),
        "include_deleted": draw(flags),
        "include_managed": draw(flags),
        "localized_times": draw(flags),
    }
    if draw(flags):
        return ReadFreeBusy(**shared, include_ids=draw(rarely), include_free=draw(flags))
    return ReadEvents(**shared, include_moved=draw(flags), only_managed=draw(flags))


def world(all_lives: Sequence[Sequence[Happening]]) -> tuple[Any, list[Person]]:
    where = sandbox()
    people = [person(where) for _ in all_lives]
    for who, life in zip(people, all_lives, strict=True):
        live(where, who, life)
    return where, people


async def one_by_one(cronofy: AsyncCronofy, people: Sequence[Person], what: Any) -> list[list[str]]:
    """What each account has, read in one chain."""
    return [told(await view.read(what).collect()) for view in views(cronofy, people)]


several = st.lists(lives, min_size=1, max_size=4)
schedules = st.tuples(st.integers(0, 2**32), st.sampled_from([0, 0, 0.2]), st.integers(1, 6))
ways = st.fixed_dictionaries(
    {"windows": splits, "calendars": st.sampled_from([None, None, "each"])}
)


@given(several, reads(), ways, schedules)
def test_outcomes_equal_reading_one_by_one(
    all_lives: Any, what: Any, way: Any, schedule: tuple[int, float, int]
) -> None:
    """However a read is split, and whatever overtakes what, each account has its entries once."""
    where, people = world(all_lives)
    seed, losing, at_once = schedule

    async def main() -> None:
        wire = Wire(where, Random(seed), losing)
        cronofy = client(wire, where)
        found = {}
        async for outcome in cronofy.read_many(
            what, views(cronofy, people), at_once=at_once, **way
        ):
            found[outcome.index] = told(outcome.result())
        assert 0 == wire.under_way
        expected = await one_by_one(client(Wire(where), where), people, what)
        assert expected == [found[index] for index in range(len(people))]

    asyncio.run(main())


@given(several, reads(), ways, schedules)
def test_pages_equal_reading_one_by_one(
    all_lives: Any, what: Any, way: Any, schedule: tuple[int, float, int]
) -> None:
    """Pages have the same entries, each once, and the last of an account says so."""
    where, people = world(all_lives)
    seed, losing, at_once = schedule

    async def main() -> None:
        cronofy = client(Wire(where, Random(seed), losing), where)
        found: dict[int, list[Any]] = {index: [] for index in range(len(people))}
        over = []
        async for page in cronofy.read_many(
            what, views(cronofy, people), at_once=at_once, **way
        ).pages():
            assert page.error is None
            assert page.index not in over
            found[page.index] += page.entries
            over += [page.index] if page.is_last else []
        assert sorted(over) == list(range(len(people)))
        expected = await one_by_one(client(Wire(where), where), people, what)
        assert expected == [told(found[index]) for index in range(len(people))]

    asyncio.run(main())


@given(several, windows(), ways, schedules, st.data())
def test_available_periods_equal_reading_one_by_one(
    all_lives: Any, window: Any, way: Any, schedule: tuple[int, float, int], data: st.DataObject
) -> None:
    """The same for available periods, whose windows are days."""
    where, people = world([[] for _ in all_lives])
    seed, losing, at_once = schedule
    window = {
        name: value.date() if isinstance(value, datetime) else value
        for name, value in window.items()
    }
    what = ReadAvailablePeriods(**window, localized_times=data.draw(flags))

    async def main() -> None:
        plain = client(Wire(where), where)
        for view, life in zip(views(plain, people), all_lives, strict=True):
            for number, each in enumerate(life):
                start = datetime.fromtimestamp(NOW + 3600 * each.hour, UTC)
                await view.upsert_available_period(
                    available_period_id=str(number),
                    start=start,
                    end=start + timedelta(hours=each.length),
                    tzid=each.tzid,
                )
        cronofy = client(Wire(where, Random(seed), losing), where)
        reading = cronofy.read_many(
            what, views(cronofy, people), at_once=at_once, windows=way["windows"]
        )
        found = {each.index: told(each.result()) async for each in reading}
        expected = await one_by_one(plain, people, what)
        assert expected == [found[index] for index in range(len(people))]

    asyncio.run(main())


@given(several, reads(), st.integers(1, 40), schedules)
def test_by_start_has_everything_in_order(
    all_lives: Any, what: Any, slices: int, schedule: tuple[int, float, int]
) -> None:
    """By their start come the same entries of all accounts, none before an earlier one."""
    where, people = world(all_lives)
    seed, losing, at_once = schedule
    if isinstance(what, ReadEvents) and what.include_moved is True:
        what = attrs.evolve(what, include_moved=False)

    async def main() -> None:
        cronofy = client(Wire(where, Random(seed), losing), where)
        reading = cronofy.read_many(what, views(cronofy, people), at_once=at_once)
        found = [each async for each in reading.by_start(slices)]
        starts = [instant(each.entry.start, zone_of(what)) for each in found]
        assert sorted(starts) == starts
        expected = await one_by_one(client(Wire(where), where), people, what)
        assert expected == [
            told(each.entry for each in found if each.sub == who.sub) for who in people
        ]

    asyncio.run(main())
