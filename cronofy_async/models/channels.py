"""Channels: who is told when an account's calendars change."""

from __future__ import annotations

import attrs

from .shorthands import are_filled, nullable_strings

__all__ = ("Channel", "ChannelFilters", "SchedulingConversationsOption")


@attrs.frozen(kw_only=True)
class ChannelFilters:
    """
    Which changes a channel is told of.

    Attributes:
        calendar_ids: Only those in these calendars; left out: in all of them.
        only_managed: Only those of events that the application created. Left out: false.

    Source: /developers/api/push-notifications/create-channel/
    """

    calendar_ids: tuple[str, ...] | None = attrs.field(
        default=None, converter=nullable_strings, validator=are_filled
    )
    only_managed: bool | None = None


@attrs.frozen(kw_only=True)
class SchedulingConversationsOption:
    """
    Whether a channel is told of scheduling conversations. Alpha.

    Attributes:
        enabled: Whether it is.

    Source: /developers/api-alpha/scheduling-conversations/push-notifications/
    """

    enabled: bool | None = None


@attrs.frozen(kw_only=True)
class Channel:
    """
    A channel of push notifications.

    Attributes:
        channel_id: Names it when it is closed.
        callback_url: Where notifications are sent.
        filters: Which changes it is told of. The service may leave out filters that have
            their default.
        scheduling_conversations: Whether it is told of scheduling conversations. Alpha.

    Source: /developers/api/push-notifications/create-channel/
    """

    channel_id: str
    callback_url: str | None = None
    filters: ChannelFilters | None = None
    scheduling_conversations: SchedulingConversationsOption | None = None
