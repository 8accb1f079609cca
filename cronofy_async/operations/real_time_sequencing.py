"""Links by which a visitor chooses times for several meetings, and so books them."""

from __future__ import annotations

import attrs

from ..core import codec
from ..core.errors import DecodeError, InvalidArgumentError
from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.real_time_scheduling import SchedulingEvent, SchedulingOAuth, TargetCalendar
from ..models.real_time_sequencing import RealTimeSequencing
from ..models.sequenced_availability import SequencedAvailabilityQuery
from ..models.shorthands import is_http_url
from ..models.times import Duration
from .checks import instance, longest, not_empty, time_zone
from .links import LinkAnswer
from .real_time_scheduling import _minimum_notice, _oauth, _target_calendars

__all__ = ("CreateRealTimeSequencing", "DisableRealTimeSequencing", "GetRealTimeSequencing")


def _query(value: SequencedAvailabilityQuery) -> SequencedAvailabilityQuery:
    """Take the question out of an operation that would ask it."""
    if not isinstance(value, Operation):
        return value
    if value.extra:
        raise InvalidArgumentError(
            "availability", "has extra parameters", "give them in the extra of this call"
        )
    return SequencedAvailabilityQuery(sequence=value.sequence, query_periods=value.query_periods)


@attrs.frozen(kw_only=True)
class _Created(LinkAnswer):
    real_time_sequencing: RealTimeSequencing | None = None


@attrs.frozen(kw_only=True)
class CreateRealTimeSequencing(
    Operation[RealTimeSequencing],
    method="POST",
    path="/v1/real_time_sequencing",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.CREATE,
    source="/developers/api/scheduling/real-time-sequencing/",
    stability=Stability.BETA,
    envelope="real_time_sequencing",
    lookup="nothing is lost: nobody has the URL of that page, ask for another",
):
    """
    Make a link by which a visitor chooses times for several meetings in a row, once. Beta.

    People's time is looked at anew whenever the page is shown. The booking then makes the
    event of each meeting and calls *callback_url*.

    Answer: the link, with `url` to send the visitor to. An older form of the service
    answers nothing but the URL.

    Args:
        oauth: Where the visitor is sent at the end: an http or https URL, or a
            `SchedulingOAuth`.
        event: What all the events have in common, without start and end; with the zone
            that they are written in.
        availability: The meetings, each with its own `event`, and the time to search: a
            `SequencedAvailabilityQuery`, or a `QuerySequencedAvailability` that was asked.
        target_calendars: Where the events are made; one needs no list.
        callback_url: Where the application is told that times were chosen.
        selection_mode: ``no_confirm`` books at the first click; ``confirm`` asks again.
        minimum_notice: Offer only times that start so much later than now: minutes, a
            `timedelta` or a `Duration`. Left out: any later time.
        tzid: IANA zone of the page.

    Raises:
        InvalidArgumentError: A URL is no http or https URL, a zone is unknown, or
            *availability* breaks a rule of `QuerySequencedAvailability`.
        InvalidRequestError: An account or calendar is not known.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/real-time-sequencing/
    """

    oauth: SchedulingOAuth = attrs.field(converter=_oauth, validator=instance(SchedulingOAuth))
    event: SchedulingEvent = attrs.field(validator=instance(SchedulingEvent))
    availability: SequencedAvailabilityQuery = attrs.field(
        converter=_query, validator=instance(SequencedAvailabilityQuery)
    )
    target_calendars: tuple[TargetCalendar, ...] | Unset = attrs.field(
        default=UNSET, converter=_target_calendars, validator=instance(TargetCalendar)
    )
    callback_url: str | Unset = attrs.field(default=UNSET, validator=is_http_url)
    selection_mode: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    minimum_notice: Duration | Unset = attrs.field(default=UNSET, converter=_minimum_notice)
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)

    def read_body(self, body: bytes) -> RealTimeSequencing:
        """Read the answer in any of its forms."""
        answer: _Created = codec.decode(body, _Created)
        found = answer.real_time_sequencing or RealTimeSequencing()
        if found.url is None and answer.page is None:
            raise DecodeError(f"the answer has no {self.envelope}", (str(self.envelope),))
        return found if found.url is not None else attrs.evolve(found, url=answer.page)


@attrs.frozen(kw_only=True)
class GetRealTimeSequencing(
    Operation[RealTimeSequencing],
    method="GET",
    path="/v1/real_time_sequencing/{real_time_sequencing_id}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/scheduling/real-time-sequencing/",
    stability=Stability.BETA,
    envelope="real_time_sequencing",
):
    """
    Find out what became of a link for several meetings. Beta.

    The reference does not describe this call; it is taken to be as `GetRealTimeScheduling`.

    Answer: the link, with its `status`.

    Args:
        real_time_sequencing_id: The link's id, from `CreateRealTimeSequencing`.

    Raises:
        NotFoundError: There is no such link, or no such call.

    Source: /developers/api/scheduling/real-time-sequencing/
    """

    real_time_sequencing_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DisableRealTimeSequencing(
    Operation[RealTimeSequencing],
    method="POST",
    path="/v1/real_time_sequencing/{real_time_sequencing_id}/disable",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api-alpha/sequenced-scheduling/real-time-sequencing/disable/",
    stability=Stability.BETA,
    envelope="real_time_sequencing",
):
    """
    Close a link by which no times were chosen yet; it cannot be opened again. Beta.

    Answer: the link, with `status` ``disabled``.

    Args:
        real_time_sequencing_id: The link's id, from `CreateRealTimeSequencing`.
        display_message: What its page says from now on: plain text of at most 500
            characters.

    Raises:
        InvalidArgumentError: The message is empty or too long.
        NotFoundError: There is no such link.

    Source: /developers/api-alpha/sequenced-scheduling/real-time-sequencing/disable/
    """

    real_time_sequencing_id: str = attrs.field(validator=not_empty)
    display_message: str = attrs.field(validator=[not_empty, longest(500)])
