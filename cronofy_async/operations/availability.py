"""Asking when people are free."""

from __future__ import annotations

import attrs

from ..core.errors import DecodeError
from ..core.operation import Credential, Operation, Retry
from ..models.availability import Availability, AvailabilityQuery

__all__ = ("QueryAvailability",)


@attrs.frozen(kw_only=True)
class QueryAvailability(
    AvailabilityQuery,
    Operation[Availability],
    method="POST",
    path="/v1/availability",
    credential=Credential.SECRET_OR_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/availability/",
):
    """
    Find out when people are free; needs the scope ``read_free_busy`` for each of them.

    Nothing is reserved: a time that is free now may be taken before you book it. A
    calendar that cannot be read at present is judged by what was last known of it.

    Answer: an `Availability` with periods or slots, earliest first; none if there are
    none. It has no pages.

    Args:
        participants: Groups, all of which must be satisfied: `Group` values, or one. Subs
            and `Member` values make one group of which everybody must be free.
        required_duration: How long the meeting takes: minutes, a `timedelta` or a
            `Duration`, one minute or more.
        query_periods: The time to search, in `Period` values or pairs of start and end:
            in the future, and all within 35 days of the earliest start.
        query_slots: The only times to look at, in `Slot` values or aware datetimes that
            a meeting might start at. Give either these or *query_periods*.
        start_interval: A meeting may start every so many minutes of the hour: 5, 10, 15,
            20, 30 or 60. Left out: the length of the meeting, so hours start on the hour.
        buffer: Time that must be free around a meeting: one length for before and after,
            or a `Buffer`. Left out: none.
        response_format: ``periods`` for stretches that are long enough, ``slots`` for
            meetings that do not overlap, ``overlapping_slots`` for a meeting at every
            time it may start. Left out: ``periods``.
        max_results: Only so many, the earliest; from 1 to 512.
        include_member_statuses: Whether to say how far the members' calendars can be
            relied on. Default: no.
        excluded_events: Events that do not count, such as a booking that is to be moved.

    Raises:
        InvalidArgumentError: Not exactly one of *query_periods* and *query_slots* is
            given, a list is empty, a time is naive or has a fraction of a second, or
            another bound is not kept.
        PermissionDeniedError: The scope for a member does not allow it.
        InvalidRequestError: A member is not known, or a period lies in the past.
        PaymentRequiredError: The application's plan has no scheduling.
        DecodeError: The answer holds neither periods nor slots.

    Source: /developers/api/scheduling/availability/
    """

    def read_body(self, body: bytes) -> Availability:
        """Read the answer, and take nothing else for one in which nobody is free."""
        answer = super().read_body(body)
        if answer.available_periods is None and answer.available_slots is None:
            raise DecodeError(
                "the answer has neither available_periods nor available_slots",
                ("available_periods", "available_slots"),
            )
        return answer
