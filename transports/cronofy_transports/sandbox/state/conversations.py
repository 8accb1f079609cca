"""Scheduling conversations: two people who settle on a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .access import Authorization

if TYPE_CHECKING:
    from cronofy_async.models.scheduling_conversations import ConversationParticipant
    from cronofy_async.operations.scheduling_conversations import CreateSchedulingConversation

__all__ = ("Conversation", "Party")


@attrs.define(kw_only=True, eq=False)
class Party:
    """
    One who takes part.

    Attributes:
        asked: As they were given.
        token: What they come with once they have joined.
        chosen: The start of the time that they chose, in seconds since the epoch.
    """

    asked: ConversationParticipant
    token: str
    chosen: int | None = None

    @property
    def is_manual(self) -> bool:
        """Whether they choose themselves, rather than by their calendars."""
        method = self.asked.slots.selection_method if self.asked.slots is not None else None
        return (method or ("manual" if self.asked.sub is None else "auto")) == "manual"


@attrs.define(kw_only=True, eq=False)
class Conversation:
    """
    A conversation.

    Attributes:
        conversation_id: ``scv_`` and 24 hex digits.
        authorization: That of who began it.
        asked: What it was made of.
        settled: The start of the time that was settled on, in seconds since the epoch.
        began: When it began.
    """

    conversation_id: str
    authorization: Authorization
    asked: CreateSchedulingConversation
    parties: list[Party]
    began: int
    settled: int | None = None

    def subs(self) -> set[str]:
        """The accounts of whoever began it or takes part."""
        found = {party.asked.sub for party in self.parties if party.asked.sub is not None}
        return found | {self.authorization.account.sub}
