"""What the call for a link to one event takes, sends, refuses and reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError
from cronofy_async.core.wire import Response
from cronofy_async.models import AddToCalendarEvent, AddToCalendarLink, SchedulingOAuth
from cronofy_async.operations import AddToCalendar, parse

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)
EVENT = AddToCalendarEvent(event_id="e1", summary="Board meeting", start=NINE, end=TEN)


def add(**given: Any) -> AddToCalendar:
    """The smallest link, with some parameters of its own."""
    smallest: dict[str, Any] = {"oauth": "https://example.org/back", "event": EVENT}
    return AddToCalendar(**{**smallest, **given})


def test_the_smallest_link_says_no_more_than_it_must() -> None:
    """The event has its times, and what was not given is not sent."""
    operation = add()

    assert {
        "oauth": {"redirect_uri": "https://example.org/back"},
        "event": {
            "event_id": "e1",
            "summary": "Board meeting",
            "start": "2030-01-07T09:00:00Z",
            "end": "2030-01-07T10:00:00Z",
        },
    } == json.loads(operation.to_request().body)
    assert operation == parse(operation.to_request())


def test_a_scope_goes_with_the_page() -> None:
    """What the person is asked to grant is part of the link."""
    oauth = SchedulingOAuth(
        redirect_uri="https://example.org/back", scope="create_event", state="s"
    )

    body = json.loads(add(oauth=oauth).to_request().body)

    assert {
        "redirect_uri": "https://example.org/back",
        "scope": "create_event",
        "state": "s",
    } == body["oauth"]


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"oauth": "example.org"}, "redirect_uri", "is no http or https URL"),
        ({"event": {"event_id": "e"}}, "event", "make it with AddToCalendarEvent(...)"),
        (
            {"event": AddToCalendarEvent(event_id="e", summary="x", start=TEN, end=NINE)},
            "event.end",
            "give the later one as end",
        ),
        (
            {
                "event": AddToCalendarEvent(
                    event_id="e", summary="x", start=NINE.replace(tzinfo=None), end=TEN
                )
            },
            "event.start",
            "is a naive datetime",
        ),
        ({"target_calendars": ["cal_1"]}, "target_calendars[0]", "make it with TargetCalendar"),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        add(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize("key", ["url", "oauth_url"])
def test_the_link_has_two_names(key: str) -> None:
    """Both names that official clients know are read."""
    answer = Response(200, (), json.dumps({key: "https://app.cronofy.com/x"}).encode())

    assert AddToCalendarLink(url="https://app.cronofy.com/x") == add().from_response(answer)


def test_an_answer_without_link_is_an_error() -> None:
    """A link that cannot be opened is none."""
    with pytest.raises(DecodeError, match="url"):
        add().from_response(Response(200, (), b"{}"))
