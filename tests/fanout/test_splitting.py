"""Where a read is split, and to which part an entry belongs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from cronofy_async import InvalidArgumentError, ZonedTime
from cronofy_async.client.fanout.splitting import bounds, split, worthwhile
from cronofy_async.operations import (
    ListOrganizationalUnitMembers,
    ReadAvailablePeriods,
    ReadEvents,
    ReadFreeBusy,
)
from cronofy_async.operations.event_fields import DEFAULT_DAYS

NOW = datetime(2030, 3, 25, 23, 30, tzinfo=UTC).timestamp()
WHAT = ReadEvents(tzid="Europe/Paris", from_=date(2030, 3, 25), to=date(2030, 4, 4))


@attrs.frozen
class Entry:
    start: Any


def edges(operation: Any, windows: Any) -> list[Any]:
    """The bounds of the parts, each border once."""
    parts: list[Any] = split(operation, windows, NOW)
    found = [each.operation.from_ for each in parts]
    for part, following in zip(parts, found[1:], strict=False):
        assert following == part.operation.to
    return [*found, parts[-1].operation.to]


def days(*numbers: int) -> list[date]:
    return [date(2030, 3, 25) + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (None, days(0, 10)),
        (1, days(0, 10)),
        (2, days(0, 5, 10)),
        (3, days(0, 3, 6, 10)),
        (10, days(*range(11))),
        (400, days(*range(11))),
        (timedelta(days=4), days(0, 4, 8, 10)),
        (timedelta(days=5), days(0, 5, 10)),
        (timedelta(days=10), days(0, 10)),
        (timedelta(days=999), days(0, 10)),
    ],
)
def test_borders_are_days(windows: Any, expected: list[date]) -> None:
    """A window is cut at days, as evenly as they allow, and never into less than one."""
    assert expected == edges(WHAT, windows)


def test_outer_bounds_stay_as_they_are() -> None:
    """Moments at the ends of a window are kept; the borders between are days."""
    from_ = datetime(2030, 3, 25, 22, tzinfo=UTC)
    to = datetime(2030, 3, 27, 23, tzinfo=UTC)
    what = attrs.evolve(WHAT, from_=from_, to=to)
    # In Paris these are the 25th and the 28th.
    assert [from_, date(2030, 3, 26), date(2030, 3, 27), to] == edges(what, 99)


def test_default_bounds_count_from_today_in_the_zone() -> None:
    """What is left out is the service's default from the day that it is in the zone."""
    back, ahead = DEFAULT_DAYS
    today = date(2030, 3, 26)
    what = ReadFreeBusy(tzid="Europe/Paris")
    assert (today + timedelta(days=back), today + timedelta(days=ahead)) == bounds(what, NOW)
    half = ReadFreeBusy(tzid="Europe/Paris", to=date(2030, 3, 28))
    assert (today + timedelta(days=back), date(2030, 3, 28)) == bounds(half, NOW)


@pytest.mark.parametrize(
    "what",
    [
        ReadEvents(tzid="Etc/UTC", include_managed=True),
        ReadEvents(tzid="Etc/UTC", only_managed=True, from_=date(2030, 1, 1)),
        ReadFreeBusy(tzid="Etc/UTC", include_managed=True, to=date(2030, 1, 1)),
        ReadAvailablePeriods(tzid="Etc/UTC", from_=date(2030, 1, 1)),
        ReadAvailablePeriods(),
        ListOrganizationalUnitMembers(),
    ],
)
def test_what_has_no_bounds_cannot_be_split(what: Any) -> None:
    """Managed events and available periods without bounds, and what knows no time."""
    assert None is bounds(what, NOW)
    with pytest.raises(InvalidArgumentError, match="windows: cannot split"):
        split(what, 2, NOW)


def test_too_many_parts_are_refused() -> None:
    """A day each over ten years is a mistake."""
    what = attrs.evolve(WHAT, to=date(2040, 1, 1))
    with pytest.raises(InvalidArgumentError, match="windows: makes 3569 parts"):
        split(what, timedelta(days=1), NOW)


@pytest.mark.parametrize(
    ("start", "owner"),
    [
        (date(2030, 3, 29), 0),
        (date(2030, 3, 30), 1),
        (datetime(2030, 3, 29, 22, 59, tzinfo=UTC), 0),
        (datetime(2030, 3, 29, 23, 0, tzinfo=UTC), 1),
        (ZonedTime(datetime(2030, 3, 29, 23, 0, tzinfo=UTC), "America/New_York"), 1),
        (ZonedTime(datetime(2030, 3, 29, 18, 59), "America/New_York"), 0),  # noqa: DTZ001  # a wall clock
        (ZonedTime(date(2030, 3, 30), "America/New_York"), 1),
        (date(1999, 1, 1), 0),
        (datetime(1, 1, 1, tzinfo=UTC), 0),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), 1),
        (date(2031, 1, 1), 1),
    ],
)
def test_an_entry_belongs_to_one_part(start: Any, owner: int) -> None:
    """That in which it starts, by the day that this is in the zone of the read."""
    parts = split(WHAT, 2, NOW)
    assert [owner == index for index in range(2)] == [
        each.owns is not None and each.owns(Entry(start)) for each in parts
    ]


def test_what_may_lie_outside_belongs_to_nobody() -> None:
    """With include_moved, what does not surely start within the window may come anywhere."""
    what = attrs.evolve(WHAT, include_moved=True, from_=datetime(2030, 3, 25, 12, tzinfo=UTC))
    for part in split(what, 3, NOW):
        assert part.owns is not None
        # The first day begins before the window does.
        assert None is part.owns(Entry(datetime(2030, 3, 25, 11, tzinfo=UTC)))
        assert None is part.owns(Entry(date(2030, 4, 4)))
        assert None is part.owns(Entry(None))
        assert None is not part.owns(Entry(date(2030, 3, 26)))


@pytest.mark.parametrize(
    ("total", "idle", "parts"),
    [
        (None, 9, 1),
        (1, 9, 1),
        (7, 9, 1),
        (8, 9, 2),
        (20, 9, 5),
        (20, 2, 3),
        (20, 0, 1),
        (400, 15, 16),
    ],
)
def test_splitting_pays_from_eight_pages_on(total: int | None, idle: int, parts: int) -> None:
    """A part has four pages at least, and there is a place for each."""
    assert parts == worthwhile(total, idle)
