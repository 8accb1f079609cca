"""Parameters in queries and bodies, written and read back."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

import attrs

from . import codec
from .errors import INVALID, DecodeError, FieldError, InvalidArgumentError, RequestParseError
from .memo import memo
from .unset import Unset
from .wire import Request

__all__ = ("json_body", "query_pairs", "read_parameters", "unsendable")


def json_body(parameters: Mapping[str, Any]) -> bytes:
    """
    The body that holds the parameters.

    Raises:
        ValueError: One of them is half a character, or a number that JSON does not have.
    """
    return json.dumps(parameters, ensure_ascii=False, allow_nan=False).encode()


def unsendable(cls: Any, parameters: Mapping[str, Any], extra: Collection[str]) -> Exception:
    """The error for parameters that cannot be written down: names the first of them."""
    names = {codec.wire_name(field): field.name for field in attrs.fields(cls)}
    for name, value in parameters.items():
        field = "extra" if name in extra else names.get(name, name)
        try:
            json_body({name: value})
            if cls.method == "GET":
                list(query_pairs({name: value}))
        except UnicodeEncodeError:
            return InvalidArgumentError(field, "holds half a character", "mend the text")
        except (ValueError, RecursionError):
            pass
        else:
            continue
        return InvalidArgumentError(
            field, "holds what cannot be sent", "give text, whole or finite numbers, or lists"
        )
    return InvalidArgumentError("extra", "holds what cannot be sent", "give JSON values")


def query_pairs(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and values of a query; lists repeat their name, with brackets behind it."""
    for name, value in parameters.items():
        if isinstance(value, list):
            for item in value:
                yield f"{name}[]", _query_text(item)
        elif value is not None:
            yield name, _query_text(value)


def _query_text(value: Any) -> str:
    if value is None or isinstance(value, (list, dict)):
        raise ValueError("a query holds only plain values, and lists of them")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a query holds only finite numbers")
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_parameters(cls: Any, request: Request) -> dict[str, Any]:
    """
    The parameters in a request's query, if it is a GET, or else in its body.

    Raises:
        RequestParseError: The body is no JSON object.
    """
    if request.method == "GET":
        return _read_query(cls, request)
    if not request.body:
        return {}
    try:
        raw = codec.load(request.body)
    except DecodeError:
        raise RequestParseError({"": (FieldError(INVALID, "is not JSON"),)}) from None
    if not isinstance(raw, dict):
        raise RequestParseError({"": (FieldError(INVALID, "must be an object"),)})
    return raw


def _read_query(cls: Any, request: Request) -> dict[str, Any]:
    kinds = _query_kinds(cls)
    raw: dict[str, Any] = {}
    for name, text in request.query:
        bare = name.removesuffix("[]")
        if bare in raw and isinstance(raw[bare], list) != (bare != name):
            wrong = FieldError(INVALID, "must be given once, or as a list")
            raise RequestParseError({bare: (wrong,)})
        if bare != name:
            raw.setdefault(bare, []).append(text)
        else:
            raw[name] = _query_value(text, kinds.get(name))
    return raw


def _query_value(text: str, kind: Any) -> Any:
    if kind is bool and text in ("true", "false"):
        return text == "true"
    if kind is int and text.removeprefix("-").isdecimal() and text.isascii():
        return int(text)
    return text


@memo
def _query_kinds(cls: Any) -> Mapping[str, Any]:
    """The one concrete type of each parameter, since a query holds only text."""
    attrs.resolve_types(cls)
    kinds: dict[str, Any] = {}
    for field in attrs.fields(cls):
        members = [m for m in get_args(field.type) or (field.type,) if m not in (Unset, type(None))]
        kinds[codec.wire_name(field)] = members[0] if len(members) == 1 else None
    return kinds
