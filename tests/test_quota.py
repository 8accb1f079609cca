"""Accounts take turns, and a 429 slows the whole client down."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from itertools import groupby
from random import Random
from typing import Any

import anyio
import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import AsyncCronofy, Cronofy, InvalidArgumentError, Limits, Quota, RateLimitError
from cronofy_async.client.pacing import OwnShare, Pacer
from cronofy_async.client.runtime import Runtime
from cronofy_async.client.windows import Windows
from cronofy_async.core.wire import Request, Response

from .support import FrozenTime, RecordingTransport, answer
from .virtual import VirtualTime

CALENDARS = answer(200, {"calendars": []})


def test_adaptive_is_yes_or_no() -> None:
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgumentError, match="adaptive"):
        Limits(adaptive=1)  # type: ignore[arg-type]  # the point of the test


class TestTurns:
    """Of several accounts that wait, each gets one out before any gets another."""

    @staticmethod
    def order(
        asked: list[tuple[str, float]], quitters: dict[int, float] | None = None
    ) -> list[str]:
        """Whose requests go out one after the other, one in a second."""
        clock = VirtualTime()
        limits = Limits(per_second=1, burst=1, per_minute=10_000, concurrent=1000)
        pacer = Pacer(limits, OwnShare(limits, clock, clock.sleep))
        out: list[str] = []

        async def ask(account: str, at: float) -> None:
            await clock.sleep(at)
            if not pacer.try_acquire():
                await pacer.acquire(account)
            out.append(account)
            pacer.release()

        async def quit_(task: asyncio.Task[None], at: float) -> None:
            await clock.sleep(at)
            task.cancel()

        async def main() -> None:
            tasks = [asyncio.ensure_future(ask(*each)) for each in asked]
            ends = [quit_(tasks[n], at) for n, at in (quitters or {}).items()]
            await asyncio.gather(*tasks, *ends, return_exceptions=True)

        clock.run(main())
        assert {} == pacer._queue
        assert (0, 0) == (pacer._waiting, pacer._under_way)
        return out

    @pytest.mark.fault(44)
    def test_a_huge_account_does_not_hold_up_a_small_one(self) -> None:
        """A caller who comes after a thousand requests of another waits for one of them."""
        out = self.order([("huge", 0.0)] * 1000 + [("small", 5.5)])
        assert out.index("small") <= 8

    def test_accounts_alternate(self) -> None:
        """However many requests each has."""
        out = self.order([("a", 0.0)] * 6 + [("b", 0.1)] * 3 + [("c", 0.2)] * 2)
        assert "aabcabcabaa" == "".join(out)

    def test_who_gives_up_does_not_hold_up_the_rest(self) -> None:
        """First in the queue or not."""
        asked = [("a", 0.0), ("a", 0.0), ("b", 0.0), ("b", 0.0), ("c", 0.0)]
        assert ["a", "b", "c", "b"] == self.order(asked, {1: 0.5})
        assert ["a", "a", "b", "c"] == self.order(asked, {2: 0.5})
        assert ["a", "a", "b"] == self.order(asked, {2: 0.5, 4: 0.6})

    @pytest.mark.fault(44)
    @given(
        st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 5)), max_size=40),
        st.dictionaries(st.integers(0, 39), st.floats(0, 30), max_size=10),
    )
    def test_nobody_waits_longer_than_a_round(
        self, asked: list[tuple[str, float]], quitters: dict[int, float]
    ) -> None:
        """Everybody who stays gets through, and no account goes twice while four wait."""
        quitters = {number: at for number, at in quitters.items() if number < len(asked)}
        out = self.order(asked, quitters)
        assert len(asked) - len(quitters) <= len(out)
        # All have asked after 5 seconds; from then on an account that is alone goes in a row.
        rest = out[6:]
        for place, account in enumerate(rest):
            before = [n for n in range(place) if rest[n] == account]
            if before and quitters == {}:
                between = rest[before[-1] + 1 : place]
                assert set(rest[place:]) - {account} <= set(between)

    @pytest.mark.asyncio
    async def test_nobody_overtakes_who_waits(self) -> None:
        """A place that is given back is the waiting one's, also before he knows of it."""
        time_ = FrozenTime()
        limits = Limits(concurrent=1)
        pacer = Pacer(limits, OwnShare(limits, time_, time_.sleep))
        assert pacer.try_acquire()
        waiting = asyncio.ensure_future(pacer.acquire())
        await asyncio.sleep(0)
        pacer.release()
        assert not pacer.try_acquire()
        await waiting
        assert 1 == pacer.look().under_way

    @pytest.mark.asyncio
    async def test_who_waits_for_a_moment_takes_the_place_when_it_wakes(self) -> None:
        """Given earlier, by who gives one back, it would be counted before the request goes out."""
        moment, taken = anyio.Event(), list[float]()

        class Timed:
            """Has leave at once, but for the second time it is asked."""

            is_shared = False

            def take(self) -> float:
                taken.append(1.0 if len(taken) == 1 else 0.0)
                return taken[-1]

            async def wait(self, seconds: float, wanted: int) -> None:
                await moment.wait()

            async def slow_down(self, seconds: float) -> None:
                raise AssertionError

            def look(self) -> tuple[Windows, float]:
                return Windows.of(Limits()), 0.0

        pacer = Pacer(Limits(), Timed())
        assert pacer.try_acquire()
        waits = asyncio.ensure_future(pacer.acquire("a"))
        await asyncio.sleep(0)
        pacer.release()
        assert (0, 1, 2) == (pacer.look().under_way, pacer.look().waiting, len(taken))
        moment.set()
        await waits
        assert (1, 0, 3) == (pacer.look().under_way, pacer.look().waiting, len(taken))

    @pytest.mark.asyncio
    async def test_views_of_one_account_are_one(self) -> None:
        """By sub, or by token where there is none; the application is another."""
        asked: list[Any] = []

        class Spy(Pacer):
            def try_acquire(self) -> bool:
                return False

            async def acquire(self, account: Any = None) -> None:
                asked.append(account)

        cronofy = AsyncCronofy("id", "s", transport=RecordingTransport([CALENDARS] * 5))
        assert cronofy.driver.pacer is not None
        cronofy.driver.pacer = Spy(Limits(), cronofy.driver.pacer._share)
        for view in (
            cronofy.account("acc_1", access_token="t"),
            cronofy.account("acc_1"),
            cronofy.account(access_token="u"),
            cronofy.account(access_token="u"),
            cronofy.account(access_token="v"),
        ):
            await view.list_calendars()
        assert [2, 2, 1] == [len(list(group)) for _, group in groupby(asked)]


class TestThrottled:
    """A 429 slows the whole client down."""

    @pytest.mark.fault(23)
    @pytest.mark.parametrize(("adaptive", "came"), [(True, 2.0), (False, 0.0)])
    def test_retry_after_is_obeyed_by_all(self, adaptive: bool, came: float) -> None:
        """Another account's call waits as well, unless that is switched off."""
        clock = VirtualTime()
        transport = RecordingTransport([answer(429, retry_after="2"), CALENDARS, CALENDARS])
        runtime = Runtime(monotonic=clock, now=clock, sleep=clock.sleep, draw=lambda: 0.0)
        cronofy = AsyncCronofy(
            transport=transport, runtime=runtime, limits=Limits(adaptive=adaptive)
        )
        done: dict[str, float] = {}

        async def call(token: str) -> None:
            await cronofy.account(access_token=token).list_calendars()
            done[token] = clock()

        async def main() -> None:
            first = asyncio.ensure_future(call("a"))
            await clock.sleep(0.01)
            await asyncio.gather(first, call("b"))

        clock.run(main())
        assert came <= done["b"] <= came + 0.5
        assert 2.0 <= done["a"]

    @pytest.mark.fault(23)
    @pytest.mark.asyncio
    async def test_a_wait_that_is_too_long_for_a_call_is_kept_by_the_others(self) -> None:
        """The refused call fails at once; for a minute at most nothing goes out after it."""
        time_ = FrozenTime()
        transport = RecordingTransport([answer(429, retry_after="3600"), CALENDARS])
        cronofy = AsyncCronofy(transport=transport, runtime=time_.runtime(), timeout=90)
        account = cronofy.account(access_token="t")
        with pytest.raises(RateLimitError):
            await account.list_calendars()
        assert [] == time_.slept
        assert cronofy.quota is not None
        assert pytest.approx(60.0) == cronofy.quota.paused
        await account.list_calendars()
        assert 60.0 <= sum(time_.slept)

    @pytest.mark.asyncio
    async def test_a_page_outlasts_the_wait_that_a_429_asks_for(self) -> None:
        """Its timeout does not count the service's quota either; another call's does."""
        time_ = FrozenTime()
        busy = answer(429, retry_after="30")
        transport = RecordingTransport([busy, answer(200, {"events": []}), busy])
        cronofy = AsyncCronofy(transport=transport, runtime=time_.runtime(), timeout=5, limits=None)
        account = cronofy.account(access_token="t")
        assert 0 == len(await account.read_events(tzid="Etc/UTC").collect())
        assert [30.0] == time_.slept
        assert [5.0, 5.0] == transport.timeouts
        with pytest.raises(RateLimitError):
            await account.list_calendars()

    def test_a_client_finds_the_rate_that_others_leave_it(self) -> None:
        """Where half the quota is others', most of the other half is used, with few refusals."""
        clock = VirtualTime()
        allowed, accepted, refused = 25, 0, 0
        recent: deque[float] = deque()

        class Busy:
            async def send(self, request: Request, *, timeout: float) -> Response:
                nonlocal accepted, refused
                while recent and recent[0] <= clock() - 1:
                    recent.popleft()
                await clock.sleep(0.02)
                if len(recent) >= allowed:
                    refused += 1
                    return answer(429)
                recent.append(clock())
                accepted += 1
                return CALENDARS

            async def aclose(self) -> None:
                """Nothing to close."""

        runtime = Runtime(monotonic=clock, now=clock, sleep=clock.sleep, draw=Random(5).random)
        cronofy = AsyncCronofy(
            transport=Busy(),
            runtime=runtime,
            timeout=1e6,
            limits=Limits(per_minute=100_000),
            retry_budget=None,
        )
        seconds = 60.0

        async def work(token: str) -> None:
            account = cronofy.account(access_token=token)
            while clock() < seconds:
                with suppress(RateLimitError):
                    await account.list_calendars()

        async def main() -> None:
            await asyncio.gather(*[work(str(number)) for number in range(30)])

        clock.run(main())
        assert accepted >= 0.6 * allowed * seconds
        assert refused <= 0.1 * accepted


class TestSnapshot:
    """``quota`` tells where a client stands."""

    @pytest.mark.parametrize("client", [AsyncCronofy, Cronofy])
    def test_an_idle_client_has_the_whole_quota(self, client: Any) -> None:
        """Both clients tell; without limits there is nothing to tell."""
        assert client("id", "s", limits=None).quota is None
        assert client("id", "s").quota == Quota(
            limits=Limits(),
            under_way=0,
            waiting=0,
            last_second=0,
            last_minute=0,
            share=1.0,
            paused=0.0,
            is_shared=False,
        )

    @pytest.mark.asyncio
    async def test_what_went_out_is_counted(self) -> None:
        """In the last second and the last minute; and what is under way."""
        time_ = FrozenTime()
        seen: list[Quota | None] = []

        def look(_: Request) -> Response:
            seen.append(cronofy.quota)
            return CALENDARS

        cronofy = AsyncCronofy(transport=RecordingTransport([look] * 3), runtime=time_.runtime())
        account = cronofy.account(access_token="t")
        for pause in (0.0, 30.0, 31.0):
            time_.time += pause
            await account.list_calendars()
        assert [(1, 1, 1), (1, 1, 2), (1, 1, 2)] == [
            (each.under_way, each.last_second, each.last_minute) for each in seen if each
        ]
        assert cronofy.quota is not None
        assert attrs.evolve(cronofy.quota, under_way=1) == seen[-1]
