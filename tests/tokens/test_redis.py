"""Tokens in Redis: shared by machines, encrypted, and never damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from redis.asyncio import Redis

from cronofy_async import (
    InvalidArgumentError,
    LeasingTokenStore,
    Secret,
    TokenLease,
    TokenRecord,
    Tokens,
    TokenStoreError,
    UnsettledExchange,
)
from cronofy_async.stores import RedisTokenStore, new_key
from tests.redis_support import redis_server

from .processes import processes
from .service import TokenService, on_loopback

TOKENS = Tokens(access_token=Secret("canary-acc"), refresh_token=Secret("canary-ref"))
OTHERS = Tokens(access_token=Secret("canary-acc-2"), refresh_token=Secret("canary-ref-2"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """The same, empty."""

    async def flush() -> None:
        async with Redis.from_url(server) as client:
            await client.flushall()

    asyncio.run(flush())
    return server


@pytest.mark.asyncio
async def test_a_record_comes_back_whole(url: str) -> None:
    """Every field of a record is kept."""
    store = RedisTokenStore(url)
    assert isinstance(store, LeasingTokenStore)
    record = TokenRecord(
        tokens=TOKENS,
        version=3,
        generation=2,
        pending=UnsettledExchange(at=1.5, generation=2),
        lease=TokenLease(owner="a/1", until=2.5),
        needs_reauth=True,
    )
    assert await store.swap("acc_1", None, record)
    assert record == await RedisTokenStore(url).read("acc_1")
    assert await store.read("acc_2") is None


@pytest.mark.asyncio
async def test_a_record_that_was_changed_meanwhile_is_not_replaced(url: str) -> None:
    """Of two machines that saw the same record, one changes it."""
    one, two = RedisTokenStore(url), RedisTokenStore(url)
    first = TokenRecord(tokens=TOKENS)
    assert await one.swap("acc_1", None, first)
    assert not await two.swap("acc_1", None, first)
    assert await two.swap("acc_1", first, first.renewed(OTHERS))
    assert not await one.swap("acc_1", first, first.change(needs_reauth=True))
    assert not await one.swap("acc_9", first, first)

    assert OTHERS == await one.get("acc_1")


@pytest.mark.asyncio
async def test_tasks_may_share_a_store(url: str) -> None:
    """Changes by many tasks at once are all done, one after the other."""
    store = RedisTokenStore(url)
    await asyncio.gather(*[store.put("acc_1", TOKENS) for _ in range(20)])
    found = await store.read("acc_1")

    assert found is not None
    assert 20 == found.generation


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.asyncio
async def test_a_client_of_ones_own_may_be_given(url: str, decode: bool) -> None:
    """A client that is given is used as it is, and left open."""
    async with Redis.from_url(url, decode_responses=decode) as client:
        store = RedisTokenStore(client, prefix="mine:[1]*", keys=new_key())
        await store.put("acc_1", TOKENS)
        assert 1 == await store.rotate()
        assert TOKENS == await store.get("acc_1")
        assert 1 == len(await client.keys("mine:*"))


@pytest.mark.asyncio
async def test_encrypted_records_show_nothing_and_keys_can_be_rotated(url: str) -> None:
    """Plain records are encrypted by rotating, and each key can be replaced."""
    old, new = new_key(), new_key()
    await RedisTokenStore(url).put("acc_1", TOKENS)
    await RedisTokenStore(url, prefix="other:").put("acc_1", OTHERS)
    assert 1 == await RedisTokenStore(url, keys=old).rotate()
    await RedisTokenStore(url, keys=old).put("acc_2", OTHERS)
    async with Redis.from_url(url) as client:
        for sub in ("acc_1", "acc_2"):
            record = await client.hget(f"cronofy:tokens:{sub}", "record")
            assert isinstance(record, bytes)
            assert b"canary" not in record
    assert 2 == await RedisTokenStore(url, keys=[new, old]).rotate()
    store = RedisTokenStore(url, keys=new)

    assert (TOKENS, OTHERS) == (await store.get("acc_1"), await store.get("acc_2"))
    for wrong in (RedisTokenStore(url, keys=old), RedisTokenStore(url)):
        for work in (wrong.get("acc_1"), wrong.put("acc_1", OTHERS)):
            with pytest.raises(TokenStoreError, match="keys"):
                await work
    assert TOKENS == await store.get("acc_1")


@pytest.mark.asyncio
async def test_a_redis_that_does_not_run_is_an_error_without_secrets() -> None:
    """What cannot be reached is an error that shows neither password nor token."""
    store = RedisTokenStore("redis://user:canary-password@127.0.0.1:9/0")
    for work in (store.get("acc_1"), store.put("acc_1", TOKENS)):
        with pytest.raises(TokenStoreError, match="ConnectionError") as caught:
            await work
        assert "canary" not in str(caught.value) + repr(store)


@pytest.mark.parametrize("odd", ["http://a.example", "nonsense"])
def test_what_is_no_url_is_refused_unshown(odd: str) -> None:
    """A URL of something else is an error before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="redis://"):
        RedisTokenStore(odd)


def test_on_trio_the_remedy_is_named(url: str) -> None:
    """Redis' client knows asyncio alone; the error says what to use instead."""
    import trio

    with pytest.raises(TokenStoreError, match="SQLiteTokenStore"):
        trio.run(RedisTokenStore(url).get, "acc_1")


def test_a_store_serves_one_event_loop_after_the_other(url: str) -> None:
    """Nothing in a store is bound to the loop that used it first."""
    store = RedisTokenStore(url)
    asyncio.run(store.put("acc_1", TOKENS))
    assert TOKENS == asyncio.run(store.get("acc_1"))


@pytest.mark.slow
@pytest.mark.fault(33)
def test_eight_processes_make_one_exchange(url: str) -> None:
    """Of 400 tasks in 8 processes that find a token expired, one exchanges it; none is stale."""
    service = TokenService("rotating")
    asyncio.run(RedisTokenStore(url).put("acc_1", service.grant("acc_1", expired=True)))
    with on_loopback(service) as where:
        orders: dict[str, Any] = {"url": where, "redis": url, "sub": "acc_1", "tasks": 50}
        with processes(*[{**orders, "speed": 10}] * 8) as started:
            for each in started:
                each.go()
            results = [each.results() for each in started]

    assert [{"list": 50}] * 8 == results
    assert (1, 0, 400) == (service.exchanges, service.stale, service.calls)
