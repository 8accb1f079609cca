"""Looking events up in a mirror."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_async import InvalidArgumentError
from cronofy_async.mirror.spans import Span, key_of
from cronofy_transports.sandbox.moments import window, zone

from .scene import NOW, Scene, at, day

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


async def names(found: Any) -> list[str]:
    """The titles of events."""
    return [each.summary async for each in found]


async def test_by_account_and_calendar(crowd: Scene) -> None:
    """One, several or all of them; one account after the other, by their starts."""
    for who in range(3):
        crowd.event(f"Late {who}", 3, who=who)
        crowd.event(f"Early {who}", 1, who=who)
    mirror = await crowd.mirrored()
    subs = [each.sub for each in crowd.people]
    calendar = crowd.people[1].calendars[0]
    assert ["Early 0", "Late 0"] == await names(mirror.events(subs[0]))
    assert 4 == len(await names(mirror.events(subs[:2])))
    assert 6 == len(await names(mirror.events()))
    assert ["Early 1", "Late 1"] == await names(mirror.events(calendar_id=calendar))
    assert [] == await names(mirror.events(subs[0], calendar_id=[calendar]))
    assert [] == await names(mirror.events("acc_unknown"))


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 1, ["Before", "Within"]),
        (1, 2, []),
        (0.5, 0.75, ["Within"]),
        (-1, 0, ["Before"]),
        (-5, -1, []),
        (-5, 2, ["Before", "Within"]),
        (None, 0, ["Before"]),
        (0.25, None, ["Within", "Moment"]),
        (2, 2.5, ["Moment"]),
        (1.5, 2, []),
    ],
)
async def test_by_time(scene: Scene, start: Any, end: Any, found: list[str]) -> None:
    """What overlaps: an end is exclusive, and so is the end of an event."""
    scene.event("Before", 0, **at(-0.75, long=1.0))
    scene.event("Within", 0.5, **at(0.5, long=0.5))
    scene.event("Moment", 2, **at(2, long=0))
    mirror = await scene.mirrored()
    bounds = {
        name: None if hours is None else at(hours)["start"]
        for name, hours in (("start", start), ("end", end))
    }
    assert found == await names(mirror.events(**bounds))


async def test_whole_days_lie_in_the_days_of_a_zone(scene: Scene) -> None:
    """A day that begins where it is asked from is in it; the day after its last is not."""
    scene.event("Today", 0, start=day(0), end=day(1))
    mirror = await scene.mirrored()
    assert ["Today"] == await names(mirror.events(start=day(0), end=day(1)))
    assert [] == await names(mirror.events(start=day(1), end=day(2)))
    assert [] == await names(mirror.events(start=day(-1), end=day(0)))
    # 23:30 in UTC is half past midnight of the next day in Paris.
    late = datetime.fromtimestamp(NOW, UTC).replace(hour=23, minute=30) - timedelta(days=1)
    half: dict[str, Any] = {"start": late, "end": late + timedelta(minutes=10)}
    assert ["Today"] == await names(mirror.events(**half))
    assert [] == await names(mirror.events(**half, tzid="Etc/UTC"))


async def test_more_than_one_page_of_the_store(scene: Scene) -> None:
    """All of them come, each once, also where many begin at the same moment."""
    scene.control.choose(page_size=500)
    for number in range(1201):
        scene.event(f"{number}", number // 400)
    mirror = await scene.mirrored()
    found = await names(mirror.events())
    assert 1201 == len(found) == len(set(found))


@pytest.mark.parametrize(
    "bounds",
    [
        {"start": datetime(2030, 1, 1)},  # noqa: DTZ001  # the mistake
        {"start": day(1), "end": day(1)},
        {"start": day(2), "end": day(1)},
        {"start": "2030-01-01"},
        {"end": datetime.max.replace(tzinfo=UTC)},
        {"start": day(1), "tzid": "Nowhere"},
    ],
)
async def test_bad_bounds_are_refused_at_once(scene: Scene, bounds: dict[str, Any]) -> None:
    """Before anything is looked up."""
    mirror = scene.mirror()
    with pytest.raises(InvalidArgumentError):
        mirror.events(**bounds)


@given(
    tzid=st.sampled_from(["Etc/UTC", "Europe/Paris", "Pacific/Apia", "America/Los_Angeles"]),
    days=st.tuples(st.integers(-5, 5), st.integers(1, 5)),
    start=st.integers(-400, 400),
    length=st.integers(0, 100),
    all_day=st.booleans(),
)
def test_the_window_of_a_mirror_is_that_of_the_service(
    anyio_backend: str, tzid: str, days: tuple[int, int], start: int, length: int, all_day: bool
) -> None:
    """Whatever the service counts as in a window, the mirror does."""
    first = day(days[0])
    last = first + timedelta(days=days[1])
    bounds = window(NOW, tzid, first, last, default=False)
    begins = NOW // 86400 * 86400 + (start // 24 * 86400 if all_day else start * 3600)
    ends = begins + (max(1, length // 24) * 86400 if all_day else length * 3600)
    form = "%Y-%m-%d" if all_day else "%Y-%m-%dT%H:%M:%SZ"
    keys = [
        key_of(datetime.fromtimestamp(each, UTC).strftime(form), zone(tzid))
        for each in (begins, ends)
    ]
    span = Span.of_days(first, last, zone(tzid))
    expected = bounds.covers(begins, ends, all_day=all_day)
    assert expected == span.holds(keys[0][0], keys[0][1], keys[1][1])
