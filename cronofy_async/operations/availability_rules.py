"""Hours of the week at which an account is available."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, get_args

import attrs

from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry
from ..core.unset import UNSET, Unset
from ..models.availability_rules import AvailabilityRule, Weekday, WeeklyPeriod
from ..models.shorthands import are_filled, entries, optional_strings
from .checks import instance, not_empty, one_or_more, own_id, time_zone

__all__ = (
    "DeleteAvailabilityRule",
    "GetAvailabilityRule",
    "ListAvailabilityRules",
    "UpsertAvailabilityRule",
)

_DAYS: Final = get_args(Weekday)
_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MIDNIGHT: Final = "24:00"


def _weekly_periods(value: WeeklyPeriod | Iterable[WeeklyPeriod]) -> tuple[WeeklyPeriod, ...]:
    return (value,) if isinstance(value, WeeklyPeriod) else entries("weekly_periods", value)


def _check_weekly_period(path: str, period: WeeklyPeriod) -> None:
    # Not in the period's own class, which also reads what the service answers.
    if period.day not in _DAYS:
        raise InvalidArgumentError(
            f"{path}.day", f"{period.day!r} is no day", f"use one of {', '.join(_DAYS)}"
        )
    for name in ("start_time", "end_time"):
        time = getattr(period, name)
        if name == "end_time" and time == _MIDNIGHT:
            continue
        if not isinstance(time, str) or not _CLOCK.fullmatch(time):
            raise InvalidArgumentError(
                f"{path}.{name}", f"{time!r} is no time of day", "write it as '09:30'"
            )
    if period.end_time <= period.start_time:
        raise InvalidArgumentError(
            f"{path}.end_time",
            "is not after start_time",
            "give a later time of the day, or two periods around midnight",
        )


@attrs.frozen(kw_only=True)
class UpsertAvailabilityRule(
    Operation[AvailabilityRule],
    method="POST",
    path="/v1/availability_rules",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/availability-rules/upsert-availability-rule/",
    envelope="availability_rule",
):
    """
    Store hours of the week at which an account is available, or replace them as a whole.

    They count wherever a `Member` says ``managed_availability``.

    Answer: the rule as it is stored.

    Args:
        availability_rule_id: The id that you give it, at most 64 ASCII characters. A new
            one makes a rule, a known one replaces it.
        tzid: IANA zone that the hours are in; they keep to its wall clock when clocks
            change.
        weekly_periods: The hours, in `WeeklyPeriod` values; one needs no list. A day may
            have several. None at all: never available.
        calendar_ids: Only events in these calendars count; one needs no list. Left out:
            those in all calendars, also if the rule named some before.

    Raises:
        InvalidArgumentError: The id is too long, the zone unknown, a time of day is none
            or the end of its period not after the start, or *calendar_ids* is empty.
        PaymentRequiredError: The application's plan has no scheduling.

    Source: /developers/api/scheduling/availability-rules/upsert-availability-rule/
    """

    availability_rule_id: str = attrs.field(validator=own_id)
    tzid: str = attrs.field(validator=time_zone)
    weekly_periods: tuple[WeeklyPeriod, ...] = attrs.field(
        converter=_weekly_periods, validator=instance(WeeklyPeriod)
    )
    calendar_ids: tuple[str, ...] | Unset = attrs.field(
        default=UNSET, converter=optional_strings, validator=[one_or_more, are_filled]
    )

    def __attrs_post_init__(self) -> None:
        for index, period in enumerate(self.weekly_periods):
            _check_weekly_period(f"weekly_periods[{index}]", period)


@attrs.frozen(kw_only=True)
class ListAvailabilityRules(
    Operation[list[AvailabilityRule]],
    method="GET",
    path="/v1/availability_rules",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/availability-rules/list-availability-rules/",
    envelope="availability_rules",
):
    """
    List the availability rules of an account.

    Answer: all of them; none if there are none.

    Source: /developers/api/scheduling/availability-rules/list-availability-rules/
    """


@attrs.frozen(kw_only=True)
class GetAvailabilityRule(
    Operation[AvailabilityRule],
    method="GET",
    path="/v1/availability_rules/{availability_rule_id}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/scheduling/availability-rules/read-availability-rule/",
    envelope="availability_rule",
):
    """
    Read one availability rule.

    Answer: the rule.

    Args:
        availability_rule_id: The id that you gave it.

    Raises:
        NotFoundError: There is no such rule.

    Source: /developers/api/scheduling/availability-rules/read-availability-rule/
    """

    availability_rule_id: str = attrs.field(validator=not_empty)


@attrs.frozen(kw_only=True)
class DeleteAvailabilityRule(
    Operation[None],
    method="DELETE",
    path="/v1/availability_rules/{availability_rule_id}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/scheduling/availability-rules/delete-availability-rule/",
):
    """
    Delete an availability rule.

    Answer: nothing.

    Args:
        availability_rule_id: The id that you gave it.

    Raises:
        NotFoundError: There is no such rule.

    Source: /developers/api/scheduling/availability-rules/delete-availability-rule/
    """

    availability_rule_id: str = attrs.field(validator=not_empty)
