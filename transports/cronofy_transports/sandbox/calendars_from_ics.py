"""
The events of iCalendar files, as `worlds` describes events.

The format is read by the ``icalendar`` package, and series are counted out by
``dateutil``, which comes with it; both are an extra, imported when a file is read.

Source: RFC 5545
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, Final, TypeVar

import attrs

from cronofy_async.core.errors import InvalidArgumentError
from cronofy_async.models.times import EventTime, ZonedTime
from cronofy_async.models.times import zone as checked

from .details_from_ics import details, problems, several, text_of
from .refusals import Invalid
from .times_from_ics import When
from .worlds import DescribedEvent

__all__ = ("Calendar", "read")

T = TypeVar("T")

_TWO_YEARS: Final = timedelta(days=730)
_MOST: Final = 10_000
"""The most occurrences of a series that are made."""
_LONGEST: Final = 1_000_000
"""How many times of a series are looked at, from its first one on."""


@attrs.frozen(kw_only=True)
class Calendar:
    """
    What a file holds.

    Attributes:
        name: What it calls itself (``X-WR-CALNAME``).
        zone: The zone that it is in as a whole (``X-WR-TIMEZONE``).
        events: In the order of the file, each occurrence of a series by itself.
    """

    name: str | None
    zone: str | None
    events: tuple[DescribedEvent, ...]


def read(text: str, *, zone: str, now: int, owner: Collection[str] = ()) -> Calendar:
    """
    Read a file.

    Args:
        text: The file.
        zone: That of times without one, unless the file says which.
        now: Occurrences within two years of it are made.
        owner: The addresses of whoever's calendar it is.

    Raises:
        Invalid: It is no such file, or a component of it cannot be read.
        ImportError: The extra is not installed.
    """
    library = _library()
    try:
        found = library.Calendar.from_ical(text.removeprefix("\ufeff"), multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise Invalid.field("text", f"must be an iCalendar file: {error}") from None
    if not found or any(each.name != "VCALENDAR" for each in found):
        raise Invalid.field(
            "text", "must be an iCalendar file, from BEGIN:VCALENDAR to END:VCALENDAR"
        )
    own = next((text_of(each, "X-WR-TIMEZONE") for each in found if "X-WR-TIMEZONE" in each), None)
    own = own if own is not None and _is_zone(own) else None
    events: list[DescribedEvent] = []
    for each in found:
        reader = _Reader(each, own or zone, datetime.fromtimestamp(now, UTC), owner)
        events += reader.events()
    name = next((text_of(each, "X-WR-CALNAME") for each in found if "X-WR-CALNAME" in each), None)
    return Calendar(name=name, zone=own, events=tuple(events))


def _library() -> Any:
    try:
        import icalendar
    except ImportError:
        raise ImportError(
            "reading .ics files needs the icalendar package: "
            "python -m pip install 'cronofy_async[ics]'"
        ) from None
    return icalendar


@attrs.frozen(kw_only=True)
class _Component:
    """A ``VEVENT``: when it takes place, and what it replaces."""

    number: int
    raw: Any = attrs.field(repr=False)
    uid: str
    start: When
    length: timedelta
    replaces: When | None

    @property
    def from_then_on(self) -> bool:
        """Whether it replaces all occurrences from that one on."""
        return self.replaces is not None and (
            str(self.raw["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE"
        )


class _Reader:
    """Reads one ``VCALENDAR``."""

    def __init__(self, calendar: Any, zone: str, now: datetime, owner: Collection[str]) -> None:
        self._calendar, self._zone, self._now = calendar, zone, now
        self._owner = {each.lower() for each in owner if each}
        self._zones: dict[str, tuple[tzinfo, str | None]] = {}

    def events(self) -> Iterator[DescribedEvent]:
        """Every occurrence of everything."""
        series: dict[str, list[_Component]] = {}
        for number, raw in enumerate(self._calendar.walk("VEVENT"), start=1):
            component = _guarded(number, raw, self._component)
            series.setdefault(component.uid, []).append(component)
        for components in series.values():
            yield from self._series(components)

    # Series --------------------------------------------------------------------------

    def _series(self, components: list[_Component]) -> Iterator[DescribedEvent]:
        masters = [each for each in components if each.replaces is None]
        changed = {each.replaces.moment(): each for each in components if each.replaces}
        if not masters:
            # A file that somebody was sent can hold nothing but the exceptions.
            for each in components:
                yield self._described(each, each.start, series=each.uid)
            return
        # Of two versions of one event the later one counts.
        master = max(masters, key=lambda each: int(each.raw.get("SEQUENCE", 0)))
        starts = _guarded(master.number, master.raw, lambda *_: list(self._starts(master)))
        if not (self._recurs(master) or changed):
            yield self._described(master, master.start)
            return
        future: _Component | None = None
        for start, length in starts:
            replaced = _replacing(changed, start)
            if replaced is not None:
                future = replaced if replaced.from_then_on else future
                yield self._described(replaced, replaced.start, series=master.uid)
            elif future is not None and future.replaces is not None:
                shift = future.start.wall - future.replaces.wall
                yield self._described(
                    future, future.start.at(start.wall + shift), series=master.uid
                )
            else:
                yield self._described(master, start, length, series=master.uid)
        for each in changed.values():
            yield self._described(each, each.start, series=master.uid)

    def _recurs(self, component: _Component) -> bool:
        return any(name in component.raw for name in ("RRULE", "RDATE"))

    def _starts(self, master: _Component) -> Iterator[tuple[When, timedelta]]:
        """The times of a series, the first one included."""
        from dateutil import rrule  # type: ignore[import-untyped]  # it has no types

        first, rules = master.start, rrule.rruleset()
        for each in several(master.raw, "RRULE"):
            rule: Any = rrule.rrulestr(self._rule(each, first), dtstart=first.wall)
            rules.rrule(rule)
        # The first one takes place whether or not the rule has it.
        rules.rdate(first.wall)
        lengths: dict[datetime, timedelta] = {}
        for when, length in self._listed(master.raw, "RDATE", first):
            rules.rdate(when.wall)
            if length is not None:
                lengths[when.wall] = length
        excluded: set[datetime | date] = set()
        for when, _ in self._listed(master.raw, "EXDATE", first):
            # Some programs exclude the day rather than the time.
            excluded.add(when.wall.date() if when.is_day else when.wall)
        made = 0
        for wall in islice(rules, _LONGEST):
            near = first.at(wall).moment() - self._now
            if wall > first.wall + _TWO_YEARS and near > _TWO_YEARS:
                return
            if wall in excluded or wall.date() in excluded:
                continue
            # Decision.ICS_SERIES
            if wall <= first.wall + _TWO_YEARS or abs(near) <= _TWO_YEARS:
                made += 1
                if made > _MOST:
                    raise ValueError(f"it recurs more than {_MOST} times within two years")
                yield first.at(wall), lengths.get(wall, master.length)

    def _rule(self, rule: Any, first: When) -> str:
        """A rule in terms of the clock on the wall, as the series is counted out by it."""
        parts = dict(rule)
        if "FREQ" not in parts:
            raise ValueError("RRULE has no FREQ")
        # The library would count on for ever.
        if min(parts.get("INTERVAL", [1])) < 1:
            raise ValueError("INTERVAL must be at least 1")
        for name, values in list(parts.items()):
            if name == "UNTIL":
                until = values[0] if isinstance(values, list) else values
                parts[name] = [self._last(until, first)]
        written: bytes = type(rule)(parts).to_ical()
        return written.decode()

    def _last(self, until: date, first: When) -> datetime:
        if not isinstance(until, datetime):
            return datetime.combine(until, time.max if not first.is_day else time.min)
        if first.is_day:
            return datetime.combine(until.date(), time.min)
        if until.tzinfo is None:
            return until
        return until.astimezone(first.zone).replace(tzinfo=None)

    def _listed(self, raw: Any, name: str, first: When) -> Iterator[tuple[When, timedelta | None]]:
        """The times of ``RDATE`` or ``EXDATE`` by the clock of the series."""
        for values in several(raw, name):
            for each in values.dts:
                value, length = each.dt, None
                if isinstance(value, tuple):
                    value, end = value
                    length = end if isinstance(end, timedelta) else end - value
                when = self._when(value, values.params)
                if not (when.is_day or first.is_day):
                    wall = when.moment().astimezone(first.zone).replace(tzinfo=None)
                    when = first.at(wall)
                yield when, length

    # Times ---------------------------------------------------------------------------

    def _component(self, number: int, raw: Any) -> _Component:
        found = problems(raw)
        if found:
            raise ValueError("; ".join(found))
        if "DTSTART" not in raw:
            raise ValueError("DTSTART is missing")
        start = self._time(raw, "DTSTART")
        replaces = self._time(raw, "RECURRENCE-ID") if "RECURRENCE-ID" in raw else None
        if "DTEND" in raw:
            end = self._time(raw, "DTEND")
            if end.is_day != start.is_day:
                raise ValueError("DTEND must be a day if DTSTART is one, and a time if it is one")
            length = end.moment() - start.moment()
            # Some programs write a single day as one that ends where it begins.
            if start.is_day and not length:
                length = timedelta(days=1)
        elif "DURATION" in raw:
            length = raw["DURATION"].dt
        else:
            length = timedelta(days=1) if start.is_day else timedelta()
        if length < timedelta() or (start.is_day and length < timedelta(days=1)):
            raise ValueError("DTEND must be after DTSTART")
        # One without a UID is nothing but itself.
        uid = text_of(raw, "UID") or f"component {number}"
        return _Component(
            number=number, raw=raw, uid=uid, start=start, length=length, replaces=replaces
        )

    def _time(self, raw: Any, name: str) -> When:
        value, *more = several(raw, name)
        if more:
            raise ValueError(f"{name} is there more than once")
        return self._when(value.dt, value.params)

    def _when(self, value: Any, parameters: Any) -> When:
        # A day has no zone, although some programs give it one.
        if not isinstance(value, datetime) or parameters.get("VALUE") == "DATE":
            return When(datetime.combine(value, time.min), is_day=True, zone=UTC, name=None)
        tzid = parameters.get("TZID")
        if tzid is not None:
            zone, name = self._named(str(tzid))
        elif value.tzinfo is not None:
            zone, name = UTC, "Etc/UTC"
        else:
            zone, name = self._named(self._zone)
        return When(value.replace(tzinfo=None), is_day=False, zone=zone, name=name)

    def _named(self, tzid: str) -> tuple[tzinfo, str | None]:
        if tzid not in self._zones:
            self._zones[tzid] = self._found(tzid)
        return self._zones[tzid]

    def _found(self, tzid: str) -> tuple[tzinfo, str | None]:
        from zoneinfo import ZoneInfo

        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        # Some programs put a path before the name.
        parts = tzid.strip("/").split("/")
        known = (tzid, WINDOWS_TO_OLSON.get(tzid, ""), "/".join(parts[-2:]), "/".join(parts[-3:]))
        for name in known:
            if name and _is_zone(name):
                return ZoneInfo(name), name
        for each in self._calendar.walk("VTIMEZONE"):
            if text_of(each, "TZID") == tzid:
                zone: tzinfo = each.to_tz(lookup_tzid=False)
                return zone, None
        raise ValueError(f"TZID {tzid} is no known zone, and no VTIMEZONE defines it")

    # Details -------------------------------------------------------------------------

    def _described(
        self,
        component: _Component,
        start: When,
        length: timedelta | None = None,
        series: str | None = None,
    ) -> DescribedEvent:
        return _guarded(
            component.number,
            component.raw,
            lambda *_: self._event(component, start, length, series),
        )

    def _event(
        self, component: _Component, start: When, length: timedelta | None, series: str | None
    ) -> DescribedEvent:
        raw, lasts = component.raw, component.length if length is None else length
        # Elapsed time: an event that spans a change of clocks does not get longer.
        end = start.at(
            (start.wall + lasts)
            if start.is_day
            else (start.moment() + lasts).astimezone(start.zone).replace(tzinfo=None)
        )
        until = end.described() if start.is_day else self._end(component, start.moment() + lasts)
        return DescribedEvent(
            start=start.described(), end=until, series=series, **details(raw, self._owner)
        )

    def _end(self, component: _Component, moment: datetime) -> EventTime:
        end = component.start
        if "DTEND" in component.raw:
            end = self._time(component.raw, "DTEND")
        name = end.name
        whole = moment.replace(microsecond=0)
        return whole if name is None else ZonedTime(whole, name)


def _replacing(changed: dict[datetime, _Component], start: When) -> _Component | None:
    """Take out what replaces the occurrence at a time."""
    # Some programs name its day rather than its time, as with EXDATE.
    day = datetime.combine(start.wall, time.min, UTC)
    named = changed.get(day)
    by_day = named is not None and named.replaces is not None and named.replaces.is_day
    return changed.pop(day if by_day else start.moment(), None)


def _guarded(number: int, raw: Any, work: Callable[[int, Any], T]) -> T:
    """Carry out *work* on a component, and name that in whatever goes wrong."""
    try:
        return work(number, raw)
    except Invalid as error:
        problem = str(error)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        problem = str(error)
    uid = raw.get("UID")
    which = f"VEVENT {number}" + (f" ({uid})" if isinstance(uid, str) else "")
    raise Invalid.field("text", f"must be an iCalendar file, but {which} cannot be read: {problem}")


def _is_zone(name: str) -> bool:
    try:
        checked("TZID", name)
    except InvalidArgumentError:
        return False
    return True
