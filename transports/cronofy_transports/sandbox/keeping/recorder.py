"""
What has changed in a world since it was asked last.

Each thing gets a class that notes when it is changed, and each list, set and dict one
that does so too. Asking therefore costs what was changed, however large the world is.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import attrs

from ..state.accounts import Calendar
from ..world import World
from .rows import Entry, Numbers, Place, Row, places, settings, time_of
from .shapes import ORIGIN, shape_of
from .values import dump, write
from .watching import CONTAINERS, Map, Marks, watched, wrap

__all__ = ("Changes", "Recorder")

_set = object.__setattr__


@attrs.frozen(kw_only=True)
class Changes:
    """
    What is to be written, in this order.

    Attributes:
        whole: Whether everything is written anew, and nothing of before stays.
        gone_entries: Places and keys of what is there no more, or in another order.
        entries: What is new there.
        things: What is new in things; they are written while this is gone through.
        gone: The numbers of things that nobody has any more.
    """

    whole: bool
    gone_entries: list[tuple[str, str]]
    entries: list[Entry]
    things: Iterator[Row]
    gone: list[int]


class _Watch(weakref.ref[object]):
    """A thing that has a number, and is told of when nobody has it any more."""

    __slots__ = ("key", "number")

    key: int
    number: int


class Recorder(Numbers):
    """
    Watches a world.

    Args:
        world: The world.
        things: Its things by number, if it was read from where changes are written to;
            left out: the first changes are the whole of it.
    """

    def __init__(self, world: World, things: dict[int, object] | None = None) -> None:
        super().__init__()
        self.world = world
        self._whole = things is None
        self._watches: dict[int, _Watch] = {}
        self._marks = Marks()
        self._classes: dict[type, type] = {}
        self._dead: list[int] = []
        self._new: list[object] = []
        self._texts: dict[str, str] = {}
        self._maps: dict[str, Map] = {}
        self._places = list(places(world))
        for number, thing in (things or {}).items():
            self._watch(thing, number)
            self._wrap(thing)
            self._last = max(self._last, number)
        if things is not None:
            for place in self._places:
                if isinstance(place.value, dict):
                    self._map(place).changed.clear()
                else:
                    self._texts[place.name] = dump(write(place.value, self.of))
            list(self._settings())

    def changes(self) -> Changes | None:
        """What has changed since this was asked last; `None`: nothing."""
        entries: list[Entry] = []
        gone_entries: list[tuple[str, str]] = []
        new, self._new[:] = list(self._new), []
        for thing in new:
            self.of(thing)
        for place in self._places:
            value = place.value
            if isinstance(value, dict):
                self._of_map(place, entries, gone_entries)
                continue
            text = dump(write(value, self.of))
            if self._texts.get(place.name) != text:
                self._texts[place.name] = text
                entries.append((place.name, "", text))
        entries += self._settings()
        dead, self._dead[:] = list(self._dead), []
        whole, self._whole = self._whole, False
        if not (self._marks or self._waiting or entries or dead or gone_entries):
            return None
        entries.append(time_of(self.world))
        return Changes(
            whole=whole,
            gone_entries=gone_entries,
            entries=entries,
            things=self._things(),
            gone=dead,
        )

    def _settings(self) -> Iterator[Entry]:
        for name, key, text in settings(self.world):
            if self._texts.get(f"{name}.{key}") != text:
                self._texts[f"{name}.{key}"] = text
                yield name, key, text

    def _things(self) -> Iterator[Row]:
        # What is new is written in whole, so it needs not be written again as changed.
        for thing in self._waiting:
            self._marks.pop(id(thing), None)
        for key in list(self._marks):
            watch = self._watches.get(key)
            thing = None if watch is None else watch()
            if thing is not None:
                self._waiting.append(thing)
        self._marks.clear()
        while self._waiting:
            thing = self._waiting.pop()
            self._wrap(thing)
            yield self._row(thing)

    def _of_map(
        self, place: Place, entries: list[Entry], gone_entries: list[tuple[str, str]]
    ) -> None:
        value = place.value
        before = self._maps.get(place.name)
        known = before if before is not None and value is before else self._map(place)
        if before is not None and known is not before:
            gone_entries += [(place.name, dump(write(key, self.of))) for key in before]
        if not (known.changed or known.gone):
            return
        for key in known.gone:
            gone_entries.append((place.name, dump(write(key, self.of))))
        for key in list(known.changed):
            each = wrap(known[key], known.changed, key)
            dict.__setitem__(known, key, each)
            text = dump(write(key, self.of))
            entries.append((place.name, text, dump(write(each, self.of))))
        known.changed.clear()
        known.gone.clear()

    def _map(self, place: Place) -> Map:
        """Put a dict that notes its changes in the place of one that does not."""
        before: dict[Any, Any] = place.value
        made = Map(before)
        for key, each in before.items():
            dict.__setitem__(made, key, wrap(each, made.changed, key))
            made.changed.add(key)
        setattr(place.holder, place.attribute, made)
        self._maps[place.name] = made
        return made

    # Things --------------------------------------------------------------------------

    def _known(self, thing: object) -> int | None:
        watch = self._watches.get(id(thing))
        return None if watch is None else watch.number

    def _enter(self, thing: object) -> int:
        self._last += 1
        self._watch(thing, self._last)
        self._waiting.append(thing)
        return self._last

    def _watch(self, thing: object, number: int) -> None:
        watch = self._watches[id(thing)] = _Watch(thing, self._forget)
        watch.key, watch.number = id(thing), number
        cls = type(thing)
        cls = cls.__dict__.get(ORIGIN, cls)
        if cls not in self._classes:
            self._classes[cls] = watched(cls, self._marks)
        # Not all of them let themselves be changed, not even their class.
        _set(thing, "__class__", self._classes[cls])
        if isinstance(thing, Calendar):
            thing.events.entered = self._new.append

    def _wrap(self, thing: object) -> None:
        shape = shape_of(type(thing).__dict__[ORIGIN])
        for name, value in zip(shape.names, shape.values(thing), strict=True):
            if type(value) in CONTAINERS:
                made = wrap(value, self._marks, id(thing))
                if made is not value:
                    _set(thing, name, made)

    def _forget(self, watch: weakref.ref[object]) -> None:
        # At any moment, between any two lines of this module.
        assert isinstance(watch, _Watch)
        if self._watches.get(watch.key) is watch:
            del self._watches[watch.key]
            self._dead.append(watch.number)
