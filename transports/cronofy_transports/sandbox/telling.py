"""Commands to the sandbox about what the application is told of, and who replies where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusals import Invalid, NotFound

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .state.channels import Channel
    from .world import World

__all__ = ("Telling",)


class Telling:
    """Notifications by hand, and the pages for replies; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

    def notify(self, channel_id: str, notification_type: str = "change") -> None:
        """
        Send a channel a notification of any kind, whatever has happened.

        Args:
            channel_id: The channel; it must be open.
            notification_type: One of the types of `NotificationType`. ``change`` tells of
                changes from now on, and goes out after the time for which they are gathered.
        """
        from cronofy_async.models.notifications import NotificationType

        channel = self._channel(channel_id)
        if notification_type not in list(NotificationType):
            known = ", ".join(NotificationType)
            raise Invalid.field("notification_type", f"must be one of {known}")
        type_ = NotificationType(notification_type)
        if type_ == NotificationType.CHANGE:
            self._world.outbox.changed(channel)
        elif type_ in (
            NotificationType.SCHEDULING_CONVERSATION_JOINED,
            NotificationType.SCHEDULING_CONVERSATION_UPDATED,
        ):
            from .letters import conversation_payload

            payload = conversation_payload(channel, type_, self._conversation_of(channel))
            application = channel.authorization.application
            self._world.outbox.post(application, channel.callback_url, type_, payload, channel)
        else:
            self._world.outbox.notify(channel, type_)

    def reply_page(self, smart_invite_id: str, recipient: str) -> str:
        """The URL of the page on which somebody who is invited can reply."""
        from .handlers.invites import find_invite, page_of

        application = self._sandbox.application
        invite = find_invite(self._world, application, smart_invite_id, recipient)
        return f"{self._world.origin}{page_of(invite, recipient)}"

    def _channel(self, channel_id: str) -> Channel:
        for channels in self._world.channels.values():
            for channel in channels:
                if channel.channel_id == channel_id:
                    if channel.closed or not channel.authorization.active:
                        raise Invalid.field("channel_id", "is that of a channel that is closed")
                    return channel
        raise NotFound

    def _conversation_of(self, channel: Channel) -> str:
        # Decision.NOTIFIED_BY_HAND
        sub = channel.authorization.account.sub
        for conversation in reversed(self._world.arrangements.conversations.values()):
            if sub in conversation.subs():
                return conversation.conversation_id
        return self._world.ids.make("scv")
