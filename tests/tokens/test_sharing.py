"""Clients that share a store, wait for each other, and are cancelled."""

from __future__ import annotations

import random
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from cronofy_async import LeasingTokenStore, TokenLease, Tokens
from cronofy_async.core.wire import Request

from .bench import DistantStore, PlainStore, SlowExchange, bench, given
from .service import ServiceTransport, is_exchange

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


class TestShared:
    """Clients that share a store exchange a token once for all."""

    async def test_the_loser_waits_and_takes_what_the_winner_got(self) -> None:
        """While one client exchanges, the other one waits for the store to have the tokens."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            async with anyio.create_task_group() as group:
                for _ in range(4):
                    account = b.client(ServiceTransport(b.service, turns=5)).account("acc_1")
                    for _ in range(10):
                        group.start_soon(account.list_calendars)

            assert (1, 0, 40) == (b.service.exchanges, b.service.stale, b.service.calls)

    @pytest.mark.fault(32)
    async def test_a_lease_whose_owner_is_gone_ends(self) -> None:
        """A lease that shows no sign of life for ten seconds is taken over."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            record = await b.record()
            dead = record.change(lease=TokenLease(owner="dead/1", until=b.time.time + 10))
            assert isinstance(b.store, LeasingTokenStore)
            assert await b.store.swap("acc_1", record, dead)
            started = b.time.time
            await b.client().account("acc_1").list_calendars()

            assert 10 <= b.time.time - started < 11
            assert 1 == b.service.exchanges

    async def test_a_lease_of_yesterday_is_not_waited_for(self) -> None:
        """A process that starts long after a crash renews at once."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            record = await b.record()
            dead = record.change(lease=TokenLease(owner="dead/1", until=b.time.time - 86400))
            assert isinstance(b.store, LeasingTokenStore)
            assert await b.store.swap("acc_1", record, dead)
            started = b.time.time
            await b.client().account("acc_1").list_calendars()

            assert b.time.time - started < 1

    async def test_a_slow_owner_keeps_its_lease(self) -> None:
        """An exchange that takes longer than a lease extends it."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            started = b.time.time
            async with anyio.create_task_group() as group:
                for _ in range(2):
                    slow = SlowExchange(b.service, b.time, 15)
                    group.start_soon(b.client(slow).account("acc_1").list_calendars)

            assert b.time.time - started >= 15
            assert (1, 0) == (b.service.exchanges, b.service.stale)

    async def test_a_late_success_outdoes_a_refusal(self) -> None:
        """An owner that was thought dead and then stores its tokens saves the account."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            cronofy, transport = b.wired()
            assert isinstance(b.store, DistantStore)
            store = b.store

            def overtaken(request: Request) -> None:
                if is_exchange(request):
                    record = store.records["acc_1"]
                    store.records["acc_1"] = record.change(lease=None, needs_reauth=True)

            transport.after = overtaken
            await cronofy.account("acc_1").list_calendars()

            record = await b.record()
            assert not record.needs_reauth
            assert b.service.is_alive("acc_1", record.tokens)

    async def test_a_consent_during_an_exchange_stays(self) -> None:
        """Tokens that somebody puts while others are exchanged are not overwritten."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            cronofy, transport = b.wired()
            assert isinstance(b.store, DistantStore)
            store, put = b.store, list[Tokens]()

            def consent(request: Request) -> None:
                if is_exchange(request) and not put:
                    put.append(b.service.grant("acc_1"))
                    record = store.records["acc_1"]
                    store.records["acc_1"] = record.renewed(put[0])

            transport.after = consent
            await cronofy.account("acc_1").list_calendars()

            assert put[0] == await store.get("acc_1")
            assert 1 == b.service.calls

    async def test_a_stored_token_that_has_expired_too_is_renewed(self) -> None:
        """What another process put long ago is tried, and then exchanged, in the same call."""
        async with bench(store=DistantStore()) as b:
            account = b.client().account("acc_1", **given(b.service.grant("acc_1", expired=True)))
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            await account.list_calendars()

            assert (1, 2, 1) == (b.service.exchanges, b.service.refused, b.service.calls)

    async def test_a_plain_store_is_looked_at_again_before_giving_up(self) -> None:
        """Without leases, a refusal may mean that another process is just storing its tokens."""
        async with bench(store=PlainStore()) as b:
            stale = b.service.grant("acc_1", expired=True)
            await b.store.put("acc_1", stale)
            cronofy = b.client()
            sleep = b.time.sleep

            async def other_process(seconds: float) -> None:
                await sleep(seconds)
                if b.time.slept == [0.1, 0.2]:
                    await b.store.put("acc_1", b.service.grant("acc_1"))

            object.__setattr__(cronofy.driver.runtime, "sleep", other_process)
            b.service.grant("acc_1")
            await cronofy.account("acc_1").list_calendars()

            assert (1, []) == (b.service.stale, b.refused)

    async def test_a_plain_store_loses_nothing(self) -> None:
        """A store with get and put alone serves one process as well as any other."""
        async with bench(store=PlainStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            account = b.client().account("acc_1")
            for _ in range(3):
                async with anyio.create_task_group() as group:
                    for _ in range(10):
                        group.start_soon(account.list_calendars)
                b.service.expire("acc_1")

            assert (3, 0) == (b.service.exchanges, b.service.stale)
            assert b.service.is_alive("acc_1", await b.store.get("acc_1"))


@pytest.mark.fault(31)
class TestCancelled:
    """Who is cancelled takes nothing from anybody."""

    @pytest.mark.fault(31)
    @pytest.mark.parametrize("seed", range(3))
    async def test_cancelling_at_any_moment_loses_no_token(self, seed: int) -> None:
        """Of 100 accounts whose callers are cancelled at random moments, none is lost."""
        chance = random.Random(seed)
        async with bench() as b:
            transport = ServiceTransport(b.service, turns=4)
            cronofy = b.client(transport)
            subs = [f"acc_{n}" for n in range(100)]
            for sub in subs:
                await b.store.put(sub, b.service.grant(sub, expired=True))
                account = cronofy.account(sub)
                async with anyio.create_task_group() as group:
                    group.start_soon(account.list_calendars)
                    for _ in range(chance.randrange(24)):
                        await anyio.lowlevel.checkpoint()
                    group.cancel_scope.cancel()
            await cronofy.aclose()
            alive = [b.service.is_alive(sub, await b.store.get(sub)) for sub in subs]

            assert 0 == alive.count(False)
            assert 0 < b.service.exchanges <= 100
            assert 0 == b.service.stale
