"""The edges of renewing: what is kept of an answer, and how often a store is tried again."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from cronofy_async import (
    AsyncCronofy,
    ConnectError,
    CredentialError,
    CronofyError,
    DecodeError,
    ReauthorizationRequiredError,
    TokenRecord,
)
from cronofy_async.core.wire import Request

from ..paging import settle
from .bench import Altering, DistantStore, PlainStore, bench, given
from .service import LIFE, ServiceTransport, is_exchange
from .test_trouble import FailingStore

pytestmark = pytest.mark.anyio


class Counting(FailingStore):
    """A failing store that counts how often it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.tried = 0

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        self.tried += 1
        return await super().swap(sub, before, after)


async def test_tokens_that_could_not_be_stored_are_stored_ever_less_often() -> None:
    """After a second, then after twice as long each time, up to a minute; and then anew."""
    async with bench(store=Counting()) as b:
        store: Any = b.store
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        account = b.client().account("acc_1")
        for _ in range(2):
            store.writes = False
            b.service.expire("acc_1")
            await account.list_calendars()
            began, tried = b.time.time, list[float]()
            while len(tried) < 9:
                before = store.tried
                b.time.time += 1
                await account.list_calendars()
                await settle()
                if store.tried > before:
                    tried.append(b.time.time - began)
            assert [1, 3, 7, 15, 31, 63, 123, 183, 243] == tried
            store.writes = True
            b.time.time += 60
            await account.list_calendars()
            await settle()
            assert b.service.is_alive("acc_1", await store.get("acc_1"))


async def test_a_plain_store_is_looked_at_for_a_second_and_a_half() -> None:
    """Four times more, each after twice as long, before the account is given up."""
    async with bench(store=PlainStore()) as b:
        await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
        b.service.revoke("acc_1")
        with pytest.raises(ReauthorizationRequiredError):
            await b.client().account("acc_1").list_calendars()

        assert [0.1, 0.2, 0.4, 0.8] == b.time.slept


async def test_an_account_without_tokens_is_to_be_authorized() -> None:
    """It is named."""
    async with bench() as b:
        with pytest.raises(CredentialError, match="of acc_1: authorize"):
            await b.client().account("acc_1").list_calendars()


async def test_a_view_that_cannot_get_a_token_says_what_is_missing() -> None:
    """An access token, or what the client needs to get one with the refresh token."""
    async with bench() as b:
        cronofy = AsyncCronofy(transport=ServiceTransport(b.service), runtime=b.time.runtime())
        with pytest.raises(CredentialError, match="this view has no access token"):
            await cronofy.account(refresh_token="canary-ref").list_calendars()
        assert 0 == b.service.stale


class TestKept:
    """What is stored of an answer."""

    async def test_when_its_token_ends_by_the_service_s_clock(self) -> None:
        """For other processes, which do not know when it was got."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            await b.client().account("acc_1").list_calendars()

            kept = await b.store.get("acc_1")
            assert kept is not None
            assert b.time.time + LIFE == kept.expires_at

    async def test_an_end_that_is_not_told_is_not_known(self) -> None:
        """Then the token is used until it is refused."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            account = b.client(Altering(b.service, expires_in=None)).account("acc_1")
            await account.list_calendars()

            kept = await b.store.get("acc_1")
            assert kept is not None
            assert kept.expires_at is None

    @pytest.mark.parametrize(("told", "kept"), [("new", "new"), (None, "old")])
    async def test_a_scope_that_is_not_told_is_as_it_was(self, told: str | None, kept: str) -> None:
        """The service need not repeat what was granted."""
        async with bench() as b:
            tokens = b.service.grant("acc_1", expired=True)
            await b.store.put("acc_1", attrs.evolve(tokens, scope="old"))
            await b.client(Altering(b.service, scope=told)).account("acc_1").list_calendars()

            stored = await b.store.get("acc_1")
            assert stored is not None
            assert (kept, True) == (stored.scope, b.service.is_alive("acc_1", stored))

    async def test_a_new_consent_counts_one_generation(self) -> None:
        """And leaves nothing open."""
        async with bench() as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            first = await b.record()
            await b.client().account("acc_1").list_calendars()
            record = await b.record()

            assert (0, first.generation + 1) == (b.service.stale, record.generation)
            assert (None, None, False) == (record.pending, record.lease, record.needs_reauth)


class TestOpen:
    """Whether the service may have carried out an exchange that failed."""

    @pytest.mark.parametrize(("status", "is_open"), [(429, False), (499, False), (500, True)])
    async def test_a_fault_of_the_service_leaves_it_open(self, status: int, is_open: bool) -> None:
        """A refusal does not."""
        async with bench() as b:
            transport = Altering(b.service, status=status)
            tokens = b.service.grant("acc_1", expired=True)
            with pytest.raises(CronofyError):
                await b.client(transport).account("acc_1", **given(tokens)).list_calendars()

            record = await b.record()
            assert (is_open, None) == (record.pending is not None, record.lease)

    async def test_an_answer_that_cannot_be_read_leaves_it_open(self) -> None:
        """The old refresh token may have been used up."""
        async with bench() as b:
            transport = Altering(b.service, access_token=5)
            tokens = b.service.grant("acc_1", expired=True)
            with pytest.raises(DecodeError):
                await b.client(transport).account("acc_1", **given(tokens)).list_calendars()

            assert (await b.record()).pending is not None

    async def test_what_was_open_stays_so_if_the_next_one_was_not_sent(self) -> None:
        """Nothing was learnt of it."""
        async with bench("fixed") as b:
            transport = Altering(b.service, status=503)
            tokens = b.service.grant("acc_1", expired=True)
            account = b.client(transport).account("acc_1", **given(tokens))
            with pytest.raises(CronofyError):
                await account.list_calendars()
            first = (await b.record()).pending
            b.time.time += 100

            def cut(request: Request) -> None:
                if is_exchange(request):
                    raise ConnectError("no way", request)

            transport.before = cut
            with pytest.raises(ConnectError):
                await account.list_calendars()

            assert first is not None
            assert first == (await b.record()).pending

    async def test_what_is_under_way_is_written_down(self) -> None:
        """Before anything is sent: when, for which tokens, and by whom."""
        async with bench(store=DistantStore()) as b:
            await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
            before = await b.record()
            cronofy, transport = b.wired()
            seen: list[Any] = []

            def look(request: Request) -> None:
                if is_exchange(request):
                    store: Any = b.store
                    seen.append(store.records["acc_1"])

            transport.before = look
            await cronofy.account("acc_1").list_calendars()

            (record,) = seen
            assert before.generation == record.pending.generation == record.generation
            assert b.time.time - 1 <= record.pending.at <= b.time.time
            assert pytest.approx(10.0, abs=1.0) == record.lease.until - b.time.time
            assert before.tokens == record.tokens
