"""
The same client for code that does not await.

One background thread runs one event loop for the whole process; every `Cronofy`
shares it. A call hands one coroutine over and waits for its result; a pager does so
once for each page, not for each entry.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .client.clients import AsyncAccount, AsyncCronofy
from .client.driver import Plug
from .client.endpoints import AccountEndpoints, ApplicationEndpoints, Caller
from .client.pacing import Limits
from .client.pagers import Pager
from .client.runtime import Runtime
from .client.tokens import Tokens, TokenStore
from .core.errors import ReauthorizationRequiredError, TokenStoreError
from .core.exchange import Answer, RetryPolicy
from .core.operation import Operation
from .core.paging import PagedOperation
from .core.secret import Secret
from .core.transport import Transport
from .core.unset import UNSET, Unset

if TYPE_CHECKING:
    from .models.authorization import TokenSet
    from .models.batch import Outcome

__all__ = ("Account", "Cronofy")

T = TypeVar("T")


class _Bridge:
    """The background loop, and the way into it from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0
        self._over = False

    def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the background loop and wait for its result."""
        _refuse_inside_loop()
        if self._over:
            raise RuntimeError("the interpreter is shutting down: nothing can be sent any more")
        loop = self._running()
        # A bare lock: an Event is a lock within a condition that has another.
        done = threading.Lock()
        done.acquire()
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            task = loop.create_task(work())
            tasks.append(task)
            task.add_done_callback(over)

        def over(_: asyncio.Task[T]) -> None:
            done.release()

        loop.call_soon_threadsafe(start)
        try:
            done.acquire()
        except BaseException:
            # Ctrl-C in the waiting thread: what it waited for must not go on unseen.
            loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])
            done.acquire(timeout=2.0)
            raise
        return tasks[0].result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                # After a fork only the forking thread lives on: the loop's is gone.
                self._loop, self._pid = self._start(), os.getpid()
            return self._loop

    def _start(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="cronofy_async", daemon=True)
        thread.start()
        self._thread = thread
        return loop

    def soon(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine on the background loop, if there is one, without waiting for it."""
        loop = self._loop
        if loop is not None and self._pid == os.getpid():
            loop.call_soon_threadsafe(lambda: loop.create_task(work()))

    def stop(self) -> None:
        """End the loop and its thread, once and for all; what it does may finish in a second."""
        with self._lock:
            self._over = True
            loop, self._loop = self._loop, None
            if loop is None or self._pid != os.getpid():
                return
        asyncio.run_coroutine_threadsafe(_quiesce(), loop)
        self._thread.join(timeout=2.0)
        if not self._thread.is_alive():
            loop.close()


async def _quiesce() -> None:
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=1.0)
    loop.call_soon(loop.stop)


def _refuse_inside_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "Cronofy blocks, and this thread runs an event loop that it would freeze: "
        "use AsyncCronofy here"
    )


_bridge = _Bridge()
atexit.register(_bridge.stop)


def _close(bridge: _Bridge, plug: Plug) -> None:
    """Close the connections of a client that nobody closed, be it at the interpreter's exit."""
    # Without waiting: whoever collects garbage may be any thread, the loop's own included.
    bridge.soon(plug.aclose)


A = TypeVar("A", AsyncAccount, AsyncCronofy)


class _Blocking(Caller, Generic[A]):
    """Sends operations through the async client of the same kind."""

    def __init__(self, client: A) -> None:
        self._async: A = client

    def send(self, operation: Operation[T]) -> T:
        """
        Send one operation and give its answer; every method of this class does this.

        Raises:
            CronofyError: Whatever of its kinds befell the call.
            RuntimeError: This thread runs an event loop: use `AsyncCronofy` there.
        """
        return self.send_raw(operation).value

    def send_raw(self, operation: Operation[T]) -> Answer[T]:
        """
        Send one operation and give its answer together with the HTTP response.

        ``answer.response.json()`` shows keys that this version does not know.
        """
        return _bridge.call(lambda: self._async.send_raw(operation))

    def read(self, operation: PagedOperation[T]) -> Pager[T]:
        """Make a pager over the entries of a paged operation; nothing is sent yet."""
        return Pager(self._async.read(operation), _bridge.call)

    def build_url(self, operation: Operation[None]) -> str:
        """Make the URL of an operation that a browser carries out."""
        return self._async.build_url(operation)

    def __repr__(self) -> str:
        return repr(self._async).replace("Async", "", 1)


class Account(AccountEndpoints, _Blocking[AsyncAccount]):
    """
    One account, as seen by the application; made by `Cronofy.account`.

    It has the methods of `AsyncAccount`, which block instead of being awaited.
    """

    def send_all(self, operations: Iterable[Operation[T]]) -> tuple[Outcome[T], ...]:
        """Send any number of batchable operations; see `AsyncAccount.send_all`."""
        return _bridge.call(lambda: self._async.send_all(operations))

    @property
    def tokens(self) -> Tokens:
        """The tokens as they are now; store them when the view was made with explicit ones."""
        return self._async.tokens

    def with_options(
        self,
        *,
        timeout: float | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Account:
        """The same account with other options; see `Cronofy.with_options`."""
        changed = self._async.with_options(timeout=timeout, retry=retry, headers=headers)
        return Account(changed)


class Cronofy(ApplicationEndpoints, _Blocking[AsyncCronofy]):
    """
    The application, for code that does not await.

    It takes the arguments of `AsyncCronofy` and has its methods, which block. Use it as
    ``with Cronofy(...) as cronofy``, or call `close` in the end. Threads may share it.

    Raises:
        InvalidArgumentError: A setting is malformed.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | Secret | None = None,
        *,
        data_center: str | None = None,
        api_url: str | None = None,
        app_url: str | None = None,
        admin_api_key: str | Secret | None = None,
        token_store: TokenStore | None = None,
        on_needs_reauth: Callable[[ReauthorizationRequiredError], Any] | None = None,
        on_store_error: Callable[[TokenStoreError], Any] | None = None,
        transport: Transport | str | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        limits: Limits | Unset | None = UNSET,
        runtime: Runtime | None = None,
    ) -> None:
        client = AsyncCronofy(
            client_id,
            client_secret,
            data_center=data_center,
            api_url=api_url,
            app_url=app_url,
            admin_api_key=admin_api_key,
            token_store=token_store,
            on_needs_reauth=on_needs_reauth,
            on_store_error=on_store_error,
            transport=transport,
            timeout=timeout,
            retry=retry,
            headers=headers,
            limits=limits,
            runtime=runtime,
        )
        super().__init__(client)
        # The driver is what accounts and copies share: the last of them to go closes it.
        weakref.finalize(client.driver, _close, _bridge, client.driver.plug)

    def account(
        self,
        sub: str | None = None,
        *,
        access_token: str | Secret | None = None,
        refresh_token: str | Secret | None = None,
    ) -> Account:
        """A view of one account; see `AsyncCronofy.account`."""
        account = self._async.account(sub, access_token=access_token, refresh_token=refresh_token)
        return Account(account)

    def keep_tokens(self, answer: TokenSet, sub: str | None = None) -> Account:
        """Put the tokens of a new consent into the store; see `AsyncCronofy.keep_tokens`."""
        return Account(_bridge.call(lambda: self._async.keep_tokens(answer, sub)))

    def with_options(
        self,
        *,
        timeout: float | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Self:
        """
        The same client with other options; it shares connections, quota and tokens.

        Args:
            timeout: Seconds for one call.
            retry: When a request is sent again.
            headers: Added to the headers there are already.
        """
        copy = object.__new__(type(self))
        copy._async = self._async.with_options(timeout=timeout, retry=retry, headers=headers)
        return copy

    def close(self) -> None:
        """Close the connections. Closing twice does nothing."""
        _bridge.call(self._async.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
