"""What a mirror reads, and that it is right afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cronofy_async import InvalidArgumentError
from cronofy_async.mirror import AsyncEventMirror, ChangeKind, RemovalReason, SQLiteMirrorStore
from cronofy_async.operations import DeleteEvent, UpsertEvent
from cronofy_transports.sandbox.faults import Fault
from cronofy_transports.sandbox.mischief.paging import NextPage

from .scene import Scene, at, day, fold

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

DAY = 86400


async def kinds(mirror: AsyncEventMirror) -> list[Any]:
    """The changes that a consumer has not seen: their kinds, or why something was removed."""
    return [each.reason or each.kind async for each in mirror.changes("test", follow=False)]


async def test_everything_is_read_once_and_then_what_changed(crowd: Scene) -> None:
    """The first read takes all pages, the next one request for each account."""
    for who in range(3):
        for number in range(4):
            crowd.event(f"Event {number}", number, who=who)
    crowd.control.advance(600)
    mirror = await crowd.mirrored()
    await crowd.is_right(mirror)
    crowd.control.advance(600)
    crowd.event("New", 9)
    crowd.asked()
    outcomes = await mirror.catch_up()
    assert [1, 0, 0] == sorted((each.changes for each in outcomes), reverse=True)
    assert 3 == crowd.asked()
    await crowd.is_right(mirror)


async def test_edits_moves_and_deletions_are_changes(scene: Scene) -> None:
    """Each of them is told with what was before and what is after."""
    edited, moved, left, deleted = (scene.event(name, 5) for name in "EMLD")
    mirror = await scene.mirrored()
    await fold(mirror, "test")
    scene.control.advance(3600)
    scene.control.change_event(edited, summary="Edited")
    scene.control.move_event(moved, **at(30))
    scene.control.move_event(left, **at(24 * 300))
    scene.control.cancel_event(deleted)
    await mirror.catch_up()
    await scene.is_right(mirror)
    told = {c.event.event_uid: c async for c in mirror.changes("test", follow=False)}
    assert {edited, moved, left, deleted} == told.keys()
    before, after = told[edited].before, told[edited].after
    assert before is not None
    assert after is not None
    assert ("E", "Edited") == (before.summary, after.summary)
    assert at(30)["start"] == told[moved].event.start
    assert [RemovalReason.MOVED, RemovalReason.DELETED] == [
        told[each].reason for each in (left, deleted)
    ]
    assert told[deleted].after is None


async def test_an_event_that_comes_back_is_added_again(scene: Scene) -> None:
    """A managed event that was deleted and written again is one event, twice added."""
    view = scene.views()[0]
    write: Any = {"calendar_id": scene.people[0].calendars[0], "event_id": "mine"}
    mirror = await scene.mirrored()
    for operation in (
        UpsertEvent(**write, summary="Mine", **at(4)),
        DeleteEvent(**write),
        UpsertEvent(**write, summary="Mine again", **at(5)),
    ):
        await view.send(operation)
        await mirror.catch_up()
        await scene.is_right(mirror)
        scene.control.advance(60)
    assert [ChangeKind.ADDED] == await kinds(mirror)


async def test_an_event_that_was_written_again_is_shown_as_it_is(scene: Scene) -> None:
    """What the sandbox once wrote of an event is never taken for what came after its deletion."""
    view = scene.views()[0]
    write: Any = {"calendar_id": scene.people[0].calendars[0], "event_id": "mine"}
    await view.send(UpsertEvent(**write, summary="First", **at(4)))
    await view.send(UpsertEvent(**write, summary="Second", **at(4)))
    mirror = await scene.mirrored()
    await view.send(DeleteEvent(**write))
    await view.send(UpsertEvent(**write, summary="Third", **at(4)))
    await mirror.catch_up()
    assert ["Third"] == [each.summary async for each in mirror.events()]


async def test_managed_events_can_be_left_out(scene: Scene) -> None:
    """Then the mirror holds what others made alone."""
    scene.event("Theirs", 2)
    calendar = scene.people[0].calendars[0]
    mine = UpsertEvent(calendar_id=calendar, event_id="mine", summary="Mine", **at(4))
    await scene.views()[0].send(mine)
    mirror = await scene.mirrored(include_managed=False)
    assert ["Theirs"] == [each.summary async for each in mirror.events()]


async def test_time_goes_on_and_the_window_with_it(scene: Scene) -> None:
    """What comes into the window is read without a notification; what has passed leaves."""
    scene.event("Coming", 24 * 201 + 2)
    scene.event("A whole day", 0, start=day(202), end=day(203))
    scene.event("Passing", -24 * 41)
    scene.event("Another whole day", 0, start=day(-42), end=day(-41))
    mirror = await scene.mirrored(reconcile_every=1e9)
    await kinds(mirror)
    await scene.is_right(mirror)
    assert 2 == len([each async for each in mirror.events()])
    for _ in range(3):
        scene.control.advance(DAY)
        scene.asked()
        await mirror.catch_up()
        await scene.is_right(mirror)
        scene.asked()
        await mirror.catch_up()
        assert 1 == scene.asked()
    passed = RemovalReason.PASSED
    assert [ChangeKind.ADDED, ChangeKind.ADDED, passed, passed] == sorted(await kinds(mirror))


async def test_a_wider_window_is_read_anew(scene: Scene) -> None:
    """A mirror that is to reach further back, or show something else, reads everything."""
    scene.event("Long ago", -24 * 60)
    mirror = await scene.mirrored()
    assert [] == [each async for each in mirror.events()]
    wider = scene.mirror(days=(-90, 201))
    assert [True] == [each.is_full for each in await wider.catch_up()]
    await scene.is_right(wider, days=(-90, 201))
    further = scene.mirror(days=(-90, 400))
    assert [False] == [each.is_full for each in await further.catch_up()]
    assert [True] == [each.is_full for each in await scene.mirror(tzid="Etc/UTC").catch_up()]


async def test_what_nobody_told_of_is_found_by_reconciling(scene: Scene) -> None:
    """The events of a calendar that is deleted are shown no more, and never as deleted."""
    for number in range(5):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    await kinds(mirror)
    scene.control.delete_calendar(scene.people[0].calendars[0])
    scene.control.advance(600)
    assert [(False, 0)] == [(o.is_full, o.changes) for o in await mirror.catch_up()]
    scene.control.advance(DAY)
    assert [(True, 5)] == [(o.is_full, o.removed) for o in await mirror.catch_up()]
    assert [RemovalReason.MISSING] * 5 == await kinds(mirror)
    await scene.is_right(mirror)


async def test_reconciling_what_is_right_changes_nothing(scene: Scene) -> None:
    """Reading everything again is no change."""
    for number in range(7):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    scene.asked()
    assert [(True, 0)] == [(o.is_full, o.changes) for o in await mirror.catch_up(full=True)]
    # Three pages, and whether something came between them; the clock stands still, so all
    # that was just made is read again.
    assert 6 == scene.asked()


@pytest.mark.parametrize("form", ["none", "self", "host"])
async def test_pages_that_lead_astray_remove_nothing(scene: Scene, form: Any) -> None:
    """What a broken answer does not show is not taken for deleted."""
    for number in range(7):
        scene.event(f"Event {number}", number)
    mirror = await scene.mirrored()
    fault = scene.sandbox.faults.add(Fault(action=NextPage(form=form), operation="ReadEvents"))
    (outcome,) = await mirror.catch_up(full=True)
    assert not outcome.ok
    assert 0 == outcome.removed
    await scene.is_right(mirror)
    scene.sandbox.faults.remove(fault)
    assert [True] == [each.ok for each in await mirror.catch_up()]


async def test_an_account_that_cannot_be_read_is_marked_and_kept(crowd: Scene) -> None:
    """Others go on; with a new consent it goes on as well, from where it was."""
    crowd.event("Event", 1)
    mirror = await crowd.mirrored()
    sub = crowd.people[0].sub
    crowd.control.revoke(sub)
    outcomes = {each.sub: each for each in await mirror.catch_up()}
    assert [False, True, True] == [outcomes[each.sub].ok for each in crowd.people]
    accounts = {each.sub: each for each in await mirror.accounts()}
    assert accounts[sub].refused
    assert accounts[crowd.people[1].sub].refused is None
    assert ["Event"] == [each.summary async for each in mirror.events(sub)]
    crowd.event("Meanwhile", 2)
    token = crowd.control.grant(sub)["access_token"]
    await mirror.add(crowd.cronofy.account(sub, access_token=token))
    await mirror.catch_up()
    await crowd.is_right(mirror)
    assert [None] * 3 == [each.refused for each in await mirror.accounts()]


async def test_an_account_can_be_taken_out(crowd: Scene) -> None:
    """Its events are removed, and it is read no more."""
    crowd.event("Event", 1)
    mirror = await crowd.mirrored()
    await kinds(mirror)
    await mirror.remove(crowd.people[0].sub)
    assert [RemovalReason.DROPPED] == await kinds(mirror)
    assert 2 == len(await mirror.catch_up()) == len(await mirror.accounts())


async def test_it_goes_on_in_another_process(scene: Scene) -> None:
    """Everything that must survive is in the store."""
    scene.event("Event", 1)
    await scene.mirrored()
    other = scene.open()
    mirror = AsyncEventMirror(scene.cronofy, other, tzid="Europe/Paris")
    scene.control.advance(600)
    scene.event("Meanwhile", 2)
    scene.asked()
    scene.views()
    kept = scene.views()
    assert [(False, 1)] == [(o.is_full, o.added) for o in await mirror.catch_up()]
    assert 1 == scene.asked()
    await scene.is_right(mirror)
    other.close()
    assert kept


@pytest.mark.parametrize(
    "options",
    [
        {"days": (1, 1)},
        {"days": (2, 1)},
        {"days": (0, 10**6)},
        {"days": (0.5, 2)},
        {"days": 3},
        {"tzid": "Mars/Olympus"},
        {"overlap": -1},
        {"pause": float("nan")},
        {"at_once": 0},
    ],
)
async def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    scene: Scene, options: dict[str, Any]
) -> None:
    """The mistake is told when the mirror is made."""
    with pytest.raises(InvalidArgumentError):
        scene.mirror(**options)
    with pytest.raises(InvalidArgumentError):
        AsyncEventMirror(scene.cronofy, SQLiteMirrorStore)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(InvalidArgumentError):
        await scene.mirror().add(scene.cronofy.account(access_token="nameless"))
    assert 0 == scene.asked()


async def test_who_reads_an_account_at_the_same_time_waits(scene: Scene) -> None:
    """Two who catch up together leave the mirror right, and read one after the other."""
    import anyio

    mirror = await scene.mirrored()
    scene.event("Event", 1)
    outcomes: list[Any] = []

    async def catch_up() -> None:
        outcomes.extend(await mirror.catch_up())

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(catch_up)
    assert [0, 0, 1] == sorted(each.added for each in outcomes)


async def test_a_read_that_was_overtaken_writes_nothing(scene: Scene) -> None:
    """Of two processes that read one account, the one that began last has its way."""
    mirror = await scene.mirrored()
    scene.control.advance(timedelta(hours=1).total_seconds())
    scene.event("Event", 1)
    sub = scene.people[0].sub

    async def overtake(_: Any) -> None:
        scene.wire.hold = None
        await scene.store.begin(sub)

    scene.wire.hold = overtake
    assert [(0, False)] == [(each.added, each.ok) for each in await mirror.catch_up()]
    assert [1] == [each.added for each in await mirror.catch_up()]
