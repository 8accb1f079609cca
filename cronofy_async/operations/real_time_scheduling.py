"""Links by which a visitor chooses a time and so books a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from ..core import codec
from ..core.errors import DecodeError, InvalidArgumentError
from ..core.operation import Credential, Operation, Retry
from ..core.unset import UNSET, Unset
from ..models.availability import AvailabilityQuery
from ..models.real_time_scheduling import (
    CallbackURLs,
    EventCreation,
    RealTimeScheduling,
    RedirectURLs,
    SchedulingEvent,
    SchedulingFormatting,
    SchedulingOAuth,
    TargetCalendar,
)
from ..models.shorthands import entries, is_http_url, one_of
from ..models.times import Duration
from .checks import instance, longest, not_empty, time_zone

__all__ = (
    "CreateRealTimeScheduling",
    "DisableRealTimeScheduling",
    "GetRealTimeScheduling",
    "GetRealTimeSchedulingByToken",
)


def _oauth(value: str | SchedulingOAuth) -> SchedulingOAuth:
    return SchedulingOAuth(redirect_uri=value) if isinstance(value, str) else value


def _query(value: AvailabilityQuery) -> AvailabilityQuery:
    """Take the question out of an operation that would ask it."""
    if not isinstance(value, Operation):
        return value
    if value.extra:
        raise InvalidArgumentError(
            "availability", "has extra parameters", "give them in the extra of this call"
        )
    fields = attrs.fields(AvailabilityQuery)
    return AvailabilityQuery(**{field.name: getattr(value, field.name) for field in fields})


def _target_calendars(
    value: TargetCalendar | Iterable[TargetCalendar] | Unset,
) -> tuple[TargetCalendar, ...] | Unset:
    if isinstance(value, TargetCalendar):
        return (value,)
    return UNSET if isinstance(value, Unset) else entries("target_calendars", value)


def _minimum_notice(value: int | timedelta | Duration | Unset) -> Duration | Unset:
    return UNSET if isinstance(value, Unset) else Duration.of(value, "minimum_notice")


def _formatting(value: str | SchedulingFormatting | Unset) -> SchedulingFormatting | Unset:
    return SchedulingFormatting(hour_format=value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class _Created:
    """What the service answers to a new link: older versions of it gave only the URL."""

    real_time_scheduling: RealTimeScheduling | None = None
    url: str | None = None
    oauth_url: str | None = None


@attrs.frozen(kw_only=True)
class CreateRealTimeScheduling(
    Operation[RealTimeScheduling],
    method="POST",
    path="/v1/real_time_scheduling",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.CREATE,
    source="/developers/api/scheduling/real-time-scheduling/",
    envelope="real_time_scheduling",
    lookup="nothing is lost: nobody has the URL of that page, ask for another",
):
    """
    Make a link by which a visitor chooses one of the free times, once.

    People's time is looked at anew whenever the page is shown, and again when a time is
    chosen. The booking then makes the event and calls *callback_urls*.

    Answer: the link, with `url` to send the visitor to. An older form of the service
    answers nothing but the URL.

    Args:
        oauth: Where the visitor is sent at the end: an http or https URL, or a
            `SchedulingOAuth`.
        event: The event to make, without its start and end.
        availability: Which times to offer: what `QueryAvailability` takes, or one.
        target_calendars: Where the event is made; one needs no list.
        event_creation: ``default`` makes an event in each target calendar; ``single``
            makes one, in the calendar of somebody who is free, and invites the others.
            Left out: ``default``.
        tzid: IANA zone of the page. Either this or the event's own must be given.
        minimum_notice: Offer only times that start so much later than now: minutes, a
            `timedelta` or a `Duration`. Left out: any later time.
        formatting: How the page writes times: ``h``, ``H``, or a `SchedulingFormatting`.
        selection_mode: ``no_confirm`` books at the first click; ``confirm`` asks again.
        callback_urls: Where the application is told what the visitor did.
        callback_url: The older form of ``callback_urls.completed_url``, which counts if
            both are given.
        redirect_urls: Where the visitor's browser is sent when a time was chosen.

    Raises:
        InvalidArgumentError: A URL is no http or https URL, no zone is given, or
            *availability* breaks a rule of `QueryAvailability`.
        InvalidRequestError: An account or calendar is not known.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    oauth: SchedulingOAuth = attrs.field(converter=_oauth, validator=instance(SchedulingOAuth))
    event: SchedulingEvent = attrs.field(validator=instance(SchedulingEvent))
    availability: AvailabilityQuery = attrs.field(
        converter=_query, validator=instance(AvailabilityQuery)
    )
    target_calendars: tuple[TargetCalendar, ...] | Unset = attrs.field(
        default=UNSET, converter=_target_calendars, validator=instance(TargetCalendar)
    )
    event_creation: EventCreation | Unset = attrs.field(
        default=UNSET, validator=one_of(EventCreation)
    )
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)
    minimum_notice: Duration | Unset = attrs.field(default=UNSET, converter=_minimum_notice)
    formatting: SchedulingFormatting | Unset = attrs.field(
        default=UNSET, converter=_formatting, validator=instance(SchedulingFormatting)
    )
    selection_mode: str | Unset = attrs.field(default=UNSET, validator=not_empty)
    callback_urls: CallbackURLs | Unset = attrs.field(
        default=UNSET, validator=instance(CallbackURLs)
    )
    callback_url: str | Unset = attrs.field(default=UNSET, validator=is_http_url)
    redirect_urls: RedirectURLs | Unset = attrs.field(
        default=UNSET, validator=instance(RedirectURLs)
    )

    def __attrs_post_init__(self) -> None:
        if self.event.tzid is UNSET and self.tzid is UNSET:
            raise InvalidArgumentError(
                "event.tzid", "is missing", "give the event's zone, or that of the page as tzid"
            )

    def read_body(self, body: bytes) -> RealTimeScheduling:
        """Read the answer in any of its forms."""
        answer: _Created = codec.decode(body, _Created)
        url = answer.url or answer.oauth_url
        if answer.real_time_scheduling is None:
            if url is None:
                raise DecodeError(f"the answer has no {self.envelope}", (str(self.envelope),))
            return RealTimeScheduling(url=url)
        found = answer.real_time_scheduling
        return found if found.url is not None else attrs.evolve(found, url=url)


@attrs.frozen(kw_only=True)
class GetRealTimeScheduling(
    Operation[RealTimeScheduling],
    method="GET",
    path="/v1/real_time_scheduling/{real_time_scheduling_id}",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/scheduling/real-time-scheduling/",
    envelope="real_time_scheduling",
):
    """
    Find out what became of a link.

    Answer: the link, with its `status`, and once a time was chosen its event's start and end.

    Args:
        real_time_scheduling_id: The link's id, from `CreateRealTimeScheduling`.

    Raises:
        NotFoundError: There is no such link.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    real_time_scheduling_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class GetRealTimeSchedulingByToken(
    Operation[RealTimeScheduling],
    method="GET",
    path="/v1/real_time_scheduling",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/scheduling/real-time-scheduling/",
    envelope="real_time_scheduling",
    selector="token",
):
    """
    Find out what became of a link, by the token that its visitor comes back with.

    Answer: as for `GetRealTimeScheduling`.

    Args:
        token: The ``token`` that is added to ``redirect_urls.completed_url``; also the
            last part of the link's URL, see `RealTimeScheduling.token`.

    Raises:
        NotFoundError: There is no such link.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    token: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DisableRealTimeScheduling(
    Operation[RealTimeScheduling],
    method="POST",
    path="/v1/real_time_scheduling/{real_time_scheduling_id}/disable",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/real-time-scheduling/",
    envelope="real_time_scheduling",
):
    """
    Close a link by which no time was chosen yet; it cannot be opened again.

    Answer: the link, with `status` ``disabled``.

    Args:
        real_time_scheduling_id: The link's id, from `CreateRealTimeScheduling`.
        display_message: What its page says from now on: plain text of at most 500
            characters. Line breaks are kept.

    Raises:
        InvalidArgumentError: The message is empty or too long.
        InvalidRequestError: A time was chosen already.
        NotFoundError: There is no such link.

    Source: /developers/api/scheduling/real-time-scheduling/
    """

    real_time_scheduling_id: str = attrs.field(validator=not_empty)
    display_message: str = attrs.field(validator=[not_empty, longest(500)])
