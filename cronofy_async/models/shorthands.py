"""Shorthands and checks that several values and operations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast, get_args
from urllib.parse import urlsplit

import attrs

from ..core.errors import InvalidArgumentError
from ..core.secret import Secret
from ..core.unset import UNSET, Unset

__all__ = ()

T = TypeVar("T")


def entries(field: str, value: Iterable[T]) -> tuple[T, ...]:
    """
    Take the entries of a list, and nothing that only happens to be iterable.

    Raises:
        InvalidArgumentError: It is no list.
    """
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InvalidArgumentError(field, f"{type(value).__name__} is no list", "give a list")
    return tuple(value)


def strings(value: Iterable[str]) -> tuple[str, ...]:
    """Converter: one text, or any number of them; `are_filled` goes with it."""
    if isinstance(value, str):
        return (value,)
    # A converter does not know its field's name: what is no list is left to the validator.
    listed = isinstance(value, Iterable) and not isinstance(value, (bytes, Mapping))
    return tuple(value) if listed else cast("tuple[str, ...]", value)


def optional_strings(value: Iterable[str] | Unset) -> tuple[str, ...] | Unset:
    """Converter: the same, or `UNSET`."""
    return UNSET if isinstance(value, Unset) else strings(value)


def nullable_strings(value: Iterable[str] | None) -> tuple[str, ...] | None:
    """Converter: the same, or `None`."""
    return None if value is None else strings(value)


def scopes(value: str | Iterable[str]) -> str:
    """Converter: the names of scopes, one by one or joined by spaces."""
    # A member of an enum of names becomes plain text.
    return str(value) if isinstance(value, str) else " ".join(map(str, entries("scope", value)))


def optional_scopes(value: str | Iterable[str] | Unset) -> str | Unset:
    """Converter: the same, or `UNSET`."""
    return UNSET if isinstance(value, Unset) else scopes(value)


def secret(field: str, value: str | Secret) -> Secret:
    """
    Take a token or code, to be kept out of every repr.

    Raises:
        InvalidArgumentError: It is none; the message does not show it.
    """
    try:
        return Secret(value)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(field, str(error), "give the text as it came") from None


def are_filled(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """Validator: any number of texts that are not empty; or nothing."""
    if value is None or value is UNSET:
        return
    for index, each in enumerate(entries(field.name, value)):
        if not isinstance(each, str) or not each:
            raise InvalidArgumentError(
                f"{field.name}[{index}]", "is empty or not text", "give a string"
            )


def http_url(field: str, value: Any) -> None:
    """
    Check that *value* is an absolute URL with http or https.

    Raises:
        InvalidArgumentError: It is not.
    """
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        fits = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
        # Asking for a port above 65535 is an error by itself.
        fits = fits and parts is not None and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not value.isprintable() or " " in value:
        raise InvalidArgumentError(
            field, "is no http or https URL", "give a whole one, such as 'https://example.com/hook'"
        )


def is_http_url(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    """Validator: an absolute URL with http or https; or nothing."""
    if value is not None and value is not UNSET:
        http_url(field.name, value)


def one_of(literal: Any) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Validator: one value of a `Literal`, or any number of them; or nothing."""
    known = get_args(literal)

    def check(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if value is None or value is UNSET:
            return
        for each in value if isinstance(value, tuple) else (value,):
            if each not in known:
                raise InvalidArgumentError(
                    field.name, f"{each!r} is not known here", f"use one of {', '.join(known)}"
                )

    return check
