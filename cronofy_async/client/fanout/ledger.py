"""What a fan-out has handed out, as a state that can be stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import msgspec

from ...core.cursors import Cursor, fingerprint
from ...core.errors import InvalidArgumentError
from ...core.paging import PagedOperation

__all__ = ("Ledger", "Mark", "Opened")

_REMEDY: Final = "give what state() of the same read gave"


class Opened(msgspec.Struct):
    """
    An account of which some pages were handed out.

    Attributes:
        account: Its place.
        windows: Into how many windows each of its reads was split, by their fingerprints.
        cursors: Where each part stands that was begun.
    """

    account: int
    windows: dict[str, int]
    cursors: list[str]


class _State(msgspec.Struct):
    """
    The state.

    Attributes:
        operation: The fingerprint of what is read.
        now: When the read began, in seconds since the epoch: its default window hangs on it.
        done: So many accounts from the first on were handed out.
        beyond: The places of others that were.
        failed: How many of them had failed.
        opened: Those of which some pages were handed out.
    """

    operation: str
    now: float
    done: int
    beyond: list[int]
    failed: int
    opened: list[Opened]


@attrs.frozen
class Mark:
    """
    What the handing out of a result means.

    Attributes:
        index: The account's place.
        is_last: Whether nothing of it follows.
        failed: Whether it failed.
        place: Where one part of it stands then; `None` if it has no parts.
    """

    index: int
    is_last: bool = True
    failed: bool = False
    place: Place | None = None


@attrs.frozen
class Place:
    """
    Where a part of an account's read stands.

    Attributes:
        whole: The read that the part is of.
        windows: Into how many windows that is split.
        operation: The part.
        key: Tells it from the account's other parts.
        next_page: Where its next page is.
        pages: Pages handed out before.
        entries: Entries handed out before.
    """

    whole: PagedOperation[Any]
    windows: int
    operation: PagedOperation[Any]
    key: tuple[int, int]
    next_page: str | None
    pages: int
    entries: int


class Ledger:
    """
    Keeps what was handed out.

    Args:
        operation: What is read.
        now: Seconds since the epoch; a state that goes on has its own.
        state: Where another read stopped.

    Raises:
        InvalidArgumentError: The state is malformed, or of another read.
    """

    def __init__(
        self, operation: PagedOperation[Any], now: float, state: Mapping[str, Any] | None
    ) -> None:
        self._operation = operation
        before = None if state is None else _read(operation, state)
        self.now: float = now if before is None else before.now
        self.failed: int = 0 if before is None else before.failed
        self._done = 0 if before is None else before.done
        self._beyond = set[int]() if before is None else set(before.beyond)
        self._before = {} if before is None else {each.account: each for each in before.opened}
        self._places: dict[int, dict[tuple[int, int], Place]] = {}

    @property
    def done(self) -> int:
        """How many accounts were handed out whole."""
        return self._done + len(self._beyond)

    def has(self, index: int) -> bool:
        """Whether an account was handed out whole."""
        return index < self._done or index in self._beyond

    def opened(self, index: int) -> Opened | None:
        """Where the pages of an account stand since another read."""
        return self._before.get(index)

    def note(self, mark: Mark) -> None:
        """Note that a result was handed out."""
        index = mark.index
        if not mark.is_last:
            if mark.place is not None:
                self._places.setdefault(index, {})[mark.place.key] = mark.place
            return
        self._places.pop(index, None)
        self._before.pop(index, None)
        self.failed += mark.failed
        self._beyond.add(index)
        while self._done in self._beyond:
            self._beyond.remove(self._done)
            self._done += 1

    def state(self) -> dict[str, Any]:
        """The state, made of what JSON has."""
        opened = [self._opened(index) for index in sorted(self._places.keys() | self._before)]
        state = _State(
            fingerprint(self._operation),
            self.now,
            self._done,
            sorted(self._beyond),
            self.failed,
            opened,
        )
        made: dict[str, Any] = msgspec.to_builtins(state)
        return made

    def _opened(self, index: int) -> Opened:
        before = self._before.get(index) or Opened(index, {}, [])
        places = self._places.get(index, {}).values()
        known = [Cursor(each) for each in before.cursors]
        kept = [c for c in known if not any(c.is_of(each.operation) for each in places)]
        made = [Cursor.of(p.operation, p.next_page, p.pages, p.entries) for p in places]
        windows = {fingerprint(each.whole): each.windows for each in places}
        return Opened(index, before.windows | windows, [str(each) for each in (*kept, *made)])


def _read(operation: PagedOperation[Any], state: Any) -> _State:
    try:
        read = msgspec.convert(state, _State)
        for each in read.opened:
            for cursor in each.cursors:
                Cursor(cursor)
    except (msgspec.ValidationError, InvalidArgumentError):
        raise InvalidArgumentError("state", "is malformed", _REMEDY) from None
    numbers = [read.done, read.failed, *read.beyond, *(each.account for each in read.opened)]
    windows = [count for each in read.opened for count in each.windows.values()]
    if min(numbers) < 0 or min(windows, default=1) < 1:
        raise InvalidArgumentError("state", "is malformed", _REMEDY)
    if read.operation != fingerprint(operation):
        raise InvalidArgumentError("state", "is of another operation or other parameters", _REMEDY)
    return read
