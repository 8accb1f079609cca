"""The receiver for applications that do not await."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from http import HTTPStatus
from threading import Condition, Thread
from typing import Final, Self, TypeAlias
from weakref import WeakSet

from ..callbacks import Callback, Secrets
from ..client.runtime import Runtime
from .inbox import Inbox, Waiting
from .intake import Headers, Intake, RefusedError, Unfinished, log
from .limits import WebhookLimits

__all__ = ("WebhookReceiver",)

Read: TypeAlias = Callable[[float], bytes]
"""
Gives the next bytes of a body as they come, few or many; none at its end.

It is told how many seconds it may take, and raises `TimeoutError` after them.
"""

_PATIENCE: Final = 2.0
"""Seconds for which an idle thread may take to end."""


class WebhookReceiver:
    """
    Checks callbacks, answers them in time, and hands them to your function after the answer.

    It is for applications that do not await, and otherwise as `AsyncWebhookReceiver`: read
    there what a callback is worth, and in which order they are handled. Your function is
    called in threads of the receiver, which begin with the first callback: a server that
    makes its worker processes by forking may make the receiver before. When the
    interpreter exits, an open receiver is closed. Threads may share it.

    Use it as ``with receiver``, or call `close` in the end.

    Args:
        secrets: The client secret, or several while one replaces the other.
        handle: Is given each callback, of whatever kind, those included that this version does
            not know.
        limits: How much is taken, and how long.
        on_unfinished: Is given each callback that was answered but not handled, and what the
            handler raised, or `None` if it had not come to its end when the receiver was
            closed. The log is told in any case.
        runtime: The clock.

    Raises:
        InvalidArgumentError: There is no secret, or one is malformed.

    Source: /developers/api/push-notifications/
    """

    def __init__(
        self,
        secrets: Secrets,
        handle: Callable[[Callback], object],
        *,
        limits: WebhookLimits | None = None,
        on_unfinished: Unfinished | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._limits = limits or WebhookLimits()
        self._intake = Intake(secrets, self._limits)
        self._handle, self._on_unfinished = handle, on_unfinished
        self._monotonic = (runtime or Runtime()).monotonic
        self._begin()
        _receivers.add(self)

    def _begin(self) -> None:
        self._changed = Condition()
        self._inbox = Inbox(self._limits)
        self._threads: list[Thread] = []
        self._idle = 0

    # Receiving -----------------------------------------------------------------------

    def receive(self, method: str, headers: Headers, read: Read) -> HTTPStatus:
        """
        Take one request.

        Args:
            method: Its method.
            headers: Its headers, as a mapping or as pairs.
            read: Reads on in its body, for so many seconds at most: gives some bytes, and none
                at the end; a `TimeoutError` says that none came, another `OSError` that the
                client is gone. It is not called again after a refusal.

        Returns:
            The status to answer with at once; see `AsyncWebhookReceiver.receive`.
        """
        try:
            head = self._intake.head(method, headers)
            body = self._read(read)
            callback = self._intake.end(head, body)
            with self._changed:
                if not self._inbox.put(callback, body, self._monotonic()):
                    raise self._intake.full()
                self._staff()
                self._changed.notify()
        except RefusedError as refusal:
            return self._intake.refused(refusal)
        return HTTPStatus.OK

    def _read(self, read: Read) -> bytes:
        give_up_at = self._monotonic() + self._limits.deadline
        body = bytearray()
        while (left := give_up_at - self._monotonic()) > 0:
            try:
                chunk = read(left)
            except TimeoutError:
                break
            except OSError:
                raise self._intake.broken() from None
            if not chunk:
                return bytes(body)
            self._intake.add(body, chunk)
        raise self._intake.late()

    # Handing over --------------------------------------------------------------------

    def _staff(self) -> None:
        """Have somebody wait for what is due next."""
        if self._idle or self._inbox.is_closed or len(self._threads) >= self._limits.concurrent:
            return
        if not self._threads:
            atexit.register(self.close)
        # A daemon: at the exit the interpreter would otherwise wait for it before it tells us.
        thread = Thread(target=self._work, name="cronofy webhooks", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            try:
                self._handle(taken.callback)
            except Exception as error:
                self._give_up(taken.callback, error)
            finally:
                with self._changed:
                    self._inbox.release(taken)
                    self._changed.notify_all()

    def _next(self) -> Waiting | None:
        """Wait for what is to be handled next; nothing once all is done and the receiver closed."""
        with self._changed:
            while (taken := self._inbox.take(self._monotonic())) is None:
                if self._inbox.is_closed and not self._inbox.is_waiting:
                    return None
                self._idle += 1
                self._changed.wait(self._inbox.seconds_to_next(self._monotonic()))
                self._idle -= 1
            if self._inbox.is_waiting:
                self._staff()
            return taken

    def _give_up(self, callback: Callback, error: Exception | None) -> None:
        log.error("a callback was not handled: %s", type(callback).__name__, exc_info=error)
        if self._on_unfinished is not None:
            try:
                self._on_unfinished(callback, error)
            except Exception as raised:
                log.error("a hook raised %s", type(raised).__name__, exc_info=raised)

    # Closing -------------------------------------------------------------------------

    def close(self) -> None:
        """
        Take nothing any more, and hand over at once what waits.

        What is not handled in the time that the limits give is given to *on_unfinished*;
        a handler that still runs then cannot be stopped, and may yet end well. Closing
        twice does nothing.
        """
        with self._changed:
            if self._inbox.is_closed:
                return
            self._inbox.close()
            self._changed.notify_all()
            is_done = self._changed.wait_for(lambda: not self._inbox, self._limits.closing)
            left = self._inbox.clear()
            self._changed.notify_all()
            threads, self._threads = self._threads, []
        for callback in left:
            self._give_up(callback, None)
        if is_done:
            for thread in threads:
                thread.join(_PATIENCE)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_receivers: Final[WeakSet[WebhookReceiver]] = WeakSet()


def _begin_anew() -> None:
    # Threads do not live on in a child, and what waits is the parent's.
    for receiver in _receivers:
        receiver._begin()  # noqa: SLF001  # of this module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
