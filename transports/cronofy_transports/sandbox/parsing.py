"""What is wrong with a request, beyond what its declaration alone can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cronofy_async.core.errors import INVALID, REQUIRED, UNKNOWN, FieldError, RequestParseError
from cronofy_async.core.operation import Operation
from cronofy_async.core.wire import Request

from .error_keys import MUST_BE_BOOLEAN
from .leniency import body_of
from .refusals import Invalid

__all__ = ("complaints", "refuse_halves", "refuse_query", "refuse_texts")

_TIMES: Final = ("start", "end", "time")
_OFFSET: Final = re.compile(r"\d{2}:\d{2}.*[+-](?!00:?00$)\d\d:?\d\d$")


def refuse_query(operation: type[Operation[Any]], request: Request) -> None:
    """
    Refuse parameters in the query of a request that has them in its body.

    Raises:
        Invalid: There are some.
    """
    if operation.method == "GET" or "?" not in request.url or "{+" in operation.path:
        return
    if request.query:
        unknown = (FieldError(UNKNOWN, "is not known in the query"),)
        raise Invalid(dict.fromkeys(dict(request.query), unknown))


def refuse_texts(request: Request, *, in_utc: bool) -> None:
    """
    Refuse text that no declaration says anything about.

    Args:
        request: The request.
        in_utc: Whether its times have to be in UTC.

    Raises:
        Invalid: Some is no Unicode, or a time has another offset than UTC's.
    """
    # Half a character can only come as an escape, so that others need no second look.
    if rb"\ud" in request.body.lower():
        refuse_halves(body_of(request))
    if in_utc:
        for path, text in _texts(body_of(request)):
            name = path.rpartition(".")[2]
            if name in _TIMES and _OFFSET.search(text):
                raise Invalid.field(path, "must be in UTC")


def refuse_halves(value: Any) -> None:
    """
    Refuse texts with halves of characters: nothing that has them can be written again.

    Args:
        value: What a JSON text says.

    Raises:
        Invalid: Some text is no Unicode.
    """
    for path, text in _texts(value):
        try:
            text.encode()
        except UnicodeEncodeError:
            # Its name may be what is wrong.
            name = path.encode(errors="replace").decode()
            raise Invalid.field(name, "must be Unicode") from None


def complaints(
    operation: type[Operation[Any]], request: Request, error: RequestParseError
) -> Mapping[str, Sequence[FieldError]]:
    """What the strict reader complained about, in the service's terms where it has some."""
    found = dict(error.errors)
    given = body_of(request)
    for name, value in operation.fixed.items():
        if name not in found or not isinstance(value, bool):
            continue
        if given.get(name) is None:
            found[name] = (FieldError(REQUIRED, "must be specified"),)
        elif not isinstance(given[name], bool):
            found[name] = (FieldError(MUST_BE_BOOLEAN, "must be a boolean"),)
    return {name: [_missing(each) for each in listed] for name, listed in found.items()}


def _missing(error: FieldError) -> FieldError:
    # A check of several parameters says so of those of which one is needed.
    if error.key == INVALID and error.description.startswith("is missing"):
        return FieldError(REQUIRED, error.description)
    return error


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a JSON value with its dotted name, the names of parameters too."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, dict):
            for name, inner in item.items():
                yield path, name
                waiting.append((f"{path}.{name}" if path else name, inner))
        elif isinstance(item, list):
            waiting += [(f"{path}[{index}]", inner) for index, inner in enumerate(item)]
