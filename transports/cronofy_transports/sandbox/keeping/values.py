"""
Values as JSON and back, exactly: types, tuples and enums included.

Text, whole numbers, truth values and null stand for themselves. Everything else is an
array that begins with its kind: ``["tuple", 1, 2]``, ``["row", 7]`` for a thing that is
written elsewhere.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from cronofy_async.core.secret import Secret

from .shapes import ORIGIN, find, is_thing, name_of, shape_of

__all__ = ("Number", "Thing", "bare", "begin", "dump", "fields_of", "load", "read", "write")

Number: TypeAlias = Callable[[object], int]
"""Gives the number of a thing."""

Thing: TypeAlias = Callable[[int], object]
"""Gives the thing of a number."""

_PLAIN: Final = frozenset({str, int, bool, type(None)})

_set: Final = object.__setattr__

dump: Final[Callable[[Any], str]] = json.JSONEncoder(
    separators=(",", ":"), allow_nan=False, check_circular=False
).encode
"""From what `write` gives to text."""

load: Final[Callable[[str], Any]] = json.JSONDecoder().decode
"""And back."""


# Writing ------------------------------------------------------------------------------


def write(value: Any, number: Number) -> Any:
    """
    Turn a value into what JSON can hold.

    Raises:
        TypeError: It is no plain data.
    """
    cls: type = type(value)
    if cls in _PLAIN:
        return value
    writer = _WRITERS.get(cls)
    if writer is None:
        origin = cls.__dict__.get(ORIGIN)
        if origin is not None:
            return ["row", number(value)]
        writer = _WRITERS[cls] = _writer(cls)
    return writer(value, number)


def fields_of(thing: Any, number: Number) -> dict[str, Any]:
    """The fields of an attrs object that differ from their defaults, as JSON."""
    cls = type(thing)
    shape = shape_of(cls.__dict__.get(ORIGIN, cls))
    written: dict[str, Any] = {}
    for name, default, value in zip(shape.names, shape.defaults, shape.values(thing), strict=True):
        if value is default:
            continue
        cls = type(value)
        if cls in _PLAIN:
            if cls is not type(default) or value != default:
                written[name] = value
        # Whatever is made anew for each thing is empty.
        elif name not in shape.made or value or not isinstance(value, type(default)):
            written[name] = write(value, number)
    return written


def _writer(cls: type) -> Callable[[Any, Number], Any]:
    if issubclass(cls, Enum):
        name = name_of(cls)
        return lambda value, _: ["enum", name, value.value]
    for kind, writer in _KINDS.items():
        if issubclass(cls, kind):
            return writer
    if is_thing(cls):
        name_of(cls)
        return lambda value, number: ["row", number(value)]
    name = name_of(cls)
    return lambda value, number: ["value", name, fields_of(value, number)]


def _datetime(value: datetime, _: Number) -> list[Any]:
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo):
        return ["local", value.replace(tzinfo=None).isoformat(), zone.key, value.fold]
    return ["datetime", value.isoformat(), value.fold]


def _float(value: float, _: Number) -> list[Any]:
    if not math.isfinite(value):
        raise TypeError("a number that is not finite cannot be kept")
    return ["float", value]


def _tuple(value: tuple[Any, ...], number: Number) -> list[Any]:
    # A long answer is a hundred thousand tuples of what stands for itself.
    if _PLAIN.issuperset(map(type, value)):
        return ["tuple", *value]
    return ["tuple", *(write(each, number) for each in value)]


def _in_order(kind: str) -> Callable[[Any, Number], list[Any]]:
    return lambda value, number: [kind, *sorted((write(e, number) for e in value), key=dump)]


_KINDS: Final[dict[type, Callable[[Any, Number], Any]]] = {
    list: lambda value, number: ["list", *(write(each, number) for each in value)],
    tuple: _tuple,
    dict: lambda value, number: [
        "dict",
        *([write(key, number), write(each, number)] for key, each in value.items()),
    ],
    set: _in_order("set"),
    frozenset: _in_order("frozenset"),
    float: _float,
    bytes: lambda value, _: ["bytes", base64.b64encode(value).decode()],
    datetime: _datetime,
    date: lambda value, _: ["date", value.isoformat()],
    timedelta: lambda value, _: [
        "timedelta",
        *attrgetter("days", "seconds", "microseconds")(value),
    ],
    Secret: lambda value, _: ["secret", value.reveal()],
}
_WRITERS: Final[dict[type, Callable[[Any, Number], Any]]] = {}


# Reading ------------------------------------------------------------------------------


def read(raw: Any, thing: Thing) -> Any:
    """
    The inverse of `write`.

    Raises:
        ValueError: Nothing is written like this; so for other kinds of `Exception`.
    """
    if type(raw) in _PLAIN:
        return raw
    if not isinstance(raw, list):
        raise ValueError("a value is written in a way that is unknown")
    return _READERS[raw[0]](raw[1:], thing)


def bare(cls: type) -> Any:
    """An attrs object without fields, made without its constructor."""
    return object.__new__(cls)


def begin(target: Any, fields: dict[str, Any], thing: Thing) -> None:
    """
    Give a thing that is bare its fields, by its constructor: those of things only do that.

    Raises:
        TypeError: One is missing, or one is given that the class does not have.
    """
    cls: type = type(target)
    shape = shape_of(cls)
    if not shape.made.keys().isdisjoint(fields.keys() - set(shape.names)):
        raise TypeError(f"{shape.name} has fields that are not kept")
    given = {name: raw if type(raw) in _PLAIN else read(raw, thing) for name, raw in fields.items()}
    target.__init__(**given)


def _fill(target: Any, fields: dict[str, Any], thing: Thing) -> None:
    # A value keeps to rules of its own, which may have been others when it was made.
    cls: type = type(target)
    shape = shape_of(cls)
    if not fields.keys() <= set(shape.names):
        unknown = fields.keys() - set(shape.names)
        raise ValueError(f"{shape.name} has fields that are unknown: {', '.join(sorted(unknown))}")
    for name, default in zip(shape.names, shape.defaults, strict=True):
        if name in fields:
            _set(target, name, read(fields[name], thing))
        elif name not in shape.made:
            if default is attrs.NOTHING:
                raise ValueError(f"{shape.name} has no {name}")
            _set(target, name, default)
    for name in shape.made.keys() - fields.keys():
        _set(target, name, shape.made[name]())


def _value(raw: list[Any], thing: Thing) -> Any:
    name, fields = raw
    cls = find(name)
    # A thing stands in a row of its own, and an enum is made by its value.
    if not attrs.has(cls) or is_thing(cls):
        raise ValueError(f"{name} is no value")
    made = bare(cls)
    _fill(made, fields, thing)
    return made


def _enum(raw: list[Any], _: Thing) -> Any:
    name, value = raw
    cls = find(name)
    if not issubclass(cls, Enum):
        raise ValueError(f"{name} is no enum")
    return cls(value)


def _local(raw: list[Any], _: Thing) -> datetime:
    text, zone, fold = raw
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


_READERS: Final[dict[str, Callable[[list[Any], Thing], Any]]] = {
    "row": lambda raw, thing: thing(raw[0]),
    "list": lambda raw, thing: [read(each, thing) for each in raw],
    "tuple": lambda raw, thing: tuple(read(each, thing) for each in raw),
    "dict": lambda raw, thing: {read(key, thing): read(each, thing) for key, each in raw},
    "set": lambda raw, thing: {read(each, thing) for each in raw},
    "frozenset": lambda raw, thing: frozenset(read(each, thing) for each in raw),
    "float": lambda raw, _: float(raw[0]),
    "bytes": lambda raw, _: base64.b64decode(raw[0], validate=True),
    "datetime": lambda raw, _: datetime.fromisoformat(raw[0]).replace(fold=raw[1]),
    "local": _local,
    "date": lambda raw, _: date.fromisoformat(raw[0]),
    "timedelta": lambda raw, _: timedelta(*raw),
    "secret": lambda raw, _: Secret(raw[0]),
    "enum": _enum,
    "value": _value,
}
