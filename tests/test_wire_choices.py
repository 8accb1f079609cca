"""Where the official SDKs contradict each other on the wire: one test for each point."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cronofy_async import AsyncCronofy
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import AttendeeChanges, Location, SchedulingEvent
from cronofy_async.operations import (
    CreateElementToken,
    CreateRealTimeScheduling,
    DeleteAllEvents,
    DeleteEventsOfCalendars,
    QueryAvailability,
    ReadEvents,
    UpsertApplicationCalendar,
    UpsertAvailabilityRule,
    UpsertEvent,
    parse,
)

from .support import RecordingTransport, answer

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
TOKENS = {"access_token": "t", "refresh_token": "r", "expires_in": 1, "scope": "read_write"}
EVENT: dict[str, Any] = {
    "calendar_id": "cal_1",
    "event_id": "e1",
    "summary": "S",
    "start": NOON,
    "end": NOON + timedelta(hours=1),
}
AVAILABILITY: dict[str, Any] = {
    "participants": "acc_1",
    "required_duration": 60,
    "query_periods": [(NOON, NOON + timedelta(hours=8))],
}

LINK = CreateRealTimeScheduling(
    oauth="https://a.example/back",
    event=SchedulingEvent(event_id="e1", summary="S", tzid="Etc/UTC"),
    availability=QueryAvailability(**AVAILABILITY),
)


def body(request: Request) -> Any:
    """The JSON body of a request."""
    return json.loads(request.body)


def connect(*answers: Response) -> tuple[AsyncCronofy, RecordingTransport]:
    """A client over prepared answers."""
    transport = RecordingTransport(answers)
    return AsyncCronofy("id", "sec-1", transport=transport), transport


@pytest.mark.asyncio
async def test_tokens_are_asked_for_at_the_api_host() -> None:
    """Codes, refresh tokens and revocations go to the API host, not to that of the pages."""
    cronofy, transport = connect(answer(200, TOKENS), answer(200, TOKENS), answer(200))
    await cronofy.request_token(code="c", redirect_uri="https://a.example/cb")
    await cronofy.refresh_token(refresh_token="r")
    await cronofy.revoke_by_token(token="r")

    assert [
        "https://api.cronofy.com/oauth/token",
        "https://api.cronofy.com/oauth/token",
        "https://api.cronofy.com/oauth/token/revoke",
    ] == [request.url for request in transport.requests]


@pytest.mark.asyncio
async def test_credentials_in_the_body_are_json() -> None:
    """Token requests and application calendars are sent as JSON, with both credentials."""
    cronofy, transport = connect(answer(200, {**TOKENS, "sub": "apc_1"}))
    await cronofy.send(UpsertApplicationCalendar(application_calendar_id="room"))

    (request,) = transport.requests
    assert "application/json; charset=utf-8" == request.header("content-type")
    assert {
        "application_calendar_id": "room",
        "client_id": "id",
        "client_secret": "sec-1",
    } == body(request)
    assert request.header("authorization") is None


@pytest.mark.asyncio
async def test_availability_takes_the_secret_unless_a_view_asks() -> None:
    """The application asks with its secret, an account view with its token."""
    cronofy, transport = connect(*[answer(200, {"available_slots": []})] * 2)
    await cronofy.availability(**AVAILABILITY)
    await cronofy.account(access_token="tok").availability(**AVAILABILITY)

    assert ["Bearer sec-1", "Bearer tok"] == [
        request.header("authorization") for request in transport.requests
    ]


@pytest.mark.asyncio
async def test_real_time_scheduling_never_sends_two_credentials() -> None:
    """A link is made with the secret as a key, and nothing in the body."""
    link = {"real_time_scheduling": {"real_time_scheduling_id": "sch_1", "url": "https://a/rts/x"}}
    cronofy, transport = connect(answer(200, link))
    await cronofy.send(LINK)

    (request,) = transport.requests
    assert "Bearer sec-1" == request.header("authorization")
    assert not {"client_id", "client_secret"} & body(request).keys()


def test_periods_are_sent_by_their_new_name_and_read_by_both() -> None:
    """``query_periods`` is sent; ``available_periods`` is read as the same."""
    operation = QueryAvailability(**AVAILABILITY)
    request = operation.to_request()
    sent = body(request)

    assert "available_periods" not in sent
    sent["available_periods"] = sent.pop("query_periods")
    assert operation == parse(request.replace(body=json.dumps(sent).encode()))


def test_bulk_deletes_have_a_body() -> None:
    """What to delete stands in the body, as JSON, and the query is empty."""
    everything = DeleteAllEvents().to_request()
    some = DeleteEventsOfCalendars(calendar_ids=["cal_1"]).to_request()

    assert {"delete_all": True} == body(everything)
    assert {"calendar_ids": ["cal_1"]} == body(some)
    assert () == everything.query == some.query


def test_times_are_whole_seconds_in_utc() -> None:
    """A moment is sent with ``T``, without fraction, and with ``Z``."""
    local = NOON.astimezone(ZoneInfo("Asia/Kathmandu"))

    abroad: dict[str, Any] = {**EVENT, "start": local}
    assert "2030-01-07T12:00:00Z" == body(UpsertEvent(**EVENT).to_request())["start"]
    assert "2030-01-07T12:00:00Z" == body(UpsertEvent(**abroad).to_request())["start"]


def test_attendees_are_taken_off_with_remove() -> None:
    """The key is ``remove``; the older ``reject`` is read as the same."""
    operation = UpsertEvent(**EVENT, attendees=AttendeeChanges(remove=["bo@example.com"]))
    request = operation.to_request()
    sent = body(request)
    assert {"remove": [{"email": "bo@example.com"}]} == sent["attendees"]

    sent["attendees"] = {"reject": sent["attendees"]["remove"]}
    assert operation == parse(request.replace(body=json.dumps(sent).encode()))


def test_places_are_lat_and_long() -> None:
    """Coordinates are sent as ``lat`` and ``long``, as text."""
    location = Location(description="Paris", lat="48.85", long="2.35")

    assert {"description": "Paris", "lat": "48.85", "long": "2.35"} == body(
        UpsertEvent(**EVENT, location=location).to_request()
    )["location"]


def test_element_tokens_name_their_version() -> None:
    """The version is always sent, as text; a request without it is read."""
    request = CreateElementToken(permissions=["agenda"], origin="https://a.example").to_request()
    sent = body(request)

    assert "1" == sent.pop("version")
    assert isinstance(parse(request.replace(body=json.dumps(sent).encode())), CreateElementToken)


def test_managed_events_are_left_out_unless_asked_for() -> None:
    """No flag is sent that was not given."""
    assert (("tzid", "Etc/UTC"),) == ReadEvents(tzid="Etc/UTC").to_request().query


@pytest.mark.parametrize(
    "found",
    [
        {"url": "https://app.cronofy.com/rts/x"},
        {"real_time_scheduling": {"url": "https://app.cronofy.com/rts/x"}},
        {"oauth_url": "https://app.cronofy.com/rts/x"},
    ],
    ids=["csharp", "node", "ruby"],
)
def test_every_form_of_a_new_link_is_read(found: dict[str, Any]) -> None:
    """All three forms of the answer give the URL."""
    link = LINK.from_response(answer(200, found))

    assert "https://app.cronofy.com/rts/x" == link.url


def test_rules_come_wrapped() -> None:
    """A rule is read from under its key, as the reference and most SDKs have it."""
    rule = {"availability_rule_id": "default", "tzid": "Etc/UTC", "weekly_periods": []}
    operation = UpsertAvailabilityRule(
        availability_rule_id="default", tzid="Etc/UTC", weekly_periods=[]
    )

    read = operation.from_response(answer(200, {"availability_rule": rule}))
    assert "default" == read.availability_rule_id


@pytest.mark.parametrize("name", [None, "us", "US"])
def test_the_united_states_have_no_suffix(name: str | None) -> None:
    """The data centre of the United States is never ``api-us``."""
    assert "<AsyncCronofy at https://api.cronofy.com>" == repr(AsyncCronofy(data_center=name))
