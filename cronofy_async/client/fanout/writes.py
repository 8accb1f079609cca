"""Any number of calls for any number of accounts."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sized
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import anyio
import attrs
from anyio.abc import TaskGroup

from ...core.errors import APIError, CronofyError, InvalidArgumentError
from ...core.operation import Operation
from ...models.batch import Outcome
from ...operations.batch import Batch
from ..batches import send_in_batches
from ..runtime import start
from .stream import Buffer, Crew, Source, Stream, taking

if TYPE_CHECKING:
    from ..clients import AsyncAccount, AsyncCronofy

__all__ = ("AsyncSendMany", "Call", "SendProgress", "Sent")

T = TypeVar("T")
A_co = TypeVar("A_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(kw_only=True)
class Sent(Generic[A_co, T_co]):
    """
    What came of one of many calls.

    Attributes:
        index: Its place among the calls, from 0.
        sub: The account's id, as far as it is known.
        account: The account's view; `None` for a call of the application.
        outcome: The call with its answer or its error.
    """

    index: int
    sub: str | None
    account: A_co | None
    outcome: Outcome[T_co]

    @property
    def ok(self) -> bool:
        """Whether the call was carried out and its answer could be read."""
        return self.outcome.ok

    def result(self) -> T_co:
        """
        The answer.

        Raises:
            CronofyError: Why the call failed.
        """
        return self.outcome.result()


@attrs.frozen(kw_only=True)
class SendProgress:
    """
    How far the sending of many calls is.

    Attributes:
        calls_done: Those that are over, failed ones included.
        calls_failed: Those of them that failed.
        calls_total: How many there are, if that is known.
        requests: In how many requests they were sent.
        seconds: Since it began.
    """

    calls_done: int
    calls_failed: int
    calls_total: int | None
    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Calls in a second, on the average."""
        return self.calls_done / self.seconds if self.seconds > 0 else 0.0


@attrs.frozen
class Call:
    """One of the calls, with the view that it is sent by; `None`: the application itself."""

    index: int
    account: AsyncAccount | None
    operation: Operation[Any]


class _Count:
    """Counts what was sent."""

    def __init__(
        self,
        total: int | None,
        clock: Callable[[], float],
        tell: Callable[[SendProgress], object] | None,
    ) -> None:
        self._total = total
        self._clock = clock
        self._tell = tell
        self._began: float | None = None
        self.requests = self.done = self.failed = 0

    @property
    def progress(self) -> SendProgress:
        return SendProgress(
            calls_done=self.done,
            calls_failed=self.failed,
            calls_total=self._total,
            requests=self.requests,
            seconds=0.0 if self._began is None else self._clock() - self._began,
        )

    def begin(self) -> None:
        if self._began is None:
            self._began = self._clock()

    def add(self, sent: Sent[Any, Any]) -> None:
        self.done += 1
        self.failed += not sent.ok
        if self._tell is not None:
            self._tell(self.progress)


class _Credit:
    """
    How many calls may be taken that were not handed out.

    When all is used up, it comes back by halves: calls are taken many at a time, so that
    they can be packed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._given: anyio.Event | None = None

    async def use(self) -> None:
        if self._used >= self._most:
            self._given = anyio.Event()
            await self._given.wait()
        self._used += 1

    def give(self) -> None:
        self._used -= 1
        if self._given is not None and self._used <= self._most // 2:
            self._given.set()
            self._given = None


class _Senders(Crew[Sent["AsyncAccount", Any]]):
    """Sends calls: one request at a time for each account, with what waits for it by then."""

    def __init__(
        self,
        client: AsyncCronofy,
        kind: type[AsyncAccount],
        source: Source[Any],
        at_once: int,
        credit: _Credit,
        count: _Count,
        buffer: Buffer[Sent[AsyncAccount, Any]],
    ) -> None:
        super().__init__(buffer)
        self._client = client
        self._kind = kind
        self._source = source
        self._at_once = at_once
        self._credit = credit
        self._count = count
        self._waiting: dict[Any, deque[Call]] = {}
        self._ready: deque[Any] = deque()
        self._at_work = 0

    async def feed(self, group: TaskGroup, stack: AsyncExitStack) -> None:
        """Queue call after call behind those of the same account."""
        take = await taking(self._source, stack)
        index = 0
        while True:
            await self._credit.use()
            call = self._call(index, await take())
            index += 1
            # A view without an id is an account of its own, and so is the application.
            key = call.index if call.account is None else call.account.sub or call.account
            if key in self._waiting:
                self._waiting[key].append(call)
                continue
            self._waiting[key] = deque([call])
            self._ready.append(key)
            if self._at_work < self._at_once:
                self._at_work += 1
                start(group, self._send_on, group)

    def _call(self, index: int, given: Any) -> Call:
        account, operation = check_call(given, self._kind)
        return Call(
            index, self._client.account(account) if isinstance(account, str) else account, operation
        )

    async def _send_on(self, group: TaskGroup) -> None:
        """Send request after request, while any account waits."""
        try:
            while self._ready:
                key = self._ready.popleft()
                calls = _together(self._waiting[key])
                for call, outcome in zip(calls, await self._send(calls), strict=True):
                    account = call.account
                    sent: Sent[AsyncAccount, Any] = Sent(
                        index=call.index,
                        sub=None if account is None else account.sub,
                        account=account,
                        outcome=outcome,
                    )
                    self._count.add(sent)
                    await self.buffer.put(sent)
                if self._waiting[key]:
                    self._ready.append(key)
                else:
                    del self._waiting[key]
        except Exception as error:
            self.fail(error, group)
        finally:
            self._at_work -= 1

    async def _send(self, calls: list[Call]) -> tuple[Outcome[Any], ...]:
        account = calls[0].account
        operations = [each.operation for each in calls]
        self._count.requests += 1
        try:
            if account is not None and len(operations) > 1:
                return await send_in_batches(operations, account.send)
            (operation,) = operations
            answer = await (account or self._client).send_raw(operation)
        except CronofyError as error:
            status = error.status if isinstance(error, APIError) else None
            return tuple(Outcome(each, status, error=error) for each in operations)
        return (Outcome(operation, answer.response.status, answer=answer.value),)


def _together(waiting: deque[Call]) -> list[Call]:
    """Take what goes into one request: the first call, and those right behind that may join it."""
    calls = [waiting.popleft()]
    if calls[0].operation.batchable:
        while waiting and waiting[0].operation.batchable and len(calls) < Batch.most:
            calls.append(waiting.popleft())
    return calls


def check_call(given: Any, kind: type[Any]) -> tuple[Any, Operation[Any]]:
    """
    The account, if any, and the operation of an item.

    Raises:
        InvalidArgumentError: It is no call.
    """
    account, operation = given if isinstance(given, tuple) and len(given) == 2 else (None, given)
    known = account is None and not isinstance(given, tuple)
    if not isinstance(operation, Operation) or not (known or isinstance(account, (str, kind))):
        raise InvalidArgumentError(
            "calls",
            f"have a {type(given).__name__} that is no call",
            "give operations, or pairs of an account and an operation",
        )
    return account, operation


def check_calls(calls: Any, kind: type[Any]) -> None:
    """
    Refuse what cannot be calls, as far as that can be told without going through them.

    Raises:
        InvalidArgumentError: They are no iterable, or a list with something else in it.
    """
    if isinstance(calls, (str, bytes)) or not isinstance(calls, (Iterable, AsyncIterable)):
        raise InvalidArgumentError("calls", f"are a {type(calls).__name__}", "give an iterable")
    if isinstance(calls, (list, tuple)):
        for each in calls:
            check_call(each, kind)


class AsyncSendMany(Generic[T]):
    """
    Many calls: ``async for sent in sending`` gives what came of each, as it is known.

    The calls of one account are sent in their order, one request at a time; those that can be
    put into a batch and are waiting go together, up to 50 in a request. Calls of the
    application have no order. Failures are not raised: ask each, or take its ``result()``.

    Nothing is sent before the first is asked for. Calls are taken from the iterable when
    there is room: while you work, the wire rests. Leave it half-way and it ends; what was under
    way may have been carried out or not. To be able to go on, have it in order: then all calls
    up to the ``index`` you saw are over.
    """

    def __init__(
        self,
        client: AsyncCronofy,
        kind: type[AsyncAccount],
        calls: Source[Any],
        *,
        at_once: int,
        in_order: bool,
        on_progress: Callable[[SendProgress], object] | None,
    ) -> None:
        check_calls(calls, kind)
        runtime = client.driver.runtime
        total = len(calls) if isinstance(calls, Sized) else None
        self._count = _Count(total, runtime.monotonic, on_progress)
        most = at_once * Batch.most
        self._credit = _Credit(most)
        # There are never more than the credit allows, so nobody waits for room in it.
        buffer: Buffer[Sent[AsyncAccount, Any]] = Buffer(most)
        crew = _Senders(client, kind, calls, at_once, self._credit, self._count, buffer)
        self.stream: Stream[Sent[AsyncAccount, Any]] = Stream(crew, client.driver.ahead)
        self._in_order = in_order
        self._next = 0
        self._early: dict[int, Sent[AsyncAccount, Any]] = {}

    @property
    def progress(self) -> SendProgress:
        """How far it is: usable at any time, and in any thread."""
        return self._count.progress

    def __aiter__(self) -> AsyncIterator[Sent[AsyncAccount, T]]:
        return self

    async def __anext__(self) -> Sent[AsyncAccount, T]:
        self.start()
        while self._next not in self._early:
            sent = await self.stream.get()
            if not self._in_order:
                self._credit.give()
                return sent
            self._early[sent.index] = sent
        self._credit.give()
        self._next += 1
        return self._early.pop(self._next - 1)

    def start(self) -> None:
        """Begin, if that is still to be done."""
        self._count.begin()
        self.stream.start()

    async def collect(self) -> list[Sent[AsyncAccount, T]]:
        """All that is left, in the order of the calls."""
        return sorted([each async for each in self], key=lambda each: each.index)

    async def aclose(self) -> None:
        """End the sending, and wait until nothing of it is under way."""
        await self.stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._count.done} calls done>"
