"""A question about people's time that may be larger than one call takes."""

from __future__ import annotations

import attrs
from attrs import validators

from ..core.errors import InvalidArgumentError
from ..core.numbers import positive
from .availability import LONGEST_SEARCH, AvailabilityQuery
from .participants import Period

__all__ = ("SearchAvailability",)


@attrs.frozen(kw_only=True, slots=False)
class SearchAvailability(AvailabilityQuery):
    """
    Find out when people are free, however long the time, and however many the people.

    A question that is too large for one call is split, its parts are asked at the same
    time, and their answers are put together: nothing is cut at a border or comes twice,
    and the order is that of one answer. A question that fits into one call is one call.

    Answer: a search. ``async for`` gives one `AvailableTime` after another, the earliest
    first, and asks for no more than it needs; ``first(n)`` gives a list of so many, and
    ``collect()`` all of them as an `Availability`. Nothing is sent before.

    Parts are told from each other by midnights in UTC. More people than a call takes are
    asked about one by one, and where they can meet is worked out here by the rules of
    the reference; so are periods with changing participants that span several parts.

    Args:
        participants: As in `QueryAvailability`, in any number.
        required_duration: As in `QueryAvailability`, up to two weeks.
        query_periods: As in `QueryAvailability`, in any number, over any time. What has
            passed of one that has begun is left out.
        query_slots: As in `QueryAvailability`, in any number, over any time.
        start_interval: As in `QueryAvailability`.
        buffer: As in `QueryAvailability`.
        response_format: As in `QueryAvailability`.
        max_results: Only so many, the earliest; any number from 1 on. Left out: all.
        include_member_statuses: As in `QueryAvailability`; the worst of a member's answers
            counts. Only ``collect()`` gives them.
        excluded_events: As in `QueryAvailability`.
        people_per_call: How many people one call takes. The reference gives no number for
            today; the last one that was published is the default.
        times_per_call: How many query periods or query slots one call takes; not
            published either.

    Raises:
        InvalidArgumentError: As `QueryAvailability`, or the meeting is longer than two
            weeks, or a number is none from 1 on.
        CronofyError: What befell the first part that failed; the others are stopped.

    Source: /developers/api/scheduling/availability/
    """

    max_results: int | None = attrs.field(default=None, validator=validators.optional(positive))
    people_per_call: int = attrs.field(default=10, validator=positive)
    times_per_call: int = attrs.field(default=50, validator=positive)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        # Parts overlap by a meeting, and have to be longer than that.
        if self.required_duration.minutes * 60 > LONGEST_SEARCH.total_seconds() * 0.4:
            raise InvalidArgumentError(
                "required_duration", "is longer than two weeks", "search for shorter meetings"
            )

    @staticmethod
    def _check_search(searched: tuple[Period, ...]) -> None:
        """Any stretch of time can be searched."""

    def people(self) -> int:
        """How many members all groups have together."""
        return sum(len(group.members) for group in self.participants)

    def has_choice(self) -> bool:
        """Whether different people may take part at different times."""
        return any(group.required not in ("all", len(group.members)) for group in self.participants)
