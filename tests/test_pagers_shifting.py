"""Pages that shift while they are read: each entry comes once, in its latest version."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import Collected
from cronofy_async.core.recall import GENERATION, Recall
from cronofy_async.models import Event
from cronofy_async.operations import ReadEvents

from .paging import Service, connect, event, page, uids

OLD, NEW = "2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z"


def read(*pages: list[dict[str, Any]]) -> Any:
    """A pager over these pages of events."""
    made = [page(n, len(pages), *events) for n, events in enumerate(pages, 1)]
    return connect(Service(*made)).read_events(tzid="Etc/UTC")


@pytest.mark.fault(38)
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("first", "second", "streamed", "collected"),
    [
        (OLD, OLD, [OLD], [OLD]),
        (OLD, NEW, [OLD, NEW], [NEW]),
        (NEW, OLD, [NEW], [NEW]),
        (None, NEW, [None], [None]),
        (OLD, None, [OLD], [OLD]),
        (OLD, "2030-01-01T12:00:00+12:00", [OLD], [OLD]),
        ("2030-01-01T00:00:00", NEW, ["2030-01-01T00:00:00"], ["2030-01-01T00:00:00"]),
    ],
)
async def test_an_entry_comes_again_only_if_it_is_newer(
    first: str | None, second: str | None, streamed: list[Any], collected: list[Any]
) -> None:
    """Streaming hands out a newer version as well; collecting keeps the latest alone."""
    pager = read([event("a", first)], [event("b"), event("a", second)])

    def versions(entries: list[Event]) -> list[Any]:
        found = [each.updated for each in entries if each.event_uid == "a"]
        return [each and each.isoformat().replace("+00:00", "Z") for each in found]

    assert streamed == versions([each async for each in pager])
    assert collected == versions(await pager.collect())


@pytest.mark.anyio
async def test_an_entry_that_comes_twice_on_one_page_comes_once() -> None:
    """A page that repeats itself hands out the first, or the newer one."""
    pager = read([event("a"), event("a"), event("b", OLD), event("b", NEW)])
    assert ["a", "b", "b"] == [each.event_uid async for each in pager]
    assert ["a", "b"] == uids(await pager.collect())


@pytest.mark.anyio
async def test_the_same_event_in_two_calendars_is_two() -> None:
    """An event's id tells it apart only within its calendar."""
    pager = read([event("a"), event("a") | {"calendar_id": "cal_2"}])
    assert 2 == len(await pager.collect()) == len([each async for each in pager])


changes = st.lists(
    st.tuples(st.sampled_from(["insert", "delete", "touch"]), st.integers(0, 30)), max_size=12
)


@pytest.mark.fault(38)
@pytest.mark.anyio
@given(changes=changes, size=st.integers(1, 5), count=st.integers(0, 20), depth=st.integers(0, 2))
def test_a_shifting_read_finds_what_was_there_all_the_time(
    changes: list[tuple[str, int]], size: int, count: int, depth: int
) -> None:
    """Whatever changes between pages, no entry is doubled and each is the latest that came."""
    import asyncio

    world = [event(f"e{number}", OLD) for number in range(count)]
    script = iter(changes)
    served: dict[str, list[str]] = {}

    class Shifting(Service):
        """A service that cuts its pages anew for each request."""

        async def send(self, request: Any, *, timeout: float) -> Any:
            number = int(request.path.rpartition("/")[2]) if "pages" in request.path else 1
            total = max(1, -(-len(world) // size))
            events = world[(number - 1) * size : number * size]
            for each in events:
                served.setdefault(each["event_uid"], []).append(each["updated"])
            # Two requests are under way at once, so only what was served is compared.
            body = page(min(number, total), total, *events)
            if not events:
                body = page(1, 1, event("empty"))
            for kind, at in [next(script, ("", 0))]:
                place = at % (len(world) + 1)
                if kind == "insert":
                    world.insert(place, event(f"new{len(served)}.{at}.{len(world)}", OLD))
                elif kind == "delete" and world:
                    del world[place % len(world)]
                elif kind == "touch" and world:
                    here = place % len(world)
                    day = int(world[here]["updated"][8:10]) + 1
                    world[here] = world[here] | {"updated": f"2030-01-{day:02}T00:00:00Z"}
            return body

    async def main() -> list[Event]:
        pager = connect(Shifting()).read_events(tzid="Etc/UTC").with_prefetch(depth)
        return (await pager.collect()).to_list()

    found = [each for each in asyncio.run(main()) if each.event_uid != "empty"]
    names = uids(found)
    assert len(names) == len(set(names))
    assert set(served) == set(names)
    for each in found:
        assert each.updated is not None
        assert max(served[each.event_uid]) == each.updated.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.fault(54)
def test_what_is_remembered_is_bounded() -> None:
    """A million entries leave no more than two generations behind; all recent ones are known."""
    recall = Recall(ReadEvents(tzid="Etc/UTC"))
    held = 0
    for number in range(0, 60_000, 100):
        entries = [Event(calendar_id="c", event_uid=str(n)) for n in range(number, number + 100)]
        assert entries == recall.fresh(entries)
        held = max(held, len(recall._recent) + len(recall._former))
    assert held <= 2 * GENERATION + 100
    recent = [Event(calendar_id="c", event_uid=str(n)) for n in range(50_000, 60_000)]
    assert [] == recall.fresh(recent)
    assert not recall.is_whole


def collected(*pages: list[dict[str, Any]]) -> Collected[Event]:
    """These pages, collected."""
    operation = ReadEvents(tzid="Etc/UTC")
    found: Collected[Event] = Collected(operation, operation.read_body)
    for number, events in enumerate(pages, 1):
        body = page(number, len(pages), *events).body
        found.add(body, operation.read_sketch(body).items)
    found.seal()
    return found


@given(st.lists(st.lists(st.integers(0, 12), max_size=5), max_size=6), st.randoms())
def test_a_collected_read_is_like_a_list(pages: list[list[int]], chance: random.Random) -> None:
    """Length, indices, slices, order, equality and copies are those of the list of entries."""
    made = [
        [event(f"e{n}", f"2030-01-0{chance.randint(1, 3)}T00:00:00Z") for n in ns] or [event("z")]
        for ns in pages
    ]
    mine = collected(*made)
    plain = mine.to_list()

    latest: dict[str, str] = {}
    for each in (each for events in made for each in events):
        latest[each["event_uid"]] = max(each["updated"], latest.get(each["event_uid"], ""))
    assert latest == {e.event_uid: e.updated.strftime("%Y-%m-%dT%H:%M:%SZ") for e in plain}  # type: ignore[union-attr]
    assert len(latest) == len(plain) == len(mine)
    assert plain == list(mine)
    assert mine == plain
    assert plain == mine
    assert mine != [*plain, None]
    assert mine != tuple(plain)
    assert list(reversed(plain)) == list(reversed(mine))
    for at in range(-len(plain), len(plain)):
        assert plain[at] == mine[at]
        assert plain[at] in mine
        assert plain.index(plain[at]) == mine.index(plain[at])
    for at in (len(plain), -len(plain) - 1):
        with pytest.raises(IndexError):
            mine[at]
    low, high, step = chance.randint(-9, 9), chance.randint(-9, 9), chance.choice([-2, -1, 1, 3])
    assert plain[low:high:step] == mine[low:high:step]
    assert plain == pickle.loads(pickle.dumps(mine)) == copy.deepcopy(mine)


def test_a_collected_read_shows_no_entry() -> None:
    """The repr tells numbers alone, and it cannot be hashed, as no list can."""
    mine = collected([event("private")])
    assert "private" not in repr(mine)
    assert repr(mine).startswith("<Collected: 1 entries in ")
    with pytest.raises(TypeError):
        hash(mine)
