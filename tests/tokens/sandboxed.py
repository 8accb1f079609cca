"""The sandbox as a service that exchanges tokens, and counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Final, Literal

from cronofy_async import Secret, Tokens
from cronofy_async.core.wire import Request, Response
from cronofy_transports.sandbox import Choices, Clock, Sandbox

from .service import LIFE, Rotation, is_exchange

__all__ = ("SandboxService",)

_DIALS: Final[dict[Rotation, Literal["fixed", "rotating", "rotating_with_grace"]]] = {
    "fixed": "fixed",
    "rotating": "rotating",
    "grace": "rotating_with_grace",
}


class SandboxService:
    """
    What a sandbox knows of tokens; it can take the place of `TokenService`.

    Args:
        rotation: What becomes of a refresh token that is used.
        now: Seconds since the epoch.

    Attributes:
        exchanges: How often a refresh token was exchanged, by account.
        stale: Refresh tokens that were refused.
        calls: Calls that were answered.
        refused: Calls whose access token was refused.
    """

    def __init__(self, rotation: Rotation, now: Callable[[], float] = lambda: 1.9e9) -> None:
        choices = Choices(refresh_tokens=_DIALS[rotation], access_token_lifetime=LIFE)
        clock = Clock(lambda: int(now()))
        self.sandbox = Sandbox(5, clock=clock, choices=choices, people=False)
        self.exchanges: Counter[str] = Counter()
        self.stale = self.calls = self.refused = 0
        self._lock = Lock()

    def add(self, name: str) -> str:
        """An account, by its id."""
        email = f"{name}@example.com"
        return self.sandbox.world.add_account(email=email, name=name, zoneinfo="Etc/UTC").sub

    def grant(self, sub: str, *, expired: bool = False) -> Tokens:
        """Tokens of an account, as its owner gives them."""
        granted = self.sandbox.control.grant(sub)
        if expired:
            self.expire(sub)
        return Tokens(
            access_token=Secret(granted["access_token"]),
            refresh_token=Secret(granted["refresh_token"]),
        )

    def expire(self, sub: str) -> None:
        """End the access tokens of an account."""
        vault = self.sandbox.world.vault
        found = vault.authorization(self.sandbox.application, sub)
        assert found is not None
        vault.expire(found)

    def is_alive(self, sub: str, tokens: Tokens | None) -> bool:
        """Whether tokens are good for further exchanges."""
        if tokens is None or tokens.refresh_token is None:
            return False
        return self._owner(tokens.refresh_token.reveal()) == sub

    def answer(self, request: Request) -> Response:
        """Answer a call, or an exchange."""
        with self._lock:
            owner = self.owner(request)
            answer = self.sandbox.handle(request)
            if owner is not None:
                assert answer.ok
                self.exchanges[owner] += 1
            elif is_exchange(request):
                self.stale += 1
            elif answer.ok:
                self.calls += 1
            else:
                self.refused += 1
            return answer

    def owner(self, request: Request) -> str | None:
        """Whose refresh token a request exchanges, while it is good."""
        if not is_exchange(request):
            return None
        return self._owner(json.loads(request.body)["refresh_token"])

    def _owner(self, token: str) -> str | None:
        """Whose refresh token it is, while it is good."""
        vault = self.sandbox.world.vault
        found = vault._refresh.get(token)
        if found is None:
            return None
        former = found.former_tokens.get(token)
        is_over = former is not None and former <= self.sandbox.world.clock.now()
        return None if is_over else found.account.sub
