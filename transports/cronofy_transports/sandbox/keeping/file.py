"""
A world in a file of SQLite.

What has changed is written in one transaction; the write-ahead log makes it outlast the
process at once, whatever ends it, and the machine a moment later.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import attrs

from ..world import World
from .errors import WorldFileError
from .recorder import Changes, Recorder
from .rows import Rows, resume, thaw
from .snapshot import Snapshot

__all__ = ("WorldFile",)

# "Cron": which program a file is of, as SQLite has it.
_APPLICATION: Final = 0x43726F6E
_FORMAT: Final = 1

_TABLES: Final = (
    "CREATE TABLE thing (number INTEGER PRIMARY KEY, class TEXT NOT NULL, fields TEXT NOT NULL)",
    "CREATE TABLE entry (place TEXT, key TEXT, value TEXT NOT NULL, UNIQUE (place, key))",
    "CREATE TABLE snapshot (name TEXT PRIMARY KEY, time REAL NOT NULL, body BLOB NOT NULL)",
)
_PUT_THING: Final = "INSERT OR REPLACE INTO thing VALUES (?, ?, ?)"
# The order of keys is that of their rows, which stay where they are.
_PUT_ENTRY: Final = (
    "INSERT INTO entry VALUES (?, ?, ?)"
    " ON CONFLICT (place, key) DO UPDATE SET value = excluded.value"
)


@attrs.frozen
class _Answers:
    """What a question is answered with, asked anew each time; no more than a part is held."""

    connection: sqlite3.Connection
    question: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.connection.execute(self.question))


@contextmanager
def _no_collecting() -> Generator[None]:
    """Have no garbage looked for among many things that are all new, and all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class WorldFile:
    """
    A file with one world in it, and with the snapshots that have a name.

    Nobody else can open it meanwhile. It may be used by many threads, one at a time.

    Args:
        path: Where it is, or is made, readable for its owner only.

    Raises:
        WorldFileError: It is in use, cannot be read or written, or is no such file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._recorder: Recorder | None = None
        self._connection = self._opened()

    def read(self, world: World) -> bool:
        """
        Fill a new world with what is kept; its clock goes on.

        Returns:
            Whether there is anything; otherwise the world is left as it is.

        Raises:
            WorldFileError: The file is damaged.
        """
        entries = _Answers(self._connection, "SELECT * FROM entry ORDER BY rowid")
        things = _Answers(self._connection, "SELECT * FROM thing ORDER BY number")
        try:
            with self._explained("read"):
                if next(iter(entries), None) is None:
                    return False
                with _no_collecting():
                    found = thaw(Rows(things, entries), world, clock=True)
                    self._recorder = Recorder(world, found)
                    resume(world)
        except WorldFileError:
            raise
        # Whatever may be wrong in a file that somebody made.
        except Exception as error:
            raise WorldFileError(
                f"{self._path} is damaged, or was written by another version of the sandbox"
                f" ({error}): delete it, or name another file"
            ) from error
        return True

    def write(self, world: World) -> None:
        """
        Write what has changed in the world, or all of it if it is another one.

        Raises:
            WorldFileError: That cannot be written. Nothing of it is, and the next time
                all of it is tried.
        """
        if self._recorder is None or self._recorder.world is not world:
            self._recorder = Recorder(world)
        try:
            changes = self._recorder.changes()
            if changes is not None:
                with self._explained("write"):
                    self._put(changes)
        except BaseException as error:
            self._recorder = None
            if isinstance(error, TypeError):
                raise WorldFileError(f"cannot write {self._path}: {error}") from error
            raise

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._connection.close()

    # Snapshots -----------------------------------------------------------------------

    def snapshots(self) -> dict[str, Snapshot]:
        """Those that are kept, by name, in the order in which they were taken."""
        with self._explained("read"):
            found = self._connection.execute("SELECT * FROM snapshot ORDER BY rowid")
            return {name: Snapshot(time, body) for name, time, body in found}

    def keep(self, name: str, snapshot: Snapshot) -> None:
        """
        Keep a snapshot in the place of one of the same name.

        Raises:
            WorldFileError: It cannot be written.
        """
        with self._explained("write"), self._transaction():
            self._connection.execute("DELETE FROM snapshot WHERE name = ?", (name,))
            self._connection.execute(
                "INSERT INTO snapshot VALUES (?, ?, ?)", (name, snapshot.time, snapshot.body)
            )

    # The file ------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        with self._explained("open"):
            with suppress(FileExistsError):
                # Made here, as SQLite would let others read it.
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=0
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        def ask(question: str) -> int:
            (answer,) = connection.execute(question).fetchone()
            return int(answer)

        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        is_new = ask("SELECT count(*) FROM sqlite_master") == 0
        application, format_ = ask("PRAGMA application_id"), ask("PRAGMA user_version")
        if not is_new and application != _APPLICATION:
            raise self._no_world()
        if not is_new and format_ != _FORMAT:
            raise WorldFileError(
                f"{self._path} was written by another version of the sandbox (its format is"
                f" {format_}, this one's {_FORMAT}): use that version, or delete the file"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # That it can be written to should come out now, not at the first change.
        connection.execute("BEGIN IMMEDIATE")
        if is_new:
            self._path.chmod(0o600)
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")

    def _put(self, changes: Changes) -> None:
        many = self._connection.executemany
        with self._transaction():
            if changes.whole:
                self._connection.execute("DELETE FROM thing")
                self._connection.execute("DELETE FROM entry")
            many("DELETE FROM entry WHERE place = ? AND key = ?", changes.gone_entries)
            many(_PUT_ENTRY, changes.entries)
            many(_PUT_THING, changes.things)
            many("DELETE FROM thing WHERE number = ?", [(each,) for each in changes.gone])

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self, doing: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise WorldFileError(
                f"cannot {doing} {self._path}: {error.strerror}; name a file that can be made"
            ) from error
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_NOTADB:
                raise self._no_world() from error
            if code == sqlite3.SQLITE_BUSY:
                raise WorldFileError(
                    f"{self._path} is in use: end the other sandbox, or name another file"
                ) from error
            raise WorldFileError(
                f"cannot {doing} {self._path}: {error}; see to it that it can be written,"
                " and that there is room on its disk"
            ) from error

    def _no_world(self) -> WorldFileError:
        return WorldFileError(
            f"{self._path} holds no world of a sandbox: name another file, or one that does"
            " not exist yet"
        )
