"""When people are free for several meetings in a row: what is asked, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import attrs

from ..core.codec import formerly
from ..core.errors import InvalidArgumentError
from .availability import (
    AvailableTime,
    _on_the_clock,
    _positive,
    _query_periods,
    _required_duration,
    _start_interval,
)
from .checks import instance
from .participants import Buffer, Group, Period, participants
from .participants import buffer as buffer_of
from .real_time_scheduling import SchedulingEvent
from .shorthands import entries
from .times import Duration

__all__ = (
    "AvailableSequence",
    "SequenceId",
    "SequenceItem",
    "SequencedAvailabilityQuery",
    "SequencedTime",
)

SequenceId: TypeAlias = str | int
"""The name of one meeting of a sequence; the service gives back the form that it got."""


# What is asked ------------------------------------------------------------------------


def _named(_: object, field: attrs.Attribute[SequenceId], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise InvalidArgumentError(field.name, "is empty or no name", "give a string")


@attrs.frozen(kw_only=True)
class SequenceItem:
    """
    One meeting of a sequence. Beta.

    Args:
        sequence_id: Your name for it, unlike that of any other in the sequence.
        participants: Who takes part: what `QueryAvailability` takes.
        required_duration: How long it takes: minutes, a `timedelta` or a `Duration`, one
            minute or more.
        ordinal: Its place in the sequence. Left out: any.
        start_interval: It may start every so many minutes of the hour: 5, 10, 15, 20, 30
            or 60. Left out: its own length.
        buffer: The gap before and after it: one length for both, or a `Buffer`, whose
            parts may be a `BufferRange` to say how long a gap may be.
        query_periods: The time to search for this meeting. Left out: that of the whole
            sequence.
        event: The event that a booking makes of it; only for `CreateRealTimeSequencing`.

    Raises:
        InvalidArgumentError: *sequence_id* is empty, there is no participant, or another
            bound is not kept.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    sequence_id: SequenceId = attrs.field(validator=_named)
    participants: tuple[Group, ...] = attrs.field(converter=participants)
    required_duration: Duration = attrs.field(converter=_required_duration, validator=_positive)
    ordinal: int | None = None
    start_interval: Duration | None = attrs.field(
        default=None, converter=_start_interval, validator=_on_the_clock
    )
    buffer: Buffer | None = attrs.field(default=None, converter=buffer_of)
    query_periods: tuple[Period, ...] | None = attrs.field(
        default=None, converter=_query_periods, metadata=formerly("available_periods")
    )
    event: SchedulingEvent | None = attrs.field(default=None, validator=instance(SchedulingEvent))

    def __attrs_post_init__(self) -> None:
        if not self.participants:
            raise InvalidArgumentError("participants", "is an empty list", "give one group or more")


def _sequence(value: SequenceItem | Iterable[SequenceItem]) -> tuple[SequenceItem, ...]:
    return (value,) if isinstance(value, SequenceItem) else entries("sequence", value)


# With slots this could not be a base beside Operation: two sets of slots do not mix.
@attrs.frozen(kw_only=True, slots=False)
class SequencedAvailabilityQuery:
    """
    What is asked about people's time for several meetings in a row. Beta.

    Its parameters are those of `QuerySequencedAvailability`. It is a value of its own
    because links hold such a question as well.

    Raises:
        InvalidArgumentError: As `QuerySequencedAvailability`.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    sequence: tuple[SequenceItem, ...] = attrs.field(
        converter=_sequence, validator=instance(SequenceItem)
    )
    query_periods: tuple[Period, ...] | None = attrs.field(
        default=None, converter=_query_periods, metadata=formerly("available_periods")
    )

    def __attrs_post_init__(self) -> None:
        if not self.sequence:
            raise InvalidArgumentError("sequence", "is an empty list", "give one meeting or more")
        names: set[SequenceId] = set()
        for index, item in enumerate(self.sequence):
            if item.sequence_id in names:
                raise InvalidArgumentError(
                    f"sequence[{index}].sequence_id",
                    "is that of an earlier meeting",
                    "give each its own",
                )
            names.add(item.sequence_id)
            # Some clients send an empty list for a meeting that has no periods of its own.
            if not self.query_periods and not item.query_periods:
                raise InvalidArgumentError(
                    "query_periods",
                    f"is missing, also in sequence[{index}]",
                    "say which time to search, for all meetings or for each",
                )


# What is answered ---------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SequencedTime(AvailableTime):
    """
    When one meeting of a sequence could be.

    Attributes:
        sequence_id: Which meeting.

    The rest is that of `AvailableTime`; the gaps around it are not part of it.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    sequence_id: SequenceId


@attrs.frozen(kw_only=True)
class AvailableSequence:
    """
    One way to hold all the meetings, in the order in which they would be.

    Attributes:
        sequence: A time for each meeting.

    Source: /developers/api/scheduling/sequenced-availability/
    """

    sequence: tuple[SequencedTime, ...] = ()
