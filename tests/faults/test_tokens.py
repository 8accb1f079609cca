"""Tokens that end, are refused or lost in the middle of work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from cronofy_async import (
    AsyncAccount,
    AuthenticationError,
    MemoryTokenStore,
    ReauthorizationRequiredError,
    TokenStoreError,
)
from cronofy_async.client.runtime import on_trio
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request, Response
from cronofy_async.stores import SQLiteTokenStore, new_key
from tests.tokens.bench import background
from tests.tokens.harm import HARMS, Harm, done_with
from tests.tokens.service import is_exchange
from tests.transports.cases import wire_transports
from tests.transports.conftest import MakeTransport

from .scene import Scene, tokens

pytestmark = pytest.mark.anyio

Failing = Callable[..., Any]


@pytest.mark.fault(27)
@wire_transports
async def test_a_token_ends_under_200_calls(scene: Scene) -> None:
    """The first hundred have its last answers; of the others all are refused, and one renews."""
    person = scene.somebody()
    account = scene.account(person)
    done = 0

    async def call() -> None:
        nonlocal done
        assert 1 == len(await account.list_calendars())
        done += 1

    for _ in range(2):
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(call)
        scene.sandbox.control.expire_tokens(person.sub)

    assert (200, 1) == (done, scene.asked("RefreshToken"))
    refused = [each for each in scene.sandbox.journal if each.status == 401]
    assert 1 <= len(refused) <= 100
    assert 200 + len(refused) + 1 == scene.asked()


@pytest.mark.fault(28)
@wire_transports
async def test_a_new_token_is_refused_as_well(scene: Scene, failing: Failing) -> None:
    """One renewal, one more attempt, and the error."""
    person = scene.somebody()
    scene.fault("status", status=401, operation="ListCalendars")

    await failing(AuthenticationError, scene.account(person).list_calendars())

    assert (1, 2) == (scene.asked("RefreshToken"), scene.asked("ListCalendars"))


@pytest.mark.fault(29)
@wire_transports
async def test_invalid_grant(scene: Scene, failing: Failing) -> None:
    """One account needs its owner, is told of once and keeps its row; another goes on."""
    ada, ben = scene.somebody(), scene.somebody()
    store, told = MemoryTokenStore(), list[ReauthorizationRequiredError]()
    client = scene.connect(token_store=store, on_needs_reauth=told.append)
    for person in (ada, ben):
        await store.put(person.sub, tokens(person))
        scene.sandbox.control.expire_tokens(person.sub)
    scene.sandbox.control.invalidate_refresh_token(ada.sub)

    for _ in range(3):
        await failing(ReauthorizationRequiredError, client.account(ada.sub).list_calendars())
        assert 1 == len(await client.account(ben.sub).list_calendars())

    assert ([ada.sub], 2) == ([error.sub for error in told], scene.asked("RefreshToken"))
    kept = await store.read(ada.sub)
    assert kept is not None
    assert (True, tokens(ada)) == (kept.needs_reauth, kept.tokens)


@pytest.mark.fault(30)
@wire_transports
@pytest.mark.parametrize("kind", ["fixed", "rotating", "rotating_with_grace"])
async def test_the_answer_of_a_renewal_is_lost(scene: Scene, failing: Failing, kind: str) -> None:
    """The old refresh token is tried once more; where that has ended, the owner is needed."""
    scene.sandbox.control.choose(refresh_tokens=kind)
    person = scene.somebody()
    scene.sandbox.control.expire_tokens(person.sub)
    scene.fault("drop", when="after", how="reset", times=1, operation="RefreshToken")
    account = scene.account(person)

    for _ in range(3):
        if kind == "rotating":
            await failing(ReauthorizationRequiredError, account.list_calendars())
        else:
            assert 1 == len(await account.list_calendars())

    assert 2 == scene.asked("RefreshToken")


class Telling:
    """A transport that tells when an exchange of tokens is on its way."""

    def __init__(self, inner: Transport, tell: Callable[[], object]) -> None:
        self.inner = inner
        self.tell = tell

    async def send(self, request: Request, *, timeout: float) -> Response:
        if is_exchange(request):
            self.tell()
        return await self.inner.send(request, timeout=timeout)

    async def aclose(self) -> None:
        """The inner one is closed by whoever made it."""


@pytest.mark.fault(31)
@wire_transports
async def test_a_caller_is_cancelled_while_its_token_is_renewed(
    scene: Scene, make: MakeTransport
) -> None:
    """Its call ends; the exchange does not, and its tokens are stored and used."""
    person = scene.somebody()
    scene.sandbox.control.expire_tokens(person.sub)
    store = MemoryTokenStore()
    await store.put(person.sub, tokens(person))
    cancels: list[Callable[[], object]] = []
    telling = Telling(make(), lambda: [cancel() for cancel in cancels])
    client = scene.connect(transport=telling, token_store=store)
    account = client.account(person.sub)

    await cancelled(account, cancels)
    await background(account)

    kept = await store.get(person.sub)
    assert kept is not None
    assert kept.refresh_token is not None
    assert person.refresh_token != kept.refresh_token.reveal()
    cancels.clear()
    assert 1 == len(await client.account(person.sub).list_calendars())
    assert 1 == scene.asked("RefreshToken")


async def cancelled(account: AsyncAccount, cancels: list[Callable[[], object]]) -> None:
    """Make a call that is cancelled in the way of its event loop."""
    if on_trio():
        with anyio.CancelScope() as scope:
            cancels.append(scope.cancel)
            await account.list_calendars()
        assert scope.cancelled_caught
    else:
        task = asyncio.ensure_future(account.list_calendars())
        cancels.append(task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.fault(35)
@wire_transports
@pytest.mark.parametrize("harm", HARMS)
async def test_a_store_in_trouble(scene: Scene, tmp_path: Path, harm: Harm) -> None:
    """Calls go on with tokens in memory, renewed as ever, and it is told of without them."""
    person = scene.somebody()
    told: list[TokenStoreError] = []
    store = SQLiteTokenStore(tmp_path / "private" / "t.db", keys=new_key(), busy_timeout=0.01)
    await store.put(person.sub, tokens(person))
    client = scene.connect(token_store=store, on_store_error=told.append)
    account = client.account(person.sub)
    await account.list_calendars()
    harm(store.path, store)

    for _ in range(2):
        scene.sandbox.control.expire_tokens(person.sub)
        for _ in range(3):
            assert 1 == len(await account.list_calendars())

    assert 2 == scene.asked("RefreshToken")
    assert told
    assert person.refresh_token not in "".join(map(repr, told))
    done_with(store)
