"""
A writer of iCalendar files: names, parameters and values in, folded lines out.

Source: RFC 5545 sections 3.1 to 3.3, RFC 6868 for quotes in parameters, RFC 6068 for
addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias
from urllib.parse import quote

import attrs

__all__ = ("Component", "Property", "address", "day", "moment", "text", "url", "write")

_LONGEST: Final = 75
"""The most octets of a line, its end not counted."""

# What has a meaning in a URL stays; whatever else could end a line or a value is quoted.
_IN_URL: Final = "%:/?#[]@!$&'()*+,;=~"
_IN_ADDRESS: Final = "@!$*+="


@attrs.frozen
class Property:
    """
    One line of a file.

    Args:
        name: Its name.
        value: Its value, written by one of the functions below or a bare word.
        parameters: Parameters by name; `None` leaves one out.
    """

    name: str
    value: str
    parameters: Mapping[str, str | None] = attrs.field(factory=dict)


@attrs.frozen
class Component:
    """A part of a file, such as ``VEVENT``, and what is in it in order."""

    name: str
    contents: Sequence[Property | Component]


Content: TypeAlias = Property | Component


def write(component: Component) -> str:
    """The text of a file, with the line ends that the format wants."""
    return "".join(f"{folded}\r\n" for line in _lines(component) for folded in _folded(line))


def text(value: str) -> str:
    """Words as a value."""
    plain = "".join(
        each for each in value.replace("\r\n", "\n").replace("\r", "\n") if _is_plain(each)
    )
    for special in ("\\", ";", ","):
        plain = plain.replace(special, f"\\{special}")
    return plain.replace("\n", "\\n")


def moment(value: datetime) -> str:
    """A moment in UTC as a value; *value* has to be in UTC."""
    return f"{value:%Y%m%dT%H%M%SZ}"


def day(value: date) -> str:
    """A day as a value; its property needs the parameter ``VALUE=DATE``."""
    return f"{value:%Y%m%d}"


def url(value: str) -> str:
    """A URL as a value."""
    return quote(value, safe=_IN_URL)


def address(email: str) -> str:
    """An e-mail address as the value of an organizer or attendee."""
    return f"mailto:{quote(email, safe=_IN_ADDRESS)}"


def _is_plain(character: str) -> bool:
    return character in "\t\n" or (ord(character) >= ord(" ") and character != "\x7f")


def _lines(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    for content in component.contents:
        if isinstance(content, Component):
            yield from _lines(content)
        else:
            given = "".join(
                f";{name}={_parameter(value)}"
                for name, value in content.parameters.items()
                if value is not None
            )
            yield f"{content.name}{given}:{content.value}"
    yield f"END:{component.name}"


def _parameter(value: str) -> str:
    plain = "".join(each for each in value if _is_plain(each))
    escaped = plain.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{escaped}"' if any(each in escaped for each in ":;,") else escaped


def _folded(line: str) -> Iterator[str]:
    """The line in pieces, of which each but the first begins with a space."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LONGEST:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
