"""The answer of an exchange is lost, or its outcome is open."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import (
    ConnectError,
    ReauthorizationRequiredError,
    ServerError,
    TransportError,
)
from cronofy_async.core.wire import Request

from .bench import Altering, bench, given
from .service import ROTATIONS, Rotation, is_exchange

pytestmark = [pytest.mark.anyio, pytest.mark.fault(30)]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


class TestLost:
    """The answer of an exchange gets lost: the old refresh token is tried once."""

    @pytest.mark.fault(30)
    @pytest.mark.parametrize("rotation", ROTATIONS)
    async def test_a_lost_answer_is_asked_for_once_more(self, rotation: Rotation) -> None:
        """Where the old token is still good nobody notices; where not, the owner is needed."""
        async with bench(rotation) as b:
            cronofy, transport = b.wired()
            lost = 0

            def lose(request: Request) -> None:
                nonlocal lost
                if is_exchange(request) and not lost and b.service.exchanges:
                    lost += 1
                    raise TransportError("connection reset", request)

            transport.after = lose
            account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            if rotation == "rotating":
                with pytest.raises(ReauthorizationRequiredError):
                    await account.list_calendars()
            else:
                await account.list_calendars()

            record = await b.record()
            assert (rotation == "rotating") == record.needs_reauth
            assert record.pending is None
            assert (1, 2) == (lost, b.service.exchanges + b.service.stale)

    @pytest.mark.fault(30)
    async def test_what_is_lost_is_not_the_outcome_of_the_call(self) -> None:
        """A renewal lost twice fails the call, whose own outcome is known: it was not sent."""
        async with bench("fixed") as b:
            cronofy, transport = b.wired()
            sent: list[Request] = []

            def lose(request: Request) -> None:
                sent.append(request)
                if is_exchange(request):
                    raise TransportError("connection reset", request)

            transport.after = lose
            account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            with pytest.raises(TransportError, match="connection reset") as caught:
                await account.list_calendars()

            assert [False, True, True] == [is_exchange(request) for request in sent]
            assert (1, ["TransportError"]) == (
                caught.value.attempts,
                [each.error for each in caught.value.history],
            )
            assert (await b.record()).pending is not None

    @pytest.mark.fault(30)
    async def test_an_open_outcome_is_written_down(self) -> None:
        """An exchange that may have happened stays pending until the next one is answered."""
        async with bench("fixed") as b:
            transport = Altering(b.service, status=503)
            tokens = b.service.grant("acc_1", expired=True)
            account = b.client(transport).account("acc_1", **given(tokens))
            with pytest.raises(ServerError):
                await account.list_calendars()
            cut = await b.record()
            transport.changes = {}
            await account.list_calendars()

            assert cut.pending is not None
            assert (cut.generation, None) == (cut.pending.generation, cut.lease)
            assert (await b.record()).pending is None

    async def test_a_request_that_was_not_sent_leaves_nothing_pending(self) -> None:
        """Without a connection nothing can have happened."""
        async with bench() as b:
            cronofy, transport = b.wired()

            def cut(request: Request) -> None:
                if is_exchange(request):
                    raise ConnectError("no way", request)

            transport.before = cut
            account = cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            with pytest.raises(ConnectError):
                await account.list_calendars()

            record = await b.record()
            assert (None, None) == (record.pending, record.lease)
