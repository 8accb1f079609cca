"""Conversations in which two people settle on a time."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum, formerly
from ..core.errors import InvalidArgumentError
from .checks import instance
from .events import Location
from .participants import Period
from .shorthands import one_of
from .times import Duration, Moment

__all__ = (
    "ActionLink",
    "ConversationEvent",
    "ConversationLookup",
    "ConversationParticipant",
    "ConversationParticipantState",
    "ConversationParticipantStatus",
    "ConversationSlot",
    "ConversationStatus",
    "ParticipantSlots",
    "PossibleActions",
    "SchedulingConversation",
    "SelectedSlot",
    "SelectionMethod",
    "SlotChoice",
    "SlotPreference",
)

SelectionMethod: TypeAlias = Literal["auto", "manual"]
"""Who chooses for a participant: ``auto`` Cronofy, by their calendars; ``manual`` they."""


# What is asked for --------------------------------------------------------------------


@attrs.frozen
class SlotPreference:
    """
    How a participant's times are chosen.

    Args:
        selection_method: ``auto`` by their calendars, ``manual`` by themselves.

    Raises:
        InvalidArgumentError: *selection_method* is not known.

    Source: /developers/api-alpha/scheduling-conversations/create/
    """

    selection_method: SelectionMethod | None = attrs.field(
        default=None, validator=one_of(SelectionMethod), metadata=formerly("choice_method")
    )


def _slots(value: SelectionMethod | SlotPreference | None) -> SlotPreference | None:
    return SlotPreference(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class ConversationParticipant:
    """
    Somebody who takes part in a conversation. One of the first three must be given.

    Args:
        participant_id: Your id of them, which goes before the other two.
        sub: Their account.
        email: Their address.
        common_name: What they are called.
        managed_availability: Whether their stored availability rules and periods apply.
        slots: How their times are chosen: ``auto``, ``manual`` or a `SlotPreference`.

    Raises:
        InvalidArgumentError: None of *participant_id*, *sub* and *email* is given.

    Source: /developers/api-alpha/scheduling-conversations/create/
    """

    participant_id: str | None = None
    sub: str | None = None
    email: str | None = None
    common_name: str | None = None
    managed_availability: bool | None = None
    slots: SlotPreference | None = attrs.field(
        default=None, converter=_slots, validator=instance(SlotPreference)
    )

    def __attrs_post_init__(self) -> None:
        if not (self.participant_id or self.sub or self.email):
            raise InvalidArgumentError(
                "participant_id", "is missing", "give participant_id, sub or email"
            )


@attrs.frozen
class SelectedSlot:
    """
    A slot that a participant chooses.

    Args:
        slot_id: Its id, from `ListConversationSlots`.

    Source: /developers/api-alpha/scheduling-conversations/select-slots/
    """

    slot_id: str


def _location(value: str | Location | None) -> Location | None:
    return Location(description=value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class ConversationEvent:
    """
    What is known of the event that people settle on.

    Args:
        location: Where it takes place; text stands for a `Location` described by it.

    Source: /developers/api-alpha/scheduling-conversations/create/
    """

    location: Location | None = attrs.field(
        default=None, converter=_location, validator=instance(Location)
    )


# What became of it --------------------------------------------------------------------


class ConversationStatus(OpenEnum):
    """How far a conversation is. Source: /developers/api-alpha/scheduling-conversations/read/"""

    IN_PROGRESS = "in_progress"


class ConversationParticipantStatus(OpenEnum):
    """
    Whom a conversation waits for.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    WAITING = "waiting"
    """They wait for the other."""
    NEEDS_ACTION = "needs_action"
    """They have something to do: see their `possible_actions`."""
    COMPLETE = "complete"
    """A time is settled."""


@attrs.frozen(kw_only=True)
class ConversationSlot:
    """
    A time that people may settle on.

    Attributes:
        slot_id: Names it in `SelectConversationSlots`.
        available_slot_id: The same, where a conversation says which slot was settled on.
        start: When it starts, in UTC.
        end: When it ends, exclusive, in UTC.

    Source: /developers/api-alpha/scheduling-conversations/list-slots/
    """

    slot_id: str | None = None
    available_slot_id: str | None = None
    start: Moment | None = None
    end: Moment | None = None


@attrs.frozen(kw_only=True)
class ParticipantSlots:
    """
    The times of a participant.

    Attributes:
        selection_method: ``auto`` if Cronofy chooses them by calendars, else ``manual``.
        selected: Which they have chosen.

    Source: /developers/api-alpha/scheduling-conversations/select-slots/
    """

    selection_method: str | None = None
    selected: tuple[ConversationSlot, ...] | None = None


@attrs.frozen(kw_only=True)
class SlotChoice:
    """
    How the times of a participant are chosen, by an older name.

    Attributes:
        method: ``auto`` or ``manual``.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    method: str | None = None


@attrs.frozen(kw_only=True)
class ActionLink:
    """
    Something that can be done, on the API's own origin.

    Attributes:
        url: Goes as it is into the operation that does it.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    url: str


@attrs.frozen(kw_only=True)
class PossibleActions:
    """
    What can be done for a participant.

    Attributes:
        slots_list: Goes with `ListConversationSlots`.
        slots_select: Goes with `SelectConversationSlots`.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    slots_list: ActionLink | None = None
    slots_select: ActionLink | None = None


@attrs.frozen(kw_only=True)
class ConversationParticipantState:
    """
    Somebody who takes part in a conversation.

    Attributes:
        participant_id: Your id of them.
        sub: Their account.
        email: Their address.
        common_name: What they are called.
        managed_availability: Whether their stored availability rules and periods apply.
        slots: Their times.
        slot_choice: How these are chosen, by an older name.
        status: Whether the conversation waits for them.
        possible_actions: What can be done for them.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    participant_id: str | None = None
    sub: str | None = None
    email: str | None = None
    common_name: str | None = None
    managed_availability: bool | None = None
    slots: ParticipantSlots | None = None
    slot_choice: SlotChoice | None = None
    status: ConversationParticipantStatus | None = None
    possible_actions: PossibleActions | None = None


@attrs.frozen(kw_only=True)
class SchedulingConversation:
    """
    A conversation in which two people settle on a time. Alpha.

    Attributes:
        scheduling_conversation_id: Names it in other calls; `SelectConversationSlots` may
            leave it out of its answer.
        participants: Who takes part; the first one organizes the event.
        tzid: IANA name of its zone.
        subject: What it is about.
        event: What is known of the event.
        required_duration: How long the event takes.
        available_periods: The time that is searched.
        status: How far it is.
        chosen_slot: The time that was settled on.

    Source: /developers/api-alpha/scheduling-conversations/read/
    """

    scheduling_conversation_id: str | None = None
    participants: tuple[ConversationParticipantState, ...] | None = None
    tzid: str | None = None
    subject: str | None = None
    event: ConversationEvent | None = None
    required_duration: Duration | None = None
    available_periods: tuple[Period, ...] | None = None
    status: ConversationStatus | None = None
    chosen_slot: ConversationSlot | None = None


@attrs.frozen(kw_only=True)
class ConversationLookup:
    """
    A conversation, and the participant whose token it was found by. Alpha.

    Attributes:
        participant: Who has the token.
        scheduling_conversation: The conversation.

    Source: /developers/api-alpha/scheduling-conversations/
    """

    participant: ConversationParticipantState | None = None
    scheduling_conversation: SchedulingConversation
