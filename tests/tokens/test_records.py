"""What a store keeps of an account, and who has leased it for how long."""

from __future__ import annotations

import json
import os
from typing import Any

import anyio
import anyio.lowlevel
import attrs
import pytest

from cronofy_async import (
    MemoryTokenStore,
    Secret,
    TokenLease,
    TokenRecord,
    Tokens,
    TokenStoreError,
    UnsettledExchange,
)
from cronofy_async.client.records import LEASE, Claim, Records, TokenHooks, Watch, lease

from ..support import FrozenTime
from .bench import DistantStore, PlainStore, bench
from .test_trouble import FailingStore

pytestmark = pytest.mark.anyio

TOKENS = Tokens(
    access_token=Secret("canary-acc"),
    refresh_token=Secret("canary-ref"),
    expires_at=17.5,
    scope="read_events",
)
BUSY = TokenRecord(
    tokens=TOKENS,
    version=7,
    generation=3,
    pending=UnsettledExchange(at=1.5, generation=2),
    lease=TokenLease(owner="host/1", until=2.5),
    needs_reauth=True,
)
TEXT = """{
    "tokens": {
        "access_token": "canary-acc", "refresh_token": "canary-ref",
        "expires_at": 17.5, "scope": "read_events"
    },
    "version": 7, "generation": 3,
    "pending": {"at": 1.5, "generation": 2},
    "lease": {"owner": "host/1", "until": 2.5},
    "needs_reauth": true
}"""


def whole(record: TokenRecord) -> Any:
    """A record with what does not count when two are compared."""
    return record, record.tokens.expires_at, record.tokens.scope


class TestValues:
    """A record as a value, and as text."""

    def test_tokens_are_equal_if_the_secrets_are(self) -> None:
        """When they end, and what they are good for, may be known to one of two processes."""
        assert attrs.evolve(TOKENS, expires_at=None, scope=None) == TOKENS
        for name in ("access_token", "refresh_token"):
            changed: dict[str, Any] = {name: Secret("canary-other")}
            assert attrs.evolve(TOKENS, **changed) != TOKENS

    def test_a_first_record_counts_from_nought(self) -> None:
        """And nobody is at work on it."""
        expected = TokenRecord(
            tokens=TOKENS, version=0, generation=0, pending=None, lease=None, needs_reauth=False
        )
        assert expected == TokenRecord(tokens=TOKENS)

    def test_new_tokens_settle_whatever_was_open(self) -> None:
        """The exchange, the lease and the refusal were those of the tokens before."""
        other = Tokens(access_token=Secret("canary-new"))
        assert TokenRecord(tokens=other, version=8, generation=4) == BUSY.renewed(other)

    def test_the_text_is_the_one_that_other_versions_wrote(self) -> None:
        """A store outlives the program: it is read and written by these names."""
        assert whole(BUSY) == whole(TokenRecord.read(TEXT))
        assert json.loads(TEXT) == json.loads(BUSY.reveal())
        empty = TokenRecord(tokens=Tokens())
        assert whole(empty) == whole(TokenRecord.read(empty.reveal()))

    def test_the_first_versions_did_not_write_the_scope(self) -> None:
        """It is not known then."""
        plain = json.loads(TEXT)
        del plain["tokens"]["scope"]
        assert TokenRecord.read(json.dumps(plain)).tokens.scope is None

    @pytest.mark.parametrize("name", ["version", "generation"])
    def test_what_is_counted_is_a_number(self, name: str) -> None:
        """Anything else is no record, and not shown."""
        text = json.dumps({**json.loads(TEXT), name: "1"})
        with pytest.raises(ValueError, match="no record") as caught:
            TokenRecord.read(text)
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("kind", [MemoryTokenStore, DistantStore])
async def test_only_the_version_that_was_read_is_replaced(kind: Any) -> None:
    """Also where there was none, or is none any more; a refused change changes nothing."""
    store = kind()
    first, other = TokenRecord(tokens=TOKENS), TokenRecord(tokens=Tokens(), version=5)
    assert not await store.swap("a", first, first.change())
    assert await store.read("a") is None
    assert await store.swap("a", None, first)
    for before in (None, other):
        assert not await store.swap("a", before, other)
        assert first == await store.read("a")
    assert await store.swap("a", first, other)
    assert other == await store.read("a")


class TestWatch:
    """Whether a leased record may be taken over."""

    def test_what_nobody_has_is_free(self) -> None:
        """There may be no record at all."""
        watch = Watch(FrozenTime().runtime())
        assert watch.is_free(None)
        assert watch.is_free(TokenRecord(tokens=TOKENS))

    def test_a_sign_of_life_begins_the_lease_anew(self) -> None:
        """It is over when it was watched for its whole length without one."""
        time = FrozenTime()
        watch = Watch(time.runtime())
        held = TokenRecord(tokens=TOKENS, lease=lease(time.runtime()))
        free: list[bool] = []
        for seconds in (0.0, LEASE - 0.5, 0.0, LEASE - 0.5, 0.5):
            time.time += seconds
            if len(free) == 2:
                held = held.change()
            free.append(watch.is_free(held))
        assert [False, False, False, False, True] == free

    @pytest.mark.parametrize(("ago", "free"), [(-30.0, False), (3600.0, False), (3600.5, True)])
    def test_clocks_are_compared_by_the_hour(self, ago: float, free: bool) -> None:
        """A lease that seems to have ended less than an hour ago may be in use elsewhere."""
        time = FrozenTime()
        held = TokenRecord(tokens=TOKENS, lease=TokenLease(owner="a", until=time.time - ago))
        assert free is Watch(time.runtime()).is_free(held)

    @pytest.mark.parametrize(("draw", "part"), [(0.0, 0.5), (1.0, 1.0)])
    async def test_looks_come_ever_less_often(self, draw: float, part: float) -> None:
        """Each half as long again as the one before, up to half a second; up to half is chance."""
        time = FrozenTime()
        watch = Watch(time.runtime(draw))
        for _ in range(12):
            await watch.wait()
        expected = [min(0.02 * 1.5**n, 0.5) * part for n in range(12)]
        assert pytest.approx(expected) == time.slept


class TestClaim:
    """Our own lease of a record."""

    @staticmethod
    async def claim(store: Any, time: FrozenTime) -> tuple[Claim, Records]:
        """A lease of the only record in a store."""
        records = Records(store, "a", TokenHooks())
        ours = TokenRecord(tokens=TOKENS, lease=lease(time.runtime()))
        assert await records.swap(None, ours)
        return Claim(records, ours, time.runtime()), records

    async def test_it_tells_who_has_it_and_until_when(self) -> None:
        """For people who look into the store, and for those who wait."""
        time = FrozenTime()
        until = time.time + 10
        found = lease(time.runtime())
        assert until == found.until
        assert found.owner.endswith(f"/{os.getpid()}")

    async def test_it_is_extended_long_before_it_ends(self) -> None:
        """Three times in its length, until it is not needed any more."""
        time, store = FrozenTime(), DistantStore()
        claim, _ = await self.claim(store, time)
        async with anyio.create_task_group() as group:
            group.start_soon(claim.extend)
            while len(time.slept) < 4:
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        assert pytest.approx([10 / 3] * 4) == time.slept
        kept = store.records["a"]
        assert kept.lease is not None
        assert 3 <= kept.version
        assert kept.lease.until >= time.time + 10 - 10 / 3 - 1e-3

    async def test_a_lost_lease_is_left_alone(self) -> None:
        """Whoever took it over keeps it."""
        time, store = FrozenTime(), DistantStore()
        claim, _ = await self.claim(store, time)
        theirs = claim.record.change(lease=TokenLease(owner="b", until=time.time + 99))
        store.records["a"] = theirs
        with anyio.fail_after(5):
            await claim.extend()
        assert not await claim.give_back(pending=None)
        assert theirs == store.records["a"]

    async def test_while_the_store_fails_it_is_not_extended(self) -> None:
        """Where it is kept nobody could see that; once the store is back, it is."""
        time, store = FrozenTime(), FailingStore()
        claim, records = await self.claim(store, time)
        before = claim.record
        store.reads = False
        await records.read()
        async with anyio.create_task_group() as group:
            group.start_soon(claim.extend)
            while len(time.slept) < 3:
                await anyio.lowlevel.checkpoint()
            assert before == await MemoryTokenStore.read(store, "a")
            assert before == claim.record
            store.reads = True
            await records.read()
            while len(time.slept) < 6:
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        kept = await store.read("a")
        assert kept is not None
        assert before.version < kept.version

    async def test_given_back_it_is_free(self) -> None:
        """In one step with whatever came of it."""
        time, store = FrozenTime(), DistantStore()
        claim, _ = await self.claim(store, time)
        assert await claim.give_back(needs_reauth=True)
        kept = store.records["a"]
        assert (None, True, 1) == (kept.lease, kept.needs_reauth, kept.version)


async def test_an_account_that_is_refused_is_logged_without_a_hook(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By its name, and nothing of its tokens."""
    async with bench(store=PlainStore()) as b:
        await b.store.put("acc_1", b.service.grant("acc_1", expired=True))
        b.service.revoke("acc_1")
        with pytest.raises(Exception, match="acc_1"):
            await b.client().account("acc_1").list_calendars()
    assert ["acc_1" in each.message for each in caplog.records] == [True]
    assert ("cronofy_async", "ERROR") == (caplog.records[0].name, caplog.records[0].levelname)
    assert "canary" not in caplog.text


class TestPlainStore:
    """A store of a user's own, which has nothing but `get` and `put`."""

    class Noting(PlainStore):
        """Notes what is put into it."""

        def __init__(self) -> None:
            super().__init__()
            self.puts: list[Tokens] = []

        async def put(self, sub: str, tokens: Tokens) -> None:
            self.puts.append(tokens)
            await super().put(sub, tokens)

    async def test_new_tokens_are_put_and_nothing_else(self) -> None:
        """Who exchanges them is nothing that it could keep."""
        store = self.Noting()
        async with bench(store=store) as b:
            await store.put("acc_1", b.service.grant("acc_1", expired=True))
            await b.client().account("acc_1").list_calendars()

            assert 2 == len(store.puts)
            assert b.service.is_alive("acc_1", store.puts[-1])

    async def test_an_account_that_it_does_not_know_is_put_at_once(self) -> None:
        """So that what was given is not lost with this process."""
        store = self.Noting()
        async with bench(store=store) as b:
            tokens = b.service.grant("acc_1", expired=True)
            account = b.client().account(
                "acc_1", access_token=tokens.access_token, refresh_token=tokens.refresh_token
            )
            await account.list_calendars()

            assert ([tokens, account.tokens], []) == (store.puts, b.troubles)


async def test_a_hook_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """By what it raised, whose text may be anything."""

    def fail(error: Exception) -> None:
        raise KeyError("canary-private")

    TokenHooks(on_store_error=fail).store_error(TokenStoreError("the disk is full"))
    assert ["the disk is full" in caplog.messages[0], "KeyError" in caplog.messages[1]] == [
        True
    ] * 2
    assert "canary" not in caplog.text
