"""The receiver for applications that await."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from http import HTTPStatus
from inspect import isawaitable
from typing import Any, Self, TypeAlias

import anyio

from ..callbacks import Callback, Secrets
from ..client.owned import launch
from ..client.runtime import Runtime, checkpoint
from .inbox import Inbox, Waiting
from .intake import Headers, Intake, RefusedError, Unfinished, log
from .limits import WebhookLimits

__all__ = ("AsyncWebhookReceiver",)

Read: TypeAlias = Callable[[], Awaitable[bytes]]
"""Gives the next bytes of a body as they come, few or many; none at its end."""


class AsyncWebhookReceiver:
    """
    Checks callbacks, answers them in time, and hands them to your function after the answer.

    What a callback says is verified, but it is a hint, not a fact to act on: Cronofy signs
    no time, so that anybody who saw a callback can send it again, and one may come late,
    twice or never. When a channel tells of a change, read from where you stopped reading;
    its `changes_since` is only where Cronofy would begin. Your function is to be one
    that does no harm when it is called again.

    Callbacks of a channel are handled one after the other, in the order in which they
    came; so are all those that belong to no channel. Changes of a channel that come
    while one waits become one, with the earliest `changes_since`; so does what comes
    twice.

    Use it as ``async with receiver``, or call `aclose` in the end. It belongs to one event loop.

    Args:
        secrets: The client secret, or several while one replaces the other.
        handle: Is given each callback, of whatever kind, those included that this version does
            not know.
        limits: How much is taken, and how long.
        on_unfinished: Is given each callback that was answered but not handled, and what the
            handler raised, or `None` if it was not called to the end before the receiver
            was closed. It may be a coroutine function. The log is told in any case.
        runtime: The clock, and how to wait.

    Raises:
        InvalidArgumentError: There is no secret, or one is malformed.

    Source: /developers/api/push-notifications/
    """

    def __init__(
        self,
        secrets: Secrets,
        handle: Callable[[Callback], Awaitable[object]],
        *,
        limits: WebhookLimits | None = None,
        on_unfinished: Unfinished | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._limits = limits or WebhookLimits()
        self._intake = Intake(secrets, self._limits)
        self._inbox = Inbox(self._limits)
        self._handle, self._on_unfinished = handle, on_unfinished
        self._runtime = runtime or Runtime()
        self._flights: set[Callable[[], Awaitable[None]]] = set()
        self._handling: set[anyio.CancelScope] = set()
        self._timer: anyio.CancelScope | None = None

    # Receiving -----------------------------------------------------------------------

    async def receive(self, method: str, headers: Headers, read: Read) -> HTTPStatus:
        """
        Take one request.

        Args:
            method: Its method.
            headers: Its headers, as a mapping or as pairs.
            read: Reads on in its body: awaits some bytes, and gives none at the end; an `OSError`
                says that the client is gone. It is not called again after a refusal.

        Returns:
            The status to answer with at once: 200; 405, 415, 413 or 408 for a request that
            was not read to its end, after which the connection is to be closed; 401 for
            one that is not signed with our secret; 400 for no JSON, or half a body; 503 if
            there is no room, or the receiver is closed.
        """
        try:
            head = self._intake.head(method, headers)
            body = await self._read(read)
            callback = self._intake.end(head, body)
            if not self._inbox.put(callback, body, self._runtime.monotonic()):
                raise self._intake.full()
        except RefusedError as refusal:
            return self._intake.refused(refusal)
        self._go_on()
        return HTTPStatus.OK

    async def _read(self, read: Read) -> bytes:
        body = bytearray()
        try:
            with anyio.move_on_after(self._limits.deadline):
                while chunk := await read():
                    self._intake.add(body, chunk)
                return bytes(body)
        except OSError:
            raise self._intake.broken() from None
        raise self._intake.late()

    # Handing over --------------------------------------------------------------------

    def _go_on(self) -> None:
        """Have handled what is due, and the rest when it is."""
        now = self._runtime.monotonic()
        while (taken := self._inbox.take(now)) is not None:
            self._launch(partial(self._hand_over, taken))
        if self._timer is not None:
            return
        seconds = self._inbox.seconds_to_next(now)
        if seconds is not None:
            self._timer = anyio.CancelScope()
            self._launch(partial(self._wait, self._timer, seconds))

    def _launch(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        flight = launch(work, lambda: self._flights.discard(flight))
        self._flights.add(flight)

    async def _wait(self, timer: anyio.CancelScope, seconds: float) -> None:
        try:
            with timer:
                await self._runtime.sleep(seconds)
        finally:
            self._timer = None
        self._go_on()

    async def _hand_over(self, taken: Waiting) -> None:
        is_done = False
        scope = anyio.CancelScope()
        self._handling.add(scope)
        try:
            with scope:
                await self._try(taken.callback)
                is_done = True
        finally:
            self._handling.discard(scope)
            self._inbox.release(taken, is_done=is_done)
        if is_done:
            self._go_on()

    async def _try(self, callback: Callback) -> None:
        try:
            await self._handle(callback)
        except Exception as error:
            await self._give_up(callback, error)

    async def _give_up(self, callback: Callback, error: Exception | None) -> None:
        log.error("a callback was not handled: %s", type(callback).__name__, exc_info=error)
        if self._on_unfinished is not None:
            try:
                given = self._on_unfinished(callback, error)
                if isawaitable(given):
                    await given
            except Exception as raised:
                log.error("a hook raised %s", type(raised).__name__, exc_info=raised)

    # Closing -------------------------------------------------------------------------

    async def aclose(self) -> None:
        """
        Take nothing any more, and hand over at once what waits.

        What is not handled in the time that the limits give is cancelled, and given to
        *on_unfinished*. Closing twice does nothing.
        """
        self._inbox.close()
        if self._timer is not None:
            self._timer.cancel()
        self._go_on()
        try:
            with anyio.move_on_after(self._limits.closing):
                await self._landed()
        finally:
            for scope in self._handling:
                scope.cancel()
            with anyio.CancelScope(shield=True):
                await self._landed()
                for callback in self._inbox.clear():
                    await self._give_up(callback, None)

    async def _landed(self) -> None:
        while self._flights:
            await next(iter(self._flights))()
            # One that is over lands a turn of the loop later.
            await checkpoint()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
