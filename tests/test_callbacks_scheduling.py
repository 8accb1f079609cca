"""Callbacks about invites, links and scheduling requests: each becomes its own class."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cronofy_async.callbacks import Callback, read_callback, sign
from cronofy_async.core.errors import SignatureError
from cronofy_async.models import (
    AvailableParticipant,
    ChannelNotification,
    Duration,
    InviteProposal,
    InviteReply,
    InviteStatus,
    MultiRecipientReply,
    MultiRecipientSmartInviteReplied,
    RealTimeScheduling,
    RealTimeSchedulingCompleted,
    RealTimeSchedulingStatus,
    RealTimeSchedulingWithoutTime,
    RecipientOperations,
    RequestedEventState,
    RequestedRecipientState,
    ScheduledEvent,
    SchedulingRequest,
    SchedulingRequestChanged,
    SchedulingTrigger,
    SchedulingTriggerType,
    SchedulingVisitor,
    SingleRecipientReply,
    SlotSelection,
    SmartInviteReplied,
    UnknownNotification,
    ZonedTime,
)

SECRET = "pDY0Oi7TJSP2hfNmZNkm5"


def received(body: Any) -> Callback:
    """What a signed callback is read as."""
    content = json.dumps(body).encode()
    return read_callback(content, sign(content, SECRET), SECRET)


# Smart invites ------------------------------------------------------------------------

PROPOSAL = {
    "start": {"time": "2025-01-21T23:00:00+02:00", "tzid": "Europe/Paris"},
    "end": {"time": "2025-01-21T23:00:00+02:00", "tzid": "Europe/Paris"},
}
REPLY = {
    "email": "example@example.com",
    "status": "tentative",
    "comment": "example comment",
    "proposal": PROPOSAL,
}
TIME = ZonedTime(datetime(2025, 1, 21, 21, tzinfo=UTC), "Europe/Paris")
READ_REPLY = InviteReply(
    email="example@example.com",
    status=InviteStatus.TENTATIVE,
    comment="example comment",
    proposal=InviteProposal(start=TIME, end=TIME),
)


def test_a_reply_to_an_invite_for_one_is_typed() -> None:
    """The documented callback is read whole: who was invited, and what was replied now."""
    # Source: /developers/api/smart-invites/invite-callback/
    assert SmartInviteReplied(
        notification=SchedulingTrigger(type=SchedulingTriggerType.SMART_INVITE),
        smart_invite=SingleRecipientReply(
            smart_invite_id="example_id",
            callback_url="http://www.example.com",
            recipient=READ_REPLY,
            reply=READ_REPLY,
        ),
    ) == received(
        {
            "notification": {"type": "smart_invite"},
            "smart_invite": {
                "smart_invite_id": "example_id",
                "callback_url": "http://www.example.com",
                "recipient": REPLY,
                "reply": REPLY,
            },
        }
    )


def test_a_reply_to_an_invite_for_several_is_another_class() -> None:
    """The list of recipients tells the two apart, also when it is empty."""
    reply = {"email": "b@example.com", "status": "declined"}
    body: dict[str, Any] = {
        "notification": {"type": "smart_invite"},
        "smart_invite": {"smart_invite_id": "i", "recipients": [REPLY, reply], "reply": reply},
    }
    declined = InviteReply(email="b@example.com", status=InviteStatus.DECLINED)

    assert MultiRecipientSmartInviteReplied(
        notification=SchedulingTrigger(type=SchedulingTriggerType.SMART_INVITE),
        smart_invite=MultiRecipientReply(
            smart_invite_id="i", recipients=(READ_REPLY, declined), reply=declined
        ),
    ) == received(body)
    body["smart_invite"]["recipients"] = []
    assert isinstance(received(body), MultiRecipientSmartInviteReplied)


# Links --------------------------------------------------------------------------------

COMPLETED: dict[str, Any] = {
    "event": {
        "event_id": "qTtZdczOccgaPncGJaCiLg",
        "start": {"time": "2024-07-27T10:00:00Z", "tzid": "Europe/London"},
        "end": {"time": "2024-07-27T11:00:00Z", "tzid": "Europe/London"},
        "summary": "Product Manager Interview at Globex",
    },
    "participants": [{"sub": "acc_5ba21743f408617d1269ea1e"}],
    "user": {"tzid": "Europe/London"},
}
LINK = {
    "real_time_scheduling_id": "sch_1",
    "url": "https://app.cronofy.com/rts/EXAMPLE",
    "status": "open",
}


def test_a_chosen_time_is_typed() -> None:
    """The documented callback says nothing of its kind: its form tells."""
    # Source: /developers/workflow-triggers/scheduling-triggers/
    assert RealTimeSchedulingCompleted(
        event=ScheduledEvent(
            event_id="qTtZdczOccgaPncGJaCiLg",
            start=ZonedTime(datetime(2024, 7, 27, 10, tzinfo=UTC), "Europe/London"),
            end=ZonedTime(datetime(2024, 7, 27, 11, tzinfo=UTC), "Europe/London"),
            summary="Product Manager Interview at Globex",
        ),
        participants=(AvailableParticipant(sub="acc_5ba21743f408617d1269ea1e"),),
        user=SchedulingVisitor(tzid="Europe/London"),
    ) == received(COMPLETED)


def test_a_chosen_time_may_come_with_its_link() -> None:
    """What newer bodies may add does not make another kind of it."""
    link = {**LINK, "status": "completed"}
    callback = received(
        {**COMPLETED, "notification": {"type": "completed"}, "real_time_scheduling": link}
    )

    assert isinstance(callback, RealTimeSchedulingCompleted)
    assert callback.notification is not None
    assert "completed" == callback.notification.type
    assert callback.real_time_scheduling is not None
    assert RealTimeSchedulingStatus.COMPLETED == callback.real_time_scheduling.status


def test_a_link_that_is_still_open_found_no_time() -> None:
    """Both callbacks of a link without time are read alike: their URLs tell them apart."""
    link = RealTimeScheduling(
        real_time_scheduling_id="sch_1",
        url="https://app.cronofy.com/rts/EXAMPLE",
        status=RealTimeSchedulingStatus.OPEN,
    )

    assert RealTimeSchedulingWithoutTime(
        real_time_scheduling=link, user=SchedulingVisitor(tzid="Europe/London")
    ) == received({"real_time_scheduling": LINK, "user": {"tzid": "Europe/London"}})


def test_a_link_that_is_not_open_is_not_taken_for_one_without_time() -> None:
    """A body that says only that a time was chosen is handed on whole."""
    body = {"real_time_scheduling": {**LINK, "status": "completed"}}

    assert UnknownNotification(type=None, body=body) == received(body)


# Scheduling requests ------------------------------------------------------------------

URL = "https://app.cronofy.com/rts/LOiwlKXQ"
METADATA = {
    "scheduler": {
        "correlation_id": "foobar",
        "utm_source": "automated_email_workflow",
        "captured_data.notes": "No dietary requirements.",
    }
}
REQUEST: dict[str, Any] = {
    "scheduling_request_id": "srq_80f7fece4f37897d62d86d80",
    "slot_selection": "complete",
    "primary_select_url": URL,
    "dashboard_url": "https://app.cronofy.com/scheduler/80f7fece4f37897d62d86d80",
    "recipient_operations": {
        "view_url": URL,
        "reschedule_url": f"{URL}?reschedule=true",
        "decline_url": f"{URL}?decline=true",
    },
    "summary": "Product Manager Interview at Globex",
    "duration": {"minutes": 30},
    "recipients": [
        {
            "email": "eb@example.com",
            "display_name": "Dr Emmet Brown",
            "select_url": "https://app.cronofy.com/rts/1234abc",
            "slot_selector": True,
        }
    ],
    "event": {"summary": "Product Manager Interview at Globex", "metadata": METADATA},
}


def test_a_scheduling_request_is_typed() -> None:
    """The documented callback is read whole, with what was captured on the way."""
    # Source: /developers/embedded-scheduler/receiving-updates/
    assert SchedulingRequestChanged(
        notification=SchedulingTrigger(
            type=SchedulingTriggerType.SCHEDULING_REQUEST_TIME_CHOSEN,
            triggered_at=datetime(2025, 1, 19, 16, 14, 11, tzinfo=UTC),
        ),
        scheduling_request=SchedulingRequest(
            scheduling_request_id="srq_80f7fece4f37897d62d86d80",
            slot_selection=SlotSelection.COMPLETE,
            primary_select_url=URL,
            dashboard_url="https://app.cronofy.com/scheduler/80f7fece4f37897d62d86d80",
            recipient_operations=RecipientOperations(
                view_url=URL,
                reschedule_url=f"{URL}?reschedule=true",
                decline_url=f"{URL}?decline=true",
            ),
            summary="Product Manager Interview at Globex",
            duration=Duration(30),
            recipients=(
                RequestedRecipientState(
                    email="eb@example.com",
                    display_name="Dr Emmet Brown",
                    select_url="https://app.cronofy.com/rts/1234abc",
                    slot_selector=True,
                ),
            ),
            event=RequestedEventState(
                summary="Product Manager Interview at Globex", metadata=METADATA
            ),
        ),
    ) == received(
        {
            "notification": {
                "type": "scheduling_request_time_chosen",
                "triggered_at": "2025-01-19T16:14:11Z",
            },
            "scheduling_request": REQUEST,
        }
    )


def test_further_types_about_requests_keep_their_names() -> None:
    """The list of types is longer than what is published: unknown ones come through."""
    callback = received(
        {"notification": {"type": "scheduling_request_new"}, "scheduling_request": REQUEST}
    )

    assert isinstance(callback, SchedulingRequestChanged)
    assert "scheduling_request_new" == callback.notification.type


# Conversations ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["scheduling_conversation_joined", "scheduling_conversation_updated"]
)
def test_a_conversation_is_notified_to_a_channel(kind: str) -> None:
    """Conversations have no callback of their own: the channel says which one."""
    callback = received(
        {
            "notification": {"type": kind, "scheduling_conversation_id": "scv_1"},
            "channel": {"channel_id": "chn_1"},
        }
    )

    assert isinstance(callback, ChannelNotification)
    assert (kind, "scv_1") == (
        callback.notification.type,
        callback.notification.scheduling_conversation_id,
    )


# What is something else ---------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"notification": {"type": "smart_invite"}},
        {"notification": {"type": "smart_invite"}, "smart_invite": {"recipient": REPLY}},
        {"notification": {"type": "smart_invite"}, "smart_invite": []},
        {"event": {"event_id": "e1"}, "participants": []},
        {"event": [], "participants": []},
        {"scheduling_request": REQUEST},
        {"real_time_scheduling": "open"},
    ],
)
def test_what_lacks_its_form_is_handed_on_whole(body: Any) -> None:
    """A body that is only half of a known kind is an unknown one, and not an error."""
    kind = body.get("notification", {}).get("type")

    assert UnknownNotification(type=kind, body=body) == received(body)


def test_no_kind_is_read_before_it_is_verified() -> None:
    """A perfect body with a wrong signature is refused."""
    content = json.dumps(COMPLETED).encode()

    with pytest.raises(SignatureError):
        read_callback(content, sign(content, "other"), SECRET)
