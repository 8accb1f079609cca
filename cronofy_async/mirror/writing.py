"""Writing what a page brought: what is new, what is different, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final, TypeVar
from zlib import crc32

import attrs
import msgspec

from .records import ChangeKind, RemovalReason
from .spans import Span
from .stores import Batch, Row, Standing, Tally
from .tables import Connection, listed

__all__ = ("Writer", "chunks", "standing_of", "text_of")

T = TypeVar("T")

_AT_ONCE: Final = 200
"""How many events are looked up or removed by one statement."""

_EVENT: Final = (
    "id",
    "account",
    "digest",
    "calendar_id",
    "event_uid",
    "whole_days",
    "start_at",
    "end_at",
    "updated",
    "body",
)
_CHANGE: Final = ("number", "event", "sub", "kind", "reason", "before_json")

_KNOWN: Final = (
    "SELECT id, calendar_id, event_uid, updated, body FROM mirror_events "
    "WHERE account = :account AND digest IN ({})"
)
_UPDATE: Final = (
    "UPDATE mirror_events SET whole_days = :whole_days, start_at = :start_at, end_at = :end_at, "
    "updated = :updated, body = :body WHERE id = :id"
)
_UNSEEN: Final = (
    "SELECT id, body FROM mirror_events e WHERE account = :account "
    "AND id > :after AND NOT EXISTS (SELECT 1 FROM mirror_seen s "
    "WHERE s.account = :account AND s.event = e.id) ORDER BY id LIMIT :limit"
)
_PASSED: Final = (
    "SELECT id, body FROM mirror_events WHERE account = :account AND start_at <> '' AND "
    "start_at < :first_moment AND id > :after AND "
    "((whole_days = 0 AND end_at < :first_moment) OR (whole_days = 1 AND end_at <= :first_day)) "
    "ORDER BY id LIMIT :limit"
)
_REMOVE: Final = "DELETE FROM mirror_events WHERE id IN ({})"
_SEE: Final = (
    "INSERT INTO mirror_seen (account, event) VALUES (:account, :event) ON CONFLICT DO NOTHING"
)
_COUNT: Final = {
    "events": "UPDATE mirror_state SET events = events + :n WHERE id = 1",
    "changes": "UPDATE mirror_state SET changes = changes + :n WHERE id = 1",
}
_COUNTED: Final = {
    "events": "SELECT events FROM mirror_state WHERE id = 1",
    "changes": "SELECT changes FROM mirror_state WHERE id = 1",
}


class Writer:
    """Changes the events of one account within a transaction, and logs what it changes."""

    def __init__(self, db: Connection, account: int, standing: Standing) -> None:
        self._db = db
        self._account = account
        self.standing = standing
        self._log: list[tuple[int, str, str | None, bytes | None]] = []
        self._counts = dict.fromkeys(ChangeKind, 0)
        self._is_wanted = bool(db.rows("SELECT 1 FROM mirror_consumers LIMIT 1"))

    @classmethod
    def of(cls, db: Connection, sub: str) -> Writer | None:
        """The writer for an account; `None` if there is no such account."""
        found = db.rows("SELECT id, turn, standing FROM mirror_accounts WHERE sub = :sub", sub=sub)
        return cls(db, found[0][0], standing_of(*found[0][1:])) if found else None

    @property
    def tally(self) -> Tally:
        """What was done."""
        return Tally(*(self._counts[kind] for kind in ChangeKind))

    def write(self, batch: Batch) -> Tally:
        """Write a batch."""
        seen: list[int] = []
        for rows in chunks(batch.rows):
            seen += self._put(rows, keeps_newer=batch.keeps_newer)
        if batch.is_seen:
            self._see(seen)
        for gone in chunks(batch.gone):
            self._take_out(gone)
        if batch.span is not None:
            self._let_pass(batch.span)
            if batch.sweep:
                self.sweep(RemovalReason.MISSING)
        if batch.standing is not None:
            self.clear_seen()
            self._db.run(
                "UPDATE mirror_accounts SET standing = :text WHERE id = :account",
                text=text_of(batch.standing),
                account=self._account,
            )
        self.log()
        return self.tally

    def _known(self, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        """What is here of some events, and of others that have one of their digests."""
        names, given = listed("d", sorted({_digest(*each) for each in identities}))
        found = self._db.rows(_KNOWN.format(names), account=self._account, **given)
        return {(row[1], row[2]): row for row in found}

    def _put(self, rows: Sequence[Row], *, keeps_newer: bool) -> list[int]:
        """Enter or change events; gives the numbers under which they are kept."""
        known = self._known(row[:2] for row in rows)
        # Of an event that comes twice on a page, the newer one, or else the latter.
        latest: dict[tuple[str, str], Row] = {}
        for row in rows:
            name = row[:2]
            if name not in latest or row.updated >= latest[name].updated:
                latest[name] = row
        new = [row for name, row in latest.items() if name not in known]
        seen: list[int] = [row[0] for row in known.values() if (row[1], row[2]) in latest]
        updates: list[tuple[Any, ...]] = []
        for name, (id_, _, _, updated, body) in known.items():
            if name not in latest or (keeps_newer and latest[name].updated < updated):
                continue
            if _same(latest[name].body, bytes(body)):
                continue
            updates.append((*latest[name][2:], id_))
            self._note(id_, ChangeKind.CHANGED, None, bytes(body))
        if updates:
            self._db.run_many(_UPDATE, (*_EVENT[5:], "id"), updates)
        if new:
            first = self._numbers("events", len(new))
            ids = range(first, first + len(new))
            account = self._account
            kept = [
                (id_, account, _digest(row[0], row[1]), *row)
                for id_, row in zip(ids, new, strict=True)
            ]
            self._db.insert("mirror_events", _EVENT, kept)
            if self._is_wanted:
                for id_ in ids:
                    self._note(id_, ChangeKind.ADDED, None, None)
            else:
                self._counts[ChangeKind.ADDED] += len(ids)
            seen += ids
        return seen

    def _take_out(self, gone: Sequence[tuple[str, str, RemovalReason]]) -> None:
        known = self._known(each[:2] for each in gone)
        removed: dict[int, tuple[RemovalReason, bytes]] = {}
        for calendar_id, uid, reason in gone:
            row = known.get((calendar_id, uid))
            if row is not None:
                removed[row[0]] = (reason, bytes(row[4]))
        self._remove([(id_, reason, body) for id_, (reason, body) in removed.items()])

    def _let_pass(self, span: Span) -> None:
        bounds = {"first_moment": span.first_moment, "first_day": span.first_day}
        after = 0
        while True:
            found = self._db.rows(
                _PASSED, account=self._account, after=after, limit=_AT_ONCE, **bounds
            )
            self._remove([(id_, RemovalReason.PASSED, bytes(body)) for id_, body in found])
            if len(found) < _AT_ONCE:
                return
            after = found[-1][0]

    def sweep(self, reason: RemovalReason) -> None:
        """Remove what was not seen."""
        after = 0
        while True:
            found = self._db.rows(_UNSEEN, account=self._account, after=after, limit=_AT_ONCE)
            self._remove([(id_, reason, bytes(body)) for id_, body in found])
            if len(found) < _AT_ONCE:
                return
            after = found[-1][0]

    def _remove(self, events: Sequence[tuple[int, RemovalReason, bytes]]) -> None:
        if events:
            names, given = listed("e", [id_ for id_, _, _ in events])
            self._db.run(_REMOVE.format(names), **given)
            for id_, reason, body in events:
                self._note(id_, ChangeKind.REMOVED, reason, body)
            # A page that was long to remove is logged before the next one is.
            self.log()

    def _see(self, ids: Sequence[int]) -> None:
        account = self._account
        self._db.run_many(_SEE, ("account", "event"), [(account, id_) for id_ in sorted(ids)])

    def clear_seen(self) -> None:
        """Begin anew with what was seen."""
        self._db.run("DELETE FROM mirror_seen WHERE account = :account", account=self._account)

    # The log ---------------------------------------------------------------------------

    def _note(
        self, event: int, kind: ChangeKind, reason: RemovalReason | None, before: bytes | None
    ) -> None:
        self._counts[kind] += 1
        self._log.append((event, kind.value, None if reason is None else reason.value, before))

    def log(self) -> None:
        """Log what was changed, if there is anybody who wants to know."""
        noted, self._log = self._log, []
        if noted and self._is_wanted:
            first, sub = self._numbers("changes", len(noted)), self.standing.sub
            self._db.insert(
                "mirror_changes",
                _CHANGE,
                [
                    (first + index, event, sub, kind, reason, before)
                    for index, (event, kind, reason, before) in enumerate(noted)
                ],
            )

    def _numbers(self, of: str, count: int) -> int:
        """The first of so many new numbers."""
        self._db.run(_COUNT[of], n=count)
        ((last,),) = self._db.rows(_COUNTED[of])
        return int(last) - count + 1


def _digest(calendar_id: str, uid: str) -> int:
    """
    What an event is looked up by: an index of numbers is a tenth of one of names.

    Two events of an account may have the same; their names tell them apart.
    """
    return crc32(uid.encode(errors="replace"), crc32(calendar_id.encode(errors="replace")))


def _same(body: bytes, other: bytes) -> bool:
    if body == other:
        return True
    try:
        # The service may write the same in another order.
        return bool(msgspec.json.decode(body) == msgspec.json.decode(other))
    except (msgspec.DecodeError, RecursionError):
        return False


def standing_of(turn: int, text: str) -> Standing:
    """How an account stands, as it is kept."""
    kept: Standing = msgspec.json.decode(text, type=Standing)
    return attrs.evolve(kept, turn=turn)


def text_of(standing: Standing) -> str:
    """The same as text."""
    return msgspec.json.encode(standing).decode()


def chunks(items: Iterable[T]) -> Iterable[list[T]]:
    """Items, as many at once as one statement takes."""
    iterator = iter(items)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some
