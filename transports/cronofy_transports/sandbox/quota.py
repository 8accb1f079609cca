"""
The quota of an application: so many calls in any second and in any minute.

Source: /developers/faqs/rate-limits
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import Any, Final

import attrs

from cronofy_async.core.errors import InvalidArgumentError

__all__ = ("PER_MINUTE", "PER_SECOND", "Meter", "Quota")

PER_SECOND: Final = 50
PER_MINUTE: Final = 500

_SECOND: Final = 1.0
_MINUTE: Final = 60.0


def _limit(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidArgumentError(
            field.name, f"{value!r} is no number of calls", "give 1 or more, or None for no limit"
        )


@attrs.frozen(kw_only=True)
class Quota:
    """
    How many calls an application may make.

    Attributes:
        per_second: In any second of the sandbox's clock; `None`: any number.
        per_minute: In any minute.

    Raises:
        InvalidArgumentError: One of them is below 1.
    """

    per_second: int | None = attrs.field(default=PER_SECOND, validator=_limit)
    per_minute: int | None = attrs.field(default=PER_MINUTE, validator=_limit)

    @property
    def limits(self) -> tuple[tuple[float, int], ...]:
        """The length of each window in seconds, with the calls that it holds."""
        windows = ((_SECOND, self.per_second), (_MINUTE, self.per_minute))
        return tuple((length, most) for length, most in windows if most is not None)


class Meter:
    """
    Counts the calls of each application in windows that slide.

    A call costs a bounded time on average, and never more calls are remembered than a
    window holds.

    Args:
        quota: What is allowed.
    """

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self._limits = quota.limits
        self._taken: defaultdict[str, tuple[deque[float], ...]] = defaultdict(self._windows)

    def _windows(self) -> tuple[deque[float], ...]:
        return tuple(deque() for _ in self._limits)

    def take(self, application: str, now: float) -> float:
        """
        Count a call, if there is room for it.

        Args:
            application: Whose; its id.
            now: When, in seconds; never before the last one.

        Returns:
            0 if it counts; otherwise the seconds until there is room again. A call that is
            turned away does not count.
        """
        windows = self._taken[application]
        wait = 0.0
        for (length, most), taken in zip(self._limits, windows, strict=True):
            while taken and taken[0] <= now - length:
                taken.popleft()
            if len(taken) >= most:
                wait = max(wait, taken[-most] + length - now, math.ulp(0.0))
        if wait == 0.0:
            for taken in windows:
                taken.append(now)
        return wait
