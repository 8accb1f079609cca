"""Being told when an account's calendars change."""

from __future__ import annotations

import attrs

from ..core.errors import InvalidArgumentError
from ..core.operation import Credential, Operation, Retry
from ..core.unset import UNSET, Unset
from ..models.channels import Channel, ChannelFilters, SchedulingConversationsOption
from ..models.shorthands import is_http_url
from .checks import not_empty

__all__ = ("CloseChannel", "CreateChannel", "ListChannels")


@attrs.frozen(kw_only=True)
class CreateChannel(
    Operation[Channel],
    method="POST",
    path="/v1/channels",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.CREATE,
    source="/developers/api/push-notifications/create-channel/",
    envelope="channel",
    lookup="list_channels shows whether there is a channel with that callback_url",
):
    """
    Have a URL notified when an account's calendars change. One channel per account is enough.

    The first notification, ``verification``, comes at once: answer it with status 200
    within 5 seconds. What the application itself writes is not notified.

    Answer: the channel; the one that there is already, if it is the same in all points.

    Args:
        callback_url: What to notify: an http or https URL that can be reached from
            outside. Older documentation allows at most 128 characters.
        filters: Which changes to notify of. Left out: all.
        scheduling_conversations: Whether to notify of scheduling conversations too. Left
            out: no. Alpha.

    Raises:
        InvalidArgumentError: The URL is no http or https URL, or the filters allow no
            calendar.
        InvalidRequestError: A calendar is unknown, or the account has 128 channels.

    Source: /developers/api/push-notifications/create-channel/
    """

    callback_url: str = attrs.field(validator=[not_empty, is_http_url])
    filters: ChannelFilters | Unset = UNSET
    scheduling_conversations: SchedulingConversationsOption | Unset = UNSET

    def __attrs_post_init__(self) -> None:
        # Not in the filters' own class, which also reads what the service answers.
        if isinstance(self.filters, ChannelFilters) and self.filters.calendar_ids == ():
            raise InvalidArgumentError(
                "filters.calendar_ids", "is an empty list", "leave it out for all calendars"
            )


@attrs.frozen(kw_only=True)
class ListChannels(
    Operation[list[Channel]],
    method="GET",
    path="/v1/channels",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.READ,
    source="/developers/api/push-notifications/list-channels/",
    envelope="channels",
):
    """
    List the channels of an account that the application has made.

    Answer: every channel that is not closed.

    Raises:
        AuthenticationError: The access token is expired and could not be renewed.

    Source: /developers/api/push-notifications/list-channels/
    """


@attrs.frozen(kw_only=True)
class CloseChannel(
    Operation[None],
    method="DELETE",
    path="/v1/channels/{channel_id}",
    credential=Credential.ACCESS_TOKEN,
    retry=Retry.KEYED,
    source="/developers/api/push-notifications/close-channel/",
):
    """
    Close a channel: its URL is not notified any more.

    Answer: nothing.

    Args:
        channel_id: The channel, from `ListChannels`.

    Raises:
        NotFoundError: The account has no such channel.

    Source: /developers/api/push-notifications/close-channel/
    """

    channel_id: str = attrs.field(validator=not_empty)
