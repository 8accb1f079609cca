"""Invitations whose replies come back without access to anybody's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum
from ..core.unset import UNSET, Unset
from .checks import hex_color, not_empty, time_zone
from .event_details import Reminder, WritableTransparency
from .event_template import _location, _reminders
from .events import Location, Transparency
from .shorthands import one_of
from .times import EventTime

__all__ = (
    "InitialInviteStatus",
    "InviteProposal",
    "InviteRecipient",
    "InviteReply",
    "InviteStatus",
    "InvitedEvent",
    "MultiRecipientSmartInvite",
    "SmartInvite",
    "SmartInviteAttachments",
    "SmartInviteEvent",
    "SmartInviteOrganizer",
)

InitialInviteStatus: TypeAlias = Literal["pending", "accepted", "tentative", "declined"]
"""What a recipient is taken to have replied. Source: /developers/api-alpha/smart-invites/"""


# What an invite is made of ------------------------------------------------------------


@attrs.frozen
class InviteRecipient:
    """
    Somebody to invite.

    Args:
        email: Their address, to which you send the invite.
        status: What they replied already, where there are several recipients. Left out:
            ``pending``. Alpha.

    Raises:
        InvalidArgumentError: *email* is empty, or *status* is not known.

    Source: /developers/api/smart-invites/create-smart-invite/
    """

    email: str = attrs.field(validator=not_empty)
    status: InitialInviteStatus | None = attrs.field(
        default=None, validator=one_of(InitialInviteStatus)
    )


@attrs.frozen
class SmartInviteOrganizer:
    """
    Whom an invite is from, as far as its recipients can see.

    Args:
        name: Their name.
        email: Their address.

    Source: /developers/api/smart-invites/create-smart-invite/
    """

    name: str | None = None
    email: str | None = None


@attrs.frozen(kw_only=True)
class SmartInviteEvent:
    """
    What people are invited to.

    Args:
        summary: Its title.
        start: When it starts: an aware datetime, which is sent in UTC; a `ZonedTime`; a
            naive datetime, which *tzid* is the zone of; or a `date` for whole days.
        end: When it ends, exclusive, in one of the same forms: a date if *start* is one.
        description: Its text.
        tzid: IANA zone of naive datetimes, and in which the rest is shown.
        location: Where it takes place; text stands for a `Location` described by it.
        url: Its page on the web.
        reminders: When to be reminded, the most important first; an int is minutes.
        transparency: ``opaque`` if it takes up its time, else ``transparent``.
        color: Six hex digits after a ``#``, for example ``#49BED8``.

    Raises:
        InvalidArgumentError: *summary* is empty, the zone is unknown, or another bound is
            not kept.

    Source: /developers/api/smart-invites/create-smart-invite/
    """

    summary: str = attrs.field(validator=not_empty)
    start: EventTime
    end: EventTime
    description: str | Unset = UNSET
    tzid: str | Unset = attrs.field(default=UNSET, validator=time_zone)
    location: Location | Unset = attrs.field(default=UNSET, converter=_location)
    url: str | Unset = UNSET
    reminders: tuple[Reminder, ...] | Unset = attrs.field(default=UNSET, converter=_reminders)
    transparency: WritableTransparency | Unset = attrs.field(
        default=UNSET, validator=one_of(WritableTransparency)
    )
    color: str | Unset = attrs.field(default=UNSET, validator=hex_color)


# What became of it --------------------------------------------------------------------


class InviteStatus(OpenEnum):
    """What somebody replied to an invite. Source: /developers/api/smart-invites/invite-status/"""

    PENDING = "pending"
    """Nothing yet."""
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


@attrs.frozen(kw_only=True)
class InviteProposal:
    """
    Another time that somebody would like better.

    Attributes:
        start: When it would start, mostly a `ZonedTime`.
        end: When it would end, exclusive, in the same form.

    Source: /developers/api/smart-invites/invite-status/
    """

    start: EventTime | None = None
    end: EventTime | None = None


@attrs.frozen(kw_only=True)
class InviteReply:
    """
    What somebody replied.

    Attributes:
        email: Their address. Whoever the invite was forwarded to has another than those
            whom you invited.
        status: Whether they come.
        comment: What they wrote with it.
        proposal: Another time that they propose.

    Source: /developers/api/smart-invites/invite-status/
    """

    email: str | None = None
    status: InviteStatus | None = None
    comment: str | None = None
    proposal: InviteProposal | None = None


@attrs.frozen(kw_only=True)
class InvitedEvent:
    """
    What people are invited to.

    Attributes:
        summary: Its title.
        description: Its text.
        start: When it starts, mostly a `ZonedTime`; a `date` for whole days.
        end: When it ends, exclusive, in the same form.
        tzid: IANA name of its zone, where the times do not have it.
        location: Where it takes place.
        url: Its page on the web.
        reminders: When people are reminded.
        transparency: Whether it takes up its time.
        color: Six hex digits after a ``#``.

    Source: /developers/api/smart-invites/create-smart-invite/
    """

    summary: str | None = None
    description: str | None = None
    start: EventTime | None = None
    end: EventTime | None = None
    tzid: str | None = None
    location: Location | None = None
    url: str | None = None
    reminders: tuple[Reminder, ...] | None = None
    transparency: Transparency | None = None
    color: str | None = None


@attrs.frozen(kw_only=True)
class SmartInviteAttachments:
    """
    The files of an invite.

    Attributes:
        icalendar: The text of an ICS file. Cronofy sends no mail: attach it to yours, also
            to the one that says the invite was cancelled.
        removed: What is meant for a recipient who was removed; the reference does not say
            under which keys.

    Source: /developers/smart-invites/sending/
    """

    icalendar: str | None = None
    removed: Mapping[str, Any] | None = None


@attrs.frozen(kw_only=True)
class SmartInvite:
    """
    An invite to one person.

    Attributes:
        smart_invite_id: Your id of it.
        recipient: Who is invited, and what they replied last.
        replies: All replies, also of people that it was forwarded to; only from
            `GetSmartInvite`.
        callback_url: What replies are sent to.
        event: What they are invited to.
        organizer: Whom it is from.
        attachments: Its ICS file.
        method: What the call did, if the service says so: ``request`` or ``cancel``.

    Source: /developers/api/smart-invites/
    """

    smart_invite_id: str
    recipient: InviteReply | None = None
    replies: tuple[InviteReply, ...] | None = None
    callback_url: str | None = None
    event: InvitedEvent | None = None
    organizer: SmartInviteOrganizer | None = None
    attachments: SmartInviteAttachments | None = None
    method: str | None = None


@attrs.frozen(kw_only=True)
class MultiRecipientSmartInvite:
    """
    An invite to several people. Alpha.

    Attributes:
        smart_invite_id: Your id of it.
        recipients: Who is invited, and what each of them replied last.
        recipient: Who was removed; only from `RemoveSmartInviteRecipient`.
        replies: All replies, if the service lists them.
        callback_url: What replies are sent to.
        event: What they are invited to.
        organizer: Whom it is from.
        attachments: Its ICS file.
        method: What the call did, if the service says so: ``request``, ``cancel`` or
            ``remove``.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    smart_invite_id: str
    recipients: tuple[InviteReply, ...] | None = None
    recipient: InviteReply | None = None
    replies: tuple[InviteReply, ...] | None = None
    callback_url: str | None = None
    event: InvitedEvent | None = None
    organizer: SmartInviteOrganizer | None = None
    attachments: SmartInviteAttachments | None = None
    method: str | None = None
