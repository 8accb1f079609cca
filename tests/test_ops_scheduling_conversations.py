"""What the calls about scheduling conversations take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cronofy_async import AsyncCronofy, UnsafeURLError
from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    ActionLink,
    ConversationEvent,
    ConversationLookup,
    ConversationParticipant,
    ConversationParticipantState,
    ConversationSlot,
    Duration,
    Location,
    Period,
    SchedulingConversation,
    SelectedSlot,
    SlotPreference,
)
from cronofy_async.operations import (
    CreateSchedulingConversation,
    GetSchedulingConversation,
    GetSchedulingConversationByToken,
    ListConversationSlots,
    SelectConversationSlots,
    parse,
)

from .support import FrozenTime, RecordingTransport, answer

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)
URL = "https://api.cronofy.com/v1/scheduling_conversations/scv_1/slots?participant=2"
SLOTS = {
    "slots": [{"slot_id": "slt_1", "start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z"}]
}
SLOT = ConversationSlot(slot_id="slt_1", start=NINE, end=TEN)


def create(**given: Any) -> CreateSchedulingConversation:
    """The smallest conversation, with some parameters of its own."""
    smallest: dict[str, Any] = {"participants": ["acc_a"]}
    return CreateSchedulingConversation(**{**smallest, **given})


def answered(body: Any) -> Response:
    """An answer of the service."""
    return Response(200, (), json.dumps(body).encode())


# Sending ------------------------------------------------------------------------------


def test_shorthands_are_their_values() -> None:
    """Text is an account, a way of choosing or a place, and pairs are periods."""
    made = create(
        participants=["acc_a", ConversationParticipant(participant_id="@bo", slots="manual")],
        event=ConversationEvent(location="Board Room"),
        required_duration=60,
        available_periods=[(NINE, TEN)],
    )

    assert ConversationParticipant(sub="acc_a") == made.participants[0]
    assert SlotPreference("manual") == made.participants[1].slots
    assert ConversationEvent(location=Location(description="Board Room")) == made.event
    assert Duration(60) == made.required_duration
    assert (Period(NINE, TEN),) == made.available_periods
    assert {
        "participants": [
            {"sub": "acc_a"},
            {"participant_id": "@bo", "slots": {"selection_method": "manual"}},
        ],
        "event": {"location": {"description": "Board Room"}},
        "required_duration": {"minutes": 60},
        "available_periods": [{"start": "2030-01-07T09:00:00Z", "end": "2030-01-07T10:00:00Z"}],
    } == json.loads(made.to_request().body)


def test_the_way_of_choosing_has_an_older_name() -> None:
    """What older clients call a method of choice is read as one of selection."""
    body = {"participants": [{"sub": "acc_a", "slots": {"choice_method": "auto"}}]}
    request = Request("POST", "/v1/scheduling_conversations", body=json.dumps(body).encode())

    participant = ConversationParticipant(sub="acc_a", slots=SlotPreference("auto"))
    assert create(participants=[participant]) == parse(request)


def test_a_link_of_the_answer_goes_into_its_call_as_it_is() -> None:
    """The URL that the service gave is what is asked, query and all."""
    listing = ListConversationSlots(url=ActionLink(url=URL))
    choosing = SelectConversationSlots(url=ActionLink(url=URL), selected_slots="slt_1")

    assert ("GET", URL, b"") == (
        listing.to_request().method,
        listing.to_request().url,
        listing.to_request().body,
    )
    assert ("POST", URL) == (choosing.to_request().method, choosing.to_request().url)
    assert {"selected_slots": [{"slot_id": "slt_1"}]} == json.loads(choosing.to_request().body)
    assert (SelectedSlot("slt_1"),) == choosing.selected_slots


def test_calls_below_one_path_are_told_apart() -> None:
    """An id is one segment of the path; whatever goes deeper is a URL of the service's."""
    path = "/v1/scheduling_conversations"

    assert GetSchedulingConversation(scheduling_conversation_id="scv_1") == parse(
        Request("GET", f"{path}/scv_1")
    )
    assert GetSchedulingConversationByToken(token="t") == parse(Request("GET", f"{path}?token=t"))
    assert ListConversationSlots(url=f"{path}/scv_1/x?y=1") == parse(
        Request("GET", f"{path}/scv_1/x?y=1")
    )


# Whose URLs are followed ----------------------------------------------------------------


def client(transport: RecordingTransport) -> AsyncCronofy:
    """A client over prepared answers."""
    runtime = FrozenTime().runtime()
    return AsyncCronofy("client-1", "secret-1", transport=transport, runtime=runtime)


@pytest.mark.asyncio
async def test_a_url_on_our_own_origin_is_followed() -> None:
    """The listing and the choice go where the service said, with the account's token."""
    transport = RecordingTransport([answer(200, SLOTS), answer(200, {"participants": []})])
    async with client(transport) as cronofy:
        account = cronofy.account(access_token="token-1")

        assert [SLOT] == await account.list_conversation_slots(url=URL)
        await account.select_conversation_slots(url=URL, selected_slots=["slt_1"])

    assert [URL, URL] == [request.url for request in transport.requests]
    assert {"Bearer token-1"} == {r.header("authorization") for r in transport.requests}


@pytest.mark.parametrize(
    "url",
    [
        "https://api.evil.test/v1/scheduling_conversations/scv_1/slots",
        "http://api.cronofy.com/v1/scheduling_conversations/scv_1/slots",
        "https://api.cronofy.com:8443/v1/scheduling_conversations/scv_1/slots",
        "https://api.cronofy.com@evil.test/v1/scheduling_conversations/scv_1/slots",
        "https://app.cronofy.com/v1/scheduling_conversations/scv_1/slots",
        "https://api.cronofy.com/v1/scheduling_conversations/../calendars",
        "v1/scheduling_conversations/scv_1/slots",
    ],
)
@pytest.mark.asyncio
async def test_a_url_that_leads_elsewhere_gets_no_token(url: str) -> None:
    """Neither call sends anything to an origin or path that is not the API's own."""
    transport = RecordingTransport()
    async with client(transport) as cronofy:
        account = cronofy.account(access_token="token-1")
        with pytest.raises(UnsafeURLError):
            await account.list_conversation_slots(url=url)
        with pytest.raises(UnsafeURLError):
            await account.select_conversation_slots(url=url, selected_slots="slt_1")

    assert [] == transport.requests


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "given", "field", "words"),
    [
        (CreateSchedulingConversation, {"participants": []}, "participants", "one entry or more"),
        (
            CreateSchedulingConversation,
            {"participants": ["acc_a", "acc_b", "acc_c"]},
            "participants",
            "give at most 2",
        ),
        (
            CreateSchedulingConversation,
            {"participants": [{"sub": "acc_a"}]},
            "participants[0]",
            "make it with ConversationParticipant(...)",
        ),
        (CreateSchedulingConversation, {"participants": "acc_a"}, "participants", "give a list"),
        (ConversationParticipant, {"common_name": "Bo"}, "participant_id", "give participant_id,"),
        (ConversationParticipant, {"sub": ""}, "participant_id", "give participant_id, sub or"),
        (ConversationParticipant, {"sub": "a", "slots": "both"}, "selection_method", "auto"),
        (ConversationParticipant, {"sub": "a", "slots": 1}, "slots", "SlotPreference(...)"),
        (GetSchedulingConversation, {"scheduling_conversation_id": ""}, "scheduling_c", "is empty"),
        (GetSchedulingConversationByToken, {"token": ""}, "token", "is empty"),
        (ListConversationSlots, {"url": ""}, "url", "is empty"),
        (SelectConversationSlots, {"url": "", "selected_slots": "s"}, "url", "is empty"),
        (
            SelectConversationSlots,
            {"url": URL, "selected_slots": []},
            "selected_slots",
            "give one entry or more",
        ),
        (
            SelectConversationSlots,
            {"url": URL, "selected_slots": ["slt_1", "slt_2"]},
            "selected_slots",
            "give at most 1",
        ),
        (
            SelectConversationSlots,
            {"url": URL, "selected_slots": [SLOT]},
            "selected_slots[0]",
            "make it with SelectedSlot(...)",
        ),
    ],
)
def test_a_wrong_parameter_is_refused(
    cls: Any, given: dict[str, Any], field: str, words: str
) -> None:
    """The error names the parameter and says what to do."""
    with pytest.raises(InvalidArgumentError) as caught:
        cls(**given)

    assert caught.value.field.startswith(field)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"tzid": "Chicago"}, "tzid", "is not a time zone"),
        ({"event": "Board Room"}, "event", "make it with ConversationEvent(...)"),
        ({"required_duration": -1}, "required_duration", "is negative"),
        ({"available_periods": [(TEN, NINE)]}, "available_periods[0].end", "is not after start"),
    ],
)
def test_a_wrong_option_is_refused(given: dict[str, Any], field: str, words: str) -> None:
    """The options of a conversation have the bounds of their kind."""
    with pytest.raises(InvalidArgumentError) as caught:
        create(**given)

    assert field == caught.value.field
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"participants": [{"common_name": "Bo"}]}, "participants[0].participant_id"),
        ({"participants": [{"sub": "a", "slots": {"x": 1}}]}, "participants[0].slots.x"),
        ({"available_periods": [{"start": "2030-01-07T09:00:00Z"}]}, "available_periods[0].end"),
        ({"event": {"summary": "x"}}, "event.summary"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """Each complaint stands under the path of its field, however deep."""
    body = json.dumps({"participants": [{"sub": "acc_a"}], **given}).encode()
    with pytest.raises(RequestParseError) as caught:
        parse(Request("POST", "/v1/scheduling_conversations", body=body))

    assert [path] == list(caught.value.errors)


# Answers ------------------------------------------------------------------------------

BARE = {"scheduling_conversation_id": "scv_1", "status": "in_progress"}


@pytest.mark.parametrize("body", [BARE, {"scheduling_conversation": BARE}])
@pytest.mark.parametrize(
    "operation",
    [
        create(),
        GetSchedulingConversation(scheduling_conversation_id="scv_1"),
        SelectConversationSlots(url=URL, selected_slots="slt_1"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_a_conversation_is_read_bare_or_under_its_key(operation: Any, body: Any) -> None:
    """The reference shows one form and the official clients the other."""
    assert SchedulingConversation(
        scheduling_conversation_id="scv_1",
        status="in_progress",  # type: ignore[arg-type]  # equals its member
    ) == operation.from_response(answered(body))


@pytest.mark.parametrize("body", [{}, [], {"scheduling_conversation": None}, {"status": "x"}])
def test_an_answer_without_conversation_is_an_error(body: Any) -> None:
    """Nothing else is taken for a conversation of which nothing is known."""
    with pytest.raises(DecodeError, match="scheduling_conversation"):
        create().from_response(answered(body))


def test_a_token_says_who_asks() -> None:
    """The participant comes with the conversation."""
    body = {"participant": {"participant_id": "@bo"}, "scheduling_conversation": BARE}
    found = GetSchedulingConversationByToken(token="t").from_response(answered(body))

    assert isinstance(found, ConversationLookup)
    assert ConversationParticipantState(participant_id="@bo") == found.participant
    assert "scv_1" == found.scheduling_conversation.scheduling_conversation_id


def test_an_unknown_status_keeps_its_text() -> None:
    """States that the service adds are no error."""
    body = {**BARE, "status": "expired", "participants": [{"status": "declined"}]}
    found = create().from_response(answered(body))

    assert "expired" == found.status
    assert found.participants is not None
    assert "declined" == found.participants[0].status
