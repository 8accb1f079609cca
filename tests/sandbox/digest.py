"""What of a world can be observed, as one value: equal worlds, equal digests."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from random import Random
from typing import Any, Final

import attrs

from cronofy_transports.sandbox.clock import Clock
from cronofy_transports.sandbox.ids import Ids
from cronofy_transports.sandbox.world import World

__all__ = ("digest",)

_UNSEEN: Final = (Clock, Ids, Random)
_NOT_STATE: Final = {
    # Where it was reached last, what was written down already, and pages of past answers.
    "origin",
    "rows",
    "shelf",
}


def digest(world: World) -> Any:
    """Everything in a world but its clock and what is only kept to be quick."""
    return _seen(world, {})


def _seen(value: Any, met: dict[int, int]) -> Any:
    if value is None or isinstance(value, (str, int, float, bytes, Enum)):
        return value
    if isinstance(value, _UNSEEN) or callable(value):
        return type(value).__name__
    if id(value) in met:
        return f"#{met[id(value)]}"
    met[id(value)] = len(met)
    if isinstance(value, Mapping):
        # An empty shelf is as good as none.
        items = [(_seen(k, met), _seen(v, met)) for k, v in value.items()]
        return [each for each in items if each[1] not in ([], ("WorkingTime", []))]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value)) if _plain(value) else len(value)
    if isinstance(value, (list, tuple)):
        return [_seen(each, met) for each in value]
    return type(value).__name__, _members(value, met)


def _members(value: Any, met: dict[int, int]) -> list[Any]:
    names = [field.name for field in attrs.fields(type(value))] if attrs.has(type(value)) else []
    found = {name: getattr(value, name) for name in names} or dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        for name in getattr(cls, "__slots__", ()):
            if name != "__weakref__" and hasattr(value, name):
                found.setdefault(name, getattr(value, name))
    members = [(name, _seen(item, met)) for name, item in found.items() if name not in _NOT_STATE]
    return [each for each in members if each[1] not in ([], {})]


def _plain(values: Any) -> bool:
    return all(isinstance(each, (str, int, tuple)) for each in values)
