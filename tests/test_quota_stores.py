"""A quota that several clients keep together, whatever their store and their clocks do."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    Limits,
)
from cronofy_async.client.pacing import Pacer
from cronofy_async.client.sharing import Change, StoredShare
from cronofy_async.client.windows import MARGIN

from .support import answer
from .virtual import VirtualTime

R = TypeVar("R")
CALENDARS = answer(200, {"calendars": []})


class MemoryStore:
    """
    A store on virtual time.

    Attributes:
        latency: Seconds before and after a change.
        step: Seconds by which its clock is off.
        error: What it raises.
    """

    def __init__(self, clock: VirtualTime) -> None:
        self.clock = clock
        self.kept: dict[str, bytes] = {}
        self.latency = (0.0, 0.0)
        self.step = 0.0
        self.error: Exception | None = None
        self.updates = 0

    async def update(self, key: str, change: Change[R]) -> R:
        self.updates += 1
        before, after = self.latency
        if before:
            await self.clock.sleep(before)
        if self.error is not None:
            raise self.error
        changed, result = change(self.kept.get(key), self.clock() + self.step)
        if changed is not None:
            self.kept[key] = changed
        if after:
            await self.clock.sleep(after)
        return result


def pacer_at(store: MemoryStore, limits: Limits, lag: float = 0.0, key: str = "app") -> Pacer:
    """One process's pacer, whose loop wakes late."""
    clock = store.clock
    sleep = (lambda seconds: clock.sleep(seconds + lag)) if lag else clock.sleep
    return Pacer(limits, StoredShare(limits, store, key, clock, sleep))


def closest(sent: list[float], quota: int) -> float:
    """The shortest time in which one more than the quota went out."""
    sent = sorted(sent)
    pairs = zip(sent, sent[quota:], strict=False)
    return min((beyond - first for first, beyond in pairs), default=float("inf"))


# How late a process wakes, how long the store takes for it, and when its requests come.
processes = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.2]),
        st.tuples(st.sampled_from([0.0, 0.001, 0.03, 0.2]), st.sampled_from([0.0, 0.001, 0.1])),
        st.lists(st.tuples(st.floats(0, 3), st.none() | st.floats(0, 4)), max_size=40),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60)
@given(
    processes,
    st.builds(Limits, per_second=st.integers(1, 30), per_minute=st.integers(20, 200)),
)
def test_no_window_holds_more_than_the_quota(
    made: list[tuple[float, tuple[float, float], list[tuple[float, float | None]]]],
    limits: Limits,
) -> None:
    """Slow stores, late wakers and those who give up do not break it, and nobody is forgotten."""
    clock = VirtualTime(1e6)
    kept: dict[str, bytes] = {}
    sent: list[float] = []
    staying = through = 0

    async def ask(pacer: Pacer, at: float, stays: bool) -> None:
        nonlocal through
        await clock.sleep(at)
        if not pacer.try_acquire():
            await pacer.acquire()
        sent.append(clock())
        through += stays
        pacer.release()

    async def give_up(task: asyncio.Task[None], at: float) -> None:
        await clock.sleep(at)
        task.cancel()

    async def main() -> None:
        nonlocal staying
        work: list[Any] = []
        for lag, latency, askers in made:
            store = MemoryStore(clock)
            store.kept, store.latency = kept, latency
            pacer = pacer_at(store, limits, lag)
            for at, quits in askers:
                task = asyncio.ensure_future(ask(pacer, at, quits is None))
                work.append(task)
                staying += quits is None
                if quits is not None:
                    work.append(give_up(task, quits))
        for result in await asyncio.gather(*work, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError)

    clock.run(main())
    assert staying == through
    assert closest(sent, limits.per_second) >= 1
    assert closest(sent, limits.per_minute) >= 60


@pytest.mark.parametrize(
    ("limits", "latency", "lag", "least"),
    [
        (Limits(per_minute=100_000), 0.002, 0.0, 0.95),
        (Limits(per_minute=100_000), 0.002, 0.003, 0.95),
        (Limits(), 0.002, 0.003, 0.95),
        (Limits(per_second=7, per_minute=100_000), 0.002, 0.003, 0.95),
        (Limits(per_minute=100_000), 0.02, 0.02, 0.85),
        (Limits(per_minute=100_000), 0.1, 0.1, 0.5),
    ],
)
def test_eight_processes_use_the_quota(
    limits: Limits, latency: float, lag: float, least: float
) -> None:
    """At least 95 % of it; less where the store or the machine takes long. Each gets its part."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    store.latency = (latency / 2, latency / 2)
    seconds = 150.0
    sent: list[list[float]] = [[] for _ in range(8)]

    async def work(pacer: Pacer, mine: list[float]) -> None:
        while clock() < seconds:
            await pacer.acquire()
            mine.append(clock())
            await clock.sleep(0.05)
            pacer.release()

    async def main() -> None:
        pacers = [pacer_at(store, limits, lag) for _ in sent]
        await asyncio.gather(
            *[work(pacer, mine) for pacer, mine in zip(pacers, sent, strict=True) for _ in range(6)]
        )

    clock.run(main())
    together = sorted(moment for each in sent for moment in each if moment < seconds)
    rate = min(limits.per_second, limits.per_minute / 60)
    assert closest(together, limits.per_second) >= 1
    assert closest(together, limits.per_minute) >= 60
    assert len(together) >= least * rate * seconds
    fair = len(together) / 8
    assert [] == [len(each) for each in sent if not fair / 2 <= len(each) <= fair * 2]
    assert store.updates <= 4 * len(together)


@pytest.mark.parametrize("step", [-86_400.0, -30.0, 30.0, 86_400.0])
def test_a_step_of_the_store_s_clock_holds_nobody_up_for_long(step: float) -> None:
    """A minute at most when it is set back; set back, it does not break the quota either."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    limits = Limits(per_second=5, per_minute=20)
    sent: list[float] = []

    async def main() -> None:
        pacer = pacer_at(store, limits)
        for number in range(60):
            if number == 30:
                store.step = step
            await pacer.acquire()
            sent.append(clock())
            pacer.release()

    clock.run(main())
    assert max(later - earlier for earlier, later in pairwise(sent)) <= 62
    if step < 0:
        assert closest(sent, limits.per_second) >= 1
        assert closest(sent, limits.per_minute) >= 60


def test_nothing_goes_out_before_its_moment() -> None:
    """A question that is long under way to the store does not make the moment come earlier."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    limits = Limits(per_second=1, per_minute=100)
    sent: list[float] = []

    async def main() -> None:
        await pacer_at(store, limits).acquire()
        store.latency = (0.02, 0.0)
        await clock.sleep(0.96)
        await pacer_at(store, limits).acquire()
        sent.append(clock())

    clock.run(main())
    assert 1.0 + MARGIN <= sent[0] <= 1.0 + MARGIN + 0.021


def test_a_slow_beginning_is_forgotten() -> None:
    """A store that took long at first is fully used soon after."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    limits = Limits(per_minute=100_000)
    sent: list[float] = []

    async def main() -> None:
        pacer = pacer_at(store, limits)
        store.latency = (0.0, 0.5)
        while clock() < 30:
            await pacer.acquire()
            sent.append(clock())
            pacer.release()
            if len(sent) > 3:
                store.latency = (0.0, 0.0)

    clock.run(main())
    assert len([moment for moment in sent if 20 <= moment < 30]) >= 0.95 * 50 * 10


def test_a_refusal_slows_all_processes_down() -> None:
    """What one is told, the others keep, from their next question on."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    sent: list[float] = []

    async def main() -> None:
        one, other = pacer_at(store, Limits()), pacer_at(store, Limits())
        await one.acquire()
        await one.slow_down(5.0)
        assert pytest.approx(5.0) == one.look().paused
        await other.acquire()
        sent.append(clock())
        assert other.look().share < 1

    clock.run(main())
    assert 5.0 <= sent[0] <= 5.2


def test_applications_do_not_share() -> None:
    """Each has its own windows in one store."""
    clock = VirtualTime()
    store = MemoryStore(clock)
    limits = Limits(per_second=1, per_minute=1)

    async def main() -> None:
        for key in ("a", "b", "c"):
            await pacer_at(store, limits, key=key).acquire()

    clock.run(main())
    assert (0.0, {"a", "b", "c"}) == (clock(), set(store.kept))


class TestLostStore:
    """What happens when the store cannot be used."""

    def test_a_client_goes_on_with_a_tenth_and_says_so(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One warning when it begins and one when it ends, without the store's own words."""
        caplog.set_level(logging.WARNING, "cronofy_async")
        clock = VirtualTime()
        store = MemoryStore(clock)
        limits = Limits(per_minute=100_000)
        sent: list[float] = []

        async def main() -> None:
            pacer = pacer_at(store, limits)
            store.error = OSError("redis://:pw-1@host refused")
            while clock() < 40:
                await pacer.acquire()
                sent.append(clock())
                pacer.release()
                assert not pacer.look().is_shared
            store.error = None
            while clock() < 80:
                await pacer.acquire()
                pacer.release()
            assert pacer.look().is_shared

        clock.run(main())
        assert 0.9 * 5 * 40 <= len(sent) <= 5 * 41
        assert closest(sent, 5) >= 1
        assert [
            "the quota's store cannot be used (OSError): going on with a tenth of the limits",
            "the quota's store can be used again: MemoryStore",
        ] == [record.message for record in caplog.records]

    def test_it_is_asked_again_ever_less_often(self) -> None:
        """After 1, 2, 4, 8, 16, and from then on 30 seconds."""
        clock = VirtualTime()
        store = MemoryStore(clock)
        store.error = OSError()

        async def main() -> None:
            pacer = pacer_at(store, Limits())
            while clock() < 100:
                await pacer.acquire()
                pacer.release()

        clock.run(main())
        assert 8 == store.updates

    def test_a_refusal_counts_without_store(self) -> None:
        """The client keeps it by itself, also when the store fails just then."""
        clock = VirtualTime()
        store = MemoryStore(clock)

        async def main() -> None:
            pacer = pacer_at(store, Limits())
            await pacer.acquire()
            store.error = OSError()
            await pacer.slow_down(0.5)
            assert (0.5, False) == (pacer.look().paused, pacer.look().is_shared)
            await pacer.slow_down(0.7)
            assert pytest.approx(0.7) == pacer.look().paused

        clock.run(main())
        assert 2 == store.updates


@pytest.mark.parametrize("client", [AsyncCronofy, Cronofy])
@pytest.mark.parametrize("odd", [{"quota_store": "quota.db"}, {"quota_store": 5}])
def test_what_is_no_store_is_refused(client: Any, odd: dict[str, Any]) -> None:
    """A path in place of a store is refused by both clients; so is a store without limits."""
    with pytest.raises(InvalidArgumentError, match="quota_store"):
        client("id", "s", **odd)
    with pytest.raises(InvalidArgumentError, match="limits"):
        client("id", "s", quota_store=MemoryStore(VirtualTime()), limits=None)
