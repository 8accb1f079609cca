"""A service of pages that can be held back, for the tests of pagers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from cronofy_async import AsyncAccount, AsyncCronofy
from cronofy_async.core.wire import Request, Response

from .support import FrozenTime

API = "https://api.cronofy.com"


def event(uid: str, updated: str | None = "2030-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    """An event as the service writes it."""
    return {"calendar_id": "cal_1", "event_uid": uid, "updated": updated, **more}


def address(number: int) -> str:
    """The path of a page."""
    return "/v1/events" if number == 1 else f"/v1/events/pages/{number}"


def page(number: int, total: int, *events: Mapping[str, Any], **place: Any) -> Response:
    """A page of these events; by default of one that is named after its number."""
    pages: dict[str, Any] = {"current": number, "total": total}
    if number < total:
        pages["next_page"] = API + address(number + 1)
    body = {"pages": pages | place, "events": list(events or [event(f"e{number}")])}
    return Response(200, (), json.dumps(body).encode())


class Service:
    """
    A transport that answers by path.

    Attributes:
        answers: What each path is answered with; a list is used up one by one, but its last.
        asked: The paths that were asked for, in their order.
        under_way: How many requests are being answered.
        cancelled: The paths whose requests were cancelled.
    """

    def __init__(self, *pages: Response) -> None:
        self.answers: dict[str, Response | Exception | list[Response | Exception]] = {
            address(number): page for number, page in enumerate(pages, 1)
        }
        self.asked: list[str] = []
        self.under_way = 0
        self.cancelled: list[str] = []
        self.held: dict[str, anyio.Event] = {}

    def hold(self, number: int) -> None:
        """Answer that page only when `let_go` says so."""
        self.held[address(number)] = anyio.Event()

    def let_go(self, number: int) -> None:
        """Answer a page that was held."""
        self.held[address(number)].set()

    async def send(self, request: Request, *, timeout: float) -> Response:
        path = request.path
        self.asked.append(path)
        self.under_way += 1
        try:
            if path in self.held:
                await self.held[path].wait()
            else:
                await anyio.lowlevel.checkpoint()
        except BaseException:
            self.cancelled.append(path)
            raise
        finally:
            self.under_way -= 1
        found = self.answers[path]
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Exception):
            raise found
        return found

    async def aclose(self) -> None:
        """Nothing to close."""


def connect(service: Any, **options: Any) -> AsyncAccount:
    """An account whose service this is."""
    given: dict[str, Any] = {"runtime": FrozenTime().runtime(), "limits": None, **options}
    cronofy = AsyncCronofy("id", "canary-secret-1", transport=service, **given)
    return cronofy.account(access_token="canary-tok-1")


async def drain(entries: Any, found: list[str], turns: int = 0) -> None:
    """Read entries to the end, and note their names as they come."""
    async for each in entries:
        await settle(turns)
        found.append(each.event_uid)


async def settle(turns: int = 30) -> None:
    """Let every task go on until it waits."""
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()


def uids(entries: Sequence[Any]) -> list[str]:
    """The names of some events."""
    return [entry.event_uid for entry in entries]
