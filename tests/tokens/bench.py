"""Clients over a service and a store, on time that passes only when somebody sleeps."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from cronofy_async import (
    AsyncAccount,
    AsyncCronofy,
    LeasingTokenStore,
    MemoryTokenStore,
    ReauthorizationRequiredError,
    Secret,
    TokenRecord,
    Tokens,
    TokenStore,
    TokenStoreError,
)
from cronofy_async.client.runtime import checkpoint
from cronofy_async.core.wire import Request, Response

from ..support import FrozenTime
from .service import Rotation, ServiceTransport, TokenService, is_exchange
from .timing import TurningTime


class PlainStore:
    """A user's own store, which has nothing but `get` and `put`."""

    def __init__(self) -> None:
        self.tokens: dict[str, Tokens] = {}

    async def get(self, sub: str) -> Tokens | None:
        return self.tokens.get(sub)

    async def put(self, sub: str, tokens: Tokens) -> None:
        self.tokens[sub] = tokens


class DistantStore(LeasingTokenStore):
    """A store that outlives its processes, of which each test has several."""

    def __init__(self) -> None:
        self.records: dict[str, TokenRecord] = {}

    async def read(self, sub: str) -> TokenRecord | None:
        await checkpoint()
        return self.records.get(sub)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        await checkpoint()
        found = self.records.get(sub)
        if (found and found.version) != (before and before.version):
            return False
        self.records[sub] = after
        return True


class Bench:
    """A service, a store, and time that passes only when somebody sleeps."""

    def __init__(self, rotation: Rotation = "rotating", store: TokenStore | None = None) -> None:
        self.time = TurningTime() if isinstance(store, DistantStore) else FrozenTime()
        self.service = TokenService(rotation, self.time)
        self.store: TokenStore = MemoryTokenStore() if store is None else store
        self.refused: list[ReauthorizationRequiredError] = []
        self.troubles: list[TokenStoreError] = []
        self.clients: list[AsyncCronofy] = []

    def client(self, transport: Any = None) -> AsyncCronofy:
        """One process more."""
        made = AsyncCronofy(
            "client",
            "canary-client-secret",
            transport=transport or ServiceTransport(self.service),
            token_store=self.store,
            on_needs_reauth=self.refused.append,
            on_store_error=self.troubles.append,
            runtime=self.time.runtime(),
            limits=None,
        )
        self.clients.append(made)
        return made

    def wired(self) -> tuple[AsyncCronofy, ServiceTransport]:
        """One process more, and its way to the service."""
        transport = ServiceTransport(self.service)
        return self.client(transport), transport

    async def record(self, sub: str = "acc_1") -> Any:
        """What the store keeps of an account."""
        assert isinstance(self.store, LeasingTokenStore)
        found = await self.store.read(sub)
        assert found is not None
        return found


@asynccontextmanager
async def bench(
    rotation: Rotation = "rotating", store: TokenStore | None = None
) -> AsyncGenerator[Bench]:
    """A bench whose clients are closed in the end."""
    made = Bench(rotation, store)
    try:
        yield made
    finally:
        for each in made.clients:
            await each.aclose()


async def background(account: AsyncAccount) -> None:
    """Let the renewals end that nobody waits for."""
    for flight in list(account.driver.under_way):
        await flight()


class Altering(ServiceTransport):
    """Changes the answers of exchanges on their way."""

    def __init__(
        self, service: TokenService, status: int = 200, body: Any = None, **changes: Any
    ) -> None:
        super().__init__(service)
        self.status = status
        self.body = body
        self.changes: dict[str, Any] = changes or {"status": status}

    async def send(self, request: Request, *, timeout: float) -> Any:
        answer = await super().send(request, timeout=timeout)
        if not is_exchange(request) or not self.changes or not answer.ok:
            return answer
        body = self.body if self.status != 200 else {**answer.json(), **self.changes}
        content = b"" if body is None else json.dumps(body).encode()
        return type(answer)(self.status, answer.headers, content)


class SlowExchange(ServiceTransport):
    """Lets so many seconds pass before it answers an exchange."""

    def __init__(self, service: TokenService, time: FrozenTime, seconds: float) -> None:
        super().__init__(service)
        self.end = time.time + seconds
        self.time = time

    async def send(self, request: Request, *, timeout: float) -> Response:
        while is_exchange(request) and self.time.time < self.end:
            await checkpoint()
        return await super().send(request, timeout=timeout)


def given(tokens: Tokens) -> dict[str, Secret | None]:
    """Tokens as account() takes them."""
    return {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}
