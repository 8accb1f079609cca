"""A whole world as rows, and a world from such rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from ..choices import Choices
from ..clock import Clock
from ..ids import Ids, Seeded
from ..state.accounts import Calendar
from ..state.events import Event
from ..world import World
from .shapes import ORIGIN, find, is_thing, name_of
from .values import bare, begin, dump, fields_of, load, read, write

__all__ = (
    "Entry",
    "Numbers",
    "Place",
    "Row",
    "Rows",
    "freeze",
    "places",
    "resume",
    "settings",
    "thaw",
    "time_of",
)

Row: TypeAlias = tuple[int, str, str]
"""A thing: its number, its class and its fields."""

Entry: TypeAlias = tuple[str, str, str]
"""What stands under a key in a place of the world; the key of a place without keys is empty."""

_SERVICES: Final = (Clock, Ids, Choices)
_PACKAGE: Final = __name__.rsplit(".", 2)[0]
_CLOCK: Final = "clock"
_RANDOM: Final = "ids"
_CHOICES: Final = "choices"


@attrs.frozen
class Rows:
    """
    A world.

    Attributes:
        things: Whatever has an identity, by number.
        entries: Where in the world they are found, in the order of each place.
    """

    things: Iterable[Row]
    entries: Iterable[Entry]


@attrs.frozen
class Place:
    """An attribute of the world or of one of its parts that is kept."""

    name: str
    holder: object
    attribute: str

    @property
    def value(self) -> Any:
        """What stands there."""
        return getattr(self.holder, self.attribute)


def places(world: World) -> Iterator[Place]:
    """Everything that is kept: whatever a world or a part of it has that is not derived."""
    for name, value in vars(world).items():
        if isinstance(value, _SERVICES) or name in World.DERIVED:
            continue
        cls = type(value)
        if isinstance(value, dict) or not cls.__module__.startswith(_PACKAGE):
            yield Place(name, world, name)
            continue
        own = [each.name for each in attrs.fields(cls)] if attrs.has(cls) else list(vars(value))
        for attribute in own:
            inner = getattr(value, attribute)
            derived: frozenset[str] = getattr(cls, "DERIVED", frozenset())
            if not (attribute in derived or isinstance(inner, _SERVICES) or callable(inner)):
                yield Place(f"{name}.{attribute}", value, attribute)


class Numbers:
    """Gives each thing a number, and knows which of them are still to be written."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._waiting: list[object] = []
        self._last = 0

    def of(self, thing: object) -> int:
        """The number of a thing."""
        number = self._known(thing)
        if number is not None:
            return number
        if isinstance(thing, Event):
            # A book's order is that of its events' numbers: they get theirs together.
            self.of(thing.calendar)
            number = self._known(thing)
            if number is not None:
                return number
        number = self._enter(thing)
        if isinstance(thing, Calendar):
            for event in thing.events:
                if self._known(event) is None:
                    self._enter(event)
        return number

    def rows(self) -> Iterator[Row]:
        """Whatever is to be written, with whatever that refers to."""
        while self._waiting:
            yield self._row(self._waiting.pop())

    def _row(self, thing: object) -> Row:
        cls = type(thing)
        name = name_of(cls.__dict__.get(ORIGIN, cls))
        return self.of(thing), name, dump(fields_of(thing, self.of))

    def _known(self, thing: object) -> int | None:
        return self._numbers.get(id(thing))

    def _enter(self, thing: object) -> int:
        self._last += 1
        self._numbers[id(thing)] = self._last
        self._waiting.append(thing)
        return self._last


def time_of(world: World) -> Entry:
    """What the clock of a world shows."""
    return _CLOCK, "time", dump(world.clock.time())


def settings(world: World) -> list[Entry]:
    """How far its clock was moved, which dials were turned, where its randomness stands."""
    random = world.ids.random
    found = [
        (_CLOCK, "ahead", dump(world.clock.ahead)),
        (_CHOICES, "turned", dump(write(world.turned(), _no_number))),
    ]
    if isinstance(random, Seeded):
        found += [(_RANDOM, "seed", dump(random.number))]
        found += [(_RANDOM, "position", dump(random.position))]
    return found


def _no_number(thing: object) -> int:
    raise TypeError(f"a {type(thing).__name__} is no choice")


def freeze(world: World) -> Rows:
    """Write a world."""
    numbers, entries = Numbers(), [time_of(world), *settings(world)]
    for place in places(world):
        value = place.value
        keyed: Any = value if isinstance(value, dict) else {"": value}
        for key, each in keyed.items():
            text = dump(write(key, numbers.of)) if keyed is value else ""
            entries.append((place.name, text, dump(write(each, numbers.of))))
    return Rows(sorted(numbers.rows()), entries)


def thaw(rows: Rows, world: World, *, clock: bool = False) -> dict[int, object]:
    """
    Put what was written into a new world; `resume` makes it go on.

    Args:
        rows: What was written.
        world: A new world.
        clock: Whether its clock goes on where that of *rows* was moved to; otherwise it
            is left as it is.

    Returns:
        The things by their numbers.

    Raises:
        Exception: The rows are not those of a world; of many kinds.
    """
    things: dict[int, object] = {}
    for number, name, _ in rows.things:
        cls = find(name)
        if not is_thing(cls):
            raise ValueError(f"{name} is no thing")
        things[number] = bare(cls)
    books: dict[Calendar, list[Event]] = defaultdict(list)
    for number, _, text in rows.things:
        thing = things[number]
        begin(thing, load(text), things.__getitem__)
        if isinstance(thing, Event):
            books[thing.calendar].append(thing)
    for calendar, events in books.items():
        calendar.events.fill(events)
    found = _furnish(rows.entries, world, things)
    if clock:
        world.clock.resume(float(found["clock.ahead"]), float(found["clock.time"]))
    return things


def _furnish(entries: Iterable[Entry], world: World, things: dict[int, object]) -> dict[str, Any]:
    known = {place.name: place for place in places(world)}
    for place in known.values():
        if isinstance(place.value, dict):
            place.value.clear()
    found: dict[str, Any] = {}
    for name, key, text in entries:
        if name in (_CLOCK, _RANDOM, _CHOICES):
            found[f"{name}.{key}"] = load(text)
            continue
        place = known[name]
        value = read(load(text), things.__getitem__)
        if isinstance(place.value, dict):
            place.value[read(load(key), things.__getitem__)] = value
        else:
            setattr(place.holder, place.attribute, value)
    if f"{_RANDOM}.seed" in found:
        world.ids.use(Seeded(int(found[f"{_RANDOM}.seed"]), int(found[f"{_RANDOM}.position"])))
    world.turn(read(found[f"{_CHOICES}.turned"], things.__getitem__))
    if not world.applications:
        raise ValueError("there is no application in it")
    return found


def resume(world: World) -> None:
    """
    Have a world that was put back go on: what it does for that is a change like any other.

    Raises:
        ValueError: Something is to happen in it that is unknown.
    """
    world.agenda.resume()
    world.outbox.resume()
