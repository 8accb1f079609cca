"""The quota's stores that come with the package: a file, and a Redis server."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from cronofy_async import (
    AsyncCronofy,
    Cronofy,
    InvalidArgumentError,
    Limits,
    QuotaStore,
    RedisQuotaStore,
    SQLiteQuotaStore,
)
from cronofy_async.client.windows import Windows

from .redis_support import redis_server
from .support import RecordingTransport, answer

CALENDARS = answer(200, {"calendars": []})


@pytest.fixture(params=["sqlite", "redis"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[QuotaStore]]:
    """Each store that comes with the package, twice: as two processes have it."""
    if request.param == "sqlite":
        files = [SQLiteQuotaStore(tmp_path / "quota.db") for _ in range(2)]
        yield [*files]
        for each in files * 2:
            each.close()
        return
    with redis_server(tmp_path) as url:
        servers = [RedisQuotaStore(url) for _ in range(2)]
        yield [*servers]
        for server in servers * 2:
            server.close()


@pytest.fixture
def store(pair: list[QuotaStore]) -> QuotaStore:
    """Each store that comes with the package."""
    return pair[0]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
class TestStores:
    """What both stores do, on both event loops."""

    async def test_changes_come_one_after_the_other(self, pair: list[QuotaStore]) -> None:
        """None is lost when many change one thing."""
        store = pair[0]

        def count(raw: bytes | None, now: float) -> tuple[bytes, int]:
            number = int(raw or b"0") + 1
            return str(number).encode(), number

        results: list[int] = []

        async def add(to: QuotaStore) -> None:
            results.append(await to.update("a", count))

        async with anyio.create_task_group() as group:
            for _ in range(20):
                for each in pair:
                    group.start_soon(add, each)
        assert list(range(1, 41)) == sorted(results)
        assert b"40" == await store.update("a", lambda raw, _: (None, raw))
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
    async def test_two_may_make_the_file_at_the_same_time(self, tmp_path: Path) -> None:
        """Who comes second waits, also while the first has it written by no log yet."""
        store = SQLiteQuotaStore(tmp_path / "quota.db")
        first = sqlite3.connect(tmp_path / "quota.db", isolation_level=None)
        first.execute("BEGIN IMMEDIATE")
        second = asyncio.ensure_future(store.update("a", lambda raw, _: (b"1", raw)))
        await asyncio.sleep(0.03)
        first.execute("COMMIT")
        assert await second is None
        first.close()
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
            os._exit(asyncio.run(add()) + 10 * len(store._inherited))
        assert 12 == os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
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

        with redis_server(tmp_path) as url:
            store = RedisQuotaStore(url)
            raw = Windows.of(Limits()).dump(0.0)
            asyncio.run(store.update("a", lambda _, now: (raw, None)))
            with redis.Redis.from_url(url) as direct:
                (name,) = direct.keys()
                assert 60 < direct.ttl(name) <= 130
            store.close()
