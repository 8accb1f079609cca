"""The changes of a mirror, as one consumer sees them."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Self

from ..core.errors import CronofyError, InvalidArgumentError
from .records import Change
from .stores import MirrorStore

__all__ = ("AsyncChanges",)

_AHEAD: Final = 100
"""How many changes are read at once."""


class AsyncChanges:
    """
    Changes in their order, each once; made by `AsyncEventMirror.changes`.

    Asking for the next change acknowledges the one before: then it never comes again. Whoever
    stops in between, be it by a crash, is given that one change once more: what you do with a
    change and the acknowledgement are two things, unless you keep `Change.number` together
    with what you do, in one transaction of your own, and begin behind it the next time.

    Only one reader of a consumer at a time: a second one makes the first fail.
    """

    def __init__(
        self,
        store: MirrorStore,
        consumer: str,
        *,
        after: int | None,
        from_now: bool,
        wait: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self._store = store
        self._consumer = consumer
        self._after = after
        self._from_now = from_now
        self._wait = wait
        self._ahead: deque[Change] = deque()
        self._acknowledged: int | None = None
        self._given: int | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        change = await self.next()
        while change is None:
            if self._wait is None:
                raise StopAsyncIteration
            await self._wait()
            change = await self.next()
        return change

    async def next(self) -> Change | None:
        """
        The next change; `None` if there is none yet. It acknowledges the one before.

        Raises:
            MirrorStoreError: The store cannot be used; nothing is acknowledged.
            CronofyError: Another reader of this consumer has begun.
        """
        last = await self._acknowledge()
        if not self._ahead:
            self._ahead.extend(await self._store.changes(self._consumer, last, _AHEAD))
        if not self._ahead:
            return None
        change = self._ahead.popleft()
        self._given = change.number
        return change

    async def acknowledge(self) -> None:
        """Acknowledge the change that was given last, without asking for another."""
        await self._acknowledge()

    async def _acknowledge(self) -> int:
        """Acknowledge what was given; gives the number of the last change of which that is so."""
        if self._acknowledged is None:
            at = await self._store.join(self._consumer, from_now=self._from_now)
            if self._after is not None and self._after < at:
                raise InvalidArgumentError(
                    "after", f"is {self._after}", f"give {at} or more: what was before is forgotten"
                )
            self._acknowledged, self._given = at, self._after
        if self._given is not None and self._given > self._acknowledged:
            done = await self._store.acknowledge(self._consumer, self._acknowledged, self._given)
            if not done:
                raise CronofyError(
                    f"somebody else reads the changes of {self._consumer!r}: have only one reader"
                )
            self._acknowledged = self._given
        return self._acknowledged
