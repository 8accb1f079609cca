"""Weekly rules and available periods as windows, over changes of clocks too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cronofy_transports.sandbox.engine import (
    Interval,
    Rule,
    managed,
    normalise,
)
from tests.sandbox.instants import DAY, HOUR, span, utc


def minute(clock: str) -> int:
    """A wall-clock time as a minute of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def hours_of(tzid: str, day: str, local: str) -> list[Interval]:
    """The windows of a rule for the weekday of one local date, around that date."""
    when = date.fromisoformat(day)
    start, end = local.split("-")
    rule = Rule(tzid=tzid, weekly_periods=((when.weekday(), minute(start), minute(end)),))
    midnight = utc(f"{day}T00:00")
    return managed([rule], (), midnight - 2 * DAY, midnight + 3 * DAY)


@pytest.mark.parametrize(
    ("tzid", "day", "local", "expected"),
    [
        pytest.param(
            "America/New_York",
            "2030-03-04",
            "09:00-17:00",
            "2030-03-04T14:00/2030-03-04T22:00",
            id="case-11-winter",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-11",
            "09:00-17:00",
            "2030-03-11T13:00/2030-03-11T21:00",
            id="case-11-summer",
        ),
        pytest.param(
            "America/New_York",
            "2030-11-04",
            "09:00-17:00",
            "2030-11-04T14:00/2030-11-04T22:00",
            id="case-11-winter-again",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-10",
            "01:00-05:00",
            "2030-03-10T06:00/2030-03-10T09:00",
            id="case-12-three-hours",
        ),
        pytest.param(
            "America/New_York",
            "2030-11-03",
            "01:00-05:00",
            "2030-11-03T05:00/2030-11-03T10:00",
            id="case-12-five-hours",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-10",
            "02:30-04:00",
            "2030-03-10T07:30/2030-03-10T08:00",
            id="start-in-gap",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-10",
            "01:00-02:30",
            "2030-03-10T06:00/2030-03-10T07:30",
            id="end-in-gap",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-10",
            "02:15-02:45",
            "2030-03-10T07:15/2030-03-10T07:45",
            id="both-in-gap",
        ),
        pytest.param(
            "America/New_York",
            "2030-03-10",
            "02:30-03:00",
            None,
            id="start-moved-past-end",
        ),
        pytest.param(
            "America/New_York",
            "2030-11-03",
            "01:30-03:00",
            "2030-11-03T05:30/2030-11-03T08:00",
            id="start-twice",
        ),
        pytest.param(
            "America/New_York",
            "2030-11-03",
            "00:30-01:30",
            "2030-11-03T04:30/2030-11-03T06:30",
            id="end-twice",
        ),
        pytest.param(
            "America/New_York",
            "2030-11-03",
            "01:15-01:45",
            "2030-11-03T05:15/2030-11-03T06:45",
            id="both-twice",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2024-10-06",
            "02:15-03:00",
            "2024-10-05T15:45/2024-10-05T16:00",
            id="gap-of-half-an-hour",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2024-04-07",
            "01:45-03:00",
            "2024-04-06T14:45/2024-04-06T16:30",
            id="half-an-hour-twice-start",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2024-04-07",
            "01:00-01:45",
            "2024-04-06T14:00/2024-04-06T15:15",
            id="half-an-hour-twice-end",
        ),
        pytest.param(
            "America/St_Johns",
            "2024-03-10",
            "02:30-04:00",
            "2024-03-10T06:00/2024-03-10T06:30",
            id="half-hour-offset",
        ),
        pytest.param(
            "Asia/Kathmandu",
            "2024-03-10",
            "09:00-17:00",
            "2024-03-10T03:15/2024-03-10T11:15",
            id="quarter-hour-offset",
        ),
        pytest.param(
            "Pacific/Chatham",
            "2024-09-29",
            "02:00-05:00",
            "2024-09-28T13:15/2024-09-28T15:15",
            id="quarter-hour-offset-gap",
        ),
        pytest.param(
            "Antarctica/Troll",
            "2024-03-31",
            "01:30-04:00",
            "2024-03-31T01:30/2024-03-31T02:00",
            id="gap-of-two-hours",
        ),
        pytest.param(
            "Europe/Dublin",
            "2024-10-27",
            "00:30-01:30",
            "2024-10-26T23:30/2024-10-27T01:30",
            id="negative-daylight-saving",
        ),
        pytest.param(
            "Africa/Cairo",
            "2024-04-26",
            "00:00-09:00",
            "2024-04-25T22:00/2024-04-26T06:00",
            id="no-midnight",
        ),
        pytest.param(
            "Africa/Cairo",
            "2024-04-25",
            "20:00-24:00",
            "2024-04-25T18:00/2024-04-25T22:00",
            id="until-the-missing-midnight",
        ),
        pytest.param(
            "Africa/Cairo",
            "2024-10-31",
            "22:00-24:00",
            "2024-10-31T19:00/2024-10-31T22:00",
            id="last-hour-twice",
        ),
        pytest.param(
            "Atlantic/Azores",
            "2024-10-26",
            "20:00-24:00",
            "2024-10-26T20:00/2024-10-27T00:00",
            id="until-the-first-midnight-of-two",
        ),
        pytest.param(
            "Atlantic/Azores",
            "2024-10-27",
            "00:00-01:00",
            "2024-10-27T00:00/2024-10-27T02:00",
            id="first-hour-twice",
        ),
        pytest.param(
            "Pacific/Kiritimati",
            "2024-01-01",
            "00:00-24:00",
            "2023-12-31T10:00/2024-01-01T10:00",
            id="far-east",
        ),
        pytest.param(
            "Etc/GMT+12",
            "2024-01-01",
            "00:00-24:00",
            "2024-01-01T12:00/2024-01-02T12:00",
            id="far-west",
        ),
        pytest.param("Pacific/Apia", "2011-12-30", "09:00-17:00", None, id="skipped-day"),
        pytest.param(
            "Pacific/Apia",
            "2011-12-31",
            "09:00-17:00",
            "2011-12-30T19:00/2011-12-31T03:00",
            id="day-after-the-skipped-one",
        ),
    ],
)
def test_rule_over_a_change_of_clocks(
    tzid: str, day: str, local: str, expected: str | None
) -> None:
    """Skipped times move forward; of two, a start takes the first and an end the second."""
    assert ([] if expected is None else [span(expected)]) == hours_of(tzid, day, local)


ZONES = (
    "America/New_York",
    "America/St_Johns",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Etc/UTC",
)


def changes(tzid: str) -> list[date]:
    """The dates of 2024 on which the clocks of a zone change."""
    zone = ZoneInfo(tzid)
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]
    offsets = [datetime(d.year, d.month, d.day, 12, tzinfo=zone).utcoffset() for d in days]
    return [
        day for day, old, new in zip(days[1:], offsets, offsets[1:], strict=False) if old != new
    ]


def is_plain(zone: ZoneInfo, day: date, minutes: int) -> bool:
    """Whether a wall-clock time occurs exactly once."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
    return local.utcoffset() == local.replace(fold=1).utcoffset()


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(ZONES))
def test_rule_is_what_the_clock_on_the_wall_says(data: st.DataObject, tzid: str) -> None:
    """Somebody is available whenever the local clock shows a time of the rule."""
    zone = ZoneInfo(tzid)
    days = st.sampled_from([date(2024, 2, 29), *changes(tzid)])
    day = data.draw(st.one_of(days, st.dates(date(2024, 1, 2), date(2024, 12, 30))))
    first, last = sorted(data.draw(st.sets(st.integers(0, 95), min_size=2, max_size=2)))
    first, last = first * 15, (last + 1) * 15
    assume(is_plain(zone, day, first) and is_plain(zone, day, last))
    rule = Rule(tzid=tzid, weekly_periods=((day.weekday(), first, last),))
    noon = utc(f"{day}T12:00")
    expected: list[Interval] = []
    for instant in range(noon - 2 * DAY, noon + 2 * DAY, 900):
        wall = datetime.fromtimestamp(instant, zone)
        if wall.weekday() == day.weekday() and first <= wall.hour * 60 + wall.minute < last:
            expected.append((instant, instant + 900))
    assert normalise(expected) == managed([rule], (), noon - 2 * DAY, noon + 2 * DAY)


def test_rules_and_periods_add_up() -> None:
    """The answer is the union of all rules and periods, within the window."""
    monday = utc("2030-01-07T00:00")
    rules = [
        Rule(tzid="Etc/UTC", weekly_periods=((0, 540, 720), (0, 780, 1020), (1, 540, 600))),
        Rule(tzid="Europe/Paris", weekly_periods=((0, 720, 780), (6, 0, 1440))),
    ]
    periods = [(monday + 20 * HOUR, monday + 99 * HOUR), (monday - HOUR, monday + HOUR)]
    assert [
        (monday, monday + HOUR),
        (monday + 9 * HOUR, monday + 12 * HOUR),
        (monday + 13 * HOUR, monday + 17 * HOUR),
        (monday + 20 * HOUR, monday + DAY),
    ] == managed(rules, periods, monday, monday + DAY)


def test_neighbouring_whole_days_merge() -> None:
    """Days until 24:00 leave no seam, not even at a change of clocks."""
    rule = Rule(tzid="America/Havana", weekly_periods=tuple((day, 0, 1440) for day in range(7)))
    start, end = span("2024-10-20T00:00/2024-11-20T00:00")
    assert [(start, end)] == managed([rule], (), start, end)


@pytest.mark.parametrize(
    ("tzid", "window"),
    [
        pytest.param("Pacific/Kiritimati", "2029-12-31T10:00/2029-12-31T12:00", id="ahead"),
        pytest.param("Etc/GMT+12", "2030-01-02T10:00/2030-01-02T12:00", id="behind"),
    ],
)
def test_window_on_another_date_than_the_local_one(tzid: str, window: str) -> None:
    """The weekday is that of the zone, be the window ever so short."""
    tuesday = Rule(tzid=tzid, weekly_periods=((1, 0, 1440),))
    assert [span(window)] == managed([tuesday], (), *span(window))


def test_nothing_stored_is_never_available() -> None:
    """Neither rules nor periods, and a rule without hours, give no windows."""
    empty = Rule(tzid="Etc/UTC", weekly_periods=())
    assert not managed([], (), 0, DAY)
    assert not managed([empty], (), 0, DAY)


@pytest.mark.parametrize(
    ("tzid", "end"),
    [("Etc/GMT+12", "9999-12-31T12:00"), ("Pacific/Kiritimati", "9999-12-30T10:00")],
)
def test_last_days_of_the_calendar(tzid: str, end: str) -> None:
    """Rules are expanded up to the last day that has a day after it."""
    rule = Rule(tzid=tzid, weekly_periods=tuple((day, 0, 1440) for day in range(7)))
    start, beyond = span("9999-12-27T00:00/9999-12-31T23:59")
    assert [(start, utc(end))] == managed([rule], (), start, beyond)


@pytest.mark.parametrize(
    "period", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 90, 60), (0, 0, 1441), (0, -1, 60)]
)
def test_rule_without_meaning(period: tuple[int, int, int]) -> None:
    """A weekday or time that does not exist is refused."""
    with pytest.raises(ValueError, match="weekly_periods"):
        Rule(tzid="Etc/UTC", weekly_periods=(period,))


def test_unknown_zone() -> None:
    """A zone that is not known is an error."""
    rule = Rule(tzid="Mars/Olympus", weekly_periods=())
    with pytest.raises(ZoneInfoNotFoundError, match="Mars/Olympus"):
        managed([rule], (), 0, DAY)
