"""What the calls about scheduling links take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    AvailabilityQuery,
    CallbackURLs,
    Conferencing,
    Duration,
    Invitee,
    Location,
    RealTimeScheduling,
    RedirectURLs,
    Reminder,
    ScheduledEvent,
    SchedulingEvent,
    SchedulingFormatting,
    SchedulingOAuth,
    TargetCalendar,
    TargetEvent,
    ZonedTime,
)
from cronofy_async.operations import (
    CreateRealTimeScheduling,
    DisableRealTimeScheduling,
    GetRealTimeScheduling,
    GetRealTimeSchedulingByToken,
    QueryAvailability,
    parse,
)

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
FIVE = datetime(2030, 1, 7, 17, tzinfo=UTC)
QUERY: dict[str, Any] = {
    "participants": "acc_a",
    "required_duration": 60,
    "query_periods": [(NINE, FIVE)],
}
EVENT = SchedulingEvent(event_id="e1", summary="Interview", tzid="Europe/London")
SMALLEST: dict[str, Any] = {
    "oauth": "https://example.org/back",
    "event": EVENT,
    "availability": AvailabilityQuery(**QUERY),
}
BODY: dict[str, Any] = {
    "oauth": {"redirect_uri": "https://example.org/back"},
    "event": {"event_id": "e1", "summary": "Interview", "tzid": "Europe/London"},
    "availability": {
        "participants": [{"members": [{"sub": "acc_a"}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T17:00:00Z"}],
    },
}
LINK = {
    "real_time_scheduling_id": "sch_1",
    "url": "https://app.cronofy.com/rts/EXAMPLE",
    "status": "open",
    "event": {"event_id": "e1", "summary": "Interview", "event_private": False},
}


def create(**given: Any) -> CreateRealTimeScheduling:
    """The smallest link, with some parameters of its own."""
    return CreateRealTimeScheduling(**{**SMALLEST, **given})


FULL = create(
    oauth=SchedulingOAuth(redirect_uri="https://example.org/back", scope="read_write", state="s"),
    event=SchedulingEvent(
        event_id="e1",
        summary="Interview",
        description="Bring nothing.",
        tzid="Europe/London",
        location="Room 1",
        event_private=True,
        reminders=[15, Reminder(60)],
        conferencing="default",
        attachments="att_1",
        transparency="opaque",
        tags="interview",
    ),
    target_calendars=[
        TargetCalendar(
            sub="acc_a",
            calendar_id="cal_1",
            event=TargetEvent(conferencing="integrated"),
            attendee=Invitee("ada@example.com", "Ada"),
        ),
        TargetCalendar(sub="acc_b", calendar_id="cal_2", attendee="bo@example.com"),
    ],
    event_creation="single",
    tzid="Europe/Paris",
    minimum_notice=240,
    formatting="H",
    selection_mode="no_confirm",
    callback_urls=CallbackURLs(
        completed_url="https://example.org/done",
        no_times_suitable_url="https://example.org/none",
        no_times_displayed_url="https://example.org/empty",
    ),
    callback_url="https://example.org/old",
    redirect_urls=RedirectURLs(completed_url="https://example.org/thanks"),
)


def post(body: dict[str, Any]) -> Request:
    """The request with a body."""
    return Request("POST", "/v1/real_time_scheduling", {}, json.dumps(body).encode())


def answered(body: Any) -> Response:
    """An answer with a body."""
    return Response(200, {}, json.dumps(body).encode())


# Sending ------------------------------------------------------------------------------


def test_the_smallest_link_sends_only_what_was_given() -> None:
    """A URL is where the visitor goes back to."""
    assert json.loads(create().to_request().body) == BODY


def test_every_parameter_is_sent_under_its_own_name() -> None:
    """Shorthands become the objects of the reference."""
    body = json.loads(FULL.to_request().body)

    assert body == {
        "oauth": {
            "redirect_uri": "https://example.org/back",
            "scope": "read_write",
            "state": "s",
        },
        "event": {
            "event_id": "e1",
            "summary": "Interview",
            "description": "Bring nothing.",
            "tzid": "Europe/London",
            "location": {"description": "Room 1"},
            "event_private": True,
            "reminders": [{"minutes": 15}, {"minutes": 60}],
            "conferencing": {"profile_id": "default"},
            "attachments": [{"attachment_id": "att_1"}],
            "transparency": "opaque",
            "tags": {"private": [{"value": "interview"}]},
        },
        "availability": BODY["availability"],
        "target_calendars": [
            {
                "sub": "acc_a",
                "calendar_id": "cal_1",
                "event": {"conferencing": {"profile_id": "integrated"}},
                "attendee": {"email": "ada@example.com", "display_name": "Ada"},
            },
            {
                "sub": "acc_b",
                "calendar_id": "cal_2",
                "attendee": {"email": "bo@example.com"},
            },
        ],
        "event_creation": "single",
        "tzid": "Europe/Paris",
        "minimum_notice": {"minutes": 240},
        "formatting": {"hour_format": "H"},
        "selection_mode": "no_confirm",
        "callback_urls": {
            "completed_url": "https://example.org/done",
            "no_times_suitable_url": "https://example.org/none",
            "no_times_displayed_url": "https://example.org/empty",
        },
        "callback_url": "https://example.org/old",
        "redirect_urls": {"completed_url": "https://example.org/thanks"},
    }


@pytest.mark.parametrize(
    "operation",
    [
        create(),
        FULL,
        GetRealTimeScheduling(real_time_scheduling_id="sch_1"),
        GetRealTimeSchedulingByToken(token="a/b ?&=ü"),
        DisableRealTimeScheduling(real_time_scheduling_id="sch/1", display_message="x" * 500),
    ],
    ids=["smallest", "full", "by id", "by token", "disable"],
)
def test_a_call_is_read_back(operation: Any) -> None:
    """Strict parsing is the inverse of sending; an id and a token are told apart."""
    assert operation == parse(operation.to_request())


def test_converters_leave_what_is_converted_already() -> None:
    """A call made from the parameters of another one equals it."""
    names = [field.name for field in attrs.fields(CreateRealTimeScheduling)]

    assert FULL == CreateRealTimeScheduling(**{name: getattr(FULL, name) for name in names})


def test_one_target_calendar_needs_no_list() -> None:
    """Neither do a duration and a format need their classes."""
    target = TargetCalendar(sub="acc_a", calendar_id="cal_1")
    operation = create(target_calendars=target, minimum_notice=5, formatting="h")

    assert (target,) == operation.target_calendars
    assert Duration(5) == operation.minimum_notice
    assert SchedulingFormatting(hour_format="h") == operation.formatting


def test_the_shorthands_of_an_event_are_its_values() -> None:
    """Text is a place or a conferencing profile, and an int a reminder's minutes."""
    event = SchedulingEvent(
        event_id="e1", summary="x", location="Room 1", conferencing="none", reminders=[5]
    )

    assert Location(description="Room 1") == event.location
    assert Conferencing("none") == event.conferencing
    assert (Reminder(5),) == event.reminders


def test_a_link_takes_the_query_of_an_operation() -> None:
    """What was asked with QueryAvailability can be offered by a link, unchanged."""
    operation = create(availability=QueryAvailability(**QUERY))

    assert create() == operation
    assert json.loads(operation.to_request().body) == BODY


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"oauth": "example.org/back"}, "redirect_uri", "is no http or https URL"),
        ({"oauth": ""}, "redirect_uri", "is empty"),
        ({"oauth": {"redirect_uri": "x"}}, "oauth", "make it with SchedulingOAuth(...)"),
        ({"event": {"event_id": "e1"}}, "event", "make it with SchedulingEvent(...)"),
        (
            {"event": SchedulingEvent(event_id="e1", summary="x")},
            "event.tzid",
            "give the event's zone, or that of the page",
        ),
        ({"availability": QUERY}, "availability", "make it with AvailabilityQuery(...)"),
        (
            {"availability": QueryAvailability(**QUERY, extra={"x_new": 1})},
            "availability",
            "give them in the extra of this call",
        ),
        (
            {"target_calendars": ["cal_1"]},
            "target_calendars[0]",
            "make it with TargetCalendar(...)",
        ),
        ({"event_creation": "many"}, "event_creation", "use one of default, single"),
        ({"tzid": "Paris"}, "tzid", "is not a time zone"),
        ({"minimum_notice": -1}, "minimum_notice", "is negative"),
        ({"formatting": 12}, "formatting", "make it with SchedulingFormatting(...)"),
        ({"selection_mode": ""}, "selection_mode", "is empty"),
        (
            {"callback_urls": "https://example.org"},
            "callback_urls",
            "make it with CallbackURLs(...)",
        ),
        ({"callback_url": "ftp://example.org"}, "callback_url", "is no http or https URL"),
        (
            {"redirect_urls": "https://example.org"},
            "redirect_urls",
            "make it with RedirectURLs(...)",
        ),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        create(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("cls", "given", "field", "words"),
    [
        (SchedulingEvent, {"event_id": "", "summary": "x"}, "event_id", "is empty"),
        (SchedulingEvent, {"event_id": "e1", "summary": ""}, "summary", "is empty"),
        (SchedulingEvent, {"event_id": "e1", "summary": "x" * 1025}, "summary", "at most 1024"),
        (TargetEvent, {"summary": "x" * 1025}, "summary", "at most 1024"),
        (TargetEvent, {"description": "x" * 4097}, "description", "at most 4096"),
        (TargetEvent, {"reminders": [1, 2, 3, 4, 5, 6]}, "reminders", "at most 5"),
        (TargetEvent, {"color": "red"}, "color", "is no colour"),
        (TargetEvent, {"transparency": "unknown"}, "transparency", "use one of opaque"),
        (TargetEvent, {"tzid": "Paris"}, "tzid", "is not a time zone"),
        (TargetCalendar, {"sub": "", "calendar_id": "c"}, "sub", "is empty"),
        (TargetCalendar, {"sub": "a", "calendar_id": ""}, "calendar_id", "is empty"),
        (TargetCalendar, {"sub": "a", "calendar_id": "c", "event": {}}, "event", "no TargetEvent"),
        (TargetCalendar, {"sub": "a", "calendar_id": "c", "attendee": 1}, "attendee", "no Invitee"),
        (CallbackURLs, {"completed_url": "x"}, "completed_url", "is no http or https URL"),
        (RedirectURLs, {"completed_url": ""}, "completed_url", "is no http or https URL"),
        (
            GetRealTimeScheduling,
            {"real_time_scheduling_id": ""},
            "real_time_scheduling_id",
            "is empty",
        ),
        (GetRealTimeSchedulingByToken, {"token": ""}, "token", "is empty"),
        (
            DisableRealTimeScheduling,
            {"real_time_scheduling_id": "s", "display_message": ""},
            "display_message",
            "is empty",
        ),
        (
            DisableRealTimeScheduling,
            {"real_time_scheduling_id": "s", "display_message": "x" * 501},
            "display_message",
            "use at most 500",
        ),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_made(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """Values check themselves, so the error arises at the line that is wrong."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


# Requests of others -------------------------------------------------------------------


def test_older_clients_send_the_credentials_in_the_body() -> None:
    """Credentials are passed over, and what is left is the same call."""
    body = {**BODY, "client_id": "id", "client_secret": "secret"}

    assert create() == parse(post(body))
    assert create() == parse(post(body), strict=False)


def test_the_old_name_of_query_periods_is_read_inside() -> None:
    """The query of a link has the same old name as one of its own, and the same nulls."""
    query = {**BODY["availability"], "start_interval": None, "buffer": {}}
    query["available_periods"] = query.pop("query_periods")

    operation = parse(post({**BODY, "availability": query}))

    assert isinstance(operation, CreateRealTimeScheduling)
    assert AvailabilityQuery(**QUERY).query_periods == operation.availability.query_periods


def test_the_zone_may_be_that_of_the_page() -> None:
    """Some clients give the zone beside the event, not in it."""
    body = {**BODY, "event": {"event_id": "e1", "summary": "x"}, "tzid": "Europe/London"}

    operation = parse(post(body))

    assert isinstance(operation, CreateRealTimeScheduling)
    assert "Europe/London" == operation.tzid


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"oauth": {}}, "oauth.redirect_uri"),
        ({"oauth": {"redirect_uri": "x"}}, "oauth.redirect_uri"),
        ({"event": {"summary": "x", "tzid": "Etc/UTC"}}, "event.event_id"),
        ({"event": {**BODY["event"], "start": "2030-01-07T09:00:00Z"}}, "event.start"),
        ({"event": {"event_id": "e1", "summary": "x"}}, "event.tzid"),
        (
            {"availability": {**BODY["availability"], "required_duration": {}}},
            "availability.required_duration",
        ),
        (
            {"availability": {**BODY["availability"], "participants": [{"members": [{}]}]}},
            "availability.participants[0].members[0].sub",
        ),
        (
            {"availability": {**BODY["availability"], "query_slots": []}},
            "availability.query_periods",
        ),
        ({"target_calendars": [{"sub": "acc_a"}]}, "target_calendars[0].calendar_id"),
        ({"event_creation": "many"}, "event_creation"),
        ({"x_new": 1}, "x_new"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field, however deep."""
    with pytest.raises(RequestParseError) as caught:
        parse(post({**BODY, **given}))

    assert [path] == list(caught.value.errors)


# Answers ------------------------------------------------------------------------------

URL = "https://app.cronofy.com/rts/EXAMPLE"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"url": URL, "real_time_scheduling": LINK},
            RealTimeScheduling(
                real_time_scheduling_id="sch_1",
                url=URL,
                status="open",  # type: ignore[arg-type]  # equals its member
                event=ScheduledEvent(event_id="e1", summary="Interview", event_private=False),
            ),
        ),
        (
            {"real_time_scheduling": {"real_time_scheduling_id": "sch_1", "url": URL}},
            RealTimeScheduling(real_time_scheduling_id="sch_1", url=URL),
        ),
        (
            {"url": URL, "real_time_scheduling": {"real_time_scheduling_id": "sch_1"}},
            RealTimeScheduling(real_time_scheduling_id="sch_1", url=URL),
        ),
        ({"url": URL}, RealTimeScheduling(url=URL)),
        ({"oauth_url": URL}, RealTimeScheduling(url=URL)),
    ],
)
def test_a_new_link_is_read_in_every_form(body: Any, expected: RealTimeScheduling) -> None:
    """Older answers hold nothing but the URL, newer ones hold it in two places."""
    assert expected == create().from_response(answered(body))


@pytest.mark.parametrize("body", [{}, [], {"real_time_scheduling": None}])
def test_an_answer_without_link_is_an_error(body: Any) -> None:
    """A link that cannot be opened is none."""
    with pytest.raises(DecodeError):
        create().from_response(answered(body))


@pytest.mark.parametrize(
    "operation",
    [
        GetRealTimeScheduling(real_time_scheduling_id="sch_1"),
        GetRealTimeSchedulingByToken(token="EXAMPLE"),
        DisableRealTimeScheduling(real_time_scheduling_id="sch_1", display_message="Gone."),
    ],
)
def test_the_status_of_a_link_has_its_event(operation: Any) -> None:
    """Once a time was chosen, the event has its start and end with their zone."""
    start = {"time": "2030-01-07T10:00:00Z", "tzid": "Europe/London"}
    body = {**LINK, "status": "completed", "event": {"event_id": "e1", "start": start}}

    link = operation.from_response(answered({"real_time_scheduling": body}))

    assert "completed" == link.status
    assert ZonedTime(NINE.replace(hour=10), "Europe/London") == link.event.start


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, "EXAMPLE"),
        ("https://app.cronofy.com/add_to_calendar/scheduling/tok?x=/y", "tok"),
        ("https://app.cronofy.com/", None),
        (None, None),
    ],
)
def test_the_token_of_a_link_is_the_end_of_its_url(url: str | None, expected: str | None) -> None:
    """The last segment of the path is what the status call takes."""
    assert expected == RealTimeScheduling(url=url).token
