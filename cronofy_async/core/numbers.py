"""Checks of settings that are numbers, which name the setting and the remedy."""

from __future__ import annotations

import math
from typing import Any

import attrs

from .errors import InvalidArgumentError

__all__ = ("is_finite", "not_negative", "positive", "share", "whole")


def is_finite(value: Any) -> bool:
    """Whether a value is a number that can be reckoned with."""
    try:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and math.isfinite(value)
    except OverflowError:
        return False


def whole(name: str, value: Any, fewest: int) -> None:
    """
    Check a whole number.

    Raises:
        InvalidArgumentError: It is none, or below *fewest*.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentError(name, f"is a {type(value).__name__}", "give a whole number")
    if value < fewest:
        raise InvalidArgumentError(name, f"{value} is too few", f"give {fewest} or more")


def positive(_: Any, field: attrs.Attribute[int], value: Any) -> None:
    """A whole number from 1 on, as an attrs validator."""
    whole(field.name, value, 1)


def not_negative(_: Any, field: attrs.Attribute[float], value: Any) -> None:
    """A time in seconds from 0 on, as an attrs validator."""
    if not (is_finite(value) and value >= 0):
        raise InvalidArgumentError(field.name, f"{value!r} is not a time", "give seconds from 0 on")


def share(_: Any, field: attrs.Attribute[float], value: Any) -> None:
    """A part of a whole, from 0 to 1, as an attrs validator."""
    if not (is_finite(value) and 0 <= value <= 1):
        raise InvalidArgumentError(field.name, f"{value!r} is no share", "give one from 0 to 1")
