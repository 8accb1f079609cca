"""
The tables of a mirror, and the way in which its statements are written.

They are plain SQL with named parameters, as SQLite and PostgreSQL have it, so that every store
on a database shares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

__all__ = ("FORMAT", "Connection", "create", "listed")

FORMAT: Final = 1

_CREATE: Final = """
CREATE TABLE IF NOT EXISTS mirror_state (
    id {number} PRIMARY KEY, format {number} NOT NULL,
    events {number} NOT NULL, changes {number} NOT NULL);
INSERT INTO mirror_state (id, format, events, changes) VALUES (1, {format}, 0, 0)
    ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS mirror_accounts (
    id {number} PRIMARY KEY, sub VARCHAR(255) NOT NULL UNIQUE,
    turn {number} NOT NULL, standing TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mirror_events (
    id {number} PRIMARY KEY, account {number} NOT NULL,
    digest {number} NOT NULL, calendar_id VARCHAR(255) NOT NULL, event_uid VARCHAR(255) NOT NULL,
    whole_days {number} NOT NULL, start_at VARCHAR(32) NOT NULL, end_at VARCHAR(32) NOT NULL,
    updated VARCHAR(32) NOT NULL, body {bytes} NOT NULL);
CREATE INDEX IF NOT EXISTS mirror_events_digest ON mirror_events (account, digest);
CREATE INDEX IF NOT EXISTS mirror_events_start ON mirror_events (account, start_at);
CREATE TABLE IF NOT EXISTS mirror_seen (
    account {number} NOT NULL, event {number} NOT NULL, PRIMARY KEY (account, event));
CREATE TABLE IF NOT EXISTS mirror_changes (
    number {number} PRIMARY KEY, event {number} NOT NULL, sub VARCHAR(255) NOT NULL,
    kind VARCHAR(16) NOT NULL, reason VARCHAR(16), before_json {bytes}, consumer {number});
CREATE INDEX IF NOT EXISTS mirror_changes_event ON mirror_changes (event, number);
CREATE TABLE IF NOT EXISTS mirror_consumers (
    id {number} PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE, number {number} NOT NULL)
"""


def create(*, number: str, bytes_: str) -> list[str]:
    """
    The statements that make the tables.

    Args:
        number: What a whole number of 64 bits is called.
        bytes_: What any number of bytes is called.
    """
    script = _CREATE.format(number=number, bytes=bytes_, format=FORMAT)
    return [each.strip() for each in script.split(";")]


class Connection(Protocol):
    """A database within one transaction."""

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """The rows that a query gives."""
        ...

    def run(self, statement: str, **values: Any) -> int:
        """Change something; gives how many rows that changed."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Put rows into a table."""
        ...

    def run_many(
        self, statement: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Change something with the values of each row."""
        ...


def listed(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """A list of parameters for ``IN``, and their values."""
    given = {f"{name}{index}": value for index, value in enumerate(values)}
    return ", ".join(f":{each}" for each in given), given
