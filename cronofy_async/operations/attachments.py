"""Files that are attached to events."""

from __future__ import annotations

import attrs

from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.attachments import Attachment, AttachmentFile
from ..models.event_template import _subscriptions
from ..models.subscriptions import Subscription
from .checks import instance

__all__ = ("CreateAttachment",)


@attrs.frozen(kw_only=True)
class CreateAttachment(
    Operation[Attachment],
    method="POST",
    path="/v1/attachments",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.CREATE,
    source="/developers/api/attachments/create/",
    stability=Stability.BETA,
    envelope="attachment",
    lookup="nothing is lost: an attachment that no event names is never seen, make another",
):
    """
    Upload a file, to be attached to events afterwards. Beta.

    It is attached by its id in `attachments` of `UpsertEvent`, to events in calendars whose
    `calendar_attachments_available` is true, of people who granted it.

    Answer: the file's id and what the service knows of it.

    Args:
        attachment: The file.
        subscriptions: Who is to be told whether the file is accepted, which is found out
            later: of the interactions ``attachment_approved`` and ``attachment_rejected``.
            Left out: nobody.

    Raises:
        InvalidArgumentError: A value is empty, or the content is not base64.
        InvalidRequestError: The name does not fit the type, or has characters that are not
            allowed; `errors` says more.

    Source: /developers/api/attachments/create/
    """

    attachment: AttachmentFile = attrs.field(validator=instance(AttachmentFile))
    subscriptions: tuple[Subscription, ...] | Unset = attrs.field(
        default=UNSET, converter=_subscriptions, validator=instance(Subscription)
    )
