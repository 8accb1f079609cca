"""The same page as msgspec structs: what the decoding of our models is compared with."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

__all__ = ("PAGE",)

Text = str | None
Flag = bool | None


class _Zoned(msgspec.Struct):
    time: str
    tzid: str


class _Location(msgspec.Struct):
    description: Text = None
    lat: Text = None
    long: Text = None


class _Attendee(msgspec.Struct):
    email: Text = None
    display_name: Text = None
    status: Text = None


class _Organizer(msgspec.Struct):
    email: Text = None
    display_name: Text = None


class _Conferencing(msgspec.Struct):
    pending: Flag = None
    provider_name: Text = None
    join_url: Text = None


class _Options(msgspec.Struct):
    delete: Flag = None
    update: Flag = None
    change_participation_status: Flag = None


class _Event(msgspec.Struct):
    calendar_id: str
    event_uid: str
    # Left as they are: nobody could do less.
    start: str | _Zoned | None = None
    end: str | _Zoned | None = None
    event_id: Text = None
    google_event_id: Text = None
    summary: Text = None
    description: Text = None
    deleted: Flag = None
    created: datetime | None = None
    updated: datetime | None = None
    location: _Location | None = None
    participation_status: Text = None
    attendees: tuple[_Attendee, ...] | None = None
    organizer: _Organizer | None = None
    transparency: Text = None
    extended_transparency: Text = None
    status: Text = None
    event_status: Text = None
    categories: tuple[str, ...] | None = None
    recurring: Flag = None
    series_identifier: Text = None
    event_private: Flag = None
    meeting_url: Text = None
    conferencing: _Conferencing | None = None
    url: Text = None
    options: _Options | None = None


class _Place(msgspec.Struct):
    current: int | None = None
    total: int | None = None
    next_page: Text = None


class _Page(msgspec.Struct):
    pages: _Place
    events: list[_Event]


PAGE: Final = _Page
