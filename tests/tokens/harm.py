"""What may befall the file of a token store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cronofy_async.stores import SQLiteTokenStore, new_key

Harm = Callable[[Path, SQLiteTokenStore], None]


def fill(path: Path, store: SQLiteTokenStore) -> None:
    """Let there be no room in the file."""
    assert store._connection is not None
    store._connection.execute("PRAGMA max_page_count = 1")
    store._connection.execute("PRAGMA journal_size_limit = 0")


def spoil(path: Path, store: SQLiteTokenStore) -> None:
    """Put something else into the file."""
    store.close()
    for each in path.parent.iterdir():
        each.unlink()
    path.touch(mode=0o600)
    path.write_bytes(b"spoilt" * 1000)


def loosen(path: Path, store: SQLiteTokenStore) -> None:
    """Open the file to others."""
    store.close()
    path.chmod(0o666)


def forbid(path: Path, store: SQLiteTokenStore) -> None:
    """Let nobody write to it."""
    assert store._connection is not None
    store._connection.execute("PRAGMA query_only = ON")


def change_key(path: Path, store: SQLiteTokenStore) -> None:
    """Let the store have another key than its file."""
    store._seal = SQLiteTokenStore(path.with_name("other"), keys=new_key())._seal


def hold(path: Path, store: SQLiteTokenStore) -> None:
    """Let another program hold the file, until the store is collected."""
    holder: Any = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    store.__dict__["holder"] = holder


HARMS: tuple[Harm, ...] = (spoil, loosen, forbid, change_key, hold)
"""Those after which a store fails until somebody mends it."""


def done_with(store: SQLiteTokenStore) -> None:
    """Close what a harmed store has open."""
    if "holder" in store.__dict__:
        store.__dict__["holder"].close()
    store.close()
