"""A mirror that runs: hints, notifications, pauses, and the blocking twin."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from cronofy_async import Cronofy, InvalidArgumentError, RetryPolicy
from cronofy_async.client.runtime import Runtime
from cronofy_async.mirror import ChangeKind, EventMirror, MirrorOutcome, MirrorStoreError
from cronofy_async.models.channels import Channel
from cronofy_async.models.notifications import (
    ChannelNotification,
    Notification,
    NotificationType,
    UnknownNotification,
)
from cronofy_transports.sandbox.faults import Fault
from cronofy_transports.sandbox.mischief import Status

from .scene import TZID, Scene, at

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])]


def told(kind: str) -> ChannelNotification:
    """A notification of a kind."""
    channel = Channel(channel_id="chn_1", callback_url="https://a.example/hook")
    return ChannelNotification(
        notification=Notification(type=NotificationType(kind)), channel=channel
    )


async def running(
    scene: Scene, then: Callable[[Any, list[MirrorOutcome]], Awaitable[None]]
) -> None:
    """Run a mirror that waits for nothing but hints."""
    outcomes: list[MirrorOutcome] = []
    await scene.mirrored()
    mirror = scene.mirror(on_outcome=outcomes.append)
    await mirror.add(*scene.views())
    scene.longest = 60.0
    async with anyio.create_task_group() as group:
        group.start_soon(mirror.run)
        await quiet(mirror)
        assert all(each.ok for each in outcomes)
        outcomes.clear()
        scene.asked()
        await then(mirror, outcomes)
        group.cancel_scope.cancel()


async def quiet(mirror: Any) -> None:
    """Wait until nothing is left to be read."""
    for _ in range(3):
        while mirror._hints or mirror._busy:  # noqa: ASYNC110  # it has no event for that
            await anyio.sleep(0.001)
        await anyio.wait_all_tasks_blocked()


async def test_one_request_for_any_number_of_notifications(scene: Scene) -> None:
    """A thousand replays of a notification are one read of its account."""

    async def then(mirror: Any, outcomes: list[MirrorOutcome]) -> None:
        scene.event("New", 1)
        for _ in range(1000):
            mirror.notify(scene.people[0].sub, told("change"))
        await quiet(mirror)
        assert [(1, False)] == [(each.added, each.is_full) for each in outcomes]
        assert 1 == scene.asked()
        assert 2.0 == scene.slept[-1]
        await scene.is_right(mirror)

    await running(scene, then)


async def test_a_hint_during_a_read_is_for_the_next_one(scene: Scene) -> None:
    """What changes after the service has answered is read again."""

    async def then(mirror: Any, outcomes: list[MirrorOutcome]) -> None:
        sub = scene.people[0].sub

        async def meanwhile(_: Any) -> None:
            scene.wire.hold = None
            mirror.hint(sub)

        scene.wire.hold = meanwhile
        mirror.hint(sub)
        await quiet(mirror)
        assert 2 == len(outcomes) == scene.asked()

    await running(scene, then)


@pytest.mark.parametrize(
    ("kind", "reads"),
    [
        ("change", [False]),
        ("profile_initial_sync_completed", [True]),
        ("profile_disconnected", [False]),
        ("verification", []),
        ("gdpr_requested", []),
        ("never_heard_of", [False]),
    ],
)
async def test_what_a_notification_makes_the_mirror_do(
    scene: Scene, kind: str, reads: list[bool]
) -> None:
    """Whether it reads, and whether everything; what it does not know is a hint as well."""

    async def then(mirror: Any, outcomes: list[MirrorOutcome]) -> None:
        mirror.notify(scene.people[0].sub, told(kind))
        mirror.notify(scene.people[0].sub, UnknownNotification(type=None, body={}))
        mirror.notify("acc_unknown", told(kind))
        await quiet(mirror)
        assert reads == [each.is_full for each in outcomes]

    await running(scene, then)


async def test_a_read_of_everything_that_failed_is_made_good_later(scene: Scene) -> None:
    """Not at once and over and over, but with the next read of the account."""

    async def then(mirror: Any, outcomes: list[MirrorOutcome]) -> None:
        sub = scene.people[0].sub
        fault = scene.sandbox.faults.add(Fault(action=Status(status=500), operation="ReadEvents"))
        mirror.hint(sub, full=True)
        await quiet(mirror)
        (failed,) = outcomes
        assert failed.error is not None
        asked = scene.asked()
        await quiet(mirror)
        assert (4, 0) == (asked, scene.asked())

        scene.sandbox.faults.remove(fault)
        mirror.hint(sub)
        await quiet(mirror)
        mirror.hint(sub)
        await quiet(mirror)
        assert [True, False] == [each.is_full for each in outcomes[1:]]
        await scene.is_right(mirror)

    await running(scene, then)


async def test_accounts_that_nobody_hears_of_are_read_by_themselves(scene: Scene) -> None:
    """After a time without notifications the mirror looks by itself."""

    async def then(mirror: Any, outcomes: list[MirrorOutcome]) -> None:
        scene.event("Untold", 1)
        scene.control.advance(4000)
        scene.wake()
        while not outcomes:  # noqa: ASYNC110  # nothing tells of it
            await anyio.sleep(0.001)
        assert [1] == [each.added for each in outcomes]

    await running(scene, then)


async def test_a_store_that_fails_stops_the_mirror_loudly(scene: Scene) -> None:
    """It raises, and goes on from where it was when the store is good again."""
    mirror = await scene.mirrored()
    scene.event("New", 1)
    good = scene.store._open  # type: ignore[attr-defined]  # that of SQLite

    def full(*_: Any) -> Any:
        import sqlite3

        raise sqlite3.OperationalError("database or disk is full")

    scene.store._open = full  # type: ignore[attr-defined]
    with pytest.raises(MirrorStoreError, match="full"):
        await mirror.catch_up()
    with pytest.raises(MirrorStoreError, match="full"):
        await mirror.run()
    scene.store._open = good  # type: ignore[attr-defined]
    assert [1] == [each.added for each in await mirror.catch_up()]
    await scene.is_right(mirror)


def test_the_blocking_twin(anyio_backend: str, scene: Scene) -> None:
    """It has the same methods, without awaiting."""
    first = scene.event("First", 1)
    runtime = Runtime(now=lambda: scene.now, draw=lambda: 0.0)
    with Cronofy(
        scene.sandbox.client_id,
        scene.sandbox.client_secret,
        transport=scene.wire,
        limits=None,
        retry=RetryPolicy(attempts=4),
        runtime=runtime,
    ) as cronofy:
        mirror = EventMirror(cronofy, scene.store, tzid=TZID, pause=0.0)
        who = scene.people[0]
        mirror.add(cronofy.account(who.sub, access_token=who.token))
        assert [True] == [each.ok for each in mirror.catch_up()]
        assert ["First"] == [each.summary for each in mirror.events(start=at(0)["start"])]
        scene.control.change_event(first, summary="Second")
        mirror.hint(who.sub)
        mirror.notify(who.sub, told("change"))
        assert [1] == [each.changed for each in mirror.catch_up(who.sub)]
        changes = mirror.changes("test", follow=False)
        assert [ChangeKind.ADDED] == [each.kind for each in changes]
        changes.acknowledge()
        mirror.forget("test")
        assert [None] == [each.refused for each in mirror.accounts()]
        assert "EventMirror" in repr(mirror)
        mirror.remove(who.sub)
        assert [] == list(mirror.events())
        with pytest.raises(InvalidArgumentError):
            EventMirror(cronofy, scene.store, days=(1, 0))
    assert threading.current_thread() is threading.main_thread()
