"""
The one cattrs converter, in two tempers.

*Strict* refuses what the declaration does not name. *Tolerant* reads whatever a
living service may answer: unknown keys are passed over, and a field that cannot be
read falls back to its default. This module is loaded when it is first needed,
because cattrs costs more to import than the rest of the core.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from .complaints import complaints
from .fields import LEAVES, old_names, wire_name
from .unset import Unset

__all__ = ("converter",)

log: Final = logging.getLogger("cronofy_async")


@cache
def converter(strict: bool) -> Converter:
    """The one converter, strict or tolerant."""
    result = Converter(forbid_extra_keys=strict, detailed_validation=True)

    def structure_class(cls: Any) -> Callable[[Any, Any], Any]:
        attrs.resolve_types(cls)
        fields = attrs.fields(cls)
        names: dict[str, Any] = {
            field.name: override(rename=wire_name(field))
            for field in fields
            if wire_name(field) != field.name
        }
        read = make_dict_structure_fn(cls, result, _cattrs_forbid_extra_keys=strict, **names)
        renamed = old_names(cls)

        def read_object(raw: Any, _: Any) -> Any:
            if not isinstance(raw, Mapping):
                raise ValueError("must be an object")
            if not renamed.keys().isdisjoint(raw):
                old = {renamed[name]: raw[name] for name in renamed if name in raw}
                raw = {**old, **{name: raw[name] for name in raw if name not in renamed}}
            return read(raw, cls)

        return read_object if strict else _forgiving(cls, read_object)

    result.register_structure_hook_factory(attrs.has, structure_class)
    for cls in _JSON_NAMES:
        result.register_structure_hook(cls, _plain(cls, strict=strict))
    result.register_structure_hook_func(
        lambda t: t in LEAVES,
        lambda raw, t: LEAVES[t].read_strict(raw) if strict else LEAVES[t].read(raw),
    )
    result.register_structure_hook_func(lambda t: _origin(t) is Literal, _read_literal)
    result.register_structure_hook_func(_is_optional, lambda raw, t: _read_optional(result, raw, t))
    result.register_structure_hook_func(
        lambda t: _origin(t) in (list, Sequence, tuple),
        lambda raw, t: _read_list(result, raw, t),
    )
    result.register_structure_hook_func(
        lambda t: _origin(t) in (dict, Mapping),
        lambda raw, t: _read_mapping(result, raw, t),
    )
    return result


def _forgiving(cls: Any, read: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Drop the fields that cannot be read and have a default, and say so in the log."""
    optional = {wire_name(f) for f in attrs.fields(cls) if f.default is not attrs.NOTHING}

    def read_what_can_be_read(raw: Any, type_: Any) -> Any:
        try:
            return read(raw, type_)
        except Exception as error:
            bad = {path.partition(".")[0].partition("[")[0] for path in complaints(error)}
            if not isinstance(raw, Mapping) or not bad <= optional:
                raise
            log.warning(
                "%s: left out what cannot be read: %s", cls.__name__, ", ".join(sorted(bad))
            )
            return read({key: value for key, value in raw.items() if key not in bad}, type_)

    return read_what_can_be_read


_JSON_NAMES = {str: "a string", int: "an integer", bool: "a boolean", float: "a number"}


# Source: /developers/api/data-types/
_LARGEST: Final = 2**31 - 1


def _plain(cls: type, *, strict: bool) -> Callable[[Any, Any], Any]:
    # cattrs would call str(), int(), bool(): null would become "None" and "false" True.
    accepted = (int, float) if cls is float else cls
    description = f"must be {_JSON_NAMES[cls]}"

    bounded = strict and cls is int

    def read(raw: Any, type_: Any) -> Any:
        if not isinstance(raw, accepted) or (isinstance(raw, bool) and cls is not bool):
            raise ValueError(description)
        if isinstance(raw, int) and bounded and not -_LARGEST - 1 <= raw <= _LARGEST:
            raise ValueError("must be an integer of 32 bits")
        # Enums of strings come here too, as they are strings.
        return type_(raw) if issubclass(type_, Enum) else raw

    return read


def _read_literal(raw: Any, type_: Any) -> Any:
    known = get_args(type_)
    for value in known:
        if raw == value and type(raw) is type(value):
            return value
    raise ValueError(f"must be one of {', '.join(map(str, known))}")


def _is_optional(type_: Any) -> bool:
    return get_origin(type_) in (Union, UnionType)


def _read_optional(converter: Converter, raw: Any, type_: Any) -> Any:
    members = [each for each in get_args(type_) if each is not Unset]
    if raw is None:
        if type(None) in members:
            return None
        raise ValueError("must not be null")
    members = [each for each in members if each is not type(None)]
    if len(members) == 1:
        return converter.structure(raw, members[0])
    for member in members:
        if _fits(raw, member):
            return converter.structure(raw, member)
    raise ValueError("has a form that is not known here")


def _origin(type_: Any) -> Any:
    return get_origin(type_)


def _fits(raw: Any, member: Any) -> bool:
    """Choose among the members of a union by the shape of the JSON value."""
    if get_origin(member) is Annotated:
        member = get_args(member)[0]
    if get_origin(member) is Literal:
        return raw in get_args(member)
    if member in LEAVES:
        try:
            LEAVES[member].read(raw)
        except (ValueError, TypeError):
            return False
        return True
    if get_origin(member) in (list, Sequence, tuple):
        return isinstance(raw, list)
    if attrs.has(member) if isinstance(member, type) else False:
        keys = {wire_name(field) for field in attrs.fields(member)}
        return isinstance(raw, Mapping) and not raw.keys() - keys
    if get_origin(member) in (dict, Mapping):
        return isinstance(raw, Mapping)
    if isinstance(member, type) and issubclass(member, Enum):
        return isinstance(raw, str)
    return isinstance(member, type) and type(raw) is member


def _read_list(converter: Converter, raw: Any, type_: Any) -> Any:
    if not isinstance(raw, list):
        raise ValueError("must be a list")
    item_type = get_args(type_)[0]
    result: list[Any] = []
    errors: list[Exception] = []
    for index, item in enumerate(raw):
        try:
            result.append(converter.structure(item, item_type))
        except Exception as error:
            error.add_note(IterableValidationNote(f"item {index}", index, item_type))
            errors.append(error)
    if errors:
        # pyright takes the signature of the group for that of its subclass.
        group = cast("Any", IterableValidationError)
        raise group("a list that cannot be read", errors, type_)
    return tuple(result) if get_origin(type_) is tuple else result


def _read_mapping(converter: Converter, raw: Any, type_: Any) -> Any:
    if not isinstance(raw, Mapping):
        raise ValueError("must be an object")
    value_type = get_args(type_)[1] if get_args(type_) else Any
    return {str(key): converter.structure(value, value_type) for key, value in raw.items()}
