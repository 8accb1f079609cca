"""Where the next page is, out of the first bytes of a page."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any, Final

import msgspec

from .paging import Place

__all__ = ("read_head",)

_BOUND: Final = 1024
_BLANK: Final = " \t\n\r"
_value_at: Final = JSONDecoder().raw_decode


def read_head(body: bytes) -> Place | None:
    """
    Read a page's place in its chain without reading its entries.

    Only the first 1024 bytes are looked at. `None` says that they do not tell: the page
    has to be decoded. So does a page with two objects of this name, of which the last one
    counts, hence what is found here is a guess until then.
    """
    # What is cut in two at the bound is of no interest: a value that reaches it is not used.
    text = body[:_BOUND].decode("utf-8", "ignore")
    try:
        at = _after(text, 0, "{")
        while True:
            name, at = _value_at(text, _past_blanks(text, at))
            at = _past_blanks(text, _after(text, at, ":"))
            value, at = _value_at(text, at)
            if name == "pages":
                return _place(value)
            at = _after(text, at, ",")
    except (ValueError, IndexError, RecursionError, msgspec.ValidationError):
        return None


def _place(value: Any) -> Place:
    return msgspec.convert(value, Place)


def _past_blanks(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


def _after(text: str, at: int, mark: str) -> int:
    at = _past_blanks(text, at)
    if text[at] != mark:
        raise ValueError("is no object")
    return at + 1
