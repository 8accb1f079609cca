"""A quota that several clients keep together, whatever their store and their clocks do."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    Limits,
    QuotaStore,
    RedisQuotaStore,
    SQLiteQuotaStore,
)
from cronofy_async.client.pacing import Pacer
from cronofy_async.client.sharing import Change, StoredShare
from cronofy_async.client.windows import Windows

from .redis_support import run_redis
from .support import RecordingTransport, answer
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


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuotaStore]:
    """Each store that comes with the package."""
    if request.param == "sqlite":
        sqlite = SQLiteQuotaStore(tmp_path / "quota.db")
        yield sqlite
        sqlite.close()
        sqlite.close()
        return
    with run_redis(tmp_path) as url:
        redis = RedisQuotaStore(url)
        yield redis
        redis.close()
        redis.close()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
class TestStores:
    """What both stores do, on both event loops."""

    async def test_changes_come_one_after_the_other(self, store: QuotaStore) -> None:
        """None is lost when many tasks change one thing; time does not go back."""
        times: list[float] = []

        def count(raw: bytes | None, now: float) -> tuple[bytes, int]:
            times.append(now)
            number = int(raw or b"0") + 1
            return str(number).encode(), number

        results: list[int] = []

        async def add() -> None:
            results.append(await store.update("a", count))

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(add)
        assert list(range(1, 21)) == sorted(results)
        assert sorted(times) == times
        assert b"20" == await store.update("a", lambda raw, _: (None, raw))
        assert await store.update("b", lambda raw, _: (None, raw)) is None

    async def test_a_change_that_fails_changes_nothing(self, store: QuotaStore) -> None:
        """Its error comes through, and the next change is as if it had not been."""

        def fail(raw: bytes | None, now: float) -> tuple[bytes, None]:
            raise ZeroDivisionError

        await store.update("a", lambda raw, _: (b"1", None))
        with pytest.raises(ZeroDivisionError):
            await store.update("a", fail)
        assert b"1" == await store.update("a", lambda raw, _: (None, raw))

    async def test_clients_keep_it_together(self, store: QuotaStore) -> None:
        """Two clients of one application see each other's requests."""
        clients = [
            AsyncCronofy("id", "s", transport=RecordingTransport([CALENDARS]), quota_store=store)
            for _ in range(2)
        ]
        for client in clients:
            await client.account(access_token="t").list_calendars()
        assert [(1, True), (2, True)] == [
            (client.quota.last_minute, client.quota.is_shared)
            for client in clients
            if client.quota is not None
        ]

    async def test_a_waiting_caller_can_be_cancelled(self, store: QuotaStore) -> None:
        """Its place goes to the next."""
        limits = Limits(per_second=1, burst=1, per_minute=1)
        transport = RecordingTransport([CALENDARS])
        client = AsyncCronofy("id", "s", transport=transport, quota_store=store, limits=limits)
        account = client.account(access_token="t")
        await account.list_calendars()
        with anyio.move_on_after(0.02) as scope:
            await account.list_calendars()
        assert scope.cancelled_caught
        assert client.quota is not None
        assert (0, 0) == (client.quota.waiting, client.quota.under_way)


def test_the_blocking_client_has_it_too(tmp_path: Path) -> None:
    """One file serves both clients."""
    store = SQLiteQuotaStore(tmp_path / "quota.db")
    cronofy = Cronofy("id", "s", transport=RecordingTransport([CALENDARS]), quota_store=store)
    cronofy.account(access_token="t").list_calendars()
    assert cronofy.quota is not None
    assert 1 == cronofy.quota.last_minute
    store.close()


class TestSQLite:
    """The file."""

    def test_its_folder_must_be_there(self, tmp_path: Path) -> None:
        """The mistake is told when the store is made."""
        with pytest.raises(InvalidArgumentError, match="path"):
            SQLiteQuotaStore(tmp_path / "nowhere" / "quota.db")

    def test_it_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        """Whatever the umask is; what SQLite puts beside it as well."""
        mask = os.umask(0)
        try:
            store = SQLiteQuotaStore(tmp_path / "quota.db")
            asyncio.run(store.update("a", lambda raw, _: (b"1", None)))
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        finally:
            os.umask(mask)
        assert {0o600} == set(modes.values())
        assert "quota.db" in modes
        store.close()

    @pytest.mark.asyncio
    async def test_a_file_that_is_none_of_ours_is_told(self, tmp_path: Path) -> None:
        """A broken file does not stop the client."""
        (tmp_path / "quota.db").write_bytes(b"no database" * 100)
        store = SQLiteQuotaStore(tmp_path / "quota.db")
        with pytest.raises(sqlite3.DatabaseError):
            await store.update("a", lambda raw, _: (b"1", None))
        client = AsyncCronofy(
            "id", "s", transport=RecordingTransport([CALENDARS]), quota_store=store
        )
        assert [] == await client.account(access_token="t").list_calendars()
        store.close()

    @pytest.mark.skipif(sys.platform == "win32", reason="NOT TESTED: there is no fork here")
    def test_a_forked_process_opens_its_own(self, tmp_path: Path) -> None:
        """Parent and child change one file after the fork."""
        store = SQLiteQuotaStore(tmp_path / "quota.db")

        async def add() -> int:
            def change(raw: bytes | None, now: float) -> tuple[bytes, int]:
                number = int(raw or b"0") + 1
                return str(number).encode(), number

            return await store.update("a", change)

        assert 1 == asyncio.run(add())
        pid = os.fork()
        if pid == 0:
            os._exit(asyncio.run(add()))
        assert 2 == os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert 3 == asyncio.run(add())
        store.close()


class TestRedis:
    """The server."""

    @pytest.mark.parametrize("url", ["", "quota.db", "http://localhost", "redis://h:port/0", 5])
    def test_what_is_no_url_is_refused_unshown(self, url: Any) -> None:
        """The message has nothing of it, as it may hold a password."""
        with pytest.raises(InvalidArgumentError, match="url") as caught:
            RedisQuotaStore(url)
        assert "quota.db" not in str(caught.value)
        assert caught.value.__suppress_context__

    @pytest.mark.asyncio
    async def test_a_server_that_is_not_there_is_told_soon(self) -> None:
        """The client goes on; neither repr nor log shows the password."""
        store = RedisQuotaStore("redis://:pw-1@127.0.0.1:1/0")
        assert "<RedisQuotaStore>" == repr(store)
        client = AsyncCronofy(
            "id", "s", transport=RecordingTransport([CALENDARS]), quota_store=store
        )
        assert [] == await client.account(access_token="t").list_calendars()
        assert client.quota is not None
        assert not client.quota.is_shared
        store.close()

    def test_what_nobody_uses_is_forgotten(self, tmp_path: Path) -> None:
        """Nothing is left on the server for longer than it counts."""
        import redis

        with run_redis(tmp_path) as url:
            store = RedisQuotaStore(url)
            raw = Windows.of(Limits()).dump(0.0)
            asyncio.run(store.update("a", lambda _, now: (raw, None)))
            with redis.Redis.from_url(url) as direct:
                (name,) = direct.keys()
                assert 60 < direct.ttl(name) <= 130
            store.close()
