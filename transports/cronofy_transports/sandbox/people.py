"""
Whoever takes part in a meeting, from accounts, calendars and stored rules to the engine.

What belongs to a member's time is worked out here: which calendars count, which of
their events block, which hours are working hours. The arithmetic is the engine's.

Source: /developers/api/scheduling/availability/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cronofy_async.models.authorization import Scope
from cronofy_async.models.availability import EventReference
from cronofy_async.models.availability_rules import AvailabilityRule, WeeklyPeriod
from cronofy_async.models.events import EventStatus, ParticipationStatus, Transparency
from cronofy_async.models.participants import (
    AvailabilityConstraint,
    Buffer,
    BufferRange,
    Group,
    Member,
    Period,
)
from cronofy_async.models.times import Duration

from . import engine
from .engine import Interval
from .error_keys import INVALID_CALENDAR_IDS
from .handlers.rows import is_tentative
from .moments import local_midnight
from .recurrence import DAYS
from .refusals import Forbidden, Invalid
from .scopes import allows
from .state.access import Application, Authorization
from .state.accounts import Account, Calendar
from .state.events import DAY, Event, Window
from .state.working_time import WorkingTime
from .world import World

__all__ = ("People", "intervals", "least", "seconds")


class People:
    """
    The groups of a question.

    Args:
        world: Where they are.
        application: Who asks about them.
        groups: Who they are.
        excluded: Events that do not count.

    Raises:
        Invalid: A member or calendar is unknown.
        Forbidden: A member's scope does not allow the question.
    """

    def __init__(
        self,
        world: World,
        application: Application,
        groups: tuple[Group, ...],
        excluded: Iterable[EventReference] = (),
    ) -> None:
        self._world, self._application, self._groups = world, application, groups
        self._excluded_uids = {each.event_uid for each in excluded} - {None}
        self._excluded_ids = {each.event_id for each in excluded} - {None}
        self._authorizations = {
            path: self._authorization(path, member) for path, member in self._members()
        }

    def accounts(self) -> list[Account]:
        """Everybody, each once."""
        return list(dict.fromkeys(each.account for each in self._authorizations.values()))

    def groups(self, searched: Interval, buffer: Buffer | None) -> list[engine.Group]:
        """
        The groups with their time, for the engine.

        Args:
            searched: The stretch of time that meetings may lie in.
            buffer: That of members who have none of their own.
        """
        members = dict(self._members())
        return [
            engine.Group(
                members=[
                    self._member(_path(i, j), members[_path(i, j)], searched, buffer)
                    for j in range(len(group.members))
                ],
                required=None if isinstance(group.required, str) else group.required,
            )
            for i, group in enumerate(self._groups)
        ]

    def _members(self) -> Iterator[tuple[str, Member]]:
        for i, group in enumerate(self._groups):
            for j, member in enumerate(group.members):
                yield _path(i, j), member

    # Members -------------------------------------------------------------------------

    def _authorization(self, path: str, member: Member) -> Authorization:
        found = self._world.vault.authorization(self._application, member.sub)
        # Decision.UNKNOWN_MEMBER
        if found is None:
            raise Invalid.field(f"{path}.sub", "is not an account of this application")
        if not allows(found.scope, Scope.READ_FREE_BUSY):
            raise Forbidden
        known = {calendar.calendar_id for calendar in found.calendars()}
        if not known >= set(member.calendar_ids or ()):
            raise Invalid.field(
                f"{path}.calendar_ids",
                "has one or more ids that are invalid",
                key=INVALID_CALENDAR_IDS,
            )
        return found

    def _member(
        self, path: str, member: Member, searched: Interval, buffer: Buffer | None
    ) -> engine.Member:
        authorization = self._authorizations[path]
        chosen = member.buffer or buffer or Buffer()
        before, after = least(chosen.before), least(chosen.after)
        # Events matter as far outside of what is searched as their buffers reach.
        reach = searched[0] - before, searched[1] + after
        stored = self._stored(authorization.account, member)
        rules = None if stored is None else _chosen_rules(stored, member)
        windows = _windows(member, stored, rules, reach)
        for constraint in member.availability_constraints or ():
            taken = self._constrained(authorization, constraint, reach)
            windows = engine.subtract([reach] if windows is None else windows, taken)
        busy = [
            _taken(event)
            for calendar in _calendars(authorization, member, rules)
            for event in calendar.events.touching(_around(reach))
            if self._blocks(event, member)
        ]
        return engine.Member(sub=member.sub, busy=busy, before=before, after=after, windows=windows)

    def _stored(self, account: Account, member: Member) -> WorkingTime | None:
        """What is stored of a member's working time, if that applies."""
        if not member.managed_availability:
            return None
        # Decision.NOTHING_STORED
        return self._world.working_time(self._application, account) or None

    # Events --------------------------------------------------------------------------

    def _blocks(self, event: Event, member: Member) -> bool:
        mine = event.owner == self._application.client_id
        return not (
            event.deleted
            or event.status == EventStatus.CANCELLED
            or event.transparency == Transparency.TRANSPARENT
            or event.participation_status == ParticipationStatus.DECLINED
            or (member.ignore_tentative and is_tentative(event))
            or (member.only_managed_events and not mine)
            or self._is_excluded(event, mine=mine)
        )

    def _is_excluded(self, event: Event, *, mine: bool) -> bool:
        return event.uid in self._excluded_uids or (mine and event.event_id in self._excluded_ids)

    def _constrained(
        self, authorization: Authorization, constraint: AvailabilityConstraint, reach: Interval
    ) -> list[Interval]:
        tags = {tag.value for tag in (constraint.tags.private or ())} if constraint.tags else set()
        # A week that is touched counts as a whole.
        start, end = reach[0] - 8 * DAY, reach[1] + 8 * DAY
        counted = [
            _taken(event)
            for calendar in authorization.calendars()
            for event in calendar.events.touching(_around((start, end)))
            if event.owner == self._application.client_id
            and not event.deleted
            and tags <= set(event.tags)
            and not self._is_excluded(event, mine=True)
        ]
        tzid = constraint.tzid or "Etc/UTC"
        return engine.constrained(counted, constraint.period, constraint.limit, tzid, reach)


def seconds(duration: Duration) -> int:
    """A length of time in seconds."""
    return duration.minutes * 60


def least(buffer: Duration | BufferRange | None) -> int:
    """The least that a buffer asks for, in seconds."""
    if isinstance(buffer, BufferRange):
        buffer = buffer.minimum
    return 0 if buffer is None else seconds(buffer)


def intervals(periods: Iterable[Period]) -> list[Interval]:
    """Periods in seconds since the epoch."""
    return [(int(each.start.timestamp()), int(each.end.timestamp())) for each in periods]


def _path(group: int, member: int) -> str:
    return f"participants[{group}].members[{member}]"


def _chosen_rules(stored: WorkingTime, member: Member) -> list[AvailabilityRule]:
    chosen = member.availability_rule_ids
    return [rule for rule_id, rule in stored.rules.items() if chosen is None or rule_id in chosen]


def _windows(
    member: Member,
    stored: WorkingTime | None,
    rules: list[AvailabilityRule] | None,
    reach: Interval,
) -> list[Interval] | None:
    """The only time that a member has, if it is limited."""
    windows = None
    if member.available_periods is not None:
        windows = engine.normalise(intervals(member.available_periods))
    if stored is not None:
        periods = [(each.start, each.end) for each in stored.periods.values()]
        hours = engine.managed([_rule(each) for each in rules or ()], periods, *reach)
        windows = hours if windows is None else engine.intersect(windows, hours)
    return windows


def _calendars(
    authorization: Authorization, member: Member, rules: list[AvailabilityRule] | None
) -> list[Calendar]:
    ids = member.calendar_ids
    # Decision.CALENDARS_OF_RULES
    if ids is None and rules and all(rule.calendar_ids for rule in rules):
        ids = tuple(each for rule in rules for each in rule.calendar_ids or ())
    return [
        calendar
        for calendar in authorization.calendars()
        if not calendar.deleted and (ids is None or calendar.calendar_id in ids)
    ]


def _around(reach: Interval) -> Window:
    # Days are compared generously: they can begin fourteen hours away from UTC's.
    return Window(
        start=reach[0], end=reach[1], first_day=reach[0] - 2 * DAY, last_day=reach[1] + 2 * DAY
    )


def _taken(event: Event) -> Interval:
    """The stretch of time that an event takes up; days begin at local midnight."""
    if not event.all_day:
        return event.start, event.end
    tzid = event.start_tzid or event.calendar.account.zoneinfo
    return local_midnight(event.start, tzid), local_midnight(event.end, tzid)


def _rule(rule: AvailabilityRule) -> engine.Rule:
    return engine.Rule(
        tzid=rule.tzid or "Etc/UTC",
        weekly_periods=tuple(_weekly(each) for each in rule.weekly_periods or ()),
    )


def _weekly(period: WeeklyPeriod) -> tuple[int, int, int]:
    return DAYS.index(period.day), _minutes(period.start_time), _minutes(period.end_time)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
