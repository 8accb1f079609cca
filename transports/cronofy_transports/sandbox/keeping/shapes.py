"""
The classes that the state of a world is made of.

A file may come from a stranger, so a name in it leads to nothing but an attrs class or
an enum of the modules listed here, and filling one runs no code of that class.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any, Final

import attrs

__all__ = ("ORIGIN", "Shape", "find", "is_thing", "name_of", "shape_of")

_SANDBOX: Final = __name__.rsplit(".", 2)[0]
_DECLARED: Final = "cronofy_async"

# The beginnings of the names of modules, and the package that each is in.
_MODULES: Final = {
    "agenda.": _SANDBOX,
    "handlers.rows.": _SANDBOX,
    "push.": _SANDBOX,
    "state.": _SANDBOX,
    "core.unset.": _DECLARED,
    "models.": _DECLARED,
    "operations.": _DECLARED,
}
_NAME: Final = re.compile(r"[a-z_]+(\.[a-z_]+)*\.[A-Za-z_]+", re.ASCII)
_ACT: Final = "agenda.Act"

ORIGIN: Final = "_origin"
"""The attribute of a class made by `recorder` that holds the one it was made of."""


@attrs.frozen
class Shape:
    """
    What is kept of the things of one class.

    Attributes:
        name: The name of the class.
        names: The names of the fields that are kept.
        defaults: Their defaults, in the same order.
        values: Gives their values, in the same order.
        made: The names and factories of all fields that are made anew each time.
    """

    name: str
    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    values: Callable[[Any], tuple[Any, ...]]
    made: dict[str, Callable[[], Any]]


@cache
def shape_of(cls: type) -> Shape:
    """What is kept of the things of an attrs class."""
    kept: dict[str, Any] = {}
    made: dict[str, Callable[[], Any]] = {}
    for field in attrs.fields(cls):
        default: Any = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a class at run time
            made[field.name] = default.factory
            default = default.factory()
        if not field.metadata.get("derived"):
            kept[field.name] = default
    names = tuple(kept)
    # Of a single name it gives no tuple.
    one = attrgetter(names[0]) if names else None
    values = attrgetter(*names) if len(names) > 1 else (lambda thing: (one(thing),) if one else ())
    return Shape(name_of(cls), names, tuple(kept.values()), values, made)


def is_thing(cls: type) -> bool:
    """Whether what is of this class has an identity, rather than being a value."""
    return attrs.has(cls) and cls.__eq__ is object.__eq__


def name_of(cls: type) -> str:
    """
    The name by which a class is found again.

    Raises:
        TypeError: What is of this class is no part of a world.
    """
    for beginning, package in _MODULES.items():
        name = f"{cls.__module__}.{cls.__qualname__}".removeprefix(f"{package}.")
        if name.startswith(beginning):
            return name
    raise TypeError(f"a {cls.__qualname__} cannot be kept: a world holds plain data only")


@cache
def find(name: str) -> type:
    """
    The class of this name.

    Raises:
        ValueError: It is none of those that a world is made of.
    """
    package = next((each for start, each in _MODULES.items() if name.startswith(start)), None)
    if package is None or not _NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is no class of the sandbox's")
    module, _, own = name.rpartition(".")
    found = vars(import_module(f"{package}.{module}")).get(own)
    if (
        not isinstance(found, type)
        # A module's names are also those of what it imports.
        or found.__module__ != f"{package}.{module}"
        or not (attrs.has(found) or issubclass(found, Enum))
    ):
        raise ValueError(f"{name!r} is no class of the sandbox's")
    if name == _ACT:
        # An act finds its function by name, so that has to be registered.
        from .. import handlers

        handlers.load()
    return found
