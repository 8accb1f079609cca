"""What a callback says, and how it is signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from cronofy_async import callbacks
from cronofy_async.core import codec
from cronofy_async.core.operation import JSON_TYPE
from cronofy_async.models.channels import Channel
from cronofy_async.models.notifications import ChannelNotification, Notification, NotificationType

from .push import Delivery
from .state import channels

__all__ = ("conversation_payload", "described", "write")

_UTC = timezone.utc  # noqa: UP017  # pyright takes an imported UTC for a constant of ours


def write(delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
    """
    The headers and the body of a delivery, signed with every active secret.

    Source: /developers/push-notifications/authentication/
    """
    body = json.dumps(_payload(delivery), separators=(",", ":")).encode()
    signatures = [callbacks.sign(body, secret) for secret in delivery.application.secrets]
    headers = {
        "Content-Type": JSON_TYPE,
        callbacks.SIGNATURE_HEADER: ",".join(signatures),
    }
    return headers, body


def _payload(delivery: Delivery) -> Mapping[str, Any]:
    if delivery.payload is not None:
        return delivery.payload
    channel = delivery.channel
    assert channel is not None
    since = delivery.changes_since
    notification = ChannelNotification(
        notification=Notification(
            type=NotificationType(delivery.type),
            changes_since=None if since is None else datetime.fromtimestamp(since, _UTC),
        ),
        channel=described(channel),
    )
    payload: dict[str, Any] = codec.unstructure(notification)
    return payload


def conversation_payload(
    channel: channels.Channel, type_: NotificationType, conversation_id: str
) -> Mapping[str, Any]:
    """What a channel is told of a scheduling conversation."""
    notification = Notification(type=type_, scheduling_conversation_id=conversation_id)
    told = ChannelNotification(notification=notification, channel=described(channel))
    payload: dict[str, Any] = codec.unstructure(told)
    return payload


def described(channel: channels.Channel) -> Channel:
    """A channel, as its application sees it."""
    return Channel(
        channel_id=channel.channel_id,
        callback_url=channel.callback_url,
        filters=channel.filters,
        scheduling_conversations=channel.scheduling_conversations,
    )
