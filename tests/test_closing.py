"""A client that is closed during a call: the call ends at once, and tells what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from cronofy_async import AsyncCronofy, CronofyError, TransportError
from cronofy_async.core.wire import Request, Response

from .support import FrozenTime

pytestmark = pytest.mark.asyncio


class Breaking:
    """A transport whose every request breaks off, after something was done."""

    def __init__(self) -> None:
        self.sent = 0
        self.before: Callable[[], Awaitable[None]] | None = None

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.sent += 1
        if self.before is not None:
            await self.before()
        raise TransportError("the connection broke off", request)

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_a_request_that_breaks_as_its_client_is_closed_is_not_repeated() -> None:
    """Nobody waits for a retry that cannot be; the error has the attempt that there was."""
    time, transport = FrozenTime(), Breaking()
    cronofy = AsyncCronofy("id", "secret", transport=transport, runtime=time.runtime())
    transport.before = cronofy.aclose
    with pytest.raises(CronofyError, match="closed") as caught:
        await cronofy.account(access_token="token").list_calendars()

    assert (1, []) == (transport.sent, time.slept)
    first, last = caught.value.history
    assert ("TransportError", True) == (first.error, first.was_sent)
    assert not last.was_sent


async def test_a_client_that_is_closed_before_a_retry_sends_it_no_more() -> None:
    """The same when it is closed while a call waits to be sent again."""
    transport = Breaking()

    class Closing(FrozenTime):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await cronofy.aclose()

    time = Closing()
    cronofy = AsyncCronofy("id", "secret", transport=transport, runtime=time.runtime())
    with pytest.raises(CronofyError, match="closed") as caught:
        await cronofy.account(access_token="token").list_calendars()

    assert (1, 1) == (transport.sent, len(time.slept))
    assert ["TransportError", "CronofyError"] == [each.error for each in caught.value.history]
