"""Channels of push notifications."""

from __future__ import annotations

from typing import Final

from cronofy_async.core.unset import Unset
from cronofy_async.models import channels as models
from cronofy_async.operations.channels import CloseChannel, CreateChannel, ListChannels

from ..caller import Caller
from ..letters import described
from ..refusals import Invalid, NotFound
from ..state.channels import Channel
from ..world import World
from .reading import visible_calendars
from .registry import handles

__all__ = ()

_MOST: Final = 128


@handles(CreateChannel)
def create_channel(world: World, caller: Caller, asked: CreateChannel) -> models.Channel:
    """A new channel, or the one that is just like it."""
    filters = models.ChannelFilters() if isinstance(asked.filters, Unset) else asked.filters
    if filters.calendar_ids is not None:
        visible_calendars(caller, filters.calendar_ids, "filters.calendar_ids")
    conversations = asked.scheduling_conversations
    channel = Channel(
        channel_id=world.ids.make("chn"),
        authorization=caller.authorization,
        callback_url=asked.callback_url,
        filters=filters,
        scheduling_conversations=None if isinstance(conversations, Unset) else conversations,
    )
    mine = _open(world, caller)
    for twin in mine:
        # Decision.SAME_CHANNEL
        if twin.same_as(channel):
            return described(twin)
    if len(mine) >= _MOST:
        raise Invalid.field("channel", f"cannot be made: the account has {_MOST} channels")
    world.channels[caller.authorization.account.sub] = [*_all_open(world, caller), channel]
    world.outbox.notify(channel, "verification")
    return described(channel)


@handles(ListChannels)
def list_channels(world: World, caller: Caller, _: ListChannels) -> list[models.Channel]:
    """The channels of this authorization that are open."""
    return [described(channel) for channel in _open(world, caller)]


@handles(CloseChannel)
def close_channel(world: World, caller: Caller, asked: CloseChannel) -> None:
    """Close a channel."""
    for channel in _open(world, caller):
        if channel.channel_id == asked.channel_id:
            channel.closed = True
            return
    raise NotFound


def _all_open(world: World, caller: Caller) -> list[Channel]:
    channels = world.channels.get(caller.authorization.account.sub, ())
    return [each for each in channels if not each.closed]


def _open(world: World, caller: Caller) -> list[Channel]:
    return [each for each in _all_open(world, caller) if each.authorization is caller.authorization]
