"""A mirror in a database of the application's, by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import anyio
from sqlalchemy import text
from sqlalchemy.engine import Connection as Connected
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from ..core.errors import InvalidArgumentError
from .errors import MirrorStoreError
from .keeping import DatabaseStore
from .tables import FORMAT, Connection, create

__all__ = ("SQLAlchemyMirrorStore",)

T = TypeVar("T")

_TYPES: Final = {
    "sqlite": {"number": "INTEGER", "bytes_": "BLOB"},
    "postgresql": {"number": "BIGINT", "bytes_": "BYTEA"},
}
"""What is called how, by the name of the dialect."""


class SQLAlchemyMirrorStore(DatabaseStore):
    """
    A mirror in tables beside those of the application (extra ``sqlalchemy``).

    Their names begin with ``mirror_``; they are made when they are first needed. Each call is a
    transaction of its own on a connection of the engine.

    Args:
        engine: An async engine on SQLite or PostgreSQL; you dispose of it yourself.

    Raises:
        InvalidArgumentError: It is no such engine.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        given: Any = engine
        if not isinstance(given, AsyncEngine) or given.dialect.name not in _TYPES:
            raise InvalidArgumentError(
                "engine",
                "is no async engine on a database that is known here",
                f"make one with create_async_engine, on {' or '.join(_TYPES)}",
            )
        self._engine = engine
        self._is_made = False
        # One after the other: a second one would wait in the database all the same.
        self._lock = anyio.Lock()

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        try:
            async with self._lock, self._engine.begin() as connection:
                if not self._is_made:
                    await connection.run_sync(self._make)
                    self._is_made = True
                return await connection.run_sync(lambda sync: work(_Statements(sync)))
        except SQLAlchemyError as error:
            # The statement and its values are no matter of a log.
            cause = getattr(error, "orig", None) or type(error).__name__
            raise MirrorStoreError(
                f"{self._engine.url.render_as_string()}: {cause}; see that the database can be used"
            ) from None

    def _make(self, connection: Connected) -> None:
        for statement in create(**_TYPES[connection.dialect.name]):
            connection.exec_driver_sql(statement)
        found = connection.execute(text("SELECT format FROM mirror_state WHERE id = 1")).scalar()
        if found != FORMAT:
            raise MirrorStoreError("the mirror is of a newer version: update cronofy_async")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._engine.url.render_as_string()}>"


class _Statements:
    def __init__(self, connection: Connected) -> None:
        self._connection = connection

    def rows(self, statement: str, **values: Any) -> list[Any]:
        return list(self._connection.execute(text(statement), values))

    def run(self, statement: str, **values: Any) -> int:
        return self._connection.execute(text(statement), values).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        marks = ", ".join(f":{column}" for column in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # names of our own
        self.run_many(statement, columns, rows)

    def run_many(
        self, statement: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        given = [dict(zip(columns, row, strict=True)) for row in rows]
        if given:
            self._connection.execute(text(statement), given)
