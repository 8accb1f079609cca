"""One quota for all processes of a machine, in a file."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from ..core.errors import InvalidArgumentError
from .databases import open_file, use_log
from .runtime import Runtime
from .sharing import Change
from .threads import Worker

__all__ = ("SQLiteQuotaStore",)

R = TypeVar("R")

_PATIENCE: Final = 1.0
_TABLE: Final = "CREATE TABLE IF NOT EXISTS quota (name TEXT PRIMARY KEY, windows BLOB NOT NULL)"
_READ: Final = "SELECT windows FROM quota WHERE name = ?"
_WRITE: Final = "INSERT OR REPLACE INTO quota (name, windows) VALUES (?, ?)"


class SQLiteQuotaStore:
    """
    Keeps the quota of all processes of this machine together.

    Give every client the same path: ``AsyncCronofy(quota_store=SQLiteQuotaStore(path))``.
    Several applications may use one file. It holds no secret, and may be removed when no
    client runs. The clock is the machine's own that is never set, so steps of the
    wall clock do not matter; the file must not lie on a network drive.

    Args:
        path: The file. It is made at the first request, readable for its owner alone; its
            folder must be there.
        clock: Seconds that only grow, the same in all processes; for tests.

    Raises:
        InvalidArgumentError: *path* is in a folder that is not there.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, clock: Callable[[], float] | None = None
    ) -> None:
        self._path = Path(path).absolute()
        if not self._path.parent.is_dir():
            raise InvalidArgumentError("path", "is in a folder that is not there", "make it")
        self._clock = Runtime().monotonic if clock is None else clock
        self._worker = Worker("cronofy_async quota")
        self._connections: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._pid = 0
        self._finalizer = weakref.finalize(self, _close, self._connections)

    async def update(self, key: str, change: Change[R]) -> R:
        """
        Change what is kept under a key, with nobody in between.

        Raises:
            sqlite3.Error: The file cannot be used, or was locked for a second.
            OSError: The file cannot be made.
        """
        return await self._worker.run(lambda: self._update(key, change))

    def close(self) -> None:
        """Close the file; the next update opens it again."""
        self._worker.close()
        _close(self._connections)

    def _update(self, key: str, change: Change[R]) -> R:
        connection = self._connect()
        connection.execute("BEGIN IMMEDIATE")
        try:
            row = connection.execute(_READ, (key,)).fetchone()
            changed, result = change(None if row is None else row[0], self._clock())
            if changed is not None:
                connection.execute(_WRITE, (key, changed))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _connect(self) -> sqlite3.Connection:
        if self._connections and self._pid == os.getpid():
            return self._connections[0]
        # A connection of before a fork belongs to the parent: it is neither used nor closed.
        self._inherited += self._connections
        self._connections.clear()
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = open_file(self._path, busy_timeout=_PATIENCE)
        try:
            use_log(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._connections.append(connection)
        self._pid = os.getpid()
        return connection

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._path.name}>"


def _close(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
