"""
Paths: ids put into them, and read out of them.

A template has ``{field}`` for a segment. With ``{+field}`` at its end it is the mere
beginning of paths that somebody else makes.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from .errors import InvalidArgumentError

__all__ = ("path_values", "segment")


def segment(field: str, value: Any) -> str:
    """
    Quote one path segment, so that no id can lead to another endpoint.

    Raises:
        InvalidArgumentError: It is empty, or a dot segment, which no quoting protects.
    """
    text = str(value)
    if text in ("", ".", ".."):
        raise InvalidArgumentError(field, f"{text!r} cannot stand in a path", "give the id itself")
    return quote(text, safe="")


@cache
def _segments(template: str) -> tuple[str, ...]:
    return tuple(template.split("/"))


def path_values(template: str, path: str) -> dict[str, str] | None:
    """The values of a path's ``{fields}``, unquoted; `None` if it is not of this form."""
    beginning, plus, field = template.partition("{+")
    if plus:
        fits = path.startswith(beginning) and path != beginning
        return {field.removesuffix("}"): path} if fits else None
    expected, given = _segments(template), path.split("/")
    if len(expected) != len(given):
        return None
    values: dict[str, str] = {}
    for part, text in zip(expected, given, strict=True):
        if part.startswith("{"):
            if text == "":
                return None
            values[part[1:-1]] = unquote(text)
        elif part != text:
            return None
    return values
