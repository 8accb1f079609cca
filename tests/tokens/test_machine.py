"""Anything may happen, in any order: processes, crashes, cancels, expiry, lost answers, consent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cronofy_async import (
    AsyncCronofy,
    LeasingTokenStore,
    MemoryTokenStore,
    ReauthorizationRequiredError,
    TokenRecord,
    TransportError,
)
from cronofy_async.client.runtime import Runtime, checkpoint
from cronofy_async.core.wire import Request, Response

from .service import LIFE, ROTATIONS, Rotation, ServiceTransport, TokenService, is_exchange
from .timing import TurningTime

T = TypeVar("T")

SUBS = ("acc_1", "acc_2")
CLIENTS = range(3)


def whose(token: str) -> str:
    """The account of a token of the service."""
    return token.split("-")[2]


class KilledError(BaseException):
    """What a process that was killed does next: nothing."""


class Machine:
    """
    A process: a client whose every way to the outside ends when it is killed.

    Args:
        store: What it shares with the others.
        service: Whom it calls.
        time: Everybody's.
    """

    def __init__(self, store: MemoryTokenStore, service: TokenService, time: TurningTime) -> None:
        self.is_dead = False
        self.loses_next = False
        self.exchanged: dict[str, int] = {}
        """Which of the service's exchanges was its last one, by account."""
        process = self

        class Store(LeasingTokenStore):
            async def read(self, sub: str) -> TokenRecord | None:
                return await process.living(store.read(sub))

            async def swap(self, sub: str, before: TokenRecord | None, after: TokenRecord) -> bool:
                return await process.living(store.swap(sub, before, after))

        class Transport(ServiceTransport):
            async def send(self, request: Request, *, timeout: float) -> Response:
                answer = await process.living(self.deliver(request, timeout))
                if process.loses_next and is_exchange(request) and answer.status == 200:
                    process.loses_next = False
                    raise TransportError("connection reset", request)
                return answer

            async def deliver(self, request: Request, timeout: float) -> Response:
                answer = await super().send(request, timeout=timeout)
                if is_exchange(request) and answer.status == 200:
                    token = json.loads(request.body)["refresh_token"]
                    process.exchanged[whose(token)] = service.exchanges
                return answer

        async def sleep(seconds: float) -> None:
            end = time.time + seconds
            while time.time < end:
                time.time += 0.01
                await process.live()

        self.client = AsyncCronofy(
            "c",
            "s",
            token_store=Store(),
            transport=Transport(service),
            runtime=Runtime(monotonic=time, now=time, sleep=sleep, draw=lambda: 0.5),
            limits=None,
            timeout=1000.0,
        )
        self.accounts = {sub: self.client.account(sub) for sub in SUBS}

    async def living(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something outside at one moment, which the process may live to see, and its result."""
        try:
            await self.live()
            done = await work
        finally:
            work.close()
        await self.live()
        return done

    async def live(self) -> None:
        """Let some time go by; the dead do not get further."""
        for _ in range(2):
            if self.is_dead:
                raise KilledError
            await checkpoint()
        if self.is_dead:
            raise KilledError


@attrs.define
class Known:
    """
    What the oracle knows of an account.

    Attributes:
        lost: Whether nobody can know its refresh token any more.
        exchanges: How often its refresh token may have been sent at most.
    """

    lost: bool = False
    exchanges: int = 0


class TokenMachine(RuleBasedStateMachine):
    """Three processes, two accounts, one store; the oracle is a dictionary."""

    @initialize(rotation=st.sampled_from(ROTATIONS))
    def begin(self, rotation: Rotation) -> None:
        """A store with fresh tokens."""
        self.loop = asyncio.new_event_loop()
        self.time = TurningTime()
        self.service = TokenService(rotation, self.time)
        self.store = MemoryTokenStore()
        self.clients = [Machine(self.store, self.service, self.time) for _ in CLIENTS]
        self.model = {sub: Known() for sub in SUBS}
        for sub in SUBS:
            self.run(self.store.put(sub, self.service.grant(sub)))

    def teardown(self) -> None:
        """End what runs."""
        if hasattr(self, "loop"):
            for each in self.clients:
                self.run(each.client.aclose())
            self.loop.close()

    def run(self, work: Awaitable[T]) -> T:
        """Do something to its end."""

        async def whole() -> T:
            return await work

        return self.loop.run_until_complete(whole())

    def results(self, *calls: Awaitable[Any]) -> list[Any]:
        """What calls at once come to, their errors included."""

        async def together() -> list[Any]:
            return await asyncio.gather(*calls, return_exceptions=True)

        return self.run(together())

    def settle(self) -> None:
        """Let everything end that runs in the background."""

        async def rest() -> None:
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)

        self.run(rest())

    def is_lost(self, sub: str) -> bool:
        """Whether the service has given out tokens that did not get into the store."""
        return not self.service.is_alive(sub, self.store._records[sub].tokens)

    @rule(sub=st.sampled_from(SUBS), which=st.lists(st.sampled_from(CLIENTS), min_size=1))
    def call(self, sub: str, which: list[int]) -> None:
        """Some processes call at once: all succeed, or all are told that the owner is needed."""
        calls = [self.clients[each].accounts[sub].list_calendars() for each in which]
        results = self.results(*calls)
        self.settle()
        if not self.model[sub].lost:
            assert {list} == {type(each) for each in results}
        else:
            assert {type(each) for each in results} <= {list, ReauthorizationRequiredError}

    @rule(sub=st.sampled_from(SUBS), by_clock=st.booleans())
    def expire(self, sub: str, by_clock: bool) -> None:
        """The access tokens end, in time or before it."""
        if by_clock:
            self.time.time += LIFE
        for each in SUBS if by_clock else (sub,):
            self.service.expire(each)
            self.model[each].exchanges += 1

    @rule(sub=st.sampled_from(SUBS), which=st.sampled_from(CLIENTS), turns=st.integers(0, 40))
    def cancel(self, sub: str, which: int, turns: int) -> None:
        """A caller is cancelled at any moment; that costs nobody anything."""

        async def cut() -> None:
            task = asyncio.ensure_future(self.clients[which].accounts[sub].list_calendars())
            await self.turns(turns)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self.run(cut())
        self.settle()

    @rule(
        sub=st.sampled_from(SUBS),
        which=st.sampled_from(CLIENTS),
        turns=st.integers(0, 40),
        together=st.booleans(),
    )
    def crash(self, sub: str, which: int, turns: int, together: bool) -> None:
        """A process is killed at any moment of a call, perhaps while others call as well."""

        async def cut() -> list[Any]:
            process = self.clients[which]
            called = self.clients if together else [process]
            tasks = [asyncio.ensure_future(c.accounts[sub].list_calendars()) for c in called]
            await self.turns(turns)
            process.is_dead = True
            others = [c.exchanged.get(sub, 0) for c in self.clients if c is not process]
            lost = self.is_lost(sub) and process.exchanged.get(sub, 0) > max(others)
            self.model[sub].lost |= lost
            self.model[sub].exchanges += 1
            results = await asyncio.gather(*tasks, return_exceptions=True)
            return (
                [] if lost else [r for r, c in zip(results, called, strict=True) if not c.is_dead]
            )

        results = self.run(cut())
        self.settle()
        self.clients[which] = Machine(self.store, self.service, self.time)
        if not self.model[sub].lost:
            assert {list} >= {type(each) for each in results}

    @rule(sub=st.sampled_from(SUBS), which=st.sampled_from(CLIENTS))
    def lose(self, sub: str, which: int) -> None:
        """The answer of an exchange is lost on its way."""
        process = self.clients[which]
        process.loses_next = True
        result = self.results(process.accounts[sub].list_calendars())
        self.settle()
        if not process.loses_next:
            self.model[sub].exchanges += 1
            self.model[sub].lost |= self.is_lost(sub)
        process.loses_next = False
        expected = {list, ReauthorizationRequiredError} if self.model[sub].lost else {list}
        assert {type(each) for each in result} <= expected

    @rule(sub=st.sampled_from(SUBS))
    def consent(self, sub: str) -> None:
        """The owner gives their consent again, and somebody stores the tokens."""
        self.run(self.store.put(sub, self.service.grant(sub)))
        # Who still has the former access token finds that it has ended.
        self.model[sub].lost = False
        self.model[sub].exchanges += 1

    @rule(sub=st.sampled_from(SUBS))
    def restart(self, sub: str) -> None:
        """A process that knows nothing but the store does what the oracle says."""
        fresh = Machine(self.store, self.service, self.time)
        self.service.expire(sub)
        self.model[sub].exchanges += 1
        (result,) = self.results(fresh.accounts[sub].list_calendars())
        self.settle()
        is_refused = isinstance(result, ReauthorizationRequiredError)
        assert is_refused == self.model[sub].lost
        assert is_refused == self.store._records[sub].needs_reauth

    @invariant()
    def nothing_is_lost(self) -> None:
        """Whoever is not lost by the oracle has a living refresh token in the store."""
        for sub, known in getattr(self, "model", {}).items():
            assert known.lost == self.is_lost(sub)
            record = self.store._records[sub]
            assert record.tokens.refresh_token is not None
            assert known.lost or not record.needs_reauth

    @invariant()
    def no_token_is_exchanged_without_need(self) -> None:
        """There are no more exchanges than expiries, crashes and lost answers."""
        if hasattr(self, "model"):
            most = sum(known.exchanges for known in self.model.values())
            assert self.service.exchanges + self.service.stale <= most

    async def turns(self, count: int) -> None:
        """Let the loop turn."""
        for _ in range(count):
            await asyncio.sleep(0)


TokenMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestTokenMachine: Callable[..., Any] = pytest.mark.timeout(300)(TokenMachine.TestCase)
