"""What users' programs are given; each is run in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import attrs

from cronofy_async import Account, AsyncAccount, AsyncCronofy, Cronofy
from cronofy_async.operations import ReadEvents

__all__ = ("HOLD", "PID", "READ", "Given", "in_daemon", "say")


HOLD = "x-hold"
"""The request header that has an answer held back; names a signal, or ``nothing``."""

PID = "x-pid"
"""The request header that says which process gets that signal, once."""

READ = ReadEvents(tzid="Etc/UTC")

# Development mode has asyncio remark on slow steps.
logging.getLogger("asyncio").setLevel("ERROR")


@attrs.frozen(kw_only=True)
class Given:
    """What a program is given: where the service is, and the tokens of its accounts."""

    url: str
    client_id: str
    client_secret: str
    accounts: list[dict[str, Any]]

    def options(self, hold: str | None, **options: Any) -> dict[str, Any]:
        """The arguments for a client, whose calls are perhaps held."""
        if hold is not None:
            options["headers"] = {HOLD: hold, PID: str(os.getpid())}
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "api_url": self.url,
            **options,
        }

    def cronofy(self, hold: str | None = None, **options: Any) -> Cronofy:
        """A client that nobody closes."""
        return Cronofy(**self.options(hold, **options))

    def async_cronofy(self, hold: str | None = None, **options: Any) -> AsyncCronofy:
        """The same for code that awaits."""
        return AsyncCronofy(**self.options(hold, **options))

    def account(self, hold: str | None = None, **options: Any) -> Account:
        """A view of the first account, by a client that nobody has but that view."""
        return self.cronofy(hold, **options).account(access_token=self.token)

    def async_account(self, hold: str | None = None, **options: Any) -> AsyncAccount:
        """The same for code that awaits."""
        return self.async_cronofy(hold, **options).account(access_token=self.token)

    @property
    def token(self) -> str:
        """The access token of an account with several pages of events."""
        token: str = self.accounts[0]["access_token"]
        return token

    def views(self, cronofy: Any) -> list[Any]:
        """Views of many accounts, each seen several times."""
        return [cronofy.account(access_token=each["access_token"]) for each in self.accounts] * 3


def say(*words: object) -> None:
    """Print at once: a process may be killed next."""
    print(*words, flush=True)


def in_daemon(work: Callable[[], Any]) -> None:
    """Do something in a daemon thread, until the service has its call and says SIGUSR1."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    threading.Thread(target=work, daemon=True).start()
    signal.sigwait({signal.SIGUSR1})
