"""Work on each of many items, so many at once, with its results as they are ready."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, aclosing
from typing import Any, Generic, TypeAlias, TypeVar

import anyio
from anyio.abc import TaskGroup

from ...core.errors import CronofyError
from ..flights import Flight, launch
from ..runtime import start

__all__ = ("Buffer", "Crew", "Each", "Places", "Source", "Stream", "taking")

T = TypeVar("T")
S = TypeVar("S")
M = TypeVar("M")

Source: TypeAlias = Iterable[S] | AsyncIterable[S]
"""What may be awaited for each item, or not."""


class Places:
    """
    How much may be under way at once.

    Attributes:
        number: Of all places.
        taken: Of those that are taken.
    """

    def __init__(self, number: int) -> None:
        self.number: int = number
        self.taken: int = 0
        self._freed: anyio.Event | None = None

    @property
    def idle(self) -> int:
        """How many are free."""
        return self.number - self.taken

    async def take(self) -> None:
        """Wait for a place. Only one task may wait."""
        while self.idle <= 0:
            self._freed = anyio.Event()
            await self._freed.wait()
        self.taken += 1

    def take_idle(self, most: int) -> int:
        """Take as many as are free, and no more than *most*; gives their number."""
        number = max(0, min(most, self.idle))
        self.taken += number
        return number

    def give(self, number: int = 1) -> None:
        """Give places back."""
        self.taken -= number
        if self._freed is not None:
            self._freed.set()
            self._freed = None


class Buffer(Generic[T]):
    """
    Results between those who have them and the one who wants them, in order and bounded.

    Args:
        size: How many may lie here; whoever has one more waits.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: deque[T] = deque()
        self._waiting: deque[tuple[T, anyio.Event]] = deque()
        self._changed: anyio.Event | None = None
        self._is_closed = False
        self._error: BaseException | None = None

    async def put(self, result: T) -> None:
        """Lay a result down, and wait while there is no room. Cancelled, it does not come."""
        if len(self._results) < self._size:
            self._results.append(result)
            self._tell()
            return
        entry = (result, anyio.Event())
        self._waiting.append(entry)
        try:
            await entry[1].wait()
        except BaseException:
            if entry in self._waiting:
                self._waiting.remove(entry)
            raise

    async def get(self) -> T:
        """
        The next result.

        Raises:
            StopAsyncIteration: None is left, and none will come.
            BaseException: What the buffer was closed with; once.
        """
        while not self._results:
            if self._is_closed:
                error, self._error = self._error, None
                if error is not None:
                    raise error
                raise StopAsyncIteration
            await self.change()
        result = self._results.popleft()
        if self._waiting:
            waiting, taken = self._waiting.popleft()
            self._results.append(waiting)
            taken.set()
        return result

    @property
    def is_ready(self) -> bool:
        """Whether `get` would not wait."""
        return bool(self._results) or self._is_closed

    async def change(self) -> None:
        """Wait until something is laid down, or nothing will be."""
        if self._changed is None:
            self._changed = anyio.Event()
        await self._changed.wait()

    def close(self, error: BaseException | None = None) -> None:
        """Nothing will come any more. Only the first call counts."""
        if not self._is_closed:
            self._is_closed, self._error = True, error
            self._tell()

    def drop(self) -> None:
        """Close it, and forget what is there."""
        self._results.clear()
        self._error = None
        self.close()

    def wake(self) -> None:
        """Have whoever waits for a change look again."""
        self._tell()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None


class Crew(Generic[T]):
    """
    Does the work, in tasks of its own, and lays the results into a buffer.

    It does not know who reads: a reader that is forgotten is freed.
    """

    def __init__(self, buffer: Buffer[T]) -> None:
        self.buffer: Buffer[T] = buffer
        self._error: BaseException | None = None

    async def run(self) -> None:
        """Do all of it."""
        async with anyio.create_task_group() as group, AsyncExitStack() as stack:
            try:
                await self.feed(group, stack)
            except StopAsyncIteration:
                pass
            except Exception as error:
                # What is under way is worth waiting for.
                self._error = self._error or error
        self.buffer.close(self._error)

    def end(self) -> None:
        """Let nobody wait for what was not done."""
        self.buffer.close(CronofyError("the client was closed meanwhile: make a new one"))

    async def feed(self, group: TaskGroup, stack: AsyncExitStack) -> None:
        """
        Start the work.

        Args:
            group: Where it runs.
            stack: Closed before the work is waited for.
        """
        raise NotImplementedError

    def fail(self, error: Exception, group: TaskGroup) -> None:
        """
        End everything with an error.

        What befalls a piece of work is its result: this is a mistake, ours or of a caller's
        code.
        """
        self._error = self._error or error
        group.cancel_scope.cancel()


class Each(Crew[T], Generic[S, M, T]):
    """
    Works on each of many items.

    Args:
        source: The items; the next one is taken when there is a place for it.
        admit: Makes of an item and its place what is worked on; `None` passes it over.
        work: What to do with that; it puts results into *buffer*.
        places: How many items are worked on at once.
        buffer: Where the results come from.
    """

    def __init__(
        self,
        source: Source[S],
        admit: Callable[[int, S], M | None],
        work: Callable[[M], Awaitable[None]],
        *,
        places: Places,
        buffer: Buffer[T],
    ) -> None:
        super().__init__(buffer)
        self._source = source
        self._admit = admit
        self._work = work
        self._places = places

    async def feed(self, group: TaskGroup, stack: AsyncExitStack) -> None:
        """Start the work on each item."""
        take = await taking(self._source, stack)
        index = 0
        while True:
            await self._places.take()
            try:
                admitted = None
                while admitted is None:
                    admitted = self._admit(index, await take())
                    index += 1
            except BaseException:
                self._places.give()
                raise
            # In the order of the items: tasks may begin in any.
            start(group, self._one, group, admitted)

    async def _one(self, group: TaskGroup, admitted: M) -> None:
        try:
            await self._work(admitted)
        except Exception as error:
            self.fail(error, group)
        finally:
            self._places.give()


async def taking(source: Source[S], stack: AsyncExitStack) -> Callable[[], Awaitable[S]]:
    """
    What takes item after item, and raises `StopAsyncIteration` at the end.

    Args:
        source: The items.
        stack: Closes a generator that is left.
    """
    if isinstance(source, AsyncIterable):
        items: Any = aiter(source)
        if hasattr(items, "aclose"):
            await stack.enter_async_context(aclosing(items))
        following: Callable[[], Awaitable[S]] = items.__anext__
        return following
    iterator = iter(source)

    async def take() -> S:
        for item in iterator:
            return item
        raise StopAsyncIteration

    return take


class Stream(Generic[T]):
    """
    The results of a crew, which begins its work at the first `get`.

    Left alone it ends what is under way; `aclose` waits for that end. Whoever is cancelled
    in `get` ends it as well.

    Args:
        crew: Does the work. What it fails with is raised by `get` after the results
            that are there.
        under_way: Where the work stands until it is over.
    """

    def __init__(self, crew: Crew[T], under_way: set[Flight[Any]]) -> None:
        self._crew = crew
        self._under_way = under_way
        self._flight: Flight[None] | None = None
        self._is_over = False

    async def get(self) -> T:
        """
        The next result.

        Raises:
            StopAsyncIteration: None is left.
        """
        self.start()
        try:
            return await self._crew.buffer.get()
        except Exception:
            raise
        except BaseException:
            self.cancel()
            raise

    @property
    def buffer(self) -> Buffer[T]:
        """Where the results come from."""
        return self._crew.buffer

    async def change(self) -> None:
        """Wait until there is a result, or `Buffer.wake` is called."""
        self.start()
        try:
            await self.buffer.change()
        except BaseException:
            self.cancel()
            raise

    def start(self) -> None:
        """Begin the work, if that is still to be done."""
        if self._flight is None and not self._is_over:
            self._flight = launch(self._crew.run, self._under_way, self._crew.end)

    def cancel(self) -> None:
        """End what is under way, soon and from any thread."""
        self._is_over = True
        self._crew.buffer.drop()
        if self._flight is not None:
            self._flight.cancel()

    async def aclose(self) -> None:
        """End what is under way, and wait until it is over."""
        self.cancel()
        if self._flight is not None:
            await self._flight.end()

    def __del__(self) -> None:
        # A constructor that failed has nothing under way.
        if hasattr(self, "_is_over"):
            self.cancel()
