"""pycronofy and ours, both pointed at one sandbox or at a server that a test prepares."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import queue
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import pycronofy  # type: ignore[import-untyped]  # it has no types: one reason to migrate
from aiohttp import web

from cronofy_async import (
    Account,
    Cronofy,
)
from cronofy_transports.demo.consent import approve_by_form
from cronofy_transports.demo.screen import Screen
from cronofy_transports.sandbox import Choices, run_in_thread

from .sandbox.remote import Remote
from .sandbox.wire import Person, Wire
from .transports.servers import ThreadedServer

BACK = "https://app.example.com/back"
ROOM = "room.1@example.com"
START = datetime(2030, 1, 7, 9, tzinfo=UTC)
"""A Monday morning; the sandbox's clock stands at the Tuesday before."""

END = START + timedelta(hours=8)


def event(event_id: str = "e1", hours: int = 0, **changes: Any) -> dict[str, Any]:
    """An event of an hour, as pycronofy takes it."""
    start = START + timedelta(hours=hours)
    return {
        "event_id": event_id,
        "summary": "Talk",
        "description": "About that",
        "start": start,
        "end": start + timedelta(hours=1),
        "tzid": "Europe/London",
        **changes,
    }


def periods() -> list[dict[str, Any]]:
    """The time to search, anew for each call since pycronofy rewrites it."""
    return [{"start": START, "end": END}]


@attrs.frozen
class Seen:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    port: int

    @property
    def json(self) -> Any:
        """Its body read as JSON."""
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters in its URL."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


@attrs.frozen
class Prepared:
    """An answer; a body of `None` is none at all, and `delay` is in seconds."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = attrs.field(factory=dict)
    delay: float = 0.0


class Stub(ThreadedServer):
    """Gives prepared answers in their order, then 200, and shows what it was asked."""

    def __init__(self, *answers: Prepared) -> None:
        super().__init__()
        self.answers = list(answers)
        self._seen: queue.Queue[Seen] = queue.Queue()

    async def start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        assert request.transport is not None
        port = request.transport.get_extra_info("peername")[1]
        headers = {name.lower(): value for name, value in request.headers.items()}
        self._seen.put(Seen(request.method, request.raw_path, headers, body, port))
        prepared = self.answers.pop(0) if self.answers else Prepared()
        await asyncio.sleep(prepared.delay)
        content = b"" if prepared.body is None else json.dumps(prepared.body).encode()
        return web.Response(status=prepared.status, body=content, headers=prepared.headers)

    def next(self) -> Seen:
        """The next request; waits for it if it is still to come."""
        return self._seen.get(timeout=5)

    def rest(self) -> list[Seen]:
        """All requests that came and were not looked at yet."""
        return [self._seen.get_nowait() for _ in range(self._seen.qsize())]


def approved(url: str) -> dict[str, str]:
    """Give consent by posting a page's plain form; what the browser comes back with."""
    back = asyncio.run(approve_by_form(url, Screen(io.StringIO(), color=False)))
    assert back.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def pointed_at(url: str, **credentials: Any) -> Any:
    """pycronofy, told where to send to: the one thing about it that is ours."""
    client = pycronofy.Client(**credentials)
    client.request_handler.base_url = url
    client.app_base_url = url
    return client


@attrs.frozen
class Both:
    """
    Both clients beside each other on one sandbox, for somebody with one calendar.

    Attributes:
        theirs: pycronofy with that person's tokens.
        app: Our client.
        mine: The person's account as our client sees it.
        wire: The same sandbox in raw JSON, to look at what came of it.
    """

    wire: Wire
    person: Person
    url: str
    theirs: Any
    app: Cronofy
    mine: Account

    @property
    def cal(self) -> str:
        """The person's calendar."""
        return self.person.calendar_id

    @property
    def one(self) -> dict[str, Any]:
        """The person as a group, as pycronofy takes it."""
        return {"members": [self.person.sub]}

    def summaries(self, **query: Any) -> list[str]:
        """The titles of all events."""
        return sorted(each["summary"] for each in self.wire.events(self.person, **query))

    def ids(self) -> list[str]:
        """The ids of all events that the application made."""
        return sorted(each["event_id"] for each in self.wire.events(self.person, only_managed=True))


def both_clients() -> Iterator[Both]:
    """A sandbox over HTTP with short pages, and both clients."""
    wire = Wire(Choices(page_size=2, page_lifetime=24 * 3600))
    person = wire.person()
    with run_in_thread(wire.sandbox) as urls:
        yield from _both(wire, person, urls.api_url)


def both_of(remote: Remote) -> Iterator[Both]:
    """Both clients, of the one person of a sandbox in another process."""
    return _both(remote, remote.first_person(), remote.url)


def _both(wire: Wire, person: Person, url: str) -> Iterator[Both]:
    tokens = {"access_token": person.token, "refresh_token": person.refresh_token}
    theirs = pointed_at(url, **wire.client, **tokens)
    with Cronofy(wire.client["client_id"], wire.secret, api_url=url) as app:
        yield Both(wire, person, url, theirs, app, app.account(**tokens))


def sent_by_pycronofy() -> set[str]:
    """The names of its public methods that send something, by what they refer to."""
    return {
        name
        for name, method in inspect.getmembers(pycronofy.Client, inspect.isfunction)
        if not name.startswith("_") and "request_handler" in method.__code__.co_names
    }
