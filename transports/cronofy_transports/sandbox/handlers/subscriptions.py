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

from ..state.access import Application
from ..state.events import Event
from ..world import World
from .rows import in_callback

__all__ = ("happened", "subscribe")

_TYPE: Final = "event_subscription"


def subscribe(
    world: World,
    application: Application,
    event: Event,
    subscriptions: tuple[Subscription, ...] | Unset,
) -> None:
    """Take an event's subscriptions, if some are given, and set their moments anew."""
    if not isinstance(subscriptions, Unset):
        event.subscriptions, event.subscriber = subscriptions, application
    for subscription in event.subscriptions:
        for transition in subscription.transitions or ():
            _schedule(world, event, subscription, transition)


def happened(world: World, event: Event, interaction: str) -> None:
    """Tell those who subscribed to it of something that happened to an event."""
    for subscription in event.subscriptions:
        if any(each.type == interaction for each in subscription.interactions or ()):
            _post(world, event, subscription, {"interactions": [{"type": interaction}]})


def _schedule(
    world: World, event: Event, subscription: Subscription, transition: Transition
) -> None:
    held, times = event.subscriptions, (event.start, event.end)
    point = transition.before or transition.after
    moment = event.start if point == "event_start" else event.end
    offset = transition.offset.minutes * 60
    moment += -offset if transition.before is not None else offset
    if moment < world.now():
        return

    def fire(_: int) -> None:
        # Whoever wrote the event since then has set the moments anew.
        if event.subscriptions is held and (event.start, event.end) == times and not event.deleted:
            _post(world, event, subscription, {"transitions": [codec.unstructure(transition)]})

    world.later(moment, fire)


def _post(world: World, event: Event, subscription: Subscription, what: Mapping[str, Any]) -> None:
    subscriber = event.subscriber
    assert subscriber is not None
    payload = {"notification": {"type": _TYPE, **what}, "event": in_callback(event, subscriber)}
    world.outbox.post(subscriber, subscription.uri, _TYPE, payload)
