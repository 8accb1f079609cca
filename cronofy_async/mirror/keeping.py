"""
Keeping a mirror in a database: what each call of a store does within its transaction.

A change is logged with the event as it was before. What it was after stands in the next
change of the same event, or in the event itself: so nothing is stored twice, and an event that
comes into the mirror costs the log a few numbers.

One row counts events and changes. Whoever writes changes it first and so locks out the others:
numbers are given out in the order in which transactions come to an end, and who reads changes
in their order misses none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from .errors import OvertakenError
from .finding import search
from .records import Change, ChangeKind, RemovalReason
from .stores import Batch, Found, Place, Query, Standing, Tally
from .tables import Connection, listed
from .writing import Writer, chunks, standing_of, text_of

__all__ = ("DatabaseStore",)

T = TypeVar("T")


_LOCK: Final = "UPDATE mirror_state SET events = events WHERE id = 1"
_CHANGES: Final = (
    "SELECT c.number, c.sub, c.kind, c.reason, c.before_json, CASE WHEN c.kind = 'removed' "
    "THEN NULL ELSE COALESCE((SELECT n.before_json FROM mirror_changes n "
    "WHERE n.event = c.event AND n.number > c.number AND n.before_json IS NOT NULL "
    "ORDER BY n.number LIMIT 1), (SELECT e.body FROM mirror_events e WHERE e.id = c.event)) END "
    "FROM mirror_changes c WHERE c.number > :after AND (c.consumer IS NULL OR c.consumer = "
    "(SELECT id FROM mirror_consumers WHERE name = :name)) ORDER BY c.number LIMIT :limit"
)
_BASELINE: Final = (
    "INSERT INTO mirror_changes (number, event, sub, kind, reason, before_json, consumer) "
    "SELECT :base + ROW_NUMBER() OVER (ORDER BY e.id), e.id, a.sub, :kind, NULL, NULL, :consumer "
    "FROM mirror_events e JOIN mirror_accounts a ON a.id = e.account"
)


class DatabaseStore:
    """What stores on databases have in common: all but the way into a transaction."""

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        """Do some work in one transaction."""
        raise NotImplementedError

    # Accounts --------------------------------------------------------------------------

    async def standings(self, subs: Sequence[str] | None = None) -> list[Standing]:
        """How accounts stand; see `MirrorStore.standings`."""

        def work(db: Connection) -> list[Standing]:
            statement = "SELECT turn, standing FROM mirror_accounts"
            if subs is None:
                found = db.rows(f"{statement} ORDER BY id")
            else:
                found = []
                for some in chunks(subs):
                    names, given = listed("sub", some)
                    found += db.rows(f"{statement} WHERE sub IN ({names}) ORDER BY id", **given)
            return [standing_of(turn, text) for turn, text in found]

        return await self._transact(work)

    async def add(self, sub: str) -> None:
        """Enter an account; see `MirrorStore.add`."""

        def work(db: Connection) -> None:
            db.run(_LOCK)
            if not db.rows("SELECT id FROM mirror_accounts WHERE sub = :sub", sub=sub):
                ((last,),) = db.rows("SELECT COALESCE(MAX(id), 0) FROM mirror_accounts")
                columns = ("id", "sub", "turn", "standing")
                text = text_of(Standing(sub=sub))
                db.insert("mirror_accounts", columns, [(last + 1, sub, 0, text)])

        await self._transact(work)

    async def drop(self, sub: str) -> Tally:
        """Remove an account; see `MirrorStore.drop`."""

        def work(db: Connection) -> Tally:
            db.run(_LOCK)
            writer = Writer.of(db, sub)
            if writer is None:
                return Tally()
            writer.clear_seen()
            # Nothing was seen, so everything goes.
            writer.sweep(RemovalReason.DROPPED)
            writer.log()
            db.run("DELETE FROM mirror_accounts WHERE sub = :sub", sub=sub)
            return writer.tally

        return await self._transact(work)

    async def begin(self, sub: str) -> Standing | None:
        """Begin a read; see `MirrorStore.begin`."""

        def work(db: Connection) -> Standing | None:
            db.run(_LOCK)
            db.run("UPDATE mirror_accounts SET turn = turn + 1 WHERE sub = :sub", sub=sub)
            writer = Writer.of(db, sub)
            if writer is None:
                return None
            writer.clear_seen()
            return writer.standing

        return await self._transact(work)

    # Events ----------------------------------------------------------------------------

    async def write(self, sub: str, turn: int, batch: Batch) -> Tally:
        """Write a page; see `MirrorStore.write`."""

        def work(db: Connection) -> Tally:
            db.run(_LOCK)
            writer = Writer.of(db, sub)
            if writer is None or writer.standing.turn != turn:
                raise OvertakenError(f"{sub}: another read of this account began later")
            return writer.write(batch)

        return await self._transact(work)

    async def find(self, query: Query, after: Place | None, limit: int) -> Sequence[Found]:
        """Events by their starts; see `MirrorStore.find`."""
        statement, given = search(query, after)

        def work(db: Connection) -> list[Found]:
            found = db.rows(statement, limit=limit, **given)
            return [Found((*place,), sub, bytes(body)) for *place, sub, body in found]

        return await self._transact(work)

    # Changes ---------------------------------------------------------------------------

    async def join(self, consumer: str, *, from_now: bool) -> int:
        """Where a consumer stands; see `MirrorStore.join`."""

        def work(db: Connection) -> int:
            db.run(_LOCK)
            known = db.rows("SELECT number FROM mirror_consumers WHERE name = :n", n=consumer)
            if known:
                number: int = known[0][0]
                return number
            ((base,),) = db.rows("SELECT changes FROM mirror_state WHERE id = 1")
            ((last,),) = db.rows("SELECT COALESCE(MAX(id), 0) FROM mirror_consumers")
            db.insert("mirror_consumers", ("id", "name", "number"), [(last + 1, consumer, base)])
            if not from_now:
                db.run(_BASELINE, base=base, kind=ChangeKind.ADDED.value, consumer=last + 1)
                ((count,),) = db.rows("SELECT COUNT(*) FROM mirror_events")
                db.run("UPDATE mirror_state SET changes = changes + :n WHERE id = 1", n=count)
            return int(base)

        return await self._transact(work)

    async def changes(self, consumer: str, after: int, limit: int) -> Sequence[Change]:
        """Changes behind one; see `MirrorStore.changes`."""

        def work(db: Connection) -> list[Change]:
            found = db.rows(_CHANGES, after=after, name=consumer, limit=limit)
            return [_change(*row) for row in found]

        return await self._transact(work)

    async def acknowledge(self, consumer: str, before: int, number: int) -> bool:
        """Move a consumer; see `MirrorStore.acknowledge`."""

        def work(db: Connection) -> bool:
            db.run(_LOCK)
            moved = db.run(
                "UPDATE mirror_consumers SET number = :number WHERE name = :n AND number = :before",
                number=number,
                n=consumer,
                before=before,
            )
            if moved:
                _forget_seen_by_all(db)
            return moved == 1

        return await self._transact(work)

    async def leave(self, consumer: str) -> None:
        """Forget a consumer; see `MirrorStore.leave`."""

        def work(db: Connection) -> None:
            db.run(_LOCK)
            db.run(
                "DELETE FROM mirror_changes WHERE consumer = "
                "(SELECT id FROM mirror_consumers WHERE name = :n)",
                n=consumer,
            )
            db.run("DELETE FROM mirror_consumers WHERE name = :n", n=consumer)
            _forget_seen_by_all(db)

        await self._transact(work)


def _forget_seen_by_all(db: Connection) -> None:
    db.run(
        "DELETE FROM mirror_changes WHERE number <= COALESCE((SELECT MIN(number) "
        "FROM mirror_consumers), (SELECT changes FROM mirror_state WHERE id = 1))"
    )


def _change(
    number: int, sub: str, kind: str, reason: str | None, before: Any, after: Any
) -> Change:
    return Change(
        number=number,
        sub=sub,
        kind=ChangeKind(kind),
        reason=None if reason is None else RemovalReason(reason),
        before_json=None if before is None else bytes(before),
        after_json=None if after is None else bytes(after),
    )
