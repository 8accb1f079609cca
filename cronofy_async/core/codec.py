"""
From Python values to JSON and back.

One cattrs converter is the converter of record for what is read strictly or
tolerantly; for answers, msgspec decodes bytes straight into the same attrs classes,
and what it refuses goes through the tolerant converter, so one odd entry never loses
a page.

Three rules map every field, and nothing else does:

- the wire's name is the field's name, without a trailing underscore (``from_``),
  unless the field says otherwise with `named`;
- a field that equals its default is not sent;
- a type with a form of its own on the wire is registered once, with `leaf`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, get_args

import attrs
import msgspec

from .bounds import may_exceed, read_json
from .errors import DecodeError, RequestParseError
from .fields import LEAVES, READERS, OpenEnum, formerly, leaf, named, wire_name
from .memo import memo
from .unset import UNSET

__all__ = (
    "OpenEnum",
    "decode",
    "decoder",
    "formerly",
    "is_within_bounds",
    "leaf",
    "load",
    "named",
    "structure",
    "unstructure",
    "wire_name",
)

T = TypeVar("T")

# The classes of most values: a look at the class is all that they need.
_PLAIN: Final = frozenset({type(None), bool, int, float, str})


# Writing ------------------------------------------------------------------------------


def unstructure(value: Any) -> Any:
    """
    Turn a value into what `json.dumps` takes; the value itself is not changed.

    Raises:
        TypeError: There is no JSON form for it.
    """
    # Not type(value): see core/twins.py.
    cls = value.__class__
    if cls in _PLAIN:
        return value
    if cls is tuple:
        return [unstructure(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, int, float)):
        return value
    written = _writer(cls)
    if written is not None:
        return written(value)
    if isinstance(value, Mapping):
        return {str(key): unstructure(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, (bytes, bytearray)):
        return [unstructure(item) for item in value]
    raise TypeError(f"there is no JSON form for {type(value).__name__}")


@memo
def _writer(cls: type) -> Callable[[Any], Any] | None:
    for base in cls.__mro__:
        if base in LEAVES:
            return LEAVES[base].write
    if not attrs.has(cls):
        return None
    fields = [(wire_name(field), field.name, _default(field)) for field in attrs.fields(cls)]

    def write(value: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, attribute, default in fields:
            item = getattr(value, attribute)
            if item is not default and item is not UNSET and not _same(item, default):
                result[name] = unstructure(item)
        return result

    return write


def _same(item: Any, default: Any) -> bool:
    # 0 == False and 1 == True, yet they are different things on the wire.
    return type(item) is type(default) and bool(item == default)


def _default(field: attrs.Attribute[Any]) -> Any:
    # Only a plain default can stand for "not sent"; [] made by a factory is sent.
    made = isinstance(field.default, attrs.Factory)  # type: ignore[arg-type]  # a class at run time
    return UNSET if made or field.default is attrs.NOTHING else field.default


# Reading ------------------------------------------------------------------------------


def structure(raw: Any, type_: Any, *, strict: bool = False) -> Any:
    """
    Turn a JSON value into a *type_*.

    Args:
        raw: What `json.loads` gave.
        type_: A class or annotation.
        strict: Refuse unknown keys and wrong types, with all complaints by field.

    Raises:
        RequestParseError: (strict) What is wrong, by field, as the service words it.
        DecodeError: (tolerant) A field without default cannot be read.
    """
    # Loaded here because cattrs costs more to import than the rest of the core.
    from .complaints import complaints
    from .converter import converter

    try:
        return converter(strict).structure(raw, type_)
    except Exception as error:
        found = complaints(error)
    # Here, where what was raised first is no context: its frames hold the answer.
    if strict:
        raise RequestParseError(found)
    # What is wrong as a whole has no path.
    places = ", ".join(filter(None, found))
    at = f" at {places}" if places else ""
    raise DecodeError(f"the answer cannot be read{at}", tuple(found))


def decode(body: bytes, type_: type[T] | Any) -> Any:
    """
    Read an answer's bytes as a *type_*, as fast as may be.

    Raises:
        DecodeError: The body is not JSON, or a field without default is unreadable.
    """
    fast = decoder(type_)
    if fast is not None and is_within_bounds(type_, body):
        try:
            return fast.decode(body)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            pass
    return structure(load(body), type_)


def load(body: bytes) -> Any:
    """
    Read bytes as JSON within bounds, with a byte-order mark passed over.

    Raises:
        DecodeError: They are not JSON, or beyond the bounds of `read_json`.
    """
    with suppress(ValueError):
        return read_json(body.removeprefix(b"\xef\xbb\xbf"))
    # Here, where what was raised first is no context: it quotes the answer.
    raise DecodeError("the answer is not JSON, or beyond what is read of it")


def is_within_bounds(type_: Any, body: bytes) -> bool:
    """Whether what a *type_* takes out of a body is certainly within the bounds of `load`."""
    return not (_is_open(type_, frozenset()) and may_exceed(body))


@cache
def _is_open(type_: Any, seen: frozenset[Any]) -> bool:
    """Whether a type has a place for an integer, or for anything."""
    if type_ in (int, Any, object):
        return True
    if isinstance(type_, type) and attrs.has(type_) and type_ not in seen:
        attrs.resolve_types(type_)
        return any(_is_open(field.type, seen | {type_}) for field in attrs.fields(type_))
    return any(_is_open(argument, seen) for argument in get_args(type_))


@memo
def decoder(type_: Any) -> msgspec.json.Decoder[Any] | None:
    """A decoder for types that msgspec can fill by name; `None` where names are mapped."""
    if _renames(type_, set()):
        return None
    return msgspec.json.Decoder(type_, dec_hook=_dec_hook)


def _dec_hook(type_: Any, raw: Any) -> Any:
    try:
        read = READERS[type_]
    except KeyError:
        raise TypeError(f"{type_} has no form on the wire") from None
    return read(raw)


def _renames(type_: Any, seen: set[Any]) -> bool:
    if isinstance(type_, type) and attrs.has(type_):
        if type_ in seen:
            return False
        seen.add(type_)
        attrs.resolve_types(type_)
        return any(
            wire_name(field) != field.name or _renames(field.type, seen)
            for field in attrs.fields(type_)
        )
    return any(_renames(argument, seen) for argument in get_args(type_))
