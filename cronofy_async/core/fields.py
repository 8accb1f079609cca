"""
What a field is called on the wire, and the types that have a form of their own there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs

from .memo import memo
from .secret import Secret

__all__ = ("LEAVES", "READERS", "OpenEnum", "formerly", "leaf", "named", "old_names", "wire_name")

_WIRE_NAME: Final = "cronofy_async.wire_name"
_OLD_NAME: Final = "cronofy_async.old_name"


# Members that no name has: making one costs more than all else about it. Bounded, as the
# values come from outside.
_NEW_MEMBERS: Final[dict[tuple[type, str], OpenEnum]] = {}
_MAX_NEW_MEMBERS: Final = 1000


class OpenEnum(StrEnum):
    """
    A set of strings that the service may extend.

    An unknown value becomes a member that no name has, keeps its text and equals it:
    ``EventStatus("new") == "new"``.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        known = _NEW_MEMBERS.get((cls, value))
        if known is not None:
            return known
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        if len(_NEW_MEMBERS) < _MAX_NEW_MEMBERS:
            _NEW_MEMBERS[cls, value] = member
        return member


def named(name: str) -> dict[str, str]:
    """Metadata for a field whose name on the wire is not a Python name."""
    return {_WIRE_NAME: name}


def wire_name(field: attrs.Attribute[Any]) -> str:
    """A field's name on the wire."""
    given: str | None = field.metadata.get(_WIRE_NAME)
    return given if given is not None else field.name.removesuffix("_")


def formerly(name: str) -> dict[str, str]:
    """
    Metadata for a field that had another name on the wire, which is still read.

    The new name is always sent; where both are given, the new one counts.
    """
    return {_OLD_NAME: name}


@memo
def old_names(cls: Any) -> Mapping[str, str]:
    """The names that a class's fields once had on the wire, with those they have now."""
    return {
        field.metadata[_OLD_NAME]: wire_name(field)
        for field in attrs.fields(cls)
        if _OLD_NAME in field.metadata
    }


@attrs.frozen
class Leaf:
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    read_strict: Callable[[Any], Any]
    native: Any


LEAVES: Final[dict[Any, Leaf]] = {}
READERS: Final[dict[Any, Callable[[Any], Any]]] = {}
"""The `read` of each leaf: the decoder asks for it at each value."""


def leaf(
    cls: Any,
    *,
    read: Callable[[Any], Any],
    write: Callable[[Any], Any],
    read_strict: Callable[[Any], Any] | None = None,
    native: Any = None,
) -> None:
    """
    Register a type that has a form of its own on the wire.

    Args:
        cls: The type.
        read: Takes the JSON value of an answer; raises `ValueError` or `TypeError`
            with a sentence for people when it cannot be read.
        write: Takes the value and gives its JSON form.
        read_strict: The same as *read* for requests, where it is stricter.
        native: Two types for msgspec, where values may be read when they are touched: a class
            of moments that the most common form makes without *read*, and whatever *read*
            takes.
    """
    READERS[cls] = read
    LEAVES[cls] = Leaf(read, write, read_strict or read, native)


def _write_secret(secret: Secret) -> str:
    return secret.reveal()


leaf(Secret, read=Secret, write=_write_secret)
