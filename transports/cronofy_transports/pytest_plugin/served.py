"""The sandbox as one test sees it."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import attrs
import pytest

from ..sandbox import Clock, Sandbox, Urls
from ..sandbox.controls import Controls
from ..sandbox.journal import Journal
from ..sandbox.push import Outbox
from .clock import CronofyClock, Source
from .configuration import Configuration
from .report import SHOWN, Shown, own_failures
from .server import CronofyServer

__all__ = ("CronofySandbox", "let_arrive", "open_world")

_PATIENCE: Final = 5.0
_GLANCE: Final = 0.002


@attrs.frozen(kw_only=True)
class CronofySandbox:
    """
    The sandbox with the world of one test.

    Attributes:
        sandbox: The sandbox itself. Whoever looks into its world while requests may come
            holds its lock; what stands here does that by itself.
        server: Where it is.
        clock: Its time.
    """

    sandbox: Sandbox = attrs.field(repr=False)
    server: CronofyServer
    clock: CronofyClock = attrs.field(repr=False)

    @property
    def urls(self) -> Urls:
        """The origins of the API and of the pages, which are one."""
        return self.server.urls

    @property
    def api_url(self) -> str:
        """The origin of the API."""
        return self.urls.api_url

    @property
    def app_url(self) -> str:
        """The origin of the pages that people see."""
        return self.urls.app_url

    @property
    def client_id(self) -> str:
        """The id of the application."""
        return self.sandbox.client_id

    @property
    def client_secret(self) -> str:
        """The newest secret of the application."""
        return self.sandbox.client_secret

    @property
    def journal(self) -> Journal:
        """Every request of this test that was answered."""
        return self.sandbox.journal

    @property
    def control(self) -> Controls:
        """What people, time and the network do; its methods are those of ``/_sandbox/``."""
        return self.sandbox.control


@contextmanager
def open_world(item: pytest.Item, server: CronofyServer) -> Generator[CronofySandbox]:
    """
    Give a test a world of its own.

    Raises:
        pytest.fail.Exception: At the end, if the sandbox itself failed at a request.
    """
    wanted, sandbox = Configuration.of(item), server.sandbox
    source = Source(None if wanted.now is None else wanted.now.timestamp())
    _begin(server, wanted, source)
    journal = sandbox.journal
    item.stash[SHOWN] = Shown(journal=journal)
    try:
        yield CronofySandbox(sandbox=sandbox, server=server, clock=CronofyClock(sandbox, source))
    finally:
        outbox = sandbox.world.outbox
        # From here on nothing of this test is sent, and nothing goes wrong because of it.
        idle = attrs.evolve(Configuration.of_session(item.config), people=False)
        _begin(server, idle, Source())
        let_arrive(outbox, server.receiver.origin)
        server.receiver.close()
    failures = own_failures(journal)
    if failures:
        pytest.fail(
            "the sandbox itself failed, which no test should cause; please report it:\n"
            + "\n".join(failures),
            pytrace=False,
        )


def _begin(server: CronofyServer, wanted: Configuration, source: Source) -> None:
    with server.sandbox.lock:
        # What a test did to the secrets is over, too.
        server.sandbox.application.secrets[:] = [server.client_secret]
        server.sandbox.restart(
            wanted.seed,
            clock=Clock(source),
            choices=wanted.choices,
            people=wanted.people,
            world=wanted.world,
        )


def let_arrive(outbox: Outbox, origin: str) -> None:
    """Wait for callbacks that are on their way to the receiver, which answers at once."""
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up and any(
        each.state == "on its way" and each.url.startswith(origin) for each in outbox.open()
    ):
        time.sleep(_GLANCE)
