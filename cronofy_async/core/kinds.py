"""
Whether a parameter is of the kind that its annotation says.

Type checkers see this first; whoever does not run one gets a sentence instead of a
refusal by the service, or an `AttributeError` from somewhere within.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import attrs

from .errors import InvalidArgumentError
from .fields import LEAVES
from .memo import memo
from .unset import Unset

__all__ = ("check_kinds",)

_SPOKEN: Mapping[type, str] = {
    str: "text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    tuple: "a list",
    list: "a list",
    dict: "a mapping",
}


def check_kinds(value: Any) -> None:
    """
    Check every field of an attrs object whose kind can be told at a glance.

    Raises:
        InvalidArgumentError: A field holds something else; names the field.
    """
    for name, kinds, spoken in _checks(type(value)):
        given = getattr(value, name)
        fits = isinstance(given, kinds)
        if fits and isinstance(given, bool) and bool not in kinds:
            fits = False
        if not fits:
            raise InvalidArgumentError(name, f"is a {type(given).__name__}", f"give {spoken}")


@memo
def _checks(cls: Any) -> tuple[tuple[str, tuple[type, ...], str], ...]:
    attrs.resolve_types(cls)
    found: list[tuple[str, tuple[type, ...], str]] = []
    for field in attrs.fields(cls):
        members = get_args(field.type) if _is_union(field.type) else (field.type,)
        kinds = [_kind(member) for member in members]
        if None in kinds:
            continue
        known: list[type] = [kind for kind in kinds if kind is not None]
        spoken = [
            _SPOKEN.get(kind, f"a {kind.__name__}")
            for kind in known
            if kind not in (Unset, type(None))
        ]
        found.append((field.name, tuple(known), " or ".join(dict.fromkeys(spoken))))
    return tuple(found)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) is not None and type(annotation).__name__ in (
        "UnionType",
        "Union",
        "_UnionGenericAlias",
    )


def _kind(member: Any) -> type | None:
    """The class to check for; `None` where the annotation says more than a class can."""
    origin = get_origin(member)
    if origin is Literal:
        kinds = {type(each) for each in get_args(member)}
        return kinds.pop() if len(kinds) == 1 else None
    if origin in (tuple, list):
        return origin  # type: ignore[no-any-return]  # one of two classes
    if origin is not None or not isinstance(member, type) or member in LEAVES:
        return member if member in LEAVES and attrs.has(member) else None
    return (
        member if member in _SPOKEN or attrs.has(member) or member in (Unset, type(None)) else None
    )
