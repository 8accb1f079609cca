"""The arithmetic of the quota: when the next request may go out. Pure; the time comes in."""

from __future__ import annotations

import math
import struct
from collections import deque
from typing import Final

import attrs

from .limits import Limits

__all__ = ("LEAD", "MARGIN", "Windows")

SECOND: Final = 1.0
MINUTE: Final = 60.0
MARGIN: Final = 0.03
"""Seconds by which what was sent apart may come together on the way to the service."""
LEAD: Final = 0.1
"""Seconds by which a request's moment is settled ahead, at most."""

# The burst is no quota: there, what sums of fractions are off by is let go.
_SLACK: Final = 1e-6
_CUT: Final = 0.7
_LEAST: Final = 0.05
_RECOVERY: Final = 1 / 30
_LONGEST: Final = 60.0
# The answers to what was under way at a cut tell nothing new.
_SETTLING: Final = 1.0
_HEAD: Final = struct.Struct("<B5d")
_VERSION: Final = 1


@attrs.define
class Windows:
    """
    What went out of late, and what of the quota is in use.

    All moments are seconds of one clock, whoever's it is.

    Attributes:
        marks: For each request the last moment at which it may have gone out, growing.
        latest: The moment that was settled last.
        full_at: When the bucket of the burst will be full again.
        paused_until: Nothing goes out before.
        cut_at: When the service last refused for the quota's sake.
        cut_to: The share of the quota that was left in use then; 1 if nothing was cut.
        is_mended: Whether it was read by a clock that had been set back, and has to be
            written down anew.
    """

    marks: deque[float]
    latest: float = -math.inf
    full_at: float = -math.inf
    paused_until: float = -math.inf
    cut_at: float = -math.inf
    cut_to: float = 1.0
    is_mended: bool = False

    @classmethod
    def of(cls, limits: Limits) -> Windows:
        """Make windows in which nothing went out yet."""
        return cls(deque(maxlen=max(limits.per_second, limits.per_minute)))

    def share(self, now: float) -> float:
        """Which share of the quota is in use, up to 1."""
        if self.cut_to >= 1:
            return 1.0
        # Nothing is learnt during a pause.
        since = now - max(self.cut_at, self.paused_until)
        return min(1.0, self.cut_to + _RECOVERY * max(0.0, since))

    def next(self, now: float, limits: Limits) -> float:
        """The moment from which one more request keeps all the limits."""
        # Every request comes by here, so what is not needed is left out.
        rate: float = limits.per_second
        per_second, per_minute, burst = limits.per_second, limits.per_minute, limits.burst
        if self.cut_to < 1:
            share = self.share(now)
            rate *= share
            per_second = max(1, int(per_second * share))
            per_minute = max(1, int(per_minute * share))
            burst = max(1, int(burst * share))
        moment = self.full_at - (burst - 1) / rate - _SLACK
        if moment < now:
            moment = now
        if moment < self.latest:
            moment = self.latest
        if moment < self.paused_until:
            moment = self.paused_until
        marks = self.marks
        count = len(marks)
        if count >= per_second and moment < marks[-per_second] + SECOND:
            moment = marks[-per_second] + SECOND
        if count >= per_minute and moment < marks[-per_minute] + MINUTE:
            moment = marks[-per_minute] + MINUTE
        return moment

    def take(self, at: float, now: float, limits: Limits, grace: float = MARGIN) -> float:
        """
        Settle on a moment that `next` gave.

        Args:
            at: The moment.
            now: The time.
            limits: What is kept to.
            grace: By how many seconds later the request may go out.

        Returns:
            The mark of this request, for `give_back`.
        """
        mark = at + grace
        marks = self.marks
        if marks and marks[-1] > mark:
            mark = marks[-1]
        marks.append(mark)
        self.latest = at
        rate = limits.per_second if self.cut_to >= 1 else limits.per_second * self.share(now)
        self.full_at = max(self.full_at, at) + SECOND / rate
        return mark

    def give_back(self, mark: float, limits: Limits) -> None:
        """Forget a request that certainly did not go out."""
        if mark in self.marks:
            self.marks.remove(mark)
            self.full_at -= SECOND / limits.per_second

    def slow_down(self, now: float, seconds: float, limits: Limits) -> None:
        """
        Take in that the service refused a request for the quota's sake.

        Args:
            now: The time.
            seconds: For how long nothing is to go out; no more than a minute counts.
            limits: What is kept to.
        """
        if now >= max(self.cut_at + _SETTLING, self.paused_until):
            used = max(
                self.count(now, SECOND) / limits.per_second,
                self.count(now, MINUTE) / limits.per_minute,
            )
            self.cut_to = max(_LEAST, _CUT * min(self.share(now), used))
            self.cut_at = now
        self.paused_until = max(self.paused_until, now + min(seconds, _LONGEST))

    def count(self, now: float, span: float) -> int:
        """How many requests went out in the last so many seconds."""
        marks = self.marks
        count = 0
        for mark in reversed(marks):
            if mark <= now - span:
                break
            count += 1
        return count

    # Between processes ---------------------------------------------------------------

    def dump(self, now: float) -> bytes:
        """Write down what still counts."""
        marks = [mark for mark in self.marks if mark > now - MINUTE]
        head = (self.latest, self.full_at, self.paused_until, self.cut_at, self.cut_to)
        return _HEAD.pack(_VERSION, *head) + struct.pack(f"<{len(marks)}d", *marks)

    @classmethod
    def load(cls, raw: bytes | None, now: float) -> Windows:
        """
        Read what was written down; what cannot be read is as if nothing went out yet.

        A clock that was set back, or began anew, leaves moments that lie ahead. They count as
        now: that costs a minute, and never breaks the quota.
        """
        windows = cls(deque())
        if raw is None or len(raw) < _HEAD.size or (len(raw) - _HEAD.size) % 8:
            return windows
        version, latest, full_at, paused_until, cut_at, cut_to = _HEAD.unpack_from(raw)
        marks = struct.unpack_from(f"<{(len(raw) - _HEAD.size) // 8}d", raw, _HEAD.size)
        if version != _VERSION or any(map(math.isnan, (*marks, latest, full_at, cut_to))):
            return windows
        ahead = now + LEAD
        windows.marks.extend(min(mark, ahead + _SETTLING) for mark in marks)
        windows.latest = min(latest, ahead)
        windows.full_at = min(full_at, now + MINUTE)
        windows.paused_until = min(paused_until, now + _LONGEST)
        windows.cut_at = min(cut_at, now)
        windows.cut_to = cut_to
        furthest = max((latest, *marks[-1:]))
        windows.is_mended = furthest > ahead + _SETTLING or paused_until > now + _LONGEST
        return windows
