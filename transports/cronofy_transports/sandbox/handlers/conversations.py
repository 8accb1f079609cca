"""Scheduling conversations: two people settle on a time, each by calendar or by choice."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cronofy_async.core import codec
from cronofy_async.core.paths import path_values
from cronofy_async.core.unset import Unset
from cronofy_async.models.notifications import NotificationType
from cronofy_async.models.participants import Group, Member
from cronofy_async.models.scheduling_conversations import (
    ActionLink,
    ConversationLookup,
    ConversationParticipantState,
    ConversationParticipantStatus,
    ConversationSlot,
    ConversationStatus,
    ParticipantSlots,
    PossibleActions,
    SchedulingConversation,
)
from cronofy_async.operations.scheduling_conversations import (
    CreateSchedulingConversation,
    GetSchedulingConversation,
    GetSchedulingConversationByToken,
    ListConversationSlots,
    SelectConversationSlots,
)

from .. import engine
from ..caller import Caller
from ..letters import conversation_payload
from ..moments import moment
from ..people import People, intervals, seconds
from ..questions import refuse_long_search
from ..refusals import Invalid, NotFound
from ..state.conversations import Conversation, Party
from ..state.events import DAY
from ..world import World
from .links import known
from .registry import Reply, handles

__all__ = ("join",)

_DEFAULT_LENGTH: Final = 3600
_DEFAULT_SEARCH: Final = 14 * DAY
_SLOTS: Final = f"{GetSchedulingConversation.path}/slots"
_SETTLED: Final = ConversationStatus("complete")


@handles(CreateSchedulingConversation)
def create_conversation(
    world: World, caller: Caller, asked: CreateSchedulingConversation
) -> SchedulingConversation:
    """A new conversation; one that nobody has to choose for is settled at once."""
    for index, participant in enumerate(asked.participants):
        sub = participant.sub
        # Decision.UNKNOWN_MEMBER
        if sub is not None and world.vault.authorization(caller.application, sub) is None:
            raise Invalid.field(
                f"participants[{index}].sub", "is not an account of this application"
            )
    if not isinstance(asked.required_duration, Unset) and asked.required_duration.minutes < 1:
        raise Invalid.field("required_duration", "must be one minute or more")
    refuse_long_search("available_periods", known(asked.available_periods) or ())
    conversation = Conversation(
        conversation_id=world.ids.make("scv"),
        authorization=caller.authorization,
        asked=asked,
        parties=[Party(asked=each, token=world.ids.token()) for each in asked.participants],
        began=world.now(),
    )
    found = _slots(world, conversation)
    world.arrangements.conversations[conversation.conversation_id] = conversation
    # Decision.CONVERSATION_SETTLED
    if found and not any(party.is_manual for party in conversation.parties):
        conversation.settled = found[0]
    return _described(conversation, caller.origin)


@handles(GetSchedulingConversation)
def get_conversation(
    world: World, caller: Caller, asked: GetSchedulingConversation
) -> Reply[SchedulingConversation]:
    """A conversation by its id."""
    conversation = _found(world, caller, asked.scheduling_conversation_id)
    return _twice(_described(conversation, caller.origin))


@handles(GetSchedulingConversationByToken)
def get_conversation_by_token(
    world: World, caller: Caller, asked: GetSchedulingConversationByToken
) -> ConversationLookup:
    """A conversation by what one who takes part came with."""
    for conversation in world.arrangements.conversations.values():
        for number, party in enumerate(conversation.parties, start=1):
            if party.token == asked.token and _may_see(caller, conversation):
                return ConversationLookup(
                    participant=_party(conversation, number, party, caller.origin),
                    scheduling_conversation=_described(conversation, caller.origin),
                )
    raise NotFound


@handles(ListConversationSlots)
def list_slots(
    world: World, caller: Caller, asked: ListConversationSlots
) -> list[ConversationSlot]:
    """The times that one who takes part can choose from."""
    conversation, _ = _turn(world, caller, asked.url)
    return [
        ConversationSlot(slot_id=_slot_id(start), **_times(conversation, start))
        for start in _slots(world, conversation)
    ]


@handles(SelectConversationSlots)
def select_slots(
    world: World, caller: Caller, asked: SelectConversationSlots
) -> Reply[SchedulingConversation]:
    """Choose a time for one who takes part."""
    conversation, party = _turn(world, caller, asked.url)
    by_id = {_slot_id(start): start for start in _slots(world, conversation)}
    chosen = by_id.get(asked.selected_slots[0].slot_id)
    if chosen is None:
        raise Invalid.field("selected_slots[0].slot_id", "is not a slot that can be chosen")
    party.chosen = chosen
    # Decision.CONVERSATION_SETTLED
    others = [each for each in conversation.parties if each.is_manual and each is not party]
    for other in others:
        other.chosen = other.chosen if other.chosen == chosen else None
    if all(other.chosen == chosen for other in others):
        conversation.settled = chosen
    _tell(world, conversation, NotificationType.SCHEDULING_CONVERSATION_UPDATED)
    return _twice(_described(conversation, caller.origin))


def join(world: World, conversation: Conversation, number: int) -> str:
    """
    Have somebody who takes part open what they were sent.

    Args:
        world: Where.
        conversation: The conversation.
        number: Which of them, from 1.

    Returns:
        What their browser comes to the application with.

    Raises:
        NotFound: There are not so many.
    """
    if not 1 <= number <= len(conversation.parties):
        raise NotFound
    _tell(world, conversation, NotificationType.SCHEDULING_CONVERSATION_JOINED)
    return conversation.parties[number - 1].token


# Times --------------------------------------------------------------------------------


def _slots(world: World, conversation: Conversation) -> list[int]:
    """The starts of the times that suit everybody's calendars."""
    asked, began = conversation.asked, conversation.began
    # Decision.CONVERSATION_DEFAULTS
    searched = [(began, began + _DEFAULT_SEARCH)]
    if not isinstance(asked.available_periods, Unset) and asked.available_periods:
        searched = intervals(asked.available_periods)
    windows = [(max(start, world.now()), end) for start, end in searched if end > world.now()]
    if not windows:
        return []
    groups = tuple(
        Group(
            members=(Member(sub=each.sub, managed_availability=each.managed_availability is True),)
        )
        for each in asked.participants
        if each.sub is not None
    )
    hull = min(start for start, _ in windows), max(end for _, end in windows)
    people = People(world, conversation.authorization.application, groups)
    # Decision.WITHOUT_CALENDAR
    nobody = engine.Group(members=[engine.Member(sub="")])
    results = engine.solve(
        engine.Query(
            groups=people.groups(hull, None) or [nobody],
            duration=_length(conversation),
            windows=windows,
            format="slots",
        )
    )
    return [result.start for result in results]


def _length(conversation: Conversation) -> int:
    duration = conversation.asked.required_duration
    return _DEFAULT_LENGTH if isinstance(duration, Unset) else seconds(duration)


def _times(conversation: Conversation, start: int) -> dict[str, Any]:
    return {"start": moment(start), "end": moment(start + _length(conversation))}


def _slot_id(start: int) -> str:
    return f"slt_{start}"


# Describing and looking up ------------------------------------------------------------


def _described(conversation: Conversation, origin: str) -> SchedulingConversation:
    asked, settled = conversation.asked, conversation.settled
    chosen = None
    if settled is not None:
        times = _times(conversation, settled)
        chosen = ConversationSlot(available_slot_id=_slot_id(settled), **times)
    return SchedulingConversation(
        scheduling_conversation_id=conversation.conversation_id,
        participants=tuple(
            _party(conversation, number, party, origin)
            for number, party in enumerate(conversation.parties, start=1)
        ),
        tzid=known(asked.tzid),
        subject=known(asked.subject),
        event=known(asked.event),
        required_duration=known(asked.required_duration),
        available_periods=known(asked.available_periods),
        status=ConversationStatus.IN_PROGRESS if settled is None else _SETTLED,
        chosen_slot=chosen,
    )


def _party(
    conversation: Conversation, number: int, party: Party, origin: str
) -> ConversationParticipantState:
    asked, status = party.asked, ConversationParticipantStatus.WAITING
    start = party.chosen if conversation.settled is None else conversation.settled
    actions = PossibleActions()
    if conversation.settled is not None:
        status = ConversationParticipantStatus.COMPLETE
    elif party.is_manual and party.chosen is None:
        status = ConversationParticipantStatus.NEEDS_ACTION
        conversation_id = conversation.conversation_id
        read = GetSchedulingConversation(scheduling_conversation_id=conversation_id)
        link = ActionLink(url=f"{origin}{read.to_request().url}/slots?participant={number}")
        actions = PossibleActions(slots_list=link, slots_select=link)
    selected = None
    if start is not None:
        slot = ConversationSlot(slot_id=_slot_id(start), **_times(conversation, start))
        selected = (slot,)
    return ConversationParticipantState(
        participant_id=asked.participant_id,
        sub=asked.sub,
        email=asked.email,
        common_name=asked.common_name,
        slots=ParticipantSlots(
            selection_method="manual" if party.is_manual else "auto", selected=selected
        ),
        status=status,
        possible_actions=actions,
    )


def _twice(conversation: SchedulingConversation) -> Reply[SchedulingConversation]:
    # Decision.CONVERSATION_FORM
    return Reply(value=conversation, beside=codec.unstructure(conversation))


def _found(world: World, caller: Caller, conversation_id: str) -> Conversation:
    conversation = world.arrangements.conversations.get(conversation_id)
    if conversation is None or not _may_see(caller, conversation):
        raise NotFound
    return conversation


def _may_see(caller: Caller, conversation: Conversation) -> bool:
    return (
        conversation.authorization.application is caller.application
        and caller.authorization.account.sub in conversation.subs()
    )


def _turn(world: World, caller: Caller, url: str) -> tuple[Conversation, Party]:
    """The conversation and who is to choose, by the URL that they were given."""
    parts = urlsplit(url)
    names = path_values(_SLOTS, parts.path)
    number = parse_qs(parts.query).get("participant", [""])[0]
    if names is None:
        raise NotFound
    conversation = _found(world, caller, names["scheduling_conversation_id"])
    for index, party in enumerate(conversation.parties, start=1):
        if str(index) == number and party.is_manual and conversation.settled is None:
            return conversation, party
    raise NotFound


# Telling ------------------------------------------------------------------------------


def _tell(world: World, conversation: Conversation, type_: NotificationType) -> None:
    """Tell every channel that wants to hear of conversations, whoever did something."""
    # Decision.CONVERSATION_TOLD
    application = conversation.authorization.application
    for sub in sorted(conversation.subs()):
        for channel in world.channels.get(sub, ()):
            option = channel.scheduling_conversations
            if (
                channel.authorization.application is application
                and channel.authorization.active
                and not channel.closed
                and option is not None
                and option.enabled
            ):
                payload = conversation_payload(channel, type_, conversation.conversation_id)
                world.outbox.post(application, channel.callback_url, type_, payload, channel)
