"""Carrying out exchanges: the only part of the client that waits."""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

import anyio

from ..core.budget import RetryBudget
from ..core.errors import (
    CronofyError,
    Failure,
    InvalidArgumentError,
    RateLimitError,
    TransportError,
    TransportTimeoutError,
)
from ..core.exchange import Answer, exchange, interrupted
from ..core.hosts import Hosts
from ..core.operation import Operation
from ..core.transport import Transport, load_transport
from ..core.wire import Request, Response
from .credentials import Credentials
from .flights import Flight
from .homes import Home
from .limits import Limits
from .options import USER_AGENT, Options
from .pacing import Pacer
from .runtime import Runtime, on_trio
from .service_clock import ServiceClock

__all__ = ("Driver", "Plug")

T = TypeVar("T")

_PATIENCE: Final = 2.0
"""Seconds for which closing waits for an exchange of tokens."""


class Driver:
    """
    Sends what exchanges ask for, over one transport.

    Args:
        hosts: Where requests go.
        transport: An HTTP plug, which its maker closes; or the name of one, or `None`
            for the one that fits the running event loop: it is made at the first send
            and closed with the client.
        runtime: Time and chance.
        pacer: Holds requests back that are too many; `None` holds back none.
        budget: What retries are paid from; `None` if they cost nothing.
    """

    def __init__(
        self,
        hosts: Hosts,
        transport: Transport | str | None,
        runtime: Runtime,
        pacer: Pacer | None = None,
        budget: RetryBudget | None = None,
    ) -> None:
        self.hosts: Hosts = hosts
        self.runtime: Runtime = runtime
        self.plug: Plug = Plug(transport)
        # The collector of garbage, should it come to a client in a circle, must not come to
        # its connections as well, as they complain: they are let go after that.
        weakref.finalize(self, _let_go, self.plug).atexit = False
        self.clock: ServiceClock = ServiceClock(runtime.monotonic)
        """What time it is at the service."""
        self.under_way: set[Callable[[], Awaitable[Any]]] = set()
        """Work of the client's own that must not be cut off."""
        self.ahead: set[Flight[Any]] = set()
        """Requests sent ahead, which closing cuts off."""
        self.pacer: Pacer | None = pacer
        self._home = Home()
        self._budget = budget

    @property
    def concurrent(self) -> int:
        """How many requests may be under way at once; by default where nothing limits them."""
        return (Limits() if self.pacer is None else self.pacer.limits).concurrent

    async def run(
        self,
        operation: Operation[T],
        credentials: Credentials,
        options: Options,
        *,
        request: Request | None = None,
        read: Callable[[Response], Any] | None = None,
        is_patient: bool = False,
    ) -> Answer[T]:
        """
        Carry out one operation.

        Args:
            operation: The call.
            credentials: Whose it is.
            options: Its timeout, retries and headers.
            request: Sent in place of the operation's own: a further page of its answer.
            read: Reads a good answer in place of the operation.
            is_patient: Whether waiting for the quota takes nothing from the timeout.

        Raises:
            CronofyError: Whatever of the tree in `cronofy_async.core.errors` befell it.
            RuntimeError: The client is in use in another event loop.
        """
        if self._home.enter():
            self._move()
        began = self.runtime.monotonic()
        try:
            return await self._run(
                operation, credentials, options, began + options.timeout, request, read, is_patient
            )
        except CronofyError as error:
            error.elapsed = self.runtime.monotonic() - began
            if self.pacer is not None and isinstance(error, RateLimitError):
                await self.pacer.slow_down(error.retry_after or 0.0)
            raise

    async def _run(
        self,
        operation: Operation[T],
        credentials: Credentials,
        options: Options,
        deadline: float,
        request: Request | None,
        read: Callable[[Response], Any] | None,
        is_patient: bool,
    ) -> Answer[T]:
        runtime, pacer = self.runtime, self.pacer

        def remaining() -> float:
            return deadline - runtime.monotonic()

        if not credentials.at_hand:
            await self._in_time(credentials.prepare(), remaining())
        history: list[Failure] = []
        flow = exchange(
            operation,
            options.retry,
            draw=runtime.draw,
            now=runtime.now,
            remaining=remaining,
            renewable=credentials.renewable,
            borrowed=lambda: credentials.borrowed,
            request=request,
            read=read,
            budget=self._budget,
            is_patient=is_patient,
            history=history,
        )
        sent: Request | None = None
        try:
            send = next(flow)
            while True:
                self._go_on(history)
                if send.for_quota and pacer is not None:
                    await pacer.slow_down(send.after)
                if send.after:
                    await runtime.sleep(send.after)
                    if send.for_quota and is_patient:
                        deadline += send.after
                    self._go_on(history)
                base = (
                    sent if send.renew and sent is not None else self._dress(send.request, options)
                )
                work = credentials.authenticate(operation, base, renew=send.renew)
                at_once = credentials.at_hand and not send.renew
                try:
                    sent = await (work if at_once else self._in_time(work, remaining()))
                except CronofyError as error:
                    if not history:
                        raise
                    raise interrupted(error, history) from error
                wire = self.hosts.resolve(sent, operation.host)
                try:
                    if pacer is None:
                        response = await self._send(wire, remaining())
                    else:
                        if not pacer.try_acquire():
                            waiting = pacer.acquire(credentials.account)
                            deadline += await self._acquire(waiting, remaining(), is_patient)
                        try:
                            response = await self._send(wire, remaining())
                        finally:
                            pacer.release()
                except TransportError as error:
                    send = flow.throw(error)
                else:
                    if not self.clock.is_set:
                        self.clock.note(response)
                    send = flow.send(response)
        except StopIteration as stop:
            answer: Answer[T] = stop.value
            return answer
        finally:
            flow.close()

    def _go_on(self, history: list[Failure]) -> None:
        """End a call whose client was closed during it; it tells of what was sent."""
        if history and self.plug.is_closed:
            raise interrupted(self.plug.error(), history)

    def _move(self) -> None:
        """Forget what was under way in a loop that is left."""
        self.ahead.clear()
        if self.pacer is not None:
            self.pacer = self.pacer.anew()

    def _dress(self, request: Request, options: Options) -> Request:
        headers = {"accept": "application/json", "user-agent": USER_AGENT, **options.headers}
        return request.with_headers(headers)

    async def _send(self, request: Request, timeout: float) -> Response:
        if timeout <= 0:
            raise _unsent("the time for this call is over", request)
        return await self.plug.transport().send(request, timeout=timeout)

    async def _in_time(self, work: Awaitable[T], seconds: float, awaited: str = "its token") -> T:
        """Wait for work that may take long, but no longer than the call may take."""
        try:
            with anyio.fail_after(max(seconds, 0)):
                return await work
        except TimeoutError:
            raise _unsent(f"the time for this call was over before {awaited} was there") from None

    async def _acquire(self, work: Awaitable[None], seconds: float, is_patient: bool) -> float:
        """Wait for the quota; the seconds by which that delays the deadline."""
        if not is_patient:
            await self._in_time(work, seconds, "its share of the quota")
            return 0.0
        began = self.runtime.monotonic()
        await work
        return self.runtime.monotonic() - began

    async def aclose(self) -> None:
        """
        Close the transport if it is ours. Closing twice does nothing.

        Pages that were asked for ahead are given up.

        An exchange of tokens that is under way is waited for, as its answer cannot be
        asked for twice; but for two seconds at the most.
        """
        if not self._home.is_elsewhere:
            for page in list(self.ahead):
                await page.end()
            with anyio.move_on_after(_PATIENCE, shield=True):
                for flight in list(self.under_way):
                    with suppress(Exception):
                        await flight()
        await self.plug.aclose()


class Plug:
    """
    The transport: one that was given, which its maker closes, or one of our own.

    Raises:
        InvalidArgumentError: What was given is no transport.
    """

    def __init__(self, transport: Transport | str | None) -> None:
        self._name = transport if isinstance(transport, str) else None
        self._foreign: Transport | None = None
        if transport is not None and not isinstance(transport, str):
            if isinstance(transport, type) or not isinstance(transport, Transport):
                raise InvalidArgumentError(
                    "transport",
                    "has no send and aclose of its own",
                    "give an instance of a transport, or the name of an installed one",
                )
            self._foreign = transport
        self._own: Transport | None = None
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closed

    def error(self) -> CronofyError:
        """What is raised then."""
        return CronofyError("the client is closed: make a new one")

    def transport(self) -> Transport:
        """The transport, made when it is first needed."""
        if self._closed:
            raise self.error()
        if self._foreign is not None:
            return self._foreign
        if self._own is None:
            self._own = load_transport(self._name or _fitting())()
        return self._own

    async def aclose(self) -> None:
        """Close our own transport."""
        self._closed = True
        own, self._own = self._own, None
        if own is not None:
            await own.aclose()


def _let_go(_: Plug) -> None:
    """Hold a transport no longer; those of ours then have their loop close them."""


def _unsent(message: str, request: Request | None = None) -> TransportTimeoutError:
    error = TransportTimeoutError(message, request)
    error.was_sent = False
    return error


def _fitting() -> str:
    # aiohttp knows only asyncio; httpx2 is the transport that runs on trio.
    return "httpx2" if on_trio() else "aiohttp"
