"""
One resource for each event loop.

Connections belong to the event loop that opened them. A transport may outlive a loop
(two calls of `asyncio.run` with one client) and must then neither use the dead loop's
connections nor leave them to the garbage collector, which complains about each.

Event loops close the async generators that still run in them before they end:
`asyncio.run` does, and trio does. So each resource is held by a generator that waits at
a `yield` and closes the resource afterwards. Whoever comes first closes it: the owner,
the end of the loop, or the garbage collector, which hands a forgotten generator to its
loop. (On trio that last way comes with trio's own `ResourceWarning`.)
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from types import AsyncGeneratorType
from typing import Generic, TypeVar, cast

from cronofy_async.core.errors import InvalidArgumentError

__all__ = ("PerLoop", "closed_error")

T = TypeVar("T")


def closed_error() -> InvalidArgumentError:
    """Say that a transport was used after it was closed."""
    return InvalidArgumentError("transport", "is closed", "make a new one; it does not open again")


class PerLoop(Generic[T]):
    """
    Opens a resource at first use in each event loop, and closes it with that loop.

    There is no reference back from a resource to its `PerLoop`: a forgotten one is
    freed at once, not by the cyclic collector, which could reach the resource first.

    Args:
        opener: Opens a resource; called inside the loop.
        closer: Closes one; called inside the same loop.
        running: Names the running loop.
    """

    def __init__(
        self,
        opener: Callable[[], T],
        closer: Callable[[T], Awaitable[None]],
        running: Callable[[], Hashable],
    ) -> None:
        self._opener = opener
        self._closer = closer
        self._running = running
        self._held: dict[Hashable, tuple[T, AsyncGenerator[None, None]]] = {}
        self._closed = False

    async def get(self) -> T:
        """
        The running loop's resource.

        Raises:
            InvalidArgumentError: `aclose` was called before.
        """
        loop = self._running()
        held = self._held.get(loop)
        if held is not None and _is_open(held[1]):
            return held[0]
        if self._closed:
            raise closed_error()
        self._held = {key: held for key, held in self._held.items() if _is_open(held[1])}
        resource = self._opener()
        keeper = _keep(resource, self._closer)
        await anext(keeper)  # Never waits; from here on the loop knows the generator.
        self._held[loop] = resource, keeper
        return resource

    async def aclose(self) -> None:
        """Close the running loop's resource now, and leave each other one to its own loop."""
        self._closed = True
        held, self._held = self._held, {}
        own = held.pop(self._running(), None)
        held.clear()
        if own is not None:
            await own[1].aclose()


async def _keep(resource: T, closer: Callable[[T], Awaitable[None]]) -> AsyncGenerator[None, None]:
    """Hold a resource until the generator is closed, whoever closes it."""
    try:
        yield
    finally:
        await closer(resource)


def _is_open(keeper: AsyncGenerator[None, None]) -> bool:
    return cast("AsyncGeneratorType[None, None]", keeper).ag_frame is not None
