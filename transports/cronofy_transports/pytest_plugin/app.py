"""What the application under test needs."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import attrs
import pytest

from cronofy_async import AsyncCronofy, Cronofy

from .served import CronofySandbox

__all__ = ("CronofyApp", "settled")

# A developer's own data centre or token must not lead a test to the real service.
OTHERS: Final = (
    "CRONOFY_ACCESS_TOKEN",
    "CRONOFY_ADMIN_API_KEY",
    "CRONOFY_APP_URL",
    "CRONOFY_DATA_CENTER",
    "CRONOFY_DATA_CENTRE",
    "CRONOFY_REFRESH_TOKEN",
)


@attrs.frozen(kw_only=True)
class CronofyApp:
    """
    The settings of your application while it talks to the sandbox.

    Attributes:
        sandbox: Whom it talks to.
        client_id: Its id.
        client_secret: Its secret; also signs what it is sent.
        api_url: The origin of the API.
        app_url: The origin of the pages that people see.
        env: The same by the names of the environment variables, which are set.
    """

    sandbox: CronofySandbox
    client_id: str
    client_secret: str = attrs.field(repr=False)
    api_url: str
    app_url: str
    env: Mapping[str, str] = attrs.field(repr=False)
    _clients: list[Cronofy] = attrs.field(factory=list, repr=False)

    def client(self, **options: Any) -> Cronofy:
        """A client that blocks, closed after the test; *options* are those of `Cronofy`."""
        client = Cronofy(**{**self._settings, **options})
        self._clients.append(client)
        return client

    def async_client(self, **options: Any) -> AsyncCronofy:
        """A client to be used with ``async with``; *options* are those of `AsyncCronofy`."""
        return AsyncCronofy(**{**self._settings, **options})

    @property
    def _settings(self) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "api_url": self.api_url,
            "app_url": self.app_url,
        }

    def close(self) -> None:
        """Close the clients that block."""
        while self._clients:
            self._clients.pop().close()


@contextmanager
def settled(sandbox: CronofySandbox) -> Generator[CronofyApp]:
    """Set the environment while the block runs, and close clients after it."""
    app = CronofyApp(
        sandbox=sandbox,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        api_url=sandbox.api_url,
        app_url=sandbox.app_url,
        env=sandbox.server.env,
    )
    with pytest.MonkeyPatch.context() as environment:
        for name in OTHERS:
            environment.delenv(name, raising=False)
        for name, value in app.env.items():
            environment.setenv(name, value)
        try:
            yield app
        finally:
            app.close()
