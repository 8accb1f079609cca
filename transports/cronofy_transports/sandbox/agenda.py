"""
What is to happen later, as plain data.

An act is the name of a registered function and what it is to be done to. A function
that was made on the spot would be lost with the process; a name is found again by the
next one, and by a world that was restored.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeAlias

import attrs

if TYPE_CHECKING:
    from .world import World

__all__ = ("Act", "Agenda", "Function", "act")

P = ParamSpec("P")

Function: TypeAlias = "Callable[Concatenate[World, int, P], None]"
"""Gets the world, the moment that had come, and what it is to be done to."""

_FUNCTIONS: dict[str, Callable[..., None]] = {}


def act(function: Function[P]) -> Function[P]:
    """Register a function of a module as something that can be done later."""
    _FUNCTIONS[_name(function)] = function
    return function


def _name(function: Callable[..., None]) -> str:
    # What is built in has no module.
    module = (function.__module__ or "").rpartition(".")[2]
    return f"{module}.{function.__name__.lstrip('_')}"


@attrs.frozen
class Act:
    """
    Something that can be done later.

    Attributes:
        name: That of the function, after the module that it stands in.
        arguments: What it is done to, after the world and the moment.
    """

    name: str
    arguments: tuple[Any, ...]

    @classmethod
    def of(cls, function: Function[P], *arguments: P.args, **nothing: P.kwargs) -> Act:
        """
        The calling of a function with these arguments.

        Raises:
            TypeError: It is not registered, or an argument is given by name.
        """
        name = _name(function)
        if _FUNCTIONS.get(name) is not function or nothing:
            raise TypeError(f"{name} must be registered with @act and called by position")
        return cls(name, arguments)

    @property
    def is_known(self) -> bool:
        """Whether there is a function of this name."""
        return self.name in _FUNCTIONS

    def __call__(self, world: World, moment: int) -> None:
        """Do it, as at a moment that has come."""
        _FUNCTIONS[self.name](world, moment, *self.arguments)


class Agenda:
    """What is to happen, in the order of its moments."""

    DERIVED: ClassVar = frozenset({"_queue"})

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, Act]] = {}
        self._queue: list[tuple[int, int]] = []
        self._last = 0
        self._plans = 0

    def __bool__(self) -> bool:
        return bool(self._open)

    def enter(self, moment: int, what: Act) -> None:
        """Have something done at a moment; of one moment, what was entered first comes first."""
        self._last += 1
        self._open[self._last] = moment, what
        heappush(self._queue, (moment, self._last))

    def next_moment(self) -> int | None:
        """When the next thing happens; `None` if nothing is to come."""
        return self._queue[0][0] if self._queue else None

    def take(self, now: int) -> tuple[int, Act] | None:
        """The next thing that was to happen by now, with its moment; it is taken out."""
        if not self._queue or self._queue[0][0] > now:
            return None
        return self._open.pop(heappop(self._queue)[1])

    def new_plan(self) -> int:
        """A number for a plan, by which what belongs to an earlier plan is told apart."""
        self._plans += 1
        return self._plans

    def resume(self) -> None:
        """
        Work out what follows from what is to happen.

        Raises:
            ValueError: Something of it is unknown.
        """
        if not all(what.is_known for _, what in self._open.values()):
            raise ValueError("something is to happen that is unknown")
        self._queue = [(moment, number) for number, (moment, _) in self._open.items()]
        heapify(self._queue)
