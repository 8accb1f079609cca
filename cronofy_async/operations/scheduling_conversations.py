"""Conversations in which two people settle on a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import attrs

from ..core import codec
from ..core.errors import DecodeError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.participants import Period, periods
from ..models.scheduling_conversations import (
    ActionLink,
    ConversationEvent,
    ConversationLookup,
    ConversationParticipant,
    ConversationSlot,
    SchedulingConversation,
    SelectedSlot,
)
from ..models.shorthands import entries
from ..models.times import Duration
from .checks import at_most, instance, not_empty, one_or_more, time_zone

__all__ = (
    "CreateSchedulingConversation",
    "GetSchedulingConversation",
    "GetSchedulingConversationByToken",
    "ListConversationSlots",
    "SelectConversationSlots",
)

_ENVELOPE: Final = "scheduling_conversation"


def _conversation(body: bytes) -> SchedulingConversation:
    """Read a conversation: the reference shows it bare, the official SDKs under a key."""
    raw = codec.load(body)
    inner = raw.get(_ENVELOPE, raw) if isinstance(raw, dict) else raw
    if not isinstance(inner, dict) or not inner.keys() & {_ENVELOPE + "_id", "participants"}:
        raise DecodeError(f"the answer has no {_ENVELOPE}", (_ENVELOPE,))
    conversation: SchedulingConversation = codec.structure(inner, SchedulingConversation)
    return conversation


def _participants(
    value: Iterable[str | ConversationParticipant],
) -> tuple[ConversationParticipant, ...]:
    return tuple(
        ConversationParticipant(sub=each) if isinstance(each, str) else each
        for each in entries("participants", value)
    )


def _required_duration(value: int | timedelta | Duration | Unset) -> Duration | Unset:
    return value if isinstance(value, Unset) else Duration.of(value, "required_duration")


def _available_periods(
    value: Period | Iterable[Period | tuple[datetime, datetime]] | Unset,
) -> tuple[Period, ...] | Unset:
    return value if isinstance(value, Unset) else periods("available_periods", value)


def _url(value: str | ActionLink) -> str:
    return value.url if isinstance(value, ActionLink) else value


def _selected(
    value: str | SelectedSlot | Iterable[str | SelectedSlot],
) -> tuple[SelectedSlot, ...]:
    listed = (
        (value,) if isinstance(value, (str, SelectedSlot)) else entries("selected_slots", value)
    )
    return tuple(SelectedSlot(each) if isinstance(each, str) else each for each in listed)


@attrs.frozen(kw_only=True)
class CreateSchedulingConversation(
    Operation[SchedulingConversation],
    method="POST",
    path="/v1/scheduling_conversations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api-alpha/scheduling-conversations/create/",
    stability=Stability.ALPHA,
    envelope=_ENVELOPE,
    lookup="channels with scheduling_conversations are told if it was",
):
    """
    Begin a conversation in which two people settle on a time. Alpha.

    Channels with ``scheduling_conversations`` are told of what becomes of it.

    Answer: the conversation, as it begins.

    Args:
        participants: Who takes part, one or two; text is an account. The first one
            organizes the event.
        tzid: IANA name of its zone.
        subject: What it is about.
        event: What is known of the event.
        required_duration: How long the event takes: minutes, a `timedelta` or a `Duration`.
        available_periods: The time to search, in `Period` values or pairs of start and end.

    Raises:
        InvalidArgumentError: There are more than two participants, or none; one has no id;
            or a period's times are naive, or not in order.
        InvalidRequestError: The service refuses a value; `errors` says which.

    Source: /developers/api-alpha/scheduling-conversations/create/
    """

    participants: tuple[ConversationParticipant, ...] = attrs.field(
        converter=_participants,
        validator=[instance(ConversationParticipant), one_or_more, at_most(2)],
    )
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)
    subject: str | Unset = UNSET
    event: ConversationEvent | Unset = attrs.field(
        default=UNSET, validator=instance(ConversationEvent)
    )
    required_duration: Duration | Unset = attrs.field(default=UNSET, converter=_required_duration)
    available_periods: tuple[Period, ...] | Unset = attrs.field(
        default=UNSET, converter=_available_periods
    )

    def read_body(self, body: bytes) -> SchedulingConversation:
        """Read the conversation, bare or under its key."""
        return _conversation(body)


@attrs.frozen(kw_only=True)
class GetSchedulingConversation(
    Operation[SchedulingConversation],
    method="GET",
    path="/v1/scheduling_conversations/{scheduling_conversation_id}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api-alpha/scheduling-conversations/read/",
    stability=Stability.ALPHA,
    envelope=_ENVELOPE,
):
    """
    Find out what became of a conversation. Alpha.

    Answer: the conversation, with the `possible_actions` of each participant.

    Args:
        scheduling_conversation_id: Its id, from `CreateSchedulingConversation` or a
            notification.

    Raises:
        NotFoundError: There is no such conversation.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    scheduling_conversation_id: str = attrs.field(validator=not_empty)

    def read_body(self, body: bytes) -> SchedulingConversation:
        """Read the conversation, bare or under its key."""
        return _conversation(body)


@attrs.frozen(kw_only=True)
class GetSchedulingConversationByToken(
    Operation[ConversationLookup],
    method="GET",
    path="/v1/scheduling_conversations",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api-alpha/scheduling-conversations/",
    stability=Stability.ALPHA,
):
    """
    Find the conversation of a participant who comes with a token. Alpha.

    Answer: the conversation, and which participant it is.

    Args:
        token: What the participant's browser was sent back with.

    Raises:
        NotFoundError: There is no such conversation.

    Source: /developers/api-alpha/scheduling-conversations/
    """

    token: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class ListConversationSlots(
    Operation[list[ConversationSlot]],
    method="GET",
    path="/v1/scheduling_conversations/{+url}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api-alpha/scheduling-conversations/list-slots/",
    stability=Stability.ALPHA,
    envelope="slots",
):
    """
    List the times that a participant of a conversation can choose from. Alpha.

    Answer: the times.

    Args:
        url: The participant's ``possible_actions.slots_list``, or its URL. It has to be on
            the API's own origin.

    Raises:
        UnsafeURLError: The URL leads elsewhere; nothing was sent.
        NotFoundError: There is nothing to choose any more.

    Source: /developers/api-alpha/scheduling-conversations/list-slots/
    """

    url: str = attrs.field(converter=_url, validator=not_empty)


@attrs.frozen(kw_only=True)
class SelectConversationSlots(
    Operation[SchedulingConversation],
    method="POST",
    path="/v1/scheduling_conversations/{+url}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api-alpha/scheduling-conversations/select-slots/",
    stability=Stability.ALPHA,
    envelope=_ENVELOPE,
):
    """
    Choose a time for a participant of a conversation. Alpha.

    Answer: the conversation as it is then; the service may leave its id out.

    Args:
        url: The participant's ``possible_actions.slots_select``, or its URL. It has to be
            on the API's own origin.
        selected_slots: The time, by its `slot_id` from `ListConversationSlots`: at present
            exactly one, which needs no list.

    Raises:
        InvalidArgumentError: There is no slot, or more than one.
        UnsafeURLError: The URL leads elsewhere; nothing was sent.
        InvalidRequestError: The slot is not known, or taken by now.

    Source: /developers/api-alpha/scheduling-conversations/select-slots/
    """

    url: str = attrs.field(converter=_url, validator=not_empty)
    selected_slots: tuple[SelectedSlot, ...] = attrs.field(
        converter=_selected, validator=[instance(SelectedSlot), one_or_more, at_most(1)]
    )

    def read_body(self, body: bytes) -> SchedulingConversation:
        """Read the conversation, bare or under its key."""
        return _conversation(body)
