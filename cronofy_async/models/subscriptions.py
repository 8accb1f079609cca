"""Being told of what happens to one event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, TypeAlias

import attrs

from ..core.codec import OpenEnum
from ..core.errors import InvalidArgumentError
from .checks import not_empty
from .shorthands import entries, is_http_url, one_of
from .times import Duration

__all__ = ("Interaction", "InteractionType", "Subscription", "Transition", "TransitionPoint")

TransitionPoint: TypeAlias = Literal["event_start", "event_end"]
"""What a `Transition` is counted from."""


class InteractionType(OpenEnum):
    """What may happen to an event. Source: /developers/api/conferencing-services/subscriptions/"""

    CONFERENCING_ASSIGNED = "conferencing_assigned"
    CONFERENCING_FAILING = "conferencing_failing"
    MEETING_AGENT_ACTIVATED = "meeting_agent_activated"
    MEETING_AGENT_COMPLETE = "meeting_agent_complete"
    MEETING_AGENT_FAILED = "meeting_agent_failed"
    ATTACHMENT_APPROVED = "attachment_approved"
    ATTACHMENT_REJECTED = "attachment_rejected"


def _interaction_type(value: str) -> InteractionType:
    return InteractionType(value)


@attrs.frozen(kw_only=True)
class Interaction:
    """
    Something that happens to an event.

    Args:
        type: What it is, for example ``conferencing_assigned``.

    Source: /developers/api/conferencing-services/subscriptions/
    """

    type: InteractionType = attrs.field(converter=_interaction_type)


def _offset(value: int | timedelta | Duration) -> Duration:
    return Duration.of(value, "offset")


@attrs.frozen(kw_only=True)
class Transition:
    """
    A moment before or after an event's start or end; it moves with the event. Beta.

    Args:
        before: What the offset is counted back from: ``event_start`` or ``event_end``.
        after: What the offset is counted on from; give this or *before*.
        offset: How far away, in whole minutes, as an int, a `timedelta` or a `Duration`.

    Raises:
        InvalidArgumentError: Not exactly one of *before* and *after* is given, or the
            offset is negative or no whole minutes.

    Source: /developers/api/event-triggers/
    """

    before: TransitionPoint | None = attrs.field(default=None, validator=one_of(TransitionPoint))
    after: TransitionPoint | None = attrs.field(default=None, validator=one_of(TransitionPoint))
    offset: Duration = attrs.field(converter=_offset)

    def __attrs_post_init__(self) -> None:
        if (self.before is None) == (self.after is None):
            raise InvalidArgumentError(
                "before", "does not go with after", "give exactly one of before and after"
            )


def _interactions(
    value: Iterable[str | Interaction] | None,
) -> tuple[Interaction, ...] | None:
    if value is None:
        return None
    listed = (value,) if isinstance(value, str) else entries("interactions", value)
    return tuple(
        each if isinstance(each, Interaction) else Interaction(type=each) for each in listed
    )


def _transitions(value: Iterable[Transition] | None) -> tuple[Transition, ...] | None:
    return None if value is None else entries("transitions", value)


def _webhook() -> Literal["webhook"]:
    return "webhook"


@attrs.frozen(kw_only=True)
class Subscription:
    """
    Ask to be told of what happens to one event.

    Args:
        uri: Where to be told: an http or https URL that can be reached from outside.
        interactions: What to be told of; text stands for an `Interaction`.
        transitions: The moments to be told at.
        type: Always ``webhook``.

    Raises:
        InvalidArgumentError: The URI is no http or https URL.

    Source: /developers/api/conferencing-services/subscriptions/
    """

    uri: str = attrs.field(validator=[not_empty, is_http_url])
    interactions: tuple[Interaction, ...] | None = attrs.field(
        default=None, converter=_interactions
    )
    transitions: tuple[Transition, ...] | None = attrs.field(default=None, converter=_transitions)
    # A default made by a factory is sent, as the service wants it.
    type: Literal["webhook"] = attrs.field(factory=_webhook, validator=one_of(Literal["webhook"]))
