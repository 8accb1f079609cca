"""What many events cost: order, answers that keep still, and rows that are kept for a while."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronofy_transports.sandbox.state.accounts import Calendar
from cronofy_transports.sandbox.state.events import DAY, Event, EventBook, Kind, Window
from cronofy_transports.sandbox.state.listing import Listing
from cronofy_transports.sandbox.state.ordered import Ordered
from cronofy_transports.sandbox.state.rows import RowCache

from .test_sandbox_state import a_calendar
from .wire import NOW, Person, Wire

NUMBERS = st.integers(-30, 30)


@given(st.lists(NUMBERS), st.lists(NUMBERS), st.none() | NUMBERS, st.none() | NUMBERS)
def test_entries_are_in_order_whatever_came_first(
    added: list[int], removed: list[int], first: int | None, end: int | None
) -> None:
    """Whatever was put in and taken out, a part is that of a sorted list, and it keeps still."""
    entries: Ordered[tuple[int]] = Ordered(longest=3)
    plain: list[tuple[int]] = []
    bounds = (None if first is None else (first,), None if end is None else (end,))
    for number in dict.fromkeys(added):
        entries.add((number,))
        plain.append((number,))
    expected = [
        each
        for each in sorted(plain)
        if (first is None or each[0] >= first) and (end is None or each[0] < end)
    ]
    parts = entries.between(*bounds)
    for number in removed:
        if (number,) in plain:
            entries.remove((number,))
            plain.remove((number,))
        else:
            with pytest.raises(KeyError):
                entries.remove((number,))
    assert sorted(plain) == list(entries)
    assert len(plain) == len(entries)
    assert expected == [entry for part in parts for entry in part]


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 12),
            "length": st.integers(0, 6),
            "all_day": st.booleans(),
            "owner": st.sampled_from([None, "mine"]),
            "deleted": st.booleans(),
            "status": st.sampled_from(["confirmed", "cancelled"]),
            "moved": st.none() | st.integers(0, 12),
        }
    ),
    max_size=12,
)
BOUNDS = st.none() | st.integers(-2, 20)


@given(EVENTS, BOUNDS, BOUNDS, st.sets(st.sampled_from(Kind._fields)))
def test_a_search_finds_what_a_look_at_each_event_would(
    raw: list[dict[str, Any]], first: int | None, last: int | None, unwanted: set[str]
) -> None:
    """Events of the kinds that are asked for, in the window, each once and in order."""
    calendar = a_calendar()
    for number, each in enumerate(raw):
        write(calendar, str(number), **each)
    # Noon and midnight: days and moments do not have the same bounds.
    start, end = (None if each is None else each * DAY for each in (first, last))
    window = Window(
        start=None if start is None else start + DAY // 2, end=end, first_day=start, last_day=end
    )

    def wanted(kind: Kind) -> bool:
        return not any(getattr(kind, name) for name in unwanted)

    listing = Listing()
    for parts in calendar.events.search(window, wanted):
        listing.put(calendar, *parts)
    expected = [each for each in calendar.events if wanted(each.kind) and window.holds(each)]
    expected.sort(key=lambda event: (event.start, event.uid))
    assert len(expected) == len(listing)
    halves = listing[:3] + listing[3 : len(expected)]
    assert expected == halves == listing[:]


def write(calendar: Calendar, uid: str, **raw: Any) -> Event:
    """An event in days, which is moved and becomes another kind after it was written."""
    moved, length = raw.pop("moved"), raw.pop("length")
    start, deleted, status = raw.pop("start"), raw.pop("deleted"), raw.pop("status")
    # A day lasts a day or more.
    took = max(length, 1) if raw["all_day"] else length
    event = Event(
        uid=uid,
        calendar=calendar,
        summary="",
        start=start * DAY,
        end=(start + took) * DAY,
        **raw,
    )
    calendar.events.add(event, 1)
    changes: dict[str, Any] = {"deleted": deleted, "status": status}
    if moved is not None:
        changes |= {"start": moved * DAY, "end": (moved + took) * DAY}
    return calendar.events.change(event, 2, **changes)


def test_an_answer_is_settled_when_it_is_asked_for() -> None:
    """What is written, moved and deleted later neither enters a listing nor leaves it."""
    calendar = a_calendar()
    events = [
        calendar.events.add(
            Event(uid=f"{n:04}", calendar=calendar, summary="", start=n * 60, end=n * 60 + 30), 1
        )
        for n in range(1200)
    ]
    listing = Listing()
    for parts in calendar.events.search(Window(), lambda _: True):
        listing.put(calendar, *parts)
    assert events[:100] == listing[:100]
    calendar.events.change(events[500], 2, start=0, end=30)
    calendar.events.change(events[600], 2, deleted=True)
    calendar.events.add(
        Event(uid="new", calendar=calendar, summary="", start=45_000, end=45_001), 2
    )
    assert events == listing[: len(listing)]


def test_only_what_is_read_is_looked_at() -> None:
    """The first page of a long answer asks its book for as many events as it has entries."""
    asked_for: list[str] = []

    class Counting(EventBook):
        __slots__ = ()

        def get(self, uid: str) -> Event | None:
            asked_for.append(uid)
            return super().get(uid)

    calendar = attrs.evolve(a_calendar(), events=Counting())
    for n in range(5000):
        calendar.events.add(
            Event(uid=f"{n:04}", calendar=calendar, summary="", start=n * 60, end=n * 60 + 30), 1
        )
    listing = Listing()
    for parts in calendar.events.search(Window(start=600, end=299_000), lambda _: True):
        listing.put(calendar, *parts)
    assert (0, 100) == (len(asked_for) - len(set(asked_for)), len(listing[:100]))
    assert len(asked_for) < 150


def test_rows_are_kept_until_their_event_changes() -> None:
    """A row is that of the event as it is, seen in one way, and the oldest ones go first."""
    cache, calendar = RowCache(2), a_calendar()
    events = [
        calendar.events.add(Event(uid=uid, calendar=calendar, summary="", start=0, end=1), 1)
        for uid in "abc"
    ]
    row = msgspec.Raw(b"{}")
    cache.keep(events[0], "plain", row)
    assert row is cache.get(events[0], "plain")
    assert None is cache.get(events[0], "localized")
    calendar.events.change(events[0], 1, summary="New")
    assert None is cache.get(events[0], "plain")
    for event in events:
        cache.keep(event, "plain", row)
    assert [None, row, row] == [cache.get(event, "plain") for event in events]
    assert 2 == len(cache)


def test_every_page_is_found_again() -> None:
    """Pages can be read twice and from the middle on; the names of pages stay as they were."""
    wire = Wire()
    person = wire.person()
    for hour in range(250):
        add(wire, person, NOW + hour * 3600)
    pages = [wire.get("/v1/events", person, tzid="Etc/UTC")]
    while "next_page" in pages[-1]["pages"]:
        pages.append(wire.get(pages[-1]["pages"]["next_page"], person))
    assert [100, 100, 50] == [len(page["events"]) for page in pages]
    for before, page in pairwise(pages):
        assert page == wire.get(before["pages"]["next_page"], person)


def add(wire: Wire, person: Person, start: int) -> None:
    """An event of half an hour."""
    world = wire.sandbox.world
    calendar = world.calendars[person.calendar_id]
    world.add_event(calendar, summary="Event", start=start, end=start + 1800)
