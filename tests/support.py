"""Doubles that the tests share: a transport with prepared answers, and time that does not pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from cronofy_async.client.runtime import Runtime
from cronofy_async.core.wire import Request, Response


def answer(status: int = 200, body: Any = None, **headers: str) -> Response:
    """An answer with a JSON body, or with none."""
    content = b"" if body is None else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): v for name, v in headers.items()}, content)


Prepared = Response | Exception | Callable[[Request], Response]


class RecordingTransport:
    """Gives prepared answers in their order, and remembers what it was sent."""

    def __init__(self, answers: Iterable[Prepared] = ()) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.timeouts: list[float] = []
        self.closed = 0

    async def send(self, request: Request, *, timeout: float) -> Response:
        self.requests.append(request)
        self.timeouts.append(timeout)
        prepared = self.answers.pop(0)
        if isinstance(prepared, Exception):
            raise prepared
        return prepared if isinstance(prepared, Response) else prepared(request)

    async def aclose(self) -> None:
        self.closed += 1


class FrozenTime:
    """Time that passes only when somebody sleeps."""

    def __init__(self, start: float = 1_900_000_000.0) -> None:
        self.time = start
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def runtime(self, draw: float = 0.0) -> Runtime:
        """A runtime on this time, with one random number."""
        return Runtime(monotonic=self, now=self, sleep=self.sleep, draw=lambda: draw)
