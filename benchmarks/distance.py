"""
A peer as if far away: ``python -m benchmarks.distance PORT SECONDS`` prints a port.

What comes in at that port goes to *PORT* of this machine, half a round trip later, and so
back. Opening a connection over a distance takes a round trip too: so long the first bytes
of each are held up besides.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ("authority", "distant")


class _End(asyncio.Protocol):
    """One end of a relayed connection."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[bytes | None] = deque()
        self._not_before = 0.0
        self.peer: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(1 << 30)
        self._pass_on()

    def hold(self, seconds: float) -> None:
        """Pass nothing on for so long."""
        self._not_before = self._loop.time() + seconds

    def data_received(self, data: bytes) -> None:
        self._send(data)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._send(None)

    def _send(self, data: bytes | None) -> None:
        if self.peer is not None:
            when = max(self._loop.time(), self._not_before) + self._delay
            self._loop.call_at(when, self.peer.deliver, data)

    def deliver(self, data: bytes | None) -> None:
        """Take what the other end received a while ago; `None` is its end."""
        self._waiting.append(data)
        self._pass_on()

    def _pass_on(self) -> None:
        while self._transport is not None and self._waiting:
            data = self._waiting.popleft()
            if data is None:
                self._transport.close()
            elif not self._transport.is_closing():
                self._transport.write(data)


async def _serve(port: int, round_trip: float) -> None:
    loop = asyncio.get_running_loop()
    dialling: set[asyncio.Task[object]] = set()

    def accept() -> _End:
        near, far = _End(round_trip / 2), _End(round_trip / 2)
        near.peer, far.peer = far, near
        near.hold(round_trip)
        task = asyncio.create_task(loop.create_connection(lambda: far, "127.0.0.1", port))
        dialling.add(task)
        task.add_done_callback(dialling.discard)
        return near

    server = await loop.create_server(accept, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def distant(origin: str, round_trip: float) -> Generator[str]:
    """
    Stand so far from a server of this machine as long as the block lasts; gives an origin.

    Args:
        origin: The server's own.
        round_trip: Seconds.
    """
    parts = urlsplit(origin)
    command = [sys.executable, "-m", "benchmarks.distance", str(parts.port), str(round_trip)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield f"{parts.scheme}://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.communicate()


def authority(folder: Path) -> tuple[Path, Path]:
    """
    Make a certificate for this machine.

    Gives a file for the server, with key and certificates, and a bundle for clients: the
    usual authorities and the one that signed it, since reading the usual ones is part of
    what some clients do for each request.
    """
    import certifi
    import trustme

    own = trustme.CA()
    leaf = own.issue_cert("127.0.0.1", "localhost")
    certificate, bundle = folder / "server.pem", folder / "bundle.pem"
    leaf.private_key_and_cert_chain_pem.write_to_path(str(certificate))
    usual = Path(certifi.where()).read_bytes()
    bundle.write_bytes(usual + b"\n" + own.cert_pem.bytes())
    return certificate, bundle


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
