"""Deleting many events at once: exactly one of two forms; and answering invitations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import InvalidArgumentError, RequestParseError
from cronofy_async.core.operation import Operation
from cronofy_async.core.wire import Request
from cronofy_async.models import ParticipationStatus
from cronofy_async.operations import (
    ChangeParticipationStatus,
    DeleteAllEvents,
    DeleteEventsOfCalendars,
    parse,
)

ANSWER: dict[str, Any] = {"calendar_id": "cal_1", "event_uid": "evt_external_1"}


def delete(body: Any) -> Request:
    """A request to delete many events."""
    return Request("DELETE", "/v1/events", (), json.dumps(body).encode())


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (DeleteAllEvents(), {"delete_all": True}),
        (DeleteEventsOfCalendars(calendar_ids="cal_1"), {"calendar_ids": ["cal_1"]}),
        (DeleteEventsOfCalendars(calendar_ids=["a", "b"]), {"calendar_ids": ["a", "b"]}),
    ],
)
def test_either_form_goes_into_the_body(operation: Operation[None], body: Any) -> None:
    """Nothing is in the query, where a boolean could be misread."""
    request = operation.to_request()

    assert ("DELETE", "/v1/events") == (request.method, request.url)
    assert body == json.loads(request.body)
    assert operation == parse(delete(body))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"delete_all"}),
        ({"delete_all": False}, {"delete_all"}),
        ({"delete_all": "true"}, {"delete_all"}),
        ({"delete_all": 1}, {"delete_all"}),
        ({"delete_all": True, "calendar_ids": ["cal_1"]}, {"calendar_ids"}),
        ({"delete_all": False, "calendar_ids": ["cal_1"]}, {"delete_all"}),
        ({"calendar_ids": []}, {"calendar_ids"}),
        ({"calendar_ids": "cal_1"}, {"calendar_ids"}),
        ({"calendar_ids": [""]}, {"calendar_ids[0]"}),
    ],
)
def test_both_forms_and_neither_are_refused(body: Any, wrong: set[str]) -> None:
    """Whatever does not say clearly what to delete deletes nothing."""
    with pytest.raises(RequestParseError) as caught:
        parse(delete(body))
    assert wrong == caught.value.errors.keys()


@pytest.mark.parametrize(
    ("calendar_ids", "field"),
    [([], "calendar_ids"), (["cal_1", ""], "calendar_ids[1]"), ([1], "calendar_ids[0]")],
)
def test_no_calendar_is_not_all_calendars(calendar_ids: Any, field: str) -> None:
    """An empty list is a mistake, and so is an empty id."""
    with pytest.raises(InvalidArgumentError) as caught:
        DeleteEventsOfCalendars(calendar_ids=calendar_ids)
    assert field == caught.value.field


@pytest.mark.parametrize("status", ["needs_action", "unknown", "", None, "Accepted"])
def test_only_an_answer_is_an_answer(status: Any) -> None:
    """One can accept, decline or be unsure, and nothing else."""
    with pytest.raises(InvalidArgumentError) as caught:
        ChangeParticipationStatus(**ANSWER, status=status).to_request()
    assert "status" == caught.value.field


def test_what_was_read_can_be_answered() -> None:
    """A status as it is read stands for its text."""
    status: Any = ParticipationStatus.DECLINED
    operation = ChangeParticipationStatus(**ANSWER, status=status)
    request = operation.to_request()

    assert {"status": "declined"} == json.loads(request.body)
    assert "/v1/calendars/cal_1/events/evt_external_1/participation_status" == request.url
    assert operation == parse(request)


@pytest.mark.parametrize("field", ["calendar_id", "event_uid"])
def test_an_answer_is_to_one_event(field: str) -> None:
    """Neither id may be empty."""
    given: dict[str, Any] = {**ANSWER, field: "", "status": "accepted"}
    with pytest.raises(InvalidArgumentError) as caught:
        ChangeParticipationStatus(**given)
    assert field == caught.value.field
