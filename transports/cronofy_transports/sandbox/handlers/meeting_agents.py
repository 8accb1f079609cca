"""
Agents that join meetings: sent by a call of their own, or with an event.

Each is created, joins, leaves again and then has something to fetch.

Source: /developers/api/meeting-agents/callbacks/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from cronofy_async.core import codec
from cronofy_async.core.errors import REQUIRED
from cronofy_async.core.unset import Unset
from cronofy_async.models.callbacks_events import (
    MeetingAgentNotification,
    SubscriptionNotice,
    SubscriptionNoticeType,
)
from cronofy_async.models.meeting_agents import (
    MeetingAgentDetails,
    MeetingAgentDownload,
    MeetingAgentResource,
    MeetingAgentResourceCategory,
    MeetingAgentState,
)
from cronofy_async.models.subscriptions import Interaction, InteractionType
from cronofy_async.operations.event_fields import EventDetails
from cronofy_async.operations.meeting_agents import (
    CreateMeetingAgent,
    DownloadMeetingAgentResource,
)

from ..agenda import Act, act
from ..caller import Caller
from ..refusals import Invalid, NotFound
from ..state.access import Application
from ..state.agents import Agent, Download
from ..state.events import Event
from ..world import World
from .registry import Reply, handles
from .subscriptions import happened

__all__ = ("DASHBOARD", "FILES", "fail", "sendable", "summon")

DASHBOARD: Final = "/meeting_agents/"
"""Where a browser sees an agent."""

FILES: Final = "/meeting_agent_files/"
"""Where its resources are fetched from, without credentials."""

_RESOURCES: Final = DownloadMeetingAgentResource.path.partition("{")[0]

# Decision.RECORDINGS
_RECORDED: Final[Mapping[MeetingAgentResourceCategory, str]] = {
    MeetingAgentResourceCategory.TRANSCRIPT: "cronofy",
    MeetingAgentResourceCategory.AUDIO: "voice",
}

_ONES_OWN: Final = "cronofy"
_NONE: Final = "none"
_KEY: Final = "meeting_agent"


# Sent by a call of their own ----------------------------------------------------------


@handles(CreateMeetingAgent)
def create_meeting_agent(world: World, caller: Caller, asked: CreateMeetingAgent) -> Reply[Any]:
    """Send an agent now, or at a time ahead; one at most for each scheduling key."""
    now = world.now()
    joins = now + world.choices.agent_join_delay
    if not isinstance(asked.join_time, Unset):
        joins = int(asked.join_time.timestamp())
        # Decision.AGENT_TIMES
        if joins < now:
            raise Invalid.field("join_time", "must not have passed")
        if isinstance(asked.scheduling_key, Unset):
            raise Invalid.field("scheduling_key", "must be specified", key=REQUIRED)
    agent = _of_key(world, caller.application, asked.scheduling_key)
    if agent.state == "created":
        agent.join_url = asked.join_url
        if not isinstance(asked.subscriptions, Unset):
            agent.subscriptions = asked.subscriptions
        _plan(world, agent, joins, joins + world.choices.meeting_length)
    if not isinstance(asked.join_time, Unset):
        return Reply(value=None)
    details: dict[str, Any] = codec.unstructure(_details(agent, caller.origin))
    if world.choices.agent_answers == "enveloped":
        details = {_KEY: details}
    return Reply(value=None, status=200, beside=details)


def _of_key(world: World, application: Application, key: str | Unset) -> Agent:
    agents = world.agents
    if isinstance(key, Unset):
        return agents.add(_new(world, application))
    name = application.client_id, key
    if name not in agents.by_key:
        agents.by_key[name] = agents.add(_new(world, application))
    return agents.by_key[name]


@handles(DownloadMeetingAgentResource)
def download(
    world: World, caller: Caller, asked: DownloadMeetingAgentResource
) -> Reply[MeetingAgentDownload]:
    """Where a resource can be fetched for a while."""
    agent_id, _, category = urlsplit(asked.url).path.removeprefix(_RESOURCES).partition("/")
    agent = world.agents.by_id.get(agent_id)
    if (
        agent is None
        or agent.application is not caller.application
        or agent.state != "complete"
        or category not in set(_RECORDED)
    ):
        raise NotFound
    token = world.ids.token()
    world.agents.downloads[token] = Download(
        agent=agent,
        category=category,
        expires_at=world.now() + world.choices.download_lifetime,
    )
    url = f"{caller.origin}{FILES}{token}"
    return Reply(
        value=MeetingAgentDownload(download_url=url), status=302, headers={"location": url}
    )


# Sent with an event -------------------------------------------------------------------


def sendable(asked: EventDetails) -> None:
    """
    Check the agent of an event that is about to be written.

    Raises:
        Invalid: There is no such agent.
    """
    wanted = asked.meeting_agent
    if not isinstance(wanted, Unset) and wanted.profile_id not in (_ONES_OWN, _NONE):
        raise Invalid.field("meeting_agent.profile_id", f"must be {_ONES_OWN} or {_NONE}")


def summon(world: World, application: Application, event: Event) -> None:
    """Have an event's agent follow what was written, if it has or had one."""
    wanted = event.kept.get(_KEY, {}).get("profile_id") == _ONES_OWN
    agent = world.agents.by_event.get(event.uid)
    if not wanted or event.deleted:
        if agent is not None and agent.is_open:
            agent.state, agent.plan = "dismissed", None
        return
    if agent is None or not agent.is_open:
        # Decision.AGENT_TIMES
        if event.end <= world.now():
            return
        agent = world.agents.add(_new(world, application, event))
    event.when_moved[_KEY] = Act.of(_follow, application, event)
    _plan(world, agent, event.start, event.end)


@act
def _follow(world: World, _: int, application: Application, event: Event) -> None:
    summon(world, application, event)


# What becomes of them -----------------------------------------------------------------


def fail(world: World, agent: Agent) -> bool:
    """Have an agent fail; returns whether something was still to become of it."""
    if not agent.is_open:
        return False
    agent.state, agent.plan = "failed", None
    _tell(world, agent, InteractionType.MEETING_AGENT_FAILED)
    return True


def _new(world: World, application: Application, event: Event | None = None) -> Agent:
    return Agent(agent_id=world.ids.make("agt"), application=application, event=event)


def _plan(world: World, agent: Agent, joins: int, leaves: int) -> None:
    plan = agent.plan = world.agenda.new_plan()
    if agent.state == "created":
        soonest = world.now() + world.choices.agent_join_delay
        world.later(max(joins, min(soonest, leaves)), _join, agent, plan)
    world.later(leaves, _leave, agent, plan)


@act
def _join(world: World, moment: int, agent: Agent, plan: int) -> None:
    if agent.plan != plan or agent.state != "created":
        return
    event = agent.event
    if event is not None and event.deleted:
        agent.state, agent.plan = "dismissed", None
        return
    # Decision.AGENT_WITHOUT_LINK
    if event is not None and (event.conferencing is None or event.conferencing.join_url is None):
        fail(world, agent)
        return
    agent.state, agent.joined_at = "activated", moment
    _tell(world, agent, InteractionType.MEETING_AGENT_ACTIVATED)


@act
def _leave(world: World, moment: int, agent: Agent, plan: int) -> None:
    if agent.plan == plan and agent.state == "activated":
        agent.state, agent.left_at, agent.plan = "complete", moment, None
        _tell(world, agent, InteractionType.MEETING_AGENT_COMPLETE)


def _tell(world: World, agent: Agent, type_: InteractionType) -> None:
    details = _details(agent, world.origin)
    if agent.event is not None:
        happened(world, agent.event, type_, {_KEY: codec.unstructure(details)})
        return
    notice = SubscriptionNotice(
        type=SubscriptionNoticeType.EVENT_SUBSCRIPTION, interactions=(Interaction(type=type_),)
    )
    payload = codec.unstructure(
        MeetingAgentNotification(notification=notice, meeting_agent=details)
    )
    for subscription in agent.subscriptions:
        if any(each.type == type_ for each in subscription.interactions or ()):
            world.outbox.post(agent.application, subscription.uri, _KEY, payload)


def _details(agent: Agent, origin: str) -> MeetingAgentDetails:
    dashboard = MeetingAgentResource(
        category=MeetingAgentResourceCategory.CRONOFY,
        type="dashboard",
        url=f"{origin}{DASHBOARD}{agent.agent_id}",
    )
    recorded = [
        MeetingAgentResource(
            category=category,
            type=type_,
            url=f"{origin}{_RESOURCES}{agent.agent_id}/{category.value}",
        )
        for category, type_ in _RECORDED.items()
        if agent.state == "complete"
    ]
    return MeetingAgentDetails(
        sub=agent.agent_id,
        # Decision.AGENT_STATES
        state=MeetingAgentState(agent.state),
        resources=(dashboard, *recorded),
    )
