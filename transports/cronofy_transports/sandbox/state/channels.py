"""Channels: where an application wants to hear of an account's changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .access import Authorization
from .accounts import Calendar

if TYPE_CHECKING:
    from cronofy_async.models.channels import ChannelFilters, SchedulingConversationsOption

__all__ = ("Channel",)


@attrs.define(kw_only=True, eq=False)
class Channel:
    """
    A channel of one authorization.

    Attributes:
        filters: What it is told of, as it was sent.
        closed: Whether it was closed, by the application or for want of answers.
    """

    channel_id: str
    authorization: Authorization
    callback_url: str
    filters: ChannelFilters
    scheduling_conversations: SchedulingConversationsOption | None = None
    closed: bool = False

    def same_as(self, other: Channel) -> bool:
        """Whether another channel would tell the same to the same."""
        return (self.callback_url, self.filters, self.scheduling_conversations) == (
            other.callback_url,
            other.filters,
            other.scheduling_conversations,
        )

    def hears_of(self, calendar: Calendar, owner: str | None) -> bool:
        """
        Whether a change in a calendar concerns this channel.

        Args:
            calendar: Where something changed.
            owner: The client id of the application that manages what changed, if any.
        """
        if self.closed or not self.authorization.active:
            return False
        calendar_ids = self.filters.calendar_ids
        if calendar_ids is not None and calendar.calendar_id not in calendar_ids:
            return False
        if self.filters.only_managed and owner != self.authorization.application.client_id:
            return False
        profile = calendar.profile
        # Decision.INITIAL_SYNC
        return (
            profile.profile_id not in self.authorization.hidden
            and not profile.initial_sync_required
        )
