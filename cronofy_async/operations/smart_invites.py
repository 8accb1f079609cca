"""Invitations whose replies come back without access to anybody's calendar."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..core.operation import Credential, Operation, Retry, Stability
from ..core.unset import UNSET, Unset
from ..models.checks import under
from ..models.shorthands import entries, is_http_url
from ..models.smart_invites import (
    InviteRecipient,
    MultiRecipientSmartInvite,
    SmartInvite,
    SmartInviteEvent,
    SmartInviteOrganizer,
)
from .checks import instance, not_empty, one_or_more, period

__all__ = (
    "CancelMultiRecipientSmartInvite",
    "CancelSmartInvite",
    "GetMultiRecipientSmartInvite",
    "GetSmartInvite",
    "RemoveSmartInviteRecipient",
    "UpsertMultiRecipientSmartInvite",
    "UpsertSmartInvite",
)


def _recipient(value: str | InviteRecipient) -> InviteRecipient:
    return InviteRecipient(value) if isinstance(value, str) else value


def _recipients(value: Iterable[str | InviteRecipient]) -> tuple[InviteRecipient, ...]:
    return tuple(_recipient(each) for each in entries("recipients", value))


def _organizer(value: str | SmartInviteOrganizer | Unset) -> SmartInviteOrganizer | Unset:
    return SmartInviteOrganizer(value) if isinstance(value, str) else value


# Not itself an operation, so that the catalog does not take it for one.
@attrs.frozen(kw_only=True, slots=False)
class _Invitation:
    """What an invite says, however many it goes to."""

    smart_invite_id: str = attrs.field(validator=not_empty)
    event: SmartInviteEvent = attrs.field(validator=instance(SmartInviteEvent))
    callback_url: str | Unset = attrs.field(default=UNSET, validator=is_http_url)
    organizer: SmartInviteOrganizer | Unset = attrs.field(
        default=UNSET, converter=_organizer, validator=instance(SmartInviteOrganizer)
    )

    def __attrs_post_init__(self) -> None:
        with under("event"):
            period(self.event.start, self.event.end, self.event.tzid)


@attrs.frozen(kw_only=True)
class UpsertSmartInvite(
    _Invitation,
    Operation[SmartInvite],
    method="POST",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/smart-invites/create-smart-invite/",
    stability=Stability.BETA,
    fixed={"method": "request"},
    presumed=frozenset({"method"}),
    selector="recipient",
):
    """
    Make an invite for one person, or change the one with the same id and address. Beta.

    Cronofy sends no mail: it answers with an ICS file that you attach to yours, and what
    the person replies then comes to *callback_url*.

    Answer: the invite, with its file in ``attachments.icalendar``.

    Args:
        smart_invite_id: Your id of it; together with the address it names the invite.
        recipient: Whom to invite; text is their address.
        event: What they are invited to.
        callback_url: Where replies are sent: an http or https URL. Left out: nowhere, so
            ask with `GetSmartInvite`.
        organizer: Whom the invite is from; text is their name.

    Raises:
        InvalidArgumentError: An id or address is empty, the URL is no http or https URL, or
            the event's times are naive without zone, or end before they start.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PaymentRequiredError: The application's plan has no smart invites.

    Source: /developers/api/smart-invites/create-smart-invite/
    """

    recipient: InviteRecipient = attrs.field(
        converter=_recipient, validator=instance(InviteRecipient)
    )


@attrs.frozen(kw_only=True)
class UpsertMultiRecipientSmartInvite(
    _Invitation,
    Operation[MultiRecipientSmartInvite],
    method="POST",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api-alpha/smart-invites/multiple-recipients/",
    stability=Stability.ALPHA,
    fixed={"method": "request"},
    presumed=frozenset({"method"}),
    selector="recipients",
):
    """
    Make an invite for several people, or change the one with the same id. Alpha.

    Answer: the invite, with one file for all of them in ``attachments.icalendar``.

    Args:
        smart_invite_id: Your id of it, which alone names the invite.
        recipients: Whom to invite, at least one; text is an address. An `InviteRecipient`
            can say what somebody has replied already.
        event: What they are invited to.
        callback_url: Where replies are sent: an http or https URL. Left out: nowhere, so
            ask with `GetMultiRecipientSmartInvite`.
        organizer: Whom the invite is from; text is their name.

    Raises:
        InvalidArgumentError: As for `UpsertSmartInvite`, or there is no recipient.
        InvalidRequestError: The service refuses a value; `errors` says which.
        PaymentRequiredError: The application's plan has no smart invites.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    recipients: tuple[InviteRecipient, ...] = attrs.field(
        converter=_recipients, validator=[instance(InviteRecipient), one_or_more]
    )


@attrs.frozen(kw_only=True)
class CancelSmartInvite(
    Operation[SmartInvite],
    method="POST",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api/smart-invites/cancel-invite/",
    stability=Stability.BETA,
    fixed={"method": "cancel"},
    selector="recipient",
):
    """
    Cancel an invite for one person. Beta.

    Answer: the invite, with a file in ``attachments.icalendar`` that you have to send: until
    then the event stays in the person's calendar.

    Args:
        smart_invite_id: Your id of it.
        recipient: Who was invited; text is their address.

    Raises:
        InvalidArgumentError: The id or the address is empty.
        NotFoundError: There is no such invite.

    Source: /developers/api/smart-invites/cancel-invite/
    """

    smart_invite_id: str = attrs.field(validator=not_empty)
    recipient: InviteRecipient = attrs.field(
        converter=_recipient, validator=instance(InviteRecipient)
    )


@attrs.frozen(kw_only=True)
class CancelMultiRecipientSmartInvite(
    Operation[MultiRecipientSmartInvite],
    method="POST",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api-alpha/smart-invites/multiple-recipients/",
    stability=Stability.ALPHA,
    fixed={"method": "cancel"},
    selector="recipients",
):
    """
    Cancel an invite for several people. Alpha.

    Answer: the invite, with a file in ``attachments.icalendar`` that you have to send to
    all of them: until then the event stays in their calendars.

    Args:
        smart_invite_id: Your id of it.
        recipients: Who was invited, at least one; text is an address.

    Raises:
        InvalidArgumentError: The id or an address is empty, or there is no recipient.
        NotFoundError: There is no such invite.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    smart_invite_id: str = attrs.field(validator=not_empty)
    recipients: tuple[InviteRecipient, ...] = attrs.field(
        converter=_recipients, validator=[instance(InviteRecipient), one_or_more]
    )


@attrs.frozen(kw_only=True)
class RemoveSmartInviteRecipient(
    Operation[MultiRecipientSmartInvite],
    method="POST",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.KEYED,
    source="/developers/api-alpha/smart-invites/multiple-recipients/",
    stability=Stability.ALPHA,
    fixed={"method": "remove"},
):
    """
    Take one person off an invite for several. Alpha.

    Answer: the invite. What is to be sent to the person who was removed lies in
    ``attachments.removed``, in a form that is not published.

    Args:
        smart_invite_id: Your id of it.
        recipient: Whom to remove; text is their address.

    Raises:
        InvalidArgumentError: The id or the address is empty.
        NotFoundError: There is no such invite.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    smart_invite_id: str = attrs.field(validator=not_empty)
    recipient: InviteRecipient = attrs.field(
        converter=_recipient, validator=instance(InviteRecipient)
    )


@attrs.frozen(kw_only=True)
class GetSmartInvite(
    Operation[SmartInvite],
    method="GET",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api/smart-invites/invite-status/",
    stability=Stability.BETA,
    selector="recipient_email",
):
    """
    Find out what became of an invite for one person. Beta.

    Answer: the invite, with all `replies`, also those of people it was forwarded to.

    Args:
        smart_invite_id: Your id of it.
        recipient_email: The address of the person who was invited.
        include_ics: Whether to answer with its ICS file too. Left out: no.

    Raises:
        InvalidArgumentError: The id or the address is empty.
        NotFoundError: There is no such invite.

    Source: /developers/api/smart-invites/invite-status/
    """

    smart_invite_id: str = attrs.field(validator=not_empty)
    recipient_email: str = attrs.field(validator=not_empty)
    include_ics: bool | Unset = UNSET


@attrs.frozen(kw_only=True)
class GetMultiRecipientSmartInvite(
    Operation[MultiRecipientSmartInvite],
    method="GET",
    path="/v1/smart_invites",
    credential=Credential.CLIENT_SECRET,
    retry=Retry.READ,
    source="/developers/api-alpha/smart-invites/multiple-recipients/",
    stability=Stability.ALPHA,
):
    """
    Find out what became of an invite for several people. Alpha.

    Answer: the invite, with what each of its `recipients` replied last.

    Args:
        smart_invite_id: Your id of it.

    Raises:
        InvalidArgumentError: The id is empty.
        NotFoundError: There is no such invite.

    Source: /developers/api-alpha/smart-invites/multiple-recipients/
    """

    smart_invite_id: str = attrs.field(validator=not_empty)
