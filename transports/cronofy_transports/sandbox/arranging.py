"""Commands to the sandbox about invites, links, conversations and requests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .refusals import Invalid, NotFound
from .state.offers import Offer

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .world import World

__all__ = ("Arranging",)


class Arranging:
    """What people do who are invited, or choose a time; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

    # Smart invites -------------------------------------------------------------------

    def reply_to_invite(
        self,
        smart_invite_id: str,
        recipient: str,
        status: Literal["accepted", "tentative", "declined"],
        email: str | None = None,
        comment: str | None = None,
        proposed_start: datetime | None = None,
        proposed_end: datetime | None = None,
        tzid: str = "Etc/UTC",
    ) -> None:
        """
        Have somebody reply to an invite that the application sent.

        Args:
            smart_invite_id: The application's id of it.
            recipient: The address that it went to.
            status: The reply.
            email: Who replies, if the invite was forwarded; `None`: the recipient.
            comment: What they write with it.
            proposed_start: When it would suit them better.
            proposed_end: The end of that; both or neither.
            tzid: The zone that they propose it in.
        """
        # Loaded when it is used: until the first request only being ready counts.
        from cronofy_async.models.smart_invites import InviteProposal, InviteReply, InviteStatus
        from cronofy_async.models.times import ZonedTime

        from .handlers.invites import reply_to

        proposal = None
        if (proposed_start is None) != (proposed_end is None):
            raise Invalid.field("proposed_end", "goes with proposed_start: give both or neither")
        if proposed_start is not None and proposed_end is not None:
            start, end = ZonedTime(proposed_start, tzid), ZonedTime(proposed_end, tzid)
            proposal = InviteProposal(start=start, end=end)
        reply = InviteReply(
            email=email or recipient,
            status=InviteStatus(status),
            comment=comment,
            proposal=proposal,
        )
        reply_to(self._world, self._sandbox.application, smart_invite_id, recipient, reply)

    # Links ---------------------------------------------------------------------------

    def choose_sequence(
        self, real_time_sequencing_id: str, start: datetime, tzid: str = "Etc/UTC"
    ) -> bool:
        """
        Have a visitor choose times for several meetings by a link.

        Args:
            real_time_sequencing_id: The link.
            start: When the first meeting starts.
            tzid: The visitor's zone.

        Returns:
            Whether they were still to be had.
        """
        from .handlers.sequencing import book_sequence

        link = self._world.arrangements.sequences.get(real_time_sequencing_id)
        if link is None:
            raise NotFound
        return book_sequence(self._world, link, [int(start.timestamp())], tzid)

    def take_offer(self, url: str, calendar_id: str) -> str:
        """Have somebody take an event by an add-to-calendar link; returns the code."""
        from .handlers.offers import take_offer, takers

        offer: Offer | None = self._world.arrangements.offers.get(url.rpartition("/")[2])
        for calendar in takers(self._world):
            if offer is not None and calendar.calendar_id == calendar_id:
                return take_offer(self._world, offer, calendar)
        raise NotFound

    # Conversations and requests ------------------------------------------------------

    def join_conversation(self, scheduling_conversation_id: str, participant: int) -> str:
        """Have somebody join a conversation, by their number from 1; returns their token."""
        from .handlers.conversations import join

        conversation = self._world.arrangements.conversations.get(scheduling_conversation_id)
        if conversation is None:
            raise NotFound
        return join(self._world, conversation, participant)

    def choose_request_time(self, scheduling_request_id: str, start: datetime) -> bool:
        """Have a recipient of a request choose a time; returns whether it was to be had."""
        from .handlers.requests import choose_time

        request = self._world.arrangements.requests.get(scheduling_request_id)
        if request is None:
            raise NotFound
        return choose_time(self._world, request, int(start.timestamp()))

    def listen_to_requests(self, url: str) -> None:
        """Set where the application hears of its requests, as in the developer dashboard."""
        client_id = self._sandbox.application.client_id
        self._world.arrangements.request_urls[client_id] = url
