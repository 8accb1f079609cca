"""
Things and containers that say when they are changed.

They take the place of the state's own while a world is kept in a file: whoever changes
it needs not know, and a world that is in no file pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import wraps
from typing import Any, Final, Self

from .shapes import ORIGIN, shape_of

__all__ = ("CONTAINERS", "Map", "Marks", "watched", "wrap")


class Marks(dict[Any, None]):
    """What was changed, each once, in the order in which it was first."""

    __slots__ = ()

    def add(self, mark: Hashable) -> None:
        """Note a change."""
        self[mark] = None


class _List(list[Any]):
    __slots__ = ("mark", "marks")


class _Set(set[Any]):
    __slots__ = ("mark", "marks")


class _Dict(dict[Any, Any]):
    __slots__ = ("mark", "marks")


def _marking(method: Any) -> Any:
    @wraps(method)
    def marked(self: Any, *arguments: Any, **named: Any) -> Any:
        self.marks.add(self.mark)
        return method(self, *arguments, **named)

    return marked


_CHANGING: Final[dict[type, str]] = {
    _List: "__delitem__ __iadd__ __imul__ __setitem__ append clear extend insert pop remove "
    "reverse sort",
    _Set: "__iand__ __ior__ __isub__ __ixor__ add clear difference_update discard "
    "intersection_update pop remove symmetric_difference_update update",
    _Dict: "__delitem__ __ior__ __setitem__ clear pop popitem setdefault update",
}
for _class, _names in _CHANGING.items():
    for _name in _names.split():
        setattr(_class, _name, _marking(getattr(_class, _name)))

_KINDS: Final[dict[type, type]] = {list: _List, set: _Set, dict: _Dict}

CONTAINERS: Final = frozenset({*_KINDS, *_CHANGING})
"""What `wrap` may give back another one for."""


def wrap(value: Any, marks: Marks, mark: Hashable) -> Any:
    """
    A container that adds *mark* to *marks* when it or one in it is changed.

    Args:
        value: A list, set or dict. Anything else is given back as it is, and so is one
            that does this already.
        marks: Where changes are noted.
        mark: Whose they are.
    """
    cls: type = type(value)
    kind = _KINDS.get(cls)
    if kind is None:
        if cls not in _CHANGING:
            return value
        if value.marks is marks and value.mark == mark:
            kind = None
        else:
            # Another's: what is held in two places is kept in both.
            kind = cls
    made = value if kind is None else kind(value)
    if kind is not None:
        made.marks, made.mark = marks, mark
    if isinstance(made, dict):
        for key, each in made.items():
            inner = wrap(each, marks, mark)
            if inner is not each:
                # The key is there already, so the dict keeps its size.
                dict.__setitem__(made, key, inner)
    elif isinstance(made, list):
        for index, each in enumerate(made):
            inner = wrap(each, marks, mark)
            if inner is not each:
                list.__setitem__(made, index, inner)
    return made


class Map(dict[Any, Any]):
    """
    A dict of the world that knows which of its keys were changed.

    Attributes:
        changed: The keys whose values are new.
        gone: Those that were deleted, perhaps to be entered again at the end.
    """

    __slots__ = ("changed", "gone")

    def __init__(self, items: dict[Any, Any]) -> None:
        super().__init__(items)
        self.changed = Marks()
        self.gone: list[Any] = []

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.changed.add(key)

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        self._forget(key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As that of a dict."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """As that of a dict."""
        if key in self:
            self._forget(key)
        return super().pop(key, *default)

    def popitem(self) -> tuple[Any, Any]:
        """As that of a dict."""
        key, value = super().popitem()
        self._forget(key)
        return key, value

    def clear(self) -> None:
        """As that of a dict."""
        for key in self:
            self._forget(key)
        super().clear()

    def update(self, *arguments: Any, **named: Any) -> None:
        """As that of a dict."""
        for key, value in dict(*arguments, **named).items():
            self[key] = value

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc]  # as a dict's, for any
        self.update(other)
        return self

    def _forget(self, key: Any) -> None:
        self.changed.pop(key, None)
        self.gone.append(key)


def watched(cls: type, marks: Marks) -> type:
    """A class of the same shape whose things add their `id` to *marks* when they are changed."""
    set_: Any = cls.__setattr__
    names_kept = frozenset(shape_of(cls).names)

    def __setattr__(self: object, name: str, value: Any) -> None:  # noqa: N807  # it is that one
        if name in names_kept:
            marks.add(id(self))
        set_(self, name, value)

    names = {"__slots__": (), "__setattr__": __setattr__, ORIGIN: cls}
    names |= {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
    return type(cls)(cls.__name__, (cls,), names)
