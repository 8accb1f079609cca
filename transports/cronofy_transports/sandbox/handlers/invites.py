"""Smart invites: invitations by post, whose replies come back to the service."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import attrs

from cronofy_async.core import codec
from cronofy_async.models.events import Transparency
from cronofy_async.models.scheduling_callbacks import (
    MultiRecipientReply,
    MultiRecipientSmartInviteReplied,
    SchedulingTrigger,
    SchedulingTriggerType,
    SingleRecipientReply,
    SmartInviteReplied,
)
from cronofy_async.models.smart_invites import (
    InvitedEvent,
    InviteRecipient,
    InviteReply,
    InviteStatus,
    MultiRecipientSmartInvite,
    SmartInvite,
    SmartInviteAttachments,
    SmartInviteEvent,
)
from cronofy_async.models.times import EventTime, ZonedTime
from cronofy_async.operations.smart_invites import (
    CancelMultiRecipientSmartInvite,
    CancelSmartInvite,
    GetMultiRecipientSmartInvite,
    GetSmartInvite,
    RemoveSmartInviteRecipient,
    UpsertMultiRecipientSmartInvite,
    UpsertSmartInvite,
)

from ..caller import Caller
from ..moments import moment, span, to_day
from ..refusals import Invalid, NotFound
from ..state.access import Application
from ..state.invites import Invite
from ..world import World
from .invite_files import invite_file, removal_file
from .links import known
from .registry import handles

__all__ = ("PAGE", "find_invite", "page_of", "reply_to", "take_reply", "whose_page")

PAGE: Final = "/invites/"
"""Where the page of each recipient is; `page_of` says what follows."""

_PENDING = InviteStatus.PENDING


# Writing ------------------------------------------------------------------------------


@handles(UpsertSmartInvite)
def upsert_invite(world: World, caller: Caller, asked: UpsertSmartInvite) -> SmartInvite:
    """A new invite to one person, or a changed one."""
    invite = _write(world, caller, asked, (asked.recipient,), alone=True)
    return attrs.evolve(_single(invite), attachments=_attachments(world, invite))


@handles(UpsertMultiRecipientSmartInvite)
def upsert_invite_to_many(
    world: World, caller: Caller, asked: UpsertMultiRecipientSmartInvite
) -> MultiRecipientSmartInvite:
    """A new invite to several people, or a changed one."""
    invite = _write(world, caller, asked, asked.recipients, alone=False)
    return attrs.evolve(_several(invite), attachments=_attachments(world, invite))


@handles(CancelSmartInvite)
def cancel_invite(world: World, caller: Caller, asked: CancelSmartInvite) -> SmartInvite:
    """Call the event off for the one person who was invited."""
    invite = _found(world, caller.application, asked.smart_invite_id, asked.recipient.email)
    _cancel(invite)
    return attrs.evolve(_single(invite), attachments=_attachments(world, invite))


@handles(CancelMultiRecipientSmartInvite)
def cancel_invite_to_many(
    world: World, caller: Caller, asked: CancelMultiRecipientSmartInvite
) -> MultiRecipientSmartInvite:
    """Call the event off for everybody."""
    # Decision.CANCEL_FOR_ALL
    invite = _found(world, caller.application, asked.smart_invite_id, None)
    _cancel(invite)
    return attrs.evolve(_several(invite), attachments=_attachments(world, invite))


@handles(RemoveSmartInviteRecipient)
def remove_recipient(
    world: World, caller: Caller, asked: RemoveSmartInviteRecipient
) -> MultiRecipientSmartInvite:
    """Take one person off an invite to several."""
    invite = _found(world, caller.application, asked.smart_invite_id, None)
    removed = invite.recipients.pop(asked.recipient.email.lower(), None)
    if removed is None:
        raise NotFound
    invite.sequence += 1
    # Decision.REMOVED_FILE
    theirs = {"email": removed.email, "icalendar": removal_file(invite, removed, world.now())}
    # An invite without anybody is no invite any more.
    rest = invite_file(invite, world.now()) if invite.recipients else None
    return attrs.evolve(
        _several(invite),
        recipient=removed,
        attachments=SmartInviteAttachments(icalendar=rest, removed=theirs),
    )


def _write(
    world: World,
    caller: Caller,
    asked: UpsertSmartInvite | UpsertMultiRecipientSmartInvite,
    recipients: tuple[InviteRecipient, ...],
    *,
    alone: bool,
) -> Invite:
    times = _span(asked.event)
    key = _key(caller.application, asked.smart_invite_id, recipients[0].email if alone else None)
    invite = world.arrangements.invites.get(key)
    # Decision.INVITE_MOVED
    stays = invite is not None and _span(invite.event) == times
    before = invite.recipients if invite is not None and stays else {}
    values: dict[str, Any] = {
        "event": asked.event,
        "callback_url": known(asked.callback_url),
        "organizer": known(asked.organizer),
        "recipients": {
            each.email.lower(): _invited(each, before.get(each.email.lower()))
            for each in recipients
        },
        "cancelled": False,
    }
    if invite is None:
        invite = world.arrangements.invites[key] = Invite(
            invite_id=asked.smart_invite_id,
            uid=f"{world.ids.make('inv')}@sandbox.localhost",
            application=caller.application,
            alone=alone,
            **values,
        )
    elif values != {name: getattr(invite, name) for name in values}:
        for name, value in values.items():
            setattr(invite, name, value)
        invite.sequence += 1
    return invite


def _invited(recipient: InviteRecipient, before: InviteReply | None) -> InviteReply:
    """Somebody who is invited; *before*, as they were already."""
    if before is not None:
        return before
    given = _PENDING if recipient.status is None else InviteStatus(recipient.status)
    return InviteReply(email=recipient.email, status=given)


def _cancel(invite: Invite) -> None:
    if not invite.cancelled:
        invite.cancelled = True
        invite.sequence += 1


# Reading ------------------------------------------------------------------------------


@handles(GetSmartInvite)
def get_invite(world: World, caller: Caller, asked: GetSmartInvite) -> SmartInvite:
    """An invite to one person, with every reply to it."""
    invite = _found(world, caller.application, asked.smart_invite_id, asked.recipient_email)
    shown = attrs.evolve(_single(invite), replies=tuple(invite.replies.values()))
    if asked.include_ics is not True:
        return shown
    return attrs.evolve(shown, attachments=_attachments(world, invite))


@handles(GetMultiRecipientSmartInvite)
def get_invite_to_many(
    world: World, caller: Caller, asked: GetMultiRecipientSmartInvite
) -> MultiRecipientSmartInvite:
    """An invite to several people, with every reply to it."""
    invite = _found(world, caller.application, asked.smart_invite_id, None)
    return attrs.evolve(_several(invite), replies=tuple(invite.replies.values()))


def _single(invite: Invite) -> SmartInvite:
    (recipient,) = invite.recipients.values()
    return SmartInvite(recipient=recipient, **_shown(invite))


def _several(invite: Invite) -> MultiRecipientSmartInvite:
    return MultiRecipientSmartInvite(recipients=tuple(invite.recipients.values()), **_shown(invite))


def _shown(invite: Invite) -> dict[str, Any]:
    return {
        "smart_invite_id": invite.invite_id,
        "callback_url": invite.callback_url,
        "event": _event(invite.event),
    }


def _event(event: SmartInviteEvent) -> InvitedEvent:
    times, transparency = _span(event), known(event.transparency)

    def shown(seconds: int, tzid: str | None) -> EventTime:
        # Decision.NO_ZONE
        time = to_day(seconds) if times["all_day"] else moment(seconds)
        return ZonedTime(time, tzid or "Etc/UTC")

    return InvitedEvent(
        summary=event.summary,
        description=known(event.description),
        start=shown(times["start"], times["start_tzid"]),
        end=shown(times["end"], times["end_tzid"]),
        location=known(event.location),
        url=known(event.url),
        reminders=known(event.reminders),
        transparency=None if transparency is None else Transparency(transparency),
        color=known(event.color),
    )


def _attachments(world: World, invite: Invite) -> SmartInviteAttachments:
    return SmartInviteAttachments(icalendar=invite_file(invite, world.now()))


def _span(event: SmartInviteEvent) -> Mapping[str, Any]:
    try:
        return span(event.start, event.end, known(event.tzid))
    except Invalid as refusal:
        raise refusal.under("event") from None


# Looking up ---------------------------------------------------------------------------


def _key(
    application: Application, invite_id: str, email: str | None
) -> tuple[str, str, str | None]:
    return application.client_id, invite_id, None if email is None else email.lower()


def _found(world: World, application: Application, invite_id: str, email: str | None) -> Invite:
    invite = world.arrangements.invites.get(_key(application, invite_id, email))
    if invite is None:
        raise NotFound
    return invite


# What people do -----------------------------------------------------------------------


def reply_to(
    world: World, application: Application, invite_id: str, recipient: str, reply: InviteReply
) -> None:
    """
    Have somebody reply to the mail that an application sent.

    Args:
        world: Where.
        application: Who invited.
        invite_id: The application's id of the invite.
        recipient: The address that the invite went to.
        reply: The reply, of that person or of somebody it was forwarded to.

    Raises:
        NotFound: There is no such invite.
        Invalid: It is cancelled.
    """
    take_reply(world, find_invite(world, application, invite_id, recipient), reply)


def find_invite(world: World, application: Application, invite_id: str, recipient: str) -> Invite:
    """The invite of this id that went to an address, to that one alone before to several."""
    invites = world.arrangements.invites
    invite = invites.get(_key(application, invite_id, recipient)) or _found(
        world, application, invite_id, None
    )
    if recipient.lower() not in invite.recipients:
        raise NotFound
    return invite


def take_reply(world: World, invite: Invite, reply: InviteReply) -> None:
    """The same as `reply_to`, for an invite that is at hand."""
    if invite.cancelled:
        raise Invalid.field("smart_invite_id", "is that of an invite that is cancelled")
    who = (reply.email or "").lower()
    # Decision.LAST_REPLIES
    invite.replies.pop(who, None)
    invite.replies[who] = reply
    if who in invite.recipients:
        invite.recipients[who] = attrs.evolve(reply, email=invite.recipients[who].email)
    if invite.callback_url is not None:
        payload = codec.unstructure(_told(invite, reply))
        world.outbox.post(invite.application, invite.callback_url, "smart_invite", payload)


def _told(
    invite: Invite, reply: InviteReply
) -> SmartInviteReplied | MultiRecipientSmartInviteReplied:
    notification = SchedulingTrigger(type=SchedulingTriggerType.SMART_INVITE)
    recipients = tuple(invite.recipients.values())
    if not invite.alone:
        many = MultiRecipientReply(
            smart_invite_id=invite.invite_id,
            recipients=recipients,
            reply=reply,
            callback_url=invite.callback_url,
        )
        return MultiRecipientSmartInviteReplied(notification=notification, smart_invite=many)
    one = SingleRecipientReply(
        smart_invite_id=invite.invite_id,
        recipient=recipients[0],
        reply=reply,
        callback_url=invite.callback_url,
    )
    return SmartInviteReplied(notification=notification, smart_invite=one)


# Their pages --------------------------------------------------------------------------


def page_of(invite: Invite, recipient: str) -> str:
    """The path of the page on which somebody who is invited replies."""
    # Decision.INVITE_PAGES
    return PAGE + sha256(f"{invite.uid}\n{recipient.lower()}".encode()).hexdigest()[:32]


def whose_page(world: World, path: str) -> tuple[Invite, InviteReply] | None:
    """The invite and the recipient that a page is for; `None` if there is no such page."""
    for invite in world.arrangements.invites.values():
        for address, recipient in invite.recipients.items():
            if page_of(invite, address) == path:
                return invite, recipient
    return None
