"""
A process of its own that works with stored tokens; started by the tests.

It reads its orders as JSON from its arguments, says ``ready``, waits for a line, and
prints what came of its calls.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import time
from typing import Any

import anyio

from cronofy_async import AsyncCronofy, LeasingTokenStore, TokenRecord
from cronofy_async.client.runtime import Runtime
from cronofy_async.core.transport import Transport, load_transport
from cronofy_async.core.wire import Request, Response
from cronofy_async.stores import RedisTokenStore, SQLiteTokenStore

from .service import is_exchange

POINTS = (
    "before the lease is taken",
    "when the lease is taken",
    "when the service has exchanged",
    "when the answer is there",
    "in the middle of storing",
    "when the tokens are stored",
)
"""Where a process can be told to die."""


def die() -> None:
    """Be killed, as by `kill -9`: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(LeasingTokenStore):
    """A store, and a transport, whose process dies at one point of an exchange."""

    def __init__(self, store: LeasingTokenStore, point: str) -> None:
        self.store = store
        self.point = point
        self.swaps = 0

    def reach(self, point: str) -> None:
        """Die here, if this is where."""
        if point == self.point:
            die()

    async def read(self, sub: str) -> TokenRecord | None:
        return await self.store.read(sub)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        self.swaps += 1
        first = self.swaps == 1
        self.reach(POINTS[0] if first else POINTS[3])
        if not first and self.point == POINTS[4]:
            self.die_within()
        swapped = await self.store.swap(sub, before, after)
        self.reach(POINTS[1] if first else POINTS[5])
        return swapped

    def die_within(self) -> None:
        """Die when the new row is written and not yet committed."""
        assert isinstance(self.store, SQLiteTokenStore)
        connection = self.store._connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("CREATE TEMP TABLE deaths (x)")
        connection.create_function("die", 0, die)
        connection.execute(
            "CREATE TEMP TRIGGER death AFTER UPDATE ON main.tokens BEGIN SELECT die(); END"
        )


class DyingTransport:
    """A transport whose process dies when the service has exchanged a token."""

    def __init__(self, inner: Transport, dying: Dying) -> None:
        self.inner = inner
        self.dying = dying

    async def send(self, request: Request, *, timeout: float) -> Response:
        response = await self.inner.send(request, timeout=timeout)
        if is_exchange(request):
            self.dying.reach(POINTS[2])
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


def runtime(speed: float) -> Runtime:
    """Time that passes so many times as fast."""
    return Runtime(
        monotonic=lambda: time.monotonic() * speed,
        sleep=lambda seconds: anyio.sleep(seconds / speed),
    )


def store_of(orders: dict[str, Any]) -> LeasingTokenStore:
    """The store that the orders name."""
    if "redis" in orders:
        return RedisTokenStore(orders["redis"])
    return SQLiteTokenStore(orders["path"])


async def main(orders: dict[str, Any]) -> None:
    """Call the service by so many tasks at once."""
    dying = Dying(store_of(orders), orders.get("point", ""))
    transport = DyingTransport(load_transport(orders.get("transport", "aiohttp"))(), dying)
    cronofy = AsyncCronofy(
        orders.get("client_id", "client"),
        orders.get("client_secret", "secret"),
        api_url=orders["url"],
        token_store=dying,
        transport=transport,
        runtime=runtime(orders.get("speed", 1.0)),
        limits=None,
        timeout=40 * orders.get("speed", 1.0),
    )
    print("ready", flush=True)
    sys.stdin.readline()
    account = cronofy.account(orders["sub"])
    kinds: list[str] = []

    async def call() -> None:
        try:
            kinds.append(type(await account.list_calendars()).__name__)
        except Exception as error:
            kinds.append(type(error).__name__)

    async with anyio.create_task_group() as group:
        for _ in range(orders.get("tasks", 1)):
            group.start_soon(call)
    if "then" in orders:
        await cronofy.account(orders["then"]).list_calendars()
    await cronofy.aclose()
    await transport.aclose()
    print(json.dumps({kind: kinds.count(kind) for kind in kinds}), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    given = json.loads(sys.argv[1])
    anyio.run(main, given, backend=given.get("backend", "asyncio"))
