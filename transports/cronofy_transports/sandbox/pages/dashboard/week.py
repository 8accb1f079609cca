"""
A week of somebody's calendars, as a table that can be read aloud.

A row is half an hour of local time and a day is a column, or several where events overlap:
each is laid into the first lane that is free. Times are those of the clocks in the
account's zone, so the night in which clocks change has the rows of any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, takewhile
from typing import Final

import attrs

from ...moments import day_of, local_midnight, wall_clock
from ...state.accounts import Account, Calendar
from ...state.events import DAY, Event, Window
from ..html import Html, text
from .parts import join, link
from .places import link_to

__all__ = ("COLOURS", "Piece", "Week", "lanes", "week_table")

COLOURS: Final = 6
"""Calendars have a colour each, and share them from the seventh on: they are named too."""

_ROW: Final = 30
_ROWS: Final = 24 * 60 // _ROW
_MORNING, _EVENING = 8 * 60 // _ROW, 18 * 60 // _ROW
_DAYS: Final = 7
_MOST: Final = 300
"""So many events of a week are shown."""


@attrs.frozen(kw_only=True)
class Piece:
    """
    What an event takes up of one day.

    Attributes:
        event: The event.
        first: Its first row of the day.
        end: The row after its last one.
    """

    event: Event
    first: int
    end: int


@attrs.frozen
class Week:
    """
    A week of an account.

    Args:
        account: Whose.
        monday: Its first day.
    """

    account: Account
    monday: date

    @classmethod
    def of(cls, account: Account, day: date) -> Week:
        """The week that a day is in."""
        return cls(account, day - timedelta(days=day.weekday()))

    @property
    def days(self) -> list[date]:
        """Its days."""
        return [self.monday + timedelta(days=each) for each in range(_DAYS)]

    def calendars(self) -> list[Calendar]:
        """The account's calendars, without those that were deleted."""
        return [each for each in self.account.calendars() if not each.deleted]

    def events(self) -> list[Event]:
        """What is in them in this week, in order."""
        tzid, first = self.account.zoneinfo, day_of(self.monday)
        last = first + _DAYS * DAY
        window = Window(
            start=local_midnight(first, tzid),
            end=local_midnight(last, tzid),
            first_day=first,
            last_day=last,
        )
        found = chain.from_iterable(each.events.touching(window) for each in self.calendars())
        return sorted(
            (each for each in found if not each.deleted),
            key=lambda each: (each.start, each.calendar.calendar_id, each.uid),
        )

    def pieces(self, events: Iterable[Event], day: date) -> list[Piece]:
        """What the events that have times take up of a day."""
        tzid, midnight = self.account.zoneinfo, day_of(day)
        start, end = local_midnight(midnight, tzid), local_midnight(midnight + DAY, tzid)
        return [
            _piece(each, tzid, start, end)
            for each in events
            if not each.all_day
            and each.start < end
            and (each.end > start or (each.start == each.end and each.start >= start))
        ]

    @staticmethod
    def all_day(events: Iterable[Event], day: date) -> list[Event]:
        """The events that take up a whole day."""
        midnight = day_of(day)
        return [each for each in events if each.all_day and each.start <= midnight < each.end]


def _piece(event: Event, tzid: str, start: int, end: int) -> Piece:
    first = 0 if event.start < start else _row(event.start, tzid)
    last = _ROWS if event.end >= end else -(-_minute(event.end, tzid) // _ROW)
    # One without length, or in the hour that comes twice, takes up a row all the same.
    return Piece(event=event, first=first, end=max(last, first + 1))


def _minute(seconds: int, tzid: str) -> int:
    wall = wall_clock(seconds, tzid)
    return wall.hour * 60 + wall.minute


def _row(seconds: int, tzid: str) -> int:
    return _minute(seconds, tzid) // _ROW


def lanes(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces side by side, so that none overlaps another of its lane; one lane at the least."""
    laid: list[list[Piece]] = [[]]
    for piece in sorted(pieces, key=lambda each: (each.first, -each.end)):
        free = next((each for each in laid if not each or each[-1].end <= piece.first), None)
        if free is None:
            free = []
            laid.append(free)
        free.append(piece)
    return laid


# Showing ------------------------------------------------------------------------------


def week_table(week: Week, today: date) -> Html:
    """The table of a week, with what its colours mean."""
    events = week.events()
    shown = events[:_MOST]
    calendars = week.calendars()
    looks = {each.calendar_id: f"c{index % COLOURS}" for index, each in enumerate(calendars)}
    columns = [lanes(week.pieces(shown, day)) for day in week.days]
    every = [piece for column in columns for lane in column for piece in lane]
    first = min([_MORNING, *(each.first for each in every)])
    last = max([_EVENING, *(each.end for each in every)])
    caption = (
        f"{week.monday} to {week.days[-1]}, times in {week.account.zoneinfo}: "
        f"{len(shown)} events" + (f" of {len(events)}" if len(events) > _MOST else "")
    )
    lines = (_line(row, columns, week, looks) for row in range(first, last))
    return join(
        '<div class="wide" role="region" aria-label="Week" tabindex="0">\n<table class="week">\n',
        f"<caption>{text(caption)}</caption>\n<thead>\n{_heads(week, columns, today)}</thead>\n",
        f"<tbody>\n{_all_day(week, shown, columns, looks)}",
        *lines,
        "</tbody>\n</table>\n</div>\n",
        _key(calendars, looks),
    )


def _heads(week: Week, columns: Sequence[Sequence[object]], today: date) -> Html:
    heads = (
        f'<th scope="colgroup" class="day" colspan="{len(column)}"{_current(day == today)}>'
        f'<time datetime="{day}">{day:%a} {day.day} {day:%b}</time></th>'
        for day, column in zip(week.days, columns, strict=True)
    )
    return join('<tr><th scope="col" class="hour">Time</th>', *heads, "</tr>\n")


def _current(is_today: bool) -> str:
    return ' aria-current="date"' if is_today else ""


def _all_day(
    week: Week,
    events: Sequence[Event],
    columns: Sequence[Sequence[object]],
    looks: dict[str, str],
) -> Html:
    cells = (
        join(
            f'<td colspan="{len(column)}">',
            *(
                f'<div class="event {_look(each, looks)}">{_described(each, "")}</div>'
                for each in week.all_day(events, day)
            ),
            "</td>",
        )
        for day, column in zip(week.days, columns, strict=True)
    )
    return join('<tr><th scope="row">All day</th>', *cells, "</tr>\n")


def _line(
    row: int, columns: Sequence[Sequence[Sequence[Piece]]], week: Week, looks: dict[str, str]
) -> Html:
    hour, minute = divmod(row * _ROW, 60)
    half = "" if minute else ' class="half"'
    cells = chain.from_iterable(_cells(row, column, week, looks) for column in columns)
    return join(f'<tr{half}><th scope="row">{hour:02}:{minute:02}</th>', *cells, "</tr>\n")


def _cells(
    row: int, column: Sequence[Sequence[Piece]], week: Week, looks: dict[str, str]
) -> Iterator[str]:
    """A day's cells of a row: what begins in it, and one for each stretch of free lanes."""
    free, lane = 0, 0
    while lane < len(column):
        piece = next((each for each in column[lane] if each.first <= row < each.end), None)
        if piece is None:
            free, lane = free + 1, lane + 1
            continue
        if free:
            yield f'<td colspan="{free}"></td>'
            free = 0
        wide = _width(piece, column[lane + 1 :])
        if piece.first == row:
            times = _times(piece.event, week.account.zoneinfo)
            yield (
                f'<td class="event {_look(piece.event, looks)}" rowspan="{piece.end - row}" '
                f'colspan="{wide}">{_described(piece.event, times)}</td>'
            )
        lane += wide
    if free:
        yield f'<td colspan="{free}"></td>'


def _width(piece: Piece, others: Sequence[Sequence[Piece]]) -> int:
    """How many lanes a piece can take up: its own, and those after it that it finds free."""
    free = takewhile(
        lambda lane: all(each.end <= piece.first or each.first >= piece.end for each in lane),
        others,
    )
    return 1 + sum(1 for _ in free)


def _look(event: Event, looks: dict[str, str]) -> str:
    return looks[event.calendar.calendar_id]


def _times(event: Event, tzid: str) -> str:
    start, end = wall_clock(event.start, tzid), wall_clock(event.end, tzid)
    form = "%H:%M" if start.date() == end.date() else "%a %H:%M"
    return f"{start:{form}} to {end:{form}}"


def _described(event: Event, times: str) -> Html:
    calendar = event.calendar.name or event.calendar.calendar_id
    notes = ", ".join((calendar, *_notes(event)))
    return join(
        link(link_to("event", uid=event.uid), event.summary or "(no title)"),
        f" <span>{text(times)}</span>" if times else "",
        f" <small>{text(notes)}</small>",
    )


def _notes(event: Event) -> Iterator[str]:
    if event.status != "confirmed":
        yield event.status
    if event.participation_status != "accepted":
        yield event.participation_status.replace("_", " ")
    if event.transparency == "transparent":
        yield "free"
    if event.private:
        yield "private"
    if event.managed:
        yield "made by the application"


def _key(calendars: Iterable[Calendar], looks: dict[str, str]) -> Html:
    listed = (
        f'<li class="{looks[each.calendar_id]}">{text(each.name or each.calendar_id)}'
        f"{' (read only)' if each.readonly else ''}</li>\n"
        for each in calendars
    )
    return join('<ul class="key" aria-label="Calendars">\n', *listed, "</ul>\n")
