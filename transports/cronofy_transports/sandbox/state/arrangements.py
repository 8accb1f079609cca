"""What is being arranged between people, beside the links of `links`."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from .bookable import Booking
from .conversations import Conversation
from .invites import Invite
from .offers import Offer
from .requests import TimeRequest
from .sequences import SequenceLink

__all__ = ("Arrangements", "InviteKey")

InviteKey: TypeAlias = tuple[str, str, str | None]
"""Client id, id of the invite, and for one person their address in lower case."""


@attrs.define(kw_only=True, eq=False)
class Arrangements:
    """
    Everything that is being arranged.

    Attributes:
        invites: Smart invites.
        bookings: Bookable events, by client id and the application's own id.
        conversations: Scheduling conversations, by id.
        requests: Scheduling requests, by id.
        request_urls: Where each application hears of its requests, by client id.
        sequences: Real-time sequencing links, by id.
        offers: Links that add an event to a calendar, by token.
    """

    invites: dict[InviteKey, Invite] = attrs.field(factory=dict)
    bookings: dict[tuple[str, str], Booking] = attrs.field(factory=dict)
    conversations: dict[str, Conversation] = attrs.field(factory=dict)
    requests: dict[str, TimeRequest] = attrs.field(factory=dict)
    request_urls: dict[str, str] = attrs.field(factory=dict)
    sequences: dict[str, SequenceLink] = attrs.field(factory=dict)
    offers: dict[str, Offer] = attrs.field(factory=dict)
