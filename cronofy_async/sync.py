"""
The same client for code that does not await.

One background thread runs one event loop for the whole process; every `Cronofy`
shares it. A call hands one coroutine over and waits for its result; a pager does so
once for each page, not for each entry.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar

from .client.bridge import Bridge, Call
from .client.clients import AsyncAccount, AsyncCronofy
from .client.driver import Plug
from .client.endpoints import AccountEndpoints, ApplicationEndpoints, Caller
from .client.options import secret
from .client.pacing import Limits, Quota
from .client.pagers import Pager
from .client.runtime import Runtime
from .client.sharing import QuotaStore
from .client.tokens import Tokens, TokenStore
from .core.budget import RetryBudget
from .core.errors import ReauthorizationRequiredError, TokenStoreError
from .core.exchange import Answer, RetryPolicy
from .core.operation import Operation
from .core.paging import PagedOperation
from .core.secret import Secret
from .core.transport import Transport
from .core.unset import UNSET, Unset

if TYPE_CHECKING:
    from datetime import timedelta

    from .client.fanout.blocking import FanOut, SendMany
    from .client.fanout.outcomes import Progress
    from .client.fanout.writes import AsyncSendMany, SendProgress
    from .client.searches import AvailabilitySearch
    from .models.authorization import TokenSet
    from .models.availability_search import SearchAvailability
    from .models.batch import Outcome

__all__ = ("Account", "Cronofy")

T = TypeVar("T")

_bridge = Bridge()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_bridge.begin_anew)


def _close(bridge: Bridge, plug: Plug) -> None:
    """Close the connections of a client that nobody closed."""
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

    @property
    def unblocked(self) -> A:
        """The async client behind this one; it is used on the background loop, by `call`."""
        return self._async

    @property
    def call(self) -> Call:
        """Runs a coroutine on the background loop and waits for its result."""
        return _bridge.call

    def read(self, operation: PagedOperation[T]) -> Pager[T]:
        """Make a pager over the entries of a paged operation; nothing is sent yet."""
        return Pager(self._async.read(operation), _bridge.call)

    def search(self, search: SearchAvailability) -> AvailabilitySearch:
        """Make a search for free time; nothing is sent yet."""
        from .client.searches import AvailabilitySearch

        return AvailabilitySearch(self._async.search(search), _bridge.call)

    def build_url(self, operation: Operation[None]) -> str:
        """Make the URL of an operation that a browser carries out."""
        return self._async.build_url(operation)

    def __repr__(self) -> str:
        # A traceback may show a client that could not be made.
        inner = getattr(self, "_async", None)
        return repr(inner).replace("Async", "", 1) if inner else f"<{type(self).__name__}>"


class Account(AccountEndpoints, _Blocking[AsyncAccount]):
    """
    One account, as seen by the application; made by `Cronofy.account`.

    It has the methods of `AsyncAccount`, which block instead of being awaited.
    """

    def send_all(self, operations: Iterable[Operation[T]]) -> tuple[Outcome[T], ...]:
        """Send any number of batchable operations; see `AsyncAccount.send_all`."""
        return _bridge.call(lambda: self._async.send_all(operations))

    @property
    def sub(self) -> str | None:
        """The account's id, if the view was made with it."""
        return self._async.sub

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


def _inner(given: Any) -> Any:
    """What the async client is given for a view, or for a call of one."""
    if isinstance(given, Account):
        return given._async  # noqa: SLF001  # of this module
    if isinstance(given, tuple):
        return tuple(_inner(each) for each in given)
    return given


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
        quota_store: QuotaStore | None = None,
        retry_budget: RetryBudget | Unset | None = UNSET,
        runtime: Runtime | None = None,
    ) -> None:
        # As text, they would be seen in a traceback with local variables.
        client_secret = secret("client_secret", client_secret)
        admin_api_key = secret("admin_api_key", admin_api_key)
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
            quota_store=quota_store,
            retry_budget=retry_budget,
            runtime=runtime,
        )
        super().__init__(client)
        # The driver is what accounts and copies share: the last of them to go closes it.
        weakref.finalize(client.driver, _close, _bridge, client.driver.plug).atexit = False
        # At the interpreter's exit that is done in its turn.
        _bridge.adopt(client.driver.plug)

    @property
    def quota(self) -> Quota | None:
        """Where this client stands with the service's quota; `None` without limits."""
        return self._async.quota

    def account(
        self,
        sub: str | None = None,
        *,
        access_token: str | Secret | None = None,
        refresh_token: str | Secret | None = None,
    ) -> Account:
        """A view of one account; see `AsyncCronofy.account`."""
        access_token = secret("access_token", access_token)
        refresh_token = secret("refresh_token", refresh_token)
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

    def read_many(
        self,
        operation: PagedOperation[T],
        accounts: Iterable[Account | str],
        *,
        windows: int | timedelta | Literal["auto"] | None = "auto",
        calendars: Literal["each"] | None = None,
        at_once: int | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> FanOut[Account, T]:
        """Read the same of many accounts at once; see `AsyncCronofy.read_many`."""
        from .client.fanout.blocking import FanOut, feed

        source = feed("accounts", accounts, _inner, at_once or self._async.driver.concurrent)
        reading = self._async.read_many(
            operation,
            source,
            windows=windows,
            calendars=calendars,
            at_once=at_once,
            on_progress=on_progress,
            state=state,
        )
        return FanOut(reading, source, _bridge.call, Account)

    def send_many(
        self,
        calls: Iterable[Operation[T] | tuple[Account | str, Operation[T]]],
        *,
        at_once: int | None = None,
        in_order: bool = False,
        on_progress: Callable[[SendProgress], object] | None = None,
    ) -> SendMany[Account, T]:
        """Send many calls at once; see `AsyncCronofy.send_many`."""
        from .client.fanout.blocking import SendMany, feed

        source = feed("calls", calls, _inner, at_once or self._async.driver.concurrent)
        sending: AsyncSendMany[T] = self._async.send_many(
            source, at_once=at_once, in_order=in_order, on_progress=on_progress
        )
        return SendMany(sending, source, _bridge.call, Account)

    def close(self) -> None:
        """Close the connections. Closing twice does nothing."""
        _bridge.call(self._async.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
