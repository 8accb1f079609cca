"""Files to attach to events: uploaded, screened a moment later, then named in events."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from typing import Final

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.attachments import Attachment
from cronofy_async.models.callbacks_events import (
    AttachmentNotification,
    SubscriptionNotice,
    SubscriptionNoticeType,
)
from cronofy_async.models.subscriptions import Interaction, InteractionType
from cronofy_async.operations.attachments import CreateAttachment
from cronofy_async.operations.event_fields import EventDetails

from ..agenda import act
from ..caller import Caller
from ..refusals import Invalid
from ..state.access import Application
from ..state.accounts import Calendar
from ..state.attachments import StoredAttachment
from ..world import World
from .registry import handles

__all__ = ("attachable", "screen")

# Decision.ATTACHMENT_NAMES
_NAME: Final = re.compile(r"[\w .()-]*[\w)]\.[A-Za-z0-9]{1,10}")

# Decision.ATTACHMENT_SCREENING
_MALICIOUS: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@handles(CreateAttachment)
def create_attachment(world: World, caller: Caller, asked: CreateAttachment) -> Attachment:
    """Take a file; it is screened a moment later."""
    file = asked.attachment
    _check(file.file_name, file.content_type)
    content = base64.b64decode(file.base64_content)
    subscriptions = asked.subscriptions
    stored = StoredAttachment(
        attachment_id=world.ids.make("att"),
        application=caller.application,
        file_name=file.file_name,
        content_type=file.content_type,
        content=content,
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        subscriptions=() if isinstance(subscriptions, Unset) else subscriptions,
    )
    world.attachments[stored.attachment_id] = stored
    world.later(world.now() + world.choices.screening_delay, _look, stored)
    return _described(stored)


@act
def _look(world: World, _: int, stored: StoredAttachment) -> None:
    screen(world, stored, approved=_MALICIOUS not in stored.content)


def screen(world: World, attachment: StoredAttachment, *, approved: bool) -> bool:
    """
    Approve or reject a file, and tell those who subscribed.

    Returns:
        Whether it was still to be screened.
    """
    if attachment.state != "pending":
        return False
    attachment.state = "approved" if approved else "rejected"
    type_ = InteractionType.ATTACHMENT_APPROVED if approved else InteractionType.ATTACHMENT_REJECTED
    payload = codec.unstructure(
        AttachmentNotification(
            notification=SubscriptionNotice(
                type=SubscriptionNoticeType.EVENT_SUBSCRIPTION,
                interactions=(Interaction(type=type_),),
            ),
            attachment=_described(attachment),
        )
    )
    for subscription in attachment.subscriptions:
        if any(each.type == type_ for each in subscription.interactions or ()):
            world.outbox.post(attachment.application, subscription.uri, "attachment", payload)
    return True


def attachable(
    world: World, application: Application, calendar: Calendar, asked: EventDetails
) -> None:
    """
    Check the attachments of an event that is about to be written.

    Raises:
        Invalid: The calendar takes none, or a file is unknown or was rejected.
    """
    if isinstance(asked.attachments, Unset) or not asked.attachments:
        return
    if not calendar.attachments:
        raise Invalid.field("attachments", "are not available for this calendar")
    for index, each in enumerate(asked.attachments):
        stored = world.attachments.get(each.attachment_id)
        field = f"attachments[{index}].attachment_id"
        if stored is None or stored.application is not application:
            raise Invalid.field(field, "is not that of an attachment")
        if stored.state == "rejected":
            raise Invalid.field(field, "is that of an attachment that was rejected")


def _check(file_name: str, content_type: str) -> None:
    if not _NAME.fullmatch(file_name):
        raise Invalid.field(
            "attachment.file_name",
            "must have an extension, and only letters, digits, spaces and _ . ( ) - before it",
        )
    kind = content_type.partition(";")[0].strip().lower()
    fitting = mimetypes.guess_all_extensions(kind)
    # A type that is not known fits any extension.
    if fitting and f".{file_name.rpartition('.')[2].lower()}" not in fitting:
        raise Invalid.field("attachment.file_name", "has an extension that its type does not have")
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII):
        raise Invalid.field("attachment.content_type", "is no MIME type")


def _described(stored: StoredAttachment) -> Attachment:
    return Attachment(
        attachment_id=stored.attachment_id,
        file_name=stored.file_name,
        content_type=stored.content_type,
        md5=stored.md5,
    )
