"""Whatever is cancelled at whatever step leaves no task, no place in a queue and no lease."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import anyio
import attrs
import pytest

from cronofy_async import (
    AsyncAccount,
    AsyncCronofy,
    CronofyError,
    Limits,
    MemoryTokenStore,
    Secret,
    Tokens,
)
from cronofy_async.client.runtime import checkpoint
from cronofy_async.operations import ReadEvents, UpsertEvent
from cronofy_transports.sandbox import Choices, Clock, Sandbox

from ..fanout.worlds import NOW, Person, Wire, fill, person
from ..tokens.timing import TurningTime
from .cutting import KINDS, Kind, backend_of, cut, rest, tasks

pytestmark = [pytest.mark.anyio, pytest.mark.fault(31, 45)]

READ = ReadEvents(tzid="Etc/UTC")
PEOPLE = 3
HOUR = timedelta(hours=1)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Who cancels, and on which loop."""
    given: Kind = request.param
    return given


@pytest.fixture
def anyio_backend(kind: Kind) -> str:
    """Runs each test on that loop."""
    return backend_of(kind)


@pytest.fixture(scope="module")
def world() -> World:
    """A sandbox with some people in it, which all tests share."""
    return World()


class World:
    """A sandbox where refresh tokens work once, and some people with three pages of events."""

    def __init__(self) -> None:
        choices = Choices(page_size=3, refresh_tokens="rotating", access_token_lifetime=10**6)
        self.sandbox = Sandbox(7, clock=Clock(lambda: NOW), choices=choices, people=False)
        self.people = [person(self.sandbox) for _ in range(PEOPLE)]
        for each in self.people:
            fill(self.sandbox, each, 8)

    def stage(self, **options: Any) -> Stage:
        """A client of its own."""
        time = TurningTime(NOW)
        wire = Wire(self.sandbox, Random(1))
        store = MemoryTokenStore()
        given: dict[str, Any] = {
            "runtime": time.runtime(),
            "limits": Limits(concurrent=2),
            "token_store": store,
            "timeout": 1e6,
        }
        cronofy = AsyncCronofy(
            self.sandbox.client_id, self.sandbox.client_secret, transport=wire, **given | options
        )
        return Stage(self, cronofy, wire, store)


@attrs.frozen
class Stage:
    """A client, its way to the sandbox, and where it keeps its tokens."""

    world: World
    cronofy: AsyncCronofy
    wire: Wire
    store: MemoryTokenStore

    @property
    def people(self) -> list[Person]:
        """Who is in the sandbox."""
        return self.world.people

    @property
    def views(self) -> list[AsyncAccount]:
        """A view of everybody."""
        given = self.people
        return [self.cronofy.account(each.sub, access_token=each.token) for each in given]

    @property
    def view(self) -> AsyncAccount:
        """A view of the first one."""
        return self.views[0]

    async def check(self, before: int) -> None:
        """Nothing is left, and the client works."""
        await rest(self.cronofy)
        driver, quota = self.cronofy.driver, self.cronofy.quota
        assert quota is not None
        assert (set(), set()) == (driver.under_way, driver.ahead)
        assert (0, 0, 0) == (quota.under_way, quota.waiting, self.wire.under_way)
        assert before == tasks()
        assert await self.view.list_calendars()
        record = await self.store.read(self.people[0].sub)
        assert record is None or (record.lease, record.pending) == (None, None)


async def call(stage: Stage) -> None:
    await stage.view.list_calendars()


async def page_after_page(stage: Stage) -> None:
    async for _ in stage.view.read_events(tzid="Etc/UTC").pages():
        pass


async def collect(stage: Stage) -> None:
    assert 8 == len(await stage.view.read_events(tzid="Etc/UTC").with_prefetch(3).collect())


async def read_many(stage: Stage) -> None:
    async for outcome in stage.cronofy.read_many(READ, stage.views):
        assert outcome.ok


async def read_many_by_start(stage: Stage) -> None:
    days = ReadEvents(tzid="Etc/UTC", from_=date(2030, 3, 25), to=date(2030, 3, 28))
    async for _ in stage.cronofy.read_many(days, stage.views).by_start(2):
        pass


async def read_many_pages(stage: Stage) -> None:
    async for _ in stage.cronofy.read_many(READ, stage.views, windows=2).pages():
        pass


async def send_many(stage: Stage) -> None:
    at = datetime(2030, 4, 1, tzinfo=UTC)
    calls: list[Any] = [(view, READ) for view in stage.views]
    for view, who in zip(stage.views, stage.people, strict=True):
        event: Any = {"event_id": "one", "summary": "One", "start": at, "end": at + HOUR}
        calls.append((view, UpsertEvent(calendar_id=who.calendars[0], **event)))
    assert all(each.ok for each in await stage.cronofy.send_many(calls).collect())


async def search(stage: Stage) -> None:
    start = datetime(2030, 3, 26, tzinfo=UTC)
    await stage.view.search_availability(
        participants=[each.sub for each in stage.people],
        required_duration=30,
        query_periods=[(start, start + timedelta(days=80))],
    ).collect()


async def wait_for_a_place(stage: Stage) -> None:
    """Twice as many calls as may be under way."""
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(stage.view.list_calendars)


WAYS = (call, page_after_page, collect, read_many, read_many_by_start, read_many_pages)
MORE_WAYS = (send_many, search, wait_for_a_place)


@pytest.mark.parametrize("way", WAYS + MORE_WAYS, ids=lambda way: way.__name__)
async def test_cancelling_leaves_nothing(
    world: World, kind: Kind, way: Callable[[Stage], Awaitable[None]]
) -> None:
    """Cancelled at any step until its end, nothing goes on and the client works."""
    before = tasks()
    turns, ended = 0, False
    while not ended:
        stage = world.stage()
        ended = await cut(kind, lambda: way(stage), turns)  # noqa: B023  # called at once
        await stage.check(before)
        await stage.cronofy.aclose()
        turns += 1
    assert turns > 3


async def test_cancelling_who_waits_for_the_quota(world: World, kind: Kind) -> None:
    """Whoever is cancelled in the queue gives up their turn, and nobody waits longer for it."""
    before = tasks()
    limits = Limits(per_second=5, burst=1, concurrent=4)
    turns, ended = 0, False
    while not ended:
        stage = world.stage(limits=limits)
        ended = await cut(kind, lambda: wait_for_a_place(stage), turns)  # noqa: B023  # as above
        await stage.check(before)
        await stage.cronofy.aclose()
        turns += 1
    assert turns > 60


async def test_cancelling_a_renewal(world: World, kind: Kind) -> None:
    """Cancelled at any step of a renewal, its caller takes no token and no lease along."""
    who, before = world.people[0], tasks()
    granted = world.sandbox.control.grant(who.sub)
    refresh_token: Secret | None = Secret(granted["refresh_token"])
    turns, ended = 0, False
    while not ended:
        stage = world.stage()
        stale = Tokens(access_token=Secret("stale"), refresh_token=refresh_token)
        await stage.store.put(who.sub, stale)
        account = stage.cronofy.account(who.sub)
        ended = await cut(kind, account.list_calendars, turns)
        await rest(stage.cronofy)
        assert await account.list_calendars()
        assert before == tasks()
        record = await stage.store.read(who.sub)
        assert record is not None
        assert (None, None, False) == (record.lease, record.pending, record.needs_reauth)
        refresh_token = record.tokens.refresh_token
        await stage.cronofy.aclose()
        turns += 1
    assert turns > 10


async def test_closing_as_a_fan_out_begins(world: World, kind: Kind) -> None:
    """A fan-out whose client is closed before its first step ends, and says why."""
    before = tasks()
    for turns in range(12):
        stage = world.stage()
        outcomes: list[Any] = []

        async def ask() -> None:
            try:
                outcomes.append(await anext(aiter(stage.cronofy.read_many(READ, stage.views))))  # noqa: B023
            except CronofyError as error:
                outcomes.append(error)  # noqa: B023  # as above, called at once

        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(ask)
                for _ in range(turns):
                    await checkpoint()
                await stage.cronofy.aclose()
        assert "closed" in str(getattr(outcomes[0], "error", outcomes[0]))
    assert before == tasks()
