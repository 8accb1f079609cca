"""Commands to the sandbox about its choices and the tokens that it gave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .choices import Choices
from .refusals import Invalid, NotFound

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .state.access import Authorization
    from .world import World

__all__ = ("Dials",)


class Dials:
    """How the sandbox behaves from now on; a part of `Controls`."""

    _sandbox: Sandbox

    if TYPE_CHECKING:

        @property
        def _world(self) -> World: ...

    def dials(self) -> dict[str, Any]:
        """The choices that hold now."""
        return attrs.asdict(self._world.choices)

    def choose(self, **choices: Any) -> dict[str, Any]:
        """
        Turn dials, until `reset`.

        Args:
            choices: Attributes of `Choices`; the others stay.

        Returns:
            The choices that held before, to be given back later.
        """
        from cronofy_async.core import codec
        from cronofy_async.core.errors import RequestParseError

        before = self.dials()
        try:
            chosen: Choices = codec.structure({**before, **choices}, Choices, strict=True)
        except RequestParseError as error:
            raise Invalid.of(error) from None
        self._world.choose(chosen)
        return {name: before[name] for name in choices}

    def expire_tokens(self, sub: str) -> int:
        """Let every access token to an account expire now; returns how many were good."""
        return self._world.vault.expire(self._authorization(sub))

    def invalidate_refresh_token(self, sub: str) -> None:
        """Let the refresh tokens to an account be refused; access tokens stay as they are."""
        # Decision.INVALIDATED
        self._world.vault.invalidate(self._authorization(sub))

    def _authorization(self, sub: str) -> Authorization:
        found = self._world.vault.authorization(self._sandbox.application, sub)
        if found is None:
            raise NotFound
        return found
