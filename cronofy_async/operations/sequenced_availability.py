"""Asking when people are free for several meetings in a row."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Operation, Retry, Stability
from ..models.sequenced_availability import AvailableSequence, SequencedAvailabilityQuery

__all__ = ("QuerySequencedAvailability",)


@attrs.frozen(kw_only=True)
class QuerySequencedAvailability(
    SequencedAvailabilityQuery,
    Operation[list[AvailableSequence]],
    method="POST",
    path="/v1/sequenced_availability",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/sequenced-availability/",
    stability=Stability.BETA,
    envelope="sequences",
):
    """
    Find out when people are free for several meetings in a row, such as interviews. Beta.

    It needs the scope ``read_free_busy`` for each of them. Nothing is reserved: to book one
    of the ways, upsert an event for each of its meetings.

    Answer: an `AvailableSequence` for each way to hold the meetings; none if there is none.
    It has no pages.

    Args:
        sequence: The meetings, in `SequenceItem` values; one needs no list. Those without
            *ordinal* may be in any order.
        query_periods: The time to search, in `Period` values or pairs of start and end.
            It may be left out if each meeting has periods of its own.

    Raises:
        InvalidArgumentError: There is no meeting, two have one name, or for one of them it
            is not said which time to search.
        PermissionDeniedError: The scope for a member does not allow it.
        InvalidRequestError: A member is not known, or a period lies in the past.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/sequenced-availability/
    """
