"""What all our SQLite files have in common."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

__all__ = ("is_passing", "name_of", "open_file", "remedy_for", "use_log")

_REMEDIES: Final = {
    "SQLITE_BUSY": "another program holds it; let that finish",
    "SQLITE_FULL": "make room on the disk",
    "SQLITE_IOERR": "see that the disk has room and works",
    "SQLITE_READONLY": "make it writable for this user",
    "SQLITE_CORRUPT": "restore it from a backup; it was left as it is",
    "SQLITE_NOTADB": "name another file; it was left as it is",
}


def name_of(error: sqlite3.Error) -> str:
    """What SQLite calls an error: the plain name, such as ``SQLITE_BUSY``; "" if it has none."""
    # The extended names (SQLITE_READONLY_DIRECTORY) begin with the plain ones.
    full = getattr(error, "sqlite_errorname", None) or ""
    return "_".join(full.split("_")[:2])


def is_passing(error: sqlite3.Error) -> bool:
    """Whether an error leaves the connection good for another time."""
    return name_of(error) in {"SQLITE_BUSY", "SQLITE_FULL"}


def remedy_for(error: sqlite3.Error, **own: str) -> str:
    """What to do about an error; *own* are a kind of file's own remedies, by SQLite's names."""
    remedies = {**_REMEDIES, **own}
    return remedies.get(name_of(error), "see that it is a file that this user can use")


def open_file(path: Path, *, busy_timeout: float, statements: int = 128) -> sqlite3.Connection:
    """
    Open a file that is there already, for one thread after the other.

    Args:
        path: The file.
        busy_timeout: Seconds to wait while another process writes.
        statements: How many prepared statements are kept.

    Raises:
        sqlite3.Error: The file cannot be opened.
    """
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=statements,
    )


def use_log(connection: sqlite3.Connection) -> None:
    """
    Have the file written by a log, so that who reads does not wait for who writes.

    Raises:
        sqlite3.Error: The file cannot be used.
    """
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        # Another process is just doing this: SQLite does not wait here as it does elsewhere.
        if name_of(error) != "SQLITE_BUSY":
            raise
