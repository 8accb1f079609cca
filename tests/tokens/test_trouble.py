"""Stores that fail: tokens are kept in memory and stored later, and nothing stands still."""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import Any

import pytest

from cronofy_async import (
    AsyncCronofy,
    CredentialError,
    MemoryTokenStore,
    TokenRecord,
    Tokens,
    TokenStoreError,
)
from cronofy_async.stores import SQLiteTokenStore, new_key

from .bench import Bench, PlainStore, background, bench, given
from .harm import HARMS, Harm, done_with, fill
from .service import LIFE, ServiceTransport

pytestmark = [pytest.mark.anyio, pytest.mark.fault(35)]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Each test runs on both event loops."""
    return request.param


class FailingStore(MemoryTokenStore):
    """A store that fails when it is told to, with the tokens in its error."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = True

    async def read(self, sub: str) -> TokenRecord | None:
        if not self.reads:
            raise OSError("cannot read")
        return await super().read(sub)

    async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
        if not self.writes:
            raise OSError(f"cannot write {after.reveal()}")
        return await super().swap(sub, before, after)


class FailingPlainStore(PlainStore):
    """The same without leases."""

    reads = writes = True

    async def get(self, sub: str) -> Tokens | None:
        if not self.reads:
            raise OSError("cannot read")
        return await super().get(sub)

    async def put(self, sub: str, tokens: Tokens) -> None:
        if not self.writes:
            raise OSError("cannot write")
        await super().put(sub, tokens)


@pytest.fixture(params=[FailingStore, FailingPlainStore])
def store(request: pytest.FixtureRequest) -> Any:
    """Either kind of store."""
    return request.param()


@pytest.mark.fault(35)
@pytest.mark.parametrize("reads", [True, False])
async def test_a_store_that_fails_stops_nothing(
    store: Any, reads: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Tokens are renewed over and over in memory, are told of, and stored in the end."""
    async with bench(store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        account = b.client().account("acc_1")
        await account.list_calendars()
        store.reads, store.writes = reads, False
        for _ in range(5):
            b.time.time += LIFE
            await account.list_calendars()
        assert b.service.is_alive("acc_1", account.tokens)
        store.reads = store.writes = True
        b.time.time += 61
        await account.list_calendars()
        await background(account)

        assert b.service.is_alive("acc_1", await store.get("acc_1"))
        assert (6, 0, 6 + 1) == (b.service.exchanges, b.service.stale, b.service.calls)
        assert len(b.troubles) >= 5
        told = caplog.text + "".join(map(str, b.troubles))
        assert "kept in memory" in told
        assert "canary" not in told


async def test_a_store_that_can_be_read_again_does_not_bring_old_tokens_back(store: Any) -> None:
    """What the store holds from before it failed is not taken for newer."""
    async with bench("fixed", store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        account = b.client().account("acc_1")
        await account.list_calendars()
        refused = b.service.refused
        for reads in (False, False, True, True):
            store.reads, store.writes = reads, False
            b.service.expire("acc_1")
            await account.list_calendars()

        assert (5, refused + 4) == (b.service.exchanges, b.service.refused)


@pytest.mark.fault(35)
async def test_tokens_are_stored_again_without_waiting_for_their_end(store: Any) -> None:
    """A second after the store failed the next call stores the tokens; before, none tries."""
    async with bench(store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        account = b.client().account("acc_1")
        store.writes = False
        await account.list_calendars()
        told = len(b.troubles)
        store.writes = True
        await account.list_calendars()
        b.time.time += 1
        assert not b.service.is_alive("acc_1", await store.get("acc_1"))
        await account.list_calendars()
        await background(account)

        assert b.service.is_alive("acc_1", await store.get("acc_1"))
        assert told == len(b.troubles)


@pytest.mark.fault(35)
async def test_closing_stores_what_could_not_be_stored(store: Any) -> None:
    """Tokens in memory alone are kept when their view is dropped, and stored at closing."""
    async with bench(store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        cronofy = b.client()
        store.writes = False
        await cronofy.account("acc_1").list_calendars()
        gc.collect()
        store.writes = True
        await cronofy.aclose()

        assert b.service.is_alive("acc_1", await store.get("acc_1"))


async def test_a_newer_consent_is_not_overwritten_later(store: Any) -> None:
    """Tokens that could not be stored do not replace what somebody has put there since."""
    async with bench(store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        cronofy = b.client()
        store.writes = False
        await cronofy.account("acc_1").list_calendars()
        store.writes = True
        newer = b.service.grant("acc_1")
        await store.put("acc_1", newer)
        await cronofy.aclose()

        assert newer == await store.get("acc_1")


async def test_without_any_token_the_failure_is_the_error(store: Any) -> None:
    """A store that cannot be read is not mistaken for one without the account."""
    async with bench(store=store) as b:
        store.reads = False
        with pytest.raises(TokenStoreError, match="OSError") as caught:
            await b.client().account("acc_1").list_calendars()
        store.reads = True
        with pytest.raises(CredentialError, match="authorize the account first"):
            await b.client().account("acc_1").list_calendars()

    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.fault(35)
@pytest.mark.parametrize("harm", HARMS)
async def test_a_file_in_trouble_stops_nothing(tmp_path: Path, harm: Harm) -> None:
    """Corrupt, open to others, read-only, of another key or locked: calls go on, and it is told."""
    path = tmp_path / "private" / "tokens.db"
    store = SQLiteTokenStore(path, keys=new_key(), busy_timeout=0.01)
    async with bench(store=store) as b:
        await store.put("acc_1", b.service.grant("acc_1", expired=True))
        account = b.client().account("acc_1")
        await account.list_calendars()
        harm(path, store)
        b.time.time += LIFE
        for _ in range(3):
            await account.list_calendars()

        assert (2, 0, 4) == (b.service.exchanges, b.service.stale, b.service.calls)
        assert b.troubles
        assert "canary" not in "".join(map(str, b.troubles))
    done_with(store)


@pytest.mark.fault(35)
async def test_a_full_disk_stops_nothing(tmp_path: Path) -> None:
    """When there is no room for a record, calls go on with tokens in memory."""
    store = SQLiteTokenStore(tmp_path / "private" / "tokens.db")
    async with bench(store=store) as b:
        await store.put("acc_0", b.service.grant("acc_0"))
        fill(store.path, store)
        account = b.client().account("acc_" + "1" * 5000, **given(b.service.grant("a" * 5000)))
        b.service.expire("a" * 5000)
        await account.list_calendars()

        assert ["full" in str(each) for each in b.troubles] == [True] * len(b.troubles)
        assert b.troubles
        assert (1, 1) == (b.service.exchanges, b.service.calls)
    store.close()


@pytest.mark.fault(35)
async def test_without_a_hook_the_log_tells(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody who gives no hook is left unaware."""
    store = FailingStore()
    b = Bench(store=store)
    cronofy = AsyncCronofy(
        "c",
        "s",
        transport=ServiceTransport(b.service),
        token_store=store,
        runtime=b.time.runtime(),
        limits=None,
    )
    store.writes = False
    await cronofy.account("acc_1", **given(b.service.grant("acc_1", expired=True))).list_calendars()

    assert ["cronofy_async"] * len(caplog.records) == [each.name for each in caplog.records]
    assert {logging.ERROR} == {each.levelno for each in caplog.records}
    assert "canary" not in caplog.text
