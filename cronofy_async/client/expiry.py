"""When an access token ends, by clocks that can be trusted."""

from __future__ import annotations

from math import inf
from typing import Final

from .runtime import Runtime
from .service_clock import ServiceClock
from .tokens import Tokens

__all__ = ("Expiry",)

_MARGIN: Final = 60.0
"""An access token is renewed so many seconds before it expires, but in its last tenth."""

_SHORTEST: Final = 1.0
"""A shorter life is none to reckon with: such a token is used until it is refused."""


class Expiry:
    """
    The end of the access token in use. It never comes, if nobody knows when it is.

    The life of a token that we got ourselves is measured by the monotonic clock. That of
    a stored one can be told once an answer of the service has shown the time there. The
    clock of this machine has no say.

    Args:
        runtime: Time and chance.
        clock: What time it is at the service.
    """

    def __init__(self, runtime: Runtime, clock: ServiceClock) -> None:
        self._runtime = runtime
        self._clock = clock
        self._due_at = self._ends_at = inf
        self._stored: float | None = None

    def follow(self, tokens: Tokens, life: float | None = None, since: float = 0.0) -> None:
        """Reckon with new tokens, which are good for *life* seconds *since*, if that is known."""
        self._due_at = self._ends_at = inf
        self._stored = tokens.expires_at if life is None else None
        if life is not None and life >= _SHORTEST:
            self._set(since + life, life)

    def has_come(self) -> bool:
        """Whether the token is not good any more."""
        if self._stored is not None and self._clock.is_set:
            left = self._stored - (self._clock.now() or 0.0)
            self._stored = None
            self._set(self._runtime.monotonic() + left, max(left, 0.0))
        return self._runtime.monotonic() >= self._ends_at

    def is_near(self) -> bool:
        """Whether to renew the token now; true once in a while, as that may fail."""
        if self._runtime.monotonic() < self._due_at:
            return False
        self._due_at += (self._ends_at - self._due_at) / 4
        return True

    def _set(self, ends_at: float, life: float) -> None:
        # Accounts that were authorized together are not all renewed at once.
        margin = min(_MARGIN, life / 10) * (1 - self._runtime.draw() / 2)
        self._ends_at = ends_at
        self._due_at = ends_at - margin
