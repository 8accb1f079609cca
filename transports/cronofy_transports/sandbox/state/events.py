"""Events, and the book that a calendar keeps of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from . import DERIVED
from .ordered import Ordered
from .spans import Entry, SpanIndex

if TYPE_CHECKING:
    from cronofy_async.models.event_details import RecurrenceRule
    from cronofy_async.models.subscriptions import Subscription

    from ..agenda import Act
    from .access import Application
    from .accounts import Calendar

__all__ = ("DAY", "Attendee", "Conferencing", "Event", "EventBook", "Kind", "Window", "in_order")

DAY: Final = 86400


@attrs.frozen(kw_only=True)
class Attendee:
    """Somebody who is invited to an event, and what they replied."""

    email: str
    display_name: str | None = None
    status: str = "needs_action"


@attrs.frozen(kw_only=True)
class Conferencing:
    """
    Where an event meets online.

    Attributes:
        provider_name: For example ``google_meet``.
        join_url: Unknown while it is being provided.
        ready_at: When it will be known; `None` once it is.
    """

    provider_name: str
    join_url: str | None = None
    ready_at: int | None = None


@attrs.define(kw_only=True, eq=False)
class Event:
    """
    An event in one calendar.

    Attributes:
        start: Seconds since the epoch. For a day without time zone: those of its
            midnight in UTC.
        end: The same; exclusive.
        all_day: Whether it takes up whole days rather than moments.
        owner: The client id of the application that manages it; `None` for one that
            somebody made in their calendar.
        event_id: The owner's own id of it.
        participation_status: What the calendar's own account replied.
        invited: Whether the account was invited by somebody else, so that it can reply.
        subscriptions: Callbacks that tell of what happens to it.
        subscriber: The application that they are for.
        recurrence: How it recurs.
        followers: The further occurrences of an event that recurs.
    """

    uid: str
    calendar: Calendar
    summary: str
    start: int
    end: int
    all_day: bool = False
    start_tzid: str | None = None
    end_tzid: str | None = None
    owner: str | None = None
    event_id: str | None = None
    description: str = ""
    location: str | None = None
    lat: str | None = None
    long: str | None = None
    url: str | None = None
    transparency: str = "opaque"
    extended_transparency: str | None = None
    status: str = "confirmed"
    participation_status: str = "accepted"
    invited: bool = False
    attendees: tuple[Attendee, ...] = ()
    organizer: Attendee | None = None
    categories: tuple[str, ...] = ()
    recurring: bool = False
    series: str | None = None
    private: bool = False
    conferencing: Conferencing | None = None
    google_event_id: str | None = None
    tags: tuple[str, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    subscriber: Application | None = None
    recurrence: tuple[RecurrenceRule, ...] = ()
    followers: list[Event] = attrs.field(factory=list, repr=False)
    deleted: bool = False
    created: int = 0
    updated: int = 0
    kept: dict[str, Any] = attrs.field(factory=dict)
    """Parameters that are stored but in no answer, such as reminders and colour."""
    version: int = attrs.field(default=0, metadata=DERIVED)
    """Counts its changes, for those who keep something of it for a while."""
    plan: int | None = None
    """The moments that subscribers are told at; another plan takes the place of this one."""
    when_moved: dict[str, Act] = attrs.field(factory=dict, repr=False)
    """What has to follow the event to another time, by who follows it."""
    places: tuple[tuple[int, int, bool], ...] = attrs.field(factory=tuple, repr=False)
    """Where it was before it was moved: starts, ends, and whether these are whole days."""

    @property
    def managed(self) -> bool:
        """Whether an application made it."""
        return self.owner is not None

    @property
    def free(self) -> bool:
        """Whether it leaves its time free: it is transparent, called off or declined."""
        return (
            self.transparency == "transparent"
            or self.status == "cancelled"
            or self.participation_status == "declined"
        )

    @property
    def kind(self) -> Kind:
        """What it is now, of the things that reads choose by."""
        return Kind(self.owner, self.all_day, self.deleted, self.free)


class Kind(NamedTuple):
    """What reads choose events by, besides their time."""

    owner: str | None
    all_day: bool
    deleted: bool
    free: bool


@attrs.frozen(kw_only=True)
class Window:
    """
    A stretch of time that events are asked for.

    All-day events have no zone of their own, so their days are compared with the
    days that the window covers in the zone of whoever asks.

    Attributes:
        start: Events ending at or after this moment; `None`: all earlier ones too.
        end: Events starting before this moment; `None`: all later ones too.
        first_day: The same for all-day events, as the UTC midnight of the first day.
        last_day: The UTC midnight of the day after the last one.
    """

    start: int | None = None
    end: int | None = None
    first_day: int | None = None
    last_day: int | None = None

    def holds(self, event: Event) -> bool:
        """Whether an event lies in this window."""
        return self.covers(event.start, event.end, all_day=event.all_day)

    def covers(self, start: int, end: int, *, all_day: bool) -> bool:
        """Whether a stretch of time lies in this window, be it only in part."""
        if all_day:
            # The end of an all-day event is the day after its last one.
            return (self.first_day is None or end > self.first_day) and (
                self.last_day is None or start < self.last_day
            )
        return (self.start is None or end >= self.start) and (self.end is None or start < self.end)


class EventBook:
    """
    The events of one calendar, deleted ones included, found by what is asked for.

    Every change goes through `add` and `change`, which keep the indexes true.

    Attributes:
        entered: Called with each new event.
    """

    __slots__ = ("_by_id", "_by_uid", "_changes", "_moved", "_owned", "_spans", "entered")

    def __init__(self) -> None:
        self._by_uid: dict[str, Event] = {}
        self._by_id: dict[tuple[str, str], Event] = {}
        self._owned: dict[str, list[Event]] = {}
        self._spans: dict[Kind, SpanIndex] = {}
        self._moved: dict[str, Event] = {}
        self._changes: Ordered[tuple[int, str]] = Ordered()
        self.entered: Callable[[Event], object] | None = None

    def __len__(self) -> int:
        return len(self._by_uid)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._by_uid.values())

    def get(self, uid: str) -> Event | None:
        """The event of this uid."""
        return self._by_uid.get(uid)

    def managed(self, owner: str, event_id: str) -> Event | None:
        """The event that an application knows by its own id."""
        return self._by_id.get((owner, event_id))

    def add(self, event: Event, now: int) -> Event:
        """Enter a new event."""
        event.created = event.created or now
        event.updated = event.updated or now
        self._enter(event)
        self._index(event, event.kind)
        self._changes.add((event.updated, event.uid))
        if self.entered is not None:
            self.entered(event)
        return event

    def take_in(self, events: Sequence[Event]) -> None:
        """Enter many new events, with their stamps, into an empty book."""
        self.fill(events)
        if self.entered is not None:
            for event in events:
                self.entered(event)

    def fill(self, events: Iterable[Event]) -> None:
        """Enter events as they are, in the order in which they came, into an empty book."""
        spans: dict[Kind, list[tuple[int, int, str]]] = {}
        for event in events:
            self._enter(event)
            if event.places:
                self._moved[event.uid] = event
            spans.setdefault(event.kind, []).append((event.start, event.end, event.uid))
        for kind, entries in spans.items():
            self._spans[kind] = SpanIndex()
            self._spans[kind].fill(entries)
        self._changes.fill((event.updated, event.uid) for event in self)

    def _enter(self, event: Event) -> None:
        self._by_uid[event.uid] = event
        if event.owner is not None:
            self._owned.setdefault(event.owner, []).append(event)
            if event.event_id is not None:
                # Further occurrences of an event that recurs bear its id too.
                self._by_id.setdefault((event.owner, event.event_id), event)

    def change(self, event: Event, now: int, **changes: Any) -> Event:
        """Give an event of this book new values."""
        kind, before = event.kind, (event.start, event.end, event.all_day)
        for name, value in changes.items():
            setattr(event, name, value)
        moved, after = before != (event.start, event.end, event.all_day), event.kind
        if moved or kind != after:
            self._spans[kind].remove(before[0], before[1], event.uid)
            self._index(event, after)
        if moved:
            event.places += (before,)
            self._moved[event.uid] = event
        self._changes.remove((event.updated, event.uid))
        self._changes.add((now, event.uid))
        event.updated = now
        event.version += 1
        return event

    def _index(self, event: Event, kind: Kind) -> None:
        index = self._spans.get(kind)
        if index is None:
            index = self._spans[kind] = SpanIndex()
        index.add(event.start, event.end, event.uid)

    def touching(self, window: Window) -> Iterator[Event]:
        """Every event in a window."""
        # A day can begin up to fourteen hours away from its UTC midnight.
        start = None if window.start is None else window.start - DAY
        end = None if window.end is None else window.end + DAY
        for index in self._spans.values():
            for uid in index.touching(start, end):
                event = self._by_uid[uid]
                if window.holds(event):
                    yield event

    def search(self, window: Window, wanted: Callable[[Kind], bool]) -> Iterator[list[list[Entry]]]:
        """
        Every event of some kinds in a window, without a look at each.

        Returns:
            Some lists of parts; in each of them parts and entries ascend. Later changes
            of the book do not touch them.
        """
        for kind, index in self._spans.items():
            if not wanted(kind):
                continue
            bounds = window.first_day, window.last_day
            # A day that starts where the window does is not sure to last into it.
            start, end = (
                (None if bounds[0] is None else bounds[0] + 1, bounds[1])
                if kind.all_day
                else (window.start, window.end)
            )
            for found in index.search(start, end):
                early = [each for each in found.early if window.holds(self._by_uid[each[1]])]
                yield [early, *found.inside]

    def changed_since(self, moment: int) -> Iterator[Event]:
        """Every event changed at or after a moment."""
        for part in self._changes.between((moment,), None):
            for _, uid in part:
                yield self._by_uid[uid]

    def owned_by(self, owner: str) -> Iterator[Event]:
        """Every event that an application manages."""
        return iter(self._owned.get(owner, ()))

    def moved(self) -> Iterator[Event]:
        """Every event that was moved."""
        return iter(self._moved.values())

    def was_in(self, event: Event, window: Window) -> bool:
        """Whether an event of this book was in a window before it was moved."""
        return any(
            window.covers(start, end, all_day=all_day) for start, end, all_day in event.places
        )


def in_order(events: Iterable[Event]) -> list[Entry]:
    """The entries of events of one calendar, in ascending order."""
    return sorted((event.start, event.uid) for event in events)
