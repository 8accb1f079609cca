"""Every request that the sandbox answered, in its order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import attrs

__all__ = ("Entry", "Journal")

_LONGEST: Final = 100_000


@attrs.frozen(kw_only=True)
class Entry:
    """
    One request and how it was answered; nothing in it is secret.

    Attributes:
        sequence: From 1, without gaps.
        at: When it came, in seconds since the epoch by the sandbox's clock.
        method: The HTTP method.
        path: The path as it was sent.
        parameters: The names of the query's parameters.
        operation: The name of the operation that it was taken for.
        account: The sub of the account that the credentials stand for.
        status: The status of the answer.
        errors: The names of the parameters that were refused.
    """

    sequence: int
    at: float
    method: str
    path: str
    parameters: tuple[str, ...] = ()
    operation: str | None = None
    account: str | None = None
    status: int
    errors: tuple[str, ...] = ()


class Journal:
    """
    The latest requests.

    Args:
        longest: How many are kept.
    """

    def __init__(self, longest: int = _LONGEST) -> None:
        self._entries: deque[Entry] = deque(maxlen=longest)
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def next_sequence(self) -> int:
        """The number of the next request."""
        self._sequence += 1
        return self._sequence

    def write(self, entry: Entry) -> None:
        """Add a request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget the requests; numbers go on."""
        self._entries.clear()
