"""What the calls about events have in common; no operation is declared here."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeVar

import attrs

from ..core import codec
from ..core.operation import Credential, Operation, Retry
from ..core.paging import PagedOperation
from ..core.unset import UNSET, Unset
from ..models.event_template import EventTemplate
from ..models.identity import Userinfo
from ..models.shorthands import are_filled, optional_strings
from ..models.times import EventTime, Moment
from .checks import (
    day_or_moment,
    longest,
    moment,
    not_empty,
    one_or_more,
    period,
    time_zone,
    window,
)

__all__ = ("DEFAULT_DAYS", "EventDetails", "EventWrite", "WindowRead")

T = TypeVar("T")

DEFAULT_DAYS: Final = (-42, 201)
"""
Where a window begins and ends whose bounds are left out, in days from today.

Source: /developers/api/events/free-busy/
"""


@attrs.frozen(kw_only=True)
class EventWrite(
    Operation[Userinfo | None],
    path="/v1/calendars/{calendar_id}/events",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    envelope="userinfo",
    batchable=True,
):
    """
    A call that changes one event of a calendar.

    Args:
        calendar_id: The calendar it is in.
        include_userinfo: Whether to answer with the account's `Userinfo`.
    """

    calendar_id: str = attrs.field(validator=not_empty)
    include_userinfo: bool | Unset = UNSET

    def read_body(self, body: bytes) -> Userinfo | None:
        """Read the answer, which is empty unless `include_userinfo` asked for more."""
        if self.include_userinfo is not True or not body.strip():
            return None
        raw = codec.load(body)
        # The event is written all the same: an answer without userinfo is no failure.
        if not isinstance(raw, dict) or raw.get(self.envelope) is None:
            return None
        userinfo: Userinfo = codec.structure(raw[self.envelope], Userinfo)
        return userinfo


@attrs.frozen(kw_only=True)
class EventDetails(
    EventTemplate,
    EventWrite,
    method="POST",
):
    """A call that writes an event's details; `UpsertEvent` says what each of them is."""

    summary: str = attrs.field(validator=[not_empty, longest(1024)])
    start: EventTime
    end: EventTime

    def __attrs_post_init__(self) -> None:
        period(self.start, self.end, self.tzid)


@attrs.frozen(kw_only=True)
class WindowRead(
    PagedOperation[T],
    method="GET",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    identity=("calendar_id", "event_uid"),
):
    """A call that reads what lies in a window of time, event by event."""

    tzid: str = attrs.field(validator=time_zone)
    from_: date | Moment | Unset = attrs.field(default=UNSET, validator=day_or_moment)
    to: date | Moment | Unset = attrs.field(default=UNSET, validator=day_or_moment)
    include_deleted: bool | Unset = UNSET
    include_managed: bool | Unset = UNSET
    last_modified: Moment | Unset = attrs.field(default=UNSET, validator=moment)
    calendar_ids: tuple[str, ...] | Unset = attrs.field(
        default=UNSET, converter=optional_strings, validator=[one_or_more, are_filled]
    )
    localized_times: bool | Unset = UNSET

    def __attrs_post_init__(self) -> None:
        window(self.from_, self.to, self.tzid)
