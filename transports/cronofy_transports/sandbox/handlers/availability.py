"""When people are free."""

from __future__ import annotations

from cronofy_async.models.availability import (
    Availability,
    AvailableParticipant,
    AvailableTime,
    MemberStatus,
    SyncStatus,
)
from cronofy_async.models.sequenced_availability import AvailableSequence, SequencedTime
from cronofy_async.operations.availability import QueryAvailability
from cronofy_async.operations.sequenced_availability import QuerySequencedAvailability

from ..caller import Caller
from ..engine import Result, SequenceResult
from ..moments import moment
from ..questions import Question, SequenceQuestion
from ..refusals import Forbidden
from ..state.accounts import Account
from ..world import World
from .registry import handles

__all__ = ("sequenced",)


@handles(QueryAvailability, in_utc=True)
def query_availability(world: World, caller: Caller, asked: QueryAvailability) -> Availability:
    """The periods or slots that suit."""
    # Decision.ELEMENT_CALLS
    if caller.element is not None:
        members = {member.sub for group in asked.participants for member in group.members}
        if not members <= set(caller.element.subs):
            raise Forbidden
    question = Question(world, caller.application, asked)
    times = tuple(_time(result) for result in question.answer())
    slots = asked.query_slots is not None or asked.response_format not in (None, "periods")
    statuses = tuple(_status(each) for each in question.accounts())
    return Availability(
        available_slots=times if slots else None,
        available_periods=None if slots else times,
        member_statuses=statuses if asked.include_member_statuses else None,
    )


@handles(QuerySequencedAvailability, in_utc=True)
def query_sequenced_availability(
    world: World, caller: Caller, asked: QuerySequencedAvailability
) -> list[AvailableSequence]:
    """The ways to hold all the meetings."""
    question = SequenceQuestion(world, caller.application, asked)
    return [
        AvailableSequence(sequence=tuple(sequenced(each) for each in way))
        for way in question.answer()
    ]


def _time(result: Result) -> AvailableTime:
    return AvailableTime(
        start=moment(result.start),
        end=moment(result.end),
        participants=tuple(AvailableParticipant(sub=sub) for sub in result.subs),
    )


def sequenced(result: SequenceResult) -> SequencedTime:
    """One meeting of a sequence, as answers show it."""
    return SequencedTime(
        sequence_id=result.sequence_id,
        start=moment(result.start),
        end=moment(result.end),
        participants=tuple(AvailableParticipant(sub=sub) for sub in result.subs),
    )


def _status(account: Account) -> MemberStatus:
    status = SyncStatus.ACTIVE
    if any(profile.initial_sync_required for profile in account.profiles):
        status = SyncStatus.PENDING
    if any(not profile.connected for profile in account.profiles):
        status = SyncStatus.DISCONNECTED
    return MemberStatus(sub=account.sub, sync_status=status)
