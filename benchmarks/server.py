"""
A server of canned pages with injected latency, in a process of its own.

``python -m benchmarks.server --latency 0.05 --pages 20`` prints its port. Each token is an
account with so many pages of `pages.EVENTS` events. It speaks no more HTTP than its
clients here need, so that it is never what a measurement measures.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from . import pages

__all__ = ("serve",)

_NUMBER: Final = re.compile(rb"^GET /v1/events(?:/pages/(\d+))?[? ]")
_DISTINCT: Final = 20


class _Bucket:
    """Refuses what is too fast, as the service does: a bucket of tokens."""

    def __init__(self, rate: float, loop: asyncio.AbstractEventLoop) -> None:
        self._rate = rate
        self._loop = loop
        self._tokens = rate
        self._at = loop.time()

    def takes(self) -> bool:
        now = self._loop.time()
        self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class _Connection(asyncio.Protocol):
    def __init__(self, service: _Service) -> None:
        self._service = service
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head, self._received = self._received[:end], self._received[end + 4 :]
            answer = self._service.answer(head)
            asyncio.get_running_loop().call_later(self._service.latency, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


class _Service:
    def __init__(self, options: argparse.Namespace) -> None:
        self.latency: float = options.latency
        self._total: int = options.pages
        self._bucket = _Bucket(options.rate, asyncio.get_running_loop()) if options.rate else None
        self.refused = 0
        # Events repeat after some pages, but no two of one read are the same: their ids tell.
        self._lists = [pages.events(n * pages.EVENTS) for n in range(min(self._total, _DISTINCT))]
        self.port = 0

    def answer(self, head: bytes) -> bytes:
        if head.startswith(b"GET /refused"):
            return _http(b"200 OK", str(self.refused).encode())
        if self._bucket is not None and not self._bucket.takes():
            self.refused += 1
            return _http(b"429 Too Many Requests", b"{}", b"retry-after: 1\r\n")
        found = _NUMBER.match(head)
        if found is None:
            return _http(b"200 OK", b'{"calendars":[]}')
        number = int(found[1] or 1)
        listed = self._lists[(number - 1) % len(self._lists)]
        if number > len(self._lists):
            listed = listed.replace(b"evt_external_", b"evt_%08d_" % number)
        address = f"http://127.0.0.1:{self.port}/v1/events/pages/{number + 1}"
        body = pages.body(listed, number, self._total, address if number < self._total else None)
        return _http(b"200 OK", body)


def _http(status: bytes, body: bytes, more: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\ncontent-type: application/json; charset=utf-8\r\n%b"
        b"content-length: %d\r\n\r\n%b" % (status, more, len(body), body)
    )


async def _main(options: argparse.Namespace) -> None:
    service = _Service(options)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(service), "127.0.0.1", 0, backlog=1000
    )
    service.port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{service.port}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def serve(
    *, latency: float = 0.0, pages: int = 20, rate: float = 0.0
) -> Generator[str, None, None]:
    """
    Run the server as long as the block lasts; gives its origin.

    Args:
        latency: Seconds from a request to its answer.
        pages: How many each account has.
        rate: Requests per second before it refuses; 0 refuses none.
    """
    command = [sys.executable, "-m", "benchmarks.server"]
    command += ["--latency", str(latency), "--pages", str(pages), "--rate", str(rate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.0)
    asyncio.run(_main(parser.parse_args()))
