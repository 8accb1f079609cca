"""Agents that join meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from .access import Application
from .events import Event

if TYPE_CHECKING:
    from cronofy_async.models.subscriptions import Subscription

__all__ = ("Agent", "AgentState", "Agents")

AgentState: TypeAlias = Literal["created", "activated", "complete", "failed", "dismissed"]


@attrs.define(kw_only=True, eq=False)
class Agent:
    """
    One agent and how far it is.

    Attributes:
        agent_id: ``agt_`` and 24 hex digits.
        join_url: The meeting, if it is not an event's.
        event: The event that it was asked for with.
        subscriptions: Who is told of it, if it is not an event's.
        state: ``dismissed`` if it was sent away before its meeting.
        joined_at: When it joined, in seconds since the epoch.
        left_at: When it left.
        plan: What is to happen to it; another one takes the place of this one.
    """

    agent_id: str
    application: Application
    join_url: str | None = None
    event: Event | None = None
    subscriptions: tuple[Subscription, ...] = ()
    state: AgentState = "created"
    joined_at: int | None = None
    left_at: int | None = None
    plan: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to become of it."""
        return self.state in ("created", "activated")


@attrs.frozen(kw_only=True)
class Download:
    """A resource of an agent that can be fetched for a while."""

    agent: Agent
    category: str
    expires_at: int


class Agents:
    """The agents of one world."""

    def __init__(self) -> None:
        self.by_id: dict[str, Agent] = {}
        self.by_key: dict[tuple[str, str], Agent] = {}
        """Those that are sent later, by client id and scheduling key."""
        self.by_event: dict[str, Agent] = {}
        """The latest of each event, by the event's uid."""
        self.downloads: dict[str, Download] = {}
        """By the opaque part of their URLs."""

    def add(self, agent: Agent) -> Agent:
        """Enter a new agent."""
        self.by_id[agent.agent_id] = agent
        if agent.event is not None:
            self.by_event[agent.event.uid] = agent
        return agent
