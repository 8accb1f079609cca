"""The stores of mirrors: the same promises, and what each does when it cannot keep them."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from cronofy_async import InvalidArgumentError
from cronofy_async.mirror import (
    AsyncEventMirror,
    MirrorStore,
    MirrorStoreError,
    RemovalReason,
    SQLAlchemyMirrorStore,
    SQLiteMirrorStore,
)
from cronofy_async.mirror.errors import OvertakenError
from cronofy_async.mirror.stores import Batch, Row, Standing, Tally
from cronofy_async.mirror.writing import _digest

from .scene import TZID, Scene, at, day, fold

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


@pytest.fixture(params=["sqlite", "sqlalchemy"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MirrorStore]:
    """Each store that comes with the package."""
    if request.param == "sqlite":
        with SQLiteMirrorStore(tmp_path / "kept" / "events.db") as made:
            yield made
        return
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'application.db'}")
    yield SQLAlchemyMirrorStore(engine)
    await engine.dispose()


def row(uid: str, body: bytes = b"{}", updated: str = "", calendar: str = "cal_1") -> Row:
    """An event."""
    return Row(calendar, uid, 0, "2030-01-07T09:00:00Z", "2030-01-07T10:00:00Z", updated, body)


async def begun(store: MirrorStore, sub: str = "acc_1") -> int:
    """Begin a read; gives its turn."""
    await store.add(sub)
    standing = await store.begin(sub)
    assert standing is not None
    return standing.turn


class TestBoth:
    """What every store does."""

    async def test_a_life_in_it(self, store: MirrorStore, scene: Scene) -> None:
        """A mirror in it is right, and so is what a consumer is told."""
        assert isinstance(store, MirrorStore)
        uids = [scene.event(f"Event {number}", number) for number in range(8)]
        scene.event("A day", 0, start=day(1), end=day(2))
        mirror = AsyncEventMirror(scene.cronofy, store, tzid=TZID)
        await mirror.add(*scene.views())
        await mirror.catch_up()
        copy = await fold(mirror, "test")
        scene.control.advance(600)
        scene.control.change_event(uids[0], summary="Changed")
        scene.control.cancel_event(uids[1])
        scene.control.move_event(uids[2], **at(24 * 300))
        await mirror.catch_up()
        await scene.is_right(mirror)
        await mirror.catch_up(full=True)
        await scene.is_right(mirror)
        copy = await fold(mirror, "test", copy)
        await copy.equals(mirror, [each.sub for each in scene.people])
        assert 1 == len([e async for e in mirror.events(start=day(1), end=day(2))])
        assert 7 == len([e async for e in mirror.events(calendar_id=scene.people[0].calendars)])
        await mirror.remove(scene.people[0].sub)
        assert [] == await mirror.accounts()

    async def test_only_the_latest_turn_writes(self, store: MirrorStore) -> None:
        """A read that was overtaken leaves nothing."""
        turn = await begun(store)
        later = await begun(store)
        with pytest.raises(OvertakenError):
            await store.write("acc_1", turn, Batch(rows=[row("a")]))
        with pytest.raises(OvertakenError):
            await store.write("acc_unknown", turn, Batch(rows=[row("a")]))
        assert Tally(1) == await store.write("acc_1", later, Batch(rows=[row("a")]))
        assert await store.begin("acc_unknown") is None

    async def test_what_is_the_same_is_no_change(self, store: MirrorStore) -> None:
        """Nor is the same in another order; what is older counts only if it is asked for."""
        turn = await begun(store)
        rows = [row("a", b'{"x":1,"y":2}', "2030-01-02T00:00:00Z")]
        await store.write("acc_1", turn, Batch(rows=rows))
        again = [row("a", b'{"y": 2, "x": 1}', "2030-01-02T00:00:00Z")]
        assert Tally() == await store.write("acc_1", turn, Batch(rows=again))
        older = [row("a", b'{"x":3}', "2030-01-01T00:00:00Z")]
        kept = Batch(rows=older, keeps_newer=True)
        assert Tally() == await store.write("acc_1", turn, kept)
        assert Tally(changed=1) == await store.write("acc_1", turn, Batch(rows=older))

    async def test_events_with_one_digest_are_two(self, store: MirrorStore) -> None:
        """Names tell them apart, whatever they are looked up by."""
        random, seen = Random(1), dict[int, str]()
        while True:
            name = random.randbytes(8).hex()
            digest = _digest("cal_1", name)
            if digest in seen:
                break
            seen[digest] = name
        turn = await begun(store)
        first = Batch(rows=[row(name, b'{"n":1}')])
        assert Tally(1) == await store.write("acc_1", turn, first)
        both = Batch(rows=[row(name, b'{"n":1}'), row(seen[digest], b'{"n":2}')])
        assert Tally(1) == await store.write("acc_1", turn, both)
        gone = Batch(gone=[("cal_1", name, RemovalReason.DELETED)])
        assert Tally(removed=1) == await store.write("acc_1", turn, gone)

    async def test_a_page_and_where_it_goes_on_are_one(self, store: MirrorStore) -> None:
        """What fails takes back all of it."""
        turn = await begun(store)
        standing = Standing(sub="acc_1", cursor=5)
        nothing: Any = None
        broken = row("a", nothing)
        with pytest.raises(MirrorStoreError):
            await store.write("acc_1", turn, Batch(rows=[row("b"), broken], standing=standing))
        (kept,) = await store.standings(["acc_1"])
        assert kept.cursor is None
        batch = Batch(rows=[row("b")], standing=standing)
        assert Tally(1) == await store.write("acc_1", turn, batch)
        (kept,) = await store.standings()
        assert 5 == kept.cursor
        assert [] == await store.standings(["acc_unknown"])

    async def test_many_at_once(self, store: MirrorStore) -> None:
        """What is more than one statement takes is done in several."""
        turn = await begun(store)
        assert 0 == await store.join("test", from_now=True)
        rows = [row(f"evt_{number}") for number in range(1001)]
        assert Tally(1001) == await store.write("acc_1", turn, Batch(rows=rows, is_seen=True))
        assert Tally(removed=1001) == await store.drop("acc_1")
        told = await store.changes("test", 0, 5000)
        assert [*range(1, 2003)] == [each.number for each in told]
        assert await store.acknowledge("test", 0, 2002)
        assert not await store.acknowledge("test", 0, 2002)
        assert [] == list(await store.changes("test", 0, 10))


class TestSQLite:
    """The file."""

    async def test_it_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        """Whatever the umask is; what SQLite puts beside it as well."""
        before = os.umask(0)
        try:
            with SQLiteMirrorStore(tmp_path / "new" / "events.db") as store:
                await store.add("acc_1")
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in _files(tmp_path)}
        finally:
            os.umask(before)
        assert {"events.db", "events.db-wal"} <= modes.keys()
        assert {0o600} == set(modes.values())

    @pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
    def test_a_file_that_others_can_read_is_refused(
        self, anyio_backend: str, tmp_path: Path
    ) -> None:
        """At once, and with what to do."""
        path = tmp_path / "events.db"
        tmp_path.chmod(0o700)
        path.touch(0o644)
        path.chmod(0o644)
        with pytest.raises(MirrorStoreError, match="chmod 600"):
            SQLiteMirrorStore(path)

    async def test_a_locked_file_is_told_of(self, tmp_path: Path) -> None:
        """After some waiting; and when it is free, everything goes on."""
        path = tmp_path / "kept" / "events.db"
        with SQLiteMirrorStore(path, busy_timeout=0.01) as store:
            await store.add("acc_1")
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(MirrorStoreError, match="another program holds it"):
                await store.add("acc_2")
            other.execute("ROLLBACK")
            other.close()
            await store.add("acc_2")
            assert 2 == len(await store.standings())

    async def test_a_full_disk_is_told_of(self, tmp_path: Path) -> None:
        """What was there before stays."""
        with SQLiteMirrorStore(tmp_path / "kept" / "events.db") as store:
            turn = await begun(store)
            limit: Any = lambda db: db.rows("PRAGMA max_page_count = 20")  # noqa: E731
            await store._transact(limit)
            rows = [row(f"evt_{number}", b"x" * 5000) for number in range(500)]
            with pytest.raises(MirrorStoreError, match="make room"):
                await store.write("acc_1", turn, Batch(rows=rows))
            assert Tally(1) == await store.write("acc_1", turn, Batch(rows=rows[:1]))

    @pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" * 99])
    async def test_what_is_no_mirror_is_left_alone(self, tmp_path: Path, content: bytes) -> None:
        """It is told of, and not written to."""
        path = tmp_path / "kept" / "events.db"
        SQLiteMirrorStore(path).close()
        path.write_bytes(content)
        with SQLiteMirrorStore(path) as store, pytest.raises(MirrorStoreError):
            await store.add("acc_1")
        assert content == path.read_bytes()

    async def test_a_newer_file_is_refused(self, tmp_path: Path) -> None:
        """It says what to do."""
        path = tmp_path / "kept" / "events.db"
        SQLiteMirrorStore(path).close()
        other = sqlite3.connect(path)
        other.execute("PRAGMA user_version = 99")
        other.close()
        with (
            SQLiteMirrorStore(path) as store,
            pytest.raises(MirrorStoreError, match="update cronofy_async"),
        ):
            await store.standings()

    async def test_two_processes_share_it(self, tmp_path: Path) -> None:
        """What one writes the other sees."""
        path = tmp_path / "kept" / "events.db"
        with SQLiteMirrorStore(path) as one, SQLiteMirrorStore(path) as other:
            turn = await begun(one)
            await other.write("acc_1", turn, Batch(rows=[row("a")]))
            assert Tally(removed=1) == await one.drop("acc_1")
            assert [] == await other.standings()
            assert "events.db" in repr(one)


class TestSQLAlchemy:
    """The engine of the application."""

    async def test_what_is_no_engine_is_refused(self) -> None:
        """The mistake is told when the store is made."""
        with pytest.raises(InvalidArgumentError, match="engine"):
            SQLAlchemyMirrorStore("sqlite://")  # type: ignore[arg-type]  # the mistake

    async def test_a_database_that_cannot_be_used_is_told_of(self, tmp_path: Path) -> None:
        """Without the values of the statement."""
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
        store = SQLAlchemyMirrorStore(engine)
        await store.add("acc_1")
        async with engine.begin() as connection:
            await connection.exec_driver_sql("DROP TABLE mirror_accounts")
        with pytest.raises(MirrorStoreError, match="no such table") as caught:
            await store.add("acc_secret")
        assert "acc_secret" not in str(caught.value)
        assert "x.db" in repr(store)
        await engine.dispose()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
