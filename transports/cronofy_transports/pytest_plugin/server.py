"""One server for all tests of a process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType

import attrs
import pytest

from ..sandbox import Sandbox, Urls, serve
from ..sandbox.threads import held_in_thread
from .configuration import Configuration
from .receiver import Receiver, receive

__all__ = ("CronofyServer", "running")


@attrs.frozen(kw_only=True)
class CronofyServer:
    """
    Where the sandbox is, and who may use it.

    Attributes:
        sandbox: Who answers; each test has a new world put into it.
        urls: The origins of the API and of the pages, which are one.
        receiver: Where callbacks are received.
        client_id: The id of the application.
        client_secret: Its secret at the beginning of each test.
    """

    sandbox: Sandbox = attrs.field(repr=False)
    urls: Urls
    receiver: Receiver = attrs.field(repr=False)
    client_id: str
    client_secret: str = attrs.field(repr=False)

    @property
    def api_url(self) -> str:
        """The origin of the API."""
        return self.urls.api_url

    @property
    def app_url(self) -> str:
        """The origin of the pages that people see."""
        return self.urls.app_url

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which clients without arguments lead here; it holds a secret."""
        return MappingProxyType(
            {
                "CRONOFY_CLIENT_ID": self.client_id,
                "CRONOFY_CLIENT_SECRET": self.client_secret,
                "CRONOFY_API_URL": self.api_url,
                # Two hundred tests a minute must not wait for a quota that nobody enforces.
                "CRONOFY_LIMITS": "off",
            }
        )


@contextmanager
def running(config: pytest.Config) -> Generator[CronofyServer]:
    """Run the server while the block runs."""
    sandbox = Sandbox(Configuration.of_session(config).seed, people=False)
    # Now rather than in the first test, whose time it would be.
    sandbox.warm_up()

    @asynccontextmanager
    async def both() -> AsyncGenerator[tuple[Urls, Receiver]]:
        async with serve(sandbox) as urls, receive() as receiver:
            yield urls, receiver

    with held_in_thread(both) as (urls, receiver):
        yield CronofyServer(
            sandbox=sandbox,
            urls=urls,
            receiver=receiver,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
        )
    receiver.check()
