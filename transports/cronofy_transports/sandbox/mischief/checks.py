"""Checks of the parameters of actions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from cronofy_async.core.errors import InvalidArgumentError

__all__ = ("Check", "header_text", "is_number", "one_of", "seconds", "text", "whole", "yes_or_no")

Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def is_number(value: Any) -> bool:
    """Whether a value is a number that is neither infinite nor nonsense."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def one_of(*choices: Any) -> Check:
    """One of a few values."""

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if value not in choices or isinstance(value, bool):
            listed = ", ".join(map(str, choices))
            raise InvalidArgumentError(field.name, f"{value!r} is unknown", f"give one of {listed}")

    return check


def whole(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidArgumentError(
                field.name, f"{value!r} is out of bounds", f"give a number from {least} to {most}"
            )

    return check


def seconds(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """A length of time."""
    if not is_number(value) or value < 0:
        raise InvalidArgumentError(
            field.name, f"{value!r} is no length of time", "give seconds from 0 on"
        )


def text(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """Any text."""
    if not isinstance(value, str):
        raise InvalidArgumentError(field.name, f"is a {type(value).__name__}", "give text")


def header_text(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """What can be the value of a header."""
    if not (isinstance(value, str) and value.isascii() and value.isprintable()):
        raise InvalidArgumentError(
            field.name, f"{value!r} cannot stand in a header", "give printable ASCII"
        )


def yes_or_no(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidArgumentError(field.name, f"{value!r} is neither", "give true or false")
