"""The transports under test. Adding one to every test is one line in `CASES`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import pytest

from cronofy_async.core.errors import TransportError
from cronofy_async.core.transport import Transport
from cronofy_async.core.wire import Request, Response
from cronofy_transports.aiohttp import AiohttpTransport
from cronofy_transports.httpx2 import Httpx2Transport
from cronofy_transports.replay import RecordingTransport, ReplayTransport
from cronofy_transports.sandbox import Sandbox


@attrs.frozen
class TransportCase:
    """
    A transport and the event loop that it runs on.

    Attributes:
        name: Ends with the backend; part of the test's id.
        backend: ``asyncio`` or ``trio``.
        make: Makes the transport; the options are `AiohttpTransport`'s.
        wire: Whether the answers come over the wire as the server sends them, so that
            tests of sockets, headers and encodings make sense.
        probe: A URL that the transport answers by itself, for one that reaches no
            servers and so takes part in the tests of any transport only.
    """

    name: str
    backend: str
    make: Callable[..., Transport]
    wire: bool = True
    probe: str | None = None


class PlayedBack:
    """Records each exchange, and gives the answer that the recording plays back."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def send(self, request: Request, *, timeout: float) -> Response:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "one.jsonl"
            recorder = RecordingTransport(_KeptOpen(self._inner), path)
            try:
                # A failure is on record like an answer, and comes back from there.
                with suppress(TransportError):
                    await recorder.send(request, timeout=timeout)
            finally:
                await recorder.aclose()
            replay = ReplayTransport(path)
        try:
            response = await replay.send(request, timeout=timeout)
        except TransportError:
            replay.assert_done()
            raise
        replay.assert_done()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@attrs.frozen
class _KeptOpen:
    """Shields a transport from being closed by its wrapper."""

    inner: Transport

    async def send(self, request: Request, *, timeout: float) -> Response:
        return await self.inner.send(request, timeout=timeout)

    async def aclose(self) -> None:
        pass


def _played_back(**options: Any) -> Transport:
    return PlayedBack(AiohttpTransport(**options))


def _sandbox(**_: Any) -> Transport:
    return Sandbox(seed=1, people=False).transport()


IN_PROCESS = "http://sandbox.localhost"

CASES = (
    TransportCase("aiohttp-asyncio", "asyncio", AiohttpTransport),
    TransportCase("httpx2-asyncio", "asyncio", Httpx2Transport),
    TransportCase("httpx2-trio", "trio", Httpx2Transport),
    TransportCase("replay-asyncio", "asyncio", _played_back, wire=False),
    TransportCase("sandbox-asyncio", "asyncio", _sandbox, probe=f"{IN_PROCESS}/v1/me"),
    TransportCase("sandbox-trio", "trio", _sandbox, probe=f"{IN_PROCESS}/v1/me"),
)


def _marked(cases: Iterable[TransportCase]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=case.name) for case in cases], indirect=True
    )


any_transport = _marked(CASES)
every_transport = _marked(case for case in CASES if case.probe is None)
wire_transports = _marked(case for case in CASES if case.probe is None and case.wire)
