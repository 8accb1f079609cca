"""
The async-first SDK for the Cronofy calendar API.

Two doors: `AsyncCronofy` for asyncio and trio, `Cronofy` for scripts. Both hand out
account views, on which every call of the API is a method. The calls as values are in
`cronofy_async.operations`, what they speak about in `cronofy_async.models`, and what
Cronofy sends you in `cronofy_async.callbacks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__
from .core.lazy import exports as _exports

if TYPE_CHECKING:
    from . import callbacks as callbacks
    from . import models as models
    from . import operations as operations
    from . import stores as stores
    from .client.clients import AsyncAccount, AsyncCronofy
    from .client.fanout.blocking import FanOut, SendMany
    from .client.fanout.ordered import AsyncByStart
    from .client.fanout.outcomes import (
        AccountEntry,
        AccountOutcome,
        AccountPage,
        AccountsFailedError,
        Progress,
    )
    from .client.fanout.reads import AsyncAccountOutcomes, AsyncAccountPages, AsyncFanOut
    from .client.fanout.writes import AsyncSendMany, SendProgress, Sent
    from .client.limits import Limits
    from .client.pacing import Quota
    from .client.pagers import AsyncPager, AsyncPages, Pager, Pages
    from .client.quota_redis import RedisQuotaStore
    from .client.quota_sqlite import SQLiteQuotaStore
    from .client.searches import AsyncAvailabilitySearch, AvailabilitySearch
    from .client.sharing import QuotaStore
    from .client.tokens import (
        LeasingTokenStore,
        MemoryTokenStore,
        TokenLease,
        TokenRecord,
        Tokens,
        TokenStore,
        UnsettledExchange,
    )
    from .core.budget import RetryBudget
    from .core.collected import Collected
    from .core.cursors import Cursor
    from .core.errors import (
        AccountLockedError,
        APIError,
        AuthenticationError,
        BadRequestError,
        CertificateError,
        ConnectError,
        CredentialError,
        CronofyError,
        DecodeError,
        Failure,
        GoneError,
        InvalidArgumentError,
        InvalidRequestError,
        NotFoundError,
        OutcomeUnknownError,
        PageExpiredError,
        PaginationError,
        PaymentRequiredError,
        PermissionDeniedError,
        RateLimitError,
        ReauthorizationRequiredError,
        ServerError,
        SignatureError,
        TokenStoreError,
        TransportError,
        TransportTimeoutError,
        UnsafeURLError,
    )
    from .core.exchange import Answer, RetryPolicy
    from .core.paging import Page
    from .core.secret import Secret
    from .core.unset import UNSET, Unset
    from .models.times import Duration, ZonedTime
    from .sync import Account, Cronofy

__all__ = (
    "UNSET",
    "APIError",
    "Account",
    "AccountEntry",
    "AccountLockedError",
    "AccountOutcome",
    "AccountPage",
    "AccountsFailedError",
    "Answer",
    "AsyncAccount",
    "AsyncAccountOutcomes",
    "AsyncAccountPages",
    "AsyncAvailabilitySearch",
    "AsyncByStart",
    "AsyncCronofy",
    "AsyncFanOut",
    "AsyncPager",
    "AsyncPages",
    "AsyncSendMany",
    "AuthenticationError",
    "AvailabilitySearch",
    "BadRequestError",
    "CertificateError",
    "Collected",
    "ConnectError",
    "CredentialError",
    "Cronofy",
    "CronofyError",
    "Cursor",
    "DecodeError",
    "Duration",
    "Failure",
    "FanOut",
    "GoneError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "LeasingTokenStore",
    "Limits",
    "MemoryTokenStore",
    "NotFoundError",
    "OutcomeUnknownError",
    "Page",
    "PageExpiredError",
    "Pager",
    "Pages",
    "PaginationError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "Progress",
    "Quota",
    "QuotaStore",
    "RateLimitError",
    "ReauthorizationRequiredError",
    "RedisQuotaStore",
    "RetryBudget",
    "RetryPolicy",
    "SQLiteQuotaStore",
    "Secret",
    "SendMany",
    "SendProgress",
    "Sent",
    "ServerError",
    "SignatureError",
    "TokenLease",
    "TokenRecord",
    "TokenStore",
    "TokenStoreError",
    "Tokens",
    "TransportError",
    "TransportTimeoutError",
    "UnsafeURLError",
    "Unset",
    "UnsettledExchange",
    "ZonedTime",
)

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = _exports(
    __name__,
    (
        # First, for whoever asks for a client needs no more.
        "client.clients",
        "sync",
        "callbacks",
        "models",
        "operations",
        "stores",
        "core.errors",
        "core.secret",
        "core.unset",
        "core.paging",
        "core.exchange",
        "models.times",
        "client.tokens",
        "client.limits",
        "client.pacing",
        "client.sharing",
        "core.budget",
        "core.collected",
        "core.cursors",
        "client.pagers",
        "client.searches",
        "client.fanout.outcomes",
        "client.fanout.ordered",
        "client.fanout.reads",
        "client.fanout.writes",
        "client.fanout.blocking",
        # Last, as they load what few programs need.
        "client.quota_sqlite",
        "client.quota_redis",
    ),
    __all__,
)
