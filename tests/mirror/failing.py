"""A way to a service whose pages shift, a store in a process that ends, and how both are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlsplit

import attrs
from anyio.lowlevel import checkpoint

from cronofy_async.core.wire import Request, Response
from cronofy_async.mirror import SQLiteMirrorStore
from cronofy_async.operations import ReadEvents, ReadEventsPage
from cronofy_transports.sandbox import Sandbox
from tests.fanout.worlds import Wire

__all__ = ("CrashError", "CrashingStore", "ShiftingWire")


class CrashError(Exception):
    """The process ends."""


_WHOLE = {"x-whole": "yes"}


class _Uncut:
    """A sandbox that answers some requests in one page, however long it is."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.page_size = sandbox.world.choices.page_size

    def handle(self, request: Request) -> Response:
        if not _WHOLE.keys() & dict(request.headers).keys():
            return self._sandbox.handle(request)
        self._sandbox.control.choose(page_size=10**6)
        try:
            # Without faults: no read is right whose entries come in another order each time.
            return self._sandbox.answer(request)
        finally:
            self._sandbox.control.choose(page_size=self.page_size)


class ShiftingWire(Wire):
    """
    A way to a service that may cut its pages anew for each request.

    Attributes:
        shifts: Whether it does.
        crash_in: After how many requests whoever reads comes to an end; `None`: never.
        meddling: Before how many more requests for events something happens.
        meddle: What that is.
    """

    shifts = False
    crash_in: int | None = None
    meddling = 0
    meddle: Callable[[], None]

    def __init__(self, sandbox: Sandbox, random: Random) -> None:
        super().__init__(sandbox, random)
        self.sandbox: Any = _Uncut(sandbox)
        self._asked_first: dict[str, Request] = {}

    async def send(self, request: Request, *, timeout: float) -> Response:
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.crash_in = None
                raise CrashError
        if self.meddling and request.path.startswith(_EVENTS):
            self.meddling -= 1
            self.meddle()
        if not self.shifts or not request.path.startswith(_EVENTS):
            return await super().send(request, timeout=timeout)
        path, token = request.path, ""
        number = 1
        if path.startswith(_PAGES):
            token, _, at_page = path.removeprefix(_PAGES).partition("-")
            if token not in self._asked_first:
                return await super().send(request, timeout=timeout)
            number = int(at_page)
            first = self._asked_first[token]
        else:
            token = f"cut{len(self._asked_first)}"
            first = self._asked_first[token] = request
        again = attrs.evolve(first, headers=request.headers).with_headers(_WHOLE)
        whole = await super().send(again, timeout=timeout)
        if whole.status != 200:
            return whole
        return _cut(request, whole, number, self.sandbox.page_size, token)

    async def aclose(self) -> None:
        """Nothing to close."""


_EVENTS = urlsplit(ReadEvents(tzid="Etc/UTC").to_request().url).path
_PAGES = ReadEventsPage(page="x").to_request().url.removesuffix("x")


def _cut(request: Request, whole: Response, number: int, size: int, token: str) -> Response:
    """One page of what came as a whole."""
    body = whole.json()
    entries = body[ReadEvents.items]
    total = max(1, -(-len(entries) // size))
    parts = urlsplit(request.url)
    pages: dict[str, Any] = {"current": min(number, total), "total": total}
    if number < total:
        pages["next_page"] = f"{parts.scheme}://{parts.netloc}{_PAGES}{token}-{number + 1}"
    body["pages"] = pages
    body[ReadEvents.items] = entries[(number - 1) * size : number * size]
    return attrs.evolve(whole, body=json.dumps(body).encode())


class CrashingStore(SQLiteMirrorStore):
    """
    A store in a process that may end before or after any of its transactions.

    Attributes:
        crash_in: After how many half transactions; `None`: never.
    """

    crash_in: int | None = None

    async def _transact(self, work: Any) -> Any:
        # Not in a thread: a life is the same each time it is lived.
        await checkpoint()
        return self._work(work)

    def _point(self) -> None:
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.crash_in = None
                raise CrashError

    def _work(self, work: Any) -> Any:
        def cut_off(connection: Any) -> Any:
            result = work(connection)
            self._point()
            return result

        found = super()._work(cut_off)
        self._point()
        return found
