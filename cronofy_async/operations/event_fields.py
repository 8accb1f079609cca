"""What the calls that write an event have in common; no operation is declared here."""

from __future__ import annotations

import attrs

from ..core import codec
from ..core.operation import Credential, Operation, Retry
from ..core.unset import UNSET, Unset
from ..models.event_template import EventTemplate
from ..models.identity import Userinfo
from ..models.times import EventTime
from .checks import longest, not_empty, period

__all__ = ("EventDetails", "EventWrite")


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
