"""Pages of events as rows of a mirror: the bytes of each event, and what it is found by."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs
import msgspec

from ..core import codec
from ..core.collector import paused
from ..core.errors import PaginationError
from ..core.paging import Page, needed_fields, page_reader
from ..operations.events import ReadEvents
from .spans import Key, key_of, written
from .stores import Row

__all__ = ("Entry", "read_page")

_WANTED: Final = ("start", "end", "updated", "deleted")

Entry = tuple[Row, bool]
"""An event, and whether it is deleted."""


@cache
def _readers() -> tuple[Any, Any]:
    """Two decoders of a page: one gives slices of the body, one what events are found by."""
    sketch = msgspec.defstruct(
        "Sketch",
        [
            (field.name, field.type)
            if field.default is attrs.NOTHING
            else (field.name, Any, field.default)
            for field in needed_fields(ReadEvents, _WANTED)
        ],
        rename={field.name: codec.wire_name(field) for field in needed_fields(ReadEvents, _WANTED)},
        kw_only=True,
        gc=False,
    )
    return page_reader(msgspec.Raw, ReadEvents.items), page_reader(sketch, ReadEvents.items)


def read_page(operation: ReadEvents, body: bytes, tz: ZoneInfo) -> Page[Entry]:
    """
    Read a page.

    Args:
        operation: What it is a page of.
        body: Its bytes.
        tz: Where times are meant that say no offset.

    Raises:
        DecodeError: It is no page, or an event lacks what it cannot do without.
        PaginationError: The page says that others follow, but not where they are. What is
            not there must not look as if it were deleted.
    """
    raws, sketches = _readers()
    try:
        # What is passed over is not looked at, and may be no text at all.
        if not body.isascii():
            body.decode()
        with paused:
            slices, sketch = raws.decode(body), sketches.decode(body)
        entries = [
            _entry(each, bytes(raw), tz)
            for each, raw in zip(sketch.items, slices.items, strict=True)
        ]
        place = sketch.pages
        page = Page(entries, place.current, place.total, place.next_page)
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
        page = _read_slowly(operation, body, tz)
    if page.next_page is None and (page.current or 0) < (page.total or 0):
        raise PaginationError(f"page {page.current} of {page.total} does not say where the next is")
    return page


def _entry(sketch: Any, body: bytes, tz: ZoneInfo) -> Entry:
    start, end = key_of(sketch.start, tz), key_of(sketch.end, tz)
    updated = key_of(sketch.updated, tz)[1]
    row = Row(sketch.calendar_id, sketch.event_uid, *start, end[1] or start[1], updated, body)
    return row, sketch.deleted is True


def _read_slowly(operation: ReadEvents, body: bytes, tz: ZoneInfo) -> Page[Entry]:
    """The same for a page with something odd in it."""
    read = operation.read_body(body)
    raw = codec.load(body)[ReadEvents.items]
    none: Key = (0, "")
    entries: list[Entry] = []
    for event, its in zip(read.items, raw, strict=True):
        start, end, updated = (
            none if time is None else written(time, tz)
            for time in (event.start, event.end, event.updated)
        )
        # In ASCII: there may be half a character in it.
        kept = json.dumps(its, separators=(",", ":")).encode()
        row = Row(event.calendar_id, event.event_uid, *start, end[1] or start[1], updated[1], kept)
        entries.append((row, event.deleted is True))
    return Page(entries, read.current, read.total, read.next_page)
