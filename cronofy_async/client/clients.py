"""The async client and its account views."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakValueDictionary

import attrs

from ..core.budget import RetryBudget
from ..core.errors import InvalidArgumentError, ReauthorizationRequiredError, TokenStoreError
from ..core.exchange import Answer, RetryPolicy
from ..core.operation import Operation
from ..core.paging import PagedOperation
from ..core.secret import Secret
from ..core.transport import Transport
from ..core.unset import UNSET, Unset
from ..core.wire import Request, Response
from .credentials import AccountCredentials, ApplicationCredentials, Credentials
from .driver import Driver
from .endpoints import AccountEndpoints, ApplicationEndpoints, AsyncCaller
from .holders import TokenHolder
from .many import ManyAccounts
from .options import Options, Settings, secret
from .pacing import Limits, Quota, pacer_for
from .pagers import AsyncPager
from .records import TokenHooks
from .runtime import Runtime
from .sharing import QuotaStore
from .tokens import MemoryTokenStore, Tokens, TokenStore

if TYPE_CHECKING:
    from ..models.authorization import TokenSet
    from ..models.availability_search import SearchAvailability
    from ..models.batch import Outcome
    from .searches import AsyncAvailabilitySearch

__all__ = ("AsyncAccount", "AsyncCronofy")

T = TypeVar("T")


class _Client(AsyncCaller):
    """Sends operations with one credential and one set of options."""

    def __init__(self, driver: Driver, credentials: Credentials, options: Options) -> None:
        self.driver: Driver = driver
        """Carries out the exchanges of this client and of all that it made."""
        self._credentials = credentials
        self._options = options

    async def send(self, operation: Operation[T]) -> T:
        """
        Send one operation and give its answer; every method of this class does this.

        Raises:
            CronofyError: See `cronofy_async.errors`.
        """
        return (await self.send_raw(operation)).value

    async def send_raw(self, operation: Operation[T]) -> Answer[T]:
        """
        Send one operation and give its answer together with the HTTP response.

        ``answer.response.json()`` shows keys that this version does not know.
        """
        return await self.driver.run(operation, self._credentials, self._options)

    def read(self, operation: PagedOperation[T]) -> AsyncPager[T]:
        """Make a pager over the entries of a paged operation; nothing is sent yet."""

        async def fetch(request: Request | None) -> Response:
            answer = await self.driver.run(
                operation,
                self._credentials,
                self._options,
                request=request,
                read=_unread,
                is_patient=True,
            )
            return answer.response

        return AsyncPager.of(operation, self.driver.hosts, fetch, self.driver.ahead)

    def search(self, search: SearchAvailability) -> AsyncAvailabilitySearch:
        """Make a search for free time; nothing is sent yet."""
        # Loaded here, as few programs search.
        from .searches import AsyncAvailabilitySearch

        return AsyncAvailabilitySearch(search, self.send, self.driver.runtime.now)

    def build_url(self, operation: Operation[None]) -> str:
        """Make the URL of an operation that a browser carries out."""
        return self.driver.hosts.resolve(operation.to_request(), operation.host).url

    def _with(
        self,
        timeout: float | Unset,
        retry: RetryPolicy | Unset,
        headers: Mapping[str, str] | Unset,
    ) -> Options:
        options = self._options
        given = {"timeout": timeout, "retry": retry}
        changes: dict[str, Any] = {k: v for k, v in given.items() if v is not UNSET}
        if not isinstance(headers, Unset):
            changes["headers"] = {**options.headers, **headers}
        return attrs.evolve(options, **changes)


def _budget(given: RetryBudget | Unset | None) -> RetryBudget | None:
    if isinstance(given, Unset):
        return RetryBudget()
    if given is not None and not isinstance(given, RetryBudget):
        raise InvalidArgumentError(
            "retry_budget",
            f"is a {type(given).__name__}",
            "make it with RetryBudget(...), or give None",
        )
    return given


def _unread(_: Response) -> None:
    """Leave a page as it came: its pager decodes it."""


class AsyncAccount(AccountEndpoints, _Client):
    """
    One account, as seen by the application: a user, an application calendar, a service account.

    Made by `AsyncCronofy.account`; it shares that client's connections and quota.
    """

    def __init__(self, driver: Driver, holder: TokenHolder, options: Options) -> None:
        super().__init__(driver, AccountCredentials(holder), options)
        self._holder = holder

    async def send_all(self, operations: Iterable[Operation[T]]) -> tuple[Outcome[T], ...]:
        """
        Send any number of batchable operations, up to 50 in one request.

        Answer: one outcome per operation, in their order. Failures are not raised: ask
        each outcome, or take its ``result()``.

        Args:
            operations: Calls that create, change or delete events and available periods.

        Raises:
            InvalidArgumentError: One cannot be put into a batch; nothing was sent.
            CredentialError: This view has no token; nothing was sent.

        Source: /developers/api/batch/
        """
        # Loaded here, as few programs send batches.
        from .batches import send_in_batches

        return await send_in_batches(operations, self.send)

    @property
    def sub(self) -> str | None:
        """The account's id, if the view was made with it."""
        return self._holder.sub

    @property
    def tokens(self) -> Tokens:
        """The tokens as they are now; store them when the view was made with explicit ones."""
        return self._holder.current

    def with_options(
        self,
        *,
        timeout: float | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncAccount:
        """The same account with other options; see `AsyncCronofy.with_options`."""
        return AsyncAccount(self.driver, self._holder, self._with(timeout, retry, headers))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._holder.sub or 'by token'}>"


class AsyncCronofy(ApplicationEndpoints, _Client, ManyAccounts):
    """
    The application: its credentials, its connections, and the way to its accounts.

    Use it as ``async with AsyncCronofy(...) as cronofy``, or call `aclose` in the end. It
    can be shared by all tasks of one event loop.

    Args:
        client_id: From the developer dashboard; left out: ``CRONOFY_CLIENT_ID``.
        client_secret: Its secret; left out: ``CRONOFY_CLIENT_SECRET``.
        data_center: ``us`` (the default), ``de``, ``uk``, ``au``, ``ca`` or ``sg``;
            left out: ``CRONOFY_DATA_CENTER``.
        api_url: An origin that stands in for the API host, for instance a sandbox;
            left out: ``CRONOFY_API_URL``. Plain http only to this machine.
        app_url: The same for the host of the pages; left out: ``CRONOFY_APP_URL``, else
            *api_url*.
        admin_api_key: For the Admin API alone; left out: ``CRONOFY_ADMIN_API_KEY``.
        token_store: Where tokens of accounts are kept by their ``sub``; left out: in
            memory. You close it yourself.
        on_needs_reauth: Called with a `ReauthorizationRequiredError` when an account's
            refresh token is refused. It runs where the client does, and must not block.
        on_store_error: Called with a `TokenStoreError` whenever the store cannot be used;
            tokens are kept in memory then, and stored again later.
        transport: An HTTP plug that you close yourself, or the name of an installed one;
            left out: ``aiohttp``, or ``httpx2`` when running on trio.
        timeout: Seconds for one call, with all its attempts and waits.
        retry: When a request is sent again.
        headers: Sent with each request besides our own.
        limits: How many requests go out, all accounts together; left out: what the service
            allows by default, unless ``CRONOFY_LIMITS`` is ``off``. `None` switches it off.
            A call's timeout includes its wait for the quota, but a page's does not.
        quota_store: Where several processes or machines keep one quota together; left out:
            this client has *limits* for itself.
        retry_budget: What retries of all calls together are paid from; left out: one of its
            own. `None` leaves only *retry* to bound them.
        runtime: Time and chance; for tests.

    Raises:
        InvalidArgumentError: A setting is malformed; nothing is sent by the constructor.

    Source: /developers/api/authentication/
    """

    _view = AsyncAccount

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
        settings = Settings.gather(
            client_id=client_id,
            client_secret=client_secret,
            admin_api_key=admin_api_key,
            data_center=data_center,
            api_url=api_url,
            app_url=app_url,
        )
        runtime = runtime or Runtime()
        application = f"{settings.client_id or ''}@{settings.hosts.api}"
        pacer = pacer_for(limits, runtime, quota_store, application, settings.has_limits)
        super().__init__(
            Driver(settings.hosts, transport, runtime, pacer, _budget(retry_budget)),
            ApplicationCredentials(settings),
            Options(timeout=timeout, retry=retry or RetryPolicy(), headers=headers or {}),
        )
        self._settings = settings
        self._store: TokenStore = MemoryTokenStore() if token_store is None else token_store
        self._hooks = TokenHooks(on_needs_reauth, on_store_error)
        self._holders: WeakValueDictionary[str, TokenHolder] = WeakValueDictionary()

    @property
    def quota(self) -> Quota | None:
        """Where this client stands with the service's quota; `None` without limits."""
        pacer = self.driver.pacer
        return None if pacer is None else pacer.look()

    def account(
        self,
        sub: str | None = None,
        *,
        access_token: str | Secret | None = None,
        refresh_token: str | Secret | None = None,
    ) -> AsyncAccount:
        """
        A view of one account.

        Args:
            sub: The account's id. With it, tokens are looked up in the token store if none
                are given, and kept there when they are renewed.
            access_token: The token to start with.
            refresh_token: Gets a new access token before one expires, or when one is
                refused; needs the client's id and secret.

        With no argument at all, ``CRONOFY_ACCESS_TOKEN`` and ``CRONOFY_REFRESH_TOKEN`` are
        taken.

        Raises:
            InvalidArgumentError: A token is malformed, or there is neither ``sub`` nor token.
        """
        access_token = secret("access_token", access_token)
        refresh_token = secret("refresh_token", refresh_token)
        given = Tokens(access_token=access_token, refresh_token=refresh_token)
        settings = self._settings
        if sub is None and given == Tokens():
            given = Tokens(access_token=settings.access_token, refresh_token=settings.refresh_token)
            if given == Tokens():
                raise InvalidArgumentError("sub", "and both tokens are missing", "give one of them")
        return AsyncAccount(self.driver, self._holder(sub, given), self._options)

    async def keep_tokens(self, answer: TokenSet, sub: str | None = None) -> AsyncAccount:
        """
        Put the tokens of a new consent into the token store, in place of former ones.

        Answer: a view of the account; later ``account(sub)`` makes one too, in any process.

        Args:
            answer: What `request_token` or `upsert_application_calendar` gave.
            sub: The account; left out: the one that the answer names.

        Raises:
            InvalidArgumentError: Neither names the account.
            TokenStoreError: They could not be stored.
        """
        sub = sub or answer.sub or answer.account_id or answer.service_account_id
        if sub is None:
            raise InvalidArgumentError("sub", "is missing", "name the account of these tokens")
        now, life = self.driver.clock.now(), answer.expires_in
        tokens = Tokens(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token,
            expires_at=None if now is None or life is None else now + life,
            scope=answer.scope,
        )
        holder = self._holder(sub, Tokens())
        await self._store.put(sub, tokens)
        holder.give(tokens)
        return AsyncAccount(self.driver, holder, self._options)

    def _holder(self, sub: str | None, given: Tokens) -> TokenHolder:
        # Views of one account share a holder, so that they renew its token together.
        holder = self._holders.get(sub) if sub is not None else None
        if holder is None:
            holder = TokenHolder(
                given,
                sub=sub,
                store=self._store,
                exchange=self._exchange(),
                under_way=self.driver.under_way,
                runtime=self.driver.runtime,
                clock=self.driver.clock,
                hooks=self._hooks,
            )
            if sub is not None:
                self._holders[sub] = holder
        elif given != Tokens():
            holder.give(given)
        return holder

    def _exchange(self) -> Callable[[Secret], Awaitable[Answer[TokenSet]]] | None:
        if self._settings.client_id is None or self._settings.client_secret is None:
            return None

        async def exchange(refresh_token: Secret) -> Answer[TokenSet]:
            from ..operations.authorization import RefreshToken

            operation = RefreshToken(refresh_token=refresh_token)
            return await self.driver.run(
                operation, self._credentials, self._options, is_patient=True
            )

        return exchange

    def build_url(self, operation: Operation[None]) -> str:
        """Make the URL of an operation that a browser carries out, for this application."""
        if getattr(operation, "client_id", None) is UNSET:
            client_id = self._settings.client_id
            if client_id is None:
                raise InvalidArgumentError(
                    "client_id", "is missing", "give it here or to the client"
                )
            changes: Any = {"client_id": client_id}
            operation = attrs.evolve(operation, **changes)
        return super().build_url(operation)

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
        copy.__dict__.update(self.__dict__)
        copy._options = self._with(timeout, retry, headers)
        return copy

    async def aclose(self) -> None:
        """Close the connections. Closing twice does nothing."""
        await self.driver.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        # A traceback may show a client that could not be made.
        driver: Driver | None = getattr(self, "driver", None)
        return f"<{type(self).__name__} at {driver.hosts.api if driver else 'no host yet'}>"
