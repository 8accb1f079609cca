"""Processes that send as much as the shared quota lets them, and write down when."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import time
from pathlib import Path
from typing import BinaryIO

from cronofy_async import AsyncCronofy, Limits, QuotaStore, RedisQuotaStore, SQLiteQuotaStore
from cronofy_async.core.wire import Request, Response
from cronofy_async.operations import ListCalendars

LIMITS = Limits(concurrent=8, per_second=50, per_minute=100_000)
MOMENT = struct.Struct("<d")
CALENDARS = Response(200, (), b'{"calendars": []}')


class Recorder:
    """A transport that writes down when it was asked, by the machine's own clock."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.stream.write(MOMENT.pack(time.monotonic()))
        self.stream.flush()
        await asyncio.sleep(0.01)
        return CALENDARS

    async def aclose(self) -> None:
        """Nothing to close."""


def store_at(where: str) -> QuotaStore:
    """The store at a URL or path."""
    return RedisQuotaStore(where) if "://" in where else SQLiteQuotaStore(where)


async def main(where: str, ends: float, stream: BinaryIO) -> None:
    """Send with four tasks until the time is over."""
    cronofy = AsyncCronofy(
        "id",
        "canary-secret-1",
        transport=Recorder(stream),
        limits=LIMITS,
        quota_store=store_at(where),
    )
    account = cronofy.account(access_token="t")

    async def send() -> None:
        while time.monotonic() < ends:
            await account.list_calendars()

    await asyncio.gather(*[send() for _ in range(4)])


def fork(where: str, ends: float, path: Path) -> int:
    """Start one process, and give its id."""
    pid = os.fork()
    if pid:
        return pid
    with path.open("wb") as stream:
        asyncio.run(main(where, ends, stream))
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    # All of them are forked from this process, as its imports take most of the time.
    where, count, seconds, folder = sys.argv[1:]
    _ = ListCalendars().to_request(), store_at(where)
    ends = time.monotonic() + float(seconds)
    pids = [fork(where, ends, Path(folder, str(number))) for number in range(int(count))]
    print(*pids, flush=True)
    for pid in pids:
        os.waitpid(pid, 0)
