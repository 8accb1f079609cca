"""
Times, dates and durations, as the API writes them.

A moment is an aware `datetime` and is sent in UTC (``2030-01-07T09:00:00Z``). A day
is a `date`. A time that carries its zone's name is a `ZonedTime`. The service refuses
fractions of a second, so they are refused here, before anything is sent.

A wall-clock time, a naive `datetime`, is accepted only where a ``tzid`` goes with it.
Which moment it means on the nights when clocks change is the service's decision, as
only it resolves them; the sandbox takes the first of two and moves a time that does
not exist forward.

Source: /developers/api/data-types/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
import msgspec

from ..core import codec
from ..core.errors import InvalidArgumentError
from ..core.unset import UNSET, Unset

__all__ = ("Duration", "EventTime", "Moment", "ZonedTime")

_PARSERS: Final[tuple[Callable[[str], datetime], ...]] = (
    datetime.fromisoformat,
    lambda text: msgspec.convert(text, datetime),
)
_WHOLE: Final = frozenset({len("2030-01-07T09:00:00Z"), len("2030-01-07T09:00:00+01:00")})
_DAY: Final = len("2030-01-07")
_UTC: Final = timezone.utc  # noqa: UP017  # pyright takes an imported UTC for a constant of ours
_FIRST: Final = datetime.min.replace(tzinfo=_UTC)
_STRICT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.0+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_LAST: Final = datetime.max.replace(microsecond=0, tzinfo=_UTC)


def zone(field: str, tzid: str) -> str:
    """
    Check that *tzid* is the name of an IANA time zone, and give it back.

    Raises:
        InvalidArgumentError: It is not.
    """
    if not isinstance(tzid, str) or not _is_zone(tzid):
        raise InvalidArgumentError(
            field, "is not a time zone", "give an IANA name such as 'Europe/Paris'"
        )
    return tzid


@cache
def _is_zone(tzid: str) -> bool:
    try:
        ZoneInfo(tzid)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def write_datetime(moment: datetime) -> str:
    """Write a time: in UTC with ``Z`` if it is aware, as it stands if it is naive."""
    if moment.microsecond:
        raise InvalidArgumentError(
            "time", "has a fraction of a second", "use whole seconds: .replace(microsecond=0)"
        )
    if moment.tzinfo is None:
        return moment.isoformat()
    return moment.astimezone(_UTC).replace(tzinfo=None).isoformat() + "Z"


def _parse(text: str) -> datetime | None:
    # The decoder of answers rounds the seventh digit of a second, fromisoformat cuts it off.
    parsers = _PARSERS if len(text) < len("2030-01-07T09:00:00.1234567") else _PARSERS[::-1]
    for parser in parsers:
        try:
            return parser(text)
        except ValueError:
            continue
    return None


def _read_datetime(raw: Any) -> datetime:
    if not isinstance(raw, str) or len(raw) < len("2030-01-07T09:00"):
        raise ValueError("must be a time such as 2030-01-07T09:00:00Z")
    # Exchange's oldest items are stamped before year 1, which datetime cannot hold.
    if raw.startswith("0000-"):
        return _FIRST
    moment = _parse(raw)
    if moment is None:
        raise ValueError("must be a time such as 2030-01-07T09:00:00Z")
    try:
        return moment.astimezone(_UTC) if moment.tzinfo is not None else moment
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST


def _read_whole_seconds(raw: Any) -> datetime:
    moment = _read_datetime(raw)
    if moment.microsecond:
        raise ValueError("must not have a fraction of a second")
    # Python reads weeks, any separator and offsets with seconds, too.
    if not _STRICT.fullmatch(raw):
        raise ValueError("must be a time such as 2030-01-07T09:00:00Z")
    return moment


def _read_moment(raw: Any) -> datetime:
    moment = _read_whole_seconds(raw)
    if moment.tzinfo is None:
        raise ValueError("must say its offset, for example with a Z at its end")
    return moment


def _read_date(raw: Any) -> date:
    # Python reads weeks, too, such as 2030-W02-1.
    if not isinstance(raw, str) or len(raw) != len("2030-01-07") or raw[7] != "-":
        raise ValueError("must be a date such as 2030-01-07")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError("must be a date such as 2030-01-07") from None


codec.leaf(datetime, read=_read_datetime, write=write_datetime)
codec.leaf(date, read=_read_date, write=date.isoformat)


@attrs.frozen
class ZonedTime:
    """
    A time or a day, together with the zone it is shown in.

    Args:
        time: A naive `datetime` is a wall-clock time in *tzid*; an aware one is a
            moment, and *tzid* only the zone to show it in; a `date` is a whole day.
        tzid: The zone's IANA name.
    """

    time: datetime | date
    tzid: str

    def __attrs_post_init__(self) -> None:
        zone("tzid", self.tzid)
        check_event_time("time", self.time, tzid=self.tzid)

    def moment(self) -> datetime:
        """The moment, aware, in *tzid*; a day begins at its midnight there."""
        info = ZoneInfo(self.tzid)
        if not isinstance(self.time, datetime):
            return datetime(self.time.year, self.time.month, self.time.day, tzinfo=info)
        if self.time.tzinfo is None:
            return self.time.replace(tzinfo=info)
        return self.time.astimezone(info)


if TYPE_CHECKING:
    EventTime: TypeAlias = datetime | date | ZonedTime
    """When an event starts or ends: a moment, a day, or either with its zone."""

    Moment: TypeAlias = datetime
    """A moment: an aware datetime of whole seconds."""
else:

    def _standing_for(*forms: type) -> type:
        """The type of a class that stands for the classes of its values."""

        class Forms(type):
            # The decoder asks this of each value that it was just given.
            def __instancecheck__(cls, value: object, forms: Any = forms) -> bool:
                return isinstance(value, forms)

        return Forms

    # The decoder finds the way to read a field by its class, so the two need one; and it
    # checks that what was read is an instance.
    class EventTime(metaclass=_standing_for(date, ZonedTime)):
        """When an event starts or ends: a moment, a day, or either with its zone."""

    class Moment(metaclass=_standing_for(datetime)):
        """A moment: an aware datetime of whole seconds."""


def _zoned_time(time: datetime | date, tzid: str) -> ZonedTime:
    """Make one of parts that were checked: what is read from the wire fits in UTC."""
    made = object.__new__(ZonedTime)
    object.__setattr__(made, "time", time)
    object.__setattr__(made, "tzid", tzid)
    return made


def _event_time_reader(read_time: Callable[[Any], datetime]) -> Callable[[Any], Any]:
    parse = datetime.fromisoformat

    is_tolerant = read_time is _read_datetime

    def read(raw: Any) -> Any:
        if type(raw) is str:
            # The usual forms take a shorter way to the same end.
            length = len(raw)
            if length == _DAY:
                return _read_date(raw)
            if length in _WHOLE and is_tolerant:
                try:
                    moment = parse(raw)
                    if not moment.microsecond:
                        if moment.tzinfo is _UTC:
                            return moment
                        if moment.tzinfo is not None:
                            return moment.astimezone(_UTC)
                except (ValueError, OverflowError):
                    pass
            return read_time(raw)
        if not isinstance(raw, Mapping):
            return read_time(raw)
        if len(raw) != 2 or "time" not in raw or "tzid" not in raw:
            raise ValueError("must have exactly time and tzid")
        time, tzid = raw["time"], raw["tzid"]
        if not isinstance(tzid, str) or not _is_zone(tzid):
            raise ValueError("tzid must be the name of a time zone")
        return _zoned_time(read(time) if type(time) is str else read_time(time), tzid)

    return read


_read_event_time = _event_time_reader(_read_datetime)
_read_strict_event_time = _event_time_reader(_read_whole_seconds)


def _write_zoned_time(value: ZonedTime) -> dict[str, Any]:
    return {"time": codec.unstructure(value.time), "tzid": value.tzid}


codec.leaf(
    EventTime,
    read=_read_event_time,
    read_strict=_read_strict_event_time,
    write=codec.unstructure,
    native=(datetime, str | dict[str, Any]),
)
codec.leaf(Moment, read=_read_datetime, read_strict=_read_moment, write=codec.unstructure)
codec.leaf(
    ZonedTime, read=_read_event_time, read_strict=_read_strict_event_time, write=_write_zoned_time
)


@attrs.frozen
class Duration:
    """
    A length of time in whole minutes.

    Attributes:
        minutes: From 0 on.
    """

    minutes: int

    @classmethod
    def of(cls, value: int | timedelta | Duration, field: str = "duration") -> Duration:
        """
        Take minutes, a `timedelta` or a `Duration`.

        Raises:
            InvalidArgumentError: It is negative, not whole minutes, or no length of time.
        """
        if isinstance(value, Duration):
            return value
        remedy = "give minutes as an int, or a timedelta of whole minutes"
        if isinstance(value, timedelta):
            minutes, rest = divmod(value, timedelta(minutes=1))
            if rest:
                raise InvalidArgumentError(field, "is not a whole number of minutes", remedy)
        elif isinstance(value, int) and not isinstance(value, bool):
            minutes = value
        else:
            raise InvalidArgumentError(field, f"{type(value).__name__} is no duration", remedy)
        if minutes < 0:
            raise InvalidArgumentError(field, "is negative", remedy)
        return cls(minutes)

    def timedelta(self) -> timedelta:
        """The same length of time as a `timedelta`."""
        return timedelta(minutes=self.minutes)


_LONGEST: Final = 2**31 - 1


def _read_duration(raw: Any) -> Duration:
    if not isinstance(raw, Mapping) or not raw or raw.keys() - {"hours", "minutes"}:
        raise ValueError("must be an object with minutes, hours or both")
    hours, minutes = raw.get("hours", 0), raw.get("minutes", 0)
    for number in (hours, minutes):
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise ValueError("must hold whole numbers from 0 on")
    if hours * 60 + minutes > _LONGEST:
        raise ValueError("must be an integer of 32 bits, in minutes")
    if "hours" in raw and minutes >= 60:
        raise ValueError("must have fewer than 60 minutes beside hours")
    return Duration(hours * 60 + minutes)


def _write_duration(duration: Duration) -> dict[str, int]:
    return {"minutes": duration.minutes}


codec.leaf(Duration, read=_read_duration, write=_write_duration)


# Checks and shorthands for parameters -------------------------------------------------


def duration(value: int | timedelta | Duration) -> Duration:
    """Converter: minutes, a `timedelta` or a `Duration`."""
    return Duration.of(value)


def optional_duration(value: int | timedelta | Duration | Unset) -> Duration | Unset:
    """Converter: the same, or `UNSET`."""
    return UNSET if isinstance(value, Unset) else Duration.of(value)


def check_event_time(field: str, value: Any, *, tzid: str | Unset | None) -> None:
    """
    Check a parameter that is an `EventTime`.

    Raises:
        InvalidArgumentError: It is none, has a fraction of a second, or is naive while
            no *tzid* goes with it.
    """
    if isinstance(value, ZonedTime):
        return
    if isinstance(value, datetime):
        if value.microsecond:
            raise InvalidArgumentError(
                field, "has a fraction of a second", "use .replace(microsecond=0)"
            )
        if value.tzinfo is None and (tzid is None or isinstance(tzid, Unset)):
            raise InvalidArgumentError(
                field, "is a naive datetime", "make it aware, or give a tzid with it"
            )
        _check_in_utc(field, value)
    elif not isinstance(value, date):
        raise InvalidArgumentError(
            field, f"{type(value).__name__} is no time", "give a datetime, date or ZonedTime"
        )


def _check_in_utc(field: str, value: datetime) -> None:
    if value.tzinfo is not None:
        try:
            value.astimezone(_UTC)
        except OverflowError:
            raise InvalidArgumentError(
                field, "is outside the years 1 to 9999 in UTC", "give a nearer time"
            ) from None


def check_moment(field: str, value: Any) -> None:
    """
    Check a parameter that is a `Moment`.

    Raises:
        InvalidArgumentError: It is not an aware datetime of whole seconds.
    """
    if not isinstance(value, datetime):
        raise InvalidArgumentError(field, "is no moment", "give an aware datetime")
    check_event_time(field, value, tzid=None)
