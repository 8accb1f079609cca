"""The callbacks of a test: received, verified, read and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from threading import Condition
from typing import Any, Final, Generic, TypeVar, overload

import anyio.to_thread
import attrs
import pytest

from cronofy_async.callbacks import SIGNATURE_HEADER, Callback, read_callback
from cronofy_async.core.errors import DecodeError, SignatureError

from .report import SHOWN
from .served import CronofySandbox

__all__ = ("CronofyWebhooks", "ReceivedWebhook", "receiving")

C = TypeVar("C", covariant=True)
D = TypeVar("D")

_UNVERIFIED: Final = 401
_PATIENCE: Final = 5.0
"""Seconds for which what should have come is waited for."""
_GLANCE: Final = 0.005
"""Seconds after which is looked again whether the sandbox has taken note of an answer."""


@attrs.frozen(kw_only=True)
class ReceivedWebhook(Generic[C]):
    """
    One callback, verified and read.

    Attributes:
        callback: What it says.
        headers: Its headers, with the signature; to hand it on to your own handler.
        body: The raw bytes of its body, which the signature is of.
        status: What it was answered with.
    """

    callback: C
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    status: int

    @property
    def type(self) -> str | None:
        """The type of its notification, such as ``change``; `None` if it has none."""
        said: Any = getattr(self.callback, "notification", self.callback)
        type_ = getattr(said, "type", None)
        return None if type_ is None else str(type_)


class CronofyWebhooks:
    """
    The callbacks of one test, in the order in which they came; iterating gives them all.

    Verifications of channels are answered by themselves.

    Args:
        sandbox: Whose callbacks they are.
        told: Called with a line about each, for the report of a failure.

    Attributes:
        status: What callbacks are answered with from now on; 200 at first.
        rejected: Why callbacks were not believed. The test fails unless it empties this.
        url: Where they are received; give it to whatever takes a callback URL.
    """

    def __init__(self, sandbox: CronofySandbox, told: Callable[[str], None]) -> None:
        self._sandbox, self._told = sandbox, told
        self._changed = Condition()
        self._received: list[ReceivedWebhook[Callback]] = []
        self._awaited: set[int] = set()
        self.status = 200
        self.rejected: list[str] = []
        self.url = ""

    def __iter__(self) -> Iterator[ReceivedWebhook[Callback]]:
        with self._changed:
            return iter(tuple(self._received))

    def __len__(self) -> int:
        return len(self._received)

    # Receiving -----------------------------------------------------------------------

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Verify a callback, read it and keep it; returns the status of the answer."""
        with self._sandbox.sandbox.lock:
            secrets = tuple(self._sandbox.sandbox.application.secrets)
        try:
            callback = read_callback(body, headers.get(SIGNATURE_HEADER), secrets)
        except (SignatureError, DecodeError) as error:
            self.rejected.append(str(error))
            self._told(f"{_UNVERIFIED}  not believed: {error}")
            return _UNVERIFIED
        received = ReceivedWebhook(
            callback=callback, headers=headers, body=body, status=self.status
        )
        self._told(f"{received.status}  {received.type or type(callback).__name__}")
        with self._changed:
            self._received.append(received)
            self._changed.notify_all()
        return received.status

    # Waiting -------------------------------------------------------------------------

    @overload
    def wait_for(self, kind: str, timeout: float = _PATIENCE) -> ReceivedWebhook[Callback]: ...
    @overload
    def wait_for(self, kind: type[D], timeout: float = _PATIENCE) -> ReceivedWebhook[D]: ...

    def wait_for(self, kind: Any, timeout: float = _PATIENCE) -> ReceivedWebhook[Any]:
        """
        Wait for a callback, and give the first of its kind that was not waited for before.

        What the sandbox would do within *timeout* seconds it does at once: its clock moves
        on to whatever is due. Your application's clock does not.

        Args:
            kind: The type of a notification, such as ``change``, or a class of
                `cronofy_async.callbacks`.
            timeout: Seconds, of the sandbox's clock and of yours.

        Raises:
            pytest.fail.Exception: None came; it says what did.
        """
        __tracebackhide__ = True
        found = self._until(lambda: self._next(kind), timeout)
        if found is None:
            came = ", ".join(each.type or type(each.callback).__name__ for each in self)
            named = kind if isinstance(kind, str) else kind.__name__
            pytest.fail(
                f"no callback {named} came to {self.url} within {timeout} s; "
                f"what came: {came or 'nothing'}"
            )
        return found

    @overload
    async def wait_for_async(
        self, kind: str, timeout: float = _PATIENCE
    ) -> ReceivedWebhook[Callback]: ...
    @overload
    async def wait_for_async(
        self, kind: type[D], timeout: float = _PATIENCE
    ) -> ReceivedWebhook[D]: ...

    async def wait_for_async(self, kind: Any, timeout: float = _PATIENCE) -> ReceivedWebhook[Any]:
        """The same as `wait_for`, for tests whose event loop has something else to do."""
        return await anyio.to_thread.run_sync(lambda: self.wait_for(kind, timeout))

    def settle(self, seconds: float = _PATIENCE) -> None:
        """
        Let everything come that is due within so many seconds: nothing more is on its way then.

        The sandbox's clock moves on to the last of it.

        Raises:
            pytest.fail.Exception: Something was still on its way after so many seconds.
        """
        __tracebackhide__ = True
        if self._until(lambda: True if self._is_quiet(seconds) else None, seconds) is None:
            pytest.fail(f"callbacks were still on their way after {seconds} s")

    def _until(self, look: Callable[[], D | None], timeout: float) -> D | None:
        """Wait until *look* finds something, with the clock moving on to what is due."""
        give_up = time.monotonic() + timeout
        clock = self._sandbox.clock
        last = clock.now().timestamp() + timeout
        with self._changed:
            while (found := look()) is None:
                left = give_up - time.monotonic()
                if left <= 0:
                    return None
                if not self._move_on(last):
                    self._changed.wait(min(left, _GLANCE))
        return found

    def _next(self, kind: Any) -> ReceivedWebhook[Any] | None:
        for number, each in enumerate(self._received):
            fits = each.type == kind if isinstance(kind, str) else isinstance(each.callback, kind)
            if fits and number not in self._awaited:
                self._awaited.add(number)
                return each
        return None

    def _move_on(self, last: float) -> bool:
        """Move the clock to what is due next, unless that is too late or something is under way."""
        sandbox = self._sandbox.sandbox
        with sandbox.lock:
            if self._under_way():
                return False
            due = sandbox.world.seconds_to_next()
            if not due or sandbox.world.clock.time() + due > last:
                return False
            self._sandbox.clock.advance(due)
            return True

    def _is_quiet(self, seconds: float) -> bool:
        with self._sandbox.sandbox.lock:
            due = self._sandbox.sandbox.world.seconds_to_next()
            return not self._under_way() and (due is None or due > seconds)

    def _under_way(self) -> bool:
        return any(each.state == "on its way" for each in self._sandbox.sandbox.world.outbox.open())


@contextmanager
def receiving(item: pytest.Item, sandbox: CronofySandbox) -> Generator[CronofyWebhooks]:
    """
    Receive the callbacks of one test.

    Raises:
        pytest.fail.Exception: At the end, if there were some that are not to be believed.
    """
    webhooks = CronofyWebhooks(sandbox, item.stash[SHOWN].callbacks.append)
    webhooks.url = sandbox.server.receiver.open(item.nodeid, webhooks.take)
    yield webhooks
    if webhooks.rejected:
        pytest.fail(
            "callbacks came that are not to be believed: " + "; ".join(webhooks.rejected),
            pytrace=False,
        )
