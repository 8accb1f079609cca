"""Reading events and free-busy periods: the window, the zone, the lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.core.paging import Page
from cronofy_async.core.wire import Response
from cronofy_async.models import Event, FreeBusy, FreeBusyStatus, Userinfo, ZonedTime
from cronofy_async.operations import DeleteEvent, DeleteExternalEvent, ReadEvents, ReadFreeBusy

PARIS = "Europe/Paris"
NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
BOTH = pytest.mark.parametrize("cls", [ReadEvents, ReadFreeBusy])


@BOTH
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, ""),
        ({"from_": date(2030, 1, 7), "to": date(2030, 1, 8)}, "&from=2030-01-07&to=2030-01-08"),
        ({"from_": NINE}, "&from=2030-01-07T09%3A00%3A00Z"),
        (
            {"to": NINE.astimezone(timezone(timedelta(hours=9)))},
            "&to=2030-01-07T09%3A00%3A00Z",
        ),
        ({"calendar_ids": "cal_1"}, "&calendar_ids%5B%5D=cal_1"),
        ({"calendar_ids": ("a", "b")}, "&calendar_ids%5B%5D=a&calendar_ids%5B%5D=b"),
        ({"include_managed": False}, "&include_managed=false"),
    ],
)
def test_only_what_was_given_is_asked(cls: Any, given: dict[str, Any], sent: str) -> None:
    """Days as days, moments in UTC; a false flag is sent, one that was left out is not."""
    request = cls(tzid=PARIS, **given).to_request()

    assert f"{cls.path}?tzid=Europe%2FParis{sent}" == request.url


@BOTH
@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"tzid": "Europe/Atlantis"}, "tzid", "IANA"),
        ({"tzid": ""}, "tzid", "IANA"),
        ({"tzid": None}, "tzid", "IANA"),
        ({"from_": NINE.replace(tzinfo=None)}, "from_", "aware"),
        ({"to": NINE.replace(microsecond=1)}, "to", "microsecond=0"),
        ({"to": "2030-01-07"}, "to", "aware datetime"),
        ({"last_modified": date(2030, 1, 7)}, "last_modified", "aware datetime"),
        ({"last_modified": NINE.replace(tzinfo=None)}, "last_modified", "aware"),
        ({"last_modified": NINE.replace(microsecond=1)}, "last_modified", "microsecond=0"),
        ({"calendar_ids": []}, "calendar_ids", "one entry or more"),
        ({"calendar_ids": ["a", ""]}, "calendar_ids[1]", "give a string"),
        ({"calendar_ids": [3]}, "calendar_ids[0]", "give a string"),
        ({"from_": date(2030, 1, 8), "to": date(2030, 1, 7)}, "from_", "earlier"),
        ({"from_": NINE, "to": NINE - timedelta(seconds=1)}, "from_", "earlier"),
        ({"from_": NINE, "to": date(2030, 1, 7)}, "from_", "earlier"),
        ({"from_": datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))}, "from_", "nearer"),
    ],
)
def test_what_the_reference_bounds_is_refused_with_a_remedy(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """A wrong parameter is named, with what to do, before anything is sent."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**{"tzid": PARIS, **given})

    assert field == caught.value.field
    assert words in caught.value.remedy


@BOTH
@pytest.mark.parametrize(
    ("from_", "to", "tzid"),
    [
        (date(2030, 1, 7), date(2030, 1, 7), PARIS),
        (NINE, NINE, PARIS),
        # In Paris the day begins an hour before its midnight in UTC.
        (datetime(2030, 1, 6, 23, tzinfo=UTC), date(2030, 1, 7), PARIS),
        (date(2030, 1, 7), datetime(2030, 1, 6, 23, tzinfo=UTC), PARIS),
    ],
)
def test_a_window_may_be_as_short_as_nothing(cls: Any, from_: Any, to: Any, tzid: str) -> None:
    """Days begin at midnight of the read's own zone."""
    operation = cls(tzid=tzid, from_=from_, to=to)

    assert (from_, to) == (operation.from_, operation.to)


def test_days_begin_in_the_zone_of_the_read() -> None:
    """A second later the window is the wrong way round."""
    with pytest.raises(InvalidArgumentError, match="after to"):
        ReadEvents(
            tzid=PARIS, from_=datetime(2030, 1, 6, 23, 0, 1, tzinfo=UTC), to=date(2030, 1, 7)
        )


def test_free_busy_periods_come_with_their_calendar() -> None:
    """Days as dates, moments in UTC, and zones where they were asked for."""
    body = (
        b'{"pages": {"current": 1, "total": 1}, "free_busy": ['
        b'{"calendar_id": "c", "start": "2030-01-07", "end": "2030-01-08",'
        b' "free_busy_status": "free"},'
        b'{"calendar_id": "c", "start": {"time": "2030-01-07T10:00:00+01:00", "tzid":'
        b' "Europe/Paris"}, "end": "2030-01-07T10:00:00Z", "free_busy_status": "gone"}]}'
    )
    page = ReadFreeBusy(tzid=PARIS).from_response(Response(200, (), body))

    expected = [
        FreeBusy(
            calendar_id="c",
            start=date(2030, 1, 7),
            end=date(2030, 1, 8),
            free_busy_status=FreeBusyStatus.FREE,
        ),
        FreeBusy(
            calendar_id="c",
            start=ZonedTime(NINE, PARIS),
            end=NINE + timedelta(hours=1),
            free_busy_status=FreeBusyStatus("gone"),
        ),
    ]
    assert Page(expected, 1, 1) == page


def test_an_event_has_every_field_of_the_reference() -> None:
    """The fields are those of the reference's table, and no others."""
    documented = (
        "calendar_id event_uid event_id google_event_id summary description start end deleted "
        "created updated location participation_status attendees organizer transparency "
        "extended_transparency status event_status categories recurring series_identifier "
        "event_private meeting_url conferencing url options"
    )

    assert sorted(documented.split()) == sorted(field.name for field in attrs.fields(Event))


@pytest.mark.parametrize("cls", [DeleteEvent, DeleteExternalEvent])
@pytest.mark.parametrize(
    ("asked", "body", "expected"),
    [
        ({}, b"", None),
        ({}, b'{"userinfo": {"sub": "acc_1"}}', None),
        ({}, b"<html>", None),
        ({"include_userinfo": False}, b'{"userinfo": {"sub": "acc_1"}}', None),
        ({"include_userinfo": True}, b"", None),
        ({"include_userinfo": True}, b" \n", None),
        ({"include_userinfo": True}, b"{}", None),
        ({"include_userinfo": True}, b'{"userinfo": null}', None),
        ({"include_userinfo": True}, b'{"userinfo": {"sub": "acc_1"}}', Userinfo(sub="acc_1")),
    ],
)
def test_userinfo_is_read_if_it_was_asked_for(
    cls: Any, asked: dict[str, Any], body: bytes, expected: Userinfo | None
) -> None:
    """A write that was accepted is no failure because nothing more was said."""
    key = cls.selector
    operation = cls(calendar_id="c", **{key: "e"}, **asked)

    assert expected == operation.from_response(Response(202, (), body))
