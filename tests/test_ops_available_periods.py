"""What the calls about available periods take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cronofy_async.core import codec
from cronofy_async.core.errors import InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import AvailablePeriod, ZonedTime
from cronofy_async.operations import (
    DeleteAllAvailablePeriods,
    DeleteAvailablePeriod,
    ReadAvailablePeriods,
    ReadAvailablePeriodsPage,
    UpsertAvailablePeriod,
    parse,
)

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
NAIVE = datetime(2030, 1, 7, 9)  # noqa: DTZ001  # what is tested
SMALLEST: dict[str, Any] = {"available_period_id": "mon-am", "start": NINE, "end": NOON}
BODY = {
    "available_period_id": "mon-am",
    "start": "2030-01-07T09:00:00Z",
    "end": "2030-01-07T12:00:00Z",
}


def upsert(**given: Any) -> UpsertAvailablePeriod:
    """The smallest period, with some parameters of its own."""
    return UpsertAvailablePeriod(**{**SMALLEST, **given})


def delete(body: dict[str, Any]) -> Request:
    """The request to delete with a body."""
    return Request("DELETE", "/v1/available_periods", {}, json.dumps(body).encode())


# Writing ------------------------------------------------------------------------------


def test_the_smallest_period_sends_only_what_was_given() -> None:
    """Times are plain and in UTC."""
    assert json.loads(upsert().to_request().body) == BODY


def test_a_zone_is_sent_beside_its_time_in_utc() -> None:
    """The zone of a ZonedTime is recorded; the time stays the moment that it is."""
    nine = datetime(2030, 1, 7, 10, tzinfo=ZoneInfo("Europe/Paris"))

    body = json.loads(upsert(start=ZonedTime(nine, "Europe/Paris")).to_request().body)

    assert {"time": "2030-01-07T09:00:00Z", "tzid": "Europe/Paris"} == body["start"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"tzid": "Europe/Paris"},
        {"start": ZonedTime(NINE, "Europe/Paris")},
        {"start": ZonedTime(NINE, "Asia/Kathmandu"), "end": ZonedTime(NOON, "Europe/Paris")},
        {"start": NINE.astimezone(timezone(timedelta(hours=-5)))},
        {"start": datetime(2030, 1, 7, 10, tzinfo=ZoneInfo("Europe/Paris"))},
    ],
)
def test_a_period_is_read_back(given: dict[str, Any]) -> None:
    """Strict parsing is the inverse of sending, with and without zones."""
    operation = upsert(**given)

    assert operation == parse(operation.to_request())


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"available_period_id": ""}, "available_period_id", "is empty"),
        ({"available_period_id": "x" * 65}, "available_period_id", "use at most 64"),
        ({"available_period_id": "früh"}, "available_period_id", "use ASCII only"),
        ({"start": NAIVE}, "start", "is a naive datetime"),
        ({"start": NINE.date()}, "start", "is no moment"),
        ({"end": "2030-01-07T12:00:00Z"}, "end", "is no moment"),
        ({"end": NOON.replace(microsecond=1)}, "end", "fraction of a second"),
        ({"start": ZonedTime(NAIVE, "Europe/Paris")}, "start.time", "is a naive datetime"),
        ({"end": ZonedTime(NINE.date(), "Europe/Paris")}, "end.time", "is a day"),
        ({"end": NINE}, "end", "is not after start"),
        ({"end": ZonedTime(NINE, "America/New_York")}, "end", "is not after start"),
        ({"tzid": "Paris"}, "tzid", "is not a time zone"),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        upsert(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"start": "2030-01-07T09:00:00"}, "start"),
        ({"start": "2030-01-07"}, "start"),
        ({"start": {"time": "2030-01-07T09:00:00", "tzid": "Europe/Paris"}}, "start.time"),
        ({"start": {"time": "2030-01-07T09:00:00Z"}}, "start"),
        ({"end": "2030-01-07T09:00:00Z"}, "end"),
        ({"end": None}, "end"),
        ({"day": "monday"}, "day"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field."""
    body = json.dumps({**BODY, **given}).encode()

    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", "/v1/available_periods", {}, body))

    assert [path] == list(caught.value.errors)


# Deleting -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (DeleteAvailablePeriod(available_period_id="mon-am"), {"available_period_id": "mon-am"}),
        (DeleteAllAvailablePeriods(), {"delete_all": True}),
    ],
)
def test_the_body_says_what_is_deleted(operation: Any, body: dict[str, Any]) -> None:
    """One or all: the path is the same, and the body tells them apart both ways."""
    request = operation.to_request()

    assert ("DELETE", "/v1/available_periods") == (request.method, request.path)
    assert json.loads(request.body) == body
    assert operation == parse(delete(body))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "available_period_id"),
        ({"available_period_id": "mon-am", "delete_all": True}, "delete_all"),
        ({"delete_all": False}, "delete_all"),
        ({"delete_all": 1}, "delete_all"),
        ({"available_period_id": "x" * 65}, "available_period_id"),
    ],
)
def test_nothing_is_deleted_by_a_doubtful_request(body: dict[str, Any], path: str) -> None:
    """Neither, both, or a delete_all that is not true: such a request is refused."""
    with pytest.raises(RequestParseError) as caught:
        parse(delete(body))

    assert path in caught.value.errors


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (UpsertAvailablePeriod, True),
        (DeleteAvailablePeriod, True),
        (DeleteAllAvailablePeriods, False),
        (ReadAvailablePeriods, False),
    ],
)
def test_a_batch_takes_single_periods_only(cls: Any, expected: bool) -> None:
    """The reference lists which calls a batch may hold."""
    assert expected is cls.batchable


@pytest.mark.parametrize(
    "operation",
    [
        upsert(),
        DeleteAvailablePeriod(available_period_id="mon-am"),
        DeleteAllAvailablePeriods(),
    ],
)
def test_a_write_answers_nothing(operation: Any) -> None:
    """The service accepts with an empty body."""
    assert operation.from_response(Response(202, {}, b"")) is None


# Reading ------------------------------------------------------------------------------


def test_a_read_sends_days_in_the_query() -> None:
    """Days are dates, flags are words, and what is left out is not sent."""
    operation = ReadAvailablePeriods(
        from_=date(2030, 1, 7), to=date(2030, 1, 14), tzid="Europe/Paris", localized_times=True
    )

    assert dict(operation.to_request().query) == {
        "from": "2030-01-07",
        "to": "2030-01-14",
        "tzid": "Europe/Paris",
        "localized_times": "true",
    }
    assert operation == parse(operation.to_request())
    assert ReadAvailablePeriods() == parse(Request("GET", "/v1/available_periods"))


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"from_": date(2030, 1, 7)}, "tzid", "is missing"),
        ({"to": date(2030, 1, 7)}, "tzid", "is missing"),
        ({"from_": NINE, "tzid": "Etc/UTC"}, "from_", "datetime is no date"),
        ({"to": "2030-01-07", "tzid": "Etc/UTC"}, "to", "str is no date"),
        ({"tzid": "Paris"}, "tzid", "is not a time zone"),
    ],
)
def test_a_wrong_window_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """Days need a zone to begin in, and have no time."""
    with pytest.raises(InvalidArgumentError) as caught:
        ReadAvailablePeriods(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


def test_a_page_is_named_by_its_path() -> None:
    """What next_page leads to is read back as a page, not as a new read."""
    request = Request("GET", "/v1/available_periods/pages/08a07b034306679e")

    assert ReadAvailablePeriodsPage(page="08a07b034306679e") == parse(request)


@pytest.mark.parametrize(
    "operation", [ReadAvailablePeriods(), ReadAvailablePeriodsPage(page="08a0")]
)
def test_an_answer_is_a_page_of_periods(operation: Any) -> None:
    """Times are moments, or zoned where the service says the zone."""
    zoned = {"time": "2030-01-07T12:00:00Z", "tzid": "Europe/Paris"}
    body = {
        "pages": {"current": 1, "total": 2, "next_page": "https://api.cronofy.com/p"},
        "available_periods": [BODY, {**BODY, "end": zoned, "x_new": 1}],
    }

    page = operation.from_response(Response(200, {}, json.dumps(body).encode()))

    period = AvailablePeriod(available_period_id="mon-am", start=NINE, end=NOON)
    other = AvailablePeriod(
        available_period_id="mon-am", start=NINE, end=ZonedTime(NOON, "Europe/Paris")
    )
    assert [period, other] == page.items
    assert not page.is_last


def test_the_fast_and_the_tolerant_reader_agree() -> None:
    """The same period comes out whichever way it is read."""
    raw = {**BODY, "start": {"time": "2030-01-07T10:00:00+01:00", "tzid": "Europe/Paris"}}
    fast = codec.decoder(AvailablePeriod)
    assert fast is not None

    assert codec.structure(raw, AvailablePeriod) == fast.decode(json.dumps(raw))
