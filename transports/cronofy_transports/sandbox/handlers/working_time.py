"""Availability rules and available periods."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from cronofy_async.core import codec
from cronofy_async.core.paging import Page
from cronofy_async.core.unset import Unset
from cronofy_async.models import available_periods as models
from cronofy_async.models.availability_rules import AvailabilityRule
from cronofy_async.operations.availability_rules import (
    DeleteAvailabilityRule,
    GetAvailabilityRule,
    ListAvailabilityRules,
    UpsertAvailabilityRule,
)
from cronofy_async.operations.available_periods import (
    DeleteAllAvailablePeriods,
    DeleteAvailablePeriod,
    ReadAvailablePeriods,
    ReadAvailablePeriodsPage,
    UpsertAvailablePeriod,
)

from ..caller import Caller
from ..moments import check_year, localized, moment, point, window
from ..refusals import NotFound
from ..state.shelf import Render
from ..state.working_time import AvailablePeriod, WorkingTime
from ..world import World
from .reading import found, paged, visible_calendars
from .registry import handles

__all__ = ("renders",)

_PERIODS: Final = "available_periods"


# Rules --------------------------------------------------------------------------------


@handles(UpsertAvailabilityRule)
def upsert_rule(world: World, caller: Caller, asked: UpsertAvailabilityRule) -> AvailabilityRule:
    """Store a rule, whatever there was of this id before."""
    visible_calendars(caller, asked.calendar_ids)
    rule = AvailabilityRule(
        availability_rule_id=asked.availability_rule_id,
        tzid=asked.tzid,
        calendar_ids=None if isinstance(asked.calendar_ids, Unset) else asked.calendar_ids,
        weekly_periods=asked.weekly_periods,
    )
    _stored(world, caller).rules[rule.availability_rule_id] = rule
    return rule


@handles(ListAvailabilityRules)
def list_rules(world: World, caller: Caller, _: ListAvailabilityRules) -> list[AvailabilityRule]:
    """Every rule, in the order in which they were first stored."""
    return list(_stored(world, caller).rules.values())


@handles(GetAvailabilityRule)
def get_rule(world: World, caller: Caller, asked: GetAvailabilityRule) -> AvailabilityRule:
    """One rule."""
    rule = _stored(world, caller).rules.get(asked.availability_rule_id)
    if rule is None:
        raise NotFound
    return rule


@handles(DeleteAvailabilityRule)
def delete_rule(world: World, caller: Caller, asked: DeleteAvailabilityRule) -> None:
    """Delete a rule."""
    if _stored(world, caller).rules.pop(asked.availability_rule_id, None) is None:
        raise NotFound


# Periods ------------------------------------------------------------------------------


@handles(UpsertAvailablePeriod, in_utc=True)
def upsert_period(world: World, caller: Caller, asked: UpsertAvailablePeriod) -> None:
    """Store a period, whatever there was of this id before."""
    tzid = None if isinstance(asked.tzid, Unset) else asked.tzid
    start, end = point(asked.start, tzid), point(asked.end, tzid)
    for name, each in (("start", start), ("end", end)):
        check_year(name, each.seconds)
    _stored(world, caller).periods[asked.available_period_id] = AvailablePeriod(
        period_id=asked.available_period_id,
        start=start.seconds,
        end=end.seconds,
        start_tzid=start.tzid,
        end_tzid=end.tzid,
    )


@handles(ReadAvailablePeriods)
def read_periods(world: World, caller: Caller, asked: ReadAvailablePeriods) -> Page[Any]:
    """The first page of the periods that match, by their start."""
    tzid = "Etc/UTC" if isinstance(asked.tzid, Unset) else asked.tzid
    bounds = window(world.now(), tzid, _given(asked.from_), _given(asked.to), default=False)
    matching = [
        each
        for each in _stored(world, caller).periods.values()
        if bounds.covers(each.start, each.end, all_day=False)
    ]
    matching.sort(key=lambda each: (each.start, each.period_id))
    shows_zones = bool(asked.localized_times)
    leaf = world.shelf.first(_PERIODS, caller.authorization, matching, _row, shows_zones)
    return paged(leaf, caller, lambda token: ReadAvailablePeriodsPage(page=token))


@handles(ReadAvailablePeriodsPage)
def read_periods_page(world: World, caller: Caller, asked: ReadAvailablePeriodsPage) -> Page[Any]:
    """A further page of the same periods."""
    leaf = found(world.shelf.find(_PERIODS, caller.authorization, asked.page, _row))
    return paged(leaf, caller, lambda token: ReadAvailablePeriodsPage(page=token))


@handles(DeleteAvailablePeriod)
def delete_period(world: World, caller: Caller, asked: DeleteAvailablePeriod) -> None:
    """Delete a period; one that does not exist is deleted already."""
    # Decision.DELETE_OF_UNKNOWN
    _stored(world, caller).periods.pop(asked.available_period_id, None)


@handles(DeleteAllAvailablePeriods)
def delete_periods(world: World, caller: Caller, _: DeleteAllAvailablePeriods) -> None:
    """Delete every period."""
    _stored(world, caller).periods.clear()


def renders(_: World) -> dict[str, Render]:
    """How entries are shown, by what an answer lists."""
    return {_PERIODS: _row}


def _stored(world: World, caller: Caller) -> WorkingTime:
    return world.working_time(caller.application, caller.authorization.account)


def _row(period: AvailablePeriod, shows_zones: bool) -> dict[str, Any]:
    row: dict[str, Any] = codec.unstructure(
        models.AvailablePeriod(
            available_period_id=period.period_id,
            start=moment(period.start),
            end=moment(period.end),
        )
    )
    if shows_zones:
        row["start"] = localized(period.start, period.start_tzid)
        row["end"] = localized(period.end, period.end_tzid)
    return row


def _given(value: date | datetime | Unset) -> date | datetime | None:
    return None if isinstance(value, Unset) else value
