"""Worlds of accounts for the tests of fan-outs, and wires on which answers overtake others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import attrs
from anyio.lowlevel import checkpoint
from hypothesis import strategies as st

from cronofy_async import AsyncAccount, AsyncCronofy, RetryPolicy, ZonedTime
from cronofy_async.core.errors import TransportError
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Choices, Clock, Sandbox
from cronofy_transports.sandbox.moments import span
from tests.support import FrozenTime

NOW = int(datetime(2030, 3, 25, 8, tzinfo=UTC).timestamp())
"""A Monday, six days before the clocks of Europe change."""

TODAY = date(2030, 3, 25)
ZONES = ("Etc/UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Apia", "Asia/Kathmandu")


class Wire:
    """
    A way to a sandbox on which answers take their time, and some are lost.

    Args:
        sandbox: Where to.
        random: How long each takes, in turns of the loop, and which are lost.
        losing: The share of requests that are lost at first.

    Attributes:
        under_way: How many requests are being answered.
        most: How many there were at once.
        asked: The requests so far.
        hold: What each request waits for besides.
    """

    def __init__(self, sandbox: Sandbox, random: Random | None = None, losing: float = 0) -> None:
        self.sandbox = sandbox
        self.random = random or Random(0)
        self.losing = losing
        self.under_way = self.most = 0
        self.asked: list[Request] = []
        self.hold: Any = None

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.asked.append(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await checkpoint()
            for _ in range(self.random.randrange(12)):
                await checkpoint()
            if self.hold is not None:
                await self.hold(request)
        finally:
            self.under_way -= 1
        if self.random.random() < self.losing:
            if self.random.random() < 0.5:
                raise TransportError("lost on the way")
            return Response(503, (), b"")
        return self.sandbox.handle(request)

    async def aclose(self) -> None:
        """Nothing to close."""


@attrs.frozen
class Person:
    """Somebody in a sandbox."""

    sub: str
    token: str
    calendars: tuple[str, ...]


def sandbox(page_size: int = 3) -> Sandbox:
    """An empty sandbox with short pages, whose time stands still."""
    return Sandbox(7, clock=Clock(lambda: NOW), choices=Choices(page_size=page_size), people=False)


def person(where: Sandbox, calendars: int = 2) -> Person:
    """Put somebody with some calendars into the world."""
    world = where.world
    account = world.add_account(email="ada@example.com", name="Ada", zoneinfo="Europe/Paris")
    profile = world.add_profile(
        account,
        name="ada@example.com",
        provider_name="google",
        provider_service="gsuite",
        unique_names=True,
    )
    ids = tuple(
        world.add_calendar(profile, f"Calendar {n}", primary=n == 0).calendar_id
        for n in range(calendars)
    )
    return Person(account.sub, where.control.grant(account.sub)["access_token"], ids)


def client(wire: Any, where: Sandbox, **options: Any) -> AsyncCronofy:
    """A client that never waits."""
    given: dict[str, Any] = {
        "runtime": attrs.evolve(FrozenTime(NOW).runtime(), now=lambda: float(NOW)),
        "limits": None,
        "retry": RetryPolicy(attempts=20),
        "timeout": 1e9,
    }
    return AsyncCronofy(where.client_id, where.client_secret, transport=wire, **given | options)


def views(cronofy: AsyncCronofy, people: Sequence[Person]) -> list[AsyncAccount]:
    """Views of people."""
    return [cronofy.account(each.sub, access_token=each.token) for each in people]


def fill(where: Sandbox, who: Person, count: int, *, first: date = TODAY, every: int = 5) -> None:
    """Give somebody so many events of half an hour, every few hours from a day on."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    for number in range(count):
        at = start + timedelta(hours=every * number)
        where.control.create_event(
            who.calendars[0], f"Event {number}", at, at + timedelta(minutes=30)
        )


# Random worlds ------------------------------------------------------------------------


@attrs.frozen
class Happening:
    """
    An event of a random world.

    Attributes:
        hour: When it starts, in hours from today.
        length: In hours, or in days if it takes whole days.
        all_day: Whether it takes whole days.
        tzid: Its zone.
        kind: What is special about it.
        moved: To what hour it was moved, if it was.
    """

    hour: int
    length: int
    all_day: bool
    tzid: str
    kind: str
    moved: int | None
    calendar: int


happenings = st.builds(
    Happening,
    hour=st.integers(-24 * 24, 24 * 24),
    length=st.one_of(st.integers(1, 3), st.integers(1, 30), st.integers(200, 700)),
    all_day=st.booleans(),
    tzid=st.sampled_from(ZONES),
    kind=st.sampled_from(["", "", "", "free", "deleted", "managed", "managed", "tentative"]),
    moved=st.one_of(st.none(), st.none(), st.integers(-30 * 24, 30 * 24)),
    calendar=st.integers(0, 1),
)
lives = st.lists(happenings, max_size=25)


def _span(each: Happening, hour: int) -> tuple[Any, Any]:
    if each.all_day:
        day = TODAY + timedelta(days=hour // 24)
        return day, day + timedelta(days=min(each.length, 30))
    start = datetime.fromtimestamp(NOW // 3600 * 3600, UTC) + timedelta(hours=hour)
    return ZonedTime(start, each.tzid), ZonedTime(start + timedelta(hours=each.length), each.tzid)


def live(where: Sandbox, who: Person, life: Sequence[Happening]) -> None:
    """Have all of it happen to somebody."""
    world = where.world
    for number, each in enumerate(life):
        managed = each.kind == "managed"
        event = world.add_event(
            world.calendars[who.calendars[each.calendar]],
            by=where.application if managed else None,
            event_id=f"own-{number}" if managed else None,
            summary=f"{number} {each.kind}",
            transparency="transparent" if each.kind == "free" else "opaque",
            status="tentative" if each.kind == "tentative" else "confirmed",
            **span(*_span(each, each.hour), each.tzid),
        )
        if each.moved is not None:
            world.change_event(event, **span(*_span(each, each.moved), each.tzid))
        if each.kind == "deleted":
            world.change_event(event, deleted=True)


def told(entries: Any) -> list[str]:
    """Entries in an order of their own, to be compared."""
    return sorted(map(repr, entries))
