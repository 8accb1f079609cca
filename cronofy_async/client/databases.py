"""What all our SQLite files have in common."""

from __future__ import annotations

import sqlite3

__all__ = ("name_of", "use_log")


def name_of(error: sqlite3.Error) -> str:
    """What SQLite calls an error: the plain name, such as ``SQLITE_BUSY``; "" if it has none."""
    # The extended names (SQLITE_READONLY_DIRECTORY) begin with the plain ones.
    full = getattr(error, "sqlite_errorname", None) or ""
    return "_".join(full.split("_")[:2])


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
