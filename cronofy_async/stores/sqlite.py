"""Tokens in a SQLite file, for all processes of one machine."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final, Self, TypeVar

import anyio.to_thread

from ..client.databases import is_passing, open_file, remedy_for, use_log
from ..client.tokens import LeasingTokenStore, TokenRecord
from ..core.errors import TokenStoreError
from .private_files import prepare
from .sealing import Keys, Seal, Sealed

__all__ = ("SQLiteTokenStore",)

T = TypeVar("T")

_FORMAT: Final = 1
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS tokens "
    "(sub TEXT PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID"
)
_READ: Final = "SELECT record FROM tokens WHERE sub = ?"
_INSERT: Final = "INSERT INTO tokens (version, record, sub) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_UPDATE: Final = "UPDATE tokens SET version = ?, record = ? WHERE sub = ? AND version = ?"


class SQLiteTokenStore(LeasingTokenStore):
    """
    A token store in one file, which any number of processes on one machine share.

    The file is made with mode 0600 in a folder of mode 0700, and so is what SQLite
    writes beside it. It has to be on a disk of this machine, not on a network's.

    Args:
        path: The file. Its folder is made too if it is not there.
        keys: Encrypts the records (extra ``secure``): a key of `new_key`, or several,
            the one for new records first. Records are read with any of them, and also
            if they are not encrypted yet; see `rotate`.
        busy_timeout: Seconds to wait while another process writes.

    Raises:
        TokenStoreError: The file or its folder can be used by others, or is a link.
        InvalidArgumentError: A key is none.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, keys: Keys | None = None, busy_timeout: float = 2.0
    ) -> None:
        self.path: Path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        self._seal = Seal(keys)
        self._busy_timeout = busy_timeout
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._place: tuple[int, ...] = ()
        prepare(self.path)

    async def read(self, sub: str) -> TokenRecord | None:
        """
        The record of an account, or `None`.

        Raises:
            TokenStoreError: The file cannot be read, or no key fits.
        """

        def read(connection: sqlite3.Connection) -> TokenRecord | None:
            found = [Sealed(record) for (record,) in connection.execute(_READ, (sub,))]
            return self._seal.open(sub, found[0]) if found else None

        return await self._in_thread(read)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        """
        Put *after* in the place of *before*, unless the record has changed since.

        Raises:
            TokenStoreError: The file cannot be written.
        """

        def swap(connection: sqlite3.Connection) -> bool:
            sealed = self._seal.close(sub, after)
            if before is None:
                insert = (after.version, sealed.data, sub)
                return connection.execute(_INSERT, insert).rowcount == 1
            update = (after.version, sealed.data, sub, before.version)
            return connection.execute(_UPDATE, update).rowcount == 1

        return await self._in_thread(swap)

    async def rotate(self) -> int:
        """
        Encrypt every record with the first key; the others are not needed any more then.

        Before that, give the new key to every process: ``keys=[new, old]``.

        Returns:
            How many records there are.

        Raises:
            TokenStoreError: A record opens with none of the keys; nothing is changed.
        """

        def rotate(connection: sqlite3.Connection) -> int:
            connection.execute("BEGIN IMMEDIATE")
            all_rows = connection.execute("SELECT sub, version, record FROM tokens")
            rows = [(sub, version, Sealed(record)) for sub, version, record in all_rows]
            for sub, version, stored in rows:
                sealed = self._seal.close(sub, self._seal.open(sub, stored))
                connection.execute(_UPDATE, (version, sealed.data, sub, version))
            connection.execute("COMMIT")
            # Nothing of the former records stays in the log.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return len(rows)

        return await self._in_thread(rotate)

    def close(self) -> None:
        """Close the file. Used again, the store opens it anew."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"

    # The connection --------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        # Who is cancelled does not wait for a lock; what was begun is still done whole.
        return await anyio.to_thread.run_sync(self._work, work, abandon_on_cancel=True)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._place and self._place[0] != os.getpid():
            # A connection does not survive a fork, and the lock may be held for ever.
            self._lock, self._connection = Lock(), None
        with self._lock:
            connection: sqlite3.Connection | None = None
            try:
                connection = self._open()
                return work(connection)
            except sqlite3.Error as error:
                if not is_passing(error):
                    self._drop()
                raise TokenStoreError(f"{self.path}: {error}; {remedy_for(error)}") from None
            finally:
                if connection is not None and self._connection is connection:
                    _roll_back(connection)

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._place == self._look():
            return self._connection
        self._drop()
        # Somebody may have removed the file, or put another one in its place.
        prepare(self.path)
        connection = open_file(self.path, busy_timeout=self._busy_timeout)
        self._connection, self._place = connection, self._look()
        self._close = weakref.finalize(self, _close, connection, os.getpid())
        self._set_up(connection)
        return connection

    def _look(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except OSError:
            return ()
        return os.getpid(), found.st_dev, found.st_ino

    def _set_up(self, connection: sqlite3.Connection) -> None:
        (format_,) = connection.execute("PRAGMA user_version").fetchone()
        if format_ > _FORMAT:
            self._drop()
            raise TokenStoreError(f"{self.path} is of a newer version: update cronofy_async")
        # Each commit is on the disk before its token is used; what is replaced is wiped.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        if format_ == _FORMAT:
            self._try_keys(connection)
            return
        use_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")

    def _try_keys(self, connection: sqlite3.Connection) -> None:
        """Open any record, so that a wrong key is found before something is written with it."""
        any_row = connection.execute("SELECT sub, record FROM tokens LIMIT 1")
        for sub, stored in [(sub, Sealed(record)) for sub, record in any_row]:
            try:
                self._seal.open(sub, stored)
            except TokenStoreError:
                self._drop()
                raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection = None
            self._close()


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _close(connection: sqlite3.Connection, pid: int) -> None:
    if pid == os.getpid():
        connection.close()
