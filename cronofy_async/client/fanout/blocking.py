"""The same for code that does not await."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import anyio
import attrs

from ...core.errors import InvalidArgumentError
from ...core.paging import PagedOperation
from .outcomes import AccountEntry, AccountOutcome, AccountPage, Progress
from .stream import Stream
from .writes import SendProgress, Sent

if TYPE_CHECKING:
    from datetime import timedelta

    from ..bridge import Call
    from ..clients import AsyncAccount
    from .reads import AsyncFanOut
    from .writes import AsyncSendMany

__all__ = ("FanOut", "Feed", "SendMany", "feed")

A = TypeVar("A")
R = TypeVar("R")
T = TypeVar("T")


class Feed:
    """
    Items that are taken in the caller's own thread, and wanted in another.

    A generator may thus use a database or a client of that thread.
    """

    def __init__(self, items: Iterator[Any], room: int) -> None:
        self._items = items
        self._room = room
        self._taken: deque[Any] = deque()
        self._is_over = False
        self._error: Exception | None = None
        self._changed: anyio.Event | None = None
        self.is_hungry: bool = False
        """Whether an item is waited for."""
        self.on_hungry: Callable[[], None] = lambda: None

    # In the caller's thread

    def take(self) -> Callable[[], None]:
        """Take one item; gives what hands it over."""
        try:
            for item in self._items:
                return lambda: self._taken.append(item)
        except Exception as error:
            failed = error
            return lambda: self._end(failed)
        return lambda: self._end(None)

    # In the other one

    @property
    def has_room(self) -> bool:
        """Whether one more may be taken before it is waited for."""
        return not self._is_over and len(self._taken) < self._room

    def hand_over(self, entry: Callable[[], None]) -> None:
        """Hand an item over that was taken."""
        entry()
        self.is_hungry = False
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    def _end(self, error: Exception | None) -> None:
        self._is_over, self._error = True, error

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        while not self._taken:
            if self._is_over:
                if self._error is not None:
                    raise self._error
                raise StopAsyncIteration
            self.is_hungry = True
            self.on_hungry()
            self._changed = anyio.Event()
            await self._changed.wait()
        return self._taken.popleft()


def feed(name: str, items: Any, inner: Callable[[Any], Any], room: int) -> Any:
    """
    Have items taken in the caller's thread, unless they are all there.

    Args:
        name: What they are, for errors.
        items: The items.
        inner: What the async client is given for an item.
        room: How many may be taken before they are waited for.

    Raises:
        InvalidArgumentError: They cannot be gone through without awaiting.
    """
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise InvalidArgumentError(
            name, f"are a {type(items).__name__}", "give an iterable that needs no await"
        )
    if isinstance(items, Sized):
        return [inner(each) for each in items]
    return Feed(map(inner, items), room)


class _Results(Generic[R]):
    """Results of an async iterator, without awaiting."""

    def __init__(
        self,
        results: Any,
        source: Any,
        stream: Stream[Any] | None,
        call: Call,
        outer: Callable[[Any], R],
    ) -> None:
        self._results = results
        self._feed = source if isinstance(source, Feed) else None
        self._stream = stream
        self._call = call
        self._outer = outer
        if self._feed is not None and stream is not None:
            self._feed.on_hungry = stream.buffer.wake

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        given: Callable[[], None] | None = None
        while True:
            handed = given
            result = self._call(lambda: self._ask(handed))  # noqa: B023  # called at once
            if result is _HUNGRY:
                assert self._feed is not None
                given = self._feed.take()
                continue
            if result is _OVER:
                raise StopIteration
            return self._outer(result)

    async def _ask(self, given: Callable[[], None] | None) -> Any:
        """The next result, unless an item is needed for that, or has room."""
        feed, stream = self._feed, self._stream
        if feed is None or stream is None:
            return await anext(self._results, _OVER)
        if given is not None:
            feed.hand_over(given)
        self._results.start()
        while True:
            if feed.is_hungry:
                return _HUNGRY
            if stream.buffer.is_ready:
                return await anext(self._results, _OVER)
            if feed.has_room:
                return _HUNGRY
            await stream.change()

    def close(self) -> None:
        """End it, and wait until nothing of it is under way. For `contextlib.closing`."""
        self._call(self._results.aclose)


_HUNGRY = object()
_OVER = object()


class FanOut(Generic[A, T]):
    """
    One read of many accounts; `AsyncFanOut` says how it goes.

    ``for outcome in reading`` gives accounts as they are done, `pages` pages as they arrive,
    `by_start` all entries in the order of their starts. It is one of these, and once.

    A generator of accounts is gone through in your own thread; *on_progress* is called in
    another.
    """

    def __init__(
        self,
        reading: AsyncFanOut[T],
        source: Any,
        call: Call,
        outer: Callable[[AsyncAccount], A],
    ) -> None:
        self._reading = reading
        self._source = source
        self._call = call
        self._outer = outer

    @property
    def operation(self) -> PagedOperation[T]:
        """What is read."""
        return self._reading.operation

    @property
    def progress(self) -> Progress:
        """How far it is: usable at any time, and in any thread."""
        return self._reading.progress

    def state(self) -> dict[str, Any]:
        """Where it stands; see `AsyncFanOut.state`."""
        return self._reading.state()

    def __iter__(self) -> Iterator[AccountOutcome[A, T]]:
        results = self._reading.outcomes()
        return _Results(results, self._source, results.stream, self._call, self._view)

    def pages(self) -> Iterator[AccountPage[A, T]]:
        """Pages of all accounts, as they arrive; see `AsyncFanOut.pages`."""
        results = self._reading.pages()
        return _Results(results, self._source, results.stream, self._call, self._view)

    def by_start(self, slices: int | timedelta | None = None) -> Iterator[AccountEntry[A, T]]:
        """The entries of all accounts by their starts; see `AsyncFanOut.by_start`."""
        results = self._reading.by_start(slices)
        return _Results(results, self._source, None, self._call, self._view)

    def _view(self, result: Any) -> Any:
        account = result.account
        return attrs.evolve(result, account=None if account is None else self._outer(account))

    def close(self) -> None:
        """End the read, and wait until nothing of it is under way."""
        self._call(self._reading.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {type(self.operation).__name__}>"


class SendMany(Generic[A, T]):
    """
    Many calls; `AsyncSendMany` says how they go.

    A generator of calls is gone through in your own thread; *on_progress* is called in
    another.
    """

    def __init__(
        self,
        sending: AsyncSendMany[T],
        source: Any,
        call: Call,
        outer: Callable[[AsyncAccount], A],
    ) -> None:
        self._sending = sending
        self._outer = outer
        self._call = call
        self._results: Iterator[Sent[A, T]] = _Results(
            sending, source, sending.stream, call, self._view
        )

    @property
    def progress(self) -> SendProgress:
        """How far it is: usable at any time, and in any thread."""
        return self._sending.progress

    def _view(self, sent: Any) -> Any:
        account = sent.account
        return attrs.evolve(sent, account=None if account is None else self._outer(account))

    def __iter__(self) -> Iterator[Sent[A, T]]:
        return self

    def __next__(self) -> Sent[A, T]:
        return next(self._results)

    def collect(self) -> list[Sent[A, T]]:
        """All that is left, in the order of the calls."""
        return sorted(self, key=lambda each: each.index)

    def close(self) -> None:
        """End the sending, and wait until nothing of it is under way."""
        self._call(self._sending.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._sending).replace("Async", "", 1)
