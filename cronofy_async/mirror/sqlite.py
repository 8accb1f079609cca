"""A mirror in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import anyio

from ..client.databases import is_passing, open_file, remedy_for, use_log
from ..client.threads import Worker
from ..stores.private_files import prepare
from .errors import MirrorStoreError
from .keeping import DatabaseStore
from .tables import FORMAT, Connection, create

__all__ = ("SQLiteMirrorStore",)

T = TypeVar("T")

_ANEW: Final = "restore it from a backup, or remove it and read everything anew"
_PAGE: Final = 16384
"""Bytes of a page of the file: ten events, so that little is written twice."""
_LOG: Final = 2000
"""Pages of the log before they are moved into the file, each once, however often written."""
_CACHE: Final = 24 * 1024
"""Kilobytes of the file that are kept in memory: enough for the indexes of a million events."""


class SQLiteMirrorStore(DatabaseStore):
    """
    A mirror in one file, which several processes on one machine may share.

    The file is made with mode 0600 in a folder of mode 0700, and so is what SQLite writes
    beside it. It has to be on a disk of this machine, not on a network's. What was written
    survives the end of the process; when the machine itself loses its power, the last moments
    may be read again.

    Args:
        path: The file. Its folder is made too if it is not there.
        busy_timeout: Seconds to wait while another process writes.

    Raises:
        MirrorStoreError: The file or its folder can be used by others, or is a link.
    """

    def __init__(self, path: str | os.PathLike[str], *, busy_timeout: float = 5.0) -> None:
        self.path: Path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        self._busy_timeout = busy_timeout
        self._worker = Worker("cronofy_mirror")
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        prepare(self.path, MirrorStoreError)
        # A store that nobody closed ends with its last user.
        self._end = weakref.finalize(self, self._worker.close)

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        # One after the other, in the order in which they come.
        done: list[T] = []
        with anyio.CancelScope(shield=True):
            done.append(await self._worker.run(lambda: self._work(work)))
        return done[0]

    def _work(self, work: Callable[[Connection], T]) -> T:
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(_Statements(connection))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            if not is_passing(error):
                self._drop()
            remedy = remedy_for(error, SQLITE_CORRUPT=_ANEW)
            raise MirrorStoreError(f"{self.path}: {error}; {remedy}") from None
        return result

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._pid == os.getpid():
            return self._connection
        prepare(self.path, MirrorStoreError)
        connection = open_file(self.path, busy_timeout=self._busy_timeout, statements=256)
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._pid = connection, os.getpid()
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        (format_,) = connection.execute("PRAGMA user_version").fetchone()
        if format_ > FORMAT:
            raise MirrorStoreError(f"{self.path} is of a newer version: update cronofy_async")
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")
        if format_ == FORMAT:
            connection.execute("PRAGMA synchronous = NORMAL")
            return
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        use_log(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in create(number="INTEGER", bytes_="BLOB"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._pid == os.getpid():
            connection.close()

    def close(self) -> None:
        """Close the file, after what is being written. Used again, the store opens it anew."""
        self._worker.close()
        self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"


class _Statements:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, **values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, **values: Any) -> int:
        return self._connection.execute(statement, values).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # names of our own
        self._connection.executemany(statement, rows)

    def run_many(
        self, statement: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        given = (dict(zip(columns, row, strict=True)) for row in rows)
        self._connection.executemany(statement, given)
