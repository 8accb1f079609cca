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
        status: The status of the answer, whether it arrived or not; `None`: there is none.
        errors: The names of the parameters that were refused.
        fault: What struck the request, or an entry of its batch: the name of the action.
        carried_out: Whether the sandbox did what was asked, or refused it by itself.
        delivered: Whether a complete answer was sent.
    """

    sequence: int
    at: float
    method: str
    path: str
    parameters: tuple[str, ...] = ()
    operation: str | None = None
    account: str | None = None
    status: int | None
    errors: tuple[str, ...] = ()
    fault: str | None = None
    carried_out: bool = True
    delivered: bool = True


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

    def find(
        self,
        *,
        operation: str | None = None,
        account: str | None = None,
        since: int = 0,
        limit: int | None = None,
    ) -> list[Entry]:
        """
        The requests that match, the oldest first.

        Args:
            operation: The name of their operation.
            account: The sub of their account.
            since: Only those after the one of this number.
            limit: Only so many, the latest.
        """
        found: list[Entry] = []
        # A copy, as other threads may be asking meanwhile.
        for entry in reversed(tuple(self._entries)):
            if entry.sequence <= since or len(found) == limit:
                break
            if operation in (None, entry.operation) and account in (None, entry.account):
                found.append(entry)
        return found[::-1]

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
