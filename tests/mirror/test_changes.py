"""What consumers are told: every change, each once, in order."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import anyio
import pytest

from cronofy_async import CronofyError, InvalidArgumentError
from cronofy_async.mirror import ChangeKind

from .scene import Copy, Scene, fold

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


async def test_a_consumer_sees_what_is_there_and_then_every_change(crowd: Scene) -> None:
    """Who comes late is told of what is there as of what was added, and misses nothing after."""
    uids = [crowd.event(f"Event {number}", number, who=number % 3) for number in range(9)]
    mirror = await crowd.mirrored()
    subs = [each.sub for each in crowd.people]
    early = await fold(mirror, "early")
    assert 9 == len(early.numbers)
    crowd.control.change_event(uids[0], summary="Changed")
    crowd.control.cancel_event(uids[1])
    await mirror.catch_up()
    late = await fold(mirror, "late")
    assert 8 == len(late.numbers)
    crowd.control.change_event(uids[0], summary="Changed again")
    crowd.control.cancel_event(uids[2])
    await mirror.catch_up()
    for name, copy in (("early", early), ("late", late)):
        await fold(mirror, name, copy)
        await copy.equals(mirror, subs)


async def test_a_late_consumer_is_not_told_of_what_others_still_wait_for(scene: Scene) -> None:
    """Changes before it came are not told, and those after it to what it was told first."""
    uid = scene.event("First", 1)
    mirror = await scene.mirrored()
    await mirror.changes("slow", follow=False).next()
    for summary in ("Second", "Third"):
        scene.control.change_event(uid, summary=summary)
        await mirror.catch_up()
    late = mirror.changes("late", follow=False)
    first = await late.next()
    scene.control.change_event(uid, summary="Fourth")
    await mirror.catch_up()
    told = [first, *[each async for each in late]]
    assert [(None, "Third"), ("Third", "Fourth")] == [
        (each and each.before and each.before.summary, each and each.after and each.after.summary)
        for each in told
    ]
    assert [None, "First", "Second", "Third"] == [
        each.before and each.before.summary async for each in mirror.changes("slow", follow=False)
    ]


async def test_what_is_not_acknowledged_comes_again(scene: Scene) -> None:
    """Asking for the next change, or saying so, acknowledges the one before."""
    for number in range(3):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()

    async def first() -> Any:
        change = await mirror.changes("test").next()
        assert change is not None
        return change.event.summary

    assert await first() == await first()
    reading = mirror.changes("test")
    await reading.next()
    second = await reading.next()
    assert second is not None
    assert await first() == second.event.summary
    reading = mirror.changes("test")
    await reading.next()
    await reading.acknowledge()
    assert await first() not in (second.event.summary, None)


async def test_who_keeps_the_number_itself_goes_on_behind_it(scene: Scene) -> None:
    """What is behind the number is acknowledged; a number from before that is a mistake."""
    for number in range(4):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    numbers = [each.number async for each in mirror.changes("other", follow=False)]
    reading = mirror.changes("test", follow=False)
    kept = [await reading.next() for _ in range(2)][-1]
    assert kept is not None
    again = mirror.changes("test", after=kept.number, follow=False)
    assert 2 == len([each async for each in again])
    with pytest.raises(InvalidArgumentError, match="after"):
        await mirror.changes("test", after=kept.number).next()
    assert 4 == len(numbers)


async def test_two_readers_of_one_consumer_are_found_out(scene: Scene) -> None:
    """The first one fails when it acknowledges: nothing is taken for seen twice."""
    for number in range(4):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    one, other = mirror.changes("test"), mirror.changes("test")
    await one.next()
    await other.next()
    await other.next()
    with pytest.raises(CronofyError, match="somebody else reads"):
        await one.next()


async def test_a_consumer_may_begin_now(scene: Scene) -> None:
    """Then it is not told of what is there."""
    scene.event("Event", 1)
    mirror = await scene.mirrored()
    assert await mirror.changes("test", from_now=True).next() is None
    scene.event("New", 2)
    await mirror.catch_up()
    told = [each.event.summary async for each in mirror.changes("test", follow=False)]
    assert ["New"] == told


async def test_changes_are_kept_only_as_long_as_somebody_waits_for_them(scene: Scene) -> None:
    """Not if there is no consumer, nor when all have acknowledged, nor for one forgotten."""
    uid = scene.event("Event", 1)
    mirror = await scene.mirrored()

    async def kept() -> int:
        work: Any = lambda db: db.rows("SELECT COUNT(*) FROM mirror_changes")  # noqa: E731
        ((count,),) = await scene.store._transact(work)  # type: ignore[attr-defined]  # the table
        return int(count)

    assert 0 == await kept()
    quick = await fold(mirror, "quick")
    assert await mirror.changes("slow").next()
    scene.control.change_event(uid, summary="Changed")
    await mirror.catch_up()
    await fold(mirror, "quick", quick)
    assert 2 == await kept()
    await mirror.forget("slow")
    assert 0 == await kept()


async def test_who_follows_waits_for_what_comes(scene: Scene) -> None:
    """A change that is written while somebody waits is handed out at once."""
    mirror = await scene.mirrored()
    told: list[Any] = []

    async def follow() -> None:
        async for change in mirror.changes("test"):
            told.append(change.kind)
            return

    scene.longest = 0.5
    async with anyio.create_task_group() as group:
        group.start_soon(follow)
        await anyio.wait_all_tasks_blocked()
        scene.event("Event", 1)
        await mirror.catch_up()
    assert [ChangeKind.ADDED] == told


async def test_a_crash_between_handling_and_acknowledging_gives_one_change_again(
    scene: Scene,
) -> None:
    """Wherever a consumer breaks off: no change is missed, and at most one comes twice."""
    for number in range(6):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    copy, crashes = Copy(), 0
    seen: list[int] = []
    while True:
        with suppress(ZeroDivisionError):
            async for change in mirror.changes("test", follow=False):
                seen.append(change.number)
                if change.number not in copy.numbers:
                    copy.take(change)
                if len(seen) % 2:
                    crashes += 1
                    raise ZeroDivisionError
            break
    assert 6 == len(copy.numbers)
    assert len(seen) == 6 + crashes - (seen[-1] != seen[-2])
