"""
Callbacks that an event was given when it was written.

Source: /developers/api/conferencing-services/subscriptions/, /developers/api/event-triggers/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cronofy_async.core import codec
from cronofy_async.core.unset import Unset
from cronofy_async.models.subscriptions import Subscription, Transition

from ..agenda import Act, act
from ..state.access import Application
from ..state.events import Event
from ..world import World
from .rows import in_callback

__all__ = ("happened", "subscribe")

_TYPE: Final = "event_subscription"
_AGENT: Final = "meeting_agent"


def subscribe(
    world: World,
    application: Application,
    event: Event,
    subscriptions: tuple[Subscription, ...] | Unset,
) -> None:
    """Take an event's subscriptions, if some are given, and set their moments anew."""
    if not isinstance(subscriptions, Unset):
        event.subscriptions, event.subscriber = subscriptions, application
    # People move events too, without writing them by a call.
    event.when_moved[_TYPE] = Act.of(_follow, event)
    _plan(world, event)


def happened(
    world: World, event: Event, interaction: str, beside: Mapping[str, Any] | None = None
) -> None:
    """
    Tell those who subscribed to it of something that happened to an event.

    Args:
        world: Where it is.
        event: The event.
        interaction: What happened.
        beside: What is told besides.
    """
    for subscription in event.subscriptions:
        if any(each.type == interaction for each in subscription.interactions or ()):
            what = {"interactions": [{"type": interaction}]}
            _post(world, event, subscription, what, beside or {})


@act
def _follow(world: World, _: int, event: Event) -> None:
    _plan(world, event)


def _plan(world: World, event: Event) -> None:
    # Moments that were set before go by: one of them may have been kept.
    plan = event.plan = world.agenda.new_plan()
    for subscription in event.subscriptions:
        for transition in subscription.transitions or ():
            _schedule(world, event, subscription, transition, plan)


def _schedule(
    world: World, event: Event, subscription: Subscription, transition: Transition, plan: int
) -> None:
    point = transition.before or transition.after
    moment = event.start if point == "event_start" else event.end
    offset = transition.offset.minutes * 60
    moment += -offset if transition.before is not None else offset
    if moment >= world.now():
        world.later(moment, _fire, event, subscription, transition, plan)


@act
def _fire(
    world: World,
    _: int,
    event: Event,
    subscription: Subscription,
    transition: Transition,
    plan: int,
) -> None:
    if event.plan == plan and not event.deleted:
        _post(world, event, subscription, {"transitions": [codec.unstructure(transition)]}, {})


def _post(
    world: World,
    event: Event,
    subscription: Subscription,
    what: Mapping[str, Any],
    beside: Mapping[str, Any],
) -> None:
    subscriber = event.subscriber
    assert subscriber is not None
    # Decision.REVOKED_TRIGGERS
    if world.vault.authorization(subscriber, event.calendar.account.sub) is None:
        return
    shown = in_callback(event, subscriber)
    if _AGENT in event.kept:
        shown[_AGENT] = event.kept[_AGENT]
    payload = {"notification": {"type": _TYPE, **what}, **beside, "event": shown}
    trigger = "transitions" in what
    world.outbox.post(subscriber, subscription.uri, _TYPE, payload, trigger=trigger)
