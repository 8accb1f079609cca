"""
Checks that several operations share, as attrs validators.

Each passes over `UNSET` and raises `InvalidArgumentError` with the field's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import UNSET
from ..models import times

__all__ = ("Validator", "hex_color", "longest", "moment", "not_empty", "one_or_more", "time_zone")

Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_HEX_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


def not_empty(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """Text that is not empty."""
    if value is not UNSET and (not isinstance(value, str) or not value):
        raise InvalidArgumentError(field.name, "is empty or not text", "give a string")


def one_or_more(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A list that is not empty."""
    if value is not UNSET and not value:
        raise InvalidArgumentError(field.name, "is an empty list", "give one entry or more")


def longest(characters: int) -> Validator:
    """Text of at most so many characters."""

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if isinstance(value, str) and len(value) > characters:
            raise InvalidArgumentError(
                field.name, f"has {len(value)} characters", f"use at most {characters}"
            )

    return check


def hex_color(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A colour such as ``#49BED8``."""
    if value is not UNSET and not (isinstance(value, str) and _HEX_COLOR.fullmatch(value)):
        raise InvalidArgumentError(field.name, "is no colour", "write it as '#49BED8'")


def time_zone(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """The name of an IANA time zone."""
    if value is not UNSET:
        times.zone(field.name, value)


def moment(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """An aware datetime of whole seconds."""
    if value is not UNSET:
        times.check_moment(field.name, value)
