"""What a mirror hands out: changes, accounts and what came of reading them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import attrs

from ..core import codec
from ..core.errors import CronofyError
from ..models.events import Event

__all__ = ("Change", "ChangeKind", "MirrorOutcome", "MirroredAccount", "RemovalReason")


class ChangeKind(StrEnum):
    """What became of an event in the mirror."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class RemovalReason(StrEnum):
    """Why an event is in the mirror no longer."""

    DELETED = "deleted"
    """Somebody deleted it."""
    MOVED = "moved"
    """Somebody moved it out of the mirror's window."""
    PASSED = "passed"
    """Time went on, and the mirror's window with it. Nobody touched the event."""
    MISSING = "missing"
    """
    The service does not show it any longer, and does not say why: its calendar was deleted or
    is not granted any more, or its deletion was not told of.
    """
    DROPPED = "dropped"
    """Its account was taken out of the mirror."""


@attrs.frozen(kw_only=True)
class Change:
    """
    One change of one event, as the mirror saw it.

    Attributes:
        number: Its place among all changes; it only grows, with gaps.
        sub: The account.
        kind: What became of the event.
        reason: Why it was removed; else `None`.
        before_json: The event before, as it came over the wire; `None` if it was added.
        after_json: The event after; `None` if it was removed.
    """

    number: int
    sub: str
    kind: ChangeKind
    reason: RemovalReason | None = None
    before_json: bytes | None = attrs.field(default=None, repr=False)
    after_json: bytes | None = attrs.field(default=None, repr=False)

    @property
    def before(self) -> Event | None:
        """The event as it was; decoded each time you ask."""
        return None if self.before_json is None else read_event(self.before_json)

    @property
    def after(self) -> Event | None:
        """The event as it is then; decoded each time you ask."""
        return None if self.after_json is None else read_event(self.after_json)

    @property
    def event(self) -> Event:
        """The event after, or before if it was removed."""
        body = self.before_json if self.after_json is None else self.after_json
        assert body is not None, "one of them is there"
        return read_event(body)


@attrs.frozen(kw_only=True)
class MirroredAccount:
    """
    How the mirror of one account stands.

    Attributes:
        sub: The account.
        is_loaded: Whether all of its events were read at least once.
        refused: Why the account cannot be read any more, in words: its authorization was
            taken away, or does not allow it. What was read is kept. `None`: it can be read.
        caught_up_at: When it was last read to its end, in UTC.
        reconciled_at: When all of it was last read, in UTC.
        from_: The first day of what is mirrored.
        to: The day after the last.
    """

    sub: str
    is_loaded: bool
    refused: str | None
    caught_up_at: datetime | None
    reconciled_at: datetime | None
    from_: date | None
    to: date | None


@attrs.frozen(kw_only=True)
class MirrorOutcome:
    """
    What came of reading one account.

    Attributes:
        sub: The account.
        is_full: Whether all of its events were read, rather than those that changed.
        added: How many events came into the mirror.
        changed: How many events of it changed.
        removed: How many left it.
        error: Why the account could not be read to its end, else `None`. The next time goes
            on where this one began.
    """

    sub: str
    is_full: bool = False
    added: int = 0
    changed: int = 0
    removed: int = 0
    error: CronofyError | None = None

    @property
    def ok(self) -> bool:
        """Whether the mirror of the account is as the service showed it."""
        return self.error is None

    @property
    def changes(self) -> int:
        """How many events were added, changed or removed."""
        return self.added + self.changed + self.removed


def read_event(body: bytes) -> Event:
    """Read an event as it came over the wire."""
    event: Event = codec.decode(body, Event)
    return event
