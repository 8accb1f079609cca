"""
Links for joining.

A link is provided some time after the event is written; until then it is pending.

Source: /developers/api/conferencing-services/create/
"""

from __future__ import annotations

from typing import Any, Final, Literal

import attrs

from cronofy_async.core.unset import Unset
from cronofy_async.models.event_details import Conferencing as Asked
from cronofy_async.models.identity import ConferencingProvider
from cronofy_async.operations.event_fields import EventDetails

from ..agenda import act
from ..refusals import Invalid
from ..state.accounts import Account, Calendar
from ..state.events import Conferencing, Event
from ..world import World
from .subscriptions import happened

__all__ = ("expect", "provide", "resolve")

_FIELD: Final = "conferencing.profile_id"


def provide(
    world: World, calendar: Calendar, asked: EventDetails, event: Event | None, start: int
) -> Conferencing | Literal[False] | None:
    """
    Decide on the link of an event that is about to be written.

    Args:
        world: Where its services are.
        calendar: Where it is.
        asked: What is asked for.
        event: The event as it is; `None` if it is new.
        start: When it will start.

    Returns:
        The link, `None` for none, or `False` to leave it as it is.

    Raises:
        Invalid: There is no such conferencing service.
    """
    if isinstance(asked.conferencing, Unset):
        return False
    chosen = _chosen(asked.conferencing, calendar)
    if chosen is None or chosen.join_url is not None:
        return chosen
    # Nothing is provided for what has begun already.
    if start < world.now():
        return False
    held = event.conferencing if event is not None else None
    if held is not None and held.provider_name == chosen.provider_name:
        return False
    return attrs.evolve(chosen, ready_at=world.now() + world.choices.conferencing_delay)


def expect(world: World, event: Event) -> None:
    """Have the pending link of an event arrive when it is ready."""
    held = event.conferencing
    if held is not None and held.ready_at is not None:
        world.later(held.ready_at, _arrive, event, held)


@act
def _arrive(world: World, moment: int, event: Event, held: Conferencing) -> None:
    # It may wait for another one by now, or have none any more.
    if event.conferencing == held:
        resolve(world, event, moment)


def resolve(world: World, event: Event, at: int | None = None) -> bool:
    """
    Give an event the link that it waits for.

    Args:
        world: Where it is.
        event: The event.
        at: The moment at which it came; `None`: now.

    Returns:
        Whether it waited for one.
    """
    held = event.conferencing
    if held is None or held.join_url is not None or event.deleted:
        return False
    link = _link(world, held.provider_name)
    changes: dict[str, Any] = {"conferencing": attrs.evolve(held, join_url=link, ready_at=None)}
    if event.calendar.conferencing is None and not event.location:
        # A calendar without a field for the link has it where the place would be.
        changes["location"] = link
    application = world.applications.get(event.owner or "")
    world.change_event(event, by=application, at=at, **changes)
    happened(world, event, "conferencing_assigned")
    return True


def _chosen(asked: Asked, calendar: Calendar) -> Conferencing | None:
    if asked.profile_id == "none":
        return None
    if asked.profile_id == "explicit":
        return Conferencing(provider_name=asked.provider_description or "", join_url=asked.join_url)
    provider = _provider(asked.profile_id, calendar)
    return None if provider is None else Conferencing(provider_name=provider)


def _provider(profile_id: str, calendar: Calendar) -> str | None:
    account: Account = calendar.account
    connected = [each for each in account.conferencing_profiles if each.connected]
    if profile_id == "default":
        return connected[0].provider_name if connected else calendar.conferencing
    if profile_id == "integrated":
        if calendar.conferencing is None:
            raise Invalid.field(_FIELD, "is not available for this calendar")
        return calendar.conferencing
    for profile in connected:
        if profile.profile_id == profile_id:
            return profile.provider_name
    raise Invalid.field(_FIELD, "is not a conferencing profile of this account")


def _link(world: World, provider: str) -> str:
    name = world.ids.page()
    if provider == ConferencingProvider.GOOGLE_MEET:
        letters = "".join(chr(ord("a") + int(digit, 16)) for digit in name[:10])
        return f"https://meet.google.com/{letters[:3]}-{letters[3:7]}-{letters[7:]}"
    if provider == ConferencingProvider.MS_TEAMS:
        return f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{name}%40thread.v2/0"
    number = int(name, 16) % 10**10
    if provider == ConferencingProvider.ZOOM:
        return f"https://zoom.us/j/{number:010}"
    if provider == ConferencingProvider.GO_TO:
        return f"https://meet.goto.com/{number % 10**9:09}"
    return f"https://{provider}.sandbox.localhost/{name}"
