"""
Which code stands behind a function: itself, and all of its package that it leads to.

Only the syntax is looked at. A name leads to the function, class or constant that is
called so or imported under it; ``a.b.method`` to the method of the class that some
instance attribute ``b`` is known to have. What is reached in other ways is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs

__all__ = ("Code",)

Place = tuple[str, str]
"""A module, and the name in it: ``function``, ``CONSTANT``, ``Class`` or ``Class.method``."""


@attrs.frozen
class Piece:
    """
    One definition.

    Attributes:
        text: Its source with the comments in front of it.
        node: What was defined.
        owner: The class that it is a method of.
    """

    text: str
    node: ast.AST
    owner: str | None = None


class Code:
    """
    The source of a package.

    Args:
        package: Its name; it is not imported.
    """

    def __init__(self, package: str) -> None:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        self._package = package
        self._pieces: dict[Place, Piece] = {}
        self._imports: dict[Place, Place] = {}
        self._attributes: dict[str, Place] = {}
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            module = ".".join((package, *(part for part in parts if part != "__init__")))
            self._read(module, path, is_package=path.name == "__init__.py")
        for (module, _), piece in list(self._pieces.items()):
            self._learn_attributes(module, piece)

    def text_behind(self, *functions: Callable[..., Any]) -> str:
        """The source of functions and of all that they lead to."""
        seen: set[Place] = set()
        waiting = [(each.__module__, each.__qualname__) for each in functions]
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting += self._next(place)
        return "\n".join(self._pieces[place].text for place in sorted(seen))

    # Reading -------------------------------------------------------------------------

    def _read(self, module: str, path: Path, *, is_package: bool) -> None:
        source = path.read_text(encoding="utf-8")
        tree, lines = ast.parse(source), source.splitlines()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                steps = module.split(".")
                base = steps[: len(steps) - node.level + is_package]
                origin = ".".join([*base, *filter(None, [node.module])])
                for alias in node.names:
                    self._imports[module, alias.asname or alias.name] = origin, alias.name
        self._define(module, tree.body, lines, 0)

    def _define(
        self,
        module: str,
        body: list[ast.stmt],
        lines: list[str],
        after: int,
        owner: str | None = None,
    ) -> None:
        for node in body:
            assert node.end_lineno is not None
            text = "\n".join(lines[after : node.end_lineno])
            after = node.end_lineno
            prefix = f"{owner}." if owner else ""
            for name in _names(node):
                self._pieces[module, prefix + name] = Piece(text, node, owner)
            if isinstance(node, ast.ClassDef) and owner is None:
                self._define(module, node.body, lines, node.lineno, node.name)

    def _learn_attributes(self, module: str, piece: Piece) -> None:
        """Note which class an attribute has, by ``self.b = Class(...)`` and ``b: Class``."""
        for node in ast.walk(piece.node):
            named: ast.expr | None = None
            target: ast.AST = node
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                named, target = node.value.func, node.targets[0]
            elif isinstance(node, ast.AnnAssign):
                named, target = node.annotation, node.target
            elif isinstance(node, ast.arg):
                named = node.annotation
            name = getattr(target, "attr", getattr(target, "id", getattr(target, "arg", None)))
            if name is None or not isinstance(named, ast.Name):
                continue
            found = self._resolve(module, named.id)
            # What is called by nothing but an underscore says nothing.
            if name.strip("_") and found is not None and self._is_class(found):
                self._attributes.setdefault(name.lstrip("_"), found)

    # Following -----------------------------------------------------------------------

    def _next(self, place: Place) -> Iterator[Place]:
        module, name = place
        piece = self._pieces[place]
        if self._is_class(place):
            yield from (
                each
                for each in self._pieces
                if each[0] == module and each[1].startswith(f"{name}.")
            )
            return
        for node in _used(piece.node):
            found = None
            if isinstance(node, ast.Name):
                found = self._resolve(module, node.id)
                # A class that is only asked about is not carried out.
                if found is not None and self._is_class(found):
                    continue
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found = self._resolve(module, node.func.id)
            elif isinstance(node, ast.Attribute):
                found = self._method(module, piece, node)
            if found is not None:
                yield found

    def _method(self, module: str, piece: Piece, node: ast.Attribute) -> Place | None:
        holder = getattr(node.value, "id", getattr(node.value, "attr", ""))
        if holder == "self" and piece.owner is not None:
            place: Place | None = (module, piece.owner)
        else:
            place = self._attributes.get(holder.lstrip("_"))
        if place is None:
            return None
        found = place[0], f"{place[1]}.{node.attr}"
        return found if found in self._pieces else None

    def _is_class(self, place: Place) -> bool:
        return isinstance(self._pieces[place].node, ast.ClassDef)

    def _resolve(self, module: str, name: str) -> Place | None:
        place = module, name
        while place not in self._pieces:
            further = self._imports.get(place)
            if further is None:
                return None
            place = further
        return place


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (each.id for each in node.targets if isinstance(each, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _used(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions of a definition, without its annotations."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield each
                yield from _used(each)
