"""Small changes of a module's source, one at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from types import CodeType
from typing import Any, Final

import attrs

__all__ = ("Mutant", "codes", "mutants")

_COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_REPLACED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@attrs.frozen
class Mutant:
    """
    A module with one change.

    Attributes:
        number: Its place among those of the module.
        line: Where the change is.
        what: The change in words.
        text: The line as it is.
        is_local: Whether it is in the body of a function alone, which can be exchanged while
            the module is in use.
        lines: The lines of which one must be run for the change to matter.
    """

    number: int
    line: int
    what: str
    text: str
    is_local: bool
    lines: tuple[int, ...]
    tree: ast.Module = attrs.field(repr=False)


Change = tuple[str, Callable[[Any], None]]


def _set(name: str, value: Any) -> Callable[[Any], None]:
    return lambda node: setattr(node, name, value)


def _of_expression(node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[operator]):
            for kind in _COMPARED[type(operator)]:
                what = f"{type(operator).__name__} -> {kind.__name__}"
                yield what, _set("ops", [kind()])
        case ast.BoolOp(op=ast.And()):
            yield "and -> or", _set("op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield "or -> and", _set("op", ast.And())
        case ast.BinOp(op=operator) if type(operator) in _REPLACED:
            new = _REPLACED[type(operator)]
            yield f"{type(operator).__name__} -> {new.__name__}", _set("op", new())
        case ast.UnaryOp(op=ast.Not()):
            yield "not x -> not not x", _set("operand", ast.UnaryOp(ast.Not(), node.operand))
        case ast.UnaryOp(op=ast.USub()):
            yield "-x -> +x", _set("op", ast.UAdd())
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", _set("value", not value)
        case ast.Constant(value=int() | float() as number):
            yield f"{number!r} -> {number + 1!r}", _set("value", number + 1)
        case ast.Constant(value=str() as text) if " " not in text:
            yield f"{text!r} -> 'XX{text}'", _set("value", f"XX{text}")
        case ast.Constant(value=bytes() as data):
            yield f"{data!r} -> b'XX'", _set("value", b"XX" + data)
        case ast.IfExp():
            yield "x if c else y -> y if c else x", _swapped
        case ast.Call(keywords=[_, *_]) if isinstance(node.func, (ast.Name, ast.Attribute)):
            for index, keyword in enumerate(node.keywords):
                if keyword.arg is not None and not isinstance(keyword.value, ast.Constant):
                    yield f"without {keyword.arg}=", _without("keywords", index)
        case _:
            return


def _swapped(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _without(name: str, index: int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        del getattr(node, name)[index]

    return change


def _of_statement(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.If() | ast.While() if not isinstance(node.test, (ast.Compare, ast.Constant)):
            negated = ast.UnaryOp(ast.Not(), node.test)
            yield "condition negated", _set("test", ast.copy_location(negated, node.test))
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "return None", _set("value", ast.copy_location(ast.Constant(None), value))
        case ast.Assign(value=value) if not (_is_none(value) or _is_typing(value)):
            yield "= None", _set("value", ast.copy_location(ast.Constant(None), value))
        case ast.AugAssign(op=operator) if type(operator) in _REPLACED:
            new = _REPLACED[type(operator)]
            yield f"{type(operator).__name__} -> {new.__name__}", _set("op", new())
        case ast.Expr(value=ast.Call() | ast.Await() as value):
            yield "call left out", _set("value", ast.copy_location(ast.Constant(None), value))
        case _:
            return


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node)
        if isinstance(node, (ast.Break, ast.Continue)):
            other = ast.Continue if isinstance(node, ast.Break) else ast.Break
            name = type(node).__name__.lower()
            yield f"{name} -> {other.__name__.lower()}", _turned(other)


def _turned(kind: type[ast.stmt]) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        node.__class__ = kind

    return change


def _places(tree: ast.Module) -> Iterator[tuple[list[Any], bool, ast.stmt]]:
    """Every node that may be changed: the way to it, whether it is in a body, its statement."""

    def walk(
        node: ast.AST, way: list[Any], is_local: bool, statement: ast.stmt | None
    ) -> Iterator[tuple[list[Any], bool, ast.stmt]]:
        if isinstance(node, ast.stmt):
            statement = node
        if statement is not None and not _is_passed_over(node):
            yield way, is_local, statement
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "bases", "decorator_list"):
                continue
            if _is_passed_over(node) and name not in ("body", "args"):
                continue
            function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            inside = is_local or (function and name == "body")
            children = value if isinstance(value, list) else [value]
            for index, child in enumerate(children):
                if isinstance(child, ast.AST) and not _is_words(child):
                    step = (name, index if isinstance(value, list) else None)
                    yield from walk(child, [*way, step], inside, statement)

    yield from walk(tree, [], False, None)


def _is_passed_over(node: ast.AST) -> bool:
    # What is typed, what is listed, and what cannot fail.
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.Assign):
        return any(
            isinstance(t, ast.Name) and t.id in ("__all__", "__slots__") for t in node.targets
        )
    return isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom)) or _is_typing(node)


def _is_typing(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("TypeVar", "cast")
    )


def _is_words(node: ast.AST) -> bool:
    """Whether it is a docstring, a text for people, or nothing but types."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.JoinedStr):
        return True
    return _is_typing(node) or isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom))


def _at(tree: ast.AST, way: list[Any]) -> Any:
    node: Any = tree
    for name, index in way:
        node = getattr(node, name)
        if index is not None:
            node = node[index]
    return node


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a module."""
    source = path.read_text()
    lines = source.splitlines()
    tree = ast.parse(source)
    outer = _outer_names(tree)
    found: list[Mutant] = []
    for way, is_local, statement in _places(tree):
        node = _at(tree, way)
        for number, (what, _) in enumerate(_changes(node)):
            changed = deepcopy(tree)
            target = _at(changed, way)
            list(_changes(target))[number][1](target)
            ast.fix_missing_locations(changed)
            end = max(_end(statement), node.lineno)
            found.append(
                Mutant(
                    number=len(found),
                    line=node.lineno,
                    what=what,
                    text=lines[node.lineno - 1].strip(),
                    # What a function has of those around it is settled when it is made.
                    is_local=is_local and _outer_names(changed) == outer,
                    lines=tuple(range(statement.lineno, end + 1)),
                    tree=changed,
                )
            )
    return found


def _end(statement: ast.stmt) -> int:
    """The last line of a statement; of one with a body, that of its head."""
    match statement:
        case (
            ast.If(test=head) | ast.While(test=head) | ast.For(iter=head) | ast.AsyncFor(iter=head)
        ):
            return head.end_lineno or head.lineno
        case ast.With(items=[*_, item]) | ast.AsyncWith(items=[*_, item]):
            return item.context_expr.end_lineno or statement.lineno
        case ast.Try() | ast.Match() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return statement.lineno
        case _:
            return statement.end_lineno or statement.lineno


def _outer_names(tree: ast.Module) -> dict[tuple[str, int], tuple[str, ...]]:
    """What each function has of those around it."""
    code = compile(tree, "", "exec", dont_inherit=True)
    return {(each.co_qualname, each.co_firstlineno): each.co_freevars for each in codes(code)}


def codes(code: CodeType) -> Iterator[CodeType]:
    """The code of every function in a module, at any depth."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from codes(each)
