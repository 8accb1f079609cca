"""A sandbox that clients reach over HTTP, whatever befalls them there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cronofy_async import AsyncAccount, AsyncCronofy, Secret, Tokens
from cronofy_transports.sandbox import Choices
from tests.sandbox.wire import Person, Wire

__all__ = ("END", "START", "Connect", "Scene", "tokens", "write")

Connect = Callable[..., AsyncCronofy]

START = datetime(2030, 1, 2, 10, tzinfo=UTC)
END = START + timedelta(hours=1)


class Scene(Wire):
    """
    An empty sandbox with small pages and refresh tokens that work once.

    Args:
        connect: Makes clients on the way under test.
        secrets: Where what no output may show is put.

    Attributes:
        url: Where it is served.
    """

    url = ""

    def __init__(self, connect: Connect, secrets: set[str]) -> None:
        super().__init__(Choices(page_size=3, refresh_tokens="rotating"))
        self._connect = connect
        self._secrets = secrets

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def somebody(self, events: int = 0) -> Person:
        """Put somebody into the world, with so many events of their own, one a day."""
        made = self.person()
        self._secrets |= {made.token, made.refresh_token}
        for number in range(events):
            start = START + timedelta(days=number)
            self.sandbox.control.create_event(
                made.calendar_id, f"Event {number}", start, start + timedelta(hours=1)
            )
        return made

    def fault(self, action: str, **parameters: Any) -> None:
        """Have something go wrong."""
        self.sandbox.control.add_fault(action, **parameters)

    def connect(self, url: str = "", **options: Any) -> AsyncCronofy:
        """A client of it, perhaps by a detour."""
        return self._connect(url or self.url, self.sandbox.client_id, self.secret, **options)

    def account(self, person: Person, url: str = "", **options: Any) -> AsyncAccount:
        """Somebody's view, with both tokens."""
        return self.view(self.connect(url, **options), person)

    @staticmethod
    def view(client: AsyncCronofy, person: Person) -> AsyncAccount:
        """The same of a client that is there already."""
        return client.account(
            person.sub, access_token=person.token, refresh_token=person.refresh_token
        )

    def asked(self, *operations: str) -> int:
        """How many requests of these operations there were, or in all."""
        return len([e for e in self.sandbox.journal if not operations or e.operation in operations])


def tokens(person: Person) -> Tokens:
    """Somebody's tokens, as stores keep them."""
    return Tokens(access_token=Secret(person.token), refresh_token=Secret(person.refresh_token))


async def write(account: AsyncAccount, person: Person, event_id: str = "e1") -> None:
    """Write an event of an hour."""
    await account.upsert_event(
        calendar_id=person.calendar_id, event_id=event_id, summary="Talk", start=START, end=END
    )
