"""
A small world to try things in: three people with two calendar services each.

Times are counted from the clock's now, so that there is always something coming up.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from .state.access import Application
from .state.accounts import Account, Calendar, ConferencingProfile, Profile
from .state.events import DAY, Attendee, Event
from .world import World

__all__ = ("SCOPE", "populate")

SCOPE: Final = "read_write"

_EPOCH: Final = date(1970, 1, 1)

_Book: TypeAlias = dict[str, list[Event]]
"""Events by the id of their calendar."""


def populate(world: World, application: Application) -> None:
    """Fill a world with people who have authorized an application."""
    now = world.now()
    for build in (_amelia, _ben, _clara):
        book: _Book = {}
        account = build(world, now, book)
        # Nobody can be told of them yet, and a calendar takes many in faster than one by one.
        for calendar_id, events in book.items():
            world.calendars[calendar_id].events.take_in(events)
        world.vault.authorize(application, account, SCOPE)


def _amelia(world: World, now: int, book: _Book) -> Account:
    account = world.add_account(
        email="amelia.hart@example.com", name="Amelia Hart", zoneinfo="Europe/London"
    )
    google = _google(world, account, "amelia.hart@example.com")
    work = world.add_calendar(google, "Work", primary=True, conferencing="google_meet")
    team = world.add_calendar(google, "Team rota", conferencing="google_meet")
    world.add_calendar(google, "Holidays in the United Kingdom", readonly=True)
    apple = world.add_profile(
        account, name="amelia.hart@icloud.example", provider_name="apple", provider_service="icloud"
    )
    home = world.add_calendar(apple, "Home", primary=True)
    days = _Days(work, now, book)
    stand_up = world.ids.make("ser")
    for offset in range(-40, 200):
        if days.is_weekday(offset):
            days.write(
                world,
                offset,
                "09:30",
                15,
                "Stand-up",
                recurring=True,
                series=stand_up,
                invited=True,
            )
        if days.weekday(offset) == 2:
            days.write(
                world, offset, "12:30", 45, "Lunch with the team", transparency="transparent"
            )
        if days.weekday(offset) == 3:
            days.write(world, offset, "14:00", 60, "Design review", **_invited("kai@example.com"))
        if days.weekday(offset) == 0:
            _Days(team, now, book).all_day(world, offset, 5, "On call", transparency="transparent")
    _oddities(world, days, _Days(home, now, book))
    return account


def _ben(world: World, now: int, book: _Book) -> Account:
    account = world.add_account(
        email="ben.okafor@example.org", name="Ben Okafor", zoneinfo="America/New_York"
    )
    account.conferencing_profiles.append(
        ConferencingProfile(
            profile_id=world.ids.profile(), name="ben.okafor@example.org", provider_name="zoom"
        )
    )
    office = world.add_profile(
        account,
        name="ben.okafor@example.org",
        provider_name="exchange",
        provider_service="office365",
        unique_names=True,
    )
    calendar = world.add_calendar(office, "Calendar", primary=True, conferencing="ms_teams")
    world.add_calendar(office, "Former projects", deleted=True)
    google = _google(world, account, "ben.okafor@mail.example")
    private = world.add_calendar(google, "Ben", primary=True, conferencing="google_meet")
    days = _Days(calendar, now, book)
    review = world.ids.make("ser")
    for offset in range(-30, 120):
        if days.weekday(offset) == 1:
            days.write(world, offset, "10:00", 50, "Pipeline review", recurring=True, series=review)
        if days.weekday(offset) == 4:
            days.write(
                world,
                offset,
                "15:00",
                120,
                "Focus time",
                extended_transparency="tentative",
                status="tentative",
            )
    away = days.next_weekday(10)
    days.all_day(world, away, 3, "Conference", extended_transparency="out_of_office")
    _Days(private, now, book).write(
        world, days.next_weekday(1), "18:30", 90, "Dentist", private=True
    )
    return account


def _clara(world: World, now: int, book: _Book) -> Account:
    account = world.add_account(
        email="clara.weiss@example.net", name="Clara Weiß", zoneinfo="Europe/Berlin"
    )
    apple = world.add_profile(
        account, name="clara.weiss@icloud.example", provider_name="apple", provider_service="icloud"
    )
    home = world.add_calendar(apple, "Privat", primary=True)
    exchange = world.add_profile(
        account,
        name="clara.weiss@example.net",
        provider_name="exchange",
        provider_service="exchange",
        unique_names=True,
    )
    work = world.add_calendar(exchange, "Kalender", primary=True)
    days = _Days(work, now, book)
    for offset in range(-20, 90):
        if days.weekday(offset) in (1, 3):
            days.write(world, offset, "11:00", 30, "Jour fixe", **_invited("lena@example.net"))
    _Days(home, now, book).all_day(world, days.next_weekday(6), 2, "Wandern an der Küste")
    return account


def _google(world: World, account: Account, email: str) -> Profile:
    return world.add_profile(account, name=email, provider_name="google", provider_service="gsuite")


def _invited(by: str) -> dict[str, Any]:
    return {"invited": True, "organizer": Attendee(email=by, status="accepted")}


def _oddities(world: World, work: _Days, home: _Days) -> None:
    """One of everything that programs trip over."""
    soon = work.next_weekday(1)
    work.write(
        world,
        soon,
        "11:00",
        60,
        "Budget talk",
        status="tentative",
        location="Room 4, second floor",
        lat="51.5007",
        long="-0.1246",
    )
    work.write(
        world,
        soon,
        "16:00",
        30,
        "Vendor call",
        participation_status="declined",
        **_invited("sales@vendor.example"),
    )
    work.write(
        world,
        work.next_weekday(2),
        "10:30",
        30,
        "Interview",
        participation_status="needs_action",
        attendees=(
            Attendee(email="amelia.hart@example.com"),
            Attendee(email="noor@example.com", display_name="Noor", status="accepted"),
        ),
        **_invited("people@example.com"),
    )
    work.write(world, work.next_weekday(3), "08:00", 0, "Reminder: renew passport")
    home.all_day(world, work.next_weekday(4), 1, "Birthday of Gran", transparency="transparent")
    home.all_day(world, work.next_weekday(8), 7, "Holiday", transparency="opaque")
    night = home.night_of_clock_change()
    if night is not None:
        home.write(world, night, "22:00", 8 * 60, "Night shift")


class _Days:
    """Writes events into a calendar on local days, counted from today."""

    def __init__(self, calendar: Calendar, now: int, book: _Book) -> None:
        self._calendar, self._now = calendar, now
        self._written = book.setdefault(calendar.calendar_id, [])
        self._tzid = calendar.account.zoneinfo
        self._zone = ZoneInfo(self._tzid)
        self._today = datetime.fromtimestamp(now, self._zone).date()

    def weekday(self, offset: int) -> int:
        return (self._today.weekday() + offset) % 7

    def is_weekday(self, offset: int) -> bool:
        return self.weekday(offset) < 5

    def next_weekday(self, offset: int) -> int:
        """The first offset from this one on that is no weekend."""
        return next(each for each in range(offset, offset + 3) if self.is_weekday(each))

    def night_of_clock_change(self) -> int | None:
        """The evening before the next change of clocks, if there is one this year."""
        for week in range(0, 366, 7):
            if self._changes_between(week, week + 7):
                return next(
                    day for day in range(week, week + 7) if self._changes_between(day, day + 1)
                )
        return None

    def _changes_between(self, first: int, last: int) -> bool:
        return self._at(last, time(12)) - self._at(first, time(12)) != (last - first) * DAY

    def write(
        self, world: World, offset: int, at: str, minutes: int, summary: str, **values: Any
    ) -> None:
        hour, minute = at.split(":")
        start = self._at(offset, time(int(hour), int(minute)))
        self._add(
            world,
            start,
            summary=summary,
            start=start,
            end=start + minutes * 60,
            start_tzid=self._tzid,
            end_tzid=self._tzid,
            **values,
        )

    def all_day(self, world: World, offset: int, days: int, summary: str, **values: Any) -> None:
        start = (self._today + timedelta(days=offset) - _EPOCH).days * DAY
        self._add(
            world,
            start,
            summary=summary,
            start=start,
            end=start + days * DAY,
            all_day=True,
            **values,
        )

    def _at(self, offset: int, at: time) -> int:
        day = self._today + timedelta(days=offset)
        return int(datetime.combine(day, at, self._zone).timestamp())

    def _add(self, world: World, first: int, **values: Any) -> None:
        # As if it had been entered four weeks before it takes place, if that is past.
        written = min(first, self._now) - 28 * DAY
        self._written.append(
            Event(
                uid=world.ids.external_event(),
                calendar=self._calendar,
                created=written,
                updated=written,
                **values,
            )
        )
