"""One-off stretches of time at which an account is available."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry
from ..core.paging import PagedOperation
from ..core.unset import UNSET, Unset
from ..models.available_periods import AvailablePeriod
from ..models.checks import under, utc
from ..models.times import Moment, ZonedTime
from .checks import day, not_empty, own_id, time_zone

__all__ = (
    "DeleteAllAvailablePeriods",
    "DeleteAvailablePeriod",
    "ReadAvailablePeriods",
    "ReadAvailablePeriodsPage",
    "UpsertAvailablePeriod",
)


def _moment(value: datetime | ZonedTime) -> datetime:
    # The service takes the time for UTC whatever the zone, so a wall clock would be wrong.
    if isinstance(value, ZonedTime):
        if not isinstance(value.time, datetime):
            raise InvalidArgumentError("time", "is a day", "give an aware datetime")
        return utc("time", value.time)
    return value


def _start(value: datetime | ZonedTime) -> datetime | ZonedTime:
    return value if isinstance(value, ZonedTime) else utc("start", value)


def _end(value: datetime | ZonedTime) -> datetime | ZonedTime:
    return value if isinstance(value, ZonedTime) else utc("end", value)


@attrs.frozen(kw_only=True)
class UpsertAvailablePeriod(
    Operation[None],
    method="POST",
    path="/v1/available_periods",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/available-periods/upsert/",
    batchable=True,
):
    """
    Store a stretch of time at which an account is available, or replace it as a whole.

    It counts wherever a `Member` says ``managed_availability``.

    Answer: nothing.

    Args:
        available_period_id: The id that you give it, at most 64 ASCII characters. A new
            one makes a period, a known one replaces it.
        start: When it starts, inclusive: an aware datetime of whole seconds; in a
            `ZonedTime` to keep the name of a zone with it.
        end: When it ends, exclusive, in the same form; after *start*.
        tzid: IANA zone to keep with *start* and *end* where they have none of their own.

    Raises:
        InvalidArgumentError: The id is too long, a zone is unknown, a time is naive or
            has a fraction of a second, or *end* is not after *start*.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/available-periods/upsert/
    """

    available_period_id: str = attrs.field(validator=own_id)
    start: Moment | ZonedTime = attrs.field(converter=_start)
    end: Moment | ZonedTime = attrs.field(converter=_end)
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)

    def __attrs_post_init__(self) -> None:
        with under("start"):
            start = _moment(self.start)
        with under("end"):
            end = _moment(self.end)
        if end <= start:
            raise InvalidArgumentError("end", "is not after start", "give a later time")


@attrs.frozen(kw_only=True)
class ReadAvailablePeriods(
    PagedOperation[AvailablePeriod],
    method="GET",
    path="/v1/available_periods",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/available-periods/read/",
    items="available_periods",
    identity=("available_period_id",),
):
    """
    Read the available periods of an account.

    Answer: pages of `AvailablePeriod`; one request per page.

    Args:
        from_: Only periods that end on this day or later. Left out: all earlier ones.
        to: Only periods that start before this day. Left out: all later ones.
        tzid: IANA zone in which these days begin; needed with either.
        localized_times: Whether starts and ends come with their zones, as `ZonedTime`,
            where they have one. Left out: they do not.

    Raises:
        InvalidArgumentError: A day is given without *tzid*, or is no date.

    Source: /developers/api/scheduling/available-periods/read/
    """

    from_: date | Unset = attrs.field(default=UNSET, validator=day)
    to: date | Unset = attrs.field(default=UNSET, validator=day)
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)
    localized_times: bool | Unset = UNSET

    def __attrs_post_init__(self) -> None:
        if self.tzid is UNSET and not (self.from_ is UNSET and self.to is UNSET):
            raise InvalidArgumentError(
                "tzid", "is missing", "name the zone in which from_ and to begin"
            )


@attrs.frozen(kw_only=True)
class ReadAvailablePeriodsPage(
    PagedOperation[AvailablePeriod],
    method="GET",
    path="/v1/available_periods/pages/{page}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/available-periods/read/",
    items="available_periods",
):
    """
    Read one further page of `ReadAvailablePeriods`. Pagers do this by themselves.

    Answer: the page.

    Args:
        page: The last segment of the path of ``next_page``.

    Raises:
        NotFoundError: The page is unknown, or not kept any longer: read from the start.

    Source: /developers/api/scheduling/available-periods/read/
    """

    page: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DeleteAvailablePeriod(
    Operation[None],
    method="DELETE",
    path="/v1/available_periods",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/available-periods/delete/",
    selector="available_period_id",
    batchable=True,
):
    """
    Delete an available period.

    Answer: nothing.

    Args:
        available_period_id: The id that you gave it.

    Raises:
        InvalidArgumentError: The id is empty.

    Source: /developers/api/scheduling/available-periods/delete/
    """

    available_period_id: str = attrs.field(validator=own_id)


@attrs.frozen(kw_only=True)
class DeleteAllAvailablePeriods(
    Operation[None],
    method="DELETE",
    path="/v1/available_periods",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/available-periods/bulk-delete/",
    fixed={"delete_all": True},
):
    """
    Delete all available periods of an account.

    Answer: nothing.

    Source: /developers/api/scheduling/available-periods/bulk-delete/
    """
