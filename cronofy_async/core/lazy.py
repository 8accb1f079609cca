"""Modules that are loaded when a name of theirs is first used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

__all__ = ("exports", "module")


class _LazyModule:
    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def module(name: str) -> Any:
    """A stand-in for a module that is imported at its first attribute."""
    return _LazyModule(name)


def exports(package: str, modules: Sequence[str]) -> tuple[Callable[[str], Any], Callable[[], Any]]:
    """
    Make a package's ``__getattr__`` and ``__dir__`` hand out its modules' public names.

    The names are the modules' own ``__all__``, so no name is listed twice. A
    module is loaded only when a name is asked for that no earlier one has.
    """

    def load(name: str) -> Any:
        return import_module(f"{package}.{name}")

    def getattr_(name: str) -> Any:
        if name in modules:
            return load(name)
        if not name.startswith("_"):
            for candidate in modules:
                found = load(candidate)
                if name in found.__all__:
                    return getattr(found, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def dir_() -> list[str]:
        return sorted({*modules, *(name for each in modules for name in load(each).__all__)})

    return getattr_, dir_
