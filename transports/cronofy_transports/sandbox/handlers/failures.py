"""What goes wrong at conferencing services."""

from __future__ import annotations

import attrs

from cronofy_async.models.subscriptions import InteractionType

from ..state.events import Event
from ..world import World
from .conferencing import expect
from .subscriptions import happened

__all__ = ("postpone",)


def postpone(world: World, event: Event, delay: int) -> bool:
    """
    Have the making of an event's link fail, and be tried again.

    Args:
        world: Where it is.
        event: The event.
        delay: After how many seconds it is tried again.

    Returns:
        Whether it waited for a link.
    """
    held = event.conferencing
    if held is None or held.ready_at is None or event.deleted:
        return False
    event.conferencing = attrs.evolve(held, ready_at=world.now() + delay)
    happened(world, event, InteractionType.CONFERENCING_FAILING)
    expect(world, event)
    return True
