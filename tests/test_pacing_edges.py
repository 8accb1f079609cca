"""The edges of keeping to the quota: what is refused by name, and what a client begins with."""

from __future__ import annotations

from typing import Any

import pytest

from cronofy_async import InvalidArgumentError, Limits, Quota
from cronofy_async.client.pacing import OwnShare, Pacer, pacer_for
from cronofy_async.client.sharing import StoredShare
from cronofy_async.core.unset import UNSET

from .support import FrozenTime
from .test_quota_stores import MemoryStore
from .virtual import VirtualTime

pytestmark = pytest.mark.anyio


def look(pacer: Pacer | None) -> Quota:
    """Where a client's pacer stands, which there must be."""
    assert pacer is not None
    return pacer.look()


class TestPacerFor:
    """What a client keeps to."""

    def test_by_default_the_documented_quota_for_itself(self) -> None:
        """Unless it is switched off, or its limits are."""
        runtime = FrozenTime().runtime()
        assert Limits() == look(pacer_for(UNSET, runtime)).limits
        assert not look(pacer_for(UNSET, runtime)).is_shared
        assert pacer_for(UNSET, runtime, is_on=False) is None
        assert pacer_for(None, runtime) is None

    def test_limits_or_a_store_switch_it_on(self) -> None:
        """Whoever gives either wants it kept."""
        runtime, limits = FrozenTime().runtime(), Limits(per_second=7)
        store = MemoryStore(VirtualTime())
        assert limits == look(pacer_for(limits, runtime, is_on=False)).limits
        shared = look(pacer_for(UNSET, runtime, store, "app", is_on=False))
        assert (Limits(), True) == (shared.limits, shared.is_shared)

    @pytest.mark.parametrize(
        ("limits", "store", "field"),
        [
            (50, None, "limits"),
            (UNSET, "quota.db", "quota_store"),
            (None, MemoryStore(VirtualTime()), "quota_store"),
        ],
    )
    def test_what_is_none_is_refused_by_name(self, limits: Any, store: Any, field: str) -> None:
        """With what to give in its place."""
        with pytest.raises(InvalidArgumentError, match=r"Limits\(|SQLiteQuotaStore") as caught:
            pacer_for(limits, FrozenTime().runtime(), store)
        assert field == caught.value.field

    async def test_the_clients_of_an_application_share_by_its_name(self) -> None:
        """Those of another do not."""
        clock = VirtualTime()
        store = MemoryStore(clock)
        pacer = pacer_for(UNSET, FrozenTime().runtime(), store, "app")
        assert pacer is not None
        await pacer.acquire()
        assert {"app"} == set(store.kept)


class TestBeginningAnew:
    """A pacer on another event loop, or after a fork."""

    async def test_nothing_is_under_way_and_the_quota_is_the_same(self) -> None:
        """What went out counts; who waits or is under way does so elsewhere."""
        time = FrozenTime()
        limits = Limits(concurrent=2, per_second=3, burst=3, per_minute=100)
        pacer = Pacer(limits, OwnShare(limits, time, time.sleep))
        assert [True, True, False] == [pacer.try_acquire() for _ in range(3)]
        again = pacer.anew()
        assert (limits, 0, 0, 2) == (
            again.limits,
            again.look().under_way,
            again.look().waiting,
            again.look().last_second,
        )
        assert [True, False] == [again.try_acquire() for _ in range(2)]
        assert (2, 1) == (pacer.look().under_way, again.look().under_way)


class TestLeave:
    """Leave for one request."""

    async def test_what_is_shorter_than_the_clock_can_tell_is_waited_for(self) -> None:
        """A tenth of a millisecond at the least: without an end, nobody would ever wake."""
        time = FrozenTime()
        for share in (
            OwnShare(Limits(), time, time.sleep),
            StoredShare(Limits(), MemoryStore(VirtualTime()), "a", time, time.sleep),
        ):
            time.slept.clear()
            await share.wait(1e-9, 1)
            await share.wait(0.25, 1)
            assert [1e-4, 0.25] == time.slept

    def test_the_only_place_is_one(self) -> None:
        """Whoever waits for the quota gets it, though nobody gives a place back meanwhile."""
        clock = VirtualTime()
        limits = Limits(concurrent=1, per_second=1, burst=1, per_minute=100)
        pacer = Pacer(limits, OwnShare(limits, clock, clock.sleep))

        async def main() -> None:
            for _ in range(3):
                await pacer.acquire()
                pacer.release()

        clock.run(main())
        assert 2.0 <= clock() < 2.1

    async def test_a_pause_that_is_over_is_none(self) -> None:
        """It is told as nought."""
        time = FrozenTime()
        limits = Limits()
        pacer = Pacer(limits, OwnShare(limits, time, time.sleep))
        await pacer.slow_down(2.0)
        assert 2.0 == pacer.look().paused
        time.time += 5
        assert 0.0 == pacer.look().paused
