"""Callbacks between their answer and their handler: bounded, coalesced, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import TypeGuard

import attrs

from ..callbacks import Callback
from ..models.notifications import ChannelNotification, NotificationType
from .limits import WebhookLimits

__all__ = ("Inbox", "Waiting")


@attrs.define(eq=False)
class Waiting:
    """
    A callback that waits, or that is being handled.

    Attributes:
        callback: What came, and all that became one with it.
        due: When it is to be handed over, by the receiver's clock.
        lane: Callbacks of one lane are handled one after the other: those of a channel,
            and all that belong to no channel.
    """

    callback: Callback
    due: float
    lane: str | None


class Inbox:
    """
    What was answered well and is not handled yet.

    It is plain state, which belongs to one process and is told the time; its owner does the
    waiting. What waits is all that is remembered: nothing that came is dropped because it
    came before, as two changes in one second look alike.

    Args:
        limits: How much it holds, and how long.

    Attributes:
        is_closed: Whether nothing is taken any more, and all that waits is due.
    """

    def __init__(self, limits: WebhookLimits) -> None:
        self._limits = limits
        # In the order in which they came, which is that of their times.
        self._waiting: dict[Hashable, Waiting] = {}
        self._handled: dict[str | None, Waiting] = {}
        self.is_closed: bool = False

    def __len__(self) -> int:
        return len(self._waiting) + len(self._handled)

    @property
    def is_waiting(self) -> bool:
        """Whether something waits that nobody has taken."""
        return bool(self._waiting)

    def put(self, callback: Callback, body: bytes, now: float) -> bool:
        """Take a callback with the bytes that it was read from; false if there is no room."""
        if self.is_closed:
            return False
        channel = callback.channel if isinstance(callback, ChannelNotification) else None
        lane = None if channel is None else channel.channel_id
        key = _key(callback, body)
        same = self._waiting.get(key)
        if same is not None:
            same.callback = _merged(same.callback, callback)
        elif len(self._waiting) < self._limits.waiting:
            self._waiting[key] = Waiting(callback, now + self._limits.window, lane)
        else:
            return False
        return True

    def take(self, now: float) -> Waiting | None:
        """Take out what is to be handled now, if anything is; `release` it in the end."""
        if len(self._handled) < self._limits.concurrent:
            for key, each in self._waiting.items():
                if each.due > now and not self.is_closed:
                    break
                if each.lane not in self._handled:
                    self._handled[each.lane] = self._waiting.pop(key)
                    return each
        return None

    def release(self, taken: Waiting, *, is_done: bool = True) -> None:
        """Make room for the next of its lane; what is not done is put back, before all others."""
        del self._handled[taken.lane]
        if not is_done:
            self._waiting = {object(): taken, **self._waiting}

    def seconds_to_next(self, now: float) -> float | None:
        """Seconds until something becomes due; `None` if nothing waits for its time."""
        newest = next(reversed(self._waiting.values()), None)
        if self.is_closed or newest is None or newest.due <= now:
            return None
        return next(each.due - now for each in self._waiting.values() if each.due > now)

    def close(self) -> None:
        """Take nothing any more; what waits is due."""
        self.is_closed = True

    def clear(self) -> list[Callback]:
        """Take out all that is left, what is being handled first."""
        left = [*self._handled.values(), *self._waiting.values()]
        self._waiting = {}
        return [each.callback for each in left]


def _key(callback: Callback, body: bytes) -> Hashable:
    """What callbacks that become one have in common: a channel's change, else all of it."""
    if _is_change(callback):
        return callback.channel.channel_id
    return hashlib.sha256(body).digest()


def _is_change(callback: Callback) -> TypeGuard[ChannelNotification]:
    return (
        isinstance(callback, ChannelNotification)
        and callback.notification.type == NotificationType.CHANGE
    )


def _merged(earlier: Callback, later: Callback) -> Callback:
    """The later one, which tells of all changes since the earliest of both."""
    if not (_is_change(earlier) and _is_change(later)):
        return later
    times = (earlier.notification.changes_since, later.notification.changes_since)
    # A change without a time may be as old as can be.
    since = None if None in times else min(time for time in times if time is not None)
    notification = attrs.evolve(later.notification, changes_since=since)
    return attrs.evolve(later, notification=notification)
