"""Some fields of each entry, without the price of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timezone
from functools import cache
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import attrs
import msgspec

from .collector import paused
from .errors import InvalidArgumentError
from .paging import Page, PagedOperation, needed_fields, page_reader
from .twins import RAW, lazy_leaf, struct

__all__ = ("Rows",)

T = TypeVar("T")

_ZONES: Final = {timezone.utc}  # noqa: UP017  # pyright takes an imported UTC for a constant of ours

log: Final = logging.getLogger("cronofy_async")


class Rows(Generic[T]):
    """
    Reads pages of an operation as rows with some of the fields.

    Args:
        operation: Whose pages.
        fields: What is wanted.

    Raises:
        InvalidArgumentError: There is no such field, or none is named.
    """

    def __init__(self, operation: PagedOperation[T], fields: Sequence[str]) -> None:
        known = [field.name for field in attrs.fields(operation.item_type())]
        if not fields:
            raise InvalidArgumentError("fields", "are none", "name at least one")
        for name in fields:
            if name not in known:
                raise InvalidArgumentError(
                    "fields",
                    f"{name!r} is none of them",
                    f"choose among {', '.join(sorted(known))}",
                )
        self._operation = operation
        declared: Any = type(operation)
        self._kinds = _kinds(declared, frozenset(fields))
        # Until a page shows that its times are no plain moments.
        self._are_plain = bool(self._kinds.leaves)

    def read_body(self, body: bytes) -> Page[T]:
        """
        Read one page. What `PagedOperation.read_body` reads tolerantly is read by it.

        Raises:
            DecodeError: It is no page, or an entry lacks what it cannot do without.
        """
        try:
            # What is passed over is not looked at, and may be no text at all.
            if not body.isascii():
                body.decode()
            with paused:
                whole = self._plain(body) or self._kinds.lazy.decode(body)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            page = self._operation.read_body(body)
            rows: Any = [self._kinds.of(entry) for entry in page.items]
            return attrs.evolve(page, items=rows)
        place = whole.pages
        return Page(whole.items, place.current, place.total, place.next_page)

    def _plain(self, body: bytes) -> Any:
        """The page with its times as they come out of the decoder, if all are moments in UTC."""
        if not self._are_plain:
            return None
        try:
            whole = self._kinds.plain.decode(body)
        except msgspec.ValidationError:
            self._are_plain = False
            return None
        zones = {
            moment.tzinfo
            for leaf in self._kinds.leaves
            for moment in filter(None, map(leaf, whole.items))
        }
        self._are_plain = zones <= _ZONES
        return whole if self._are_plain else None


class _Row(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What the classes of rows have in common."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name} was not read: name it in only(...)", name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Row):
            return NotImplemented
        return _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(tuple(_values(self).items()))

    def __repr__(self) -> str:
        pairs = (f"{name}={value!r}" for name, value in _values(self).items())
        return f"{type(self).__name__}({', '.join(pairs)})"


def _values(row: _Row) -> dict[str, Any]:
    names = (name.removesuffix(RAW) for name in row.__struct_fields__)
    return {name: getattr(row, name) for name in names}


@attrs.frozen
class _Kinds:
    """
    How to read rows with some fields.

    Attributes:
        plain: A decoder of pages for which times are plain moments.
        lazy: A decoder of pages which leaves times to be read when they are touched.
        leaves: What gives each such time of a row of *plain*.
        of: Makes a row of an entry.
    """

    plain: Any
    lazy: Any
    leaves: tuple[Callable[[Any], Any], ...]
    of: Callable[[Any], Any]


@cache
def _kinds(operation: Any, wanted: frozenset[str]) -> _Kinds:
    # What tells that an entry is newer when it comes again.
    version = frozenset({operation.version} - {None})
    fields = needed_fields(operation, wanted | version)
    item = operation.item_type()
    leaves = [field.name for field in fields if lazy_leaf(field) is not None]

    name = f"{item.__name__}Row"
    methods = {"__hash__": _Row.__hash__, "__eq__": _Row.__eq__, "__repr__": _Row.__repr__}
    plain = struct(name, item, fields, methods, bases=(_Row,), leaf=lambda leaf: leaf.native[0])
    late = struct(name, item, fields, methods, bases=(_Row,))

    def of(entry: Any) -> Any:
        # Not checked by msgspec, so whatever the entry has fits.
        return plain(**{field.name: getattr(entry, field.name) for field in fields})

    return _Kinds(
        page_reader(plain, operation.items),
        page_reader(late, operation.items),
        tuple(map(attrgetter, leaves)),
        of,
    )
