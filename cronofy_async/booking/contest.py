"""
Who of several rivals gets a time: the rules, without a wait or a request of their own.

The service has no compare-and-swap: whoever writes an event does so, whatever else stands
at that time. What decides is the order of writing and looking. Everybody first writes a
hold, which stands until the booking does, and only then looks. Of any two rivals the one
whose hold came second finds the first one's hold or event. So no two of them ever find
nothing; and only who found nothing books.

Which of two that found each other goes on is settled by their ids: the one with
precedence waits for the other's hold to go, or to become an event; the other takes his
back, and sees what comes of it. Who is told that the time is taken has seen, with nothing
of his own standing, who has it. Of all who give way, the last to do so finds nobody, and
tries again: the time does not go to nobody.

Events that are no holds, of people, of other applications and of other bookings, win at
once. They know nothing of holds, so there is a last look after the event is written, and
if one of them came in between, the event is taken back.

A hold is per call and not per booking: two calls with one key do not take away each
other's, and what they write in the end is the same event.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ..core.errors import OutcomeUnknownError, TransportTimeoutError
from .names import Hold

__all__ = (
    "Book",
    "Contest",
    "Look",
    "Place",
    "Release",
    "Sight",
    "Step",
    "Undo",
    "Wait",
    "contest",
)


@attrs.frozen(kw_only=True)
class Sight:
    """
    What stands at the time in question in one calendar.

    Attributes:
        booked: Whether the booking's event is there, from its start to its end.
        taken: Whether anything else takes up some of the time.
        holds: The holds that are not over.
    """

    booked: bool = False
    taken: bool = False
    holds: frozenset[Hold] = frozenset()


@attrs.frozen
class Look:
    """Look into each calendar; the answer is a `Sight` of each."""


@attrs.frozen
class Place:
    """Write a new hold into each calendar; the answer is the hold."""


@attrs.frozen
class Release:
    """Take a hold back, in each calendar."""

    hold: Hold


@attrs.frozen
class Book:
    """
    Write the event into each calendar, and then take the booking's holds back there.

    The answer is whether that was done: not if the hold is so old that others might soon
    take it to be over.
    """

    hold: Hold


@attrs.frozen
class Undo:
    """Take the event back, or to where it was before, in each calendar."""


@attrs.frozen
class Wait:
    """Let some seconds pass."""

    seconds: float


Step: TypeAlias = Look | Place | Release | Book | Undo | Wait
Contest: TypeAlias = Generator[Step, Any, bool]
"""Asks for steps, is sent their answers, and returns whether the time is ours."""

_FIRST_WAIT: Final = 0.05
_LONG_WAIT: Final = 0.5
_ROUNDS: Final = 16
"""How often somebody begins who found nobody any more, at the most."""


class _Patience:
    """Waits that grow, until they are so many seconds together."""

    def __init__(self, seconds: float) -> None:
        self._left, self._next = seconds, _FIRST_WAIT
        self._waited = 0.0

    @property
    def are_over(self) -> bool:
        """Whether there is no time left."""
        return self._left <= 0

    def extend(self) -> None:
        """Have time for one wait, at the least."""
        self._left = max(self._left, _FIRST_WAIT)

    def wait(self) -> Generator[Step, Any, bool]:
        """Wait a little; false without waiting if there is no time left."""
        if self.are_over:
            return False
        seconds = min(self._next, self._left)
        self._left -= seconds
        self._waited += seconds
        # What takes long is somebody's death, of which there is no news.
        self._next = min(self._next * 2, max(_LONG_WAIT, self._waited / 4))
        yield Wait(seconds)
        return True


def contest(event_id: str, *, patience: float, lag: float, rounds: int = _ROUNDS) -> Contest:
    """
    Get a time for a booking, or find out that somebody else has it.

    Args:
        event_id: The id of its event.
        patience: For how many seconds to wait for rivals to settle it.
        lag: For how many seconds to wait until what was written can be seen.
        rounds: How often to begin, at the most, as others made room.

    Raises:
        TransportTimeoutError: A hold cannot be seen; nothing is booked.
        OutcomeUnknownError: The event, or that it is gone, cannot be seen.
    """
    waits = _Patience(patience)
    sights: Sequence[Sight] = yield Look()
    for _ in range(rounds):
        # Here nothing of this call stands; an event that does was booked before.
        while not _is_over(sights) and _rival_before(event_id, sights):
            if not (yield from waits.wait()):
                break
            sights = yield Look()
        if all(sight.booked for sight in sights):
            return True
        if _is_over(sights) or _rival_before(event_id, sights):
            break
        if waits.are_over and _rivals(event_id, sights):
            # Somebody without precedence does not make room: it may be a process that died.
            break
        hold: Hold = yield Place()
        if not (yield from _is_ours(hold, waits, lag)):
            yield Release(hold)
        elif (yield Book(hold)):
            if (yield from _has_stayed_ours(lag)):
                return True
            yield from _undo(lag)
        else:
            yield Release(hold)
        sights = yield Look()
        # In step with a rival that also made room, there would be no end to it.
        waits.extend()
    if all(sight.booked for sight in sights):
        return True
    if any(sight.booked for sight in sights):
        # A former call was cut off when it had written some of its events.
        yield from _undo(lag)
    return False


def _is_over(sights: Sequence[Sight]) -> bool:
    """Whether somebody has the time, be it ourselves."""
    return any(sight.taken for sight in sights) or all(sight.booked for sight in sights)


def _rivals(event_id: str, sights: Sequence[Sight]) -> set[str]:
    return {hold.event_id for sight in sights for hold in sight.holds} - {event_id}


def _rival_before(event_id: str, sights: Sequence[Sight]) -> bool:
    """Whether somebody with precedence is about to get the time."""
    return any(rival < event_id for rival in _rivals(event_id, sights))


def _is_ours(hold: Hold, waits: _Patience, lag: float) -> Generator[Step, Any, bool]:
    """Whether nobody else is there, once the hold is."""
    showing = _Patience(lag)
    while True:
        sights: Sequence[Sight] = yield Look()
        if all(sight.booked for sight in sights):
            # Another call with the same key was first, and may have taken this hold back.
            return False
        if not all(hold in sight.holds for sight in sights):
            # What was written before it may not be visible either.
            if not (yield from showing.wait()):
                raise TransportTimeoutError("the service does not show a hold that it accepted")
        elif _is_over(sights) or _rival_before(hold.event_id, sights):
            return False
        elif not _rivals(hold.event_id, sights):
            return True
        elif not (yield from waits.wait()):
            return False


def _has_stayed_ours(lag: float) -> Generator[Step, Any, bool]:
    """Whether nobody else is there, once the event is."""
    showing = _Patience(lag)
    while True:
        sights: Sequence[Sight] = yield Look()
        if any(sight.taken for sight in sights):
            return False
        if all(sight.booked for sight in sights):
            return True
        if not (yield from showing.wait()):
            raise OutcomeUnknownError(
                "the service does not show an event that it accepted",
                "book again with the same key, or cancel it",
            )


def _undo(lag: float) -> Generator[Step, Any, None]:
    """Take the event back, and see that it is gone."""
    yield Undo()
    going = _Patience(lag)
    while True:
        sights: Sequence[Sight] = yield Look()
        if not any(sight.booked for sight in sights):
            return
        if not (yield from going.wait()):
            raise OutcomeUnknownError(
                "the service still shows an event that is to be gone",
                "cancel it, or book again with the same key",
            )
