"""Modules that are loaded when a name of theirs is first used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import Any

__all__ = ("exports", "module")


class _LazyModule:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self._name), name)
        # From now on the name is found without this method.
        setattr(self, name, found)
        return found


def module(name: str) -> Any:
    """A stand-in for a module that is imported at its first attribute."""
    return _LazyModule(name)


def exports(
    package: str, modules: Sequence[str], public: Collection[str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """
    Make a package's ``__getattr__`` and ``__dir__`` hand out its modules' public names.

    Args:
        package: The package.
        modules: Its modules below, by dotted name. One is loaded only when a name is
            asked for that no earlier one has.
        public: Which names to hand out; left out: all that the modules' ``__all__`` list.
    """

    def load(name: str) -> Any:
        return import_module(f"{package}.{name}")

    def names(name: str) -> Sequence[str]:
        return getattr(load(name), "__all__", ())

    def getattr_(name: str) -> Any:
        if name in modules:
            return load(name)
        if not name.startswith("_") and (public is None or name in public):
            for candidate in modules:
                if name in names(candidate):
                    return getattr(load(candidate), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def dir_() -> list[str]:
        listed = public or {name for each in modules for name in names(each)}
        return sorted({*(each for each in modules if "." not in each), *listed})

    return getattr_, dir_
