"""Events as answers show them, kept for the next time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import msgspec

    from .events import Event

__all__ = ("RowCache",)

_MOST: Final = 20_000


class RowCache:
    """
    What was written last, as long as its event stays as it is.

    Args:
        most: How many rows are kept; a row takes up about a kilobyte.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._rows: OrderedDict[tuple[Event, Hashable], tuple[int, msgspec.Raw]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, event: Event, view: Hashable) -> msgspec.Raw | None:
        """The row of an event, seen in some way; `None` if it has to be written anew."""
        version, row = self._rows.get((event, view), (None, None))
        return row if version == event.version else None

    def keep(self, event: Event, view: Hashable, row: msgspec.Raw) -> None:
        """Keep a row, and let the oldest one go if they are too many."""
        self._rows[event, view] = event.version, row
        if len(self._rows) > self._most:
            self._rows.popitem(last=False)
