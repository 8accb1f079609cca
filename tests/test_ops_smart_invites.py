"""What the calls about smart invites take, send, refuse and read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cronofy_async.core.errors import DecodeError, InvalidArgumentError, RequestParseError
from cronofy_async.core.wire import Request, Response
from cronofy_async.models import (
    InviteRecipient,
    InviteReply,
    InviteStatus,
    Location,
    MultiRecipientSmartInvite,
    Reminder,
    SmartInviteAttachments,
    SmartInviteEvent,
    SmartInviteOrganizer,
    ZonedTime,
)
from cronofy_async.operations import (
    CancelMultiRecipientSmartInvite,
    CancelSmartInvite,
    GetMultiRecipientSmartInvite,
    GetSmartInvite,
    RemoveSmartInviteRecipient,
    UpsertMultiRecipientSmartInvite,
    UpsertSmartInvite,
    parse,
)

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)
EVENT = SmartInviteEvent(summary="Board meeting", start=NINE, end=TEN)
EVENT_BODY = {
    "summary": "Board meeting",
    "start": "2030-01-07T09:00:00Z",
    "end": "2030-01-07T10:00:00Z",
}


def upsert(**given: Any) -> UpsertSmartInvite:
    """The smallest invite, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "smart_invite_id": "inv-1",
        "recipient": "bo@example.com",
        "event": EVENT,
    }
    return UpsertSmartInvite(**{**smallest, **given})


def upsert_all(**given: Any) -> UpsertMultiRecipientSmartInvite:
    """The smallest invite for several people, with some parameters of its own."""
    smallest: dict[str, Any] = {
        "smart_invite_id": "inv-1",
        "recipients": ["bo@example.com"],
        "event": EVENT,
    }
    return UpsertMultiRecipientSmartInvite(**{**smallest, **given})


def post(body: Any) -> Request:
    """A request of somebody else's."""
    return Request("POST", "/v1/smart_invites", body=json.dumps(body).encode())


# Sending ------------------------------------------------------------------------------


def test_the_smallest_invite_says_no_more_than_it_must() -> None:
    """The method goes with it; what was not given does not."""
    assert {
        "method": "request",
        "smart_invite_id": "inv-1",
        "recipient": {"email": "bo@example.com"},
        "event": EVENT_BODY,
    } == json.loads(upsert().to_request().body)


def test_shorthands_are_their_values() -> None:
    """Text is an address, an organizer's name or a place, and an int a reminder's minutes."""
    operation = upsert(
        organizer="Acme",
        event=SmartInviteEvent(
            summary="x", start=NINE, end=TEN, location="Room 1", reminders=[5, timedelta(hours=1)]
        ),
    )

    assert InviteRecipient("bo@example.com") == operation.recipient
    assert SmartInviteOrganizer(name="Acme") == operation.organizer
    assert Location(description="Room 1") == operation.event.location
    assert (Reminder(5), Reminder(60)) == operation.event.reminders


def test_several_recipients_may_have_replied_before() -> None:
    """A status goes with its recipient; the others have none."""
    accepted = InviteRecipient("a@example.com", "accepted")
    body = json.loads(upsert_all(recipients=[accepted, "b@example.com"]).to_request().body)

    expected = [{"email": "a@example.com", "status": "accepted"}, {"email": "b@example.com"}]
    assert expected == body["recipients"]
    assert "recipient" not in body


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        (upsert(), "request"),
        (upsert_all(), "request"),
        (CancelSmartInvite(smart_invite_id="i", recipient="a@example.com"), "cancel"),
        (
            CancelMultiRecipientSmartInvite(smart_invite_id="i", recipients=["a@example.com"]),
            "cancel",
        ),
        (RemoveSmartInviteRecipient(smart_invite_id="i", recipient="a@example.com"), "remove"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_method_and_the_recipients_tell_the_calls_apart(operation: Any, method: str) -> None:
    """Five calls have one path: each is read back as itself."""
    request = operation.to_request()

    assert method == json.loads(request.body)["method"]
    assert type(operation) is type(parse(request))


@pytest.mark.parametrize("given", [{}, {"method": None}])
def test_a_request_may_leave_the_method_out(given: dict[str, Any]) -> None:
    """Clients that invite without saying so are understood, and nothing else is."""
    body = {"smart_invite_id": "inv-1", "event": EVENT_BODY, **given}

    assert upsert() == parse(post({**body, "recipient": {"email": "bo@example.com"}}))
    assert upsert_all() == parse(post({**body, "recipients": [{"email": "bo@example.com"}]}))


def test_another_method_is_refused() -> None:
    """A method that nobody knows is complained of, rather than taken for an invitation."""
    body = {"method": "forward", "smart_invite_id": "i", "recipient": {"email": "a@example.com"}}

    with pytest.raises(RequestParseError) as caught:
        parse(post(body))

    assert ["method"] == list(caught.value.errors)


def test_what_becomes_of_an_invite_is_asked_by_address_or_without() -> None:
    """The presence of an address tells a single recipient from several."""
    one = GetSmartInvite(
        smart_invite_id="i", recipient_email="a+b@example.com", include_ics=True
    ).to_request()
    several = GetMultiRecipientSmartInvite(smart_invite_id="i").to_request()

    assert (
        "/v1/smart_invites?smart_invite_id=i&recipient_email=a%2Bb%40example.com&include_ics=true"
        == one.url
    )
    assert isinstance(parse(one), GetSmartInvite)
    assert isinstance(parse(several), GetMultiRecipientSmartInvite)


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "given", "field", "words"),
    [
        (upsert, {"smart_invite_id": ""}, "smart_invite_id", "is empty"),
        (upsert, {"recipient": ""}, "email", "is empty"),
        (upsert, {"recipient": {"email": "a"}}, "recipient", "make it with InviteRecipient(...)"),
        (upsert, {"event": EVENT_BODY}, "event", "make it with SmartInviteEvent(...)"),
        (upsert, {"callback_url": "example.com"}, "callback_url", "is no http or https URL"),
        (upsert, {"organizer": 1}, "organizer", "make it with SmartInviteOrganizer(...)"),
        (
            upsert,
            {"event": SmartInviteEvent(summary="x", start=TEN, end=NINE)},
            "event.end",
            "give the later one as end",
        ),
        (
            upsert,
            {"event": SmartInviteEvent(summary="x", start=NINE.replace(tzinfo=None), end=TEN)},
            "event.start",
            "is a naive datetime",
        ),
        (
            upsert_all,
            {"event": SmartInviteEvent(summary="x", start=date(2030, 1, 7), end=TEN)},
            "event.end",
            "is a day where start is a time, or the reverse",
        ),
        (upsert_all, {"recipients": []}, "recipients", "give one entry or more"),
        (upsert_all, {"recipients": "a@example.com"}, "recipients", "give a list"),
        (upsert_all, {"recipients": [1]}, "recipients[0]", "make it with InviteRecipient(...)"),
        (InviteRecipient, {"email": "a", "status": "maybe"}, "status", "use one of pending"),
        (
            SmartInviteEvent,
            {"summary": "", "start": NINE, "end": TEN},
            "summary",
            "is empty",
        ),
        (
            SmartInviteEvent,
            {"summary": "x", "start": NINE, "end": TEN, "tzid": "Paris"},
            "tzid",
            "is not a time zone",
        ),
        (
            SmartInviteEvent,
            {"summary": "x", "start": NINE, "end": TEN, "color": "red"},
            "color",
            "is no colour",
        ),
        (
            SmartInviteEvent,
            {"summary": "x", "start": NINE, "end": TEN, "transparency": "unknown"},
            "transparency",
            "use one of opaque",
        ),
        (GetSmartInvite, {"smart_invite_id": "i", "recipient_email": ""}, "recipient_email", "is"),
        (GetMultiRecipientSmartInvite, {"smart_invite_id": ""}, "smart_invite_id", "is empty"),
        (
            CancelMultiRecipientSmartInvite,
            {"smart_invite_id": "i", "recipients": ()},
            "recipients",
            "give one entry or more",
        ),
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


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"event": {**EVENT_BODY, "event_id": "e1"}}, "event.event_id"),
        ({"event": {**EVENT_BODY, "attendees": {"invite": []}}}, "event.attendees"),
        ({"event": {**EVENT_BODY, "end": "2030-01-07T08:00:00Z"}}, "event.end"),
        ({"recipient": {"status": "accepted"}}, "recipient.email"),
        ({"x_new": 1}, "x_new"),
    ],
)
def test_a_wrong_request_is_refused_by_path(given: dict[str, Any], path: str) -> None:
    """An invite's event has neither id nor attendees; each complaint stands under its field."""
    body = {
        "smart_invite_id": "inv-1",
        "recipient": {"email": "bo@example.com"},
        "event": EVENT_BODY,
    }
    with pytest.raises(RequestParseError) as caught:
        parse(post({**body, **given}))

    assert [path] == list(caught.value.errors)


# Answers ------------------------------------------------------------------------------


def answered(body: Any, status: int = 200) -> Response:
    """An answer of the service."""
    return Response(status, (), json.dumps(body).encode())


def test_an_invite_is_read_with_its_file() -> None:
    """Both statuses of success are read; the times have their zone."""
    body = {
        "smart_invite_id": "inv-1",
        "recipient": {"email": "bo@example.com", "status": "pending"},
        "event": {"summary": "x", "start": {"time": "2030-01-07T09:00:00Z", "tzid": "Etc/UTC"}},
        "attachments": {"icalendar": "BEGIN:VCALENDAR"},
    }

    for status in (200, 202):
        invite = upsert().from_response(answered(body, status))
        assert InviteReply(email="bo@example.com", status=InviteStatus.PENDING) == invite.recipient
        assert SmartInviteAttachments(icalendar="BEGIN:VCALENDAR") == invite.attachments
        assert invite.event is not None
        assert ZonedTime(NINE, "Etc/UTC") == invite.event.start


def test_a_list_of_attachments_is_passed_over() -> None:
    """An answer with an empty list in place of the attachments is read all the same."""
    invite = upsert().from_response(answered({"smart_invite_id": "i", "attachments": []}))

    assert "i" == invite.smart_invite_id
    assert invite.attachments is None


def test_a_removed_recipient_keeps_the_rest_of_the_file() -> None:
    """Whatever form the file for the removed one has, that for the others is read."""
    operation = RemoveSmartInviteRecipient(smart_invite_id="i", recipient="a@example.com")
    body = {"smart_invite_id": "i", "attachments": {"icalendar": "BEGIN", "removed": ["new"]}}

    invite = operation.from_response(answered(body))

    assert (
        MultiRecipientSmartInvite(
            smart_invite_id="i", attachments=SmartInviteAttachments(icalendar="BEGIN")
        )
        == invite
    )


def test_an_answer_without_id_is_an_error() -> None:
    """What names no invite is none."""
    with pytest.raises(DecodeError):
        upsert().from_response(answered({"recipient": {"email": "bo@example.com"}}))
