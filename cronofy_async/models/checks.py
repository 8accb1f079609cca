"""
Checks of one value, as attrs validators.

Each passes over `UNSET` and raises `InvalidArgumentError` with the field's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias

import attrs

from ..core.errors import InvalidArgumentError
from ..core.unset import UNSET
from . import times

__all__ = (
    "Validator",
    "at_most",
    "day",
    "day_or_moment",
    "hex_color",
    "instance",
    "longest",
    "moment",
    "not_empty",
    "one_or_more",
    "own_id",
    "scope_names",
    "time_zone",
    "under",
    "utc",
)

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


def at_most(entries: int) -> Validator:
    """A list of at most so many entries."""

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if value is not UNSET and len(value) > entries:
            raise InvalidArgumentError(
                field.name, f"has {len(value)} entries", f"give at most {entries}"
            )

    return check


def day_or_moment(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A `date`, or an aware datetime of whole seconds."""
    if value is not UNSET and (isinstance(value, datetime) or not isinstance(value, date)):
        times.check_moment(field.name, value)


def day(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A `date` without time."""
    if value is not UNSET and (isinstance(value, datetime) or not isinstance(value, date)):
        raise InvalidArgumentError(
            field.name, f"{type(value).__name__} is no date", "give a date without time"
        )


def scope_names(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """One name of a scope or more, joined by spaces."""
    if value is not UNSET and not (isinstance(value, str) and value.split()):
        raise InvalidArgumentError(field.name, "names no scope", "give one or more")


def own_id(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """An id that the application makes up: 1 to 64 ASCII characters."""
    not_empty(_, field, value)
    if not value.isascii():
        raise InvalidArgumentError(field.name, "holds other characters", "use ASCII only")
    longest(64)(_, field, value)


def instance(cls: type) -> Validator:
    """A value of a class, or any number of them; or nothing."""

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if value is None or value is UNSET:
            return
        several = isinstance(value, tuple)
        for index, each in enumerate(value if several else (value,)):
            if not isinstance(each, cls):
                raise InvalidArgumentError(
                    f"{field.name}[{index}]" if several else field.name,
                    f"{type(each).__name__} is no {cls.__name__}",
                    f"make it with {cls.__name__}(...)",
                )

    return check


def utc(field: str, value: datetime) -> datetime:
    """
    Take a moment, in UTC: two moments in one zone would be compared by the clock on its wall.

    Raises:
        InvalidArgumentError: It is not an aware datetime of whole seconds.
    """
    times.check_moment(field, value)
    return value.astimezone(UTC)


@contextmanager
def under(path: str) -> Generator[None, None, None]:
    """Name the field of a wrong value by its whole path, such as ``members[0].sub``."""
    try:
        yield
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"{path}.{error.field}", error.problem, error.remedy) from None
