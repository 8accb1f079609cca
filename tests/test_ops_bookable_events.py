"""What the calls about bookable events take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    BookableEventRegistration,
    Registration,
    RegistrationOptions,
    RegistrationPages,
    RegistrationStatus,
)
from cronofy_async.operations import (
    DeleteRegistration,
    GetBookableEvent,
    GetRegistrationsPage,
    UpsertBookableEvent,
    UpsertRegistration,
    parse,
)

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
FIVE = datetime(2030, 1, 7, 17, tzinfo=UTC)
BODY = {
    "bookable_event_id": "be1",
    "start": "2030-01-07T12:00:00Z",
    "end": "2030-01-07T17:00:00Z",
    "status": "confirmed",
    "registration": {"capacity": 5},
}


def upsert(**given: Any) -> UpsertBookableEvent:
    """An event with five places, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "bookable_event_id": "be1",
        "start": NOON,
        "end": FIVE,
        "status": "confirmed",
        "registration": 5,
    }
    return UpsertBookableEvent(**{**smallest, **given})


def register(**given: Any) -> UpsertRegistration:
    """A registration, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "bookable_event_id": "be1",
        "registration_id": "r1",
        "status": "accepted",
    }
    return UpsertRegistration(**{**smallest, **given})


def answered(body: Any) -> Response:
    """An answer of the service."""
    return Response(200, (), json.dumps(body).encode())


# Sending ------------------------------------------------------------------------------


def test_an_event_is_sent_in_plain_utc() -> None:
    """Whatever zone the times are in, they go out in UTC; an int is the number of places."""
    paris = timezone(timedelta(hours=1))

    assert BODY == json.loads(upsert().to_request().body)
    assert BODY == json.loads(
        upsert(start=NOON.astimezone(paris), registration=RegistrationOptions(5)).to_request().body
    )


def test_a_registration_goes_to_its_event() -> None:
    """The event is named by the path, the registration by the body, or both by the path."""
    request = register(metadata={"name": "A"}).to_request()
    removed = DeleteRegistration(bookable_event_id="be1", registration_id="r/1").to_request()

    assert ("POST", "/v1/bookable_events/be1/registrations") == (request.method, request.url)
    assert {
        "registration_id": "r1",
        "status": "accepted",
        "metadata": {"name": "A"},
    } == json.loads(request.body)
    assert ("DELETE", "/v1/bookable_events/be1/registrations/r%2F1", b"") == (
        removed.method,
        removed.url,
        removed.body,
    )


def test_paths_within_an_event_are_told_apart() -> None:
    """Reading the event, and a page of its registrations, are different calls."""
    assert GetBookableEvent(bookable_event_id="be1") == parse(
        Request("GET", "https://api.cronofy.com/v1/bookable_events/be1")
    )
    assert GetRegistrationsPage(bookable_event_id="be1", page="08a0") == parse(
        Request("GET", "https://api.cronofy.com/v1/bookable_events/be1/registrations/pages/08a0")
    )


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "given", "field", "words"),
    [
        (upsert, {"bookable_event_id": ""}, "bookable_event_id", "underscores and hyphens"),
        (upsert, {"bookable_event_id": "a b"}, "bookable_event_id", "underscores and hyphens"),
        (upsert, {"bookable_event_id": "é"}, "bookable_event_id", "underscores and hyphens"),
        (upsert, {"bookable_event_id": "a\n"}, "bookable_event_id", "underscores and hyphens"),
        (upsert, {"start": NOON.replace(tzinfo=None)}, "start", "is a naive datetime"),
        (upsert, {"end": NOON.replace(microsecond=1)}, "end", "has a fraction of a second"),
        (upsert, {"status": "tentative"}, "status", "use one of confirmed, cancelled"),
        (upsert, {"registration": 0}, "capacity", "give a number from 1 to 256"),
        (upsert, {"registration": 257}, "capacity", "give a number from 1 to 256"),
        (upsert, {"registration": True}, "capacity", "give a number from 1 to 256"),
        (upsert, {"registration": "5"}, "registration", "make it with RegistrationOptions(...)"),
        (register, {"registration_id": "r.1"}, "registration_id", "underscores and hyphens"),
        (register, {"status": "gone"}, "status", "use one of pending"),
        (register, {"metadata": {str(n): n for n in range(11)}}, "metadata", "give at most 10"),
        (register, {"metadata": [("a", 1)]}, "metadata", "give a dict"),
        (register, {"bookable_event_id": ""}, "bookable_event_id", "is empty"),
    ],
)
def test_a_wrong_parameter_is_refused(
    make: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        make(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize("capacity", [1, 256])
def test_the_bounds_of_the_capacity_are_inclusive(capacity: int) -> None:
    """From one place to 256."""
    assert RegistrationOptions(capacity) == upsert(registration=capacity).registration


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"registration": {}}, "registration.capacity"),
        ({"registration": {"capacity": 300}}, "registration.capacity"),
        ({"registration": {"capacity": "5"}}, "registration.capacity"),
        ({"start": "2030-01-07"}, "start"),
        ({"status": None}, "status"),
        ({"x_new": 1}, "x_new"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field."""
    body = json.dumps({**BODY, **given}).encode()
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", "/v1/bookable_events", body=body))

    assert [path] == list(caught.value.errors)


# Answers ------------------------------------------------------------------------------

PAGE = {
    "registrations": [{"registration_id": "r2", "status": "pending", "metadata": None}],
    "pages": {"current": 2, "total": 2},
}


@pytest.mark.parametrize("body", [PAGE, {**BODY, "registration": PAGE}])
def test_a_page_is_read_with_or_without_its_event(body: Any) -> None:
    """The form of the answer is not published: both that are likely are read."""
    page = GetRegistrationsPage(bookable_event_id="be1", page="08a0").from_response(answered(body))

    assert (
        BookableEventRegistration(
            registrations=(Registration(registration_id="r2", status=RegistrationStatus.PENDING),),
            pages=RegistrationPages(current=2, total=2),
        )
        == page
    )


@pytest.mark.parametrize("body", [{}, [], {"registration": []}, {"registration": {}}])
def test_what_holds_no_registrations_is_no_page(body: Any) -> None:
    """Nothing else is taken for a page without registrations."""
    operation = GetRegistrationsPage(bookable_event_id="be1", page="08a0")

    with pytest.raises(DecodeError, match="registrations"):
        operation.from_response(answered(body))


def test_an_event_without_limit_has_no_capacity() -> None:
    """A capacity of null means that any number may come."""
    body = {**BODY, "registration": {"capacity": None, "registrations": []}}
    event = GetBookableEvent(bookable_event_id="be1").from_response(answered(body))

    assert event.registration is not None
    assert event.registration.capacity is None
    assert () == event.registration.registrations
    assert (NOON, FIVE) == (event.start, event.end)
