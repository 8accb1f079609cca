"""What the calls about scheduling requests take, send, refuse and read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    Buffer,
    Duration,
    Location,
    RequestedEvent,
    RequestedRecipient,
    SchedulingGroup,
    SchedulingHost,
    SchedulingMember,
    SchedulingRequest,
    SlotSelection,
    Tag,
)
from cronofy_async.operations import (
    CancelSchedulingRequest,
    CreateSchedulingRequest,
    QuerySchedulingRequests,
    parse,
)

IDS = ["srq_1", "srq_2"]


def answered(body: Any) -> Response:
    """An answer of the service."""
    return Response(200, (), json.dumps(body).encode())


# Sending ------------------------------------------------------------------------------


def test_shorthands_are_their_values() -> None:
    """Text is an account, an address, a rule, a place or a label; one group needs no list."""
    group = SchedulingGroup(name="Pool", members=["acc_b", SchedulingMember("acc_c")], required=1)
    made = CreateSchedulingRequest(
        host_="acc_a",
        recipients="bo@example.com",
        collaborator_groups=group,
        event=RequestedEvent(summary="Lesson", location="Hill Valley", duration=60),
        tags=["Urgent"],
        buffer=10,
    )

    assert SchedulingHost("acc_a") == made.host_
    assert (RequestedRecipient("bo@example.com"),) == made.recipients
    assert (group,) == made.collaborator_groups
    assert (Tag("Urgent"),) == made.tags
    assert Buffer(before=10, after=10) == made.buffer
    assert {
        "host": {"sub": "acc_a"},
        "recipients": [{"email": "bo@example.com"}],
        "collaborator_groups": [
            {"name": "Pool", "members": [{"sub": "acc_b"}, {"sub": "acc_c"}], "required": 1}
        ],
        "event": {
            "summary": "Lesson",
            "location": {"description": "Hill Valley"},
            "duration": {"minutes": 60},
        },
        "tags": [{"value": "Urgent"}],
        "buffer": {"before": {"minutes": 10}, "after": {"minutes": 10}},
    } == json.loads(made.to_request().body)
    assert RequestedEvent(location=Location(description="x"), duration=Duration(5)) == (
        RequestedEvent(location="x", duration=5)
    )


def test_a_rule_stands_for_a_group() -> None:
    """Text for the group of hosts is a stored selection rule."""
    made = CreateSchedulingRequest(host_group="sel_1")

    assert {"host_group": {"sub": "sel_1"}} == json.loads(made.to_request().body)


@pytest.mark.parametrize("mode", ["working_hours", {"type": "custom"}])
def test_a_mode_that_is_not_listed_goes_through(mode: Any) -> None:
    """The values of the mode are not published, so text and objects are sent as they are."""
    operation = CreateSchedulingRequest(host_="acc_a", availability_mode=mode)

    assert mode == json.loads(operation.to_request().body)["availability_mode"]
    assert operation == parse(operation.to_request())


@pytest.mark.parametrize(
    "operation",
    [
        CreateSchedulingRequest(impersonate="acc_a"),
        CancelSchedulingRequest(impersonate="acc_a", scheduling_request_id="srq_1"),
        QuerySchedulingRequests(impersonate="acc_a", scheduling_request_ids=IDS),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_an_account_is_impersonated_by_a_header(operation: Any) -> None:
    """The account goes into its header and not into the body, and is read back from there."""
    request = operation.to_request()

    assert "acc_a" == request.header("Cronofy-Impersonate")
    assert b"acc_a" not in request.body
    assert operation == parse(request)


def test_nobody_is_impersonated_unless_asked() -> None:
    """Without an account there is no such header."""
    request = CreateSchedulingRequest(host_="acc_a").to_request()

    assert request.header("Cronofy-Impersonate") is None


def test_the_origin_of_a_call_is_not_its_host() -> None:
    """The parameter of the same name does not lead the call elsewhere."""
    assert "api" == CreateSchedulingRequest(host_="acc_a").host


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "given", "field", "words"),
    [
        (
            CreateSchedulingRequest,
            {"host_": "acc_a", "host_group": "sel_1"},
            "host_",
            "does not go with host_group",
        ),
        (CreateSchedulingRequest, {"host_": ""}, "sub", "is empty"),
        (CreateSchedulingRequest, {"host_": 1}, "host_", "make it with SchedulingHost(...)"),
        (
            CreateSchedulingRequest,
            {"host_group": SchedulingGroup(name="x")},
            "host_group",
            "has neither sub nor members",
        ),
        (
            CreateSchedulingRequest,
            {"host_group": SchedulingGroup(sub="sel_1", members=["acc_a"])},
            "host_group",
            "has both sub and members",
        ),
        (
            CreateSchedulingRequest,
            {"collaborator_groups": [SchedulingGroup(sub="sel_1"), SchedulingGroup()]},
            "collaborator_groups[1]",
            "give a selection rule's sub, or members",
        ),
        (CreateSchedulingRequest, {"collaborator_groups": "sel_1"}, "collaborator_groups", "list"),
        (CreateSchedulingRequest, {"recipients": [""]}, "email", "is empty"),
        (CreateSchedulingRequest, {"recipients": [1]}, "recipients[0]", "RequestedRecipient(...)"),
        (CreateSchedulingRequest, {"event": {}}, "event", "make it with RequestedEvent(...)"),
        (CreateSchedulingRequest, {"tags": [1]}, "tags[0]", "make it with Tag(...)"),
        (CreateSchedulingRequest, {"buffer": -1}, "buffer", "is negative"),
        (CreateSchedulingRequest, {"impersonate": ""}, "impersonate", "is no sub"),
        (CreateSchedulingRequest, {"impersonate": "a\r\nx: y"}, "impersonate", "is no sub"),
        (CreateSchedulingRequest, {"impersonate": "é"}, "impersonate", "is no sub"),
        (SchedulingGroup, {"members": [1]}, "members[0]", "make it with SchedulingMember(...)"),
        (RequestedEvent, {"duration": -1}, "duration", "is negative"),
        (RequestedEvent, {"location": 1}, "location", "make it with Location(...)"),
        (CancelSchedulingRequest, {"scheduling_request_id": ""}, "scheduling_request_id", "is"),
        (
            QuerySchedulingRequests,
            {"scheduling_request_ids": ["srq_1", ""]},
            "scheduling_request_ids[1]",
            "give a string",
        ),
    ],
)
def test_a_wrong_parameter_is_refused(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"host": {}}, "host.sub"),
        ({"host": {"sub": "acc_a"}, "host_group": {"sub": "sel_1"}}, "host"),
        ({"host_group": {"members": [{}]}}, "host_group.members[0].sub"),
        ({"recipients": [{"display_name": "Bo"}]}, "recipients[0].email"),
        ({"event": {"duration": 60}}, "event.duration"),
        ({"x_new": 1}, "x_new"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the name that the field has on the wire."""
    body = json.dumps(given).encode()
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", "/v1/scheduling_requests", body=body))

    assert [path] == list(caught.value.errors)


# Answers ------------------------------------------------------------------------------


def test_found_requests_come_out_of_their_wrappers() -> None:
    """Each request lies under a key of its own; those that are not found are simply absent."""
    body = {
        "scheduling_requests": [
            {"scheduling_request": {"scheduling_request_id": "srq_1", "slot_selection": "pending"}}
        ]
    }

    found = QuerySchedulingRequests(scheduling_request_ids=IDS).from_response(answered(body))

    assert [
        SchedulingRequest(scheduling_request_id="srq_1", slot_selection=SlotSelection.PENDING)
    ] == found


@pytest.mark.parametrize("body", [{}, {"scheduling_requests": None}, {"scheduling_requests": [{}]}])
def test_an_answer_without_requests_is_an_error(body: Any) -> None:
    """Nothing else is taken for an answer that none is found."""
    with pytest.raises(DecodeError, match="scheduling_request"):
        QuerySchedulingRequests(scheduling_request_ids="srq_1").from_response(answered(body))


def test_a_cancelled_request_has_no_answer() -> None:
    """The service accepts with an empty body."""
    operation = CancelSchedulingRequest(scheduling_request_id="srq_1")

    operation.from_response(Response(202))
    assert type(None) is type(operation).answer_type()
