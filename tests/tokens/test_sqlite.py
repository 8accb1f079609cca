"""Tokens in a file: private, shared, encrypted, and never damaged."""

from __future__ import annotations

import os
import pickle
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from traceback import TracebackException
from typing import Any

import anyio
import pytest
from cryptography.fernet import Fernet

from cronofy_async import (
    InvalidArgumentError,
    LeasingTokenStore,
    Secret,
    TokenLease,
    TokenRecord,
    Tokens,
    TokenStoreError,
    UnsettledExchange,
)
from cronofy_async.stores import SQLiteTokenStore, new_key

pytestmark = pytest.mark.anyio

TOKENS = Tokens(
    access_token=Secret("canary-acc"), refresh_token=Secret("canary-ref"), expires_at=1.9e9
)
OTHERS = Tokens(access_token=Secret("canary-acc-2"), refresh_token=Secret("canary-ref-2"))


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet, in a folder that is not either."""
    return tmp_path / "private" / "tokens.db"


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the process takes away from modes."""
    former = os.umask(request.param)
    yield
    os.umask(former)


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


class TestRecords:
    """What is put in comes out, of any process."""

    async def test_a_record_comes_back_whole(self, path: Path) -> None:
        """Every field of a record is kept."""
        record = TokenRecord(
            tokens=TOKENS,
            version=3,
            generation=2,
            pending=UnsettledExchange(at=1.5, generation=2),
            lease=TokenLease(owner="a/1", until=2.5),
            needs_reauth=True,
        )
        with SQLiteTokenStore(path) as store:
            assert await store.swap("acc_1", None, record)
        with SQLiteTokenStore(path) as other:
            found = await other.read("acc_1")

        assert record == found
        assert found is not None
        assert 1.9e9 == found.tokens.expires_at

    async def test_a_record_that_was_changed_meanwhile_is_not_replaced(self, path: Path) -> None:
        """Of two processes that saw the same record, one changes it."""
        with SQLiteTokenStore(path) as one, SQLiteTokenStore(path) as two:
            assert isinstance(one, LeasingTokenStore)
            first = TokenRecord(tokens=TOKENS)
            assert await one.swap("acc_1", None, first)
            assert not await two.swap("acc_1", None, first)
            assert await two.swap("acc_1", first, first.renewed(OTHERS))
            assert not await one.swap("acc_1", first, first.change(needs_reauth=True))
            assert not await one.swap("acc_9", first, first)

            assert OTHERS == await one.get("acc_1")
            assert await one.get("acc_9") is None

    async def test_tokens_put_by_hand_win(self, path: Path) -> None:
        """A new consent ends a lease, an open exchange and a refusal."""
        with SQLiteTokenStore(path) as store:
            record = TokenRecord(
                tokens=TOKENS,
                needs_reauth=True,
                lease=TokenLease(owner="x", until=1),
                pending=UnsettledExchange(at=1, generation=0),
            )
            await store.swap("acc_1", None, record)
            await store.put("acc_1", OTHERS)
            found = await store.read("acc_1")

        assert TokenRecord(tokens=OTHERS, version=1, generation=1) == found

    async def test_tasks_may_share_a_store(self, path: Path) -> None:
        """Changes by many tasks at once are all done, one after the other."""
        with SQLiteTokenStore(path) as store:
            async with anyio.create_task_group() as group:
                for _ in range(30):
                    group.start_soon(store.put, "acc_1", TOKENS)
            found = await store.read("acc_1")

        assert found is not None
        assert 30 == found.generation

    async def test_a_closed_store_opens_again(self, path: Path) -> None:
        """After closing, and in a forked child, a store opens its file anew."""
        store = SQLiteTokenStore(path)
        await store.put("acc_1", TOKENS)
        store.close()
        assert TOKENS == await store.get("acc_1")
        store._place = (0, *store._place[1:])
        assert TOKENS == await store.get("acc_1")
        store.close()

    async def test_a_file_that_was_removed_is_made_again(self, path: Path) -> None:
        """Nothing is written into a file that has no name any more."""
        with SQLiteTokenStore(path) as store:
            await store.put("acc_1", TOKENS)
            for each in path.parent.iterdir():
                each.unlink()
            await store.put("acc_1", OTHERS)
            with SQLiteTokenStore(path) as other:
                assert OTHERS == await other.get("acc_1")


class TestPrivacy:
    """Nobody else gets at the file."""

    @pytest.mark.usefixtures("umask")
    async def test_all_files_are_private_under_any_umask(self, path: Path) -> None:
        """The folder, the database and what SQLite writes beside it have no mode for others."""
        with SQLiteTokenStore(path) as store:
            await store.put("acc_1", TOKENS)
            modes = {each.name: mode(each) for each in path.parent.iterdir()}

            assert 0o700 == mode(path.parent)
            assert {"tokens.db": 0o600, "tokens.db-wal": 0o600, "tokens.db-shm": 0o600} == modes

    @pytest.mark.parametrize("loose", [0o604, 0o640, 0o660, 0o666, 0o700])
    @pytest.mark.parametrize("name", ["tokens.db", "tokens.db-wal", "tokens.db-journal"])
    def test_a_file_of_a_looser_mode_is_refused(self, path: Path, name: str, loose: int) -> None:
        """A file that others can read is not used, and the error says what to do."""
        path.parent.mkdir(mode=0o700)
        beside = path.with_name(name)
        beside.touch()
        beside.chmod(loose)
        with pytest.raises(TokenStoreError, match=f"{name}.*{loose:04o}.*chmod 600"):
            SQLiteTokenStore(path)

    @pytest.mark.parametrize("loose", [0o701, 0o710, 0o755, 0o777])
    def test_a_folder_of_a_looser_mode_is_refused(self, path: Path, loose: int) -> None:
        """In a folder that others can enter nothing is written."""
        path.parent.mkdir()
        path.parent.chmod(loose)
        with pytest.raises(TokenStoreError, match=f"{loose:04o}.*chmod 700"):
            SQLiteTokenStore(path)
        assert [] == list(path.parent.iterdir())

    def test_links_are_refused(self, path: Path, tmp_path: Path) -> None:
        """Neither the file nor its folder may lead somewhere else, nor have a second name."""
        SQLiteTokenStore(path)
        folder, link = tmp_path / "other", tmp_path / "link"
        folder.mkdir(mode=0o700)
        (folder / "tokens.db").symlink_to(path)
        link.symlink_to(path.parent)
        for each in (folder / "tokens.db", link / "tokens.db"):
            with pytest.raises(TokenStoreError, match="symbolic link"):
                SQLiteTokenStore(each)
        (path.parent / "second").hardlink_to(path)
        with pytest.raises(TokenStoreError, match="hard link"):
            SQLiteTokenStore(path)

    async def test_a_link_put_there_later_is_refused(self, path: Path, tmp_path: Path) -> None:
        """The look at the place is repeated whenever the file is opened."""
        store = SQLiteTokenStore(path)
        replace(path, tmp_path / "elsewhere")
        with pytest.raises(TokenStoreError, match="symbolic link"):
            await store.put("acc_1", TOKENS)
        assert not (tmp_path / "elsewhere").exists()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_a_file_of_somebody_else_is_refused(self, path: Path) -> None:
        """Whoever owns the file could open it to others."""
        SQLiteTokenStore(path)
        os.chown(path, 12345, 12345)
        with pytest.raises(TokenStoreError, match="another user"):
            SQLiteTokenStore(path)


class TestEncryption:
    """With keys the file shows nothing, and keys can change."""

    async def test_the_file_shows_no_token(self, path: Path) -> None:
        """No token stands in any of the files, and none in those of a store that was plain."""
        key = new_key()
        with SQLiteTokenStore(path) as plain:
            await plain.put("acc_1", TOKENS)
            assert b"canary" in content(path)
        with SQLiteTokenStore(path, keys=key) as store:
            assert TOKENS == await store.get("acc_1")
            await store.put("acc_2", OTHERS)
            assert 2 == await store.rotate()
            assert b"canary" not in content(path)

            assert (TOKENS, OTHERS) == (await store.get("acc_1"), await store.get("acc_2"))
        with (
            SQLiteTokenStore(path) as keyless,
            pytest.raises(TokenStoreError, match=r"encrypted.*keys"),
        ):
            await keyless.get("acc_1")

    async def test_keys_can_be_rotated(self, path: Path) -> None:
        """With both keys everything is read; after rotating the new one is enough."""
        old, new = new_key(), new_key()
        with SQLiteTokenStore(path, keys=old) as store:
            await store.put("acc_1", TOKENS)
        with SQLiteTokenStore(path, keys=[new, old]) as store:
            await store.put("acc_2", OTHERS)
            assert TOKENS == await store.get("acc_1")
            assert 2 == await store.rotate()
        with SQLiteTokenStore(path, keys=[new.reveal()]) as store:
            assert (TOKENS, OTHERS) == (await store.get("acc_1"), await store.get("acc_2"))
        with (
            SQLiteTokenStore(path, keys=old) as store,
            pytest.raises(TokenStoreError, match="none of the keys"),
        ):
            await store.get("acc_1")

    async def test_a_wrong_key_destroys_nothing(self, path: Path) -> None:
        """Neither reading, writing nor rotating with a wrong key changes the file."""
        right, wrong = new_key(), new_key()
        with SQLiteTokenStore(path, keys=right) as store:
            await store.put("acc_1", TOKENS)
            with SQLiteTokenStore(path, keys=wrong) as other:
                for work in (
                    lambda: other.get("acc_1"),
                    lambda: other.put("acc_1", OTHERS),
                    lambda: other.put("acc_2", OTHERS),
                    other.rotate,
                ):
                    with pytest.raises(TokenStoreError, match="none of the keys"):
                        await work()

            assert (TOKENS, None) == (await store.get("acc_1"), await store.get("acc_2"))

    async def test_a_record_belongs_to_its_account(self, path: Path) -> None:
        """An encrypted record that is moved to another account is not taken for its own."""
        with SQLiteTokenStore(path, keys=new_key()) as store:
            await store.put("acc_1", TOKENS)
            with sqlite3.connect(path) as connection:
                connection.execute("INSERT INTO tokens SELECT 'acc_2', version, record FROM tokens")
            connection.close()
            with pytest.raises(TokenStoreError, match="another account"):
                await store.get("acc_2")

    @pytest.mark.parametrize("keys", ["", "short", ["x" * 44], [], [b"x"], 5])
    def test_odd_keys_are_refused_unshown(self, path: Path, keys: Any) -> None:
        """What is no key is refused by name, and not shown."""
        with pytest.raises((InvalidArgumentError, TypeError)) as caught:
            SQLiteTokenStore(path, keys=keys)
        assert "xxxx" not in str(caught.value)
        assert not path.exists()

    def test_a_new_key_is_one(self) -> None:
        """A made key is a secret that the library takes."""
        Fernet(new_key().reveal())
        assert "***" in repr(new_key())


class TestTrouble:
    """A file that cannot be used is told of, and left as it is."""

    @pytest.mark.fault(35)
    @pytest.mark.parametrize(
        "odd", [b"no database at all" * 100, b"SQLite format 3\0" + b"?" * 4096]
    )
    async def test_a_file_that_is_no_database_is_left_alone(self, path: Path, odd: bytes) -> None:
        """A corrupt file is an error of its own, and stays for whoever can mend it."""
        SQLiteTokenStore(path)
        spoil(path, odd)
        store = SQLiteTokenStore(path)
        for _ in range(2):
            with pytest.raises(TokenStoreError, match="left as it is"):
                await store.put("acc_1", TOKENS)
        store.close()
        assert odd == content(path)

    async def test_a_damaged_record_is_left_alone(self, path: Path) -> None:
        """A row that is no record is an error that does not show it."""
        with SQLiteTokenStore(path) as store:
            await store.put("acc_1", TOKENS)
            with sqlite3.connect(path) as connection:
                connection.execute("UPDATE tokens SET record = ?", (b'{"canary": 1}',))
            connection.close()
            with pytest.raises(TokenStoreError, match="damaged") as caught:
                await store.get("acc_1")
        assert "canary" not in with_locals(caught.value)

    async def test_no_error_shows_a_token(self, path: Path) -> None:
        """Even a traceback with local variables shows none, be the file encrypted or not."""
        for keys in (None, new_key()):
            with SQLiteTokenStore(path.with_name(f"{keys is None}.db"), keys=keys) as store:
                await store.put("acc_1", TOKENS)
                assert store._connection is not None
                store._connection.execute("PRAGMA query_only = ON")
                for work in (store.put("acc_1", OTHERS), store.put("acc_2", OTHERS)):
                    with pytest.raises(TokenStoreError, match="writable") as caught:
                        await work
                    assert "canary" not in with_locals(caught.value)
                    await store.get("acc_1")
                    assert store._connection is not None
                    store._connection.execute("PRAGMA query_only = ON")

    async def test_a_file_of_a_newer_version_is_left_alone(self, path: Path) -> None:
        """A file in a format that is not known is not touched."""
        SQLiteTokenStore(path)
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(TokenStoreError, match="newer version"):
            await SQLiteTokenStore(path).get("acc_1")

    @pytest.mark.fault(35)
    async def test_a_lock_is_waited_for_no_longer_than_told(self, path: Path) -> None:
        """A program that holds the file is an error, and afterwards everything works."""
        with SQLiteTokenStore(path, busy_timeout=0.02) as store:
            await store.put("acc_1", TOKENS)
            holder = sqlite3.connect(path, isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(TokenStoreError, match="holds it"):
                await store.put("acc_1", OTHERS)
            assert TOKENS == await store.get("acc_1")
            holder.close()
            await store.put("acc_1", OTHERS)
            assert OTHERS == await store.get("acc_1")

    async def test_a_folder_that_cannot_be_made_is_told_of(self, tmp_path: Path) -> None:
        """A file where a folder should be is an error that names the place."""
        (tmp_path / "file").touch()
        with pytest.raises(TokenStoreError, match="file"):
            SQLiteTokenStore(tmp_path / "file" / "tokens.db")


def replace(path: Path, target: Path) -> None:
    """Put a link in the place of a file."""
    path.unlink()
    path.symlink_to(target)


def spoil(path: Path, odd: bytes) -> None:
    """Put something else into a file."""
    path.write_bytes(odd)


def with_locals(error: BaseException) -> str:
    """An error's traceback as the most talkative reporters show it."""
    shown = TracebackException.from_exception(error, capture_locals=True).format()
    own = str(Path(__file__))
    # What stands in the test itself is its own affair.
    return "".join(each for each in shown if own not in each)


def content(path: Path) -> bytes:
    """All that lies in the folder of a store."""
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


def test_a_store_shows_and_pickles_no_secret(path: Path) -> None:
    """The repr names the file alone, and neither store nor record can be pickled."""
    key = new_key()
    store = SQLiteTokenStore(path, keys=key)
    assert f"<SQLiteTokenStore {path}>" == repr(store)
    record = TokenRecord(tokens=TOKENS)
    assert "canary" not in repr(record) + str(record) + f"{record}"
    for each in (store, record, TOKENS):
        with pytest.raises(TypeError):
            pickle.dumps(each)
