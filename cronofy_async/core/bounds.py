"""
JSON of others, read within bounds.

The standard reader takes NaN, takes numbers of thousands of digits and objects nested
by thousands, and fails at more with errors that nobody expects of a reader.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

__all__ = ("MAX_DEPTH", "MAX_DIGITS", "may_exceed", "read_json")

MAX_DEPTH: Final = 64
"""How deep objects and lists may be nested."""
MAX_DIGITS: Final = 20
"""Digits of an integer: all of 64 bits have no more."""

_LONG: Final = b"0" * (MAX_DIGITS + 1)
_DIGITS_AS_ZEROS: Final = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_HUGE: Final = re.compile(rb"[eE]\+?[0-9]{3}")
# Text without an end goes on to the last byte, or each quote in it would be tried.
_TEXT_OR_BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)


def read_json(text: bytes | str) -> Any:
    """
    Read JSON.

    Raises:
        ValueError: It is none, or beyond the bounds: NaN or an infinite number, an
            integer of more than 20 digits, more than 64 levels.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_int=_integer, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _is_deep(value):
        raise ValueError("it is nested too deeply")
    return value


def may_exceed(data: bytes) -> bool:
    """Whether bytes may be beyond the bounds; where they may not, any reader will do."""
    # Many times faster than a regular expression for a run of digits.
    if _LONG in data.translate(_DIGITS_AS_ZEROS) or _HUGE.search(data):
        return True
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _TEXT_OR_BRACKET.finditer(data):
        first = found[0][:1]
        if first != b'"':
            depth += 1 if first in b"[{" else -1
            if depth > MAX_DEPTH:
                return True
    return False


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, (dict, list)) for each in level)


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError("it holds an integer of too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("it holds a number that is too large")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
