"""The receiver itself: what it hands over, when, in which order, and how it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from cronofy_async.callbacks import Callback
from cronofy_async.client.runtime import Runtime
from cronofy_async.models import ChannelNotification, UnknownNotification
from cronofy_async.webhooks import AsyncWebhookReceiver, WebhookLimits

from ..virtual import VirtualTime
from .signing import SECRET, change, given, notification, signed


async def give(receiver: AsyncWebhookReceiver, body: bytes) -> int:
    """Give a receiver a signed callback."""
    return await receiver.receive("POST", signed(body), given(body))


def since(day: int) -> str:
    """A time that changes may be told since."""
    return f"2030-01-{day:02}T00:00:00Z"


class World:
    """
    A receiver in virtual time, with a note of what was handed over when.

    Args:
        work: Seconds that the handler takes.
        limits: The receiver's.
    """

    def __init__(self, work: float = 0.0, **limits: Any) -> None:
        self.time = VirtualTime()
        self.work = work
        self.came: list[tuple[float, Any]] = []
        self.under_way = 0
        self.most_under_way = 0
        self.left: list[tuple[Callback, Exception | None]] = []
        runtime = Runtime(monotonic=self.time, sleep=self.time.sleep)
        self.receiver = AsyncWebhookReceiver(
            SECRET,
            self._handle,
            limits=WebhookLimits(**limits),
            on_unfinished=lambda callback, error: self.left.append((callback, error)),
            runtime=runtime,
        )

    async def _handle(self, callback: Callback) -> None:
        self.came.append((self.time.now, callback))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.work:
                await self.time.sleep(self.work)
        finally:
            self.under_way -= 1

    async def give(self, *bodies: bytes) -> None:
        """Give it signed callbacks, all of which it takes."""
        for body in bodies:
            assert 200 == await give(self.receiver, body)

    def run(self, story: Callable[[], Awaitable[None]]) -> None:
        """Run a story, and close the receiver after it."""

        async def main() -> None:
            async with self.receiver:
                await story()

        self.time.run(main())

    @property
    def channels(self) -> list[tuple[float, str]]:
        """When which channel was handed over."""
        return [(time, callback.channel.channel_id) for time, callback in self.came]


def test_changes_that_come_while_one_waits_become_one() -> None:
    """Of a channel's changes one is handed over, a window after the first: the earliest."""
    world = World(window=1.0)

    async def story() -> None:
        for day in (5, 3, 4):
            await world.give(change(since=since(day)))
            await world.time.sleep(0.3)
        await world.time.sleep(5)

    world.run(story)
    [(at, callback)] = world.came
    assert (1.0, datetime(2030, 1, 3, tzinfo=UTC)) == (at, callback.notification.changes_since)


def test_a_change_without_a_time_is_as_old_as_can_be() -> None:
    """What became one with a change without a time has none either."""
    world = World(window=1.0)

    async def story() -> None:
        await world.give(change(since=since(5)), change(since=None), change(since=since(4)))
        await world.time.sleep(5)

    world.run(story)
    [(_, callback)] = world.came
    assert callback.notification.changes_since is None


def test_channels_and_kinds_are_kept_apart() -> None:
    """Only the changes of one channel become one, or what is the same to the byte."""
    world = World(window=1.0)
    bodies = [change("chn_1"), change("chn_2"), notification("profile_disconnected"), b'{"x": 1}']

    async def story() -> None:
        await world.give(*bodies, *bodies)
        await world.time.sleep(5)

    world.run(story)
    assert 4 == len(world.came)
    assert {ChannelNotification, UnknownNotification} == {type(each) for _, each in world.came}


@pytest.mark.fault(48)
@pytest.mark.parametrize("body", [change(), notification("gdpr_requested"), b'{"x": 1}'])
def test_ten_thousand_replays_are_handed_over_once_a_window(body: bytes) -> None:
    """However often a callback is sent again, at most one in each window reaches the handler."""
    world = World(window=1.0)

    async def story() -> None:
        for _ in range(10_000):
            await world.give(body)
            await world.time.sleep(0.001)
        await world.time.sleep(5)

    world.run(story)
    times = [at for at, _ in world.came]
    assert 10 <= len(times) <= 11
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))


@pytest.mark.fault(48)
def test_what_comes_while_its_like_is_handled_is_not_lost() -> None:
    """A change after the handler began, even with the same bytes, is handed over after it."""
    world = World(work=3.0, window=1.0)

    async def story() -> None:
        await world.give(change())
        await world.time.sleep(2)  # Handed over at 1, handled until 4.
        await world.give(change())
        await world.time.sleep(0.5)
        await world.give(change())
        await world.time.sleep(20)

    world.run(story)
    assert [1.0, 4.0] == [at for at, _ in world.came]


def test_a_channel_has_one_callback_handled_at_a_time_and_in_order() -> None:
    """What belongs to one channel waits for its turn; other channels do not wait for it."""
    world = World(work=3.0, window=1.0)

    async def story() -> None:
        await world.give(change("chn_1"), notification("profile_disconnected", "chn_1"))
        await world.give(change("chn_2"))
        await world.time.sleep(20)

    world.run(story)
    assert [(1.0, "chn_1"), (1.0, "chn_2"), (4.0, "chn_1")] == world.channels


def test_what_belongs_to_no_channel_is_handled_in_order() -> None:
    """An earlier reply is never handled after, or beside, a later one."""
    world = World(work=3.0, window=1.0)
    bodies = [b'{"x": %d}' % number for number in range(4)]

    async def story() -> None:
        await world.give(*bodies)
        await world.time.sleep(30)

    world.run(story)
    assert [(1.0, 0), (4.0, 1), (7.0, 2), (10.0, 3)] == [
        (at, callback.body["x"]) for at, callback in world.came
    ]


def test_no_more_are_handled_at_once_than_is_allowed() -> None:
    """Ten channels with two at a time are five rounds."""
    world = World(work=1.0, window=1.0, concurrent=2)

    async def story() -> None:
        await world.give(*(change(f"chn_{number}") for number in range(10)))
        await world.time.sleep(30)

    world.run(story)
    assert 2 == world.most_under_way
    assert [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0] == [at for at, _ in world.came]


def test_without_a_window_all_is_handed_over_at_once() -> None:
    """A window of nothing means: now."""
    world = World(window=0)

    async def story() -> None:
        await world.give(change(), change("chn_2"))
        await world.time.sleep(1)

    world.run(story)
    assert [(0.0, "chn_1"), (0.0, "chn_2")] == world.channels


def test_each_time_of_its_own_is_kept() -> None:
    """What comes after a window begins one of its own, with nothing else to wake the receiver."""
    world = World(window=1.0)

    async def story() -> None:
        for number in (1, 2):
            await world.give(change(f"chn_{number}"))
            await world.time.sleep(0.5)
            await world.give(change(f"chn_{number}0"))
            await world.time.sleep(4)

    world.run(story)
    expected = [(1.0, "chn_1"), (1.5, "chn_10"), (5.5, "chn_2"), (6.0, "chn_20")]
    assert expected == world.channels


def test_a_full_receiver_refuses_only_what_needs_room() -> None:
    """What becomes one with something that waits is taken; the rest when there is room again."""
    world = World(window=1.0, waiting=2)

    async def story() -> None:
        await world.give(change("chn_1"), change("chn_2"))
        assert 503 == await give(world.receiver, change("chn_3"))
        await world.give(change("chn_1"))
        await world.time.sleep(2)
        await world.give(change("chn_3"))
        await world.time.sleep(2)

    world.run(story)
    assert ["chn_1", "chn_2", "chn_3"] == [channel for _, channel in world.channels]


# Ends ----------------------------------------------------------------------------------


def test_closing_hands_over_what_waits_without_waiting_for_its_time() -> None:
    """All that was answered with 200 is handled before `aclose` returns; nothing is taken after."""
    world = World(work=1.0, window=60.0, concurrent=2)

    async def story() -> None:
        await world.give(*(change(f"chn_{number}") for number in range(5)))

    world.run(story)
    assert 5 == len(world.came)
    assert (3.0, 0) == (world.time.now, world.under_way)
    assert 503 == asyncio.run(give(world.receiver, change()))
    assert [] == world.left


@pytest.mark.anyio
async def test_what_is_not_handled_in_time_is_given_back() -> None:
    """Closing cancels what still runs, and gives it to the hook with all that waits."""
    left: list[tuple[Any, Exception | None]] = []
    cancelled = anyio.Event()

    async def handle(callback: Callback) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    async def keep(callback: Callback, error: Exception | None) -> None:
        await anyio.lowlevel.checkpoint()
        left.append((callback, error))

    limits = WebhookLimits(window=0, closing=0.01, concurrent=1)
    async with AsyncWebhookReceiver(SECRET, handle, limits=limits, on_unfinished=keep) as receiver:
        for number in range(3):
            assert 200 == await give(receiver, change(f"chn_{number}"))
        await anyio.lowlevel.checkpoint()
    await receiver.aclose()

    assert cancelled.is_set()
    assert ["chn_0", "chn_1", "chn_2"] == [callback.channel.channel_id for callback, _ in left]
    assert {None} == {error for _, error in left}


@pytest.mark.anyio
async def test_a_handler_that_raises_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What it failed on is given to the hook with the error, and told to the log; then the next."""
    came: list[str] = []
    left: list[tuple[Any, Exception | None]] = []

    async def handle(callback: Any) -> None:
        came.append(callback.channel.channel_id)
        if len(came) == 1:
            raise ZeroDivisionError("on purpose")

    def keep(callback: Callback, error: Exception | None) -> None:
        left.append((callback, error))
        raise LookupError("the hook's own")

    limits = WebhookLimits(window=0, concurrent=1)
    async with AsyncWebhookReceiver(SECRET, handle, limits=limits, on_unfinished=keep) as receiver:
        for number in range(3):
            assert 200 == await give(receiver, change(f"chn_{number}"))

    assert ["chn_0", "chn_1", "chn_2"] == came
    [(callback, error)] = left
    assert "chn_0" == callback.channel.channel_id
    assert isinstance(error, ZeroDivisionError)
    assert ["a callback was not handled: ChannelNotification", "a hook raised LookupError"] == [
        record.getMessage() for record in caplog.records if record.levelno == logging.ERROR
    ]


@pytest.mark.asyncio
async def test_closing_that_is_cancelled_gives_back_what_is_left() -> None:
    """Whoever is stopped while it closes loses nothing: the hook is given all of it."""
    left: list[Any] = []

    async def handle(callback: Callback) -> None:
        await asyncio.Event().wait()

    receiver = AsyncWebhookReceiver(
        SECRET,
        handle,
        limits=WebhookLimits(window=0, concurrent=1),
        on_unfinished=lambda callback, _: left.append(callback),
    )
    for number in range(2):
        await give(receiver, change(f"chn_{number}"))
    closing = asyncio.create_task(receiver.aclose())
    for _ in range(5):
        await asyncio.sleep(0)
    closing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await closing
    assert ["chn_0", "chn_1"] == [callback.channel.channel_id for callback in left]


def test_a_loop_that_ends_before_the_receiver_loses_nothing() -> None:
    """What waited, or was being handled, when the loop ended is handled by the loop that closes."""
    came: list[str] = []

    async def handle(callback: Any) -> None:
        came.append(callback.channel.channel_id)
        if len(came) == 1:
            await asyncio.Event().wait()

    receiver = AsyncWebhookReceiver(SECRET, handle, limits=WebhookLimits(window=0.01, concurrent=1))

    async def begin() -> None:
        await give(receiver, change("chn_1"))
        await give(receiver, change("chn_2"))
        while not came:  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.002)

    asyncio.run(begin())
    asyncio.run(receiver.aclose())

    assert ["chn_1", "chn_1", "chn_2"] == came
